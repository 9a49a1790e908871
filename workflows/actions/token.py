"""API tokens of a seat: made, revoked, and marked as used."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from workflows import engine
from workflows.errors import InvalidInput, NotPermitted, WrongState
from workflows.models import Seat, Token
from workflows.rules.permissions import rights_not_ended
from workflows.rules.tokens import ALPHABET, PREFIX_LENGTH, RANDOM_LENGTH, SCOPES, assemble, covers, digest

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from workflows.rules.facts import Actor

USUAL_LIFE = timedelta(days=90)
LONGEST_LIFE = timedelta(days=366)
USED_AGAIN = timedelta(minutes=1)
"""The last use is written at most this often."""
PREFIX_ALPHABET = ALPHABET[:36]


@dataclass(frozen=True)
class NewToken:
    """A token and its secret, which is shown once and not stored."""

    token: Token
    secret: str


@transaction.atomic
def create_token(
    *,
    name: str,
    scopes: Collection[str],
    expires_at: datetime | None = None,
    actor: Actor,
    now: datetime,
    within: Token | None = None,
) -> NewToken:
    """Make a token for the actor's own seat; it counts as the seat's holder in every rule.

    `within` is the token by which the caller asks: what it makes may do no more, and lasts no longer, than itself.
    """
    if actor.rights_ended:
        raise NotPermitted(rights_not_ended.sentence, code=rights_not_ended.code)
    expires_at = expires_at or min(now + USUAL_LIFE, within.expires_at if within else now + USUAL_LIFE)
    _check(name, scopes, expires_at, now)
    if within is not None and not covers(within.scopes, scopes):
        raise NotPermitted(_("A token makes no token that may do more than itself."), code="scope_missing")
    if within is not None and expires_at > within.expires_at:
        raise NotPermitted(_("A token makes no token that lasts longer than itself."), code="token_outlives")
    prefix = "".join(secrets.choice(PREFIX_ALPHABET) for _position in range(PREFIX_LENGTH))
    secret = assemble(prefix, "".join(secrets.choice(ALPHABET) for _position in range(RANDOM_LENGTH)))
    token = Token.objects.create(
        seat_id=actor.seat_id,
        name=name.strip(),
        prefix=prefix,
        digest=digest(secret),
        scopes=sorted(set(scopes)),
        created_at=now,
        created_by_id=actor.person_id,
        expires_at=expires_at,
    )
    _record(token, "create", actor=actor, now=now, data={"scopes": token.scopes, "expires_at": expires_at.isoformat()})
    return NewToken(token, secret)


def _check(name: str, scopes: Collection[str], expires_at: datetime, now: datetime) -> None:
    problems: dict[str, Any] = {}
    if not 1 <= len(name.strip()) <= 80:
        problems["name"] = _("Name the token in at most 80 characters, after the system that will use it.")
    if not scopes or not set(scopes) <= set(SCOPES):
        problems["scopes"] = _("Name at least one known scope, such as “tasks:read”.")
    if not now < expires_at <= now + LONGEST_LIFE:
        problems["expires_at"] = _("A token ends within a year from now.")
    if problems:
        raise InvalidInput(problems)


def _record(token: Token, verb: str, *, actor: Actor, now: datetime, data: dict[str, Any]) -> None:
    party = Seat.objects.select_related("party__summit").get(pk=token.seat_id).party
    engine.record(token, verb, actor=actor, now=now, data=data, label=token.prefix, summit=party.summit, audience=[party.pk])


@transaction.atomic
def revoke_token(token: Token, *, actor: Actor, now: datetime) -> Token:
    """End a token of the actor's own seat at once."""
    locked = Token.objects.select_for_update(of=("self",)).select_related("seat__party").get(pk=token.pk)
    if locked.seat_id != actor.seat_id:
        raise NotPermitted(_("A token is revoked from its own seat."), code="not_own_seat")
    if locked.revoked_at is not None:
        raise WrongState(_("This token is revoked already."), code="token_revoked")
    locked.revoked_at = now
    locked.version += 1
    locked.save()
    _record(locked, "revoke", actor=actor, now=now, data={})
    return locked


def note_use(token: Token, *, now: datetime) -> None:
    """Write down that a token is in use, at most once a minute."""
    if token.last_used_at is not None and now - token.last_used_at < USED_AGAIN:
        return
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - USED_AGAIN)
    Token.objects.filter(stale, pk=token.pk).update(last_used_at=now)
