"""The sweep: each rung once for each seat, whatever moves, closes, empties or fails meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pgtrigger
import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import World, make_world
from workflows.actions import reminder as sweeping
from workflows.actions.deadline import pin_deadline, wake
from workflows.actions.message import deliver
from workflows.actions.party import end_membership, fill_seat
from workflows.actions.reminder import PUSHED_BY, Swept, sweep
from workflows.models import Deadline, Ladder, Membership, Message, Party, Reminder, Rung, Seat, Summit
from workflows.queries.reminder import ReminderBook
from workflows.queries.watch import conservation
from workflows.states import SummitState

pytestmark = pytest.mark.django_db

BEGUN = datetime(2027, 6, 1, 10, tzinfo=UTC)
DUE = datetime(2027, 7, 16, 5, 59, 59, 999999, tzinfo=UTC)  # when the last capital's day of 15 July ends
SEVEN_DAYS = datetime(2027, 7, 9, 12, tzinfo=UTC)  # 09:00 in Asunción, Brasília and Lisbon have passed by then


@pytest.fixture
def world() -> World:
    """A summit whose contributions (DOC-03) are due on 16 July at 07:59 in Madrid; rungs −7 and 0; four seats are held."""
    world = make_world()
    sweep(BEGUN)
    Message.objects.filter(kind="reminder").update(state="sent", sent_at=BEGUN)
    assert deadline(world).due_at == DUE
    return world


def deadline(world: World, party: str = "PY", code: str = "DOC-03") -> Deadline:
    return Deadline.objects.select_related("task", "summit").get(task=world.task(code, party))


def ledger(party: str = "PY", code: str = "DOC-03") -> list[tuple[int, str, str]]:
    """What the ledger says of a party's task: rung, role, outcome."""
    rows = Reminder.objects.filter(deadline__task__responsible__code=party, deadline__task__code=code).order_by("pk")
    return [(r.rung, r.seat.role, r.outcome) for r in rows.select_related("seat")]


def send(now: datetime) -> list[str]:
    """Deliver at an instant and return to whom reminders went, in order."""
    mail.outbox.clear()
    deliver(lambda: now)
    return sorted(m.to[0] for m in mail.outbox if Message.objects.filter(kind="reminder", subject=m.subject).exists())


def fate(party: str = "PY") -> list[tuple[str, str]]:
    rows = Message.objects.filter(kind="reminder", task__code="DOC-03", seat__party__code=party).order_by("pk")
    return list(rows.values_list("state", "cancelled_reason"))


def test_a_rung_is_told_once_to_each_seat_that_is_held(world: World):
    swept = sweep(SEVEN_DAYS)
    assert (swept.queued, swept.vacant, swept.failed) == (4, 8, 0)
    assert ledger() == [(-7, "national_coordinator", "queued")]
    assert ledger("PE") == []  # 09:00 in Lima is still ahead
    assert sweep(SEVEN_DAYS) == Swept()
    assert send(SEVEN_DAYS) == ["cn.br@example.org", "cn.host@example.org", "cn.pt@example.org", "cn.py@example.org"]
    assert send(SEVEN_DAYS) == []


def test_the_key_of_a_mail_is_that_of_the_ledger(world: World):
    sweep(SEVEN_DAYS)
    row = Reminder.objects.select_related("message", "deadline", "seat").get(
        outcome="queued", deadline__task__responsible__code="PY"
    )
    assert row.message.key == f"reminder:{row.deadline.uuid}:2027-07-16T05:59:59.999999+00:00:-7:{row.seat.uuid}"


def test_the_next_look_is_at_the_next_rung(world: World):
    sweep(SEVEN_DAYS)
    assert deadline(world).next_wake_at == datetime(2027, 7, 15, 12, tzinfo=UTC)  # 09:00 in Asunción, before it ends
    sweep(deadline(world).next_wake_at)
    assert sorted({rung for rung, *_rest in ledger()}) == [-7, 0]
    assert deadline(world).next_wake_at is None


