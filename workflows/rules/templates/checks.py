"""Whether the parts of a template fit together: codes, order of phases, gates, dependencies, circles."""

from collections.abc import Callable, Iterable
from itertools import pairwise

from workflows.rules.templates.fields import Problems
from workflows.rules.templates.plans import LADDER_OF_STATES, LADDER_OF_WORK, OPENING_DAY, Phase, TaskPlan, nominal_day
from workflows.rules.templates.reading import STATES, Draft, Placed
from workflows.states import Scope, TaskKind

SCOPES_OF = {
    "spt": {Scope.SINGLE},
    "segib": {Scope.SINGLE},
    "body": {Scope.ALL_BODIES},
    "delegation": set(Scope) - {Scope.SINGLE, Scope.ALL_BODIES},
}


def check(draft: Draft, problems: Problems) -> None:
    """Note every problem between the parts; a part that could not be read is left out."""
    for parts in (draft.phases, draft.meetings, draft.ladders, draft.tasks):
        _unique_codes([(entry.part.code, entry.lines.get("code", entry.line)) for entry in parts], problems)
    _ladders(draft, problems)
    _order_of_phases([entry for entry in draft.phases if entry.is_sound], problems)
    tasks = _first_of_each_code(draft.tasks)
    for entry in tasks.values():
        _scope(entry, problems)
        _gate_has_phase(entry, problems)
    _days(draft, {code: entry for code, entry in tasks.items() if entry.is_sound}, problems)
    _circles(tasks, problems)


def _unique_codes(codes: Iterable[tuple[str, int]], problems: Problems) -> None:
    first: dict[str, int] = {}
    for code, line in codes:
        if code and code in first:
            problems.note("duplicate_code", line, value=code, first=first[code])
        first.setdefault(code, line)


def _first_of_each_code(placed: Iterable[Placed[TaskPlan]]) -> dict[str, Placed[TaskPlan]]:
    tasks: dict[str, Placed[TaskPlan]] = {}
    for entry in placed:
        if entry.part.code:
            tasks.setdefault(entry.part.code, entry)
    return tasks


def _ladders(draft: Draft, problems: Problems) -> None:
    present = {entry.part.code for entry in draft.ladders}
    for ladder in (LADDER_OF_WORK, LADDER_OF_STATES):
        if draft.line_of_ladders is not None and ladder not in present:
            problems.note("missing_ladder", draft.line_of_ladders, value=ladder)


def _order_of_phases(phases: list[Placed[Phase]], problems: Problems) -> None:
    for above, entry in pairwise(phases):
        if entry.part.opens < above.part.opens:
            problems.note("phase_out_of_order", entry.lines["opens"], value=entry.part.code)
        if STATES.index(entry.part.state) <= STATES.index(above.part.state):
            problems.note("state_out_of_order", entry.lines["state"], value=entry.part.code)


def _scope(entry: Placed[TaskPlan], problems: Problems) -> None:
    task = entry.part
    if not task.scope or not task.responsible:
        return
    if task.scope not in SCOPES_OF[task.responsible]:
        problems.note("scope_mismatch", entry.lines["scope"], scope=task.scope, party=task.responsible)
    elif task.kind == TaskKind.CONTRIBUTION and task.scope == Scope.SINGLE:
        problems.note("contribution_of_one", entry.lines["scope"])
    if task.done_by and task.done_by.kind and task.done_by.verb and task.scope != Scope.SINGLE:
        problems.note("done_by_of_several", entry.lines["done_by"])


def _gate_has_phase(entry: Placed[TaskPlan], problems: Problems) -> None:
    given = [key for key in ("blocks", "gate") if key in entry.lines]
    if len(given) == 1:
        problems.note("gate_alone", entry.lines[given[0]], task=entry.part.code)


def _days(draft: Draft, tasks: dict[str, Placed[TaskPlan]], problems: Problems) -> None:
    """Compare local days: nothing is due before what it waits for, nor after the phase that it blocks opens."""
    meetings = {entry.part.code: entry.part.offset_days for entry in draft.meetings if entry.is_sound}
    opens = {entry.part.code: entry.part.opens for entry in draft.phases if entry.is_sound}
    day = {
        code: nominal_day(entry.part, meetings)
        for code, entry in tasks.items()
        if entry.part.anchor == OPENING_DAY or entry.part.anchor in meetings
    }
    for code in day:
        task, line = tasks[code].part, tasks[code].lines["deadline"]
        for other in task.depends_on:
            if other in day and day[code] < day[other]:
                _note_days("due_before_dependency", line, (code, day[code]), (other, day[other]), problems)
        if task.blocks in opens and day[code] > opens[task.blocks]:
            _note_days("due_after_gate", line, (code, day[code]), (task.blocks, opens[task.blocks]), problems)


def _note_days(problem: str, line: int, late: tuple[str, int], early: tuple[str, int], problems: Problems) -> None:
    due, other = (f"T{day:+d}" if day else "T" for day in (late[1], early[1]))
    problems.note(problem, line, task=late[0], due=due, value=early[0], other=other)


def _circles(tasks: dict[str, Placed[TaskPlan]], problems: Problems) -> None:
    """Note each circle once, at the task that stands first in the file, with its way round."""
    state: dict[str, int] = {}
    for start in tasks:
        _walk(start, tasks, state, lambda path: _note_circle(path, tasks, problems))


def _walk(start: str, tasks: dict[str, Placed[TaskPlan]], state: dict[str, int], found: Callable[[list[str]], None]) -> None:
    """Go down the dependencies depth first, without recursion; `state` is 1 on the way, 2 when done with."""
    path: list[str] = []
    ahead = [(start, False)]
    while ahead:
        code, is_left = ahead.pop()
        if is_left:
            state[path.pop()] = 2
        elif state.get(code) == 1:
            found(path[path.index(code) :])
        elif code in tasks and code not in state:
            state[code] = 1
            path.append(code)
            ahead.append((code, True))
            ahead.extend((other, False) for other in reversed(tasks[code].part.depends_on))


def _note_circle(path: list[str], tasks: dict[str, Placed[TaskPlan]], problems: Problems) -> None:
    first = min(range(len(path)), key=lambda place: tasks[path[place]].line)
    turned = [*path[first:], *path[:first], path[first]]
    problems.note("cycle", tasks[turned[0]].lines["depends_on"], path=" → ".join(turned))
