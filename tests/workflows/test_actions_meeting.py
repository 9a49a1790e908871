"""What is done to meetings besides moving them on: convene, change, agenda, attendance, decisions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.factories import hold, make_world
from tests.worlds import shared_world
from workflows.actions.meeting import change_meeting, convene_meeting, record_attendance, record_decision, set_agenda
from workflows.actions.transition import perform
from workflows.errors import GuardsFailed, InvalidInput, NotPermitted, StaleObject, WrongState
from workflows.models import Deadline, DeadlineChange, Event, EventPayload, Meeting, Message, Party
from workflows.rules.facts import Inputs

pytestmark = pytest.mark.django_db

_built, world = shared_world(make_world)

STARTS = datetime(2026, 9, 15, 14, 0, tzinfo=UTC)
TITLE = {"es": "Reunión preparatoria", "pt": "Reunião preparatória"}


def convene(world, by="spt_officer", **more):
    fields = {"code": "prep_1", "kind": "other", "title": TITLE, "starts_at": STARTS, "place": "Lima"}
    return convene_meeting(world.summit, actor=world.actor(by), now=world.now, **{**fields, **more})


def change(world, code="cnrc_extraordinary", by="approver", **more):
    return change_meeting(world.meeting(code), actor=world.actor(by), now=world.now, **more)


# Convene ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("by", "party"), [("secretary", "SPT-31"), ("spt_officer", "SPT-31"), ("approver", "SEGIB")])
def test_a_meeting_is_convened_by_creating_it(world, by, party):
    meeting = convene(world, by)
    assert (meeting.state, meeting.convened_by.code, meeting.version) == ("convened", party, 1)
    assert (meeting.held_on, meeting.zone, meeting.title_en) == (date(2026, 9, 15), "Europe/Madrid", "Reunión preparatoria")
    assert Event.objects.get(verb="meeting.convene").object_label == "prep_1"


def test_the_coordinators_and_cooperation_officers_of_every_delegation_are_told_in_protocol_order(world):
    convene(world)
    told = list(Message.objects.filter(kind="meeting_convened").order_by("pk").select_related("seat__party"))
    assert len(told) == 44
    assert [m.seat.party.code for m in told[:6]] == ["AD", "AD", "AR", "AR", "BO", "BO"]
    assert {m.seat.role for m in told} == {"national_coordinator", "cooperation_officer"}


@pytest.mark.parametrize("by", ["auditor", "cn_py", "cn_host", "liaison"])
def test_nobody_else_convenes(world, by):
    with pytest.raises(NotPermitted):
        convene(world, by)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"code": "cnrc_1"}, {"code"}),
        ({"code": "CNRC_1"}, {"code"}),
        ({"code": "dos palabras"}, {"code"}),
        ({"code": "../summits"}, {"code"}),
        ({"code": ""}, {"code"}),
        ({"code": "x" * 41}, {"code"}),
        ({"kind": "banquet"}, {"kind"}),
        ({"zone": "Europe/Atlantis"}, {"zone"}),
        ({"title": {"es": "Sólo en español"}}, {"title.pt"}),
        ({"title": {"es": " ", "pt": ""}}, {"title.es", "title.pt"}),
        ({"title": {"es": "x" * 201, "pt": "y"}}, {"title.es"}),
        ({"place": "x" * 161}, {"place"}),
        ({"starts_at": datetime(1926, 1, 1, tzinfo=UTC)}, {"starts_at"}),
    ],
)
def test_a_meeting_that_cannot_be_is_refused_by_field(world, fields, named):
    before = Meeting.objects.count(), Event.objects.count(), Message.objects.count()
    with pytest.raises(InvalidInput) as refusal:
        convene(world, **fields)
    assert set(refusal.value.fields) == named
    assert (Meeting.objects.count(), Event.objects.count(), Message.objects.count()) == before


def test_another_seat_may_be_named_to_chair(world):
    convene(world, chair=world.seats["cn_py"])
    with pytest.raises(NotPermitted):
        world.act(world.meeting("prep_1"), "begin", "cn_br")
    assert world.act(world.meeting("prep_1"), "begin", "cn_py").row.state == "begun"
    assert world.act(world.meeting("prep_1"), "close", "secretary", accepted=frozenset({"attendance"})).row.state == "held"


# Change -------------------------------------------------------------------------------------------------------------


def test_a_new_day_fixes_the_meeting_and_moves_what_hangs_on_it(world):
    """NEG-03 is due on the day of the extraordinary meeting, when that day ends in Madrid (UTC+2)."""
    due = Deadline.objects.get(task=world.task("NEG-03"))
    changed = change(world, starts_at=datetime(2027, 9, 28, 8, tzinfo=UTC), reason="Agenda del Canciller")
    assert (changed.held_on, changed.opening_offset) == (date(2027, 9, 28), None)
    moved = Deadline.objects.get(pk=due.pk)
    assert moved.due_at == datetime(2027, 9, 28, 21, 59, 59, 999_999, tzinfo=UTC)
    assert (moved.revision, moved.version) == (due.revision + 1, due.version + 1)
    assert DeadlineChange.objects.get(deadline=due).reason == "Agenda del Canciller"
    event = Event.objects.get(verb="meeting.change")
    payload = EventPayload.objects.get(event_uuid=event.uuid)
    assert (payload.reason, [line["code"] for line in payload.data["moved"]]) == ("Agenda del Canciller", ["NEG-03"])


def test_those_who_owe_what_moved_are_told_once(world):
    change(world, starts_at=datetime(2027, 9, 28, 8, tzinfo=UTC), reason="Agenda")
    told = Message.objects.filter(kind="dates_moved").select_related("seat__party").order_by("seat__role")
    assert [(m.seat.party.code, m.seat.role) for m in told] == [("SEGIB", "approver"), ("SEGIB", "officer")]
    change(world, place="Sala Andrés Bello")
    assert Message.objects.filter(kind="dates_moved").count() == 2


def test_words_and_place_change_and_the_day_does_not(world):
    before = world.meeting("cnrc_1")
    changed = change(world, "cnrc_1", "secretary", title={"es": "I CNRC", "pt": "I CNRC"}, place="Sede", minutes="Se abre.")
    assert (changed.title_es, changed.place, changed.minutes) == ("I CNRC", "Sede", "Se abre.")
    assert (changed.starts_at, changed.opening_offset, changed.version) == (
        before.starts_at,
        before.opening_offset,
        before.version + 1,
    )


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"by": "secretary", "place": "Otro"}, NotPermitted),
        ({"by": "auditor", "place": "Otro"}, NotPermitted),
        ({"if_version": 7, "place": "Otro"}, StaleObject),
        ({"title": {"es": "Sólo"}}, InvalidInput),
        ({"place": "x" * 161}, InvalidInput),
    ],
)
def test_a_change_that_is_refused_changes_nothing(world, fields, error):
    before = Event.objects.count(), world.meeting("cnrc_extraordinary").version
    with pytest.raises(error):
        change(world, **fields)
    assert (Event.objects.count(), world.meeting("cnrc_extraordinary").version) == before


def test_the_hour_of_a_meeting_that_has_begun_stands(world):
    world.act(world.meeting("cnrc_extraordinary"), "begin", "approver")
    with pytest.raises(WrongState) as refusal:
        change(world, starts_at=STARTS)
    assert refusal.value.code == "meeting_begun"
    assert change(world, minutes="Acta").minutes == "Acta"


def test_a_cancelled_meeting_is_not_changed(world):
    world.act(world.meeting("cnrc_extraordinary"), "cancel", "segib_officer", reason="Sin agenda")
    assert Message.objects.filter(kind="meeting_cancelled").count() == 44
    with pytest.raises(WrongState):
        change(world, place="Otro")


def test_what_is_recorded_has_happened_already(world):
    """An hour that lies ahead is refused; one that has passed is kept as the hour at which the meeting began."""
    later, earlier = world.now + timedelta(hours=1), world.now - timedelta(hours=3)
    act = {"actor": world.actor("secretary"), "now": world.now}
    with pytest.raises(InvalidInput) as refusal:
        perform(world.meeting("cnrc_1"), "begin", inputs=Inputs(occurred_at=later), **act)
    assert set(refusal.value.fields) == {"occurred_at"}
    begun = perform(world.meeting("cnrc_1"), "begin", inputs=Inputs(occurred_at=earlier), **act)
    assert (begun.row.begun_at, begun.event.occurred_at, begun.event.at) == (earlier, earlier, world.now)


# Agenda, attendance, decisions --------------------------------------------------------------------------------------


def test_the_agenda_is_replaced_in_order(world):
    actor = world.actor("secretary")
    set_agenda(world.meeting("cnrc_1"), items=[{"es": "Uno"}, {"es": "Dos", "pt": "Dois"}], actor=actor, now=world.now)
    set_agenda(world.meeting("cnrc_1"), items=[{"es": "Tres"}], actor=actor, now=world.now)
    assert list(world.meeting("cnrc_1").agenda.values_list("position", "text_es")) == [(1, "Tres")]
    for items in ([{"es": " "}], [{"pt": "Sem espanhol"}], [{"es": "x" * 301}]):
        with pytest.raises(InvalidInput):
            set_agenda(world.meeting("cnrc_1"), items=items, actor=actor, now=world.now)
    assert world.meeting("cnrc_1").agenda.count() == 1
    with pytest.raises(NotPermitted):
        set_agenda(world.meeting("cnrc_1"), items=[{"es": "Uno"}], actor=world.actor("cn_py"), now=world.now)


def test_attendance_is_recorded_by_party_and_those_not_named_keep_theirs(world):
    actor, parties = world.actor("spt_officer"), {code: Party.objects.get(code=code) for code in ("PY", "BR", "SPT-31")}
    record_attendance(
        world.meeting("cnrc_1"), levels={parties["PY"]: "coordinator", parties["BR"]: "absent"}, actor=actor, now=world.now
    )
    record_attendance(world.meeting("cnrc_1"), levels={parties["BR"]: "official"}, actor=actor, now=world.now)
    assert dict(world.meeting("cnrc_1").attendance.values_list("party__code", "level")) == {
        "PY": "coordinator",
        "BR": "official",
    }
    for levels in ({parties["PY"]: "ambassador"}, {parties["SPT-31"]: "minister"}):
        with pytest.raises(InvalidInput):
            record_attendance(world.meeting("cnrc_1"), levels=levels, actor=actor, now=world.now)


def test_those_who_are_absent_do_not_count_as_present(world):
    world.act(world.meeting("cnrc_1"), "begin", "secretary")
    actor = world.actor("secretary")
    record_attendance(world.meeting("cnrc_1"), levels={Party.objects.get(code="PY"): "absent"}, actor=actor, now=world.now)
    with pytest.raises(GuardsFailed):
        world.act(world.meeting("cnrc_1"), "close", "secretary")
    record_attendance(world.meeting("cnrc_1"), levels={Party.objects.get(code="BR"): "official"}, actor=actor, now=world.now)
    assert world.act(world.meeting("cnrc_1"), "close", "secretary").row.state == "held"


def decide(world, *, by="secretary", subject="document_list", text_es="Sí", text_pt="Sim", **more):
    return record_decision(
        world.meeting("cnrc_1"), subject=subject, text_es=text_es, text_pt=text_pt, actor=world.actor(by), now=world.now, **more
    )


def test_a_meeting_decides_once_it_has_begun_and_its_decisions_are_numbered(world):
    with pytest.raises(WrongState) as refusal:
        decide(world)
    assert refusal.value.code == "meeting_not_begun"
    world.act(world.meeting("cnrc_1"), "begin", "secretary")
    assert [decide(world).number, decide(world, by="spt_officer").number] == [1, 2]
    hold(world, "cnrc_1")
    assert decide(world).number == 3


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"subject": "lunch"}, InvalidInput),
        ({"text_pt": " "}, InvalidInput),
        ({"text_es": ""}, InvalidInput),
        ({"text_es": "a\x00b"}, InvalidInput),
        ({"text_es": "x" * 20_001}, InvalidInput),
        ({"by": "approver"}, NotPermitted),
        ({"by": "cn_py"}, NotPermitted),
        ({"if_version": 1}, StaleObject),
    ],
)
def test_a_decision_that_cannot_be_is_refused(world, fields, error):
    world.act(world.meeting("cnrc_1"), "begin", "secretary")
    with pytest.raises(error):
        decide(world, **fields)
    assert world.meeting("cnrc_1").decisions.count() == 0
