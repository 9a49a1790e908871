"""The machines' table: every state × transition × seat of summit, meeting and task, expected outcomes written by hand.

Documents, paragraphs and proposals have theirs in `test_document_machines`. The rows are copied from the design of the
machines, never computed from the code: `sources`, `stages`, who may and with which code the others are refused. `*` stands
for every seat that a row does not name.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import translation

from tests.factories import make_world
from tests.matrix import cast
from tests.matrix.cast import ACTORS, SEATS
from tests.worlds import shared_world
from workflows.actions.transition import perform
from workflows.errors import GuardsFailed, NotPermitted, Ref, WorkflowError
from workflows.models import Event, Meeting, Message, Summit, Task
from workflows.queries.actor import actor_of_user
from workflows.rules.evaluate import ask, option
from workflows.rules.facts import (
    DecisionLine,
    DocumentLine,
    Inputs,
    MeetingFacts,
    MeetingLine,
    SummitFacts,
    TaskFacts,
    TaskLine,
)
from workflows.rules.verbs import verbs_of

# The states, as the design names them -------------------------------------------------------------------------------

SUMMIT_STATES = [
    "handover",
    "agenda_drafting",
    "sectoral_meetings",
    "text_drafting",
    "negotiation",
    "minister_review",
    "in_session",
    "follow_up",
    "archived",
    "postponed",
    "cancelled",
]
MEETING_STATES = ["convened", "begun", "held", "minutes_approved", "cancelled"]
TASK_STATES = ["pending", "in_progress", "submitted", "verified", "waived", "not_applicable", "no_comments", "window_closed"]

BEFORE_SESSION = "handover agenda_drafting sectoral_meetings text_drafting negotiation minister_review"
OPEN = f"{BEFORE_SESSION} in_session follow_up postponed"  # every state of the summit but archived and cancelled
MOVING = f"{BEFORE_SESSION} in_session follow_up"


@dataclass(frozen=True)
class Row:
    """One verb: from which states, in which states of the summit, and the code that each seat meets ("+": it may)."""

    sources: str
    seats: str
    stages: str = OPEN

    def code(self, seat: str) -> str:
        """Return "+" or the code of the refusal of a seat; the longest list wins over `*`."""
        named = dict(pair.split("=", 1) for pair in self.seats.split())
        for code, seats in named.items():
            if seat in seats.split(","):
                return code
        return named_rest(named)


def named_rest(named: dict[str, str]) -> str:
    """Return the code of the seats that a row does not name."""
    return next(code for code, seats in named.items() if "*" in seats.split(","))


SECRETARY = "+=secretary rights_ended=former_spt only_spt_secretary=*"
APPROVER = "+=approver rights_ended=former_spt only_segib_approver=*"
EITHER = "+=secretary,approver rights_ended=former_spt only_secretary_or_approver=*"

SUMMIT = {
    "open_agenda": Row("handover", SECRETARY),
    "open_sectoral_meetings": Row("agenda_drafting", EITHER),
    "open_drafting": Row("sectoral_meetings", SECRETARY),
    "open_negotiation": Row("text_drafting", EITHER),
    "open_minister_review": Row("negotiation", SECRETARY),
    "return_to_negotiation": Row("minister_review", EITHER),
    "open_session": Row("minister_review", SECRETARY),
    "record_outcomes": Row("in_session", EITHER),
    "archive": Row("follow_up", APPROVER),
    "postpone": Row(BEFORE_SESSION, EITHER),
    "resume": Row("postponed", EITHER),
    "cancel": Row(f"{BEFORE_SESSION} postponed", EITHER),
}
COUNTERSIGNED = {"open_sectoral_meetings", "open_negotiation", "record_outcomes", "postpone", "resume", "cancel"}

TARGETS = {
    ("summit", "open_agenda"): "agenda_drafting",
    ("summit", "open_sectoral_meetings"): "sectoral_meetings",
    ("summit", "open_drafting"): "text_drafting",
    ("summit", "open_negotiation"): "negotiation",
    ("summit", "open_minister_review"): "minister_review",
    ("summit", "return_to_negotiation"): "negotiation",
    ("summit", "open_session"): "in_session",
    ("summit", "record_outcomes"): "follow_up",
    ("summit", "archive"): "archived",
    ("summit", "postpone"): "postponed",
    ("summit", "resume"): BEFORE_SESSION,
    ("summit", "cancel"): "cancelled",
    ("meeting", "begin"): "begun",
    ("meeting", "close"): "held",
    ("meeting", "approve_minutes"): "minutes_approved",
    ("meeting", "cancel"): "cancelled",
    ("task", "start"): "in_progress",
    ("task", "submit"): "submitted",
    ("task", "declare_no_comments"): "no_comments",
    ("task", "recall"): "in_progress",
    ("task", "return"): "in_progress",
    ("task", "verify"): "verified",
    ("task", "close_window"): "verified",
    ("task", "close"): "window_closed",
    ("task", "follow_document"): "verified",
    ("task", "waive"): "waived",
    ("task", "mark_not_applicable"): "not_applicable",
    ("task", "reopen"): "in_progress",
}

SPT_CONVENES = "+=secretary,spt_officer rights_ended=former_spt not_convening=*"
SEGIB_CONVENES = "+=approver,segib_officer rights_ended=former_spt not_convening=*"


def _meeting_rows(who: str) -> dict[str, Row]:
    return {
        "begin": Row("convened", who, stages=MOVING),
        "close": Row("begun", who),
        "approve_minutes": Row("held", who),
        "cancel": Row("convened", who),
    }


MEETING = {"spt": _meeting_rows(SPT_CONVENES), "segib": _meeting_rows(SEGIB_CONVENES)}

# The shapes of a task: `work` is owed by the SPT and verified by SEGIB, `own` by the SPT for itself (submitted by its officer),
# `segib` by SEGIB for itself (submitted by its officer), `parent` a contribution's window, `child` what is asked of Paraguay in
# it (submitted by its coordinator), `instance` Paraguay's part of work asked of one country after another.

SPT_OWES = "+=secretary,spt_officer rights_ended=former_spt not_responsible=*"
SEGIB_OWES = "+=approver,segib_officer seat_does_not_submit=auditor rights_ended=former_spt not_responsible=*"
PY_OWES = (
    "+=cn_py,alternate_py,rc_py,alternate_rc_py seat_does_not_submit=reviewer_py,mailbox_py rights_ended=former_spt "
    "not_responsible=*"
)
PY_SUBMITS = (
    "+=cn_py,alternate_py,rc_py,alternate_rc_py seat_does_not_submit=reviewer_py,mailbox_py rights_ended=former_spt "
    "only_on_paper=secretary,spt_officer,approver,segib_officer not_responsible=*"
)
SPT_VERIFIES = "+=secretary,spt_officer rights_ended=former_spt not_verifying=*"
SPT_VERIFIES_OWN = "+=secretary another_person_verifies=spt_officer rights_ended=former_spt not_verifying=*"
SEGIB_VERIFIES = "+=approver,segib_officer rights_ended=former_spt not_verifying=*"
SEGIB_VERIFIES_OWN = "+=approver another_person_verifies=segib_officer rights_ended=former_spt not_verifying=*"
SECRETARY_WAIVES = "+=secretary rights_ended=former_spt not_waiver=*"
APPROVER_WAIVES = "+=approver rights_ended=former_spt not_waiver=*"
SECRETARY_REOPENS = "+=secretary rights_ended=former_spt not_head_of_verifiers=*"
APPROVER_REOPENS = "+=approver rights_ended=former_spt not_head_of_verifiers=*"
SPT_CLOSES = "+=secretary,spt_officer rights_ended=former_spt only_spt=*"
SYSTEM = "+=system rights_ended=former_spt system_only=*"


def _submitter(seat: str) -> str:
    return f"+={seat} rights_ended=former_spt not_submitter=*"


def _work(owes: str, verifies: str, returns: str, waives: str, reopens: str, submitter: str) -> dict[str, Row]:
    return {
        "start": Row("pending", owes),
        "submit": Row("pending in_progress window_closed", owes),
        "recall": Row("submitted", _submitter(submitter)),
        "return": Row("submitted", returns),
        "verify": Row("submitted", verifies),
        "follow_document": Row("pending in_progress submitted", SYSTEM),
        "waive": Row("pending in_progress", waives),
        "mark_not_applicable": Row("pending in_progress", waives),
        "reopen": Row("verified waived not_applicable", reopens),
    }


TASK = {
    "work": _work(SPT_OWES, SEGIB_VERIFIES, SEGIB_VERIFIES, SECRETARY_WAIVES, APPROVER_REOPENS, "spt_officer"),
    "own": _work(SPT_OWES, SPT_VERIFIES_OWN, SPT_VERIFIES, SECRETARY_WAIVES, SECRETARY_REOPENS, "spt_officer"),
    "segib": _work(SEGIB_OWES, SEGIB_VERIFIES_OWN, SEGIB_VERIFIES, APPROVER_WAIVES, APPROVER_REOPENS, "segib_officer"),
    "parent": {
        "close_window": Row("pending in_progress", SPT_CLOSES),
        "mark_not_applicable": Row("pending in_progress", SECRETARY_WAIVES),
        "reopen": Row("verified waived not_applicable", SECRETARY_REOPENS),
    },
    "child": {
        "start": Row("pending", PY_OWES),
        "submit": Row("pending in_progress window_closed", PY_SUBMITS),
        "declare_no_comments": Row("pending in_progress", PY_SUBMITS),
        "recall": Row("submitted", _submitter("cn_py")),
        "return": Row("submitted", SPT_VERIFIES),
        "verify": Row("submitted", SPT_VERIFIES),
        "close": Row("pending in_progress", SYSTEM),
        "reopen": Row("verified waived not_applicable", SECRETARY_REOPENS),
    },
    "instance": {
        "start": Row("pending", PY_OWES),
        "submit": Row("pending in_progress window_closed", PY_SUBMITS),
        "recall": Row("submitted", _submitter("cn_py")),
        "return": Row("submitted", SPT_VERIFIES),
        "verify": Row("submitted", SPT_VERIFIES),
        "close": Row("pending in_progress", SYSTEM),
        "waive": Row("pending in_progress", SECRETARY_WAIVES),
        "mark_not_applicable": Row("pending in_progress", SECRETARY_WAIVES),
        "reopen": Row("verified waived not_applicable", SECRETARY_REOPENS),
    },
}

# The facts: everything ready, so that only state, stage and seat decide ---------------------------------------------

DECISIONS = {
    "theme_motto_calendar": "11111111-0000-7000-8000-000000000001",
    "document_list": "11111111-0000-7000-8000-000000000002",
    "postponement": "11111111-0000-7000-8000-000000000003",
    "resumption": "11111111-0000-7000-8000-000000000004",
    "cancellation": "11111111-0000-7000-8000-000000000005",
}
ORDERED_BY = {"postpone": "postponement", "resume": "resumption", "cancel": "cancellation"}
ALL_GIVEN = Inputs(reason="Por acuerdo", authority="Decisión de los CN", evidence="Nota adjunta", note_number="")


def given(verb: str) -> Inputs:
    """Return everything that a verb may ask of its caller."""
    return replace(ALL_GIVEN, decision=DECISIONS.get(ORDERED_BY.get(verb, ""), ""))


def meeting_line(code: str, kind: str, state: str) -> MeetingLine:
    return MeetingLine(ref=Ref("meeting", "xxxi", code), code=code, kind=kind, title=code, state=state)


READY_MEETINGS = (
    meeting_line("cnrc_1", "cnrc", "held"),
    meeting_line("rmre_midterm", "rmre", "held"),
    meeting_line("rmre_final", "rmre", "begun"),
)


def text_line(kind: str, state: str, **more) -> DocumentLine:
    code = kind.replace("_", "-")
    plain = kind in {"agenda", "concept_note"}
    return DocumentLine(ref=Ref("document", "xxxi", code), kind=kind, title="Un texto", state=state, is_plain=plain, **more)


READY_TEXTS = (
    text_line("agenda", "cleared"),
    text_line("concept_note", "approved"),
    text_line("declaration", "concluded", has_window=True),
    text_line("programme_of_action", "published", has_window=True),
    text_line("resolution", "withdrawn"),
)


def summit_facts(state: str) -> SummitFacts:
    return SummitFacts(
        scene=cast.scene(state),
        ref=Ref("summit", "xxxi"),
        host_set=True,
        opening_on=date(2027, 11, 10),
        meetings=READY_MEETINGS,
        decisions=tuple(DecisionLine(uuid=u, subject=s, meeting_kind="cnrc") for s, u in DECISIONS.items()),
        documents=READY_TEXTS,
        handover_recorded=True,
        successor_known=True,
    )


def meeting_facts(by: str, state: str, stage: str) -> MeetingFacts:
    return MeetingFacts(
        scene=cast.scene(stage),
        ref=Ref("meeting", "xxxi", "cnrc_1"),
        state=state,
        kind="cnrc",
        convened_by_id={"spt": cast.SPT, "segib": cast.SEGIB}[by],
        convened_by_kind=by,
        attending=20,
    )


# shape: responsible, its kind, verifier, kind of task, who submitted
SHAPES = {
    "work": (cast.SPT, "spt", cast.SEGIB, "work", "spt_officer"),
    "own": (cast.SPT, "spt", cast.SPT, "work", "spt_officer"),
    "segib": (cast.SEGIB, "segib", cast.SEGIB, "work", "segib_officer"),
    "parent": (cast.SPT, "spt", cast.SPT, "contribution", "spt_officer"),
    "child": (cast.PY, "delegation", cast.SPT, "contribution", "cn_py"),
    "instance": (cast.PY, "delegation", cast.SPT, "work", "cn_py"),
}


def task_facts(shape: str, state: str, stage: str = "negotiation", **more) -> TaskFacts:
    responsible, kind, verifier, kind_of_task, submitter = SHAPES[shape]
    return TaskFacts(
        scene=cast.scene(stage),
        ref=Ref("task", "xxxi", "DOC-03", "PY" if shape in {"child", "instance"} else ""),
        state=state,
        kind=kind_of_task,
        is_parent=shape == "parent",
        is_child=shape in {"child", "instance"},
        responsible_id=responsible,
        responsible_kind=kind,
        authority="",
        verifier_id=verifier,
        verifier_kind="segib" if verifier == cast.SEGIB else "spt",
        submitted_by_person_id=ACTORS[submitter].person_id,
        submitted_by_seat_id=ACTORS[submitter].seat_id,
        **more,
    )


# The tables against the code ----------------------------------------------------------------------------------------


def outcome(verb, facts, state, seat, inputs):
    """Return ("+", "") when the verb would be done, else the class of the refusal and its code."""
    try:
        ask(verb, facts, state, ACTORS.get(seat), inputs)
    except WorkflowError as refusal:
        return type(refusal).__name__, refusal.code
    return "+", ""


def expected(row: Row, state: str, stage: str, seat: str, *, exists: bool = True) -> tuple[str, str]:
    """Return what the table says, in the order of the three questions."""
    if not exists:
        return "WrongState", "not_for_this_kind"
    if state not in row.sources.split():
        return "WrongState", "wrong_state"
    if stage not in row.stages.split():
        ended = {"archived": "summit_ended", "cancelled": "summit_ended", "postponed": "summit_postponed"}
        return "WrongState", ended.get(stage, "wrong_stage")
    code = row.code(seat)
    return ("+", "") if code == "+" else ("NotPermitted", code)


EVERYBODY = ("system", *SEATS)


def differences(cells):
    """Return the cells in which table and code differ, as readable lines."""
    return [f"{cell}: written {written}, found {found}" for cell, written, found in cells if written != found]


@pytest.mark.parametrize("name", SUMMIT)
def test_summit(name):
    verb, _method = verbs_of(Summit)[name]
    row = SUMMIT[name]
    cells = [
        (
            f"{name} from {state} by {seat}",
            expected(row, state, "negotiation", seat),
            outcome(verb, summit_facts(state), state, seat, given(name)),
        )
        for state, seat in product(SUMMIT_STATES, EVERYBODY)
    ]
    assert len(cells) == 11 * 19
    assert differences(cells) == []


@pytest.mark.parametrize("name", ["begin", "close", "approve_minutes", "cancel"])
@pytest.mark.parametrize("by", ["spt", "segib"])
def test_meeting(by, name):
    verb, _method = verbs_of(Meeting)[name]
    row = MEETING[by][name]
    cells = [
        (
            f"{name} from {state} in {stage} by {seat}",
            expected(row, state, stage, seat),
            outcome(verb, meeting_facts(by, state, stage), state, seat, given(name)),
        )
        for state, stage, seat in product(MEETING_STATES, SUMMIT_STATES, EVERYBODY)
    ]
    assert len(cells) == 5 * 11 * 19
    assert differences(cells) == []


TASK_VERBS = [
    "start",
    "submit",
    "declare_no_comments",
    "recall",
    "return",
    "verify",
    "close_window",
    "close",
    "follow_document",
    "waive",
    "mark_not_applicable",
    "reopen",
]


@pytest.mark.parametrize("name", TASK_VERBS)
@pytest.mark.parametrize("shape", TASK)
def test_task(shape, name):
    verb, _method = verbs_of(Task)[name]
    row = TASK[shape].get(name)
    cells = [
        (
            f"{name} of {shape} from {state} in {stage} by {seat}",
            expected(row or Row("", ""), state, stage, seat, exists=row is not None),
            outcome(verb, task_facts(shape, state, stage), state, seat, given(name)),
        )
        for state, stage, seat in product(TASK_STATES, SUMMIT_STATES, EVERYBODY)
    ]
    assert len(cells) == 8 * 11 * 19
    assert differences(cells) == []


def test_a_secretariat_records_what_came_on_paper_from_a_state_but_not_from_its_own_country():
    paper = replace(ALL_GIVEN, on_behalf=True, channel="note_verbale", note_number="NV 3/2027")
    submit, _method = verbs_of(Task)["submit"]
    found = {
        (country, seat): outcome(submit, replace(task_facts("child", "pending"), responsible_id=party), "pending", seat, paper)
        for country, party in {"PY": cast.PY, "ES": cast.ES}.items()
        for seat in ("secretary", "spt_officer", "approver", "segib_officer", "auditor", "other_spt", "cn_br")
    }
    assert found == {
        ("PY", "secretary"): ("+", ""),
        ("PY", "spt_officer"): ("+", ""),
        ("PY", "approver"): ("+", ""),
        ("PY", "segib_officer"): ("+", ""),
        ("PY", "auditor"): ("NotPermitted", "not_responsible"),
        ("PY", "other_spt"): ("NotPermitted", "not_responsible"),
        ("PY", "cn_br"): ("NotPermitted", "not_responsible"),
        ("ES", "secretary"): ("NotPermitted", "not_own_country"),
        ("ES", "spt_officer"): ("NotPermitted", "not_own_country"),
        ("ES", "approver"): ("+", ""),
        ("ES", "segib_officer"): ("+", ""),
        ("ES", "auditor"): ("NotPermitted", "not_responsible"),
        ("ES", "other_spt"): ("NotPermitted", "not_responsible"),
        ("ES", "cn_br"): ("NotPermitted", "not_responsible"),
    }


# The table is whole -------------------------------------------------------------------------------------------------


def test_every_verb_has_a_row_and_every_row_a_verb():
    assert list(SUMMIT) == list(verbs_of(Summit))
    assert [set(rows) for rows in MEETING.values()] == [set(verbs_of(Meeting))] * 2
    assert set().union(*TASK.values()) == set(verbs_of(Task)) == set(TASK_VERBS)


def test_every_state_has_its_cells():
    assert [state for state, _label in Summit._meta.get_field("state").choices] == SUMMIT_STATES
    assert [state for state, _label in Meeting._meta.get_field("state").choices] == MEETING_STATES
    assert [state for state, _label in Task._meta.get_field("state").choices] == TASK_STATES


def test_every_verb_leads_where_the_table_says():
    found = {
        (model.__name__.lower(), name): " ".join(verb.targets)
        for model in (Summit, Meeting, Task)
        for name, (verb, _method) in verbs_of(model).items()
    }
    assert found == TARGETS


def test_the_transitions_that_two_offices_sign():
    signed = {name: verb.countersigned for name, (verb, _method) in verbs_of(Summit).items() if verb.countersigned}
    assert set(signed) == COUNTERSIGNED
    assert set(signed.values()) == {("spt.secretary", "segib.approver")}


def test_the_database_knows_the_same_edges():
    """The trigger lets pass exactly what the tables let pass."""
    written = {
        (source, target)
        for (noun, name), targets in TARGETS.items()
        if noun == "task"
        for rows in TASK.values()
        if name in rows
        for source in rows[name].sources.split()
        for target in targets.split()
    }
    trigger = next(t for t in Task._meta.triggers if t.name == "legal_transition")
    assert set(trigger.transitions) == written


# Guards: what is missing, each with its code, hard or advisory ------------------------------------------------------

HARD_TASK = TaskLine(Ref("task", "xxxi", "CON-03"), "CON-03", "Redactar la nota", "pending", "hard", "SPT")
SOFT_TASK = TaskLine(Ref("task", "xxxi", "CON-04"), "CON-04", "Visar la nota", "pending", "advisory", "SEGIB")
DONE_TASK = TaskLine(Ref("task", "xxxi", "CON-05"), "CON-05", "Aprobar la nota", "verified", "hard", "SEGIB")

# verb: (state of the summit before, reasons "code" hard, "(code)" only a warning) when nothing is ready and nothing is given
MISSING = {
    "open_agenda": ("handover", "host_set opening_day_set task:CON-03 (task:CON-04)"),
    "open_sectoral_meetings": (
        "agenda_drafting",
        "document:agenda document:concept_note decision:theme_motto_calendar task:CON-03 (task:CON-04)",
    ),
    "open_drafting": ("sectoral_meetings", "meeting:rmre_midterm decision:document_list task:CON-03 (task:CON-04)"),
    "open_negotiation": (
        "text_drafting",
        "document:declaration document:programme_of_action task:CON-03 (task:CON-04)",
    ),
    "open_minister_review": ("negotiation", "document:declaration (open_points:declaration) task:CON-03 (task:CON-04)"),
    "return_to_negotiation": ("minister_review", "reason_given"),
    "open_session": ("minister_review", "(meeting:rmre_final) (document:declaration) (task:CON-03) (task:CON-04)"),
    "record_outcomes": (
        "in_session",
        "document:declaration (handover_recorded) (successor_known) (task:CON-03) (task:CON-04)",
    ),
    "archive": ("follow_up", "(task:CON-03) (task:CON-04)"),
    "postpone": ("negotiation", "decision_named"),
    "resume": ("postponed", "decision_named"),
    "cancel": ("postponed", "decision_named"),
}
OPENS = {name: TARGETS["summit", name] for name in MISSING}


def reasons_of(verb, facts, state, seat, inputs) -> tuple:
    with pytest.raises(GuardsFailed) as refusal:
        ask(verb, facts, state, ACTORS[seat], inputs)
    return refusal.value.reasons


def written(reasons) -> set[str]:
    return {f"({r.code})" if r.advisory else r.code for r in reasons}


@pytest.mark.parametrize("name", SUMMIT)
def test_what_a_summit_lacks_is_said_all_at_once(name):
    verb, _method = verbs_of(Summit)[name]
    state, lacking = MISSING[name]
    lines = tuple((OPENS[name], line) for line in (HARD_TASK, SOFT_TASK, DONE_TASK))
    facts = SummitFacts(
        scene=cast.scene(state),
        ref=Ref("summit", "xxxi"),
        host_set=False,
        opening_on=None,
        documents=(text_line("agenda", "returned"), text_line("declaration", "circulated", open_brackets=3)),
        blocking=lines,
        handing_on=(HARD_TASK, SOFT_TASK, DONE_TASK),
    )
    seat = "approver" if name == "archive" else "secretary"
    reasons = reasons_of(verb, facts, state, seat, Inputs())
    assert written(reasons) == set(lacking.split())
    assert all(reason.ref is not None for reason in reasons)
    passed = frozenset(code.strip("()") for code in lacking.split() if code.startswith("("))
    hard = {code for code in lacking.split() if not code.startswith("(")}
    if hard:
        assert written(reasons_of(verb, facts, state, seat, Inputs(accepted=passed))) == hard
    else:
        assert ask(verb, facts, state, ACTORS[seat], Inputs(accepted=passed))


def test_a_warning_of_another_phase_holds_nothing_back():
    verb, _method = verbs_of(Summit)["open_negotiation"]
    facts = replace(summit_facts("text_drafting"), blocking=(("in_session", HARD_TASK),))
    found = ask(verb, facts, "text_drafting", ACTORS["secretary"], Inputs())
    assert [(f.code, f.met) for f in found] == [("document:declaration", True), ("document:programme_of_action", True)]


def test_a_hard_reason_is_not_passed_by_reading_it():
    verb, _method = verbs_of(Summit)["open_negotiation"]
    facts = replace(summit_facts("text_drafting"), blocking=(("negotiation", HARD_TASK),))
    passed = Inputs(accepted=frozenset({"task:CON-03"}))
    assert written(reasons_of(verb, facts, "text_drafting", "secretary", passed)) == {"task:CON-03"}


@pytest.mark.parametrize(
    ("decisions", "allowed"),
    [
        ([("postponement", "cnrc", False)], True),
        ([("postponement", "rmre", False)], True),
        ([("postponement", "cnrc", True)], False),
        ([("postponement", "sectoral", False)], False),
        ([("cancellation", "cnrc", False)], False),
        ([], False),
    ],
)
def test_postponing_needs_an_unspent_decision_of_ministers_or_coordinators(decisions, allowed):
    verb, _method = verbs_of(Summit)["postpone"]
    number = "11111111-0000-7000-8000-00000000000a"
    lines = tuple(DecisionLine(number, subject, kind, spent) for subject, kind, spent in decisions)
    facts = replace(summit_facts("minister_review"), decisions=lines)
    found = outcome(verb, facts, "minister_review", "secretary", Inputs(decision=number))
    assert found == (("+", "") if allowed else ("GuardsFailed", "guards_failed"))


@pytest.mark.parametrize(
    ("meeting", "state", "allowed"),
    [
        ("convened", "sectoral_meetings", False),
        ("begun", "sectoral_meetings", False),
        ("held", "sectoral_meetings", True),
        ("minutes_approved", "sectoral_meetings", True),
        ("cancelled", "sectoral_meetings", False),
    ],
)
def test_drafting_opens_after_the_mid_term_meeting_was_held(meeting, state, allowed):
    verb, _method = verbs_of(Summit)["open_drafting"]
    facts = replace(summit_facts(state), meetings=(meeting_line("rmre_midterm", "rmre", meeting),))
    assert (outcome(verb, facts, state, "secretary", Inputs())[0] == "+") is allowed


# shape, verb, state, stage: reasons when nothing is given
TASK_MISSING = [
    ("work", "start", "pending", "negotiation", "(waits_for:CON-03) (waits_for:CON-04)"),
    ("work", "submit", "pending", "negotiation", "waits_for:CON-03 (waits_for:CON-04) evidence_given"),
    ("work", "submit", "pending", "minister_review", "(waits_for:CON-03) (waits_for:CON-04) (evidence_given)"),
    ("work", "submit", "pending", "in_session", "(waits_for:CON-03) (waits_for:CON-04) (evidence_given)"),
    ("work", "submit", "pending", "follow_up", "(waits_for:CON-03) (waits_for:CON-04) (evidence_given)"),
    ("work", "submit", "pending", "postponed", "waits_for:CON-03 (waits_for:CON-04) evidence_given"),
    ("child", "submit", "window_closed", "negotiation", "waits_for:CON-03 (waits_for:CON-04) evidence_given"),
    ("own", "return", "submitted", "negotiation", "reason_given"),
    ("child", "return", "submitted", "in_session", "reason_given"),
    ("own", "waive", "pending", "negotiation", "reason_given authority_named"),
    ("own", "waive", "in_progress", "follow_up", "reason_given authority_named"),
    ("own", "mark_not_applicable", "pending", "negotiation", "reason_given"),
    ("own", "reopen", "verified", "follow_up", "reason_given"),
    ("parent", "close_window", "pending", "negotiation", "(answers_pending) (answers_to_verify)"),
    ("parent", "mark_not_applicable", "pending", "minister_review", "reason_given asked_of_parties"),
    ("own", "recall", "submitted", "in_session", "not_taken_up"),
]


@pytest.mark.parametrize(("shape", "name", "state", "stage", "lacking"), TASK_MISSING)
def test_what_a_task_lacks_is_said_all_at_once(shape, name, state, stage, lacking):
    verb, _method = verbs_of(Task)[name]
    facts = task_facts(
        shape,
        state,
        stage,
        depends_on=(HARD_TASK, SOFT_TASK, DONE_TASK),
        children=22 if shape == "parent" else 0,
        children_open=3,
        children_submitted=1,
        taken_up=True,
    )
    seat = {"child": "cn_py", "own": "secretary"}.get(shape, "secretary")
    seat = "spt_officer" if name in {"recall"} or shape == "work" else seat
    seat = "secretary" if (shape, name) == ("child", "return") else seat
    reasons = reasons_of(verb, facts, state, seat, Inputs())
    assert written(reasons) == set(lacking.split())
    assert all(reason.ref is not None for reason in reasons)


def test_every_verb_of_a_task_that_asks_for_something_has_been_asked():
    quiet = {"declare_no_comments", "verify", "close", "follow_document"}
    assert {name for _shape, name, *_rest in TASK_MISSING} == set(TASK_VERBS) - quiet
    assert {name for name, (verb, _method) in verbs_of(Task).items() if not verb.guards} == quiet


def test_a_meeting_warns_when_nobody_is_recorded_as_present_and_asks_why_it_is_cancelled():
    close, _method = verbs_of(Meeting)["close"]
    nobody = replace(meeting_facts("spt", "begun", "negotiation"), attending=0)
    assert written(reasons_of(close, nobody, "begun", "secretary", Inputs())) == {"(attendance)"}
    cancel, _method = verbs_of(Meeting)["cancel"]
    convened = meeting_facts("spt", "convened", "in_session")
    assert written(reasons_of(cancel, convened, "convened", "secretary", Inputs(reason="   "))) == {"reason_given"}


# Every refusal is a sentence, in every language ---------------------------------------------------------------------

CODE = Path(__file__).parent.parent.parent / "workflows"
REFUSING = [
    CODE / "errors.py",
    CODE / "engine.py",
    CODE / "rules" / "document_gates.py",
    CODE / "rules" / "document_guards.py",
    CODE / "rules" / "document_permissions.py",
    CODE / "rules" / "evaluate.py",
    CODE / "rules" / "guards.py",
    CODE / "rules" / "permissions.py",
    CODE / "rules" / "table_guards.py",
    *sorted((CODE / "actions").glob("*.py")),
]


def sentences(path: Path) -> set[tuple[str, ...]]:
    """Return every text for people in a module: the arguments of gettext, singular and plural together."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"_", "gettext", "ngettext", "ngettext_lazy"}:
            found.add(tuple(a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)))
    return found - {()}


