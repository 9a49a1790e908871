"""What waits for a seat, and what comes next: the reads of the home page, across the summits that the seat works on."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, F, Q

from workflows.models import Deadline, Event, Signature, Summit, Task
from workflows.queries.event import Told, tell
from workflows.queries.facts import summit_facts, task_facts
from workflows.rules.evaluate import Option, option, signs_for
from workflows.rules.facts import Inputs
from workflows.rules.verbs import verbs_of
from workflows.states import OPEN_TASK, PartyKind, Scope, SeatRole, TaskState

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from workflows.rules.facts import Actor, TaskFacts

LOADED = ("summit", "responsible", "verified_by", "phase", "deadline", "parent")
LOOKED_AT = 40
"""How many tasks are weighed: the most pressing ones; more than ten are never shown."""


@dataclass(frozen=True)
class Owed:
    """A task that the seat's party owes; `options` are what this seat may do to it now."""

    task: Task
    facts: TaskFacts
    options: tuple[Option, ...]


@dataclass(frozen=True)
class ToVerify:
    """What was submitted and waits for this seat's party; of a line asked of several, how many answers wait."""

    task: Task
    answers: int = 0


@dataclass(frozen=True)
class ToClose:
    """A window whose time is over, or to which all have answered."""

    task: Task
    received: int
    asked: int


@dataclass(frozen=True)
class Waiting:
    """Everything that waits for a seat, each list with the most pressing first; `owed_in_all` counts beyond the list."""

    owed: tuple[Owed, ...] = ()
    to_verify: tuple[ToVerify, ...] = ()
    to_close: tuple[ToClose, ...] = ()
    to_sign: tuple[Signature, ...] = ()
    owed_in_all: int = 0


def what_waits(actor: Actor, summits: Sequence[Summit], now: datetime) -> Waiting:
    """Return what waits for the actor's seat in the summits in preparation; an auditor and an observer owe nothing."""
    if actor.role in {SeatRole.AUDITOR, SeatRole.OBSERVER} or not summits:
        return Waiting()
    visible = Task.objects.visible_to(actor).filter(summit__in=summits)
    mine = visible.open().filter(responsible_id=actor.party_id, scope=Scope.SINGLE)
    return Waiting(
        owed=_owed(mine, actor),
        to_verify=_to_verify(visible, actor),
        to_close=_to_close(visible, actor, now),
        to_sign=_to_sign(actor, summits),
        owed_in_all=mine.count(),
    )


def _owed(mine, actor: Actor) -> tuple[Owed, ...]:  # type: ignore[no-untyped-def]
    rows = list(mine.select_related(*LOADED).order_by(F("deadline__due_at").asc(nulls_last=True), "pk")[:LOOKED_AT])
    facts = task_facts(rows)
    verbs = [verb for verb, _method in verbs_of(Task).values()]
    found = []
    for task in rows:
        offered = (option(verb, facts[task.pk], task.state, actor, Inputs()) for verb in verbs)
        options = tuple(each for each in offered if each is not None and "on_behalf" not in each.needs)
        if options or actor.role in {SeatRole.REVIEWER, SeatRole.MAILBOX}:
            found.append(Owed(task=task, facts=facts[task.pk], options=options))
    return tuple(found)


def _to_verify(visible, actor: Actor) -> tuple[ToVerify, ...]:  # type: ignore[no-untyped-def]
    if actor.party_kind not in {PartyKind.SEGIB, PartyKind.SPT}:
        return ()
    submitted = (
        visible.filter(state=TaskState.SUBMITTED, verified_by_id=actor.party_id)
        .exclude(submitted_by_person_id=actor.person_id)
        .select_related(*LOADED)
        .order_by(F("deadline__due_at").asc(nulls_last=True), "pk")
    )
    found: list[ToVerify] = []
    answers: Mapping[int, list[Task]] = defaultdict(list)
    for task in submitted:
        if task.parent_id is None:
            found.append(ToVerify(task))
        else:
            answers[task.parent_id].append(task)
    parents = Task.objects.filter(pk__in=answers).select_related(*LOADED).order_by("pk") if answers else ()
    found += [ToVerify(parent, answers=len(answers[parent.pk])) for parent in parents]
    return tuple(found)


def _to_close(visible, actor: Actor, now: datetime) -> tuple[ToClose, ...]:  # type: ignore[no-untyped-def]
    if actor.party_kind not in {PartyKind.SEGIB, PartyKind.SPT}:
        return ()
    still = Q(children__state__in=sorted(OPEN_TASK))
    received = Q(children__state__in=[TaskState.VERIFIED, TaskState.NO_COMMENTS])
    windows = (
        visible.top()
        .open()
        .filter(responsible_id=actor.party_id)
        .exclude(scope=Scope.SINGLE)
        .annotate(
            asked=Count("children", distinct=True),
            still=Count("children", filter=still, distinct=True),
            received=Count("children", filter=received, distinct=True),
        )
        .filter(Q(deadline__due_at__lt=now) | Q(still=0), asked__gt=0)
        .select_related(*LOADED)
        .order_by(F("deadline__due_at").asc(nulls_last=True), "pk")
    )
    return tuple(ToClose(task=t, received=t.received, asked=t.asked) for t in windows[:LOOKED_AT])


def _to_sign(actor: Actor, summits: Sequence[Summit]) -> tuple[Signature, ...]:
    waiting = list(
        Signature.objects.visible_to(actor)
        .waiting()
        .filter(summit__in=summits, document__isnull=True)
        .select_related("summit", "seat__party")
        .order_by("signed_at", "pk")
    )
    if not waiting:
        return ()
    facts = summit_facts([s.summit for s in waiting])
    verbs = verbs_of(Summit)

    def is_mine(signature: Signature) -> bool:
        office = signs_for(facts[signature.summit_id], actor, verbs[signature.verb][0].countersigned)
        return office is not None and office != signature.office

    return tuple(s for s in waiting if is_mine(s))


# What comes, what changed ----------------------------------------------------------------------------------------


def list_next_deadlines(
    actor: Actor, summits: Sequence[Summit], now: datetime, limit: int = 6, leaving_out: Collection[int] = ()
) -> list[Deadline]:
    """Return the next deadlines: what the party owes, the windows of texts and, for a secretariat, those asked of several."""
    concerns = Q(task__responsible_id=actor.party_id) | Q(document__isnull=False)
    if actor.party_kind in {PartyKind.SEGIB, PartyKind.SPT}:
        concerns |= Q(task__isnull=False, task__parent__isnull=True) & ~Q(task__scope=Scope.SINGLE)
    return list(
        Deadline.objects.visible_to(actor)
        .open()
        .filter(concerns, summit__in=summits, due_at__gte=now)
        .exclude(task_id__in=leaving_out)
        .select_related("summit", "task__summit", "task__responsible", "document__summit")
        .order_by("due_at", "pk")[:limit]
    )


def list_changes_since(actor: Actor, since: datetime | None, limit: int = 8) -> list[Told]:
    """Return what others did since an instant, the latest first; without one, the latest events."""
    events = Event.objects.visible_to(actor).exclude(actor_person_id=actor.person_id)
    if since is not None:
        events = events.filter(at__gt=since)
    return tell(events.order_by("-at", "-pk")[:limit])