def test_moved_away_and_back_nothing_is_said_twice(world: World):
    sweep(SEVEN_DAYS)
    send(SEVEN_DAYS)
    later = SEVEN_DAYS + timedelta(hours=1)
    for at in (DUE + timedelta(days=30), DUE):
        pin_deadline(deadline(world), due_at=at, reason="Se pide", actor=world.actor("secretary"), now=later)
        sweep(later)
    assert [m.kind for m in Message.objects.filter(seat__party__code="PY", queued_at=later)] == ["deadline_moved"] * 2
    assert [row for row in ledger() if row[2] == "queued"] == [(-7, "national_coordinator", "queued")]
    assert send(later) == []


def test_moved_before_it_left_the_old_date_is_not_spoken_of(world: World):
    sweep(SEVEN_DAYS)
    away = DUE + timedelta(days=30)
    pin_deadline(deadline(world), due_at=away, reason="Se pide", actor=world.actor("secretary"), now=SEVEN_DAYS)
    assert "cn.py@example.org" not in [m.to[0] for m in mail.outbox if "DOC-03" in m.subject]
    send(SEVEN_DAYS)
    assert fate() == [("cancelled", "deadline_moved")]


def test_done_in_the_second_in_which_its_reminder_falls_due(world: World):
    sweep(SEVEN_DAYS)
    world.now = SEVEN_DAYS
    world.act(world.task("DOC-03", "PY"), "submit", "cn_py", evidence="Aportes")
    assert "cn.py@example.org" not in send(SEVEN_DAYS)
    assert fate() == [("cancelled", "done")]


def test_done_before_the_sweep_nothing_is_written(world: World):
    world.now = SEVEN_DAYS
    world.act(world.task("DOC-03", "PY"), "submit", "cn_py", evidence="Aportes")
    sweep(SEVEN_DAYS)
    assert ledger() == []


def test_a_person_replaced_between_queueing_and_sending_is_not_written_to(world: World):
    sweep(SEVEN_DAYS)
    fill_seat(world.seats["cn_py"], name="Otra", email="otra@example.org", language="pt-br", actor=None, now=SEVEN_DAYS)
    sent = send(SEVEN_DAYS)
    assert ("otra@example.org" in sent, "cn.py@example.org" in sent) == (True, False)
    assert Message.objects.get(kind="reminder", seat=world.seats["cn_py"]).language == "pt-br"


def test_a_seat_left_vacant_has_nobody_to_write_to_and_that_is_kept(world: World):
    sweep(SEVEN_DAYS)
    Membership.objects.filter(seat=world.seats["cn_py"]).update(ends_on=SEVEN_DAYS.date() - timedelta(days=1))
    send(SEVEN_DAYS)
    assert fate() == [("cancelled", "no_address")]


def test_a_vacant_office_with_a_mailbox_is_reached(world: World):
    sweep(SEVEN_DAYS)
    Membership.objects.filter(seat=world.seats["cn_py"]).update(ends_on=SEVEN_DAYS.date() - timedelta(days=1))
    Seat.objects.filter(pk=world.seats["cn_py"].pk).update(email="coordinacion@example.org")
    assert "coordinacion@example.org" in send(SEVEN_DAYS)


def test_a_closed_seat_gets_nothing(world: World):
    sweep(SEVEN_DAYS)
    Seat.objects.filter(pk=world.seats["cn_py"].pk).update(closed_at=SEVEN_DAYS)
    assert "cn.py@example.org" not in send(SEVEN_DAYS)
    assert fate() == [("cancelled", "seat_closed")]


