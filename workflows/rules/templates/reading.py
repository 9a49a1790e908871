"""From the tree of a file to the parts of a template, each with its lines, and every problem on the way."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import time
from functools import cache, partial
from typing import cast
from zoneinfo import available_timezones

from workflows.rules.deadlines import CalendarPolicy as Policy
from workflows.rules.deadlines import Rule, TimePolicy, Unit
from workflows.rules.ladders import Rung
from workflows.rules.templates.fields import LADDER_CODE, NAME, PHASE_CODE, SLUG, TASK_CODE, Fields, Problems, shown
from workflows.rules.templates.nodes import Group, Node, Scalar
from workflows.rules.templates.plans import (
    LADDER_OF_STATES,
    OPENING_DAY,
    DoneBy,
    LadderPlan,
    MeetingPlan,
    Phase,
    TaskPlan,
    Template,
)
from workflows.states import (
    PLAIN_KINDS,
    Authority,
    CalendarPolicy,
    DocumentKind,
    Gate,
    MeetingKind,
    OffsetUnit,
    Scope,
    SummitState,
    TaskKind,
    TimeOfDay,
)

STATES = (
    SummitState.HANDOVER,
    SummitState.AGENDA_DRAFTING,
    SummitState.SECTORAL_MEETINGS,
    SummitState.TEXT_DRAFTING,
    SummitState.NEGOTIATION,
    SummitState.MINISTER_REVIEW,
    SummitState.IN_SESSION,
    SummitState.FOLLOW_UP,
)
SECRETARIATS = ("spt", "segib")
PARTIES = (*SECRETARIATS, "delegation", "body")
ROLES = ("responsible", "alternate", "coordinator", *SECRETARIATS)

MAX_TASKS = 2_000
MAX_TITLE = 200
MAX_PHASE_TITLE = 80
MAX_DELIVERABLE = 300
MAX_CONDITION = 200
MAX_DAYS = 3_650
MAX_RUNG = 365
MAX_VERSION = 9_999

COMPLETING_PLAIN = ("submit_for_clearance", "clear", "approve", "publish")
COMPLETING = (
    "submit_for_clearance",
    "clear",
    "circulate",
    "circulate_provisional",
    "close_window",
    "recirculate",
    "open_negotiation",
    "agree",
    "elevate",
    "approve_by_ministers",
    "elevate_to_heads",
    "record_outcome",
    "publish",
)
"""The verbs of a document, plain or negotiated, that lead it on and so may complete a task; a test compares the machine."""

HOUR = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)

WHOLE = ("code", "version", "title", "phases", "meetings", "ladders", "tasks")
TASK = ("code", "phase", "title", "kind", "responsible", "verified_by", "scope", "deadline", "deliverable")
TASK_OPTIONAL = ("authority", "depends_on", "applies_if", "blocks", "gate", "done_by")
DEADLINE = ("anchor", "offset", "unit", "calendar", "time_of_day")
DEADLINE_OPTIONAL = ("at", "zone", "later")


@dataclass(frozen=True)
class Placed[Part]:
    """A part of the template, the lines of what checks may speak of, and whether it could be read without a problem."""

    part: Part
    line: int
    is_sound: bool
    lines: dict[str, int]


@dataclass(frozen=True)
class Draft:
    """All that was read."""

    template: Template
    line_of_ladders: int | None
    phases: tuple[Placed[Phase], ...]
    meetings: tuple[Placed[MeetingPlan], ...]
    ladders: tuple[Placed[LadderPlan], ...]
    tasks: tuple[Placed[TaskPlan], ...]


@dataclass(frozen=True)
class Names:
    """The codes that a task may speak of, in the order of the file, whether or not their own part is sound."""

    phases: tuple[str, ...]
    anchors: tuple[str, ...]
    tasks: frozenset[str]


def read(root: Node, problems: Problems) -> Draft:
    """Return what the file holds; problems are noted, never raised."""
    fields = Fields(problems, root, "template", WHOLE)
    phases, meetings, ladders = fields.items("phases", least=1), fields.items("meetings"), fields.items("ladders")
    tasks = fields.items("tasks", MAX_TASKS)
    names = Names(tuple(_codes(phases)), (OPENING_DAY, *_codes(meetings)), frozenset(_codes(tasks)))
    placed = (
        _all(phases, problems, _phase),
        _all(meetings, problems, _meeting),
        _all(ladders, problems, _ladder),
        _all(tasks, problems, partial(_task, names=names)),
    )
    template = Template(
        fields.code("code", SLUG),
        fields.number("version", 1, MAX_VERSION),
        fields.texts("title", MAX_TITLE, one_line=True),
        tuple(entry.part for entry in placed[0]),
        tuple(entry.part for entry in placed[1]),
        tuple(entry.part for entry in placed[2]),
        tuple(entry.part for entry in placed[3]),
    )
    return Draft(template, fields.line_of("ladders") if "ladders" in fields else None, *placed)


def _codes(nodes: Iterable[Node]) -> Iterable[str]:
    for node in nodes:
        pairs = node.pairs if isinstance(node, Group) else ()
        for key, value in pairs:
            if isinstance(key, Scalar) and key.value == "code" and isinstance(value, Scalar):
                yield value.value


def _all[Part](
    nodes: Iterable[Node], problems: Problems, read_one: Callable[[Problems, Node], tuple[Part, Fields]]
) -> tuple[Placed[Part], ...]:
    placed = []
    for node in nodes:
        before = len(problems.found)
        part, fields = read_one(problems, node)
        lines = {key: value.line for key, value in fields.nodes.items()}
        placed.append(Placed(part, node.line, len(problems.found) == before, lines))
    return tuple(placed)


def _phase(problems: Problems, node: Node) -> tuple[Phase, Fields]:
    fields = Fields(problems, node, "phases", ("code", "state", "opens", "title"))
    phase = Phase(
        code=fields.code("code", PHASE_CODE),
        state=fields.choice("state", STATES, "unknown_state"),
        opens=fields.number("opens", -MAX_DAYS, MAX_DAYS),
        title=fields.texts("title", MAX_PHASE_TITLE, one_line=True),
    )
    return phase, fields


def _meeting(problems: Problems, node: Node) -> tuple[MeetingPlan, Fields]:
    fields = Fields(problems, node, "meetings", ("code", "kind", "convened_by", "offset_days", "title"))
    meeting = MeetingPlan(
        code=fields.code("code", NAME),
        kind=fields.choice("kind", MeetingKind.values, "unknown_meeting_kind"),
        convened_by=fields.choice("convened_by", SECRETARIATS, "unknown_party"),
        offset_days=fields.number("offset_days", -MAX_DAYS, MAX_DAYS),
        title=fields.texts("title", MAX_TITLE, one_line=True),
    )
    return meeting, fields


def _ladder(problems: Problems, node: Node) -> tuple[LadderPlan, Fields]:
    fields = Fields(problems, node, "ladders", ("code", "rungs"))
    code = fields.code("code", LADDER_CODE)
    rungs: list[Rung] = []
    for item in fields.items("rungs", least=1):
        rung = _rung(problems, item, is_for_states=code == LADDER_OF_STATES)
        if any(rung.offset_days == other.offset_days for other in rungs):
            problems.note("duplicate_rung", item.line)
        rungs.append(rung)
    return LadderPlan(code, tuple(rungs)), fields


def _rung(problems: Problems, node: Node, *, is_for_states: bool) -> Rung:
    fields = Fields(problems, node, "rungs", ("offset", "reach"))
    offset = fields.number("offset", -MAX_RUNG, MAX_RUNG)
    reach = tuple(fields.choice("reach", ROLES, "unknown_role", role) for role in fields.items("reach", least=1))
    if is_for_states and offset > 0 and not set(reach) <= set(SECRETARIATS):
        problems.note("rung_to_state", fields.line_of("reach"))
    return Rung(offset, reach)


def _task(problems: Problems, node: Node, names: Names) -> tuple[TaskPlan, Fields]:
    fields = Fields(problems, node, "tasks", TASK, TASK_OPTIONAL)
    code = fields.code("code", TASK_CODE)
    anchor, rule = _deadline(fields.group("deadline", DEADLINE, DEADLINE_OPTIONAL), names)
    task = TaskPlan(
        code=code,
        phase=fields.choice("phase", names.phases, "unknown_phase"),
        title=fields.texts("title", MAX_TITLE, one_line=True),
        kind=fields.choice("kind", TaskKind.values, "unknown_task_kind"),
        responsible=fields.choice("responsible", PARTIES, "unknown_party"),
        verified_by=fields.choice("verified_by", SECRETARIATS, "unknown_party"),
        scope=fields.choice("scope", Scope.values, "unknown_scope"),
        anchor=anchor,
        rule=rule,
        deliverable=fields.texts("deliverable", MAX_DELIVERABLE),
        authority=fields.choice("authority", Authority.values, "unknown_authority") or None,
        depends_on=_dependencies(fields, code, names),
        applies_if=fields.texts("applies_if", MAX_CONDITION) if "applies_if" in fields else None,
        blocks=fields.choice("blocks", names.phases, "unknown_phase") or None,
        gate=fields.choice("gate", Gate.values, "unknown_gate") or None,
        done_by=_done_by(fields) if "done_by" in fields else None,
    )
    return task, fields


def _deadline(fields: Fields, names: Names) -> tuple[str, Rule]:
    anchor = fields.choice("anchor", names.anchors, "unknown_anchor")
    offset = fields.number("offset", -MAX_DAYS, MAX_DAYS)
    unit = fields.choice("unit", OffsetUnit.values, "unknown_unit")
    calendar = fields.choice("calendar", CalendarPolicy.values, "unknown_calendar")
    time_of_day = fields.choice("time_of_day", TimeOfDay.values, "unknown_time_of_day")
    later = fields.yes_no("later")
    hour, zone = _hour(fields), _zone(fields)
    _exact_is_whole(fields, is_exact=time_of_day == TimeOfDay.EXACT)
    if time_of_day != TimeOfDay.EXACT:
        hour, zone = None, None
    elif hour is None or zone is None:
        hour, zone = time(), "UTC"
    policy = cast(TimePolicy, time_of_day)
    return anchor, Rule(offset, cast(Unit, unit), cast(Policy, calendar), policy, hour, zone, later)


def _exact_is_whole(fields: Fields, *, is_exact: bool) -> None:
    given = [key for key in ("at", "zone") if key in fields]
    if is_exact and len(given) < 2:
        fields.problems.note("missing_hour", fields.line)
    elif given and not is_exact:
        fields.problems.note("unused_hour", fields.line_of(given[0]))


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _hour(fields: Fields) -> time | None:
    scalar = fields.scalar("at")
    if scalar is None or HOUR.fullmatch(scalar.value):
        return time.fromisoformat(scalar.value) if scalar else None
    fields.problems.note("bad_hour", scalar.line, value=shown(scalar.value))
    return None


def _zone(fields: Fields) -> str | None:
    scalar = fields.scalar("zone")
    if scalar is None or scalar.value in _zones():
        return scalar.value if scalar else None
    fields.problems.note("unknown_zone", scalar.line, value=shown(scalar.value))
    return None


def _dependencies(fields: Fields, task: str, names: Names) -> tuple[str, ...]:
    scalars = [fields.scalar("depends_on", item) for item in fields.items("depends_on")]
    lines: dict[str, int] = {}
    for scalar in (scalar for scalar in scalars if scalar is not None):
        if scalar.value not in names.tasks:
            fields.problems.note("unknown_dependency", scalar.line, task=task, value=shown(scalar.value))
        elif scalar.value in lines:
            fields.problems.note("duplicate_code", scalar.line, value=scalar.value, first=lines[scalar.value])
        lines.setdefault(scalar.value, scalar.line)
    return tuple(lines)


def _done_by(fields: Fields) -> DoneBy:
    """Read which verb on which kind of document completes the task; each kind has the verbs that lead a text on."""
    group = fields.group("done_by", ("kind", "verb"))
    kind = group.choice("kind", DocumentKind.values, "unknown_document_kind")
    leading = COMPLETING_PLAIN if kind in PLAIN_KINDS else COMPLETING if kind else (*COMPLETING_PLAIN, *COMPLETING)
    return DoneBy(kind, group.choice("verb", leading, "unknown_document_verb"))
