"""Sets, pins, moves, closes and wakes deadlines: nothing else computes an instant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from workflows import engine
from workflows.errors import InvalidInput, StaleObject
from workflows.models import Deadline, DeadlineChange, Ladder, Task
from workflows.queries.calendar import CalendarBook, calendar_book, resolve_deadline
from workflows.queries.clock import local_date
from workflows.queries.facts import facts_of
from workflows.queries.reminder import reminder_book, written_keys
from workflows.rules import permissions
from workflows.rules.evaluate import require, require_moving
from workflows.rules.facts import Inputs
from workflows.states import OPEN_TASK

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from workflows.models import Document, Summit
    from workflows.rules.deadlines import Rule
    from workflows.rules.facts import Actor


@dataclass(frozen=True)
class Move:
    """A deadline whose instant changed, from and to (UTC; None while the anchor has no date)."""

    deadline: Deadline
    from_at: datetime | None
    to_at: datetime | None


LOADED = ("summit", "anchor", "task", "task__responsible", "task__phase")


def place(deadline: Deadline, book: CalendarBook, now: datetime) -> bool:
    """Set the deadline's instant from its rule, unsaved; tell whether it moved. Pinned ones stay."""
    if deadline.is_pinned:
        return False
    resolved = resolve_deadline(deadline, book)
    before = deadline.due_at
    deadline.due_at = resolved.due_at if resolved else None
    deadline.due_on = resolved.on if resolved else None
    deadline.counted_on = resolved.counted_on if resolved else None
    deadline.moved_by = list(resolved.moved_by) if resolved else []
    deadline.zone = deadline.summit.zone
    if deadline.due_at == before:
        return False
    deadline.set_at = now
    return True


PLACED = ["due_at", "due_on", "counted_on", "moved_by", "zone", "set_at", "revision", "version", "next_wake_at"]


def create_deadlines(summit: Summit, deadlines: Sequence[Deadline], *, now: datetime) -> None:
    """Store new deadlines (their tasks saved, `anchor` and `task.responsible` loaded), placed and awake."""
    book = calendar_book(summit)
    for deadline in deadlines:
        deadline.summit, deadline.set_at = summit, now
        place(deadline, book, now)
    Deadline.objects.bulk_create(deadlines)
    wake(summit, deadlines, now=now)


def wake(summit: Summit, deadlines: Iterable[Deadline], *, now: datetime) -> None:
    """Recompute when each deadline must next be looked at, and store it; every write that touches one ends here."""
    deadlines = list(deadlines)
    book, written = reminder_book(summit, now), written_keys(deadlines)
    for deadline in deadlines:
        plan = book.plan(deadline, written.get(deadline.pk, ()), now)
        deadline.next_wake_at = now if plan.send or plan.superseded else plan.next_wake_at
    Deadline.objects.bulk_update(deadlines, ["next_wake_at"], batch_size=500)


def wake_summit(summit: Summit, *, now: datetime) -> None:
    """Recompute the next wake-up of every open deadline of a summit (people, calendars or its state changed)."""
    wake(summit, Deadline.objects.open().filter(summit=summit).select_related(*LOADED), now=now)


def resolve_open(summit: Summit, *, actor: Actor | None, now: datetime, reason: str) -> list[Move]:
    """Resolve every open deadline that follows a rule; store those that moved, with their history; wake them all.

    Call under the summit's lock. Pinned and closed ones do not move.
    """
    book = calendar_book(summit)
    moved: list[Move] = []
    deadlines = list(Deadline.objects.open().filter(summit=summit).select_related(*LOADED).order_by("pk"))
    for deadline in deadlines:
        deadline.summit = summit
        before = deadline.due_at
        if place(deadline, book, now):
            moved.append(Move(deadline, before, deadline.due_at))
    _store_moves(moved, actor=actor, now=now, reason=reason)
    wake(summit, deadlines, now=now)
    return moved


def _store_moves(moved: Sequence[Move], *, actor: Actor | None, now: datetime, reason: str) -> None:
    for move in moved:
        move.deadline.revision += 1
        move.deadline.version += 1
    Deadline.objects.bulk_update([m.deadline for m in moved], PLACED, batch_size=500)
    DeadlineChange.objects.bulk_create(
        DeadlineChange(
            deadline=m.deadline,
            revision=m.deadline.revision,
            from_at=m.from_at,
            to_at=m.to_at,
            changed_at=now,
            changed_by_id=actor.seat_id if actor else None,
            reason=reason,
        )
        for m in moved
    )


def settle(task: Task, *, now: datetime) -> None:
    """Close the task's deadline when the work is no longer owed, open it again when it is; under the summit's lock."""
    deadline = Deadline.objects.select_related(*LOADED).filter(task=task).first()
    if deadline is None:
        return
    owed = task.state in OPEN_TASK
    if owed == (deadline.closed_at is None):
        return
    deadline.closed_at = None if owed else now
    deadline.next_wake_at = None
    deadline.version += 1
    deadline.save(update_fields=["closed_at", "next_wake_at", "version"])
    if owed:
        wake(task.summit, [deadline], now=now)


