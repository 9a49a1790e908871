"""Moves the clock of every process together, where the settings allow it: tests and the demonstration."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from workflows.errors import NotPermitted
from workflows.models import ClockOffset

if TYPE_CHECKING:
    from datetime import datetime


def move_clock(*, to: datetime, now: datetime) -> None:
    """Set the clock, which shows `now`, to another instant; it goes on running from there.

    Refused where CLOCK_OFFSET_ALLOWED is off. Nothing else is changed: what fell due meanwhile is found by the next sweep.
    """
    if not settings.CLOCK_OFFSET_ALLOWED:
        raise NotPermitted(_("The clock of a real installation cannot be moved."), code="clock_fixed")
    found = ClockOffset.objects.filter(pk=1).first()
    offset = (found.offset if found else timedelta(0)) + (to - now)
    ClockOffset.objects.update_or_create(pk=1, defaults={"offset": offset})
