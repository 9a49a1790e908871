"""What those who watch the watcher need: heartbeats, the oldest mail that should have left, the depth of the queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from workflows.models import Heartbeat, Message
from workflows.queries.watch import Conservation, conservation
from workflows.states import MessageState

LATE_SECONDS = 600  # ten minutes: from here on SEGIB sees a banner


NOTHING_DUE = Conservation()


@dataclass(frozen=True)
class Health:
    """Ages in seconds at `now`; `oldest_due` is None when no mail should have left already.

    A mail's age counts from when it was queued, however often the server has put it off since.
    """

    heartbeats: dict[str, float]
    oldest_due: float | None
    messages: dict[str, int]
    reminders: Conservation = NOTHING_DUE

    @property
    def is_late(self) -> bool:
        """Say whether mail, or a deadline that should have been looked at, waits for longer than ten minutes."""
        return max(self.oldest_due or 0.0, self.reminders.unswept_for) > LATE_SECONDS

    @property
    def depth(self) -> int:
        """Say how many mails wait to leave or are leaving."""
        return self.messages.get(MessageState.QUEUED, 0) + self.messages.get(MessageState.SENDING, 0)


def health(now: datetime) -> Health:
    """Return the state of sweep and outbox at `now`, in six queries."""
    beats = {beat.name: (now - beat.beat_at).total_seconds() for beat in Heartbeat.objects.order_by("name")}
    unsent = Message.objects.filter(state__in=[MessageState.QUEUED, MessageState.SENDING], queued_at__lte=now)
    oldest = unsent.aggregate(oldest=Min("queued_at"))["oldest"]
    counted = Message.objects.values_list("state").annotate(number=Count("pk")).order_by("state")
    messages = dict.fromkeys(MessageState.values, 0) | dict(counted)
    return Health(beats, (now - oldest).total_seconds() if oldest else None, messages, conservation(now))
