"""What a person's own account keeps."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from workflows.actions.party import fill_seat
from workflows.actions.reference import load_conference
from workflows.errors import WrongState
from workflows.models import Membership, Seat, User
from workflows.states import PartyKind, SeatRole

if TYPE_CHECKING:
    from datetime import datetime

VISIT = timedelta(minutes=5)
"""Looking again within this time is the same visit and writes nothing."""


def mark_seen(user: User, *, now: datetime) -> None:
    """Note that the person has looked at what changed, so that the next visit begins from here."""
    User.objects.filter(pk=user.pk).filter(Q(last_seen_at__isnull=True) | Q(last_seen_at__lt=now - VISIT)).update(
        last_seen_at=now
    )


@transaction.atomic
def open_first_account(*, name: str, email: str, language: str = "", now: datetime) -> User:
    """Seat SEGIB's first approver in a new installation, with an account that has no password yet.

    Refused once somebody holds the seat, unless it is the same person, who has never signed in. Everybody else is invited by
    those who are there.
    """
    load_conference(now=now)
    seat = Seat.objects.select_related("party").get(party__kind=PartyKind.SEGIB, role=SeatRole.APPROVER)
    holder = Membership.objects.current(now).filter(seat=seat).select_related("person").first()
    if holder is None:
        holder = fill_seat(seat, name=name, email=email, language=language, actor=None, now=now)
    user: User = User.objects.get(person=holder.person)
    if user.email.lower() != email.strip().lower() or user.last_login is not None:
        sentence = _("SEGIB has an approver already. Other seats are filled on the page of the directory.")
        raise WrongState(sentence, code="has_approver")
    return user
