"""The checklist as a reader sees it: lines by phase with what is derived, what they wait for, and what can be done next."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from workflows.models import Event, Phase, Task
from workflows.queries.clock import local_date
from workflows.queries.facts import ref_of, task_facts, with_lines
from workflows.queries.scene import scenes
from workflows.rules import permissions
from workflows.rules.evaluate import option
from workflows.rules.facts import Inputs, SummitFacts
from workflows.rules.verbs import verbs_of
from workflows.states import ENDED, OPEN_TASK, SETTLED, PartyKind, Scope, TaskState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from workflows.models import Summit
    from workflows.rules.evaluate import Option
    from workflows.rules.facts import Actor, TaskFacts, TaskLine

SOON = 3
"""Days of the host city's calendar from which a deadline is soon."""

SECRETARIATS = frozenset({PartyKind.SEGIB, PartyKind.SPT})
DELEGATIONS = "delegations"
"""The filter that stands for everything asked of several parties."""


@dataclass(frozen=True)
class ChecklistFilters:
    """By what the checklist is narrowed, and its order; empty values narrow nothing."""

    q: str = ""
    phase: str = ""
    responsible: str = ""
    state: str = ""
    sort: str = "deadline"

    @property
    def narrow(self) -> bool:
        """Whether anything is left out."""
        return bool(self.q or self.phase or self.responsible or self.state)


@dataclass(frozen=True)
class Line:
    """A line of the checklist for one reader.

    `task` is the line; `part` is what state, deadline and action are of: the reader's own part of what was asked of
    several, else the line itself. `standing` is "late", "blocked", "soon", "at_risk" or empty; `is_own` tells whether the
    reader's party owes it; `of_states` whether it is asked of States (whose delay is never marked).
    """

    task: Task
    part: Task
    facts: TaskFacts
    options: Mapping[str, Option]
    standing: str
    waits_for: tuple[TaskLine, ...]
    is_own: bool
    of_states: bool
    asked: int = 0
    received: int = 0
    to_verify: int = 0
    counted: bool = False
    """Whether the reader may know how many of those asked have answered."""
    returned: bool = False
    """Whether a clarification of the reader's own part is asked for."""

    @property
    def due_at(self) -> datetime | None:
        """The instant of the part's deadline."""
        return self.part.deadline.due_at if hasattr(self.part, "deadline") else None


@dataclass(frozen=True)
class Part:
    """One party's answer under a line asked of several; `returned_at` is set while a clarification is asked for."""

    task: Task
    options: Mapping[str, Option]
    returned_at: datetime | None = None


@dataclass(frozen=True)
class Group:
    """The lines of a phase that match; `verified` and `total` count the whole phase as the reader sees it."""

    phase: Phase
    lines: Sequence[Line]
    verified: int
    total: int


@dataclass(frozen=True)
class Checklist:
    """What a reader sees of a summit's checklist, narrowed and grouped."""

    groups: Sequence[Group]
    phases: Sequence[Phase]
    every: Sequence[Line]
    """All lines that the reader sees, whatever the filters."""
    shown: int
    total: int

    @property
    def lines(self) -> list[Line]:
        """The lines shown, in the order of the page."""
        return [line for group in self.groups for line in group.lines]


def read_checklist(summit: Summit, *, actor: Actor, now: datetime, filters: ChecklistFilters | None = None) -> Checklist:
    """Return the checklist that the actor sees, narrowed; as many queries for two thousand lines as for one."""
    filters = filters or ChecklistFilters()
    every = read_lines(summit, actor=actor, now=now)
    phases = list(Phase.objects.filter(summit=summit).order_by("position"))
    chosen = [line for line in every if _matches(line, filters, actor)]
    groups = [_group(phase, every, chosen, filters.sort) for phase in phases]
    return Checklist(
        groups=[g for g in groups if g.lines],
        phases=[g.phase for g in groups if g.total],
        every=every,
        shown=len(chosen),
        total=len(every),
    )


def _group(phase: Phase, every: Sequence[Line], chosen: Sequence[Line], sort: str) -> Group:
    whole = [line for line in every if line.task.phase_id == phase.pk]
    lines = [line for line in chosen if line.task.phase_id == phase.pk]
    done = [line for line in whole if line.part.state in SETTLED]
    return Group(phase=phase, lines=_sorted(lines, sort), verified=len(done), total=len(whole))


