"""The sweep: what has fallen due becomes rows of the ledger and mails in the outbox, each exactly once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from django.db import transaction

from workflows.actions.deadline import LOADED
from workflows.models import Deadline, Heartbeat, Message, Reminder
from workflows.models.reminder import ReminderOutcome
from workflows.queries.reminder import reminder_book, written_keys

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from workflows.queries.reminder import ReminderBook
    from workflows.rules.ladders import Due, Plan

log = structlog.get_logger(__name__)

PUSHED_BY = timedelta(hours=1)
"""How far a deadline that cannot be planned is put off: it stops nobody else, and is tried again."""


@dataclass(frozen=True)
class Swept:
    """What a sweep did: deadlines looked at, mails queued, rungs overtaken or for a vacant seat, deadlines put off."""

    deadlines: int = 0
    queued: int = 0
    overtaken: int = 0
    vacant: int = 0
    failed: int = 0

    def __add__(self, other: Swept) -> Swept:
        mine, theirs = vars(self), vars(other)
        return Swept(**{name: mine[name] + theirs[name] for name in mine})


@dataclass(frozen=True)
class _Planned:
    deadline: Deadline
    plan: Plan
    book: ReminderBook


def sweep(now: datetime, *, batch: int = 200) -> Swept:
    """Write down and queue every reminder that is due at `now`, and say when each deadline is looked at next.

    Each batch is a transaction of its own, and takes only deadlines that no other sweep has in hand; nothing is sent here.
    """
    swept = Swept()
    while True:
        done = _sweep_batch(now, batch)
        swept += done
        if done.deadlines < batch:
            break
    Heartbeat.objects.update_or_create(name="sweep", defaults={"beat_at": now, "detail": vars(swept)})
    if swept.deadlines:
        log.info("reminders.swept", **vars(swept))
    return swept


@transaction.atomic
def _sweep_batch(now: datetime, batch: int) -> Swept:
    deadlines = _take(now, batch)
    planned, unplanned = _plan_all(deadlines, now)
    outcomes, unwritten = _write_all(planned, now)
    failed = [d.pk for d in (*unplanned, *unwritten)]
    Deadline.objects.filter(pk__in=failed).update(next_wake_at=now + PUSHED_BY)
    return Swept(
        deadlines=len(deadlines),
        queued=outcomes[ReminderOutcome.QUEUED],
        overtaken=outcomes[ReminderOutcome.SUPERSEDED] + outcomes[ReminderOutcome.PASSED],
        vacant=outcomes[ReminderOutcome.NO_SEAT],
        failed=len(failed),
    )


def _take(now: datetime, batch: int) -> list[Deadline]:
    """Lock and return what is due and in nobody's hands; NO KEY, so that foreign-key checks of others do not wait."""
    due = Deadline.objects.open().filter(next_wake_at__lte=now).order_by("next_wake_at", "pk")
    return list(due.select_for_update(no_key=True, skip_locked=True, of=("self",)).select_related(*LOADED)[:batch])


def _plan_all(deadlines: Sequence[Deadline], now: datetime) -> tuple[list[_Planned], list[Deadline]]:
    """Return the plan of each deadline, and those of which none could be made; seats and calendars are read once a summit."""
    written = written_keys(deadlines)
    books: dict[int, ReminderBook] = {}
    planned, unplanned = [], []
    for deadline in deadlines:
        try:
            book = books.get(deadline.summit_id) or reminder_book(deadline.summit, now)
            books[deadline.summit_id] = book
            planned.append(_Planned(deadline, book.plan(deadline, written.get(deadline.pk, ()), now), book))
        except Exception:
            log.exception("reminders.not_planned", deadline=str(deadline.uuid))
            unplanned.append(deadline)
    return planned, unplanned


def _write_all(planned: Sequence[_Planned], now: datetime) -> tuple[Counter[str], list[Deadline]]:
    """Write the plans together; where that fails, one by one, and return those that could not be written."""
    try:
        with transaction.atomic():
            return _write(planned, now), []
    except Exception:
        log.exception("reminders.not_written", deadlines=len(planned))
    outcomes: Counter[str] = Counter()
    unwritten = []
    for one in planned:
        try:
            with transaction.atomic():
                outcomes += _write([one], now)
        except Exception:
            log.exception("reminders.not_written", deadline=str(one.deadline.uuid))
            unwritten.append(one.deadline)
    return outcomes, unwritten


def _write(planned: Sequence[_Planned], now: datetime) -> Counter[str]:
    """Write ledger and outbox; what the ledger holds already makes no mail. Return how many rows had each outcome."""
    rows = [row for one in planned for row in _rows(one, now)]
    messages = {row.key: row for row in (_message(row, now) for row in rows if row.outcome == ReminderOutcome.QUEUED)}
    Message.objects.bulk_create(messages.values(), ignore_conflicts=True)
    stored = {m.key: m for m in Message.objects.filter(key__in=list(messages)).only("pk", "key")}
    for row in rows:
        if row.outcome == ReminderOutcome.QUEUED:
            row.message = stored[message_key(row)]
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)
    Message.objects.filter(pk__in=[m.pk for m in stored.values()], reminder__isnull=True).delete()
    for one in planned:
        one.deadline.next_wake_at = one.plan.next_wake_at
    Deadline.objects.bulk_update([one.deadline for one in planned], ["next_wake_at"])
    return Counter(row.outcome for row in rows)


def _rows(one: _Planned, now: datetime) -> list[Reminder]:
    deadline, seats, vacant = one.deadline, one.book.every_seat, one.book.unreachable
    due_at = deadline.due_at
    if due_at is None:  # its anchor has no date: nothing is planned
        return []

    def row(due: Due, outcome: ReminderOutcome) -> Reminder:
        return Reminder(
            deadline=deadline,
            due_at=due_at,
            rung=due.rung,
            seat=seats[due.seat],
            leaves_at=due.leaves_at,
            written_at=now,
            outcome=outcome,
        )

    def overtaken(due: Due) -> ReminderOutcome:
        return ReminderOutcome.PASSED if due.leaves_at < deadline.set_at else ReminderOutcome.SUPERSEDED

    sent = [row(due, ReminderOutcome.NO_SEAT if due.seat in vacant else ReminderOutcome.QUEUED) for due in one.plan.send]
    return sent + [row(due, overtaken(due)) for due in one.plan.superseded]


def message_key(row: Reminder) -> str:
    """Return the key of a rung's mail: its deadline, the instant, the rung and the seat (its uuid), as in the ledger."""
    return f"reminder:{row.deadline.uuid}:{row.due_at.isoformat()}:{row.rung:+d}:{row.seat.uuid}"


def _message(row: Reminder, now: datetime) -> Message:
    return Message(
        key=message_key(row),
        kind="reminder",
        summit_id=row.deadline.summit_id,
        seat_id=row.seat_id,
        task_id=row.deadline.task_id,
        context={"rung": row.rung},
        queued_at=now,
        next_attempt_at=now,
    )
