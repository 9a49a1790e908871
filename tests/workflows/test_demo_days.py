"""The demonstration begins believably on any day of any year."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from workflows.actions.demo import seed_demo
from workflows.models import Deadline, Task
from workflows.queries.record import verify_all


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(
    "day", ["2026-12-24 03:00", "2027-02-28 12:00", "2027-07-04 23:30", "2028-03-31 06:00", "2028-10-12 18:00"]
)
def test_it_can_begin_on_any_day(nothing_yet, day):
    instant = datetime.fromisoformat(day).replace(tzinfo=UTC)
    summit = seed_demo(now=instant, password="una-clave-de-prueba")
    due = Deadline.objects.get(summit=summit, task__code="NEG-01", task__parent__isnull=True).due_at
    assert summit.state == "negotiation"
    assert instant < due < instant + timedelta(days=9)
    assert [v.problems for v in verify_all() if v.problems] == []
    assert set(Task.objects.filter(code="NEG-01", parent__isnull=False).values_list("state", flat=True)) == {
        "verified",
        "submitted",
        "no_comments",
        "in_progress",
        "pending",
    }
