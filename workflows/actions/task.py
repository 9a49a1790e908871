"""What people do to tasks: submit, close a window, take up, comment, prepare evidence, add, change, ask a party."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from workflows import engine
from workflows.actions.contribution import telling_others
from workflows.actions.deadline import create_deadlines, settle, wake
from workflows.errors import InvalidInput, StaleObject, WrongState
from workflows.models import Comment, Deadline, Dependency, Evidence, Ladder, Participation, Phase, Task
from workflows.queries.facts import facts_of
from workflows.rules import permissions
from workflows.rules.characters import is_storable
from workflows.rules.evaluate import require, require_moving
from workflows.rules.facts import Inputs
from workflows.rules.templates.fields import TASK_CODE
from workflows.states import DYNAMIC_SCOPES, OPEN_TASK, Authority, Gate, PartyKind, Scope, TaskKind, TaskState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from workflows.engine import Outcome
    from workflows.models import Meeting, Party, Summit
    from workflows.rules.deadlines import Rule
    from workflows.rules.facts import Actor

TEXT_LIMIT = 20_000
URL_LIMIT = 500
WEB_ADDRESS = URLValidator(schemes=["http", "https"])


def clean_text(text: str, field: str, *, limit: int = TEXT_LIMIT) -> str:
    """Return the text without outer space; refuse an empty, too long or unstorable one with a sentence."""
    cleaned = clean_note(text, field, limit=limit)
    if not cleaned:
        raise InvalidInput({field: _("Write something.")})
    return cleaned


def clean_note(text: str, field: str, *, limit: int = TEXT_LIMIT) -> str:
    """Return a text that may be empty, without outer space; refuse one that is too long or cannot be stored."""
    stripped = text.strip()
    if len(stripped) > limit:
        raise InvalidInput({field: _("This is longer than %(limit)d characters.") % {"limit": limit}})
    if not is_storable(stripped):
        raise InvalidInput({field: _("The text contains a character that cannot be stored.")})
    return stripped


def clean_url(url: str, field: str) -> str:
    """Return an address of the web (http or https) or nothing; refuse every other with a sentence."""
    stripped = url.strip()
    try:
        if stripped:
            WEB_ADDRESS(stripped)
    except ValidationError as error:
        raise InvalidInput({field: _("Give an address that begins with https:// or http://.")}) from error
    if len(stripped) > URL_LIMIT:
        raise InvalidInput({field: _("This is longer than %(limit)d characters.") % {"limit": URL_LIMIT}})
    return stripped


# Transitions that touch other rows -------------------------------------------------------------------------------


@transaction.atomic
def move_task(
    task: Task, name: str, *, actor: Actor | None, now: datetime, inputs: Inputs, if_version: int | None = None
) -> Outcome:
    """Perform a verb on a task and settle its deadline."""
    with _telling_others(task, now=now):
        outcome = engine.perform(task, name, actor=actor, now=now, inputs=inputs, if_version=if_version)
    settle(outcome.row, now=now)
    return outcome


def _telling_others(task: Task, *, now: datetime) -> AbstractContextManager[None]:
    """Tell the others who were asked when an answer opens to them or no longer is; nothing where one party alone is asked."""
    if not (task.is_parent or task.is_child):
        return nullcontext()
    answers = Task.objects.filter(pk=task.pk) if task.is_child else task.children.all()
    return telling_others(answers, engine.lock_summit(task.summit_id), now=now)


@transaction.atomic
def submit_task(
    task: Task, name: str, *, actor: Actor | None, now: datetime, inputs: Inputs, if_version: int | None = None
) -> Outcome:
    """Hand a task in: what was prepared as evidence, and what is stated now, becomes visible to those who verify.

    When a secretariat records a State's note, the note is the act: what the delegation prepared stays its own.
    """
    with _telling_others(task, now=now):
        outcome = engine.perform(task, name, actor=actor, now=now, inputs=inputs, if_version=if_version)
    locked: Task = outcome.row
    own = actor is not None and actor.party_id == locked.responsible_id
    if actor is not None and inputs.evidence.strip():
        Evidence.objects.create(
            task=locked,
            party_id=locked.responsible_id,
            text=clean_text(inputs.evidence, "evidence"),
            added_by_id=actor.seat_id,
            added_at=now,
            submitted_at=now,
        )
    if own:
        Evidence.objects.filter(task=locked, submitted_at__isnull=True).update(submitted_at=now)
    settle(locked, now=now)
    return outcome


@transaction.atomic
def close_window(
    task: Task, name: str, *, actor: Actor | None, now: datetime, inputs: Inputs, if_version: int | None = None
) -> Outcome:
    """Close what was asked of several: the answers not received close with it, by the system, one event each."""
    outcome = move_task(task, name, actor=actor, now=now, inputs=inputs, if_version=if_version)
    for child in task.children.filter(state__in=sorted(OPEN_TASK)).order_by("position", "pk"):
        settle(engine.perform(child, "close", actor=None, now=now).row, now=now)
    return outcome


NAMED = {"submit": submit_task, "close_window": close_window}
"""Verbs of a task that touch other rows besides its deadline."""


# Intents that are no transitions ---------------------------------------------------------------------------------


@transaction.atomic
def take_up(task: Task, *, actor: Actor, now: datetime, if_version: int | None = None) -> Task:
    """A verifier takes a submitted task up: from now on it is not recalled."""
    locked: Task = engine.lock(task)
    facts = facts_of(locked)
    require_moving(facts.scene.state)
    if locked.state != TaskState.SUBMITTED:
        raise WrongState
    require(permissions.verifies, facts, actor)
    if if_version is not None and locked.version != if_version:
        raise StaleObject
    if locked.taken_up_at is not None:
        return locked
    locked.taken_up_at, locked.taken_up_by_id = now, actor.seat_id
    locked.version += 1
    locked.save()
    engine.record(locked, "take_up", actor=actor, now=now)
    return locked


@transaction.atomic
def add_comment(task: Task, *, text: str, actor: Actor, now: datetime) -> Comment:
    """Say something under a task; its text stays beside the record's chain."""
    locked: Task = engine.lock(task)
    facts = facts_of(locked)
    require_moving(facts.scene.state)
    require(permissions.comments, facts, actor)
    comment = Comment.objects.create(
        task=locked, party_id=actor.party_id, seat_id=actor.seat_id, text=clean_text(text, "text"), said_at=now
    )
    engine.record(locked, "comment", actor=actor, now=now, data={"comment": str(comment.uuid)})
    return comment


