"""Reads shaped for the API's resources: rows with what their shapes show, batched, as many queries for a list as for one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, IntegerField, OuterRef, Prefetch, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from workflows.errors import Reason
from workflows.models import (
    AgendaItem,
    Attendance,
    Comment,
    Deadline,
    Decision,
    Dependency,
    Document,
    Evidence,
    Meeting,
    Membership,
    Paragraph,
    Participation,
    Party,
    Phase,
    Proposal,
    ProtocolList,
    ProtocolPlace,
    Seat,
    Signature,
    Summit,
    Task,
)
from workflows.queries.facts import meeting_facts, summit_facts, task_facts
from workflows.rules.evaluate import option, signs_for
from workflows.rules.facts import Inputs
from workflows.rules.verbs import verbs_of
from workflows.states import OPEN_TASK, PartyKind, TaskState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from workflows.rules.evaluate import Option
    from workflows.rules.facts import Actor, Facts

KINDS = (PartyKind.SEGIB, PartyKind.SPT, PartyKind.DELEGATION, PartyKind.BODY, PartyKind.OBSERVER)
"""The order in which lists name the parties; delegations among themselves stand in the order of protocol."""


# Parties ---------------------------------------------------------------------------------------------------------


def in_protocol_order(parties: Any) -> Any:
    """Annotate parties with `rank` (of their kind) and `place` (in the newest order of protocol; others after)."""
    places = ProtocolPlace.objects.filter(party=OuterRef("pk")).order_by("-protocol_list__valid_from", "-protocol_list_id")
    rank = Case(*(When(kind=kind, then=Value(n)) for n, kind in enumerate(KINDS)), output_field=IntegerField())
    return parties.annotate(rank=rank, place=Coalesce(Subquery(places.values("position")[:1]), Value(999)))


def party_rows(actor: Actor | None):  # type: ignore[no-untyped-def]
    """Return the parties that the actor may see, with their order."""
    return in_protocol_order(Party.objects.visible_to(actor)).select_related("summit", "host_delegation")


def newest_protocol() -> ProtocolList:
    """Return the order of protocol that a new summit follows."""
    return ProtocolList.objects.order_by("-valid_from", "-pk")[0]


def seat_rows(actor: Actor | None):  # type: ignore[no-untyped-def]
    """Return the seats that the actor may see, with their party."""
    return Seat.objects.visible_to(actor).select_related("party")


def holders_of(seats: Sequence[Seat], *, now: datetime) -> dict[int, Membership]:
    """Return the membership in force of each seat by its id (one query)."""
    held = Membership.objects.current(now).filter(seat__in=[s.pk for s in seats]).select_related("person")
    return {membership.seat_id: membership for membership in held}


def membership_rows(actor: Actor | None):  # type: ignore[no-untyped-def]
    """Return the terms that the actor may see, with person and seat."""
    return Membership.objects.visible_to(actor).select_related("seat__party", "person")


# Summits ---------------------------------------------------------------------------------------------------------


def summit_rows(actor: Actor | None):  # type: ignore[no-untyped-def]
    """Return the summits that the actor may see, with host, successor, template, phases and present secretariat."""
    return (
        Summit.objects.visible_to(actor)
        .select_related("host", "successor", "template")
        .prefetch_related(
            Prefetch("phases", Phase.objects.order_by("position")),
            Prefetch("secretariats", Party.objects.filter(ended_at__isnull=True), to_attr="present_secretariats"),
        )
    )


def signature_rows(actor: Actor | None):  # type: ignore[no-untyped-def]
    """Return the signatures that the actor may see, with summit and seats."""
    return Signature.objects.visible_to(actor).select_related("summit", "document", "seat__party", "declined_by__party")


def waiting_signatures(summits: Sequence[Summit], *, actor: Actor) -> dict[int, list[Signature]]:
    """Return the signatures that wait, by summit, as far as the actor may see them (one query)."""
    found: dict[int, list[Signature]] = defaultdict(list)
    waiting = signature_rows(actor).waiting().filter(summit__in=[s.pk for s in summits], document__isnull=True)
    for signature in waiting.order_by("pk"):
        found[signature.summit_id].append(signature)
    return found


def summit_options(
    summits: Sequence[Summit], *, actor: Actor, waiting: Mapping[int, Sequence[Signature]]
) -> dict[int, list[Option]]:
    """Return what the actor may do to each summit; what its office has signed already waits for the other office."""
    facts = summit_facts([s for s in summits if not s.is_record])
    found: dict[int, list[Option]] = {}
    for summit in summits:
        if summit.pk not in facts:
            found[summit.pk] = []
            continue
        signed = {s.verb: s.office for s in waiting.get(summit.pk, ())}
        options = options_of(summit, facts[summit.pk], actor)
        found[summit.pk] = [after_signing(o, Summit, signed, facts[summit.pk], actor) for o in options]
    return found


def after_signing(found: Option, machine: type, signed: Mapping[str, str], facts: Any, actor: Actor) -> Option:
    """Return an action as it stands once an office has signed under it (`signed`: office by verb): it waits for the other."""
    office = signed.get(found.name)
    verb = verbs_of(machine)[found.name][0]
    if office is None or signs_for(facts, actor, verb.countersigned) != office:
        return found
    waits = Reason("waits_for_countersignature", _("Your office has signed; this waits for the other secretariat."), facts.ref)
    return replace(found, allowed=False, reasons=(waits, *found.reasons))


def options_of(row: Summit | Meeting | Task | Document | Paragraph | Proposal, facts: Facts, actor: Actor) -> list[Option]:
    """Return what the actor may do to a row, now or once more is ready, in the order of the machine's verbs."""
    found = (option(verb, facts, row.state, actor, Inputs()) for verb, _method in verbs_of(type(row)).values())
    return [o for o in found if o is not None]


