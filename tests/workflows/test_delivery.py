"""Delivery over a real SMTP conversation: once, to the right office, and never lost when the server errs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import F

from tests.factories import World, make_world
from tests.smtp import Sink
from workflows.actions import message as outbox
from workflows.actions.message import LEASE, TRIES, deliver, queue_record_heads
from workflows.actions.party import fill_seat
from workflows.models import Chain, Heartbeat, Message, Person, Summit
from workflows.notices import render as rendering
from workflows.notices.render import message_id_of

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
TOLD = ("cn_br", "cn_host", "cn_pt", "cn_py")


@pytest.fixture
def world() -> World:
    """A summit that has just begun; four coordinators (`TOLD`) are told of a meeting, as rows of the outbox."""
    world = make_world()
    for name in TOLD:
        queue(world, name)
    return world


def queue(world: World, name: str, **columns: Any) -> Message:
    cause = f"{name}:{Message.objects.count()}"
    defaults = {"kind": "meeting_convened", "meeting": world.meeting("cnrc_1"), "summit": world.summit}
    return Message.objects.create(
        key=f"meeting_convened:{cause}",
        seat=world.seats[name],
        queued_at=NOW,
        next_attempt_at=NOW,
        **(defaults | columns),
    )


@pytest.fixture
def sink(settings) -> Iterator[Sink]:
    with Sink() as sink:
        settings.MAILERS = sink.mailer()
        yield sink


def send(now: datetime = NOW, **options: Any) -> Counter[str]:
    return deliver(lambda: now, **options)


def states() -> Counter[str]:
    return Counter(Message.objects.values_list("state", flat=True))


def mail_of(name: str) -> Message:
    return Message.objects.get(seat__memberships__person__email=f"{name.replace('_', '.')}@example.org")


def test_each_goes_to_one_recipient_over_one_connection(world: World, sink: Sink):
    assert send() == {"sent": 4}
    assert [mail.recipients for mail in sink.received] == [(f"cn.{x}@example.org",) for x in ("br", "host", "pt", "py")]
    assert sink.connections == 1
    assert states() == {"sent": 4}
    assert send() == {}


def test_a_connection_serves_one_batch(world: World, sink: Sink):
    assert send(batch=2) == {"sent": 4}
    assert sink.connections == 2


def test_headers(world: World, sink: Sink, settings):
    send()
    message = sink.received[0].message
    assert message["Message-ID"].strip() == message_id_of(mail_of("cn_br").key)
    assert message["Message-ID"].strip().endswith(f"@{settings.MAIL_DOMAIN}>")
    assert (message["Auto-Submitted"], message["Reply-To"]) == ("auto-generated", settings.REPLY_TO)
    assert message["Date"].datetime == NOW
    assert message["List-Unsubscribe"] is None
    assert [part.get_content_type() for part in message.walk() if not part.is_multipart()] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]


def test_the_text_is_frozen_when_it_is_first_tried(world: World, sink: Sink):
    sink.mode, sink.only = "later", "cn.py@example.org"
    send()
    frozen = mail_of("cn_py")
    assert (frozen.state, frozen.attempts, bool(frozen.html)) == ("queued", 1, True)
    world.meeting("cnrc_1").__class__.objects.filter(code="cnrc_1").update(title_es="Otro título")
    sink.mode = "ok"
    send(NOW + timedelta(minutes=2))
    sent = mail_of("cn_py")
    assert (sent.state, sent.subject, sent.text) == ("sent", frozen.subject, frozen.text)
    assert "Otro título" not in sent.subject


def test_a_server_that_says_later_is_asked_again_after_times_that_double(world: World, sink: Sink):
    sink.mode, sink.only = "later", "cn.py@example.org"
    now, waits = NOW, []
    for _try in range(TRIES - 1):
        send(now)
        message = mail_of("cn_py")
        waits.append((message.next_attempt_at - now) / timedelta(minutes=1))
        assert send(now + timedelta(seconds=59)) == {}
        now = message.next_attempt_at
    assert waits == [1, 2, 4, 8, 16, 32, 60]
    assert send(now) == {"failed": 1}
    message = mail_of("cn_py")
    assert (message.state, message.attempts) == ("failed", TRIES)
    assert "450" in message.last_error
    assert states() == {"sent": 3, "failed": 1}


def test_a_bad_address_fails_at_once_and_alone(world: World, sink: Sink):
    sink.mode, sink.only = "never", "cn.host@example.org"
    assert send() == {"sent": 3, "failed": 1}
    message = mail_of("cn_host")
    assert (message.state, message.attempts, "550" in message.last_error) == ("failed", 1, True)
    assert sink.connections == 1


def test_a_refusal_after_the_text_fails_at_once(world: World, sink: Sink):
    sink.mode, sink.only = "full", "cn.host@example.org"
    assert send() == {"sent": 3, "failed": 1}


def test_an_address_that_cannot_be_written_fails_at_once_and_alone(world: World, sink: Sink):
    Person.objects.filter(pk=world.people["cn_host"].pk).update(email="año@example.org")
    assert send() == {"sent": 3, "failed": 1}


def test_a_server_that_hangs_holds_nobody(world: World, settings):
    with Sink(mode="hang", only="cn.host@example.org") as sink:
        settings.MAILERS = sink.mailer(timeout=0.5)
        assert send() == {"sent": 3, "put_off": 1}
        assert sink.connections == 2
        sink.mode = "ok"
        assert send(NOW + timedelta(minutes=1)) == {"sent": 1}
        assert set(sink.copies().values()) == {1}


def test_a_reply_that_is_lost_costs_a_copy_with_the_same_message_id(world: World, sink: Sink):
    sink.mode, sink.only = "drop", "cn.host@example.org"
    assert send() == {"sent": 3, "put_off": 1}
    sink.mode = "ok"
    assert send(NOW + timedelta(minutes=1)) == {"sent": 1}
    assert sink.copies() == {message_id_of(m.key): 2 if m == mail_of("cn_host") else 1 for m in Message.objects.all()}


def test_a_server_that_is_away_costs_no_mail_a_try(world: World, settings):
    with Sink() as sink:
        away = sink.mailer()
    settings.MAILERS = away
    now, waits = NOW, []
    for _round in range(9):
        assert send(now) == {"server_away": 1}
        due = set(Message.objects.values_list("next_attempt_at", flat=True))
        assert (len(due), states()) == (1, {"queued": 4})
        waits.append((due.copy().pop() - now) / timedelta(minutes=1))
        now = due.pop()
    assert waits == [1, 1, 2, 4, 8, 16, 32, 60, 60]
    assert set(Message.objects.values_list("attempts", flat=True)) == {0}
    with Sink(port=sink.port) as sink:
        assert send(now) == {"sent": 4}


def test_a_server_that_takes_nothing_is_left_alone_after_three(world: World, sink: Sink):
    sink.mode = "later"
    assert send() == {"put_off": 3}
    assert sorted(Message.objects.values_list("attempts", flat=True)) == [0, 1, 1, 1]
    assert states() == {"queued": 4}


def test_a_text_that_cannot_be_made_stops_nobody_and_is_given_up(world: World, sink: Sink, monkeypatch):
    queue(world, "cn_py", kind="no_such_kind")
    now = NOW
    assert send(now) == {"sent": 4, "put_off": 1}
    for _try in range(TRIES - 1):
        now += timedelta(hours=1)
        send(now)
    assert states() == {"sent": 4, "failed": 1}


def test_a_mail_that_kills_its_worker_is_given_up(world: World, sink: Sink):
    message = mail_of("cn_py")
    Message.objects.filter(pk=message.pk).update(attempts=TRIES)
    assert send() == {"sent": 3, "failed": 1}


def test_a_lease_that_ran_out_is_taken_over(world: World, sink: Sink):
    outbox.claim(NOW, 20)
    assert (states(), send(NOW + LEASE)) == ({"sending": 4}, {})
    assert send(NOW + LEASE + timedelta(seconds=1)) == {"sent": 4}


def another_takes_over(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the first mail is on the wire the lease runs out, and another delivery takes the whole batch."""
    original = outbox.Post.send

    def slowly(post: Any, mail: Any) -> None:
        original(post, mail)
        Message.objects.filter(state="sending").update(token=F("uuid"), lease_until=NOW + LEASE)

    monkeypatch.setattr(outbox.Post, "send", slowly)