@transaction.atomic
def add_evidence(task: Task, *, text: str, url: str = "", actor: Actor, now: datetime) -> Evidence:
    """Prepare a line of evidence: its party's own until the task is submitted; a reviewer may do this."""
    locked: Task = engine.lock(task)
    facts = facts_of(locked)
    require_moving(facts.scene.state)
    require(permissions.drafts, facts, actor)
    if locked.state not in {*OPEN_TASK, TaskState.WINDOW_CLOSED}:
        raise WrongState(_("Evidence is added before the task is submitted."), code="not_open")
    evidence = Evidence.objects.create(
        task=locked,
        party_id=actor.party_id,
        text=clean_text(text, "text"),
        url=clean_url(url, "url"),
        added_by_id=actor.seat_id,
        added_at=now,
    )
    engine.record(locked, "prepare", actor=actor, now=now, data={"evidence": str(evidence.uuid)}, private=True)
    return evidence


# Planning --------------------------------------------------------------------------------------------------------

TEXTS = ("title", "deliverable", "applies_if")
LONGEST = {"title": 200, "deliverable": 300, "applies_if": 200}


def _texts(texts: dict[str, dict[str, str]]) -> dict[str, str]:
    """Return the columns of texts given by field and language; the title is asked for in Spanish and Portuguese."""
    columns = {f"{f}_{lang}": texts.get(f, {}).get(lang, "").strip() for f in TEXTS for lang in ("es", "pt", "en")}
    problems = {
        f"title.{lang}": _("Write the title in this language.") for lang in ("es", "pt") if not columns[f"title_{lang}"]
    }
    for field, limit in LONGEST.items():
        for lang in ("es", "pt", "en"):
            if len(columns[f"{field}_{lang}"]) > limit:
                problems[f"{field}.{lang}"] = _("This is longer than %(limit)d characters.") % {"limit": limit}
    if problems:
        raise InvalidInput(problems)
    columns["title_en"] = columns["title_en"] or columns["title_es"]
    return columns


