"""What a checklist template holds, once read: phases, meetings, ladders and tasks, with texts in es, pt and en."""

from dataclasses import dataclass

from workflows.rules.deadlines import Rule
from workflows.rules.ladders import Rung

OPENING_DAY = "opening_day"
LADDER_OF_WORK = "work"
LADDER_OF_STATES = "contribution"


@dataclass(frozen=True)
class Texts:
    """One text in the three languages in which data is kept."""

    es: str
    pt: str
    en: str


@dataclass(frozen=True)
class Phase:
    """A stretch of the preparation: the state of the summit that it is, and the day it opens, from the opening day."""

    code: str
    state: str
    opens: int
    title: Texts


@dataclass(frozen=True)
class MeetingPlan:
    """A meeting of the calendar: its kind, the party that convenes it, and its first day, from the opening day."""

    code: str
    kind: str
    convened_by: str
    offset_days: int
    title: Texts


@dataclass(frozen=True)
class LadderPlan:
    """The reminders of one kind of deadline."""

    code: str
    rungs: tuple[Rung, ...]


@dataclass(frozen=True)
class DoneBy:
    """The verb on a kind of document that completes a task."""

    kind: str
    verb: str


@dataclass(frozen=True)
class TaskPlan:
    """A line of the checklist; `anchor` is "opening_day" or the code of a meeting, `rule` counts from it."""

    code: str
    phase: str
    title: Texts
    kind: str
    responsible: str
    verified_by: str
    scope: str
    anchor: str
    rule: Rule
    deliverable: Texts
    authority: str | None = None
    depends_on: tuple[str, ...] = ()
    applies_if: Texts | None = None
    blocks: str | None = None
    gate: str | None = None
    done_by: DoneBy | None = None

    @property
    def ladder(self) -> str:
        """The ladder that reminds of this task: what States owe has one of its own, whatever the task's kind."""
        return LADDER_OF_STATES if self.responsible == "delegation" else LADDER_OF_WORK


@dataclass(frozen=True)
class Template:
    """A whole checklist, as loaded, copied into a summit, or exported from one."""

    code: str
    version: int
    title: Texts
    phases: tuple[Phase, ...]
    meetings: tuple[MeetingPlan, ...]
    ladders: tuple[LadderPlan, ...]
    tasks: tuple[TaskPlan, ...]

    def planned_on(self, task: TaskPlan) -> int:
        """Return the task's local day, in days from the opening day, before any day off moves it."""
        return nominal_day(task, {meeting.code: meeting.offset_days for meeting in self.meetings})


def nominal_day(task: TaskPlan, meetings: dict[str, int]) -> int:
    """Return the task's local day, in days from the opening day, given the first day of each meeting.

    Days off are looked at when the dates are known. Five working days count as a week.
    """
    start = 0 if task.anchor == OPENING_DAY else meetings[task.anchor]
    return start + _calendar_days(task.rule)


def _calendar_days(rule: Rule) -> int:
    match rule.unit:
        case "weeks":
            return rule.offset * 7
        case "working_days":
            days = abs(rule.offset) + 2 * (abs(rule.offset) // 5)
            return days if rule.offset >= 0 else -days
        case _:
            return rule.offset
