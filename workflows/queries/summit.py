"""What the pages of a summit show: which one, its machine, what is missing, readiness, what moves with a date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, IntegerField, Q, Value, When

from workflows.models import Deadline, Decision, Event, Meeting, Phase, Signature, Summit, Task
from workflows.queries.clock import local_date
from workflows.rules.evaluate import findings
from workflows.rules.facts import Inputs
from workflows.rules.verbs import verbs_of
from workflows.states import ENDED, OPEN_TASK, MeetingState, SummitState, TaskState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from workflows.rules.facts import Actor, SummitFacts, TaskLine
    from workflows.rules.guards import Finding
    from workflows.rules.verbs import Verb

LINE = tuple(state for state in SummitState if state not in {SummitState.POSTPONED, SummitState.CANCELLED})
"""The states that follow one another, from the handover to the archive."""
NOON = time(12)


def find_summit(actor: Actor, slug: str) -> Summit | None:
    """Return the summit of an address ("xxxi") that the actor may see, or `None`."""
    return Summit.objects.visible_to(actor).select_related("host", "template").filter(roman=slug.upper()).first()


def list_summits(actor: Actor) -> list[Summit]:
    """Return every summit that the actor may see, the latest first: those in preparation, then the records."""
    return list(Summit.objects.visible_to(actor).select_related("host").order_by("is_record", "-number", "pk"))


def list_running(actor: Actor) -> list[Summit]:
    """Return the summits in preparation that the actor may see, the one that stands first first."""
    standing = Case(When(state=SummitState.POSTPONED, then=Value(1)), default=Value(0), output_field=IntegerField())
    return list(
        Summit.objects.visible_to(actor)
        .filter(is_record=False)
        .exclude(state__in=sorted(ENDED))
        .select_related("host")
        .order_by(standing, "number", "pk")
    )


def find_present(actor: Actor) -> Summit | None:
    """Return the summit that the actor works on: a secretariat's own, else the first in preparation, else the last."""
    if actor.summit_id is not None:
        return Summit.objects.visible_to(actor).select_related("host").filter(pk=actor.summit_id).first()
    running = list_running(actor)
    if running:
        return running[0]
    return Summit.objects.visible_to(actor).filter(is_record=False).select_related("host").order_by("-number").first()


def at_noon(day: date, zone: str) -> datetime:
    """Return an instant of a local day that lies on that day for whoever counts days in the zone."""
    return datetime.combine(day, NOON, ZoneInfo(zone))


# The machine -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stage:
    """A state of the summit on its line: when it was entered, or is planned to be (local days; None while unknown)."""

    state: SummitState
    status: str
    entered_on: date | None
    planned_on: date | None
    goes_back: bool = False


def line_of_states(summit: Summit) -> list[Stage]:
    """Return the nine states of the line with their days: from the record where they lie behind, else by the plan."""
    present = SummitState(summit.resumes_to or summit.state)
    place = LINE.index(present) if present in LINE else -1
    entered = _entered(summit)
    planned = _planned(summit)
    return [
        Stage(
            state=state,
            status="past" if n < place else "now" if n == place else "future",
            entered_on=entered.get(state),
            planned_on=planned.get(state),
            goes_back=state == SummitState.MINISTER_REVIEW,
        )
        for n, state in enumerate(LINE)
    ]


def _entered(summit: Summit) -> dict[str, date]:
    """Return the local day on which each state was last entered, by the summit's own events."""
    moves = Event.objects.filter(object_uuid=summit.uuid, noun="summit").exclude(target="").order_by("number")
    days = {
        target: local_date(occurred or at, summit.zone)
        for target, occurred, at in moves.values_list("target", "occurred_at", "at")
    }
    if summit.state_since is not None:
        days.setdefault(summit.state, local_date(summit.state_since, summit.zone))
    created = Event.objects.filter(object_uuid=summit.uuid, verb="summit.create").values_list("at", flat=True).first()
    if created is not None:
        days.setdefault(SummitState.HANDOVER.value, local_date(created, summit.zone))
    return days


def _planned(summit: Summit) -> dict[str, date]:
    if summit.opening_on is None:
        return {}
    opening = summit.opening_on
    return {phase.state: phase.opens_on(opening) for phase in summit.phases.all()}


def next_verb(summit: Summit) -> Verb | None:
    """Return the verb that leads along the line from the summit's present state, or `None` where there is none."""
    if summit.state not in LINE or summit.state == LINE[-1]:
        return None
    target = LINE[LINE.index(SummitState(summit.state)) + 1]
    return next((v for v, _m in verbs_of(Summit).values() if summit.state in v.sources and v.targets == (target,)), None)


# What is missing -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Condition:
    """A finding of a guard, with the line of the checklist that it looked at, where it looked at one."""

    finding: Finding
    line: TaskLine | None