REFUSALS = sorted(set().union(*map(sentences, REFUSING)))


def test_every_refusal_is_a_whole_sentence():
    assert len(REFUSALS) > 100
    texts = [text for forms in REFUSALS for text in forms]
    assert [text for text in texts if not text.endswith((".", "?")) or text[0] != text[0].upper()] == []


@pytest.mark.parametrize("language", ["es", "pt-br", "pt-pt"])
def test_every_refusal_is_said_in_every_language(language):
    with translation.override(language):
        said = {
            forms: translation.gettext(*forms) if len(forms) == 1 else translation.ngettext(*forms, 2) for forms in REFUSALS
        }
    assert [forms for forms, text in said.items() if text in forms] == []


def every_refusal() -> dict[tuple[str, str], str]:
    """Return (class, code) → sentence of each refusal that the tables meet, in the active language."""
    met: dict[tuple[str, str], str] = {}

    def note(verb, facts, state, seat, inputs):
        try:
            ask(verb, facts, state, ACTORS.get(seat), inputs)
        except GuardsFailed as refusal:
            met[type(refusal).__name__, refusal.code] = str(refusal.message)
            met.update({("Reason", reason.code): str(reason.message) for reason in refusal.reasons})
        except WorkflowError as refusal:
            met[type(refusal).__name__, refusal.code] = str(refusal.message)

    for name, (verb, _method) in verbs_of(Summit).items():
        empty = replace(summit_facts(MISSING[name][0]), decisions=(), meetings=(), host_set=False, handover_recorded=False)
        lines = ((OPENS[name], HARD_TASK), (OPENS[name], SOFT_TASK))
        texts = (text_line("agenda", "drafting"), text_line("declaration", "circulated", reserves=1))
        empty = replace(empty, documents=texts, opening_on=None, successor_known=False, blocking=lines, handing_on=(HARD_TASK,))
        for seat in EVERYBODY:
            note(verb, empty, MISSING[name][0], seat, Inputs())
    for by, (verb, _method) in product(("spt", "segib"), verbs_of(Meeting).values()):
        for state, stage, seat in product(MEETING_STATES, ("negotiation", "postponed", "archived"), EVERYBODY):
            note(verb, replace(meeting_facts(by, state, stage), attending=0), state, seat, Inputs())
    for shape, (verb, _method) in product(SHAPES, verbs_of(Task).values()):
        lacking = {"depends_on": (HARD_TASK, SOFT_TASK), "children": 22, "children_open": 3, "children_submitted": 1}
        for state, stage, seat in product(TASK_STATES, ("negotiation", "archived"), EVERYBODY):
            note(verb, task_facts(shape, state, stage, taken_up=True, **lacking), state, seat, Inputs())
    return met


