"""The tests' clock: pages read the database's, moved to stand at the world's hour."""

from datetime import UTC, datetime

from workflows.models import ClockOffset


def stand_at(now: datetime) -> None:
    """Move the clock of all processes so that it is now `now`."""
    ClockOffset.objects.update_or_create(pk=1, defaults={"offset": now - datetime.now(UTC)})
