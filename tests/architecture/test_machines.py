"""Every machine is whole: each transition has who, label and known notices; each state is reached, and left or an end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from workflows.errors import Ref
from workflows.models import Document, Meeting, Paragraph, Proposal, Summit, Task
from workflows.notices.kinds import REGISTRY
from workflows.rules.facts import (
    DocumentFacts,
    DocumentLine,
    Inputs,
    MeetingFacts,
    ParagraphFacts,
    ParagraphLine,
    PositionLine,
    ProposalFacts,
    Scene,
    SummitFacts,
    TaskFacts,
    TaskLine,
)
from workflows.rules.guards import Guard
from workflows.rules.permissions import Permission
from workflows.rules.verbs import Verb, edges_of, verbs_of
from workflows.states import DocumentState, MeetingState, ParagraphState, ProposalState, SummitState, TaskState

MACHINES = {
    Summit: SummitState,
    Meeting: MeetingState,
    Task: TaskState,
    Document: DocumentState,
    Paragraph: ParagraphState,
    Proposal: ProposalState,
}
INITIAL = {
    Summit: "handover",
    Meeting: "convened",
    Task: "pending",
    Document: "drafting",
    Paragraph: "proposed",
    Proposal: "draft",
}
ENDS = {
    Summit: {"archived", "cancelled"},
    Meeting: {"minutes_approved", "cancelled"},
    Task: {"no_comments"},
    Document: {"published", "withdrawn"},
    Paragraph: set(),
    Proposal: {"accepted", "merged", "not_retained", "withdrawn"},
}
NEEDS = {"reason", "authority", "evidence", "decision", "meeting", "window_ends_at", "other_language_at", "outcome"}
SHAPES = {Task: {"work", "parent", "child", "instance"}, Document: {"plain", "negotiated", "communique"}}
OFFICES = {"spt.secretary", "segib.approver"}
ALL = [
    pytest.param(machine, verb, id=f"{machine.__name__.lower()}.{verb.name}")
    for machine in MACHINES
    for verb, _method in verbs_of(machine).values()
]


@pytest.mark.parametrize(("machine", "verb"), ALL)
def test_a_transition_is_declared_whole(machine: type, verb: Verb):
    states = set(MACHINES[machine].values)
    assert verb.sources
    assert set(verb.sources) <= states, "never *, never +"
    assert set(verb.targets) <= states
    assert isinstance(verb.who, Permission)
    assert verb.who.code
    assert str(verb.who.sentence).endswith(".")
    assert str(verb.label).strip()
    assert not str(verb.label).endswith(".")
    assert set(verb.notices) <= set(REGISTRY)
    assert verb.stages
    assert set(verb.stages) <= set(SummitState.values)
    assert set(verb.needs) <= NEEDS
    assert set(verb.countersigned) in (set(), OFFICES)
    assert set(verb.only_for) | set(verb.stages_by_shape) <= SHAPES.get(machine, set())
    assert verb.who.system or not verb.by_system


@pytest.mark.parametrize("machine", MACHINES)
def test_every_state_is_reached_and_left_or_an_end(machine: type):
    edges = edges_of(machine)
    reached = {INITIAL[machine]}
    while more := {target for source, target in edges if source in reached} - reached:
        reached |= more
    left = {source for source, _target in edges}
    assert reached == set(MACHINES[machine].values)
    assert set(MACHINES[machine].values) - left == ENDS[machine]


@pytest.mark.parametrize("machine", MACHINES)
def test_the_model_begins_where_the_machine_does(machine: Any):
    assert machine().state == INITIAL[machine]


@pytest.mark.parametrize("machine", MACHINES)
def test_a_verb_s_name_is_the_root_of_its_method_and_of_its_event(machine: type):
    assert {name: method.rstrip("_") for name, (_verb, method) in verbs_of(machine).items()} == {
        name: name for name in verbs_of(machine)
    }


SCENE = Scene(summit_id=1, slug="xxxi", state="negotiation", spt_party_id=2, host_party_id=3)
LINE = TaskLine(ref=Ref("task", "xxxi", "DOC-01"), code="DOC-01", title="Un asunto", state="pending", gate="hard", office="SPT")
TEXT = Ref("document", "xxxi", "declaration")
POSITIONS = (
    PositionLine(party="Brasil", kind="objects_to_deletion", code="BR"),
    PositionLine(party="Portugal", kind="agrees_ad_referendum", code="PT"),
)
FACTS = {
    Summit: SummitFacts(
        scene=SCENE,
        ref=Ref("summit", "xxxi"),
        host_set=False,
        opening_on=None,
        blocking=tuple((state, LINE) for state in SummitState.values),
        handing_on=(LINE,),
        documents=(
            DocumentLine(
                ref=Ref("document", "xxxi", "declaration"), kind="declaration", title="", state="circulated", is_plain=False
            ),
        ),
    ),
    Meeting: MeetingFacts(
        scene=SCENE,
        ref=Ref("meeting", "xxxi", "cnrc_1"),
        state="begun",
        kind="cnrc",
        convened_by_id=2,
        convened_by_kind="spt",
    ),
    Task: TaskFacts(
        scene=SCENE,
        ref=Ref("task", "xxxi", "DOC-03"),
        state="pending",
        kind="work",
        is_parent=False,
        is_child=False,
        responsible_id=2,
        responsible_kind="spt",
        authority="",
        verifier_id=2,
        verifier_kind="spt",
        taken_up=True,
        depends_on=(LINE,),
        children_open=1,
        children_submitted=1,
        children=1,
    ),
    Document: DocumentFacts(
        scene=SCENE,
        ref=TEXT,
        state="in_negotiation",
        kind="declaration",
        is_plain=False,
        is_communique=True,
        proponent_id=None,
        open_proposals=1,
        positions=POSITIONS,
        is_late=True,
        outcome="not_adopted",
    ),
    Paragraph: ParagraphFacts(scene=SCENE, ref=TEXT, state="proposed", document_state="agreed", positions=POSITIONS),
    Proposal: ProposalFacts(scene=SCENE, ref=TEXT, state="draft", party_id=2, document_state="published"),
}
OPEN_TEXT = replace(FACTS[Document], paragraphs=(ParagraphLine(TEXT, "1", "operative", "proposed", "stale", "missing"),))
NEED_PARAGRAPHS = {"languages", "one_language", "paragraphs_closed"}
"""Guards that speak of paragraphs: a text without any lacks nothing there."""
ASKED_WITH = {"approval_decided": Inputs(decision="of another Summit")}
"""Guards that ask for nothing, but refuse what does not fit."""
GUARDS = list(
    dict.fromkeys(
        (machine, guard) for machine in MACHINES for verb, _method in verbs_of(machine).values() for guard in verb.guards
    )
)


@pytest.mark.parametrize(("machine", "guard"), GUARDS, ids=lambda value: getattr(value, "code", ""))
def test_a_guard_says_what_is_missing_with_a_code_a_sentence_and_a_place(machine: type, guard: Guard):
    assert guard.code
    facts = OPEN_TEXT if guard.code in NEED_PARAGRAPHS else FACTS[machine]
    found = list(guard.ask(facts, ASKED_WITH.get(guard.code, Inputs())))
    assert found
    for finding in found:
        assert not finding.met
        assert finding.code
        assert str(finding.message).endswith(".") or finding.message == LINE.title
        assert str(finding.lacking).endswith(".")
        assert finding.lacking != finding.message
        assert finding.ref is not None


def test_guards_of_one_verb_never_answer_with_the_same_code():
    for machine in MACHINES:
        for verb, _method in verbs_of(machine).values():
            codes = [f.code for guard in verb.guards for f in guard.ask(FACTS[machine], Inputs())]
            assert len(codes) == len(set(codes)), verb.name