def test_who_may_no_longer_see_the_matter_gets_nothing(world: World):
    now = datetime(2027, 8, 5, 10, tzinfo=UTC)
    sweep(now)
    queued = Message.objects.filter(kind="reminder", task__code="DOC-04", seat__party__code="SPT-31")
    assert queued.count() == 2
    Party.objects.filter(code="SPT-31").update(ended_at=now)
    send(now)
    assert set(queued.values_list("state", "cancelled_reason")) == {("cancelled", "not_visible")}


def rest(world: World, state: str) -> None:
    """Put the summit into a state against its machine, which other tests walk."""
    resumes = {"resumes_to": SummitState.NEGOTIATION} if state == SummitState.POSTPONED else {"resumes_to": ""}
    with pgtrigger.ignore():
        Summit.objects.filter(pk=world.summit.pk).update(state=state, **resumes)


def test_reminders_rest_while_the_summit_is_postponed(world: World):
    sweep(SEVEN_DAYS)
    rest(world, SummitState.POSTPONED)
    assert send(SEVEN_DAYS) == []
    assert fate() == [("cancelled", "summit_rests")]
    later = datetime(2027, 7, 15, 20, tzinfo=UTC)
    assert (sweep(later).queued, [row[0] for row in ledger()]) == (0, [-7])


def test_after_an_outage_the_missed_rungs_collapse_into_the_latest(world: World):
    now = datetime(2027, 7, 15, 20, tzinfo=UTC)  # nothing ran since June: −7 and 0 are both due
    sweep(now)
    assert ledger() == [
        (0, "national_coordinator", "queued"),
        (0, "alternate_coordinator", "queued"),
        (-7, "national_coordinator", "superseded"),
    ]
    assert send(now).count("cn.py@example.org") == 1


def test_after_an_outage_of_the_mail_only_the_latest_leaves(world: World):
    sweep(SEVEN_DAYS)
    now = datetime(2027, 7, 15, 20, tzinfo=UTC)
    sweep(now)
    assert send(now).count("cn.py@example.org") == 1
    assert fate()[0] == ("cancelled", "overtaken")


def test_no_warning_of_a_deadline_leaves_after_it(world: World):
    sweep(SEVEN_DAYS)
    assert send(DUE + timedelta(minutes=1)) == []
    assert fate() == [("cancelled", "overtaken")]


def test_after_an_outage_beyond_the_deadline_nothing_is_sent_to_a_state(world: World):
    sweep(DUE + timedelta(days=2))
    assert [row for row in ledger() if row[2] == "queued"] == []
    assert len(ledger()) == 3


def test_what_had_passed_when_the_deadline_was_set_is_written_as_passed(world: World):
    now = SEVEN_DAYS - timedelta(days=20)
    pin_deadline(deadline(world), due_at=now + timedelta(days=3), reason="Se pide", actor=world.actor("secretary"), now=now)
    sweep(now)
    assert ledger() == [(-7, "national_coordinator", "passed")]


def test_two_seats_of_one_person_get_a_mail_each(world: World):
    alternate = world.seats["alternate_py"]
    held = Membership.objects.get(seat=alternate)
    end_membership(held, ends_on=BEGUN.date(), actor=world.actor("cn_py"), now=BEGUN)
    tomorrow = BEGUN + timedelta(days=1)
    fill_seat(alternate, name="cn_py holder", email="cn.py@example.org", invite=False, actor=None, now=tomorrow)
    now = datetime(2027, 7, 15, 20, tzinfo=UTC)
    sweep(now)
    assert send(now).count("cn.py@example.org") == 2


def test_a_deadline_that_cannot_be_planned_is_put_off_and_stops_nobody(world: World):
    odd = Ladder.objects.create(summit=world.summit, code="odd")
    Rung.objects.create(ladder=odd, offset_days=-7, reach=["nobody_knows"])
    Deadline.objects.filter(pk=deadline(world).pk).update(ladder=odd)
    swept = sweep(SEVEN_DAYS)
    assert (swept.queued, swept.failed) == (3, 1)
    assert deadline(world).next_wake_at == SEVEN_DAYS + PUSHED_BY
    assert ledger("BR") == [(-7, "national_coordinator", "queued")]