def set_window(document: Document, *, ends_at: datetime, actor: Actor | None, now: datetime) -> Deadline:
    """Set until when a circulated text takes comments: one deadline a document, fixed by the circulation itself."""
    deadline = Deadline.objects.filter(document=document).first() or Deadline(document=document, summit=document.summit)
    before = deadline.due_at
    deadline.due_at, deadline.pinned_at, deadline.set_at, deadline.closed_at = ends_at, now, now, None
    deadline.pinned_by_id = actor.seat_id if actor else None
    deadline.pinned_reason = _("Fixed by the circulation of the text.")
    deadline.ladder = Ladder.objects.filter(summit=document.summit, code="window").order_by("-version").first()
    deadline.zone = document.summit.zone
    deadline.due_on = deadline.counted_on = local_date(ends_at, deadline.zone)
    is_new = deadline.pk is None
    deadline.save()
    if not is_new and before != ends_at:
        _store_moves([Move(deadline, before, ends_at)], actor=actor, now=now, reason=deadline.pinned_reason)
    return deadline


def close_window(document: Document, *, now: datetime) -> None:
    """Close a document's window, under the summit's lock."""
    Deadline.objects.filter(document=document, closed_at__isnull=True).update(closed_at=now, next_wake_at=None)


def _changing(deadline: Deadline, actor: Actor, if_version: int | None) -> tuple[Task, Deadline]:
    """Lock the deadline's task and the deadline, and refuse those who may not set it."""
    if deadline.task is None:
        raise InvalidInput({"": _("This deadline belongs to no task.")})
    task = engine.lock(deadline.task)
    facts = facts_of(task)
    require_moving(facts.scene.state)
    require(permissions.is_secretariat, facts, actor)
    locked = Deadline.objects.select_for_update(no_key=True, of=("self",)).select_related(*LOADED).get(pk=deadline.pk)
    locked.summit, locked.task = task.summit, task
    if if_version is not None and locked.version != if_version:
        raise StaleObject
    return task, locked


def _moved_by_hand(task: Task, deadline: Deadline, before: datetime | None, actor: Actor, now: datetime, why: str) -> None:
    moves = [Move(deadline, before, deadline.due_at)] if before != deadline.due_at else []
    deadline.version += 0 if moves else 1
    deadline.save()
    _store_moves(moves, actor=actor, now=now, reason=why)
    wake(task.summit, [deadline], now=now)
    event = engine.record(
        deadline,
        "set",
        actor=actor,
        now=now,
        inputs=Inputs(reason=why),
        data=instants(before, deadline.due_at),
        label=engine.label_of(task),
        audience=engine.audience_of(task),
    )
    if moves:
        engine.notify("deadline_moved", task, actor=actor, now=now, cause=event.uuid, context=event_context(before))


def instants(before: datetime | None, after: datetime | None) -> dict[str, Any]:
    """Return the payload of a move: from and to, in UTC."""
    return {"from": before.isoformat() if before else None, "to": after.isoformat() if after else None}


def event_context(before: datetime | None) -> dict[str, Any]:
    """Return what a notice of a move needs besides the task."""
    return {"from": before.isoformat() if before else None}


@transaction.atomic
def pin_deadline(
    deadline: Deadline, *, due_at: datetime, reason: str, actor: Actor, now: datetime, if_version: int | None = None
) -> Deadline:
    """Fix a deadline by hand at an instant (UTC), with a reason; no anchor moves it any more."""
    task, locked = _changing(deadline, actor, if_version)
    problems = {}
    if not reason.strip():
        problems["reason"] = _("Say why the deadline is fixed by hand.")
    if due_at <= now:
        problems["due_at"] = _("The deadline must lie ahead.")
    if problems:
        raise InvalidInput(problems)
    before = locked.due_at
    locked.due_at, locked.pinned_at, locked.pinned_reason = due_at, now, reason.strip()
    locked.pinned_by_id, locked.set_at, locked.moved_by = actor.seat_id, now, []
    locked.due_on = locked.counted_on = local_date(due_at, task.summit.zone)
    locked.zone = task.summit.zone
    _moved_by_hand(task, locked, before, actor, now, reason.strip())
    return locked


@transaction.atomic
def set_rule(
    deadline: Deadline,
    *,
    rule: Rule,
    anchor_code: str,
    reason: str = "",
    actor: Actor,
    now: datetime,
    if_version: int | None = None,
) -> Deadline:
    """Set a deadline by rule: `anchor_code` is "opening_day" or a meeting's code of the same summit."""
    task, locked = _changing(deadline, actor, if_version)
    anchor = None
    if anchor_code != "opening_day":
        anchor = task.summit.meetings.filter(code=anchor_code).first()
        if anchor is None:
            raise InvalidInput({"anchor": _("The Summit has no meeting with this code.")})
    before = locked.due_at
    locked.anchor, locked.offset, locked.unit, locked.calendar = anchor, rule.offset, rule.unit, rule.calendar
    locked.time_of_day, locked.exact_time, locked.exact_zone = rule.time_of_day, rule.exact_time, rule.exact_zone or ""
    locked.later = rule.later
    locked.pinned_at = locked.pinned_by = None
    locked.pinned_reason = ""
    place(locked, calendar_book(task.summit), now)
    _moved_by_hand(task, locked, before, actor, now, reason)
    return locked
