"""What is done to a summit besides moving it on: create, dates, place, host, postponement, signatures, handover."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.factories import OPENING, hold, make_world, ready_texts, verify
from tests.worlds import shared_world
from workflows.actions.deadline import pin_deadline
from workflows.actions.meeting import change_meeting, record_decision
from workflows.actions.summit import (
    change_date,
    change_host,
    change_place,
    create_summit,
    decline_signature,
    describe_summit,
    record_handover,
)
from workflows.actions.task import add_comment, add_evidence
from workflows.actions.transition import perform
from workflows.errors import GuardsFailed, InvalidInput, NotPermitted, StaleObject, WrongState
from workflows.models import (
    Deadline,
    DeadlineChange,
    Decision,
    Event,
    EventPayload,
    Message,
    Party,
    Signature,
    Summit,
    Task,
)
from workflows.queries.record import verify_all
from workflows.rules.facts import Inputs
from workflows.states import MessageState

pytestmark = pytest.mark.django_db

_built, world = shared_world(make_world)

WEEK_LATER = OPENING + timedelta(days=7)


def decide(world, subject, *, code="cnrc_1"):
    """Record a decision of a meeting (begun where it had not) and return its public id."""
    if world.meeting(code).state == "convened":
        world.act(world.meeting(code), "begin", "secretary" if code != "cnrc_extraordinary" else "approver")
    decision = record_decision(
        world.meeting(code),
        subject=subject,
        text_es="Se acuerda",
        text_pt="Acorda-se",
        actor=world.actor("secretary"),
        now=world.now,
    )
    return str(decision.uuid)


def both_sign(world, verb, decision, *, first="secretary", second="approver"):
    """Sign a transition of the summit for both offices and return the second outcome."""
    assert world.act(world.reread(), verb, first, decision=decision).waiting is not None
    return world.act(world.reread(), verb, second)


def move_date(world, opening_on=WEEK_LATER, *, by="secretary", reason="Acuerdo con la Casa Real", **more):
    return change_date(world.reread(), opening_on=opening_on, reason=reason, actor=world.actor(by), now=world.now, **more)


def local(at, hours):
    """Return an instant as a wall clock so many hours from UTC shows it: date, hour, minute."""
    shown = at.astimezone(UTC) + timedelta(hours=hours)
    return shown.strftime("%Y-%m-%d %H:%M")


def due(world, code, party=""):
    return Deadline.objects.get(task=world.task(code, party)).due_at


# Create -------------------------------------------------------------------------------------------------------------


def create(world, number=33, by="approver", **more):
    fields = {
        "host": Party.objects.get(code="MX"),
        "opening_on": date(2031, 11, 10),
        "protocol_list": world.summit.protocol_list,
    }
    return create_summit(number=number, actor=world.actor(by), now=world.now, **{**fields, **more})


def test_segib_s_approver_creates_a_summit_with_its_secretariat_and_all_who_take_part(world):
    summit = create(world)
    assert (summit.roman, summit.state, summit.zone, summit.city) == (
        "XXXIII",
        "handover",
        "America/Mexico_City",
        "Ciudad de México",
    )
    spt = summit.secretariats.get()
    assert (spt.code, spt.host_delegation.code, spt.ended_at) == ("SPT-33", "MX", None)
    assert sorted(spt.seats.values_list("role", flat=True)) == ["officer", "secretary"]
    assert summit.participations.filter(party__kind="delegation").count() == 22
    assert summit.participations.filter(party__kind="body").count() == 4
    assert Event.objects.filter(summit_id=summit.pk).values_list("number", "verb", "object_label").get() == (
        1,
        "summit.create",
        "XXXIII",
    )


@pytest.mark.parametrize("by", ["secretary", "spt_officer", "segib_officer", "auditor", "cn_py"])
def test_nobody_else_creates_a_summit(world, by):
    with pytest.raises(NotPermitted):
        create(world, by=by)
    assert Summit.objects.filter(number=33).count() == 0


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"number": 2027}, {"number"}),
        ({"number": 0}, {"number"}),
        ({"number": 31}, {"number"}),
        ({"number": 30}, {"number"}),
        ({"zone": "Europe/Atlantis"}, {"zone"}),
        ({"opening_on": None, "closing_on": date(2031, 11, 11)}, {"opening_on"}),
        ({"closing_on": date(2031, 11, 9)}, {"closing_on"}),
    ],
)
def test_a_summit_that_cannot_be_is_refused(world, fields, named):
    before = Event.objects.count()
    with pytest.raises(InvalidInput) as refusal:
        create(world, **fields)
    assert set(refusal.value.fields) == named
    assert Event.objects.count() == before


# Change of date -----------------------------------------------------------------------------------------------------


@pytest.fixture
def busy(world):
    """A summit in which one deadline is pinned, one done, one meeting fixed by hand, one held, one signature waiting."""
    pin_deadline(
        Deadline.objects.get(task=world.task("CON-03")),
        due_at=datetime(2026, 6, 1, 12, tzinfo=UTC),
        reason="Feriado",
        actor=world.actor("secretary"),
        now=world.now,
    )
    verify(world, "HND-01")
    change_meeting(
        world.meeting("cnrc_1"), starts_at=datetime(2026, 6, 20, 7, tzinfo=UTC), actor=world.actor("secretary"), now=world.now
    )
    hold(world, "rmre_midterm")
    decision = decide(world, "postponement", code="rmre_midterm")
    world.act(world.reread(), "postpone", "approver", decision=decision)
    return world


def test_meetings_follow_the_opening_day_unless_they_were_fixed_or_held(busy):
    before = {code: busy.meeting(code).held_on for code in ("cnrc_1", "rmre_midterm", "cnrc_extraordinary", "rmre_final")}
    moved = move_date(busy)
    assert [m.code for m in moved.meetings] == ["cnrc_extraordinary", "rmre_final"]
    after = {code: busy.meeting(code).held_on for code in before}
    assert after == {
        "cnrc_1": date(2026, 6, 20),
        "rmre_midterm": date(2026, 12, 2),
        "cnrc_extraordinary": date(2027, 10, 12),
        "rmre_final": date(2027, 11, 17),
    }
    assert before["cnrc_extraordinary"] == date(2027, 10, 5)
    assert local(busy.meeting("rmre_final").starts_at, 1) == "2027-11-17 09:00"


def test_deadlines_follow_and_pinned_and_done_ones_stay(busy):
    """Counted by hand: Madrid is at UTC+1 in winter and +2 in summer; 7 and 14 August 2027 are Saturdays."""
    assert local(due(busy, "DOC-04"), 2) == "2027-08-06 23:59"
    assert local(due(busy, "CUM-02"), 1) == "2027-11-11 23:59"
    assert local(due(busy, "SGM-04"), 1) == "2028-01-24 23:59"
    assert local(due(busy, "NEG-03"), 2) == "2027-10-05 23:59"
    done = due(busy, "HND-01")
    moved = move_date(busy)
    assert local(due(busy, "DOC-04"), 2) == "2027-08-13 23:59"
    assert local(due(busy, "CUM-02"), 1) == "2027-11-18 23:59"
    assert local(due(busy, "SGM-04"), 1) == "2028-01-31 23:59"
    assert local(due(busy, "NEG-03"), 2) == "2027-10-12 23:59"
    assert due(busy, "CON-03") == datetime(2026, 6, 1, 12, tzinfo=UTC)
    assert due(busy, "HND-01") == done
    assert len(moved.moves) == 29  # 9 lines and 22 answers, without the pinned one and the one that is done
    assert len({move.to_at for move in moved.moves if move.deadline.task.is_child}) == 1  # one instant for all the delegations


def test_one_event_tells_all_that_moved_and_each_deadline_keeps_its_history(busy):
    before = Event.objects.filter(summit_id=busy.summit.pk).count()
    move_date(busy)
    events = Event.objects.filter(summit_id=busy.summit.pk).order_by("number")
    assert [e.verb for e in events[before:]] == ["summit.postpone.drop_signature", "summit.change_date"]
    payload = EventPayload.objects.get(event_uuid=events.last().uuid)
    assert payload.reason == "Acuerdo con la Casa Real"
    assert (payload.data["from"]["opening_on"], payload.data["to"]["opening_on"]) == ("2027-11-10", "2027-11-17")
    assert len(payload.data["moved"]) == 29
    assert {
        "code": "DOC-04",
        "party": "",
        "from": "2027-08-06T21:59:59.999999+00:00",
        "to": "2027-08-13T21:59:59.999999+00:00",
    } in (payload.data["moved"])
    history = DeadlineChange.objects.filter(reason="Acuerdo con la Casa Real")
    assert (history.count(), set(history.values_list("revision", flat=True))) == (29, {2})
    assert set(history.values_list("changed_by_id", flat=True)) == {busy.seats["secretary"].pk}
    assert all(found.holds for found in verify_all())


def test_each_seat_is_told_once_with_all_that_moved_for_it(busy):
    move_date(busy)
    told = Message.objects.filter(kind="dates_moved")
    roles = sorted(f"{m.seat.party.kind}.{m.seat.role}" for m in told.select_related("seat__party"))
    assert roles == sorted(
        ["spt.secretary", "spt.officer", "segib.approver", "segib.officer"] + ["delegation.national_coordinator"] * 22
    )
    mine = told.get(seat=busy.seats["cn_py"])
    assert [(line["code"], line["party"]) for line in mine.context["moved"]] == [("DOC-03", "PY")]
    spt = told.get(seat=busy.seats["secretary"])
    assert [line["code"] for line in spt.context["moved"]] == ["SEC-02", "DOC-03", "DOC-04", "CUM-02", "SGM-04"]


def test_a_signature_given_for_the_old_date_no_longer_stands_and_says_why(busy):
    assert Signature.objects.waiting().count() == 1
    move_date(busy)
    dropped = Signature.objects.get()
    assert dropped.dropped_at == busy.now
    assert len(dropped.dropped_reason) > 20
    assert sorted(m.seat.role for m in Message.objects.filter(kind="signature_dropped")) == ["approver", "secretary"]


def test_moved_away_and_back_the_deadlines_stand_where_they_stood(busy):
    before = dict(Deadline.objects.values_list("pk", "due_at"))
    move_date(busy)
    move_date(busy, OPENING)
    assert dict(Deadline.objects.values_list("pk", "due_at")) == before
    assert set(Deadline.objects.filter(task__code="DOC-04").values_list("revision", flat=True)) == {3}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"by": "approver"}, NotPermitted),
        ({"by": "spt_officer"}, NotPermitted),
        ({"by": "cn_host"}, NotPermitted),
        ({"reason": "  "}, InvalidInput),
        ({"opening_on": None}, InvalidInput),
        ({"closing_on": date(2027, 11, 16)}, InvalidInput),
        ({"if_version": 99}, StaleObject),
    ],
)
def test_a_change_of_date_that_is_refused_changes_nothing(busy, change, error):
    before = Event.objects.count(), dict(Deadline.objects.values_list("pk", "due_at")), busy.reread().version
    with pytest.raises(error):
        move_date(busy, **change)
    assert (Event.objects.count(), dict(Deadline.objects.values_list("pk", "due_at")), busy.reread().version) == before


def test_while_it_is_postponed_the_new_date_may_be_unknown(busy):
    both_sign(busy, "postpone", decide(busy, "postponement"))
    move_date(busy, None)
    assert (busy.reread().opening_on, busy.summit.closing_on) == (None, None)
    assert (due(busy, "DOC-04"), busy.meeting("rmre_final").held_on) == (None, None)
    assert due(busy, "CON-03") == datetime(2026, 6, 1, 12, tzinfo=UTC)
    move_date(busy, WEEK_LATER)
    assert local(due(busy, "DOC-04"), 2) == "2027-08-13 23:59"


# Change of place ----------------------------------------------------------------------------------------------------


def move_place(world, city="Lisboa", zone="Europe/Lisbon", *, by="secretary", reason="Obras en el recinto"):
    return change_place(world.reread(), city=city, zone=zone, reason=reason, actor=world.actor(by), now=world.now)


def test_hours_of_the_host_city_follow_its_zone_and_the_last_capital_s_do_not(world):
    answers = due(world, "DOC-03", "PY")
    moved = move_place(world)
    assert local(due(world, "CUM-02"), 0) == "2027-11-11 23:59"
    assert due(world, "DOC-03", "PY") == answers
    assert len(moved.moves) == 8  # the nine lines without DOC-03, which ends with the last capital's day
    assert Deadline.objects.get(task=world.task("CUM-02")).zone == "Europe/Lisbon"
    assert (world.reread().city, world.summit.zone) == ("Lisboa", "Europe/Lisbon")
    assert Party.objects.get(code="SPT-31").zone == "Europe/Lisbon"
    assert local(world.meeting("rmre_final").starts_at, 0) == "2027-11-10 09:00"
    assert Event.objects.filter(verb="summit.change_place").count() == 1


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"zone": "Europe/Atlantis"}, InvalidInput),
        ({"city": " "}, InvalidInput),
        ({"reason": ""}, InvalidInput),
        ({"by": "approver"}, NotPermitted),
    ],
)
def test_a_change_of_place_that_is_refused_changes_nothing(world, change, error):
    with pytest.raises(error):
        move_place(world, **change)
    assert world.reread().city == "Madrid"


# Change of host -----------------------------------------------------------------------------------------------------


def give_to(world, code="PT", *, decision, by="approver", **more):
    return change_host(
        world.reread(),
        host=Party.objects.get(code=code),
        decision=decision,
        reason="Acuerdo de los Cancilleres",
        actor=world.actor(by),
        now=world.now,
        **more,
    )


def test_another_host_gets_a_secretariat_which_owes_and_verifies_what_the_old_one_did(world):
    decision = decide(world, "change_of_host")
    old = Party.objects.get(code="SPT-31")
    owed, verified = old.tasks.count(), old.verifies.count()
    give_to(world, decision=decision)
    new = Party.objects.get(kind="spt", summit=world.summit, ended_at__isnull=True)
    assert (new.code, new.host_delegation.code, world.reread().host.code) == ("SPT-31-2", "PT", "PT")
    assert (world.summit.city, world.summit.zone) == ("Lisboa", "Europe/Lisbon")
    assert (new.tasks.count(), new.verifies.count()) == (owed, verified)
    assert Task.objects.filter(responsible=old).count() + Task.objects.filter(verified_by=old).count() == 0
    assert sorted(new.seats.values_list("role", flat=True)) == ["officer", "secretary"]
    assert {m.convened_by.code for m in world.summit.meetings.all()} == {"SPT-31-2", "SEGIB"}
    assert Decision.objects.get(uuid=decision).spent_on == "change_host"
    assert Event.objects.filter(verb="summit.change_host").count() == 1


def test_the_rights_of_the_old_secretariat_end(world):
    give_to(world, decision=decide(world, "change_of_host"))
    former = world.actor("secretary")
    for verb, row in (("open_agenda", world.reread()), ("start", world.task("HND-01")), ("close", world.meeting("cnrc_1"))):
        with pytest.raises(NotPermitted) as refusal:
            perform(row, verb, actor=former, now=world.now, inputs=Inputs(accepted=frozenset({"attendance"})))
        assert refusal.value.code == "rights_ended"
    for intent in (
        lambda: add_comment(world.task("HND-01"), text="Sigo aquí", actor=former, now=world.now),
        lambda: add_evidence(world.task("HND-01"), text="Sigo aquí", actor=former, now=world.now),
        lambda: move_date(world),
        lambda: move_place(world),
    ):
        with pytest.raises(NotPermitted):
            intent()


def test_a_change_of_host_needs_an_unspent_decision_on_it(world):
    other = decide(world, "cancellation")
    for decision in (other, "", "nonsense", "00000000-0000-0000-0000-000000000000"):
        with pytest.raises(GuardsFailed) as refusal:
            give_to(world, decision=decision)
        assert [(r.code, r.ref.noun) for r in refusal.value.reasons] == [("decision_named", "meetings")]
    decision = decide(world, "change_of_host")
    give_to(world, decision=decision)
    with pytest.raises(GuardsFailed):
        give_to(world, "BR", decision=decision)


@pytest.mark.parametrize(
    ("code", "by", "error"),
    [
        ("ES", "approver", InvalidInput),
        ("OEI", "approver", InvalidInput),
        ("PT", "secretary", NotPermitted),
        ("PT", "segib_officer", NotPermitted),
        ("PT", "cn_pt", NotPermitted),
    ],
)
def test_a_change_of_host_that_is_refused_changes_nothing(world, code, by, error):
    decision = decide(world, "change_of_host")
    with pytest.raises(error):
        give_to(world, code, decision=decision, by=by)
    assert (world.reread().host.code, Decision.objects.get(uuid=decision).spent_on) == ("ES", "")
    assert Party.objects.filter(kind="spt", summit=world.summit).count() == 1


# Postpone, resume, cancel -------------------------------------------------------------------------------------------


def test_a_postponed_summit_remembers_where_it_stood_and_its_ladders_rest(world):
    world.act(world.reread(), "open_agenda", "secretary", accepted=frozenset({"task:HND-01"}))
    world.act(world.task("DOC-03", "PY"), "submit", "cn_py", evidence="Aportes")  # queues a mail
    queued = Message.objects.filter(kind="task_submitted", state=MessageState.QUEUED)
    assert queued.count() == 2
    assert Deadline.objects.open().filter(next_wake_at__isnull=False).count() > 20
    decision = decide(world, "postponement")
    both_sign(world, "postpone", decision)
    assert (world.reread().state, world.summit.resumes_to) == ("postponed", "agenda_drafting")
    assert Deadline.objects.filter(next_wake_at__isnull=False).count() == 0
    assert queued.count() == 0
    assert set(Message.objects.filter(kind="task_submitted").values_list("state", "cancelled_reason")) == {
        ("cancelled", "summit_postponed")
    }
    event = Event.objects.get(verb="summit.postpone")
    told = Message.objects.filter(kind="summit_moved", key__contains=str(event.uuid))
    assert set(told.values_list("state", flat=True)) == {"queued"}
    assert Decision.objects.get(uuid=decision).spent_on == "postpone"


def test_while_it_is_postponed_tasks_move_and_meetings_do_not_begin(world):
    both_sign(world, "postpone", decide(world, "postponement"))
    assert world.act(world.task("HND-01"), "start", "spt_officer").row.state == "in_progress"
    with pytest.raises(WrongState) as refusal:
        world.act(world.meeting("rmre_midterm"), "begin", "secretary")
    assert refusal.value.code == "summit_postponed"
    with pytest.raises(WrongState):
        world.act(world.reread(), "open_agenda", "secretary")


def test_it_resumes_where_it_stood_by_another_decision_and_may_be_postponed_again(world):
    world.act(world.reread(), "open_agenda", "secretary", accepted=frozenset({"task:HND-01"}))
    first = decide(world, "postponement")
    both_sign(world, "postpone", first)
    with pytest.raises(GuardsFailed):
        world.act(world.reread(), "resume", "secretary", decision=first)
    both_sign(world, "resume", decide(world, "resumption"), first="approver", second="secretary")
    assert (world.reread().state, world.summit.resumes_to) == ("agenda_drafting", "")
    assert Deadline.objects.open().filter(next_wake_at__isnull=False).count() > 20
    with pytest.raises(GuardsFailed) as refusal:
        world.act(world.reread(), "postpone", "secretary", decision=first)
    assert [r.code for r in refusal.value.reasons] == ["decision_named"]
    both_sign(world, "postpone", decide(world, "postponement"))
    assert world.reread().state == "postponed"


@pytest.mark.parametrize("postponed", [False, True])
def test_a_cancelled_summit_moves_no_more(world, postponed):
    if postponed:
        both_sign(world, "postpone", decide(world, "postponement"))
    both_sign(world, "cancel", decide(world, "cancellation"))
    assert (world.reread().state, world.summit.resumes_to) == ("cancelled", "")
    assert Deadline.objects.filter(next_wake_at__isnull=False).count() == 0
    secretary = world.actor("secretary")
    intents = [
        lambda: world.act(world.task("HND-01"), "start", "spt_officer"),
        lambda: world.act(world.meeting("rmre_midterm"), "begin", "secretary"),
        lambda: add_comment(world.task("HND-01"), text="Nada", actor=secretary, now=world.now),
        lambda: move_date(world),
        lambda: move_place(world),
        lambda: describe_summit(world.reread(), fields={"motto_es": "Nada"}, actor=secretary, now=world.now),
        lambda: decide(world, "other"),
    ]
    before = Event.objects.count()
    for intent in intents:
        with pytest.raises(WrongState) as refusal:
            intent()
        assert refusal.value.code == "summit_ended"
    assert Event.objects.count() == before


# Signatures ---------------------------------------------------------------------------------------------------------


def test_naming_another_decision_drops_the_first_signature_and_begins_anew(world):
    one, other = decide(world, "postponement"), decide(world, "postponement")
    first = world.act(world.reread(), "postpone", "secretary", decision=one).waiting
    second = world.act(world.reread(), "postpone", "approver", decision=other)
    assert (second.waiting.office, second.waiting.inputs["decision"]) == ("segib.approver", other)
    first.refresh_from_db()
    assert first.dropped_at == world.now
    assert world.reread().state == "handover"
    assert world.act(world.reread(), "postpone", "secretary", decision=other).row.state == "postponed"
    assert Decision.objects.get(uuid=one).spent_on == ""


def test_no_version_is_spent_while_a_signature_waits(world):
    before = world.reread().version
    world.act(world.reread(), "postpone", "secretary", decision=decide(world, "postponement"))
    assert world.reread().version == before


def test_the_other_office_declines_with_a_reason(world):
    signature = world.act(world.reread(), "postpone", "secretary", decision=decide(world, "postponement")).waiting
    for by, reason, error in (("cn_py", "No", NotPermitted), ("auditor", "No", NotPermitted), ("approver", " ", InvalidInput)):
        with pytest.raises(error):
            decline_signature(signature, reason=reason, actor=world.actor(by), now=world.now)
    declined = decline_signature(signature, reason="Falta consulta", actor=world.actor("approver"), now=world.now)
    assert (declined.dropped_reason, declined.declined_by_id) == ("Falta consulta", world.seats["approver"].pk)
    with pytest.raises(WrongState) as refusal:
        decline_signature(signature, reason="Otra vez", actor=world.actor("approver"), now=world.now)
    assert refusal.value.code == "signature_not_waiting"
    assert world.act(world.reread(), "postpone", "approver", decision=signature.inputs["decision"]).waiting is not None


def test_what_waits_for_a_signature_is_between_the_secretariats(world):
    world.act(world.reread(), "cancel", "secretary", decision=decide(world, "cancellation"))
    signed = Event.objects.filter(verb="summit.cancel.sign")
    assert signed.visible_to(world.actor("approver")).count() == 1
    assert signed.visible_to(world.actor("cn_py")).count() == 0


# Words, settings, handover ------------------------------------------------------------------------------------------


def test_theme_motto_and_setting_are_the_secretariat_s_to_write(world):
    fields = {"theme_es": "Juntos por el agua", "theme_pt": "Juntos pela água", "others_see": "at_once"}
    described = describe_summit(world.reread(), fields=fields, actor=world.actor("spt_officer"), now=world.now)
    assert (described.theme_es, described.others_see, described.version) == (
        "Juntos por el agua",
        "at_once",
        world.summit.version + 1,
    )


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"state": "archived"}, {"state"}),
        ({"number": "40", "version": "9"}, {"number", "version"}),
        ({"others_see": "always"}, {"others_see"}),
        ({"theme_pt": "x" * 301}, {"theme_pt"}),
        ({"motto_es": "x" * 201, "motto_en": "y" * 201}, {"motto_es", "motto_en"}),
    ],
)
def test_what_cannot_be_written_is_refused_by_field(world, fields, named):
    with pytest.raises(InvalidInput) as refusal:
        describe_summit(world.reread(), fields=fields, actor=world.actor("secretary"), now=world.now)
    assert set(refusal.value.fields) == named


@pytest.mark.parametrize("by", ["approver", "segib_officer", "cn_host"])
def test_nobody_else_writes_the_theme(world, by):
    with pytest.raises(NotPermitted):
        describe_summit(world.reread(), fields={"theme_es": "Otro"}, actor=world.actor(by), now=world.now)


def hand_over(world, successor="BR", by="secretary", note="Traspaso en la clausura"):
    party = Party.objects.get(code=successor) if successor else None
    return record_handover(world.reread(), successor=party, note=note, actor=world.actor(by), now=world.now)


def test_the_handover_is_recorded_at_the_summit_with_its_successor_named_or_pending(world):
    with pytest.raises(WrongState) as refusal:
        hand_over(world)
    assert refusal.value.code == "wrong_stage"
    walk_to_session(world)
    for by in ("approver", "spt_officer", "cn_br"):
        with pytest.raises(NotPermitted):
            hand_over(world, by=by)
    with pytest.raises(InvalidInput):
        hand_over(world, "OEI")
    done = hand_over(world, "")
    assert (done.successor, done.successor_pending, done.handover_recorded_at) == (None, True, world.now)
    done = hand_over(world, "BR")
    assert (done.successor.code, done.successor_pending) == ("BR", False)


def walk_to_session(world):
    """Take the summit from `handover` to `in_session` by the real verbs, passing each warning knowingly."""
    passed = frozenset({f"task:{code}" for code in ("HND-01", "CON-04", "SEC-02", "DOC-03", "DOC-04", "NEG-03")})
    passed |= {"meeting:rmre_final"}
    world.act(world.reread(), "open_agenda", "secretary", accepted=passed)
    verify(world, "CON-03", verifier="approver")
    decide(world, "theme_motto_calendar")
    ready_texts(world, "sectoral_meetings")
    world.act(world.reread(), "open_sectoral_meetings", "secretary", accepted=passed)
    world.act(world.reread(), "open_sectoral_meetings", "approver", accepted=passed)
    decide(world, "document_list")
    hold(world, "rmre_midterm")
    world.act(world.reread(), "open_drafting", "secretary", accepted=passed)
    world.act(world.task("DOC-03"), "close_window", "secretary", accepted=frozenset({"answers_pending"}))
    verify(world, "DOC-04", verifier="approver")
    ready_texts(world, "negotiation")
    world.act(world.reread(), "open_negotiation", "approver", accepted=passed)
    world.act(world.reread(), "open_negotiation", "secretary", accepted=passed)
    verify(world, "NEG-03", by="segib_officer", verifier="approver")
    ready_texts(world, "minister_review")
    world.act(world.reread(), "open_minister_review", "secretary", accepted=passed)
    ready_texts(world, "in_session")
    world.act(world.reread(), "open_session", "secretary", accepted=passed)
    assert world.reread().state == "in_session"


def test_the_summit_is_archived_when_what_remains_is_handed_on_and_then_only_read(world):
    walk_to_session(world)
    with pytest.raises(GuardsFailed) as refusal:
        world.act(world.reread(), "record_outcomes", "secretary")
    assert {r.code for r in refusal.value.reasons} == {
        "document:declaration",
        "document:programme-of-action",
        "handover_recorded",
        "successor_known",
        "task:CUM-02",
    }
    ready_texts(world, "follow_up")
    hand_over(world)
    verify(world, "CUM-02")
    world.act(world.reread(), "record_outcomes", "secretary")
    world.act(world.reread(), "record_outcomes", "approver")
    verify(world, "SGM-04")
    world.act(world.reread(), "archive", "approver")
    assert world.reread().state == "archived"
    assert Deadline.objects.filter(next_wake_at__isnull=False).count() == 0
    with pytest.raises(WrongState):
        world.act(world.task("SGM-04"), "reopen", "secretary", reason="Tarde")
    assert Task.objects.visible_to(world.actor("secretary")).count() == 31
    assert all(found.holds for found in verify_all())