def _sorted(lines: Sequence[Line], sort: str) -> list[Line]:
    if sort == "code":
        return sorted(lines, key=lambda line: (line.task.code, line.task.pk))
    return sorted(lines, key=lambda line: (line.due_at is None, line.due_at or 0, line.task.position, line.task.pk))


def read_lines(summit: Summit, *, actor: Actor, now: datetime) -> list[Line]:
    """Return every line that the actor sees, in the checklist's order; a delegation's with its own part."""
    visible = Task.objects.visible_to(actor).filter(summit=summit)
    tops = list(_loaded(visible.top()).order_by("position", "pk"))
    own = {} if actor.party_kind in SECRETARIATS else _own_parts(summit, actor)
    parts = {task.pk: own.get(task.pk, task) for task in tops}
    for part in parts.values():
        part.summit = summit
    facts = task_facts(list(parts.values()))
    to_verify = _count_to_verify(summit) if actor.party_kind in SECRETARIATS else {}
    returned = returned_at(list(own.values())) if own else {}
    seen = {task.code for task in tops}
    lines = [_line(task, parts[task.pk], facts[parts[task.pk].pk], actor, now, seen, to_verify) for task in tops]
    return [replace(line, returned=True) if line.part.pk in returned else line for line in lines]


def _loaded(tasks: Any) -> Any:
    return with_lines(tasks).select_related("verified_by", "summit", "responsible", "deadline", "phase", "blocks")


def _own_parts(summit: Summit, actor: Actor) -> dict[int | None, Task]:
    mine = Task.objects.visible_to(actor).filter(summit=summit, parent__isnull=False, responsible_id=actor.party_id)
    return {task.parent_id: task for task in _loaded(mine)}


def _count_to_verify(summit: Summit) -> dict[int, int]:
    waiting = Q(children__state=TaskState.SUBMITTED)
    counted = Task.objects.filter(summit=summit).top().exclude(scope=Scope.SINGLE).annotate(n=Count("children", filter=waiting))
    return dict(counted.values_list("pk", "n"))


def _line(
    task: Task,
    part: Task,
    facts: TaskFacts,
    actor: Actor,
    now: datetime,
    seen: set[str],
    to_verify: Mapping[int, int],
) -> Line:
    of_states = task.is_parent or part.responsible.kind == PartyKind.DELEGATION
    waits = tuple(w for w in facts.depends_on if w.state not in SETTLED and w.code in seen)
    counted = task.is_parent and actor.party_kind in SECRETARIATS
    return Line(
        task=task,
        part=part,
        facts=facts,
        options=options_of(part, facts, actor),
        standing=standing_of(part, waits, now),
        waits_for=waits if part.state in OPEN_TASK else (),
        is_own=part.responsible_id == actor.party_id,
        of_states=of_states,
        asked=task.asked if counted else 0,  # type: ignore[attr-defined]
        received=task.received if counted else 0,  # type: ignore[attr-defined]
        to_verify=to_verify.get(task.pk, 0),
        counted=counted,
    )


def options_of(task: Task, facts: TaskFacts, actor: Actor) -> dict[str, Option]:
    """Return what the actor can do to a task, or could if more were ready, by the name of the verb."""
    found = {name: option(verb, facts, task.state, actor, Inputs()) for name, (verb, _m) in verbs_of(type(task)).items()}
    return {name: o for name, o in found.items() if o is not None}


# What is derived -------------------------------------------------------------------------------------------------


def may_plan(summit: Summit, actor: Actor) -> bool:
    """Tell whether the actor works in one of the summit's secretariats, which plan its checklist and meetings."""
    place = SummitFacts(scene=scenes([summit])[summit.pk], ref=ref_of(summit), host_set=True, opening_on=None)
    return summit.state not in ENDED and permissions.is_secretariat.refuses(place, actor, Inputs()) is None


