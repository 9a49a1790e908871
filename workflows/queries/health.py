"""What those who watch the watcher need: heartbeats, the oldest mail that should have left, the depth of the queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from workflows.models import Heartbeat, Message
from workflows.states import MessageState

LATE_SECONDS = 600  # ten minutes: from here on SEGIB sees a banner


@dataclass(frozen=True)
class Health:
    """Ages in seconds at `now`; `oldest_due` is None when no mail should have left already."""

    heartbeats: dict[str, float]
    oldest_due: float | None
    messages: dict[str, int]

    @property
    def is_late(self) -> bool:
        """Say whether mail waits for longer than ten minutes."""
        return self.oldest_due is not None and self.oldest_due > LATE_SECONDS


def health(now: datetime) -> Health:
    """Return the state of sweep and outbox at `now`, in three queries."""
    beats = {beat.name: (now - beat.beat_at).total_seconds() for beat in Heartbeat.objects.order_by("name")}
    waiting = Message.objects.filter(state__in=[MessageState.QUEUED, MessageState.SENDING], next_attempt_at__lte=now).aggregate(
        oldest=Min("next_attempt_at")
    )["oldest"]
    counted = Message.objects.values_list("state").annotate(number=Count("pk")).order_by("state")
    messages = dict.fromkeys(MessageState.values, 0) | dict(counted)
    return Health(beats, (now - waiting).total_seconds() if waiting else None, messages)