def test_a_deadline_that_cannot_be_written_is_put_off_and_stops_nobody(world: World, monkeypatch):
    make = sweeping._message

    def refuse(row: Reminder, now: datetime) -> Message:
        message = make(row, now)
        if row.seat.party.code == "PY":
            message.kind = "x" * 500
        return message

    monkeypatch.setattr(sweeping, "_message", refuse)
    swept = sweep(SEVEN_DAYS)
    assert (swept.queued, swept.failed) == (3, 1)
    assert deadline(world).next_wake_at == SEVEN_DAYS + PUSHED_BY
    assert (ledger(), ledger("BR")) == ([], [(-7, "national_coordinator", "queued")])


def test_what_the_ledger_holds_makes_no_mail(world: World, monkeypatch):
    """Another sweep wrote the row between this one's reading and its writing."""
    row = deadline(world)
    seat = world.seats["cn_py"]
    Reminder.objects.create(
        deadline=row, due_at=DUE, rung=-7, seat=seat, leaves_at=BEGUN, written_at=BEGUN, outcome="superseded"
    )
    monkeypatch.setattr(sweeping, "written_keys", lambda deadlines: {})
    sweep(SEVEN_DAYS)
    assert ledger() == [(-7, "national_coordinator", "superseded")]
    assert not Message.objects.filter(seat=seat, kind="reminder").exists()


def test_the_sum_is_kept_whatever_happened(world: World):
    before = conservation(BEGUN)
    sweep(SEVEN_DAYS)
    world.now = SEVEN_DAYS
    world.act(world.task("DOC-03", "PY"), "submit", "cn_py", evidence="Aportes")
    send(SEVEN_DAYS)
    later = datetime(2027, 7, 15, 20, tzinfo=UTC)
    waiting = conservation(later)
    sweep(later)
    found = conservation(later)
    assert (waiting.unswept > 0, found.unswept) == (True, 0)
    assert found.is_kept
    assert (found.sent - before.sent, found.cancelled, found.pending > 0, found.failed) == (3, 1, True, 0)
    assert found.due == Reminder.objects.count()


def test_a_reminder_without_its_row_breaks_the_sum(world: World):
    Message.objects.create(
        key="reminder:stray", kind="reminder", seat=world.seats["cn_py"], queued_at=BEGUN, next_attempt_at=BEGUN
    )
    assert not conservation(BEGUN).is_kept


def test_the_sweep_makes_as_many_queries_for_one_deadline_as_for_many(world: World):
    def queries(*parties: str) -> int:
        chosen = Deadline.objects.filter(task__code="DOC-03", task__responsible__code__in=parties)
        Deadline.objects.exclude(pk__in=chosen.values("pk")).update(next_wake_at=None)
        with CaptureQueriesContext(connection) as captured:
            assert sweep(SEVEN_DAYS).queued == len(parties)
        return len(captured)

    wake(world.summit, Deadline.objects.filter(summit=world.summit).select_related("task__responsible"), now=BEGUN)
    one = queries("PY")
    wake(world.summit, Deadline.objects.filter(summit=world.summit).select_related("task__responsible"), now=BEGUN)
    assert queries("BR", "PT", "ES") == one


def test_a_batch_smaller_than_what_is_due_leaves_nothing(world: World):
    assert sweep(SEVEN_DAYS, batch=1).queued == 4


def test_a_plan_of_a_summit_is_loaded_once(world: World, monkeypatch):
    loaded: list[Any] = []
    original = sweeping.reminder_book

    def count(summit: Summit, now: datetime) -> ReminderBook:
        loaded.append(summit)
        return original(summit, now)

    monkeypatch.setattr(sweeping, "reminder_book", count)
    sweep(SEVEN_DAYS)
    assert len(loaded) == 1
