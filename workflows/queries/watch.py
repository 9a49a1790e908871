"""The law of conservation: every rung that fell due is sent, overtaken, cancelled with a reason, failed, or on its way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Min

from workflows.models import Deadline, Message, Reminder
from workflows.models.reminder import ReminderOutcome
from workflows.states import MessageState

if TYPE_CHECKING:
    from datetime import datetime

ON_THE_WAY = frozenset({MessageState.QUEUED, MessageState.HELD, MessageState.SENDING})
ARRIVED = frozenset({MessageState.SENT, MessageState.BOUNCED})


@dataclass(frozen=True)
class Conservation:
    """Rungs that fell due (`due`) and what became of each; `unswept` counts deadlines that wait to be looked at, and
    `unswept_for` says in seconds since when the oldest does."""

    due: int = 0
    sent: int = 0
    pending: int = 0
    failed: int = 0
    cancelled: int = 0
    overtaken: int = 0
    vacant: int = 0
    unswept: int = 0
    unswept_for: float = 0.0

    @property
    def is_kept(self) -> bool:
        """Tell whether nothing has left the sum."""
        return self.due == self.sent + self.pending + self.failed + self.cancelled + self.overtaken + self.vacant


def conservation(now: datetime) -> Conservation:
    """Return the sum at `now`, in three queries.

    What fell due is counted from the ledger; what became of it from the outbox: a mail without its row of the ledger, or a
    row without its mail, breaks the law.
    """
    ledger = dict(Reminder.objects.values_list("outcome").annotate(n=Count("pk")).order_by("outcome"))
    mails = dict(Message.objects.filter(kind="reminder").values_list("state").annotate(n=Count("pk")).order_by("state"))
    waiting = Deadline.objects.open().filter(next_wake_at__lte=now).aggregate(n=Count("pk"), oldest=Min("next_wake_at"))
    return Conservation(
        due=sum(ledger.values()),
        sent=sum(mails.get(state, 0) for state in ARRIVED),
        pending=sum(mails.get(state, 0) for state in ON_THE_WAY),
        failed=mails.get(MessageState.FAILED, 0),
        cancelled=mails.get(MessageState.CANCELLED, 0),
        overtaken=ledger.get(ReminderOutcome.SUPERSEDED, 0) + ledger.get(ReminderOutcome.PASSED, 0),
        vacant=ledger.get(ReminderOutcome.NO_SEAT, 0),
        unswept=waiting["n"],
        unswept_for=(now - waiting["oldest"]).total_seconds() if waiting["oldest"] else 0.0,
    )
