"""Deadlines set by hand: pinned, set by rule anew, extended for one delegation; each with a reason, a history and a mail."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from tests.factories import OPENING, make_world, verify
from tests.worlds import shared_world
from workflows.actions.deadline import pin_deadline, set_rule
from workflows.actions.summit import change_date
from workflows.errors import InvalidInput, NotPermitted, StaleObject
from workflows.models import Deadline, DeadlineChange, Event, EventPayload, Message
from workflows.rules.deadlines import Rule

pytestmark = pytest.mark.django_db

_built, world = shared_world(make_world)

NOON = datetime(2027, 6, 15, 12, tzinfo=UTC)


def deadline(world, code="DOC-04", party=""):
    return Deadline.objects.select_related("task__summit", "task__responsible").get(task=world.task(code, party))


def pin(world, code="DOC-04", party="", *, by="secretary", due_at=NOON, reason="Prórroga concedida", **more):
    return pin_deadline(
        deadline(world, code, party), due_at=due_at, reason=reason, actor=world.actor(by), now=world.now, **more
    )


def rule(**more):
    return Rule(**{"offset": -30, "unit": "days", "calendar": "none", "time_of_day": "end_of_day_host", **more})


def by_rule(world, anchor="opening_day", *, by="secretary", code="DOC-04", given=None, **more):
    return set_rule(
        deadline(world, code),
        rule=given or rule(),
        anchor_code=anchor,
        reason="Nuevo calendario",
        actor=world.actor(by),
        now=world.now,
        **more,
    )


def test_a_pinned_deadline_says_who_and_why_and_tells_those_who_owe_it(world):
    before = deadline(world)
    pinned = pin(world)
    assert (pinned.due_at, pinned.due_on, pinned.pinned_reason) == (NOON, date(2027, 6, 15), "Prórroga concedida")
    assert (pinned.pinned_by_id, pinned.pinned_at, pinned.moved_by) == (world.seats["secretary"].pk, world.now, [])
    stored = deadline(world)
    assert (stored.revision, stored.version) == (before.revision + 1, before.version + 1)
    history = DeadlineChange.objects.get(deadline=stored)
    assert (history.from_at, history.to_at, history.changed_by_id) == (before.due_at, NOON, world.seats["secretary"].pk)
    event = Event.objects.get(verb="deadline.set")
    assert (event.object_label, EventPayload.objects.get(event_uuid=event.uuid).reason) == ("DOC-04", "Prórroga concedida")
    told = Message.objects.filter(kind="deadline_moved").select_related("seat__party")
    assert [(m.seat.party.code, m.seat.role) for m in told] == [("SPT-31", "officer")]  # not the one who moved it


def test_an_extension_is_one_delegation_s(world):
    others = dict(Deadline.objects.exclude(task=world.task("DOC-03", "PY")).values_list("pk", "due_at"))
    pin(world, "DOC-03", "PY")
    assert deadline(world, "DOC-03", "PY").due_at == NOON
    assert dict(Deadline.objects.exclude(task=world.task("DOC-03", "PY")).values_list("pk", "due_at")) == others
    told = Message.objects.filter(kind="deadline_moved").select_related("seat__party")
    assert [(m.seat.party.code, m.seat.role) for m in told] == [("PY", "national_coordinator")]
    moved = Event.objects.filter(verb="deadline.set")
    assert moved.visible_to(world.actor("cn_py")).count() == 1
    assert moved.visible_to(world.actor("cn_br")).count() == 0


def test_no_anchor_moves_a_pinned_deadline_until_it_follows_a_rule_again(world):
    pin(world)
    change_date(
        world.reread(), opening_on=OPENING + timedelta(days=7), reason="Traslado", actor=world.actor("secretary"), now=world.now
    )
    assert deadline(world).due_at == NOON
    freed = by_rule(world)
    assert freed.due_at == datetime(2027, 10, 18, 21, 59, 59, 999_999, tzinfo=UTC)  # 30 days before 17 November, Madrid UTC+2
    assert (freed.pinned_at, freed.pinned_by, freed.pinned_reason) == (None, None, "")


def test_a_rule_may_hang_on_a_meeting_or_on_an_exact_hour(world):
    assert by_rule(world, "cnrc_extraordinary", given=rule(offset=-1)).due_at == datetime(
        2027, 10, 4, 21, 59, 59, 999_999, tzinfo=UTC
    )
    exact = rule(offset=0, time_of_day="exact", exact_time=time(10, 30), exact_zone="America/Asuncion")
    assert by_rule(world, given=exact).due_at == datetime(2027, 11, 10, 13, 30, tzinfo=UTC)  # Asunción is at UTC-3
    with pytest.raises(InvalidInput) as refusal:
        by_rule(world, "cnrc_9")
    assert set(refusal.value.fields) == {"anchor"}


def test_setting_what_stands_already_moves_nothing_and_sends_nothing(world):
    pin(world)
    before = deadline(world)
    sent = Message.objects.count()
    pin(world, reason="Sin cambio")
    after = deadline(world)
    assert (after.revision, after.version) == (before.revision, before.version + 1)
    assert (Message.objects.count(), DeadlineChange.objects.filter(deadline=after).count()) == (sent, 1)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"reason": "  "}, InvalidInput),
        ({"due_at": datetime(2026, 3, 2, 10, tzinfo=UTC)}, InvalidInput),
        ({"due_at": datetime(2025, 1, 1, tzinfo=UTC)}, InvalidInput),
        ({"if_version": 9}, StaleObject),
        ({"by": "cn_py"}, NotPermitted),
        ({"by": "auditor"}, NotPermitted),
        ({"by": "liaison"}, NotPermitted),
    ],
)
def test_a_pin_that_is_refused_changes_nothing(world, fields, error):
    before = deadline(world).due_at, Event.objects.count(), Message.objects.count()
    with pytest.raises(error):
        pin(world, **fields)
    assert (deadline(world).due_at, Event.objects.count(), Message.objects.count()) == before


def test_a_rule_is_set_under_the_version_that_was_read(world):
    with pytest.raises(StaleObject):
        by_rule(world, if_version=9)
    assert by_rule(world, if_version=1).offset == -30


def test_a_delegation_never_sets_its_own_deadline(world):
    with pytest.raises(NotPermitted):
        pin(world, "DOC-03", "PY", by="cn_py")


def test_the_next_wake_up_follows_the_deadline(world):
    """The work ladder's first rung is seven days before; it leaves at nine o'clock of the office's own working day."""
    pinned = pin(world, due_at=datetime(2027, 6, 15, 12, tzinfo=UTC))
    assert Deadline.objects.get(pk=pinned.pk).next_wake_at == datetime(2027, 6, 8, 7, 0, tzinfo=UTC)
    verify(world, "CON-03", verifier="approver")
    assert deadline(world, "CON-03").next_wake_at is None
    world.act(world.task("CON-03"), "reopen", "approver", reason="Falta un anexo")
    assert deadline(world, "CON-03").closed_at is None
    assert deadline(world, "CON-03").next_wake_at is not None
