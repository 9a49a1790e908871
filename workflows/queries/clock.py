"""The clock: one function, the database's; an offset exists only in tests and the demonstration."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

if TYPE_CHECKING:
    from datetime import date, datetime

MOVED = "SELECT statement_timestamp() + coalesce((SELECT c.offset FROM workflows_clockoffset c), interval '0')"


def read_clock() -> datetime:
    """Return the instant (UTC) by the database's clock; entry points read it once and pass it on as `now`."""
    with connection.cursor() as cursor:
        cursor.execute(MOVED if settings.CLOCK_OFFSET_ALLOWED else "SELECT statement_timestamp()")
        row: tuple[datetime] = cursor.fetchone()
    return row[0]


def local_date(now: datetime, zone: str) -> date:
    """Return the local date of an instant in a zone."""
    return now.astimezone(ZoneInfo(zone)).date()
