"""A task's page: what is asked, until when and why then, what can be done, and everything around it."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from workflows.actions.task import take_up
from workflows.models import Evidence, Task
from workflows.queries.names import name_seat
from workflows.queries.task import read_task
from workflows.rules.verbs import verbs_of
from workflows.states import OPEN_TASK, SETTLED, Gate, PartyKind, Scope
from workflows.web.actor import needs_seat
from workflows.web.checklist_rows import asked_in_words, is_answer, parties, received_state, short_office
from workflows.web.deadline import change_in_words, hour_in_words, listed, moved_in_words, rule_in_words
from workflows.web.links import url_for, url_of, url_to_do
from workflows.web.loading import load_task, next_of
from workflows.web.planning import PLANS
from workflows.web.talk import TALK, comment_form, evidence_form
from workflows.web.task_parts import (
    PAPER,
    actions_of,
    has_form,
    label_of,
    paper_label,
    submit_form,
    texts_of,
    withheld_of,
)
from workflows.web.transition import Step, run

if TYPE_CHECKING:
    from workflows.queries.record import RecordLine
    from workflows.queries.task import TaskSheet
    from workflows.rules.facts import Actor, TaskLine
    from workflows.web.actor import PageRequest


@needs_seat
@require_safe
def task(request: PageRequest, slug: str, code: str, party: str = "") -> HttpResponse:
    """Show a line of the checklist, or one party's part of it."""
    row = load_task(request, slug, code, party)
    sheet = read_task(row, actor=request.actor, now=request.now)
    return render(request, "task/task.html", _context(request, sheet))


@needs_seat
@require_http_methods(["GET", "HEAD", "POST"])
def task_action(request: PageRequest, slug: str, code: str, verb: str, party: str = "") -> HttpResponse:
    """Do one thing to a task, or show the page on which it is done."""
    row = load_task(request, slug, code, party)
    if verb in INTENTS:
        return INTENTS[verb](request, row)
    return run(step_of(request, row, verb))


def step_of(request: PageRequest, row: Task, verb: str) -> Step:
    """Return a verb on a task, as its page shows it."""
    found = verbs_of(Task).get(verb)
    named = label_of(row, verb, str(found[0].label)) if found else ""
    on_paper = _is_on_paper(row, request.actor)
    label = paper_label(verb) if on_paper and verb in PAPER else named
    unprepared = verb == "submit" and not on_paper and not row.evidence.exists()
    return Step(
        request=request,
        row=row,
        name=verb,
        back=next_of(request, url_for(row)),
        label=label,
        stated={"evidence"} if unprepared else (),
        consequences=_consequences(request, row, verb),
        crumbs=[*crumbs(row, last=False), {"label": label}],
        context={"subject": f"{row.code}. {row.title}" + (f" · {row.responsible.name}" if row.is_child else "")},
    )


def _is_on_paper(row: Task, actor: Actor | None) -> bool:
    return actor is not None and actor.party_id != row.responsible_id


def _consequences(request: PageRequest, row: Task, verb: str) -> list[str]:
    if verb == "submit" and not _is_on_paper(row, request.actor):
        drafts = Evidence.objects.visible_to(request.actor).filter(task=row, submitted_at__isnull=True).order_by("pk")
        return [_("It is sent with what your party has prepared: “%(text)s”") % {"text": line.text[:200]} for line in drafts]
    if verb == "close_window":
        number = row.children.filter(state__in=sorted(OPEN_TASK)).count()
        if number:
            sentence = ngettext(
                "%(count)d answer that is not yet received closes with the window; it can still arrive, and is marked by when.",
                "%(count)d answers that are not yet received close with the window; they can still arrive, marked by when.",
                number,
            )
            return [sentence % {"count": number}]
    if verb == "declare_no_comments":
        return [_("It counts as the answer: nothing more is asked, and no more reminders are sent.")]
    return []


def _take_up(request: PageRequest, row: Task) -> HttpResponse:
    if request.method != "POST":
        return redirect(url_for(row))
    take_up(row, actor=request.actor, now=request.now)
    messages.success(request, _("You have taken it up for verification; it can no longer be recalled."))
    return redirect(url_for(row))


