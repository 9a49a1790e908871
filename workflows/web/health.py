"""For those who watch the watcher: `/health` for balancers and eyes, `/metrics` for Prometheus."""

from __future__ import annotations

import secrets
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from workflows.queries.clock import read_clock
from workflows.queries.health import Health, health

BROKER_SECONDS = 1.0


@never_cache
@require_safe
def health_view(request: HttpRequest) -> JsonResponse:
    """Answer 200 while pages can be served, 503 when the database is away; the rest is told, not judged."""
    try:
        found = health(read_clock())
    except DatabaseError:
        return JsonResponse({"status": "down", "database": False, "broker": broker_answers()}, status=503)
    return JsonResponse(report(found, broker=broker_answers()))


@never_cache
@require_safe
def metrics_view(request: HttpRequest) -> HttpResponse:
    """Answer the same numbers in Prometheus' format to whoever shows the token; without a token there is no page."""
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not secrets.compare_digest(shown.encode(), settings.METRICS_TOKEN.encode()):
        raise Http404
    return HttpResponse(generate_latest(gauges(health(read_clock()))), content_type=CONTENT_TYPE_LATEST)


def report(found: Health, *, broker: bool) -> dict[str, Any]:
    """Return the health page's content; ages in whole seconds."""
    kept = found.reminders.is_kept
    return {
        "status": "ok" if broker and kept and not found.is_late else "degraded",
        "database": True,
        "broker": broker,
        "heartbeats": {name: round(age) for name, age in found.heartbeats.items()},
        "oldest_due_seconds": None if found.oldest_due is None else round(found.oldest_due),
        "queue_depth": found.depth,
        "messages": found.messages,
        "reminders": {**vars(found.reminders), "unswept_for": round(found.reminders.unswept_for), "sum_is_kept": kept},
    }


def gauges(found: Health) -> CollectorRegistry:
    """Return the numbers as gauges; the broker's state is not among them, scraping must not wait for it."""
    registry = CollectorRegistry()
    age = Gauge("summitprep_heartbeat_age_seconds", "Since the job last ran", ["job"], registry=registry)
    for name, seconds in found.heartbeats.items():
        age.labels(job=name).set(seconds)
    oldest = Gauge("summitprep_oldest_due_message_seconds", "Age of the oldest mail still due", registry=registry)
    oldest.set(found.oldest_due or 0)
    depth = Gauge("summitprep_messages", "Mails by state", ["state"], registry=registry)
    for state, number in found.messages.items():
        depth.labels(state=state).set(number)
    rungs = Gauge("summitprep_reminders", "Rungs that fell due, and what became of them", ["outcome"], registry=registry)
    for outcome in ("due", "sent", "pending", "failed", "cancelled", "overtaken", "vacant"):
        rungs.labels(outcome=outcome).set(getattr(found.reminders, outcome))
    unswept = Gauge("summitprep_unswept_seconds", "Since a deadline waits to be looked at", registry=registry)
    unswept.set(found.reminders.unswept_for)
    return registry


def broker_answers() -> bool:
    """Say whether the broker answers within a second."""
    try:
        with redis.from_url(settings.REDIS_URL, socket_timeout=BROKER_SECONDS, socket_connect_timeout=BROKER_SECONDS) as broker:
            return bool(broker.ping())
    except (redis.RedisError, OSError):
        return False