def test_every_refusal_of_the_tables_has_a_code_and_a_sentence():
    with translation.override("en"):
        met = every_refusal()
    assert {kind for kind, _code in met} == {"WrongState", "NotPermitted", "GuardsFailed", "Reason"}
    assert [code for _kind, code in met if not code] == []
    assert [(code, text) for (_kind, code), text in met.items() if not text.endswith(".") or " " not in text] == []
    assert met["Reason", "task:CON-03"] == "“Redactar la nota” (CON-03) is not yet finished."
    assert met["Reason", "reason_given"] == "Give a reason."


# The same table through the real engine -----------------------------------------------------------------------------

_built, world = shared_world(make_world)


def walk(world, state):
    """Bring Paraguay's contribution from `pending` to a state, by the real verbs."""
    child = world.task("DOC-03", "PY")
    if state in {"in_progress"}:
        world.act(child, "start", "cn_py")
    if state in {"submitted", "verified"}:
        world.act(child, "submit", "cn_py", evidence="Aportes")
    if state == "verified":
        world.act(child, "verify", "secretary")
    if state == "no_comments":
        world.act(child, "declare_no_comments", "cn_py")
    if state == "window_closed":
        world.act(world.task("DOC-03"), "close_window", "secretary", accepted=frozenset({"answers_pending"}))
    return world.task("DOC-03", "PY")