INTENTS = {"take_up": _take_up, **TALK, **PLANS}
"""What is done to a task besides its transitions, by the last part of the address."""


# The page --------------------------------------------------------------------------------------------------------


def crumbs(row: Task, *, last: bool = True) -> list[dict[str, str]]:
    """Return where a task's page stands; with `last`, it ends the trail."""
    trail = [
        {"label": pgettext("section", "Summit"), "url": url_for(row.summit)},
        {"label": _("Checklist"), "url": reverse("checklist", args=[row.summit.slug])},
    ]
    if row.is_child:
        trail.append({"label": row.code, "url": reverse("task", args=[row.summit.slug, row.code])})
    end = {"label": row.responsible.name if row.is_child else row.code}
    return [*trail, end if last else {**end, "url": url_for(row)}]


def _context(request: PageRequest, sheet: TaskSheet) -> dict[str, Any]:
    row, actor = sheet.task, request.actor
    assert actor is not None
    actions = actions_of(sheet)
    return {
        "sheet": sheet,
        "task": row,
        "crumbs": crumbs(row),
        "title": row.title,
        "code": row.code,
        "party": row.responsible.name if row.is_child else "",
        "state": _state(sheet),
        "standing": _standing(sheet),
        "deadline": sheet.deadline,
        "settled": row.state in SETTLED,
        "deadline_sentences": _deadline_sentences(sheet),
        "changes": _changes(sheet),
        "submit": submit_form(request, sheet),
        "actions": [a for a in actions if a["name"] != "submit" or not has_form(sheet)],
        "withheld": withheld_of(sheet, actor),
        "facts": _facts(sheet),
        "why": _why(sheet),
        "waits_for": [_line(line, sheet) for line in sheet.waits_for],
        "awaited_by": [_line(line, sheet) for line in sheet.awaited_by],
        "parties": parties(sheet.parts, row, row.summit.zone),
        "parts_title": _("Party by party") if row.scope == Scope.ALL_BODIES else _("Delegation by delegation"),
        "received": _received(sheet, actor),
        "note_url": _note_url(sheet),
        "own_url": url_for(sheet.own_part) if sheet.own_part else "",
        "evidence_form": evidence_form() if sheet.may.prepare else None,
        "evidence_url": url_to_do(row, "evidence"),
        "comment_form": comment_form() if sheet.may.comment else None,
        "comment_url": url_to_do(row, "comment"),
        "history": [_event(line) for line in sheet.events],
        "record_url": f"{reverse('record', args=[row.summit.slug])}?{urlencode({'label': _label_of(row)})}",
        "reminders_gone": [line for line in sheet.reminders if line.outcome],
        "reminders_ahead": _ahead(sheet),
        "plan": _plan(sheet),
        "texts": texts_of(sheet),
    }


def _label_of(row: Task) -> str:
    """Return how the record names a task."""
    return f"{row.code}/{row.responsible.code}" if row.is_child else row.code


def _state(sheet: TaskSheet) -> dict[str, str]:
    row = sheet.task
    if row.is_parent and sheet.may.plan and row.state in OPEN_TASK:
        return received_state(sheet.received, len(sheet.parts))
    noun = "contribution" if is_answer(row) else "task"
    value = "clarification" if sheet.returned_at and noun == "contribution" else row.state
    return {"noun": noun, "value": value, "word": ""}


def _standing(sheet: TaskSheet) -> str:
    """Return the mark beside the state: late and blocked of the reader's own party alone, and never of a State."""
    if sheet.standing in {"late", "blocked"} and (sheet.is_state or not sheet.is_own):
        return ""
    return "" if sheet.is_state and sheet.standing == "at_risk" else sheet.standing


def _deadline_sentences(sheet: TaskSheet) -> list[str]:
    if sheet.deadline is None:
        return []
    sentences = [rule_in_words(sheet.deadline), hour_in_words(sheet.deadline), moved_in_words(sheet.deadline, sheet.moved_by)]
    if sheet.deadline.is_pinned:
        sentences.append(_("Reason given: %(reason)s") % {"reason": sheet.deadline.pinned_reason})
    return [sentence for sentence in sentences if sentence]


