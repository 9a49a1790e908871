"""Gathers the frozen facts of guards and permissions, batched: as many queries for a list as for one row."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workflows.models import (
    Dependency,
    Document,
    Evidence,
    Meeting,
    Paragraph,
    Participation,
    Phase,
    Proposal,
    Summit,
    Task,
)
from workflows.queries.document_facts import document_facts, document_lines, paragraph_facts, proposal_facts
from workflows.queries.scene import decision_lines, meeting_lines, scenes
from workflows.queries.scene import ref_of as ref_of
from workflows.rules.facts import (
    Facts,
    MeetingFacts,
    SummitFacts,
    TaskFacts,
    TaskLine,
)
from workflows.states import OPEN_TASK, TaskState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workflows.models.task import TaskQuerySet

HANDED_ON = ("SGM-02", "SGM-03", "SGM-04")
"""Mandates registered and assigned, handover file delivered: without these a summit is not archived."""


def office_of(task: Task) -> str:
    """Return whose task it is, as lists say it: a party's name, or how many were asked."""
    if task.is_parent:
        asked = getattr(task, "asked", 0)
        return ngettext("%(count)d party", "%(count)d parties", asked) % {"count": asked} if asked else _("Not yet asked")
    return task.responsible.name


def line_of(task: Task) -> TaskLine:
    """Return a task (from `with_lines`) as others see it."""
    return TaskLine(
        ref=ref_of(task),
        code=task.code,
        title=task.title,
        state=task.state,
        gate=task.gate,
        office=office_of(task),
        due_at=task.deadline.due_at if hasattr(task, "deadline") else None,
        kind=task.kind,
        received=getattr(task, "received", 0),
        asked=getattr(task, "asked", 0),
        applies_if=task.applies_if,
    )


def with_lines(tasks: TaskQuerySet) -> TaskQuerySet:
    """Load with a task queryset what its lines need: parties, deadline, and of a parent how many answered."""
    received = Q(children__state__in=[TaskState.VERIFIED, TaskState.NO_COMMENTS])
    return tasks.select_related("summit", "responsible", "deadline", "phase", "blocks").annotate(
        asked=Count("children", distinct=True), received=Count("children", filter=received, distinct=True)
    )


def task_facts(tasks: Sequence[Task]) -> dict[int, TaskFacts]:
    """Return the facts of each task by its id; `summit`, `responsible`, `verified_by` must be loaded."""
    ids = [t.pk for t in tasks]
    scene_of = scenes({t.summit for t in tasks})
    waits: Mapping[int, list[TaskLine]] = defaultdict(list)
    links = list(Dependency.objects.filter(task_id__in={*ids, *(t.parent_id for t in tasks if t.parent_id)}).order_by("pk"))
    lines = {t.pk: line_of(t) for t in with_lines(Task.objects.filter(pk__in={link.depends_on_id for link in links}))}
    for link in links:
        waits[link.task_id].append(lines[link.depends_on_id])
    evidence = dict(Evidence.objects.filter(task_id__in=ids).values_list("task_id").annotate(n=Count("pk")).order_by("task_id"))
    children = {
        row["parent_id"]: row
        for row in Task.objects.filter(parent_id__in=ids)
        .values("parent_id")
        .annotate(
            n=Count("pk"),
            open=Count("pk", filter=Q(state__in=sorted(OPEN_TASK))),
            submitted=Count("pk", filter=Q(state=TaskState.SUBMITTED)),
        )
        .order_by("parent_id")
    }
    disputed = set(
        Participation.objects.filter(summit_id__in=scene_of, representation_pending_at__isnull=False).values_list(
            "summit_id", "party_id"
        )
    )
    none = {"n": 0, "open": 0, "submitted": 0}
    return {
        t.pk: TaskFacts(
            scene=scene_of[t.summit_id],
            ref=ref_of(t),
            state=t.state,
            kind=t.kind,
            is_parent=t.is_parent,
            is_child=t.is_child,
            responsible_id=t.responsible_id,
            responsible_kind=t.responsible.kind,
            authority=t.authority,
            verifier_id=t.verified_by_id,
            verifier_kind=t.verified_by.kind,
            submitted_by_person_id=t.submitted_by_person_id,
            submitted_by_seat_id=t.submitted_by_id,
            taken_up=t.taken_up_at is not None,
            evidence=evidence.get(t.pk, 0),
            depends_on=tuple(waits[t.pk] or (waits[t.parent_id] if t.parent_id else ())),
            children=children.get(t.pk, none)["n"],
            children_open=children.get(t.pk, none)["open"],
            children_submitted=children.get(t.pk, none)["submitted"],
            representation_pending=(t.summit_id, t.responsible_id) in disputed,
            applies_if=t.applies_if,
        )
        for t in tasks
    }