def test_who_has_lost_the_lease_sends_and_marks_nothing_more(world: World, sink: Sink, monkeypatch):
    another_takes_over(sink, monkeypatch)
    assert send() == {"taken_over": 4}
    assert (len(sink.received), states()) == (1, {"sending": 4})


def test_without_the_token_the_same_mails_would_be_sent_by_both(world: World, sink: Sink, monkeypatch):
    another_takes_over(sink, monkeypatch)
    monkeypatch.setattr(outbox, "_held", lambda pk, token: Message.objects.filter(pk=pk))
    send()
    assert len(sink.received) == 4


def test_the_next_mail_is_not_begun_when_asked_to_stop(world: World, sink: Sink):
    answers = iter([False, False, False, True, True])
    assert send(stop=lambda: next(answers)) == {"sent": 2}
    assert states() == {"sent": 2, "queued": 2}
    assert send() == {"sent": 2}


# Addressees and what is kept -----------------------------------------------------------------------------------------


def test_an_invitation_goes_to_the_invited_and_its_link_is_not_kept(world: World, sink: Sink, settings):
    Message.objects.all().delete()
    seat, tomorrow = world.seats["cn_py"], NOW.date() + timedelta(days=1)
    fill_seat(seat, name="Otra", email="otra@example.org", starts_on=tomorrow, actor=None, now=NOW)
    assert send() == {"sent": 1}
    mail, row = sink.received[0], Message.objects.get()
    assert mail.recipients == ("otra@example.org",)
    body = mail.message.get_body(("plain",)).get_content()
    assert f"{settings.SITE_URL}/accounts/password/reset/key/" in body
    assert "/reset/key/" not in row.text + row.html
    assert "/accounts/password/*****/" in row.text


