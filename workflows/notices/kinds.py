"""One small class per notice: its kind, whom it reaches, and which rows its text needs."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db.models import Q

from workflows.models import Reminder as Ledger
from workflows.models import Seat, Summit
from workflows.models.reminder import ReminderOutcome
from workflows.queries.message import find_outstanding, list_moved
from workflows.queries.reminder import RESTING
from workflows.queries.seat import HEADS, delegation_seats, list_seats, principal_roles, secretariat_seats
from workflows.rules.verbs import verbs_of
from workflows.states import OPEN_TASK, CancelReason, PartyKind, SeatRole, SummitState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workflows.models import Meeting, Message, Task
    from workflows.queries.message import Reader
    from workflows.rules.facts import Actor

REGISTRY: dict[str, Notice] = {}


class Notice:
    """A kind of mail; `templates/emails/<kind>.txt` holds its words, `<kind>.html` its dress.

    `about` says why one gets it: a deadline, the summit, the record or an account. `has_date` attaches the date for a
    calendar. `in_both` says it in Spanish and in Portuguese. `is_secret` has a link that is blotted out of what is kept.
    """

    kind: ClassVar[str]
    urgent: ClassVar[bool] = False
    formal: ClassVar[bool] = True
    about: ClassVar[str] = "summit"
    has_date: ClassVar[bool] = False
    in_both: ClassVar[bool] = False
    is_secret: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        REGISTRY[cls.kind] = cls()

    def seats(self, row: Any, actor: Actor | None) -> Iterable[Seat]:
        """Return the seats to be told of what the actor did to the row."""
        raise NotImplementedError

    def find_obstacle(self, message: Message, now: datetime) -> str:
        """Return why this mail should no longer leave (a CancelReason), asked when it is about to; "" lets it go."""
        return ""

    def context(self, message: Message, reader: Reader, now: datetime) -> dict[str, Any]:
        """Return what the text needs besides the rows of the message; called in the reader's language."""
        return {}


def _act(message: Message) -> dict[str, Any]:
    verb = verbs_of(type(message.document) if message.document else Summit)[message.context["verb"]][0]
    return {"act": verb.label}


class SummitMoved(Notice):
    """The summit entered another state: both secretariats and every national coordinator are told."""

    kind = "summit_moved"

    def seats(self, row: Summit, actor: Actor | None) -> Iterable[Seat]:
        """Return both secretariats, then the coordinators in protocol order."""
        return [*secretariat_seats(row), *delegation_seats(row)]

    def context(self, message: Message, reader: Reader, now: datetime) -> dict[str, Any]:
        """Return the states between which it moved."""
        source, target = (SummitState(message.context[name]) for name in ("source", "target"))
        return {"source": source.label, "target": target.label, "is_postponed": target == SummitState.POSTPONED}


class SignatureWaiting(Notice):
    """The first office has signed; the other is asked."""

    kind = "signature_waiting"

    def seats(self, row: Summit, actor: Actor | None) -> Iterable[Seat]:
        """Return the heads of the secretariat that has not signed."""
        other = PartyKind.SPT if actor is None or actor.party_kind == PartyKind.SEGIB else PartyKind.SEGIB
        heads = [SeatRole.SECRETARY, SeatRole.APPROVER]
        return secretariat_seats(getattr(row, "summit", row)).filter(party__kind=other, role__in=heads)

    def context(self, message: Message, reader: Reader, now: datetime) -> dict[str, Any]:
        """Return what was signed."""
        return _act(message)


class SignatureDropped(Notice):
    """A signature no longer stands, because what it was given for has changed or the other office declined."""

    kind = "signature_dropped"

    def seats(self, row: Summit, actor: Actor | None) -> Iterable[Seat]:
        """Return the heads of both secretariats."""
        heads = [SeatRole.SECRETARY, SeatRole.APPROVER]
        return secretariat_seats(getattr(row, "summit", row)).filter(role__in=heads)

    def context(self, message: Message, reader: Reader, now: datetime) -> dict[str, Any]:
        """Return what had been signed, and whether the other office declined."""
        return _act(message) | {"declined": message.context.get("declined", False)}


class TaskSubmitted(Notice):
    """Work was handed in: those who verify are told, except the one who handed it in."""

    kind = "task_submitted"

    def seats(self, row: Task, actor: Actor | None) -> Iterable[Seat]:
        """Return the seats of the verifying party."""
        seats = list_seats(row.verified_by, principal_roles(row.verified_by))
        return [seat for seat in seats if actor is None or seat.pk != actor.seat_id]


class _ToResponsible(Notice):
    """Base of what the responsible party is told."""

    kind = "_to_responsible"

    def seats(self, row: Task, actor: Actor | None) -> Iterable[Seat]:
        """Return the seats that answer for the responsible party, except the actor's own."""
        seats = list_seats(row.responsible, principal_roles(row.responsible, row.authority))
        return [seat for seat in seats if actor is None or seat.pk != actor.seat_id]


class TaskReturned(_ToResponsible):
    """The verifying party asks for more; of a State it requests clarification."""

    kind = "task_returned"


class TaskVerified(_ToResponsible):
    """It was found done; a State gets its receipt."""

    kind = "task_verified"


