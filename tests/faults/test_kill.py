"""The worker is killed several times at random among a hundred reminders: every seat's mail once, and each copy is explained.

The one window that cannot be closed lies between the mail server's 250 and our mark; a mail that a kill caught there comes
once more, with the same Message-ID, and nothing else may come twice. What holds this up is taken away piece by piece at the
end, and each time the same expectation fails.
"""

from __future__ import annotations

import os
import random
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.db import connection, connections

from tests.factories import empty_database
from tests.faults.mailing import (
    DELEGATIONS,
    LINES,
    Office,
    Worker,
    all_due,
    due_mails,
    fates,
    leases_run_out,
    unsent,
    wait_for,
)
from tests.smtp import Sink
from workflows.actions import message as outbox
from workflows.actions import reminder as sweeping
from workflows.models import Deadline, Message, Reminder
from workflows.notices.render import message_id_of
from workflows.queries.clock import read_clock
from workflows.queries.watch import conservation

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]

KILLS = 5
IN_THE_REPLY = {1, 4}
"""At these kills the worker dies while the server is saying 250: the worst moment, which chance seldom finds."""
SEED = 2027
SWEEP = ("manage.py", "sweep", "--loop", "0.2")
CELERY = ("-m", "celery", "-A", "summitprep.celery", "worker", "--concurrency", "2", "--without-gossip", "--without-mingle")
BROKER = (int(urllib.parse.urlsplit(os.environ["REDIS_URL"]).path[1:] or 0) + 8) % 16
"""The number of the broker's database, so that no other test's jobs come into our queue."""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    all_due()
    with Sink() as sink:
        office = Office(sink, tmp_path)
        yield office
        office.close()


def caught_in_the_window(sink: Sink) -> set[str]:
    """Return the mails that the server has accepted and we have not marked."""
    unmarked = Message.objects.exclude(state="sent").values_list("key", flat=True)
    return set(sink.copies()) & {message_id_of(key) for key in unmarked}


def kill_often(office: Office, command: tuple[str, ...]) -> tuple[Counter[str], Worker]:
    """Return how often each mail was caught in the window, and the last worker, which lives."""
    chance = random.Random(SEED)
    window: Counter[str] = Counter()
    for number in range(KILLS):
        worker = office.start(*command)
        goal = len(office.sink.received) + chance.randint(1, 8)
        if number in IN_THE_REPLY:
            reply = threading.Event()
            held = threading.Event()
            office.sink.before_250 = lambda _sink, reply=reply, held=held: (held.set(), reply.wait(10))
            wait_for(held.is_set, f"no mail came:\n{office.words()}")
            worker.kill()
            office.sink.before_250 = None
            reply.set()
        else:
            wait_for(lambda goal=goal: len(office.sink.received) >= goal, f"no mail came:\n{office.words()}")
            time.sleep(chance.uniform(0, 0.04))
            worker.kill()
        assert unsent() > 0, "all was sent before the last kill"
        caught = caught_in_the_window(office.sink)
        assert caught.isdisjoint(office.marked()), "a mail that a log says was marked would come again"
        window += Counter(caught)
        leases_run_out()
    return window, office.start(*command)


def each_came_once(office: Office, window: Counter[str]) -> None:
    """Every seat's mail has come, and more than once only as often as a kill caught it between the 250 and the mark."""
    mails = due_mails()
    assert len(mails) == LINES * DELEGATIONS
    assert fates() == {"sent": Message.objects.count()}
    copies = office.sink.copies()
    assert {message_id_of(m.key) for m in mails} <= set(copies)
    assert set(copies) == {message_id_of(key) for key in Message.objects.values_list("key", flat=True)}
    assert {mid: n - 1 for mid, n in copies.items() if n > 1} == dict(window)
    assert conservation(read_clock()).is_kept


@pytest.mark.slow
def test_the_command_killed_often_with_no_broker_from_the_start(office: Office):
    window, last = kill_often(office, SWEEP)
    wait_for(lambda: not unsent(), f"not all was sent:\n{office.words()}")
    assert last.stop() == 0
    each_came_once(office, window)
    assert len(window) >= len(IN_THE_REPLY)


@pytest.mark.long
def test_the_celery_worker_killed_often(office: Office):
    office.redis_url = urllib.parse.urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{BROKER}").geturl()
    with redis.from_url(office.redis_url) as broker:
        broker.flushdb()
    window, last = kill_often(office, CELERY)
    wait_for(lambda: not unsent(), f"not all was sent:\n{office.words()}")
    last.kill()
    each_came_once(office, window)
    assert len(window) >= len(IN_THE_REPLY)