ENGINE_SEATS = ("secretary", "spt_officer", "segib_officer", "auditor", "cn_py", "reviewer_py", "cn_br", "liaison")


class UndoneError(Exception):
    """Raised to leave a savepoint without what was done in it."""


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["pending", "in_progress", "submitted", "verified", "no_comments", "window_closed"])
def test_the_engine_says_what_the_table_says(world, state):
    child = walk(world, state)
    assert child.state == state
    before = Event.objects.count(), Message.objects.count()
    actors = {seat: world.actor(seat) for seat in ENGINE_SEATS}
    cells = []
    for name, seat in product(TASK_VERBS, ENGINE_SEATS):
        row = TASK["child"].get(name)
        says = expected(row or Row("", ""), state, "handover", seat, exists=row is not None)
        target = TARGETS["task", name] if says[0] == "+" else state
        try:
            with transaction.atomic():
                done = perform(child, name, actor=actors[seat], now=world.now, inputs=replace(ALL_GIVEN))
                found = ("+", "", done.row.state, done.row.version)
                raise UndoneError
        except UndoneError:
            pass
        except WorkflowError as refusal:
            fresh = world.task("DOC-03", "PY")
            found = (type(refusal).__name__, refusal.code, fresh.state, fresh.version)
        version = child.version + 1 if says[0] == "+" else child.version
        cells.append((f"{name} from {state} by {seat}", (*says, target, version), found))
    assert differences(cells) == []
    assert (Event.objects.count(), Message.objects.count()) == before