# Meetings --------------------------------------------------------------------------------------------------------


def meeting_rows(actor: Actor | None):  # type: ignore[no-untyped-def]
    """Return the meetings that the actor may see, with agenda, attendance in protocol order, and decisions."""
    return (
        Meeting.objects.visible_to(actor)
        .select_related("summit", "convened_by", "chair__party")
        .prefetch_related(
            Prefetch("agenda", AgendaItem.objects.order_by("position")),
            Prefetch("attendance", in_order_of_summit(Attendance.objects.select_related("party"))),
            Prefetch("decisions", Decision.objects.select_related("recorded_by__party").order_by("number")),
        )
    )


def in_order_of_summit(attendance: Any) -> Any:
    """Return attendance in the order of protocol of the meeting's summit."""
    place = Participation.objects.filter(party=OuterRef("party"), summit=OuterRef("meeting__summit")).values("position")[:1]
    return attendance.annotate(place=Coalesce(Subquery(place), Value(999))).order_by("place", "pk")


def meeting_options(meetings: Sequence[Meeting], *, actor: Actor) -> dict[int, list[Option]]:
    """Return what the actor may do to each meeting."""
    facts = meeting_facts(meetings)
    return {m.pk: options_of(m, facts[m.pk], actor) for m in meetings}


# Tasks -----------------------------------------------------------------------------------------------------------

TEXTS = ("title_es", "title_pt", "title_en", "deliverable_es", "deliverable_pt", "deliverable_en", "code")


def task_rows(actor: Actor | None):  # type: ignore[no-untyped-def]
    """Return the tasks that the actor may see, in the columns that put the parts of a line under it."""
    return (
        Task.objects.visible_to(actor)
        .select_related(
            "summit",
            "phase",
            "blocks",
            "responsible",
            "verified_by",
            "parent",
            "deadline",
            "submitted_by__party",
            "taken_up_by__party",
            "settled_by__party",
        )
        .annotate(line_position=Coalesce("parent__position", "position"), line_id=Coalesce("parent_id", "id"))
        .annotate(part=Case(When(parent__isnull=True, then=Value(0)), default=Value(1), output_field=IntegerField()))
    )


def search_tasks(tasks, text: str):  # type: ignore[no-untyped-def]
    """Return the tasks whose code, title or deliverable holds the text in any language, accents or not."""
    found = Q()
    for column in TEXTS:
        found |= Q((f"{column}__unaccent__icontains", text))
    return tasks.filter(found)


