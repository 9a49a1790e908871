"""Loads checklist templates, copies one into a summit, and makes a template of a running summit."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from workflows import engine
from workflows.actions.summit import place_meetings
from workflows.actions.task import link, store_tasks
from workflows.errors import InvalidInput, WrongState
from workflows.models import ChecklistTemplate, Ladder, Meeting, Party, Phase, Rung, Task
from workflows.queries.facts import facts_of
from workflows.queries.template import next_version, template_of
from workflows.rules import permissions
from workflows.rules.evaluate import require, require_moving
from workflows.rules.templates import Template, dump, parse
from workflows.states import PartyKind, Scope

if TYPE_CHECKING:
    from datetime import datetime

    from workflows.models import Summit
    from workflows.rules.facts import Actor
    from workflows.rules.templates import TaskPlan, Texts


@transaction.atomic
def load_template(*, text: str, actor: Actor | None, now: datetime) -> ChecklistTemplate:
    """Store one version of a template from its YAML text; raises TemplateInvalid with every problem and its line.

    The same text again answers the stored version; another text under a version that exists is refused.
    """
    if actor is not None:
        require(permissions.keeps_templates, None, actor)
    template = parse(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    stored = ChecklistTemplate.objects.filter(code=template.code, number=template.version).first()
    if stored is not None:
        if stored.digest == digest:
            return stored
        raise InvalidInput({"version": _("This version exists with another text; give the text a new version.")})
    try:
        with transaction.atomic():
            row = ChecklistTemplate.objects.create(
                code=template.code,
                number=template.version,
                source=text,
                digest=digest,
                loaded_at=now,
                loaded_by_id=actor.seat_id if actor else None,
                **texts("title", template.title),
            )
    except IntegrityError as error:
        raise InvalidInput({"version": _("This version exists already.")}) from error
    engine.record(
        row, "load", actor=actor, now=now, noun="template", label=str(row), data={"digest": digest}, audience=engine.NOBODY
    )
    return row


def export_template(summit: Summit, *, actor: Actor | None, now: datetime, version: int | None = None) -> str:
    """Return a running summit's checklist as the YAML of a template, numbered `version` (else one more than the last).

    By a secretariat. Whether another summit could follow it is judged when it is loaded: a meeting moved by hand, say, may
    now lie after the phase that it should open.
    """
    if actor is not None:
        require(permissions.reads_for_secretariats, facts_of(summit), actor)
    if not summit.phases.exists():
        raise WrongState(_("The Summit has no checklist yet."), code="no_checklist")
    template = template_of(summit, version=version or next_version(summit))
    return f"# {summit}, {now:%Y-%m-%d %H:%M} UTC\n\n{dump(template)}"


def texts(field: str, value: Texts | None) -> dict[str, str]:
    """Return the columns of a text in three languages; empty ones where there is none."""
    return {f"{field}_{lang}": getattr(value, lang) if value else "" for lang in ("es", "pt", "en")}


@transaction.atomic
def copy_template(summit: Summit, row: ChecklistTemplate, *, actor: Actor | None, now: datetime) -> Summit:
    """Copy a template into a summit that has no checklist yet: phases, meetings, ladders, tasks, deadlines."""
    summit = engine.lock_summit(summit.pk)
    require_moving(summit.state)
    if actor is not None:
        require(permissions.is_secretary_or_approver, facts_of(summit), actor)
    if summit.phases.exists():
        raise WrongState(_("The Summit has a checklist already."), code="has_checklist")
    if summit.host_id is None:
        raise InvalidInput({"host": _("Name the host first: the checklist is owed by its secretariat.")})
    template = parse(row.source)
    summit.template = row
    summit.version += 1
    summit.save()
    _copy_phases(summit, template)
    _copy_ladders(summit, template)
    _copy_meetings(summit, template)
    _copy_tasks(summit, template, now=now)
    engine.record(summit, "copy_template", actor=actor, now=now, data={"template": str(row)}, audience=engine.NOBODY)
    return summit


def _copy_phases(summit: Summit, template: Template) -> None:
    Phase.objects.bulk_create(
        Phase(
            summit=summit, code=p.code, state=p.state, position=n, opens_offset=p.opens, **texts("title", p.title)
        )
        for n, p in enumerate(template.phases)
    )


def _copy_ladders(summit: Summit, template: Template) -> None:
    for plan in template.ladders:
        ladder = Ladder.objects.create(summit=summit, code=plan.code, version=template.version)
        Rung.objects.bulk_create(
            Rung(ladder=ladder, offset_days=r.offset_days, reach=list(r.reach)) for r in plan.rungs
        )


def _copy_meetings(summit: Summit, template: Template) -> None:
    parties = _secretariats(summit)
    Meeting.objects.bulk_create(
        Meeting(
            summit=summit,
            code=m.code,
            kind=m.kind,
            convened_by=parties[m.convened_by],
            zone=summit.zone,
            opening_offset=m.offset_days,
            **texts("title", m.title),
        )
        for m in template.meetings
    )
    place_meetings(summit)


def _secretariats(summit: Summit) -> dict[str, Party]:
    return {
        "segib": Party.objects.get(kind=PartyKind.SEGIB),
        "spt": summit.secretariats.get(ended_at__isnull=True),
    }


def _copy_tasks(summit: Summit, template: Template, *, now: datetime) -> None:
    parties = _secretariats(summit)
    phases = {p.code: p for p in summit.phases.all()}
    meetings = {m.code: m for m in summit.meetings.all()}
    planned = [
        (_task(summit, plan, n, parties, phases), plan.rule, meetings.get(plan.anchor))
        for n, plan in enumerate(template.tasks, start=1)
    ]
    store_tasks(summit, planned, now=now)
    lines = {task.code: task for task, _rule, _anchor in planned}
    for plan in template.tasks:
        link(lines[plan.code], [lines[code] for code in plan.depends_on])


def _task(summit: Summit, plan: TaskPlan, n: int, parties: dict[str, Party], phases: dict[str, Phase]) -> Task:
    """Return (unsaved) the line of a plan; what is asked of several is kept by the SPT."""
    responsible = parties["spt"] if plan.scope != Scope.SINGLE else parties[plan.responsible]
    return Task(
        summit=summit,
        code=plan.code,
        phase=phases[plan.phase],
        position=n * 10,
        kind=plan.kind,
        scope=plan.scope,
        responsible=responsible,
        verified_by=parties[plan.verified_by],
        authority=plan.authority or "",
        gate=plan.gate or "",
        blocks=phases[plan.blocks] if plan.blocks else None,
        from_template=True,
        done_by_kind=plan.done_by.kind if plan.done_by else "",
        done_by_verb=plan.done_by.verb if plan.done_by else "",
        **texts("title", plan.title),
        **texts("deliverable", plan.deliverable),
        **texts("applies_if", plan.applies_if),
    )
