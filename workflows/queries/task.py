"""A task as its page shows it: what it is, until when and why then, what stands around it, what was said and done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from workflows.models import Comment, Deadline, DeadlineChange, Event, Evidence, Party, Reminder, Seat, Task
from workflows.queries.checklist import Part, options_of, read_parts, returned_at, standing_of
from workflows.queries.document import documents_of_task
from workflows.queries.facts import line_of, task_facts, with_lines
from workflows.queries.record import RecordLine, lines_of
from workflows.queries.reminder import reminder_book, written_keys
from workflows.rules import permissions
from workflows.rules.facts import Inputs
from workflows.states import DYNAMIC_SCOPES, ENDED, OPEN_TASK, SETTLED, PartyKind, TaskState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from workflows.models import Document
    from workflows.rules.evaluate import Option
    from workflows.rules.facts import Actor, TaskFacts, TaskLine

HISTORY = 60
"""Events shown on a task's page; the record has them all."""


@dataclass(frozen=True)
class ReminderLine:
    """One reminder of a deadline to one office: gone (with what became of it) or still to leave."""

    seat: Seat
    at: datetime
    rung: int
    outcome: str = ""
    """Of the ledger; empty while it is still ahead."""
    message_state: str = ""


@dataclass(frozen=True)
class May:
    """What the reader may do to a task besides its transitions."""

    take_up: bool = False
    prepare: bool = False
    comment: bool = False
    plan: bool = False
    """Change the line and its deadline, and ask one more party: the secretariats'."""
    ask: bool = False


@dataclass(frozen=True)
class TaskSheet:
    """Everything that a task's page shows to one reader."""

    task: Task
    facts: TaskFacts
    options: Mapping[str, Option]
    may: May
    deadline: Deadline | None
    standing: str
    moved_by: Sequence[Party]
    waits_for: Sequence[TaskLine]
    awaited_by: Sequence[TaskLine]
    evidence: Sequence[Evidence]
    comments: Sequence[Comment]
    events: Sequence[RecordLine]
    changes: Sequence[DeadlineChange]
    parts: Sequence[Part]
    own_part: Task | None
    returned: str
    """Why a clarification is asked for; empty when none is."""
    returned_at: datetime | None
    reminders: Sequence[ReminderLine]
    is_own: bool
    is_state: bool
    texts: Sequence[Document] = ()
    """The texts whose transition does this line, of those that the reader may see."""

    @property
    def received(self) -> int:
        """How many of those asked have answered, of the parts that the reader sees."""
        return sum(part.task.state in {TaskState.VERIFIED, TaskState.NO_COMMENTS} for part in self.parts)


def visible_tasks(actor: Actor):  # type: ignore[no-untyped-def]
    """Return the tasks that the actor may see, with what a page needs loaded."""
    return with_lines(Task.objects.visible_to(actor)).select_related(
        "summit",
        "summit__host",
        "responsible",
        "verified_by",
        "deadline__anchor",
        "deadline__pinned_by__party",
        "phase",
        "blocks",
        "parent",
        "submitted_by__party",
        "taken_up_by__party",
        "settled_by__party",
    )


def read_task(task: Task, *, actor: Actor, now: datetime) -> TaskSheet:
    """Return the sheet of a task (from `visible_tasks`) for a reader."""
    facts = task_facts([task])[task.pk]
    deadline = task.deadline if hasattr(task, "deadline") else None
    top = task.parent_id or task.pk
    around = list(with_lines(Task.objects.visible_to(actor).top().filter(summit_id=task.summit_id)).filter(_linked(top)))
    lines = {row.pk: line_of(row) for row in around}
    before = set(Task.objects.filter(dependents__task_id=top).values_list("pk", flat=True))
    waits_for = [lines[pk] for pk in lines if pk in before]
    parts = read_parts(task, actor=actor) if task.is_parent else []
    own = next((p.task for p in parts if p.task.responsible_id == actor.party_id), None)
    events = list_events(task, actor=actor)
    since = returned_at([task]).get(task.pk)
    return TaskSheet(
        task=task,
        facts=facts,
        options=options_of(task, facts, actor),
        may=what_may(task, facts, actor),
        deadline=deadline,
        standing=standing_of(task, [w for w in waits_for if w.state not in SETTLED], now),
        moved_by=list_moved_by(deadline),
        waits_for=waits_for,
        awaited_by=[lines[pk] for pk in lines if pk not in before],
        evidence=list(
            Evidence.objects.visible_to(actor).filter(task=task).select_related("party", "added_by__party").order_by("pk")
        ),
        comments=list(
            Comment.objects.visible_to(actor).filter(task=task).select_related("party", "seat__party").order_by("pk")
        ),
        events=events,
        changes=list_changes(deadline),
        parts=parts,
        own_part=own,
        returned=next((e.reason for e in events if e.event.verb == "task.return"), "") if since else "",
        returned_at=since,
        reminders=list_reminders(deadline, actor=actor, now=now),
        is_own=task.responsible_id == actor.party_id,
        is_state=task.is_parent or task.responsible.kind == PartyKind.DELEGATION,
        texts=documents_of_task(task, actor=actor),
    )


