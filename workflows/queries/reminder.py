"""Who will get what, and when: the plan of a deadline's ladder, with everything it needs loaded once for many."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Q

from workflows.models import Ladder, Membership, Party, Reminder, Seat
from workflows.queries.calendar import CalendarBook, calendar_book
from workflows.queries.seat import HEADS, alternate_roles, principal_roles
from workflows.rules.ladders import Plan, Recipient, Rung, plan
from workflows.states import OPEN_TASK, PartyKind, SeatRole, SummitState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from workflows.models import Deadline, Person, Summit, Task

RESTING = frozenset({SummitState.POSTPONED, SummitState.CANCELLED, SummitState.ARCHIVED})
"""States of a summit in which its ladders rest."""


@dataclass(frozen=True)
class ReminderBook:
    """The seats, holders, calendars and ladders of one summit, loaded once (six queries) for any number of deadlines."""

    summit: Summit
    calendars: CalendarBook
    seats: Mapping[int, Sequence[Seat]]
    holders: Mapping[int, Person]
    ladders: Mapping[int | None, Sequence[Rung]]
    secretariats: Mapping[str, Sequence[Seat]]

    def reach(self, task: Task, role: str) -> list[Seat]:
        """Return the seats that a rung's role reaches: responsible, alternate, coordinator, spt or segib."""
        party = task.responsible
        if role in {"spt", "segib"}:
            heads = {"spt": (SeatRole.SECRETARY, SeatRole.OFFICER), "segib": (SeatRole.APPROVER,)}[role]
            return [s for s in self.secretariats[role] if s.role in heads]
        roles = {
            "responsible": principal_roles(party, task.authority),
            "alternate": alternate_roles(party, task.authority),
            "coordinator": HEADS,
        }[role]
        return [s for s in self.seats.get(party.pk, ()) if s.role in roles]

    def recipient(self, seat: Seat) -> Recipient:
        """Return the seat with the working time of its holder (or of its party while the holder states no zone)."""
        holder = self.holders.get(seat.pk)
        zone = (holder.zone if holder else "") or seat.party.zone
        return Recipient(seat=seat.pk, calendar=self.calendars.of(seat.party.country, zone))

    @cached_property
    def every_seat(self) -> Mapping[int, Seat]:
        """Return the open seats of all parties by their id."""
        return {s.pk: s for group in self.seats.values() for s in group}

    @cached_property
    def unreachable(self) -> frozenset[int]:
        """Return the seats to which no mail can arrive: nobody holds them, and they have no mailbox of their own."""
        held = {pk for pk, person in self.holders.items() if person.email}
        return frozenset(pk for pk, seat in self.every_seat.items() if not seat.email and pk not in held)

    def plan(self, deadline: Deadline, written: Iterable[tuple[datetime, int, int]], now: datetime) -> Plan:
        """Return what of the deadline's ladder is due, overtaken and ahead at `now`; vacant seats are not left out."""
        task = deadline.task
        rungs = self.ladders.get(deadline.ladder_id, ())
        if (
            task is None
            or deadline.due_at is None
            or deadline.closed_at is not None
            or task.state not in OPEN_TASK
            or self.summit.state in RESTING
        ):
            return Plan(send=(), superseded=(), ahead=(), next_wake_at=None)
        roles = {role for rung in rungs for role in rung.reach}
        recipients = {role: [self.recipient(s) for s in self.reach(task, role)] for role in sorted(roles)}
        return plan(
            due_at=deadline.due_at,
            zone=self.summit.zone,
            rungs=rungs,
            recipients=recipients,
            written=frozenset(written),
            now=now,
            opened_at=deadline.set_at,
        )


def reminder_book(summit: Summit, now: datetime) -> ReminderBook:
    """Load what the plans of a summit's deadlines need."""
    seats: dict[int, list[Seat]] = defaultdict(list)
    mine = Q(party__kind=PartyKind.SEGIB) | Q(party__summit=summit) | Q(party__kind=PartyKind.BODY)
    involved = mine | Q(party__in=Party.objects.filter(participations__summit=summit).values("pk"))
    for seat in Seat.objects.open().filter(involved).select_related("party").order_by("party_id", "role", "number"):
        seats[seat.party_id].append(seat)
    holders = {
        m.seat_id: m.person
        for m in Membership.objects.current(now)
        .filter(seat_id__in=[s.pk for group in seats.values() for s in group])
        .select_related("person")
    }
    ladders: dict[int | None, list[Rung]] = {}
    for ladder in Ladder.objects.filter(Q(summit=summit) | Q(summit__isnull=True)).prefetch_related("rungs"):
        ladders[ladder.pk] = [Rung(r.offset_days, tuple(r.reach)) for r in ladder.rungs.all()]
    every = [s for group in seats.values() for s in group]
    return ReminderBook(
        summit=summit,
        calendars=calendar_book(summit),
        seats=seats,
        holders=holders,
        ladders=ladders,
        secretariats={
            "spt": [s for s in every if s.party.kind == PartyKind.SPT and s.party.ended_at is None],
            "segib": [s for s in every if s.party.kind == PartyKind.SEGIB],
        },
    )


def written_keys(deadlines: Iterable[Deadline]) -> Mapping[int, set[tuple[datetime, int, int]]]:
    """Return the ledger's keys (due instant, rung, seat) of each deadline by its id."""
    keys: dict[int, set[tuple[datetime, int, int]]] = defaultdict(set)
    rows = Reminder.objects.filter(deadline__in=list(deadlines)).values_list("deadline_id", "due_at", "rung", "seat_id")
    for deadline_id, due_at, rung, seat_id in rows:
        keys[deadline_id].add((due_at, rung, seat_id))
    return keys