def test_two_sweeps_at_once_share_the_work(office: Office):
    office.sink.delay = 0.02
    both = [office.start("manage.py", "sweep") for _ in range(2)]
    assert [worker.process.wait(90) for worker in both] == [0, 0], office.words()
    each_came_once(office, Counter())
    assert all("mail.marked" in worker.log.read_text() for worker in both)


# The database goes away ---------------------------------------------------------------------------------------------


def end_our_sessions() -> None:
    """What an administrator, or a restart, does to every session of ours."""
    administrator = connections["default"].copy()
    with administrator.cursor() as cursor:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        cursor.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
    administrator.close()


def test_when_the_database_goes_away_after_the_250_the_mark_is_tried_again_never_the_mail(settings):
    all_due(lines=1)
    sweeping.sweep(read_clock())
    with Sink() as sink:
        settings.MAILERS = sink.mailer()

        def ends(sink: Sink) -> None:
            if len(sink.received) % 10 == 0:
                end_our_sessions()

        sink.before_250 = ends
        outbox.deliver(read_clock)
        assert fates()["sent"] == Message.objects.count()
        assert set(sink.copies().values()) == {1}


# What holds it up, taken away ---------------------------------------------------------------------------------------


def at_once(work: Callable[[], Any]) -> None:
    """Do the same in two threads, each with a connection of its own."""

    def alone() -> None:
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=alone) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def meeting_before(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
    """Make both threads wait for each other before they go into a function for the first time."""
    original, barrier = getattr(module, name), threading.Barrier(2, timeout=20)
    first = threading.local()

    def together(*args: Any, **named: Any) -> Any:
        if not hasattr(first, "done"):
            first.done = True
            barrier.wait()
        return original(*args, **named)

    monkeypatch.setattr(module, name, together)


def without_locks(now: Any, batch: int) -> list[Deadline]:
    due = Deadline.objects.open().filter(next_wake_at__lte=now).order_by("next_wake_at", "pk")
    return list(due.select_related(*sweeping.LOADED)[:batch])


def claim_without_lock_or_lease(now: Any, batch: int) -> tuple[Any, list[int]]:
    due = Message.objects.filter(state="queued", next_attempt_at__lte=now).order_by("next_attempt_at", "pk")
    return None, list(due.values_list("pk", flat=True)[:batch])


@pytest.fixture
def unique_keys_dropped() -> Iterator[None]:
    """The ledger's unique key, and the mail's, which is made of the same parts."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE workflows_reminder DROP CONSTRAINT reminder_once")
        cursor.execute("ALTER TABLE workflows_message DROP CONSTRAINT workflows_message_key_key")
    yield
    empty_database()
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE workflows_reminder ADD CONSTRAINT reminder_once UNIQUE (deadline_id, due_at, rung, seat_id)"
        )
        cursor.execute("ALTER TABLE workflows_message ADD CONSTRAINT workflows_message_key_key UNIQUE (key)")


def test_two_sweeps_that_plan_the_same_write_it_once(monkeypatch):
    """Even without their locks, the ledger's key keeps them apart."""
    all_due(lines=1)
    monkeypatch.setattr(sweeping, "_take", without_locks)
    meeting_before(monkeypatch, sweeping, "_write_all")
    now = read_clock()
    at_once(lambda: sweeping.sweep(now))
    assert (len(due_mails()), Message.objects.filter(reminder__isnull=True).count()) == (DELEGATIONS, 0)


def test_without_the_ledgers_key_each_reminder_would_be_written_twice(monkeypatch, unique_keys_dropped):
    all_due(lines=1)
    monkeypatch.setattr(sweeping, "_take", without_locks)
    meeting_before(monkeypatch, sweeping, "_write_all")
    now = read_clock()
    at_once(lambda: sweeping.sweep(now))
    assert Reminder.objects.filter(rung=-7, outcome="queued").count() > DELEGATIONS


def deliveries_at_once(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    all_due(lines=1)
    sweeping.sweep(read_clock())
    with Sink() as sink:
        settings.MAILERS = sink.mailer()
        meeting_before(monkeypatch, outbox, "claim")
        at_once(lambda: outbox.deliver(read_clock))
        return sink.copies()


def test_two_deliveries_at_once_send_each_once(settings, monkeypatch):
    copies = deliveries_at_once(settings, monkeypatch)
    assert (len(copies), set(copies.values())) == (Message.objects.count(), {1})


def test_without_lock_and_lease_the_same_mails_would_be_sent_by_both(settings, monkeypatch):
    monkeypatch.setattr(outbox, "claim", claim_without_lock_or_lease)
    monkeypatch.setattr(outbox, "_held", lambda pk, token: Message.objects.filter(pk=pk))
    copies = deliveries_at_once(settings, monkeypatch)
    assert max(copies.values()) == 2
