"""Who reads a page: the one reading of the clock, the seat that acts, the language, and what a seat must have done first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import translation
from django.utils.translation import gettext as _

from workflows.errors import NotPermitted
from workflows.queries.actor import actor_of_user
from workflows.queries.clock import read_clock
from workflows.states import PartyKind

if TYPE_CHECKING:
    from datetime import datetime

    from workflows.models import Seat, Summit
    from workflows.rules.facts import Actor

    type View = Callable[..., HttpResponse]

SEAT_KEY = "seat"
"""In the session: the public id of the seat that the person chose."""
SECOND_FACTOR_KEY = "has_second_factor"
WITHOUT_ACTOR = ("/api/", "/admin/", "/components/", "/i18n/", "/health", "/metrics", settings.STATIC_URL)
"""Addresses that find out for themselves who asks, and when, or need not know."""
BEFORE_SECOND_FACTOR = ("/accounts/", "/account/", "/seat/")
"""What a seat that still owes its second factor may open."""


class PageRequest(HttpRequest):
    """A request as a view behind `needs_seat` gets it, for the readers of types; the middleware sets these on Django's own.

    Before that, and for an account without a seat, `actor` and `seat` are None.
    """

    now: datetime
    actor: Actor
    seats: Sequence[Seat]
    seat: Seat
    summit: Summit | None
    user: Any
    htmx: Any


class ActorMiddleware:
    """Sets `request.now`, `request.actor`, `request.seat`, `request.seats` and the reader's language before a page's view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing is read before a view is found: an unknown address costs no query."""
        return self.get_response(request)

    def process_view(self, request: Any, view: View, args: Any, kwargs: Any) -> HttpResponse | None:
        """Read the clock once, find the seat, set the language; lead to the second factor where it is owed."""
        if request.path.startswith(WITHOUT_ACTOR):
            return None
        request.now = read_clock()
        request.actor, request.seats, request.seat, request.summit = None, [], None, None
        if not request.user.is_authenticated:
            return None
        chosen = request.session.get(SEAT_KEY)
        request.actor, request.seats = actor_of_user(request.user, request.now, seat_uuid=chosen)
        if request.actor is None:
            return None
        request.seat = next(s for s in request.seats if s.pk == request.actor.seat_id)
        speak(request)
        if owes_second_factor(request) and not request.path.startswith(BEFORE_SECOND_FACTOR):
            messages.info(request, _("Your seat asks for a second factor. Set one up now; it takes a minute."))
            return redirect("mfa_activate_totp")
        return None


def speak(request: PageRequest) -> None:
    """Answer in the person's own language, unless another one was chosen on the page."""
    if request.actor is not None and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        translation.activate(request.actor.language)
        request.LANGUAGE_CODE = translation.get_language()


def owes_second_factor(request: PageRequest) -> bool:
    """Tell whether the seat is of a secretariat and its account has no second factor yet."""
    if not settings.SECOND_FACTOR_REQUIRED or request.actor is None:
        return False
    if request.actor.party_kind not in {PartyKind.SEGIB, PartyKind.SPT} or request.session.get(SECOND_FACTOR_KEY):
        return False
    if is_mfa_enabled(request.user):
        request.session[SECOND_FACTOR_KEY] = True
        return False
    return True


class NoSeat(NotPermitted):
    """The account holds no seat today: a former member, or the technical administrator."""

    code = "no_seat"


def needs_seat(view: View) -> View:
    """Let a view be opened from a seat only: others sign in first, or are told that their account holds no seat."""

    @wraps(view)
    def seated(request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
        if request.actor is None:
            raise NoSeat(
                _("Your account holds no seat today. The secretariat that manages your seat can say from when it does.")
            )
        return view(request, *args, **kwargs)

    return seated
