"""The ways in for Celery, the nudge after a commit, the clock that may be moved, and what the health page then says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import redis
from django.conf import settings as installed
from django.core import mail
from django.core.management import call_command

from tests.factories import circulate, clear, draft, make_world, to_stage
from workflows import jobs
from workflows.actions.clock import move_clock
from workflows.actions.document import _close_if_due
from workflows.actions.reminder import sweep
from workflows.errors import NotPermitted
from workflows.models import Deadline, Event, Message, Reminder
from workflows.queries.clock import read_clock
from workflows.queries.health import health
from workflows.states import TaskState

pytestmark = pytest.mark.django_db

SEVEN_DAYS = datetime(2027, 7, 9, 12, tzinfo=UTC)


@pytest.fixture
def queue() -> Iterator[redis.Redis]:
    """The broker's own queue, emptied before and after."""
    with redis.from_url(installed.REDIS_URL) as broker:
        broker.delete("summitprep")
        yield broker
        broker.delete("summitprep")


def called(queue: redis.Redis) -> list[str]:
    return sorted(json.loads(job)["headers"]["task"] for job in queue.lrange("summitprep", 0, -1))


def test_the_jobs_sweep_and_deliver_by_the_database_s_clock(queue: redis.Redis):
    make_world()
    move_clock(to=SEVEN_DAYS, now=read_clock())
    jobs.sweep()
    assert Reminder.objects.filter(rung=-7, outcome="queued", deadline__task__code="DOC-03").count() == 4
    assert called(queue) == ["workflows.jobs.deliver"]
    jobs.deliver()
    assert len(mail.outbox) == Message.objects.filter(state="sent").count() >= 4


@pytest.mark.parametrize("run", [jobs.sweep, lambda: call_command("sweep")])
def test_a_sweep_closes_the_windows_that_are_over(queue: redis.Redis, run: Any):
    world = make_world()
    to_stage(world, "text_drafting")
    document = circulate(world, clear(world, draft(world)), days=7)
    assert document.deadline.ladder.code == "window"
    move_clock(to=world.now + timedelta(days=6), now=read_clock())
    run()
    assert world.document("declaration").state == "circulated"
    move_clock(to=world.now + timedelta(days=7, hours=1), now=read_clock())
    run()
    run()
    closed = world.document("declaration")
    assert (closed.state, closed.deadline.closed_at is not None) == ("consolidating", True)
    assert Event.objects.filter(verb="document.close_window").values_list("channel", flat=True).get() == "system"
    assert Message.objects.filter(kind="document_window_closed").count() == 4


def test_a_window_that_was_set_anew_meanwhile_is_not_closed():
    """The sweep looks again once it holds the document."""
    world = make_world()
    to_stage(world, "text_drafting")
    document = circulate(world, clear(world, draft(world)), days=7)
    after = world.now + timedelta(days=8)
    Deadline.objects.filter(document=document).update(due_at=world.now + timedelta(days=30))
    assert _close_if_due(document, after) is False
    assert world.document("declaration").state == "circulated"


def test_a_sweep_that_finds_nothing_calls_nobody(queue: redis.Redis):
    jobs.sweep()
    jobs.sweep()
    assert called(queue) in ([], ["workflows.jobs.deliver"])  # what the clock of today finds due, once


def test_a_nudge_calls_both(queue: redis.Redis):
    jobs.nudge()
    assert called(queue) == ["workflows.jobs.deliver", "workflows.jobs.sweep"]


def test_no_job_is_given_a_date(queue: redis.Redis):
    """No ETA and no countdown: what is to come lies in the database."""
    jobs.nudge()
    headers = [json.loads(job)["headers"] for job in queue.lrange("summitprep", 0, -1)]
    assert [header["eta"] for header in headers] == [None, None]


def dead_broker() -> None:
    raise ConnectionError("nobody listens")


@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_costs_the_user_nothing(settings):
    settings.OUTBOX_NUDGE = f"{__name__}.dead_broker"
    world = make_world()
    world.act(world.task("HND-01"), "submit", "secretary", evidence="Acta")
    assert world.task("HND-01").state == TaskState.SUBMITTED
    assert Message.objects.filter(kind="task_submitted").exists()


def test_the_clock_moves_for_all_and_goes_on(settings):
    to = datetime(2030, 1, 1, tzinfo=UTC)
    move_clock(to=to, now=read_clock())
    assert to <= read_clock() < to + timedelta(minutes=1)
    move_clock(to=to - timedelta(days=400), now=read_clock())
    assert read_clock() < to


def test_the_clock_of_a_real_installation_is_fixed(settings):
    settings.CLOCK_OFFSET_ALLOWED = False
    with pytest.raises(NotPermitted) as refusal:
        move_clock(to=SEVEN_DAYS, now=read_clock())
    assert refusal.value.code == "clock_fixed"


def test_health_tells_what_waits_and_for_how_long():
    make_world()
    before = health(SEVEN_DAYS)
    assert (before.is_late, before.reminders.unswept > 0) == (True, True)
    sweep(SEVEN_DAYS)
    Message.objects.exclude(kind="reminder").delete()
    Message.objects.update(next_attempt_at=SEVEN_DAYS + timedelta(hours=1))  # put off by the server
    later = health(SEVEN_DAYS + timedelta(minutes=11))
    assert (later.oldest_due, later.is_late, later.reminders.is_kept) == (660.0, True, True)
    assert later.depth == Message.objects.count()


def test_the_health_page_tells_it(client: Any):
    make_world()
    sweep(SEVEN_DAYS)
    body = json.loads(client.get("/health").content)
    assert body["reminders"]["sum_is_kept"] is True
    assert body["queue_depth"] == body["messages"]["queued"] + body["messages"]["sending"]
    assert "sweep" in body["heartbeats"]