def meeting_facts(meetings: Sequence[Meeting]) -> dict[int, MeetingFacts]:
    """Return the facts of each meeting by its id; `summit` and `convened_by` must be loaded."""
    scene_of = scenes({m.summit for m in meetings})
    counted = {
        m.pk: m
        for m in Meeting.objects.filter(pk__in=[m.pk for m in meetings]).annotate(
            present=Count("attendance", filter=~Q(attendance__level="absent"), distinct=True),
            decided=Count("decisions", distinct=True),
        )
    }
    return {
        m.pk: MeetingFacts(
            scene=scene_of[m.summit_id],
            ref=ref_of(m),
            state=m.state,
            kind=m.kind,
            convened_by_id=m.convened_by_id,
            convened_by_kind=m.convened_by.kind,
            chair_seat_id=m.chair_id,
            starts_at=m.starts_at,
            attending=counted[m.pk].present,
            decisions=counted[m.pk].decided,
        )
        for m in meetings
    }


def summit_facts(summits: Sequence[Summit]) -> dict[int, SummitFacts]:
    """Return the facts of each summit by its id."""
    ids = [s.pk for s in summits]
    scene_of = scenes(summits)
    states = dict(Phase.objects.filter(summit_id__in=ids).values_list("pk", "state"))
    weighing = with_lines(
        Task.objects.filter(summit_id__in=ids, parent__isnull=True).filter(Q(blocks__isnull=False) | Q(code__in=HANDED_ON))
    ).order_by("summit_id", "position", "pk")
    blocking: Mapping[int, list[tuple[str, TaskLine]]] = defaultdict(list)
    handing: Mapping[int, list[TaskLine]] = defaultdict(list)
    for task in weighing:
        if task.blocks_id is not None and task.gate:
            blocking[task.summit_id].append((states[task.blocks_id], line_of(task)))
        if task.code in HANDED_ON:
            handing[task.summit_id].append(line_of(task))
    meetings, decisions, documents = meeting_lines(ids), decision_lines(ids), document_lines(ids)
    return {
        s.pk: SummitFacts(
            scene=scene_of[s.pk],
            ref=ref_of(s),
            host_set=s.host_id is not None,
            opening_on=s.opening_on,
            blocking=tuple(blocking[s.pk]),
            handing_on=tuple(handing[s.pk]),
            meetings=tuple(meetings[s.pk]),
            decisions=tuple(decisions[s.pk]),
            documents=tuple(documents[s.pk]),
            handover_recorded=s.handover_recorded_at is not None,
            successor_known=s.successor_id is not None or s.successor_pending,
        )
        for s in summits
    }


def facts_of(row: Summit | Meeting | Task | Document | Paragraph | Proposal) -> Facts:
    """Return the facts of one row."""
    gather = {
        Summit: summit_facts,
        Meeting: meeting_facts,
        Task: task_facts,
        Document: document_facts,
        Paragraph: paragraph_facts,
        Proposal: proposal_facts,
    }[type(row)]
    facts: Facts = gather([row])[row.pk]  # type: ignore[operator]
    return facts