def _changes(sheet: TaskSheet) -> list[dict[str, Any]]:
    zone = sheet.deadline.zone if sheet.deadline else "UTC"
    return [
        {
            "at": change.changed_at,
            "sentence": change_in_words(change, zone),
            "office": short_office(change.changed_by.party) if change.changed_by else "",
            "reason": change.reason,
        }
        for change in sheet.changes
    ]


def _facts(sheet: TaskSheet) -> list[dict[str, str]]:
    row = sheet.task
    rows = [
        {"label": _("Responsible"), "value": _responsible(sheet)},
        {"label": _("Verifies"), "value": row.verified_by.name},
        {"label": _("Phase"), "value": row.phase.title},
    ]
    if row.authority:
        rows.append({"label": _("Decided by"), "value": str(row.get_authority_display())})
    if row.submitted_at and row.channel and row.received_at:
        rows.append({"label": _("How it came"), "value": str(row.get_channel_display())})
    if row.note_number:
        rows.append({"label": _("Number of the note"), "value": row.note_number})
    return rows


def _responsible(sheet: TaskSheet) -> str:
    row = sheet.task
    if not row.is_parent:
        return row.responsible.name
    if not sheet.may.plan:
        return str(Scope(row.scope).label)
    return _("%(asked)s; the window is kept by %(office)s") % {
        "asked": asked_in_words(row, len(sheet.parts)),
        "office": short_office(row.responsible),
    }


def _why(sheet: TaskSheet) -> list[str]:
    row = sheet.task.parent or sheet.task
    sentences = []
    if row.blocks and row.gate == Gate.HARD:
        sentences.append(_("Without it the phase “%(phase)s” does not open.") % {"phase": row.blocks.title})
    elif row.blocks and row.gate:
        warns = _("At the opening of the phase “%(phase)s” it warns while it is not done.")
        sentences.append(warns % {"phase": row.blocks.title})
    if row.applies_if:
        sentences.append(_("It applies if: %(condition)s.") % {"condition": row.applies_if.rstrip(".")})
    return sentences


def _line(line: TaskLine, sheet: TaskSheet) -> dict[str, Any]:
    if line.asked and sheet.may.plan and line.state in OPEN_TASK:
        state = received_state(line.received, line.asked)
    else:
        state = {"noun": "task", "value": line.state, "word": ""}
    return {
        "code": line.code,
        "title": line.title,
        "url": url_of(line.ref),
        "office": line.office if not line.asked or sheet.may.plan else "",
        "due_at": line.due_at,
        "state": state,
        "settled": line.state in SETTLED,
    }


def _received(sheet: TaskSheet, actor: Actor) -> str:
    if actor.party_kind not in {PartyKind.SEGIB, PartyKind.SPT} or not sheet.parts:
        return ""
    return received_state(sheet.received, len(sheet.parts))["word"]


def _note_url(sheet: TaskSheet) -> str:
    return url_to_do(sheet.task, "note") if any("submit" in part.options for part in sheet.parts) and sheet.may.plan else ""


def _event(line: RecordLine) -> dict[str, Any]:
    return {"at": line.event.at, "sentence": line.sentence, "note": line.reason}


def _ahead(sheet: TaskSheet) -> list[dict[str, Any]]:
    """Return the reminders still to leave by their hour, with the offices that each reaches."""
    ahead = [line for line in sheet.reminders if not line.outcome]
    return [
        {"at": at, "offices": listed(dict.fromkeys(name_seat(line.seat) for line in lines))}
        for at, lines in groupby(ahead, key=attrgetter("at"))
    ]


def _plan(sheet: TaskSheet) -> list[dict[str, str]]:
    """Return what a secretariat may change of the line and of its deadline."""
    row = sheet.task
    if not sheet.may.plan:
        return []
    links = []
    if sheet.deadline:
        links.append({"label": _("Fix the deadline by hand"), "url": url_to_do(row, "pin")})
        links.append({"label": _("Set the deadline by rule"), "url": url_to_do(row, "rule")})
    if row.state in OPEN_TASK and not row.is_child:
        links.append({"label": _("Change the task"), "url": url_to_do(row, "change")})
    if sheet.may.ask:
        links.append({"label": _("Ask a party"), "url": url_to_do(row, "ask")})
    return links