def due_between(tasks, *, before: date | None = None, after: date | None = None):  # type: ignore[no-untyped-def]
    """Return the tasks whose deadline is written by a local day before, or after, the ones given."""
    if before is not None:
        tasks = tasks.filter(deadline__due_on__lt=before)
    return tasks if after is None else tasks.filter(deadline__due_on__gt=after)


def is_overdue(*, now: datetime) -> Q:
    """Return the condition for work still owed after its deadline."""
    return Q(deadline__due_at__lt=now, state__in=sorted(OPEN_TASK))


def task_options(tasks: Sequence[Task], *, actor: Actor) -> dict[int, list[Option]]:
    """Return what the actor may do to each task."""
    facts = task_facts(tasks)
    return {t.pk: options_of(t, facts[t.pk], actor) for t in tasks}


def count_answers(tasks: Sequence[Task]) -> dict[int, tuple[int, int]]:
    """Return how many were asked and how many answered, of each line that is asked of several (one query)."""
    received = Q(state__in=[TaskState.VERIFIED, TaskState.NO_COMMENTS])
    counted = (
        Task.objects.filter(parent__in=[t.pk for t in tasks])
        .values_list("parent_id")
        .annotate(asked=Count("pk"), received=Count("pk", filter=received))
        .order_by("parent_id")
    )
    return {parent: (asked, answered) for parent, asked, answered in counted}


def awaited_lines(tasks: Sequence[Task], *, actor: Actor) -> dict[int, list[Task]]:
    """Return what each task waits for, of the lines that the actor may see; a part waits for what its line does."""
    ids = {t.pk for t in tasks} | {t.parent_id for t in tasks if t.parent_id}
    links = Dependency.objects.filter(task_id__in=ids, depends_on__in=Task.objects.visible_to(actor)).select_related(
        "depends_on"
    )
    waits: dict[int, list[Task]] = defaultdict(list)
    for link in links.order_by("depends_on__position", "pk"):
        waits[link.task_id].append(link.depends_on)
    return {t.pk: [*waits[t.pk], *(waits[t.parent_id] if t.parent_id else ())] for t in tasks}


def children_of(tasks: Sequence[Task], *, actor: Actor) -> dict[int, list[Task]]:
    """Return the parts of each line that the actor may see, in protocol order."""
    found: dict[int, list[Task]] = defaultdict(list)
    for child in task_rows(actor).filter(parent__in=[t.pk for t in tasks]).order_by("position", "pk"):
        found[child.parent_id].append(child)
    return found


def evidence_rows(actor: Actor | None):  # type: ignore[no-untyped-def]
    """Return the evidence that the actor may see, with its task, party and seat."""
    return Evidence.objects.visible_to(actor).select_related("task", "party", "added_by__party")


def comment_rows(actor: Actor | None):  # type: ignore[no-untyped-def]
    """Return the comments that the actor may see, with their task, party and seat."""
    return Comment.objects.visible_to(actor).select_related("task", "party", "seat__party")


def by_task(rows, tasks: Sequence[Task]):  # type: ignore[no-untyped-def]
    """Return evidence or comments by the id of their task, oldest first (one query)."""
    found = defaultdict(list)
    for row in rows.filter(task__in=[t.pk for t in tasks]).order_by("pk"):
        found[row.task_id].append(row)
    return found


# Deadlines -------------------------------------------------------------------------------------------------------


def deadline_rows(actor: Actor | None):  # type: ignore[no-untyped-def]
    """Return the deadlines that the actor may see, with their task, anchor, ladder and who pinned them."""
    return Deadline.objects.visible_to(actor).select_related(
        "summit", "task__responsible", "task__parent", "document", "anchor", "ladder", "pinned_by__party"
    )


def deadlines_of(tasks: Sequence[Task], *, actor: Actor) -> dict[int, Deadline]:
    """Return the deadline of each task by the task's id (one query)."""
    return {d.task_id: d for d in deadline_rows(actor).filter(task__in=[t.pk for t in tasks])}