class TaskReopened(_ToResponsible):
    """It was not done after all."""

    kind = "task_reopened"


class TaskWaived(Notice):
    """A task will not be done: the heads of the responsible and of the verifying party are told."""

    kind = "task_waived"

    def seats(self, row: Task, actor: Actor | None) -> Iterable[Seat]:
        """Return those heads, each once, except the actor's own seat."""
        parties = {row.responsible_id: row.responsible, row.verified_by_id: row.verified_by}
        seats = [seat for party in parties.values() for seat in list_seats(party, HEADS)]
        return [seat for seat in seats if actor is None or seat.pk != actor.seat_id]


class TaskAsked(_ToResponsible):
    """A contribution is asked of a party: the first formal notice."""

    kind = "task_asked"
    about = "deadline"
    has_date = True


class MeetingConvened(Notice):
    """A meeting was convened: every delegation's coordinator and cooperation officer is told."""

    kind = "meeting_convened"
    has_date = True
    in_both = True

    def seats(self, row: Meeting, actor: Actor | None) -> Iterable[Seat]:
        """Return the coordinators and cooperation officers in protocol order."""
        roles = (SeatRole.NATIONAL_COORDINATOR, SeatRole.COOPERATION_OFFICER)
        return delegation_seats(row.summit, roles)


class MeetingCancelled(MeetingConvened):
    """A convened meeting will not be held."""

    kind = "meeting_cancelled"


class DatesMoved(Notice):
    """An anchor moved: once per seat, with all that moved for it."""

    kind = "dates_moved"
    urgent = True
    about = "deadline"

    def context(self, message: Message, reader: Reader, now: datetime) -> dict[str, Any]:
        """Return every deadline of the office that moved, with its matter."""
        return {"moved": list_moved(message)}


class DeadlineMoved(_ToResponsible):
    """One deadline was fixed by hand or set anew."""

    kind = "deadline_moved"
    about = "deadline"
    has_date = True

    def context(self, message: Message, reader: Reader, now: datetime) -> dict[str, Any]:
        """Return the instant before."""
        before = message.context.get("from")
        return {"before": datetime.fromisoformat(before) if before else None}


class Reminder(Notice):
    """A rung of a deadline's ladder."""

    kind = "reminder"
    about = "deadline"
    has_date = True

    def find_obstacle(self, message: Message, now: datetime) -> str:
        """Tell a finished task, a moved deadline, a resting summit, and a rung that a later one or the deadline overtook."""
        row, task = message.reminder, message.task
        if task is None or task.state not in OPEN_TASK or task.deadline.closed_at is not None:
            return CancelReason.DONE
        deadline = task.deadline
        if deadline.due_at != row.due_at:
            return CancelReason.DEADLINE_MOVED
        if task.summit.state in RESTING:
            return CancelReason.SUMMIT_RESTS
        later = Ledger.objects.filter(
            deadline=deadline, due_at=row.due_at, seat_id=row.seat_id, rung__gt=row.rung, outcome=ReminderOutcome.QUEUED
        )
        return CancelReason.OVERTAKEN if (now > row.due_at and row.rung <= 0) or later.exists() else ""

    def context(self, message: Message, reader: Reader, now: datetime) -> dict[str, Any]:
        """Return when it speaks (before, on the day, after), and whom to telephone where others' answers are awaited."""
        task, due_at = message.task, message.reminder.due_at
        if now > due_at:
            when = "after"
        else:
            days = [instant.astimezone(reader.tzinfo).date() for instant in (now, due_at)]
            when = "today" if days[0] == days[1] else "before"
        if task is None or (reader.is_of(task.responsible) and not task.is_parent):
            return {"when": when}
        return {"when": when} | find_outstanding(task, now)


class AccountInvited(Notice):
    """A person was put into a seat and gets an account."""

    kind = "account_invited"
    about = "account"
    is_secret = True

    def context(self, message: Message, reader: Reader, now: datetime) -> dict[str, Any]:
        """Return for how many days the link serves."""
        return {"days": settings.PASSWORD_RESET_TIMEOUT // 86400}


class RecordHead(Notice):
    """The head of a chain, once a day, so that a cut tail shows."""

    kind = "record_head"
    about = "record"

    def seats(self, row: Summit | None, actor: Actor | None) -> Iterable[Seat]:
        """Return the heads of both secretariats; of every present one for what belongs to no summit."""
        if row is not None:
            return secretariat_seats(row).filter(role__in=[SeatRole.SECRETARY, SeatRole.APPROVER])
        present = Q(party__kind=PartyKind.SEGIB) | Q(party__kind=PartyKind.SPT, party__ended_at__isnull=True)
        heads = Seat.objects.open().filter(present, role__in=[SeatRole.SECRETARY, SeatRole.APPROVER])
        return heads.select_related("party").order_by("party__kind", "party__code", "role", "number")

    def context(self, message: Message, reader: Reader, now: datetime) -> dict[str, Any]:
        """Return number and hash of the last event."""
        return {"number": message.context["number"], "head": message.context["head"]}


def get_notice(kind: str) -> Notice:
    """Return the notice of a kind."""
    return REGISTRY[kind]
