"""Every machine is whole: each transition has who, label and known notices; each state is reached, and left or an end."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.errors import Ref
from workflows.models import Meeting, Summit, Task
from workflows.notices.kinds import REGISTRY
from workflows.rules.facts import Inputs, MeetingFacts, Scene, SummitFacts, TaskFacts, TaskLine
from workflows.rules.guards import Guard
from workflows.rules.permissions import Permission
from workflows.rules.verbs import Verb, edges_of, verbs_of
from workflows.states import MeetingState, SummitState, TaskState

MACHINES = {Summit: SummitState, Meeting: MeetingState, Task: TaskState}
INITIAL = {Summit: "handover", Meeting: "convened", Task: "pending"}
ENDS = {
    Summit: {"archived", "cancelled"},
    Meeting: {"minutes_approved", "cancelled"},
    Task: {"no_comments"},
}
NEEDS = {"reason", "authority", "evidence", "decision"}
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
    assert set(verb.only_for) <= {"work", "parent", "child", "instance"}
    assert verb.by_system == verb.who.system


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
FACTS = {
    Summit: SummitFacts(
        scene=SCENE,
        ref=Ref("summit", "xxxi"),
        host_set=False,
        opening_on=None,
        blocking=tuple((state, LINE) for state in SummitState.values),
        handing_on=(LINE,),
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
}
GUARDS = list(
    dict.fromkeys(
        (machine, guard) for machine in MACHINES for verb, _method in verbs_of(machine).values() for guard in verb.guards
    )
)


@pytest.mark.parametrize(("machine", "guard"), GUARDS, ids=lambda value: getattr(value, "code", ""))
def test_a_guard_says_what_is_missing_with_a_code_a_sentence_and_a_place(machine: type, guard: Guard):
    assert guard.code
    found = list(guard.ask(FACTS[machine], Inputs()))
    assert found
    for finding in found:
        assert not finding.met
        assert finding.code
        assert str(finding.message).endswith(".") or finding.message == LINE.title
        assert finding.ref is not None


def test_guards_of_one_verb_never_answer_with_the_same_code():
    for machine in MACHINES:
        for verb, _method in verbs_of(machine).values():
            codes = [f.code for guard in verb.guards for f in guard.ask(FACTS[machine], Inputs())]
            assert len(codes) == len(set(codes)), verb.name
