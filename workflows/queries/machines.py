"""The machines as a document: a diagram and a table of each, in English, drawn from their declarations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import translation

from workflows.errors import Ref
from workflows.models import Document, Meeting, Paragraph, Proposal, Summit, Task
from workflows.notices.kinds import REGISTRY, Notice
from workflows.rules.facts import (
    DocumentFacts,
    Inputs,
    MeetingFacts,
    ParagraphFacts,
    ProposalFacts,
    Scene,
    SummitFacts,
    TaskFacts,
)
from workflows.rules.verbs import ANY_OPEN_STAGE, edges_of, verbs_of
from workflows.states import DocumentState, MeetingState, ParagraphState, ProposalState, SummitState, TaskState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import TextChoices

    from workflows.rules.facts import Facts
    from workflows.rules.guards import Guard
    from workflows.rules.permissions import Permission
    from workflows.rules.verbs import Verb

INTRODUCTION = """# Workflows

Drawn from the code by `manage.py draw_workflows`; a test compares. Change the machines, not this page.

Each verb is asked three questions, in this order: is it declared from this state, for this kind of object, in this stage of
the Summit (409)? May this seat do it (403)? Is the work ready (422, with every reason at once)? A guard refuses; one marked
*warns* is passed with a click that is recorded. From the ministerial review on every guard only warns, except those marked
*always*. A countersigned verb waits, after the first of its two signatures, for the other secretariat's (202).
"""

SHAPES = {
    "work": "a task",
    "parent": "a line asked of several",
    "child": "one party's answer",
    "instance": "one party's work",
    "plain": "a plain text",
    "negotiated": "a negotiated text",
    "communique": "a special communiqué",
}
WITHOUT_SENTENCE = {
    "tasks": "The tasks that block the phase are verified, waived or not applicable; those with an advisory gate warn.",
    "handed_on": "Mandates are registered and assigned, and the handover file is delivered (SGM-02, SGM-03, SGM-04).",
    "dependencies": "The tasks for which it waits are settled *(warns)*.",
    "hard_dependencies": "The tasks for which it waits are settled; those without a hard gate warn.",
    "late_communique": "A decision of the coordinators admits a communiqué that was proposed late.",
}
"""Guards that speak of other rows: what they ask, where there are no rows to speak of."""

_scene = Scene(summit_id=0, slug="", state=SummitState.HANDOVER, spt_party_id=None, host_party_id=None)
NOTHING: dict[type, Facts] = {
    Summit: SummitFacts(scene=_scene, ref=Ref("summit"), host_set=False, opening_on=None),
    Meeting: MeetingFacts(scene=_scene, ref=Ref("meeting"), state="", kind="", convened_by_id=0, convened_by_kind=""),
    Task: TaskFacts(
        scene=_scene,
        ref=Ref("task"),
        state="",
        kind="",
        is_parent=False,
        is_child=False,
        responsible_id=0,
        responsible_kind="",
        authority="",
        verifier_id=0,
        verifier_kind="",
    ),
    Document: DocumentFacts(
        scene=_scene,
        ref=Ref("document"),
        state="",
        kind="",
        is_plain=False,
        is_communique=False,
        proponent_id=None,
        min_window_hours=72,
    ),
    Paragraph: ParagraphFacts(scene=_scene, ref=Ref("paragraph"), state="", document_state=""),
    Proposal: ProposalFacts(scene=_scene, ref=Ref("proposal"), state="", party_id=0, document_state=""),
}
"""Facts of objects about which nothing is known, to hear what each guard asks."""


def draw_machines() -> str:
    """Return the document, in Markdown with Mermaid diagrams."""
    with translation.override("en"):
        parts = [
            INTRODUCTION,
            _machine(Summit, "Summit", SummitState),
            _machine(Meeting, "Meeting", MeetingState),
            _machine(Task, "Task", TaskState),
            _machine(Document, "Document", DocumentState),
            _machine(Paragraph, "Paragraph", ParagraphState),
            _machine(Proposal, "Proposal", ProposalState),
            _notices(),
        ]
        return "\n".join(parts)


def _machine(model: type, title: str, states: type[TextChoices]) -> str:
    verbs = [verb for verb, _method in verbs_of(model).values()]
    facts = NOTHING[model]
    initial = str(model().state)
    lines = [
        f"## {title}",
        "",
        "```mermaid",
        "stateDiagram-v2",
        f"    [*] --> {initial}",
        *_edges(verbs),
        *(f"    {end} --> [*]" for end in _ends(model, states)),
        "```",
        "",
        "| state | label |",
        "|---|---|",
        *(f"| `{state.value}` | {state.label} |" for state in states),
        "",
        "| verb | from → to | who | guards | stages | countersigned | notices |",
        "|---|---|---|---|---|---|---|",
        *(_row(verb, facts) for verb in verbs),
        "",
    ]
    return "\n".join(lines)


def _edges(verbs: Iterable[Verb]) -> Iterator[str]:
    for verb in verbs:
        for source in verb.sources:
            for target in verb.targets:
                if verb.name != "resume" or source != target:
                    yield f"    {source} --> {target}: {verb.name}"


def _ends(model: type, states: type[TextChoices]) -> list[str]:
    left = {source for source, _target in edges_of(model)}
    return [value for value in states.values if value not in left]


def _row(verb: Verb, facts: Facts) -> str:
    cells = [
        f"`{verb.name}`<br>{verb.label}",
        f"{', '.join(map(str, verb.sources))} → {' or '.join(map(str, verb.targets))}",
        _who(verb),
        "<br>".join(sentence for guard in verb.guards for sentence in _asks(guard, facts)) or "–",
        _stages(verb),
        " and ".join(f"`{office}`" for office in verb.countersigned) or "–",
        ", ".join(f"`{kind}`" for kind in verb.notices) or "–",
    ]
    return f"| {' | '.join(cells)} |"


def _who(verb: Verb) -> str:
    shapes = [words for shape, words in SHAPES.items() if shape in verb.only_for]
    return _says(verb.who) + (f"<br>For {', '.join(shapes)}." if shapes else "")


def _says(permission: Permission) -> str:
    """Return the sentences by which a permission refuses, those of its parts included."""
    if permission.all_of:
        return " ".join(_says(part) for part in permission.all_of)
    if any(part.all_of for part in permission.alternatives):
        return "<br>Or: ".join(_says(part) for part in permission.alternatives)
    return str(permission.sentence)


def _asks(guard: Guard, facts: Facts) -> Iterator[str]:
    always = " *(always)*" if guard.always_hard else ""
    found = list(guard.ask(facts, Inputs()))
    if not found:
        yield WITHOUT_SENTENCE[guard.code] + always
    for finding in found:
        yield f"{finding.message}{' *(warns)*' if finding.advisory else always}"


def _stages(verb: Verb) -> str:
    """Return the states of the summit in which the verb may run, by shape where they differ."""
    if not verb.stages_by_shape:
        return _named(verb.stages)
    by_stages: dict[str, list[str]] = {}
    for shape, stages in verb.stages_by_shape.items():
        by_stages.setdefault(_named(stages), []).append(SHAPES[shape])
    rest = [] if set(verb.stages_by_shape) >= {"plain", "negotiated", "communique"} else [f"else {_named(verb.stages)}"]
    return "<br>".join([*(f"{', '.join(shapes)}: {named}" for named, shapes in by_stages.items()), *rest])


def _named(stages: frozenset[str]) -> str:
    """Return the shorter of the two ways to name states of a summit: these, or all but those."""
    chosen = [state.value for state in SummitState if state in stages]
    left_out = [state.value for state in SummitState if state in ANY_OPEN_STAGE and state not in stages]
    return ", ".join(chosen) if len(chosen) <= len(left_out) else "any but " + ", ".join(["archived", "cancelled", *left_out])


def _notices() -> str:
    lines = ["## Notices", "", "| kind | when | who is told |", "|---|---|---|"]
    for kind, notice in sorted(REGISTRY.items()):
        if not kind.startswith("_"):
            has_own = type(notice).seats is not Notice.seats
            told = _first_line(type(notice).seats).removeprefix("Return ") if has_own else "chosen by what sends it."
            lines.append(f"| `{kind}` | {_first_line(type(notice))} | {told} |")
    return "\n".join([*lines, ""])


def _first_line(documented: object) -> str:
    return (documented.__doc__ or "").strip().splitlines()[0]