def _linked(top: int) -> Q:
    """Return the lines that a line waits for, and those that wait for it."""
    return Q(pk__in=Task.objects.filter(dependents__task_id=top).values("pk")) | Q(
        pk__in=Task.objects.filter(dependencies__depends_on_id=top).values("pk")
    )


def list_events(task: Task, *, actor: Actor) -> list[RecordLine]:
    """Return what happened to a task and to its deadline, with the reasons given, the latest first."""
    objects = [task.uuid, *([task.deadline.uuid] if hasattr(task, "deadline") else [])]
    visible = Event.objects.visible_to(actor).filter(object_uuid__in=objects)
    return lines_of(list(visible.order_by("-number", "-pk")[:HISTORY]))


def list_changes(deadline: Deadline | None) -> list[DeadlineChange]:
    """Return the history of a deadline, the latest first."""
    if deadline is None:
        return []
    return list(deadline.changes.select_related("changed_by__party").order_by("-revision"))


def list_moved_by(deadline: Deadline | None) -> list[Party]:
    """Return the countries whose days off moved a deadline, by name."""
    if deadline is None or not deadline.moved_by:
        return []
    parties = Party.objects.filter(kind=PartyKind.DELEGATION, country__in=deadline.moved_by)
    order = {country: n for n, country in enumerate(deadline.moved_by)}
    return sorted(parties, key=lambda party: order[party.country])


def what_may(task: Task, facts: TaskFacts, actor: Actor) -> May:
    """Return what the actor may do besides transitions."""

    def allowed(permission: permissions.Permission) -> bool:
        return permission.refuses(facts, actor, Inputs()) is None

    if facts.scene.state in ENDED:
        return May()
    to_prepare = {*OPEN_TASK, TaskState.WINDOW_CLOSED}
    plans = allowed(permissions.is_secretariat)
    return May(
        take_up=task.state == TaskState.SUBMITTED and not facts.taken_up and allowed(permissions.verifies),
        prepare=not task.is_parent and task.state in to_prepare and allowed(permissions.drafts),
        comment=allowed(permissions.comments),
        plan=plans,
        ask=plans and task.scope in DYNAMIC_SCOPES and task.state in OPEN_TASK,
    )


def list_reminders(deadline: Deadline | None, *, actor: Actor, now: datetime) -> list[ReminderLine]:
    """Return who was reminded and who will be, by hour; for the secretariats, and to others of their own offices."""
    if deadline is None or deadline.task is None:
        return []
    sees_all = actor.party_kind in {PartyKind.SEGIB, PartyKind.SPT}
    ledger = Reminder.objects.filter(deadline=deadline).select_related("seat__party", "message").order_by("leaves_at", "pk")
    if not sees_all:
        ledger = ledger.filter(seat__party_id=actor.party_id)
    gone = [ReminderLine(r.seat, r.leaves_at, r.rung, r.outcome, r.message.state if r.message else "") for r in ledger]
    if deadline.closed_at is not None or deadline.due_at is None:
        return gone
    book = reminder_book(deadline.task.summit, now)
    seats = {seat.pk: seat for group in book.seats.values() for seat in group}
    plan = book.plan(deadline, written_keys([deadline]).get(deadline.pk, ()), now)
    ahead = [ReminderLine(seats[due.seat], due.leaves_at, due.rung) for due in (*plan.send, *plan.ahead)]
    return gone + [line for line in ahead if sees_all or line.seat.party_id == actor.party_id]


def parties_to_ask(task: Task) -> list[Party]:
    """Return the parties that take part in the summit and have not been asked, in protocol order."""
    return list(
        Party.objects.filter(participations__summit=task.summit, participations__until_on__isnull=True)
        .exclude(pk__in=task.children.values("responsible_id"))
        .order_by("participations__position")
    )
