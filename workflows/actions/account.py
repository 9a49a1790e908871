"""What a person's own account keeps."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from workflows.models import User

if TYPE_CHECKING:
    from datetime import datetime

VISIT = timedelta(minutes=5)
"""Looking again within this time is the same visit and writes nothing."""


def mark_seen(user: User, *, now: datetime) -> None:
    """Note that the person has looked at what changed, so that the next visit begins from here."""
    User.objects.filter(pk=user.pk).filter(Q(last_seen_at__isnull=True) | Q(last_seen_at__lt=now - VISIT)).update(
        last_seen_at=now
    )
