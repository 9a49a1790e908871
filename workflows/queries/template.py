"""A running summit's checklist, seen as the template that another summit could follow."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from django.db.models import Max

from workflows.models import ChecklistTemplate, Deadline, Dependency
from workflows.queries.calendar import rule_of
from workflows.rules.ladders import Rung
from workflows.rules.templates import OPENING_DAY, DoneBy, LadderPlan, MeetingPlan, Phase, TaskPlan, Template, Texts
from workflows.states import MeetingState, PartyKind, Scope, TaskKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workflows.models import Meeting, Party, Summit, Task

MAX_TITLE = 200
MAX_DELIVERABLE = 300


def next_version(summit: Summit) -> int:
    """Return the number that a template made of this summit would bear: one more than the last that is stored."""
    if summit.template is None:
        return 1
    stored = ChecklistTemplate.objects.filter(code=summit.template.code).aggregate(last=Max("number"))["last"]
    return (stored or 0) + 1


def template_of(summit: Summit, *, version: int) -> Template:
    """Return the summit's phases, meetings, ladders and lines as a template; whoever answered, and how, is left out.

    Lines waived or not applicable here are kept, and those added by hand join in; a line that one named party owed becomes
    one that is asked of parties of its kind, for a template names no country. Meetings fixed by hand keep their distance
    from the opening day.
    """
    meetings = _meetings(summit)
    source = summit.template
    return Template(
        code=source.code if source else f"summit-{summit.slug}",
        version=version,
        title=_texts(source or summit, "title" if source else "theme", fallback=f"{summit}", limit=MAX_TITLE),
        phases=tuple(
            Phase(code=p.code, state=p.state, opens=p.opens_offset, title=_texts(p, "title", limit=MAX_TITLE))
            for p in summit.phases.order_by("position")
        ),
        meetings=tuple(meetings.values()),
        ladders=tuple(
            LadderPlan(ladder.code, tuple(Rung(r.offset_days, tuple(r.reach)) for r in ladder.rungs.order_by("offset_days")))
            for ladder in summit.ladders.prefetch_related("rungs").order_by("pk")
        ),
        tasks=tuple(_tasks(summit, meetings)),
    )


def _meetings(summit: Summit) -> Mapping[int, MeetingPlan]:
    """Return the plan of each meeting by its id; cancelled ones stay while deadlines hang on them."""
    anchors = set(Deadline.objects.filter(summit=summit, anchor__isnull=False).values_list("anchor_id", flat=True))
    rows = [
        m
        for m in summit.meetings.select_related("convened_by").order_by("pk")
        if m.state != MeetingState.CANCELLED or m.pk in anchors
    ]
    codes = _unique({m.pk: _code(m.code.lower(), r"[^a-z0-9]+", "_") for m in rows}, "_", 40)
    return {
        m.pk: MeetingPlan(
            code=codes[m.pk],
            kind=m.kind,
            convened_by=_secretariat(m.convened_by),
            offset_days=_offset(m, summit),
            title=_texts(m, "title", limit=MAX_TITLE),
        )
        for m in rows
    }


def _offset(meeting: Meeting, summit: Summit) -> int:
    if meeting.opening_offset is not None or meeting.held_on is None or summit.opening_on is None:
        return meeting.opening_offset or 0
    return (meeting.held_on - summit.opening_on).days


def _tasks(summit: Summit, meetings: Mapping[int, MeetingPlan]) -> Iterable[TaskPlan]:
    rows = list(
        summit.tasks.top()
        .select_related("phase", "blocks", "responsible", "verified_by", "deadline")
        .order_by("position", "pk")
    )
    codes = _unique({t.pk: _code(t.code.upper(), r"[^A-Z0-9]+", "-") for t in rows}, "-", 16)
    waits: Mapping[int, list[str]] = defaultdict(list)
    for link in Dependency.objects.filter(task__in=[t.pk for t in rows]).order_by("pk"):
        waits[link.task_id].append(codes[link.depends_on_id])
    for task in rows:
        responsible, scope = _asked_of(task)
        deadline = task.deadline
        yield TaskPlan(
            code=codes[task.pk],
            phase=task.phase.code,
            title=_texts(task, "title", limit=MAX_TITLE),
            kind=task.kind if scope != Scope.SINGLE else TaskKind.WORK.value,
            responsible=responsible,
            verified_by=_secretariat(task.verified_by),
            scope=scope,
            anchor=meetings[deadline.anchor_id].code if deadline.anchor_id else OPENING_DAY,
            rule=rule_of(deadline),
            deliverable=_texts(task, "deliverable", fallback=task.title_es, limit=MAX_DELIVERABLE, one_line=False),
            authority=task.authority or None,
            depends_on=tuple(waits[task.pk]),
            applies_if=_texts(task, "applies_if", limit=MAX_TITLE, one_line=False) if task.applies_if_es else None,
            blocks=task.blocks.code if task.blocks and task.gate else None,
            gate=task.gate if task.blocks else None,
            done_by=DoneBy(task.done_by_kind, task.done_by_verb) if task.done_by_kind else None,
        )


def _asked_of(task: Task) -> tuple[str, str]:
    """Return the template's party and scope of a line."""
    if task.scope != Scope.SINGLE:
        return ("body" if task.scope == Scope.ALL_BODIES else "delegation"), task.scope
    match task.responsible.kind:
        case PartyKind.DELEGATION:
            return "delegation", Scope.PROPOSING_COUNTRY.value
        case PartyKind.BODY:
            return "body", Scope.ALL_BODIES.value
    return _secretariat(task.responsible), Scope.SINGLE.value


def _secretariat(party: Party) -> str:
    return "segib" if party.kind == PartyKind.SEGIB else "spt"


def _texts(row: object, field: str, *, fallback: str = "", limit: int, one_line: bool = True) -> Texts:
    """Return a text in its three languages, the Spanish (else `fallback`) where one is empty."""
    spanish = getattr(row, f"{field}_es") or fallback
    written = [getattr(row, f"{field}_{language}") or spanish for language in ("es", "pt", "en")]
    return Texts(*(" ".join(text.split())[:limit] if one_line else text.strip()[:limit] for text in written))


def _code(code: str, strange: str, joiner: str) -> str:
    """Return the code in the shape that a template asks for: it begins with a letter, and `joiner` joins its parts."""
    clean = re.sub(strange, joiner, code).strip(joiner)
    letter = "t" if joiner == "_" else "T"
    return clean if clean[:1].isalpha() else f"{letter}{joiner}{clean}".strip(joiner)


def _unique(codes: Mapping[int, str], joiner: str, length: int) -> dict[int, str]:
    """Return the codes, each at most `length` long and once: the second of two alike gets a number."""
    taken: dict[int, str] = {}
    for key, code in codes.items():
        candidate, number = code[:length].strip(joiner), 1
        while candidate in taken.values():
            number += 1
            tail = f"{joiner}{number}"
            candidate = code[: length - len(tail)].strip(joiner) + tail
        taken[key] = candidate
    return taken
