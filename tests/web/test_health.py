"""The health page and the metrics: right numbers, no wait for a dead broker, no page without the token."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import RequestFactory

from workflows.models import Heartbeat
from workflows.queries.health import Health, health
from workflows.web.health import health_view, report

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
DEAD = "redis://127.0.0.1:1/0"
request = RequestFactory().get("/health")


@pytest.mark.django_db
def test_healthy(nothing_yet: None) -> None:
    answer = health_view(request)
    body = json.loads(answer.content)
    assert (answer.status_code, body["status"], body["broker"], body["oldest_due_seconds"]) == (200, "ok", True, None)


@pytest.mark.django_db
def test_a_dead_broker_is_told_and_the_pages_are_still_served(settings) -> None:
    settings.REDIS_URL = DEAD
    answer = health_view(request)
    assert (answer.status_code, json.loads(answer.content)["status"]) == (200, "degraded")


@pytest.mark.django_db
def test_heartbeats_are_ages() -> None:
    Heartbeat.objects.create(name="sweep", beat_at=NOW - timedelta(seconds=42))
    assert health(NOW).heartbeats == {"sweep": 42.0}


@pytest.mark.parametrize(("seconds", "status"), [(None, "ok"), (600.0, "ok"), (601.0, "degraded")])
def test_ten_minutes_are_late(seconds: float | None, status: str) -> None:
    assert report(Health({}, seconds, {}), broker=True)["status"] == status


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("token", "shown", "code"),
    [("", "", 404), ("", "Bearer ", 404), ("abc", "", 404), ("abc", "Bearer abd", 404), ("abc", "Bearer abc", 200)],
)
def test_metrics_need_the_token(settings, client, token: str, shown: str, code: int) -> None:
    settings.METRICS_TOKEN = token
    answer = client.get("/metrics", headers={"authorization": shown})
    assert answer.status_code == code
    if code == 200:
        assert b'summitprep_messages{state="queued"} 0.0' in answer.content
