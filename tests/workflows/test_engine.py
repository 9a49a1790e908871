"""The engine: three questions, countersignature, version, chained event, messages, all or nothing."""

from __future__ import annotations

import pytest

from tests.factories import make_world, ready_texts, verify, warnings
from workflows.errors import GuardsFailed, NotPermitted, StaleObject, WrongState
from workflows.models import Deadline, Event, Message, Signature, Task
from workflows.states import MessageState, TaskState

pytestmark = pytest.mark.django_db


def test_a_submitted_task_spends_a_version_makes_one_event_and_tells_those_who_verify():
    world = make_world()
    task = world.task("CON-03")
    outcome = world.act(task, "submit", "spt_officer", evidence="Nota conceptual", accepted=warnings(task))
    assert (outcome.row.state, outcome.row.version) == (TaskState.SUBMITTED, task.version + 1)
    assert (outcome.event.verb, outcome.event.source, outcome.event.target) == ("task.submit", "pending", "submitted")
    told = Message.objects.filter(kind="task_submitted").order_by("seat__role")
    assert [m.seat.role for m in told] == ["approver", "officer"]
    assert {m.state for m in told} == {MessageState.QUEUED}
    assert Deadline.objects.get(task=task).closed_at == world.now


def test_all_reasons_come_at_once():
    world = make_world()
    with pytest.raises(GuardsFailed) as refusal:
        world.act(world.task("DOC-04"), "submit", "spt_officer")
    assert [r.code for r in refusal.value.reasons] == ["waits_for:DOC-03", "evidence_given"]


def test_four_eyes():
    world = make_world()
    task = world.task("HND-01")
    world.act(task, "submit", "secretary", evidence="Acta")
    with pytest.raises(NotPermitted) as refusal:
        world.act(task, "verify", "secretary")
    assert refusal.value.code == "another_person_verifies"
    assert world.act(task, "verify", "spt_officer").row.state == TaskState.VERIFIED


def test_a_stale_version_changes_nothing():
    world = make_world()
    task = world.task("HND-01")
    from workflows.actions.transition import perform  # noqa: PLC0415

    before = Event.objects.count()
    with pytest.raises(StaleObject):
        perform(task, "start", actor=world.actor("spt_officer"), now=world.now, if_version=task.version + 7)
    assert Event.objects.count() == before
    assert world.task("HND-01").state == TaskState.PENDING


def test_the_second_signature_moves_the_summit_and_no_version_is_spent_while_waiting():
    world = make_world()
    world.act(world.summit, "open_agenda", "secretary", accepted=frozenset({"task:HND-01"}))
    verify(world, "CON-03", verifier="approver")
    from workflows.actions.meeting import record_decision  # noqa: PLC0415

    world.act(world.meeting("cnrc_1"), "begin", "secretary")
    record_decision(
        world.meeting("cnrc_1"),
        subject="theme_motto_calendar",
        text_es="Se aprueba",
        text_pt="Aprova-se",
        actor=world.actor("secretary"),
        now=world.now,
    )
    ready_texts(world, "sectoral_meetings")
    version = world.reread().version
    passed = frozenset({"task:CON-04"})
    first = world.act(world.summit, "open_sectoral_meetings", "approver", accepted=passed)
    assert first.waiting == Signature.objects.get()
    assert (world.reread().state, world.summit.version) == ("agenda_drafting", version)
    with pytest.raises(WrongState) as again:
        world.act(world.summit, "open_sectoral_meetings", "approver", accepted=passed)
    assert again.value.code == "waits_for_countersignature"
    second = world.act(world.summit, "open_sectoral_meetings", "secretary", accepted=passed)
    assert second.waiting is None
    assert (world.reread().state, world.summit.version) == ("sectoral_meetings", version + 1)


def test_closing_a_window_closes_the_answers_not_received():
    world = make_world()
    child = world.task("DOC-03", "PY")
    world.act(child, "submit", "cn_py", evidence="Aportes")
    world.act(child, "verify", "spt_officer")
    world.act(world.task("DOC-03"), "close_window", "secretary", accepted=frozenset({"answers_pending"}))
    states = list(Task.objects.filter(parent=world.task("DOC-03")).values_list("state", flat=True))
    assert (len(states), states.count("verified"), states.count("window_closed")) == (22, 1, 21)
    late = world.act(world.task("DOC-03", "BR"), "submit", "cn_br", evidence="Aportes")
    assert late.row.state == TaskState.SUBMITTED


def test_the_spt_records_a_note_but_never_its_own_country_s():
    world = make_world()
    paper = {"on_behalf": True, "channel": "note_verbale", "note_number": "NV 12/2027"}
    outcome = world.act(world.task("DOC-03", "PE"), "submit", "spt_officer", **paper)
    assert (outcome.row.channel, outcome.event.for_party_id) == ("note_verbale", outcome.row.responsible_id)
    with pytest.raises(NotPermitted) as refusal:
        world.act(world.task("DOC-03", "ES"), "submit", "spt_officer", **paper)
    assert refusal.value.code == "not_own_country"
