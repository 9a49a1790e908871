"""Which seats answer for a party, stand behind it, or are to be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from workflows.models import Party, Seat
from workflows.states import Authority, PartyKind, SeatRole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workflows.models import Summit
    from workflows.models.party import SeatQuerySet

PRINCIPALS = {
    PartyKind.SEGIB: (SeatRole.APPROVER, SeatRole.OFFICER),
    PartyKind.SPT: (SeatRole.SECRETARY, SeatRole.OFFICER),
    PartyKind.BODY: (SeatRole.LIAISON,),
    PartyKind.OBSERVER: (SeatRole.OBSERVER,),
}
HEADS = (SeatRole.SECRETARY, SeatRole.APPROVER, SeatRole.NATIONAL_COORDINATOR, SeatRole.LIAISON)


def principal_roles(party: Party, authority: str = "") -> tuple[str, ...]:
    """Return the roles that owe a party's work: of a delegation the CN, or the RC for the cooperation table."""
    if party.kind == PartyKind.DELEGATION:
        return (SeatRole.COOPERATION_OFFICER,) if authority == Authority.RC else (SeatRole.NATIONAL_COORDINATOR,)
    return PRINCIPALS[PartyKind(party.kind)]


def alternate_roles(party: Party, authority: str = "") -> tuple[str, ...]:
    """Return the roles that stand in for the principals of a delegation."""
    if party.kind != PartyKind.DELEGATION:
        return ()
    return (SeatRole.ALTERNATE_COOPERATION,) if authority == Authority.RC else (SeatRole.ALTERNATE_COORDINATOR,)


def list_seats(party: Party, roles: Iterable[str]) -> list[Seat]:
    """Return the open seats of a party in these roles, in a stable order."""
    return list(
        Seat.objects.open().filter(party=party, role__in=list(roles)).select_related("party").order_by("role", "number")
    )


def secretariat_seats(summit: Summit) -> SeatQuerySet:
    """Return the seats of SEGIB and of the summit's present SPT that work on it (the auditor only reads)."""
    return (
        Seat.objects.open()
        .filter(
            Q(party__kind=PartyKind.SEGIB) | Q(party__summit=summit, party__ended_at__isnull=True),
            role__in=[SeatRole.APPROVER, SeatRole.OFFICER, SeatRole.SECRETARY],
        )
        .select_related("party")
        .order_by("party__kind", "role", "number", "pk")
    )


def delegation_seats(summit: Summit, roles: Iterable[str] = (SeatRole.NATIONAL_COORDINATOR,)) -> SeatQuerySet:
    """Return the seats of the participating delegations in these roles, in protocol order."""
    return (
        Seat.objects.open()
        .filter(
            party__participations__summit=summit,
            party__participations__until_on__isnull=True,
            party__kind=PartyKind.DELEGATION,
            role__in=list(roles),
        )
        .select_related("party")
        .order_by("party__participations__position", "role", "number", "pk")
    )