@transaction.atomic
def add_task(
    summit: Summit,
    *,
    code: str,
    phase: Phase,
    texts: dict[str, dict[str, str]],
    responsible: Party,
    verified_by: Party,
    rule: Rule,
    anchor: Meeting | None = None,
    kind: str = TaskKind.WORK,
    scope: str = Scope.SINGLE,
    authority: str = "",
    gate: str = "",
    blocks: Phase | None = None,
    depends_on: Sequence[Task] = (),
    actor: Actor,
    now: datetime,
) -> Task:
    """Add a line to a running summit's checklist by hand; by an SPT or SEGIB."""
    summit = engine.lock_summit(summit.pk)
    facts = facts_of(summit)
    require_moving(summit.state)
    require(permissions.is_secretariat, facts, actor)
    code = code.strip().upper()
    _check_line(code=code, kind=kind, scope=scope, authority=authority, gate=gate, blocks=blocks)
    if any(row is not None and row.summit_id != summit.pk for row in (phase, blocks, anchor)):
        raise InvalidInput({"": _("A task belongs to phases and meetings of its own Summit.")})
    _check_parties(summit, responsible, verified_by)
    last = summit.tasks.top().aggregate(m=Max("position"))["m"] or 0
    task = Task(
        summit=summit,
        code=code,
        phase=phase,
        position=last + 10,
        kind=kind,
        scope=scope,
        responsible=responsible,
        verified_by=verified_by,
        authority=authority,
        gate=gate,
        blocks=blocks,
        **_texts(texts),
    )
    store_tasks(summit, [(task, rule, anchor)], now=now)
    link(task, depends_on)
    engine.record(task, "add", actor=actor, now=now, data={"depends_on": [t.code for t in depends_on]})
    return task


def _check_line(*, code: str, kind: str, scope: str, authority: str, gate: str, blocks: Phase | None) -> None:
    """Refuse a code that cannot stand in an address, and what is not in a closed list."""
    problems: dict[str, Any] = {}
    if not TASK_CODE.pattern.fullmatch(code) or len(code) > TASK_CODE.length:
        problems["code"] = _("A code is of capital letters, figures and hyphens, such as DOC-03, and of 16 characters at most.")
    lists = {"kind": (kind, TaskKind), "scope": (scope, Scope), "authority": (authority, Authority), "gate": (gate, Gate)}
    for field, (value, choices) in lists.items():
        if value not in choices.values and not (value == "" and field in {"authority", "gate"}):
            problems[field] = _("This is not one of the values offered.")
    if gate and blocks is None:
        problems["blocks"] = _("Say which phase the task blocks.")
    if problems:
        raise InvalidInput(problems)


def _check_parties(summit: Summit, responsible: Party, verified_by: Party) -> None:
    """Refuse parties that have no part in the summit; only its two secretariats verify."""
    problems: dict[str, Any] = {}
    if (
        not _is_secretariat_of(summit, responsible)
        and not summit.participations.filter(party=responsible, until_on__isnull=True).exists()
    ):
        problems["responsible"] = _("This party does not take part in the Summit.")
    if not _is_secretariat_of(summit, verified_by):
        problems["verified_by"] = _("The Pro Tempore Secretariat or SEGIB verifies.")
    if problems:
        raise InvalidInput(problems)


def _is_secretariat_of(summit: Summit, party: Party) -> bool:
    if party.kind == PartyKind.SPT:
        return party.summit_id == summit.pk and party.ended_at is None
    return party.kind == PartyKind.SEGIB


def ladder_for(task: Task) -> str:
    """Return which ladder watches a task: the work's, a contribution's (a State's), or its window's (the SPT's)."""
    if task.is_parent:
        return "window"
    outside = task.responsible.kind in {PartyKind.DELEGATION, PartyKind.BODY}
    return "contribution" if outside else "work"