@pytest.mark.django_db
def test_nobody_acts_without_a_seat(world):
    """A former member and the technical administrator make no actor at all; the machine's `None` opens no person's verb."""
    former = world.user("cn_py")
    membership = former.person.memberships.get()
    membership.ends_on = membership.starts_on
    membership.save()
    administrator = type(former).objects.create_superuser("administrator@example.org", "una-clave-larga-de-prueba")
    assert actor_of_user(former, world.now) == (None, [])
    assert actor_of_user(administrator, world.now) == (None, [])
    with pytest.raises(NotPermitted):
        perform(world.summit, "open_agenda", actor=None, now=world.now)


def test_options_show_what_the_table_allows_and_nothing_else():
    """What pages and API offer is what the table allows; on paper where only paper is missing."""
    on_paper = {"submit", "declare_no_comments"}
    wrong = []
    for shape, state, seat in product(TASK, TASK_STATES, SEATS):
        facts = task_facts(shape, state)
        for name, (verb, _method) in verbs_of(Task).items():
            row = TASK[shape].get(name, Row("", "not_for_this_kind=*"))
            may = expected(row, state, "negotiation", seat, exists=name in TASK[shape])
            offered = option(verb, facts, state, ACTORS[seat], Inputs())
            allowed = may == ("+", "") or (name in on_paper and may == ("NotPermitted", "only_on_paper"))
            if (offered is not None) != allowed:
                wrong.append((shape, state, seat, name, offered))
    assert wrong == []


def test_a_table_with_one_cell_changed_is_noticed():
    """The harness itself: an auditor who may verify, a source too many, a guard gone, are all differences."""
    verify, _method = verbs_of(Task)["verify"]
    wrong_seat = Row("submitted", "+=secretary,spt_officer,auditor rights_ended=former_spt not_verifying=*")
    wrong_source = Row("submitted pending", SPT_VERIFIES)
    for row, lines in ((wrong_seat, 1), (wrong_source, 19)):
        cells = [
            (
                f"{state} {seat}",
                expected(row, state, "negotiation", seat),
                outcome(verify, task_facts("child", state), state, seat, ALL_GIVEN),
            )
            for state, seat in product(TASK_STATES, EVERYBODY)
        ]
        assert len(differences(cells)) == lines
