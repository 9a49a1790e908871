"""One small class per notice: its kind, whom it reaches, and which rows its text needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from workflows.queries.seat import HEADS, delegation_seats, list_seats, principal_roles, secretariat_seats
from workflows.states import PartyKind, SeatRole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workflows.models import Meeting, Seat, Summit, Task
    from workflows.rules.facts import Actor

REGISTRY: dict[str, Notice] = {}


class Notice:
    """A kind of mail; `templates/emails/<kind>.txt` and `.html` hold its text, the first line of the former its subject.

    `still_due` is asked again when the mail is about to leave: a reminder of finished work sends nothing.
    """

    kind: ClassVar[str]
    urgent: ClassVar[bool] = False
    formal: ClassVar[bool] = True

    def __init_subclass__(cls) -> None:
        REGISTRY[cls.kind] = cls()

    def seats(self, row: Any, actor: Actor | None) -> Iterable[Seat]:
        """Return the seats to be told of what the actor did to the row."""
        raise NotImplementedError


class SummitMoved(Notice):
    """The summit entered another state: both secretariats and every national coordinator are told."""

    kind = "summit_moved"

    def seats(self, row: Summit, actor: Actor | None) -> Iterable[Seat]:
        """Return both secretariats, then the coordinators in protocol order."""
        return [*secretariat_seats(row), *delegation_seats(row)]


class SignatureWaiting(Notice):
    """The first office has signed; the other is asked."""

    kind = "signature_waiting"

    def seats(self, row: Summit, actor: Actor | None) -> Iterable[Seat]:
        """Return the heads of the secretariat that has not signed."""
        other = PartyKind.SPT if actor is None or actor.party_kind == PartyKind.SEGIB else PartyKind.SEGIB
        heads = [SeatRole.SECRETARY, SeatRole.APPROVER]
        return secretariat_seats(getattr(row, "summit", row)).filter(party__kind=other, role__in=heads)


class SignatureDropped(Notice):
    """A signature no longer stands, because what it was given for has changed or the other office declined."""

    kind = "signature_dropped"

    def seats(self, row: Summit, actor: Actor | None) -> Iterable[Seat]:
        """Return the heads of both secretariats."""
        heads = [SeatRole.SECRETARY, SeatRole.APPROVER]
        return secretariat_seats(getattr(row, "summit", row)).filter(role__in=heads)


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


class MeetingConvened(Notice):
    """A meeting was convened: every delegation's coordinator and cooperation officer is told."""

    kind = "meeting_convened"

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


class DeadlineMoved(_ToResponsible):
    """One deadline was fixed by hand or set anew."""

    kind = "deadline_moved"


class Reminder(Notice):
    """A rung of a deadline's ladder."""

    kind = "reminder"


class AccountInvited(Notice):
    """A person was put into a seat and gets an account."""

    kind = "account_invited"


class RecordHead(Notice):
    """The head of a chain, once a day, so that a cut tail shows."""

    kind = "record_head"

    def seats(self, row: Summit, actor: Actor | None) -> Iterable[Seat]:
        """Return the heads of both secretariats."""
        return secretariat_seats(row).filter(role__in=[SeatRole.SECRETARY, SeatRole.APPROVER])


def get_notice(kind: str) -> Notice:
    """Return the notice of a kind."""
    return REGISTRY[kind]