def store_tasks(summit: Summit, planned: Sequence[tuple[Task, Rule, Meeting | None]], *, now: datetime) -> None:
    """Store new lines with their deadlines and, for what is asked of all, a child per party in protocol order."""
    try:
        Task.objects.bulk_create([task for task, _rule, _anchor in planned])
    except IntegrityError as error:
        raise InvalidInput({"code": _("The checklist already has a task with this code.")}) from error
    rules = {task: (rule, anchor) for task, rule, anchor in planned}
    asked = [child_of(task, place.party, place.position) for task in rules for place in asked_parties(summit, task.scope)]
    Task.objects.bulk_create(asked)
    ladders = {ladder.code: ladder for ladder in Ladder.objects.filter(summit=summit)}
    deadlines = []
    for task in [*rules, *asked]:
        rule, anchor = rules[task.parent if task.parent_id else task]  # type: ignore[index]
        deadlines.append(make_deadline(task, rule, anchor, ladders.get(ladder_for(task))))
    create_deadlines(summit, deadlines, now=now)


def asked_parties(summit: Summit, scope: str) -> Sequence[Participation]:
    """Return the parties of a fixed scope, in protocol order; dynamic scopes start empty."""
    kinds = {Scope.ALL_MEMBERS: PartyKind.DELEGATION, Scope.ALL_BODIES: PartyKind.BODY}
    if scope not in kinds:
        return []
    return list(
        summit.participations.filter(until_on__isnull=True, party__kind=kinds[Scope(scope)])
        .select_related("party")
        .order_by("position")
    )


def child_of(parent: Task, party: Party, position: int) -> Task:
    """Return (unsaved) a party's part of a line."""
    copied = ("summit", "phase", "code", "kind", "verified_by", "authority", "from_template")
    texts = {f"{f}_{lang}": getattr(parent, f"{f}_{lang}") for f in TEXTS for lang in ("es", "pt", "en")}
    return Task(parent=parent, responsible=party, position=position, **{f: getattr(parent, f) for f in copied}, **texts)


def make_deadline(task: Task, rule: Rule, anchor: Meeting | None, ladder: Ladder | None) -> Deadline:
    """Return (unsaved) the deadline of a task by a rule."""
    return Deadline(
        summit=task.summit,
        task=task,
        anchor=anchor,
        offset=rule.offset,
        unit=rule.unit,
        calendar=rule.calendar,
        time_of_day=rule.time_of_day,
        exact_time=rule.exact_time,
        exact_zone=rule.exact_zone or "",
        later=rule.later,
        ladder=ladder,
    )


def link(task: Task, depends_on: Sequence[Task]) -> None:
    """Make a task wait for others of its summit, and refuse a circle with the path it would take."""
    for other in depends_on:
        if other.summit_id != task.summit_id or other.parent_id is not None:
            raise InvalidInput({"depends_on": _("A task waits for lines of its own Summit's checklist only.")})
        if path := _path(other.pk, task.pk):
            raise InvalidInput({"depends_on": _("These tasks would wait for each other: %(path)s.") % {"path": path}})
    Dependency.objects.bulk_create([Dependency(task=task, depends_on=other) for other in depends_on], ignore_conflicts=True)


def _path(start: int, goal: int) -> str:
    """Return the codes from `start` to `goal` along dependencies, or nothing."""
    after: dict[int, list[int]] = {}
    for task_id, other_id in Dependency.objects.filter(task__summit__tasks=goal).values_list("task_id", "depends_on_id"):
        after.setdefault(task_id, []).append(other_id)
    trails = [[start]]
    seen = {start}
    while trails:
        trail = trails.pop()
        if trail[-1] == goal:
            codes = dict(Task.objects.filter(pk__in=trail).values_list("pk", "code"))
            return " → ".join(codes[pk] for pk in trail)
        for step in after.get(trail[-1], []):
            if step not in seen:
                seen.add(step)
                trails.append([*trail, step])
    return ""