def test_the_heads_of_the_record_leave_once_a_day_from_nine_in_madrid(world: World, sink: Sink):
    Message.objects.all().delete()
    Chain.objects.filter(summit__isnull=True).update(number=F("number") + 1)
    early, nine = datetime(2026, 3, 3, 7, 59, tzinfo=UTC), datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
    assert [queue_record_heads(at) for at in (early, nine, nine, nine + timedelta(hours=10))] == [0, 4, 0, 0]
    assert queue_record_heads(nine + timedelta(days=1)) == 4
    assert Counter(Message.objects.values_list("seat__role", flat=True)) == {"approver": 4, "secretary": 4}
    send(nine + timedelta(days=1))
    chain = Chain.objects.get(summit=world.summit)
    of_summit = Message.objects.filter(summit=world.summit).first()
    assert chain.head in of_summit.text
    assert str(chain.number) in of_summit.subject


def test_no_head_of_a_past_summit_is_mailed(world: World):
    Summit.objects.filter(pk=world.summit.pk).update(is_record=True)
    queue_record_heads(NOW)
    assert not Message.objects.filter(kind="record_head", summit=world.summit).exists()


# Without a broker ----------------------------------------------------------------------------------------------------


def test_the_command_does_all_without_a_broker(world: World, sink: Sink, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    call_command("sweep", stdout=StringIO())
    assert states()["sent"] >= 4
    assert sorted(Heartbeat.objects.values_list("name", flat=True)) == ["delivery", "sweep"]


def test_the_render_of_a_mail_is_never_repeated_for_the_same_address(world: World, sink: Sink, monkeypatch):
    made: list[str] = []
    original = rendering.render
    monkeypatch.setattr(outbox, "render", lambda *args: made.append("") or original(*args))
    sink.mode, sink.only = "later", "cn.py@example.org"
    send()
    send(NOW + timedelta(minutes=1))
    assert len(made) == 4
