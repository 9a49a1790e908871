"""Who acts: the seats that a person holds now, and the actor that a seat makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.models import Membership, Seat
from workflows.rules.facts import Actor
from workflows.states import Channel

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from workflows.models import Person, Token, User


def list_seats_held(person: Person, now: datetime) -> list[Seat]:
    """Return the open seats that a person holds on the day of `now`, in a stable order."""
    held = Membership.objects.current(now).filter(person=person, seat__closed_at__isnull=True)
    return list(
        Seat.objects.filter(pk__in=held.values("seat_id"))
        .select_related("party", "party__summit")
        .order_by("party__kind", "party__code", "role", "number")
    )


def get_holder(seat: Seat, now: datetime) -> Person | None:
    """Return who holds the seat on the day of `now`, or `None` while it is vacant."""
    membership = Membership.objects.current(now).filter(seat=seat).select_related("person").first()
    return membership.person if membership else None


def make_actor(
    *,
    seat: Seat,
    person: Person,
    channel: str = Channel.PAGE,
    user_id: int | None = None,
    token_id: int | None = None,
) -> Actor:
    """Return the actor that a person makes in a seat (`seat.party` should be loaded)."""
    party = seat.party
    return Actor(
        seat_id=seat.pk,
        role=seat.role,
        party_id=party.pk,
        party_kind=party.kind,
        person_id=person.pk,
        summit_id=party.summit_id,
        host_party_id=party.host_delegation_id,
        rights_ended=party.ended_at is not None,
        user_id=user_id,
        token_id=token_id,
        channel=channel,
        language=person.language,
        zone=person.zone or party.zone,
    )


def actor_of_user(user: User, now: datetime, *, seat_uuid: str | None = None) -> tuple[Actor | None, Sequence[Seat]]:
    """Return the actor of a signed-in user and the seats between which it may choose.

    `seat_uuid` is the seat chosen in the session; without one the first held seat acts. The actor is `None` for an account
    that holds no seat (a former member, the administrator).
    """
    if user.person is None:
        return None, []
    seats = list_seats_held(user.person, now)
    chosen = next((s for s in seats if str(s.uuid) == seat_uuid), seats[0] if seats else None)
    if chosen is None:
        return None, []
    return make_actor(seat=chosen, person=user.person, user_id=user.pk), seats


def actor_of_token(token: Token, now: datetime) -> Actor | None:
    """Return the actor of an API token: its seat's present holder; `None` while the seat is closed or vacant."""
    if token.seat.closed_at is not None:
        return None
    holder = get_holder(token.seat, now)
    if holder is None:
        return None
    return make_actor(seat=token.seat, person=holder, channel=Channel.API, token_id=token.pk)
