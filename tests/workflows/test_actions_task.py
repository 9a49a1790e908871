"""What is done to tasks besides moving them on, and what their verbs do to other rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.factories import make_world, verify, warnings
from tests.worlds import shared_world
from workflows.actions.summit import create_summit
from workflows.actions.task import add_comment, add_evidence, add_task, ask_party, change_task, take_up
from workflows.actions.template import copy_template
from workflows.actions.transition import perform
from workflows.errors import GuardsFailed, InvalidInput, NotPermitted, StaleObject, WrongState
from workflows.models import Comment, Deadline, Event, EventPayload, Evidence, Message, Party, Phase, Task
from workflows.rules.deadlines import Rule
from workflows.rules.facts import Inputs

pytestmark = pytest.mark.django_db

_built, world = shared_world(make_world)

TITLE = {"title": {"es": "Reservar la sala", "pt": "Reservar a sala"}}
RULE = Rule(offset=-60, unit="days", calendar="none", time_of_day="end_of_day_host")
NOTE = {"on_behalf": True, "channel": "note_verbale", "note_number": "NV 5/2026"}


def submit(world, code="HND-01", party="", by="spt_officer", **inputs):
    task = world.task(code, party)
    return world.act(task, "submit", by, accepted=warnings(task), **{"evidence": "Entregado", **inputs})


# Submit and after ---------------------------------------------------------------------------------------------------


def test_a_task_that_was_taken_up_is_no_longer_recalled(world):
    submit(world)
    assert world.act(world.task("HND-01"), "recall", "spt_officer").row.state == "in_progress"
    submit(world)
    taken = take_up(world.task("HND-01"), actor=world.actor("secretary"), now=world.now)
    assert (taken.taken_up_at, taken.taken_up_by_id) == (world.now, world.seats["secretary"].pk)
    with pytest.raises(GuardsFailed) as refusal:
        world.act(world.task("HND-01"), "recall", "spt_officer")
    assert [r.code for r in refusal.value.reasons] == ["not_taken_up"]
    world.act(world.task("HND-01"), "return", "secretary", reason="Falta la firma")
    submit(world)
    assert world.task("HND-01").taken_up_at is None
    assert world.act(world.task("HND-01"), "recall", "spt_officer").row.state == "in_progress"


def test_a_task_is_taken_up_once_by_those_who_verify_it(world):
    with pytest.raises(WrongState):
        take_up(world.task("HND-01"), actor=world.actor("secretary"), now=world.now)
    submit(world)
    for by in ("spt_officer", "approver", "cn_py", "auditor"):
        with pytest.raises(NotPermitted):
            take_up(world.task("HND-01"), actor=world.actor(by), now=world.now)
    with pytest.raises(StaleObject):
        take_up(world.task("HND-01"), actor=world.actor("secretary"), now=world.now, if_version=1)
    first = take_up(world.task("HND-01"), actor=world.actor("secretary"), now=world.now)
    again = take_up(world.task("HND-01"), actor=world.actor("secretary"), now=world.now + timedelta(hours=1))
    assert (again.version, again.taken_up_at) == (first.version, world.now)
    assert Event.objects.filter(verb="task.take_up").count() == 1


def test_lateness_is_judged_by_when_the_paper_arrived_and_only_the_secretariat_says_when(world):
    week_ago = world.now - timedelta(days=7)
    noted = submit(world, "DOC-03", "PE", "spt_officer", received_at=week_ago, **NOTE).row
    assert (noted.received_at, noted.submitted_at, noted.channel, noted.note_number) == (
        week_ago,
        world.now,
        *("note_verbale", "NV 5/2026"),
    )
    future = submit(world, "DOC-03", "CL", "spt_officer", received_at=world.now + timedelta(days=7), **NOTE).row
    assert future.received_at == world.now
    own = submit(world, "DOC-03", "PY", "cn_py", received_at=week_ago, **NOTE)
    assert (own.row.received_at, own.row.channel, own.event.for_party_id) == (world.now, "page", None)
    late = submit(world, "DOC-03", "BR", "cn_br", received_at=week_ago)
    assert late.row.received_at == world.now
    assert "received_at" not in EventPayload.objects.get(event_uuid=late.event.uuid).data


def test_a_note_that_says_nothing_is_no_evidence_even_where_the_delegation_has_a_draft(world):
    """A draft neither counts nor shows: the secretariat cannot find out whether there is one."""
    add_evidence(world.task("DOC-03", "PY"), text="Borrador", actor=world.actor("reviewer_py"), now=world.now)
    silent = {**NOTE, "note_number": "", "evidence": " "}
    found = []
    for code in ("PY", "PE"):
        with pytest.raises(GuardsFailed) as refusal:
            submit(world, "DOC-03", code, "spt_officer", **silent)
        found.append([r.code for r in refusal.value.reasons])
    assert found == [["evidence_given"], ["evidence_given"]]
    submit(world, "DOC-03", "PY", "spt_officer", **{**NOTE, "evidence": "Texto de la nota"})
    assert set(Evidence.objects.filter(task=world.task("DOC-03", "PY")).values_list("text", "submitted_at")) == {
        ("Borrador", None),
        ("Texto de la nota", world.now),
    }


def test_closing_the_window_settles_parent_and_children_and_their_deadlines(world):
    submit(world, "DOC-03", "PY", "cn_py")
    world.act(world.task("DOC-03", "BR"), "declare_no_comments", "cn_br")
    world.act(world.task("DOC-03"), "close_window", "spt_officer", accepted=frozenset({"answers_pending", "answers_to_verify"}))
    states = sorted(Task.objects.filter(parent=world.task("DOC-03")).values_list("state", flat=True))
    assert states == ["no_comments", "submitted", *["window_closed"] * 20]
    assert Deadline.objects.filter(task__code="DOC-03", closed_at__isnull=True).count() == 0
    closed = Event.objects.filter(verb="task.close")
    assert (closed.count(), set(closed.values_list("channel", "actor_seat_id"))) == (20, {("system", None)})
    payload = EventPayload.objects.get(event_uuid=Event.objects.get(verb="task.close_window").uuid)
    assert payload.data["warnings_passed"] == ["answers_pending", "answers_to_verify"]


def test_a_late_answer_is_taken_and_the_window_may_be_opened_again(world):
    world.act(world.task("DOC-03"), "close_window", "spt_officer", accepted=frozenset({"answers_pending"}))
    assert submit(world, "DOC-03", "PY", "cn_py").row.state == "submitted"
    assert world.act(world.task("DOC-03", "PY"), "verify", "secretary").row.state == "verified"
    assert world.act(world.task("DOC-03"), "reopen", "secretary", reason="Se prorroga").row.state == "in_progress"
    assert Deadline.objects.get(task=world.task("DOC-03")).closed_at is None


def test_a_waiver_says_on_whose_authority_and_heads_are_told(world):
    waived = world.act(world.task("CON-04"), "waive", "approver", reason="Sin nota", authority="Secretario General")
    assert waived.row.state == "waived"
    assert Event.objects.get(verb="task.waive").target == "waived"
    with pytest.raises(NotPermitted):
        world.act(world.task("NEG-03"), "waive", "secretary", reason="x", authority="y")
    with pytest.raises(GuardsFailed):
        world.act(world.task("DOC-04"), "waive", "secretary", reason="Sin tiempo", accepted=warnings(world.task("DOC-04")))


# Comments and drafts ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["cn_py", "reviewer_py", "spt_officer", "approver"])
def test_those_who_prepare_or_verify_may_comment(world, by):
    add_comment(world.task("DOC-03", "PY"), text="  Recibido  ", actor=world.actor(by), now=world.now)
    assert Comment.objects.get().text == "Recibido"
    event = Event.objects.get(verb="task.comment")
    assert "Recibido" not in str(EventPayload.objects.get(event_uuid=event.uuid).data)


@pytest.mark.parametrize(
    ("by", "text", "error"),
    [
        ("auditor", "Hola", NotPermitted),
        ("cn_br", "Hola", NotPermitted),
        ("liaison", "Hola", NotPermitted),
        ("cn_py", " \n ", InvalidInput),
        ("cn_py", "x" * 20_001, InvalidInput),
        ("cn_py", "a\x00b", InvalidInput),
    ],
)
def test_a_comment_that_is_refused_leaves_nothing(world, by, text, error):
    with pytest.raises(error):
        add_comment(world.task("DOC-03", "PY"), text=text, actor=world.actor(by), now=world.now)
    assert (Comment.objects.count(), Event.objects.filter(verb="task.comment").count()) == (0, 0)


def test_evidence_is_prepared_before_it_is_submitted_by_its_own_party(world):
    for by in ("spt_officer", "approver", "cn_br", "auditor"):
        with pytest.raises(NotPermitted):
            add_evidence(world.task("DOC-03", "PY"), text="Borrador", actor=world.actor(by), now=world.now)
    add_evidence(world.task("DOC-03", "PY"), text="Borrador", actor=world.actor("reviewer_py"), now=world.now)
    world.act(world.task("DOC-03", "PY"), "submit", "cn_py")
    assert Evidence.objects.get().submitted_at == world.now
    with pytest.raises(WrongState) as refusal:
        add_evidence(world.task("DOC-03", "PY"), text="Más", actor=world.actor("cn_py"), now=world.now)
    assert refusal.value.code == "not_open"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "nonsense", "https://" + "x" * 500 + ".org", "ftp://a.org/b"]
)
def test_evidence_points_to_the_web_or_nowhere(world, url):
    with pytest.raises(InvalidInput) as refusal:
        add_evidence(world.task("HND-01"), text="Acta", url=url, actor=world.actor("secretary"), now=world.now)
    assert set(refusal.value.fields) == {"url"}
    kept = add_evidence(
        world.task("HND-01"), text="Acta", url="https://example.org/acta.pdf", actor=world.actor("secretary"), now=world.now
    )
    assert kept.url == "https://example.org/acta.pdf"


# Add ----------------------------------------------------------------------------------------------------------------


def add(world, by="spt_officer", **more):
    fields = {
        "code": "log-01",
        "phase": world.summit.phases.get(code="drafting"),
        "texts": TITLE,
        "responsible": Party.objects.get(code="SPT-31"),
        "verified_by": Party.objects.get(code="SEGIB"),
        "rule": RULE,
    }
    return add_task(world.summit, actor=world.actor(by), now=world.now, **{**fields, **more})


def test_a_line_is_added_with_its_deadline_and_what_it_waits_for(world):
    task = add(
        world,
        depends_on=[world.task("CON-03"), world.task("DOC-04")],
        gate="hard",
        blocks=world.summit.phases.get(code="summit"),
    )
    assert (task.code, task.title_en, task.position, task.from_template) == ("LOG-01", "Reservar la sala", 100, False)
    assert Deadline.objects.get(task=task).due_at == datetime(2027, 9, 11, 21, 59, 59, 999_999, tzinfo=UTC)
    assert sorted(task.depends_on.values_list("code", flat=True)) == ["CON-03", "DOC-04"]
    assert Event.objects.get(verb="task.add").object_label == "LOG-01"


def test_what_is_asked_of_all_gets_a_child_per_delegation_in_protocol_order(world):
    task = add(world, kind="contribution", scope="all_members", verified_by=Party.objects.get(code="SPT-31"))
    children = list(task.children.order_by("position").select_related("responsible"))
    assert (len(children), [c.responsible.code for c in children[:4]]) == (22, ["AD", "AR", "BO", "BR"])
    assert Deadline.objects.filter(task__parent=task).count() == 22
    assert add(world, code="LOG-02", scope="all_bodies").children.count() == 4
    assert add(world, code="LOG-03", scope="proposing_country").children.count() == 0


@pytest.mark.parametrize("by", ["auditor", "cn_py", "cn_host", "liaison"])
def test_nobody_else_adds_a_line(world, by):
    with pytest.raises(NotPermitted):
        add(world, by)


def other_summit(world):
    """Return another summit with the same checklist."""
    other = create_summit(
        number=32,
        host=Party.objects.get(code="BR"),
        opening_on=datetime(2029, 11, 10, tzinfo=UTC).date(),
        protocol_list=world.summit.protocol_list,
        actor=None,
        now=world.now,
    )
    return copy_template(other, world.summit.template, actor=None, now=world.now)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"code": "HND-01"}, {"code"}),
        ({"code": ""}, {"code"}),
        ({"code": "dos palabras"}, {"code"}),
        ({"code": "A/B"}, {"code"}),
        ({"code": "A" * 17}, {"code"}),
        ({"kind": "wish"}, {"kind"}),
        ({"scope": "everybody"}, {"scope"}),
        ({"authority": "XX"}, {"authority"}),
        ({"gate": "soft"}, {"gate", "blocks"}),
        ({"gate": "hard"}, {"blocks"}),
        ({"texts": {"title": {"es": "Sólo"}}}, {"title.pt"}),
        ({"texts": {"title": {"es": "x" * 201, "pt": "y"}}}, {"title.es"}),
        ({"texts": {**TITLE, "deliverable": {"en": "x" * 301}}}, {"deliverable.en"}),
    ],
)
def test_a_line_that_cannot_be_is_refused_by_field(world, fields, named):
    before = Task.objects.count(), Deadline.objects.count(), Event.objects.count()
    with pytest.raises(InvalidInput) as refusal:
        add(world, **fields)
    assert set(refusal.value.fields) == named
    assert (Task.objects.count(), Deadline.objects.count(), Event.objects.count()) == before


def test_a_line_is_of_one_summit_with_its_parties(world):
    other = other_summit(world)
    theirs = other.tasks.get(code="CON-03", parent__isnull=True)
    for fields, named in (
        ({"phase": other.phases.first()}, {""}),
        ({"blocks": other.phases.first(), "gate": "hard"}, {""}),
        ({"anchor": other.meetings.first()}, {""}),
        ({"depends_on": [theirs]}, {"depends_on"}),
        ({"responsible": other.secretariats.get()}, {"responsible"}),
        ({"verified_by": other.secretariats.get()}, {"verified_by"}),
        ({"verified_by": Party.objects.get(code="PY")}, {"verified_by"}),
    ):
        with pytest.raises(InvalidInput) as refusal:
            add(world, **fields)
        assert set(refusal.value.fields) == named
    with pytest.raises(NotPermitted):
        add_task(
            other,
            code="X-1",
            phase=other.phases.first(),
            texts=TITLE,
            responsible=other.secretariats.get(),
            verified_by=other.secretariats.get(),
            rule=RULE,
            actor=world.actor("secretary"),
            now=world.now,
        )


# Change -------------------------------------------------------------------------------------------------------------


def change(world, code="DOC-04", by="spt_officer", **fields):
    return change_task(world.task(code), actor=world.actor(by), now=world.now, **fields)


def test_a_circle_is_refused_with_the_path_that_it_would_take(world):
    """CON-04 waits for CON-03, and that for HND-01; HND-01 cannot wait for CON-04, nor anything for itself."""
    with pytest.raises(InvalidInput) as refusal:
        change(world, "HND-01", depends_on=[world.task("CON-04")])
    assert "CON-04 → CON-03 → HND-01" in str(refusal.value.fields["depends_on"])
    with pytest.raises(InvalidInput) as itself:
        change(world, "HND-01", depends_on=[world.task("HND-01")])
    assert "HND-01" in str(itself.value.fields["depends_on"])
    with pytest.raises(InvalidInput):
        change(world, "HND-01", depends_on=[world.task("DOC-03", "PY")])
    assert world.task("HND-01").depends_on.count() == 0
    assert world.task("CON-04").depends_on.get().code == "CON-03"


def test_a_line_is_changed_with_what_it_was_kept_beside(world):
    before = world.task("DOC-04")
    changed = change(world, texts={"title": {"es": "Redactar", "pt": "Redigir"}}, depends_on=[world.task("CON-03")])
    assert (changed.title_es, changed.version) == ("Redactar", before.version + 1)
    data = EventPayload.objects.get(event_uuid=Event.objects.get(verb="task.change").uuid).data
    assert (data["from"]["title_es"], data["to"]["title_es"]) == ("Redactar el borrador cero", "Redactar")
    assert (data["from"]["depends_on"], data["to"]["depends_on"]) == (["DOC-03"], ["CON-03"])


def test_the_other_party_s_eyes_are_given_away_by_that_party_alone(world):
    """CON-03 is verified by SEGIB: the SPT cannot make itself its own verifier."""
    spt, segib = Party.objects.get(code="SPT-31"), Party.objects.get(code="SEGIB")
    for by in ("spt_officer", "secretary"):
        with pytest.raises(NotPermitted) as refusal:
            change(world, "CON-03", by, verified_by=spt)
        assert refusal.value.code == "not_verifying"
    assert change(world, "CON-03", "segib_officer", verified_by=spt).verified_by == spt
    assert change(world, "HND-01", "spt_officer", verified_by=segib).verified_by == segib
    with pytest.raises(InvalidInput):
        change(world, "DOC-04", "segib_officer", verified_by=Party.objects.get(code="BR"))


def test_a_hard_gate_is_lowered_by_the_secretary_or_the_approver(world):
    for gate in ("advisory", ""):
        with pytest.raises(NotPermitted) as refusal:
            change(world, "CON-03", "spt_officer", gate=gate)
        assert refusal.value.code == "only_secretary_or_approver"
    assert change(world, "CON-03", "secretary", gate="advisory").gate == "advisory"
    lowered = change(world, "CON-03", "spt_officer", gate="")
    assert (lowered.gate, lowered.blocks) == ("", None)
    with pytest.raises(InvalidInput) as nowhere:
        change(world, "CON-03", "spt_officer", gate="hard")
    assert set(nowhere.value.fields) == {"blocks"}


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"by": "cn_py"}, NotPermitted),
        ({"by": "auditor"}, NotPermitted),
        ({"if_version": 9}, StaleObject),
        ({"texts": {"title": {"es": "Sólo"}}}, InvalidInput),
        ({"gate": "soft", "by": "secretary"}, InvalidInput),
    ],
)
def test_a_change_that_is_refused_changes_nothing(world, fields, error):
    before = world.task("DOC-04").version, Event.objects.count()
    with pytest.raises(error):
        change(world, **fields)
    assert (world.task("DOC-04").version, Event.objects.count()) == before


def test_a_submitted_line_is_not_changed_under_the_verifier_s_eyes(world):
    submit(world)
    with pytest.raises(WrongState) as refusal:
        change(world, "HND-01", texts=TITLE)
    assert refusal.value.code == "not_open"


# Ask one party more -------------------------------------------------------------------------------------------------


def ask(world, code="SEC-02", party="PY", by="spt_officer", **more):
    return ask_party(world.task(code), party=Party.objects.get(code=party), actor=world.actor(by), now=world.now, **more)


def test_a_line_with_a_dynamic_scope_gets_its_parties_one_by_one(world):
    child = ask(world)
    assert (child.parent.code, child.responsible.code, child.state, child.kind) == ("SEC-02", "PY", "pending", "work")
    assert Deadline.objects.get(task=child).due_at == Deadline.objects.get(task=world.task("SEC-02")).due_at
    told = Message.objects.filter(kind="task_asked").select_related("seat__party")
    assert [(m.seat.party.code, m.seat.role) for m in told] == [("PY", "national_coordinator")]
    assert Event.objects.get(verb="task.ask").object_label == "SEC-02/PY"
    assert ask(world, party="BR").responsible.code == "BR"
    assert world.act(world.task("SEC-02", "PY"), "submit", "cn_py", evidence="Convocada").row.state == "submitted"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"by": "cn_py"}, NotPermitted),
        ({"by": "auditor"}, NotPermitted),
        ({"party": "SPT-31"}, InvalidInput),
        ({"code": "HND-01"}, WrongState),
        ({"code": "DOC-03"}, WrongState),
        ({"if_version": 9}, StaleObject),
    ],
)
def test_asking_what_cannot_be_asked_is_refused(world, fields, error):
    with pytest.raises(error):
        ask(world, **fields)
    assert Task.objects.filter(parent__code="SEC-02").count() == 0


def test_a_party_is_asked_once_and_not_after_the_window_closed(world):
    ask(world)
    with pytest.raises(InvalidInput) as refusal:
        ask(world)
    assert set(refusal.value.fields) == {"party"}
    world.act(world.task("SEC-02"), "close_window", "secretary", accepted=frozenset({"answers_pending"}))
    with pytest.raises(WrongState):
        ask(world, party="BR")


def test_what_was_asked_of_a_party_is_not_set_aside(world):
    assert (
        world.act(world.task("SEC-02"), "mark_not_applicable", "secretary", reason="Sin sectoriales").row.state
        == "not_applicable"
    )
    world.act(world.task("SEC-02"), "reopen", "secretary", reason="Una, sí")
    ask(world)
    with pytest.raises(GuardsFailed) as refusal:
        world.act(world.task("SEC-02"), "mark_not_applicable", "secretary", reason="Sin sectoriales")
    assert [r.code for r in refusal.value.reasons] == ["asked_of_parties"]


# Versions -----------------------------------------------------------------------------------------------------------


def test_every_verb_is_refused_under_a_version_that_has_passed(world):
    task = world.task("HND-01")
    verify(world, "HND-01")
    with pytest.raises(StaleObject):
        perform(
            world.task("HND-01"),
            "reopen",
            actor=world.actor("secretary"),
            now=world.now,
            inputs=Inputs(reason="x"),
            if_version=task.version,
        )


def test_a_verb_that_the_machine_does_not_have(world):
    for verb in ("approve", "state", "save", "delete", "__init__", ""):
        with pytest.raises(WrongState) as refusal:
            world.act(world.task("HND-01"), verb, "secretary")
        assert refusal.value.code == "unknown_action"
    assert Phase.objects.filter(summit=world.summit).count() == 8