def standing_of(task: Task, waits_for: Iterable[TaskLine], now: datetime) -> str:
    """Return how an owed task stands: late, blocked, soon, at risk, or nothing to say; never stored.

    Blocked: what it waits for is still owed although its deadline has passed. At risk: what it waits for was handed in
    but is past its deadline, or is due only after the task itself.
    """
    due_at = task.deadline.due_at if hasattr(task, "deadline") else None
    if task.state not in OPEN_TASK:
        return ""
    if due_at is not None and due_at < now:
        return "late"
    waits = list(waits_for)
    if any(w.state in OPEN_TASK and w.due_at is not None and w.due_at < now for w in waits):
        return "blocked"
    if due_at is not None and is_soon(due_at, now, task.deadline.zone):
        return "soon"
    if any(w.due_at is not None and (w.due_at < now or (due_at is not None and w.due_at > due_at)) for w in waits):
        return "at_risk"
    return ""


def is_soon(due_at: datetime, now: datetime, zone: str) -> bool:
    """Tell whether a deadline ahead falls within three days of the zone's calendar."""
    return local_date(due_at, zone) - local_date(now, zone) <= timedelta(days=SOON)


# Filters ---------------------------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """Return a text without accents and in small letters, by which it is searched."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


STATES: Mapping[str, Callable[[Line], bool]] = {
    "open": lambda line: line.part.state not in SETTLED and line.part.state != TaskState.WINDOW_CLOSED,
    "late": lambda line: line.standing == "late",
    "soon": lambda line: line.standing == "soon",
    "blocked": lambda line: line.standing == "blocked",
    "at_risk": lambda line: line.standing == "at_risk",
    "submitted": lambda line: line.part.state == TaskState.SUBMITTED or line.to_verify > 0,
    "settled": lambda line: line.part.state in SETTLED,
    "mine": lambda line: waits_for_reader(line),
}
"""What each state that can be asked for means, derived ones included."""


def waits_for_reader(line: Line) -> bool:
    """Tell whether the next step is the reader's: to do the work, to verify it, or to see to the answers."""
    steps = {"start", "submit", "verify"} if not line.task.is_parent or line.part is not line.task else {"close_window"}
    return bool(steps & set(line.options)) and (line.is_own or "verify" in line.options)


def _matches(line: Line, filters: ChecklistFilters, actor: Actor) -> bool:
    if filters.phase and line.task.phase.code != filters.phase:
        return False
    if filters.responsible and not _is_of(line, filters.responsible):
        return False
    if filters.state in STATES and not STATES[filters.state](line):
        return False
    words = plain(filters.q).split()
    if not words:
        return True
    text = plain(f"{line.task.code} {line.task.title_es} {line.task.title_pt} {line.task.title_en}")
    return all(word in text for word in words)


def _is_of(line: Line, responsible: str) -> bool:
    if responsible == DELEGATIONS:
        return line.of_states
    return not line.task.is_parent and line.task.responsible.code == responsible


# The parties under a line ----------------------------------------------------------------------------------------


def read_parts(parent: Task, *, actor: Actor) -> list[Part]:
    """Return the answers under a line that the actor may see, in protocol order, with what can be done to each."""
    visible = Task.objects.visible_to(actor).filter(parent=parent)
    tasks = list(_loaded(visible).order_by("position", "pk"))
    for task in tasks:
        task.summit = parent.summit
    facts = task_facts(tasks) if tasks else {}
    returned = returned_at(tasks)
    return [Part(t, options_of(t, facts[t.pk], actor), returned.get(t.pk)) for t in tasks]


def returned_at(tasks: Sequence[Task]) -> dict[int, datetime]:
    """Return since when a clarification is asked for, by the id of each task that was returned and not yet answered."""
    of = {t.uuid: t.pk for t in tasks if t.state in OPEN_TASK and t.submitted_at is not None}
    latest = (
        Event.objects.filter(object_uuid__in=of, verb__in=["task.return", "task.recall", "task.submit", "task.reopen"])
        .order_by("object_uuid", "-number")
        .distinct("object_uuid")
    )
    return {of[e.object_uuid]: e.at for e in latest if e.verb == "task.return"}


def read_line(task: Task, *, actor: Actor, now: datetime) -> Line:
    """Return one line of the checklist as the actor sees it, for the row that an action refreshes."""
    found = read_lines(task.summit, actor=actor, now=now)
    return next(line for line in found if task.pk in {line.task.pk, line.part.pk})