@dataclass(frozen=True)
class Missing:
    """What stands between a summit and its next state."""

    impede: tuple[Condition, ...]
    warn: tuple[Condition, ...]
    met: tuple[Condition, ...]


def what_is_missing(verb: Verb, facts: SummitFacts) -> Missing:
    """Return every condition of a verb, unmet and met."""
    lines = {f"task:{line.code}": line for line in (*(pair[1] for pair in facts.blocking), *facts.handing_on)}
    found = [Condition(f, lines.get(f.code)) for f in findings(verb, facts, Inputs(), with_inputs=False)]
    return Missing(
        impede=tuple(c for c in found if not c.finding.met and not c.finding.advisory),
        warn=tuple(c for c in found if not c.finding.met and c.finding.advisory),
        met=tuple(c for c in found if c.finding.met),
    )


def waiting_signatures(summit: Summit, actor: Actor) -> list[Signature]:
    """Return the signatures of a summit that wait for a second one, the first given first."""
    return list(
        Signature.objects.visible_to(actor)
        .waiting()
        .filter(summit=summit, document__isnull=True)
        .select_related("seat__party")
        .order_by("pk")
    )


# Readiness -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Readiness:
    """A phase of the checklist in figures: lines that count, verified, submitted; `overdue` are those past their deadline."""

    phase: Phase
    total: int
    done: int
    waiting: int
    overdue: int


NOT_COUNTED = (TaskState.WAIVED, TaskState.NOT_APPLICABLE)


def readiness(summit: Summit, now: datetime) -> list[Readiness]:
    """Return each phase in figures, in order; waived and not applicable lines are left out."""
    counted = Q(tasks__parent__isnull=True) & ~Q(tasks__state__in=NOT_COUNTED)
    late = Q(tasks__state__in=sorted(OPEN_TASK), tasks__deadline__due_at__lt=now)
    phases = summit.phases.annotate(
        total=Count("tasks", filter=counted),
        done=Count("tasks", filter=counted & Q(tasks__state=TaskState.VERIFIED)),
        waiting=Count("tasks", filter=counted & Q(tasks__state=TaskState.SUBMITTED)),
        overdue=Count("tasks", filter=counted & late),
    ).order_by("position")
    return [Readiness(phase=p, total=p.total, done=p.done, waiting=p.waiting, overdue=p.overdue) for p in phases]


def list_next_meetings(actor: Actor, summits: Sequence[Summit], now: datetime, limit: int = 4) -> list[Meeting]:
    """Return the meetings that are convened or in session, those with a day first, by day."""
    today = now.astimezone(UTC).date()
    return list(
        Meeting.objects.visible_to(actor)
        .filter(summit__in=summits, state__in=[MeetingState.CONVENED, MeetingState.BEGUN])
        .filter(Q(held_on__isnull=True) | Q(held_on__gte=today) | Q(state=MeetingState.BEGUN))
        .select_related("summit")
        .order_by("held_on", "pk")[:limit]
    )


# Changes ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Following:
    """What moves with the opening day: deadlines set by rule and meetings whose day follows it; what stays is counted too."""

    deadlines: int
    meetings: int
    pinned: int


def what_follows(summit: Summit) -> Following:
    """Return how many open deadlines and convened meetings follow the opening day of a summit."""
    open_ones = Deadline.objects.open().filter(summit=summit, task__isnull=False)
    following = Q(anchor__isnull=True) | Q(anchor__opening_offset__isnull=False, anchor__state=MeetingState.CONVENED)
    return Following(
        deadlines=open_ones.filter(following, pinned_at__isnull=True).count(),
        meetings=summit.meetings.filter(opening_offset__isnull=False, state=MeetingState.CONVENED).count(),
        pinned=open_ones.filter(pinned_at__isnull=False).count(),
    )


def list_decisions(summit: Summit, actor: Actor, subject: str) -> list[Decision]:
    """Return the decisions on a subject that have not served yet, the latest first."""
    return list(
        Decision.objects.visible_to(actor)
        .filter(meeting__summit=summit, subject=subject, spent_on="")
        .select_related("meeting")
        .order_by("-pk")
    )


def counts_by_state(summits: Sequence[Summit], actor: Actor) -> Mapping[int, tuple[int, int]]:
    """Return for each summit how many visible lines of its checklist are verified, of how many that count."""
    rows = (
        Task.objects.visible_to(actor)
        .top()
        .filter(summit__in=summits)
        .exclude(state__in=NOT_COUNTED)
        .values("summit_id")
        .annotate(total=Count("pk"), done=Count("pk", filter=Q(state=TaskState.VERIFIED)))
        .order_by("summit_id")
    )
    return {row["summit_id"]: (row["done"], row["total"]) for row in rows}
