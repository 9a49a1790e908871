"""Reads of the outbox: a mail with all that its text needs, who gets it now, and whether it may still leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from workflows.models import Document, Meeting, Membership, Message, Person, Seat, Summit, Task
from workflows.queries.actor import get_holder, make_actor
from workflows.queries.seat import principal_roles
from workflows.states import OPEN_TASK, CancelReason, TaskState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workflows.models import Party

LOADED = (
    "summit",
    "seat__party",
    "person",
    "task__responsible",
    "task__verified_by",
    "task__deadline",
    "meeting",
    "document__proponent",
    "document__deadline",
    "reminder",
)


@dataclass(frozen=True)
class Reader:
    """Who gets a mail: the office, its holder at this hour (None for an office's own mailbox), language and zone."""

    seat: Seat | None
    person: Person | None
    email: str
    language: str
    zone: str

    @property
    def tzinfo(self) -> ZoneInfo:
        """The reader's own zone."""
        return ZoneInfo(self.zone)

    def is_of(self, party: Party) -> bool:
        """Tell whether the reader's office belongs to the party."""
        return self.seat is not None and self.seat.party_id == party.pk


def load_message(pk: int) -> Message:
    """Return a mail with the rows that its text speaks of."""
    message = Message.objects.select_related(*LOADED).get(pk=pk)
    for row in (message.task, message.meeting, message.document):
        if row is not None and message.summit is not None:
            row.summit = message.summit
    return message


def find_reader(message: Message, now: datetime) -> Reader:
    """Return who gets the mail at `now`: the named person, else who holds the seat, else the seat's own mailbox."""
    seat = message.seat
    person = message.person or (get_holder(seat, now) if seat else None)
    if person is not None and not person.email:
        person = None
    party = seat.party if seat else None
    return Reader(
        seat=seat,
        person=person,
        email=person.email if person else (seat.email if seat and not message.person_id else ""),
        language=person.language if person else (party.language if party else "es"),
        zone=(person.zone if person else "") or (party.zone if party else "UTC"),
    )


def find_obstacle(message: Message, reader: Reader) -> str:
    """Return why no mail of any kind may leave to this reader (a CancelReason), or "" when nothing stands against it."""
    seat = message.seat
    if seat is not None and seat.closed_at is not None:
        return CancelReason.SEAT_CLOSED
    if not reader.email:
        return CancelReason.NO_ADDRESS
    if seat is not None and not _sees_matter(message, seat, reader):
        return CancelReason.NOT_VISIBLE
    return ""


def _sees_matter(message: Message, seat: Seat, reader: Reader) -> bool:
    """Tell whether the office may see, at this hour, all that the mail speaks of."""
    actor = make_actor(seat=seat, person=reader.person or Person(language=reader.language, zone=reader.zone))
    if message.task_id is not None:
        return Task.objects.visible_to(actor).filter(pk=message.task_id).exists()
    if message.document_id is not None:
        return Document.objects.visible_to(actor).filter(pk=message.document_id).exists()
    if message.meeting_id is not None:
        return Meeting.objects.visible_to(actor).filter(pk=message.meeting_id).exists()
    return message.summit_id is None or Summit.objects.visible_to(actor).filter(pk=message.summit_id).exists()


# What texts need besides the rows of the mail ------------------------------------------------------------------------


@dataclass(frozen=True)
class Awaited:
    """A party whose answer is awaited, the office that answers for it, and where that can be telephoned."""

    party: Party
    seat: Seat | None
    phone: str


@dataclass(frozen=True)
class Moved:
    """A deadline that moved: its matter, and the instants before and after (UTC; None without a date)."""

    code: str
    title: str
    party: str
    before: datetime | None
    after: datetime | None


def find_outstanding(task: Task, now: datetime) -> dict[str, Any]:
    """Return who still owes a task that others wait for; of a line asked of several, how many of how many answered."""
    if not task.is_parent:
        return {"outstanding": _awaited([task], now)}
    children = list(task.children.select_related("responsible").order_by("position", "pk"))
    received = [c for c in children if c.state in {TaskState.SUBMITTED, TaskState.VERIFIED, TaskState.NO_COMMENTS}]
    pending = _awaited([c for c in children if c.state in OPEN_TASK], now)
    return {"outstanding": pending, "received": len(received), "asked": len(children)}


def _awaited(tasks: Iterable[Task], now: datetime) -> list[Awaited]:
    tasks = list(tasks)
    seats: dict[int, Seat] = {}
    for seat in Seat.objects.open().filter(party__in=[t.responsible_id for t in tasks]).order_by("-role", "-number"):
        owing = next(t for t in tasks if t.responsible_id == seat.party_id)
        if seat.role in principal_roles(owing.responsible, owing.authority):
            seats[seat.party_id] = seat
    holders = Membership.objects.current(now).filter(seat__in=list(seats.values())).select_related("person")
    phones = {m.seat_id: m.person.phone for m in holders}
    found = [(t.responsible, seats.get(t.responsible_id)) for t in tasks]
    return [Awaited(party, seat, (seat.phone or phones.get(seat.pk, "")) if seat else "") for party, seat in found]


def list_moved(message: Message) -> list[Moved]:
    """Return what a notice of moved dates tells, in the order of the checklist."""
    lines = {(line["code"], line["party"]): line for line in message.context["moved"]}
    tasks = Task.objects.filter(summit=message.summit, code__in=[code for code, _party in lines])
    found = []
    for task in tasks.select_related("responsible", "phase").order_by("phase__position", "position", "pk"):
        party = task.responsible.code if task.is_child else ""
        line = lines.get((task.code, party))
        if line:
            instants = [datetime.fromisoformat(line[end]) if line[end] else None for end in ("from", "to")]
            found.append(Moved(task.code, task.title, task.responsible.name if party else "", *instants))
    return found
