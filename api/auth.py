"""Who calls: a token of a seat, or a session of the pages; both act as the seat's holder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.authentication import SessionAuthentication as DjangoSession
from rest_framework.permissions import SAFE_METHODS, BasePermission

from api.errors import ApiError
from workflows.actions.token import note_use
from workflows.queries.actor import actor_of_token, actor_of_user
from workflows.queries.token import find_token
from workflows.rules.tokens import allows
from workflows.states import Channel
from workflows.web.actor import SEAT_KEY, owes_second_factor

if TYPE_CHECKING:
    from rest_framework.request import Request

    from workflows.models import Token, User
    from workflows.rules.facts import Actor

REALM = 'Bearer realm="SummitPrep"'


@dataclass(frozen=True)
class Caller:
    """Who calls, and by what: `actor` is `None` for an account or a token whose seat nobody holds."""

    actor: Actor | None
    token: Token | None = None
    user: User | None = None

    @property
    def account(self) -> str:
        """The name under which calls are counted: the account that signed in, or the token's seat."""
        return f"seat:{self.token.seat_id}" if self.token else f"user:{self.user.pk if self.user else 0}"

    @property
    def owner(self) -> str:
        """The name under which answers are kept: a person in a seat, whichever token or session they use."""
        return f"{self.actor.seat_id}:{self.actor.person_id}" if self.actor else self.account


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer sp_…`: a token of one seat."""

    def authenticate(self, request: Request) -> tuple[Any, Caller] | None:
        """Return who calls; `None` when no bearer is shown; raises 401 for one that is not in force."""
        kind, _space, text = get_authorization_header(request).partition(b" ")
        if kind.lower() != b"bearer":
            return None
        now = request._request.now  # type: ignore[attr-defined]
        token = find_token(text.strip().decode("latin-1"), now=now)
        if token is None:
            raise ApiError("invalid_token", headers={"WWW-Authenticate": f'{REALM}, error="invalid_token"'})
        note_use(token, now=now)
        return AnonymousUser(), Caller(actor=actor_of_token(token, now), token=token)

    def authenticate_header(self, request: Request) -> str:
        """Return what a 401 says about how to come back."""
        return REALM


class SessionAuthentication(DjangoSession):
    """The session of the pages, with CSRF; it acts for the seat chosen there, through the channel of the API."""

    def authenticate(self, request: Request) -> tuple[Any, Caller] | None:
        """Return who calls, or `None` without a session."""
        found = super().authenticate(request)
        if found is None:
            return None
        user = found[0]
        page = request._request
        actor, _seats = actor_of_user(user, page.now, seat_uuid=page.session.get(SEAT_KEY))  # type: ignore[attr-defined]
        page.actor = actor and replace(actor, channel=Channel.API)  # type: ignore[attr-defined]
        if settings.SECOND_FACTOR_REQUIRED and owes_second_factor(page):  # type: ignore[arg-type]
            raise ApiError("second_factor_required")
        return user, Caller(actor=page.actor, user=user)  # type: ignore[attr-defined]


class HoldsSeatAndScope(BasePermission):
    """Lets through whoever acts for a seat, by a token only as far as its scopes go."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Tell so, or raise the refusal with its own sentence."""
        caller = request.auth
        if not isinstance(caller, Caller):
            raise ApiError("not_authenticated", headers={"WWW-Authenticate": REALM})
        if caller.actor is None:
            raise ApiError("no_seat")
        verb = "read" if request.method in SAFE_METHODS else "write"
        if caller.token and view.resource and not allows(caller.token.scopes, view.resource, verb):
            wanted = f"{view.resource}:{verb}"
            raise ApiError("scope_missing", _("The token lacks the scope “%(scope)s”.") % {"scope": wanted})
        return True