@transaction.atomic
def change_task(
    task: Task,
    *,
    actor: Actor,
    now: datetime,
    texts: dict[str, dict[str, str]] | None = None,
    responsible: Party | None = None,
    verified_by: Party | None = None,
    gate: str | None = None,
    blocks: Phase | None = None,
    depends_on: Sequence[Task] | None = None,
    if_version: int | None = None,
) -> Task:
    """Change a line of the checklist by hand: its texts, who owes or verifies it, its weight, what it waits for."""
    locked: Task = engine.lock(task)
    facts = facts_of(locked)
    require_moving(facts.scene.state)
    require(permissions.is_secretariat, facts, actor)
    if if_version is not None and locked.version != if_version:
        raise StaleObject
    if locked.state not in OPEN_TASK:
        raise WrongState(_("A task is changed before it is submitted."), code="not_open")
    _check_parties(locked.summit, responsible or locked.responsible, verified_by or locked.verified_by)
    if verified_by is not None and verified_by != locked.verified_by:
        require(permissions.is_verifying, facts, actor)  # the eyes of the other party are given away by that party alone
    if gate is not None and locked.gate == Gate.HARD and gate != Gate.HARD:
        require(permissions.is_secretary_or_approver, facts, actor)
    if gate is not None and gate not in {"", *Gate.values}:
        raise InvalidInput({"gate": _("This is not one of the values offered.")})
    before = _planned(locked)
    if texts is not None:
        for column, value in _texts(texts).items():
            setattr(locked, column, value)
    if responsible is not None and not (locked.is_parent or locked.is_child):
        locked.responsible = responsible
    locked.verified_by = verified_by or locked.verified_by
    if gate is not None:
        locked.gate, locked.blocks = (Gate(gate).value, blocks or locked.blocks) if gate else ("", None)
    if blocks is not None and blocks.summit_id != locked.summit_id:
        raise InvalidInput({"blocks": _("A task belongs to phases and meetings of its own Summit.")})
    if locked.gate and locked.blocks is None:
        raise InvalidInput({"blocks": _("Say which phase the task blocks.")})
    locked.version += 1
    locked.save()
    if depends_on is not None:
        locked.dependencies.all().delete()
        link(locked, depends_on)
    deadline = Deadline.objects.select_related("summit", "anchor", "task__responsible").filter(task=locked).first()
    if deadline is not None:
        wake(locked.summit, [deadline], now=now)
    engine.record(locked, "change", actor=actor, now=now, data={"from": before, "to": _planned(locked)})
    return locked


def _planned(task: Task) -> dict[str, Any]:
    columns = [f"{f}_{lang}" for f in TEXTS for lang in ("es", "pt", "en")]
    return {c: getattr(task, c) for c in columns} | {
        "responsible": task.responsible.code,
        "verified_by": task.verified_by.code,
        "gate": task.gate,
        "depends_on": sorted(task.dependencies.values_list("depends_on__code", flat=True)),
    }


@transaction.atomic
def ask_party(task: Task, *, party: Party, actor: Actor, now: datetime, if_version: int | None = None) -> Task:
    """Ask one more party for what a line with a dynamic scope asks (a proposing, organising or adhering country)."""
    parent: Task = engine.lock(task)
    facts = facts_of(parent)
    require_moving(facts.scene.state)
    require(permissions.is_secretariat, facts, actor)
    if if_version is not None and parent.version != if_version:
        raise StaleObject
    if parent.scope not in DYNAMIC_SCOPES:
        raise WrongState(_("This task is not asked of parties one by one."), code="not_for_this_kind")
    if parent.state not in OPEN_TASK:
        raise WrongState
    place = parent.summit.participations.filter(party=party, until_on__isnull=True).first()
    if place is None:
        raise InvalidInput({"party": _("This party does not take part in the Summit.")})
    if parent.children.filter(responsible=party).exists():
        raise InvalidInput({"party": _("This party has been asked already.")})
    child = child_of(parent, party, place.position)
    child.save()
    pattern = parent.deadline
    rule_fields = ("anchor", "offset", "unit", "calendar", "time_of_day", "exact_time", "exact_zone", "later")
    ladder = Ladder.objects.filter(summit=parent.summit, code="contribution").first()
    deadline = Deadline(task=child, ladder=ladder, **{f: getattr(pattern, f) for f in rule_fields})
    create_deadlines(parent.summit, [deadline], now=now)
    event = engine.record(child, "ask", actor=actor, now=now)
    engine.notify("task_asked", child, actor=actor, now=now, cause=event.uuid)
    return child
