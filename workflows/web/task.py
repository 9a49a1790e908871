"""A task's page: what is asked, until when and why then, what can be done, and everything around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from workflows.actions.task import take_up
from workflows.models import Task
from workflows.queries.task import read_task
from workflows.rules.evaluate import is_permitted
from workflows.rules.facts import Inputs
from workflows.rules.verbs import verbs_of
from workflows.states import OPEN_TASK, SETTLED, Gate, PartyKind, Scope, TaskKind, TaskState
from workflows.web.actor import needs_seat
from workflows.web.checklist import asked_in_words, parties, received_state, short_office
from workflows.web.deadline import change_in_words, hour_in_words, moved_in_words, rule_in_words
from workflows.web.links import linked, url_for, url_of, url_to_do
from workflows.web.loading import load_task, next_of
from workflows.web.planning import PLANS
from workflows.web.talk import TALK, comment_form, evidence_form
from workflows.web.transition import Step, TransitionForm, run

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workflows.errors import Reason
    from workflows.queries.record import RecordLine
    from workflows.queries.task import TaskSheet
    from workflows.rules.evaluate import Option
    from workflows.rules.facts import Actor, TaskLine
    from workflows.web.actor import PageRequest

CONFIRMED = frozenset({"declare_no_comments", "close_window"})
"""Verbs whose button leads to a page that says what they do, although nothing must be filled in."""
ORDER = ("submit", "verify", "start", "return", "take_up", "close_window", "declare_no_comments", "recall")
"""The first of these that can be done is the page's primary button."""


@needs_seat
@require_safe
def task(request: PageRequest, slug: str, code: str, party: str = "") -> HttpResponse:
    """Show a line of the checklist, or one party's part of it."""
    row = load_task(request, slug, code, party)
    sheet = read_task(row, actor=request.actor, now=request.now)  # type: ignore[arg-type]
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
    on_paper = _is_on_paper(row, request.actor)
    return Step(
        request=request,
        row=row,
        name=verb,
        back=next_of(request, url_for(row)),
        title=_paper_label(verb) if on_paper and verb in PAPER else "",
        consequences=_consequences(row, verb),
        crumbs=[*crumbs(row, last=False), {"label": str(found[0].label) if found else ""}],
        context={"subject": f"{row.code}. {row.title}" + (f" · {row.responsible.name}" if row.is_child else "")},
    )


PAPER = frozenset({"submit", "declare_no_comments"})


def _is_on_paper(row: Task, actor: Actor | None) -> bool:
    return actor is not None and actor.party_id != row.responsible_id


def _paper_label(verb: str) -> str:
    return _("Record an answer on paper") if verb == "submit" else _("Record on paper that there are no comments")


def _consequences(row: Task, verb: str) -> list[str]:
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
    take_up(row, actor=request.actor, now=request.now)  # type: ignore[arg-type]
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
    actions = _actions(sheet, actor)
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
        "submit": _submit_form(request, sheet),
        "actions": [a for a in actions if a["name"] != "submit" or not _has_form(sheet)],
        "withheld": _withheld(sheet, actor),
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
        "record_url": reverse("record", args=[row.summit.slug]) + f"?label={row.code}",
        "reminders_gone": [line for line in sheet.reminders if line.outcome],
        "reminders_ahead": [line for line in sheet.reminders if not line.outcome],
        "plan": _plan(sheet),
    }


def _state(sheet: TaskSheet) -> dict[str, str]:
    row = sheet.task
    if row.is_parent and sheet.may.plan and row.state in OPEN_TASK:
        return received_state(sheet.received, len(sheet.parts))
    noun = "contribution" if row.is_child and row.kind == TaskKind.CONTRIBUTION else "task"
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
        rows.append({"label": _("Decided by"), "value": str(row.get_authority_display())})  # type: ignore[attr-defined]
    if row.submitted_at and row.channel and row.received_at:
        rows.append({"label": _("How it came"), "value": str(row.get_channel_display())})  # type: ignore[attr-defined]
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


# What can be done ------------------------------------------------------------------------------------------------


def _has_form(sheet: TaskSheet) -> bool:
    """Tell whether the reader submits on the page itself: the party's own work, ready but for its words."""
    offered = sheet.options.get("submit")
    return offered is not None and offered.allowed and "on_behalf" not in offered.needs


def _submit_form(request: PageRequest, sheet: TaskSheet) -> dict[str, Any] | None:
    if not _has_form(sheet):
        return None
    offered = sheet.options["submit"]
    warnings = [reason for reason in offered.reasons if reason.advisory]
    needs = [need for need in offered.needs if need != "accepted"]
    form = TransitionForm(
        needs=needs,
        warnings=warnings,
        decisions=[],
        zone=request.actor.zone if request.actor else "UTC",
        initial={"version": sheet.task.version},
    )
    drafts = [line for line in sheet.evidence if line.submitted_at is None]
    answer = sheet.task.is_child and sheet.task.kind == TaskKind.CONTRIBUTION
    return {
        "form": form,
        "fields": form.to_ask(),
        "warnings": reasons_of(warnings),
        "url": url_to_do(sheet.task, "submit"),
        "label": _("Send the answer") if answer else offered.label,
        "title": _("Answer here") if answer else offered.label,
        "drafts": drafts,
    }


def _actions(sheet: TaskSheet, actor: Actor) -> list[dict[str, Any]]:
    """Return the actions that can be done now, the primary one first."""
    row = sheet.task
    found = [_action(row, offered, actor) for offered in sheet.options.values() if offered.allowed]
    if sheet.may.take_up:
        found.append({"name": "take_up", "label": _("Take it up"), "url": url_to_do(row, "take_up"), "post": True})
    found.sort(key=lambda action: ORDER.index(action["name"]) if action["name"] in ORDER else len(ORDER))
    has_primary = _has_form(sheet)
    for action in found:
        action["kind"] = "line"
        if not has_primary and action["name"] in {"verify", "start", "submit"} and not action.get("paper"):
            action["kind"], has_primary = "", True
    return found


def _action(row: Task, offered: Option, actor: Actor) -> dict[str, Any]:
    url = url_to_do(row, offered.name)
    paper = "on_behalf" in offered.needs
    label = _paper_label(offered.name) if paper else _label(row, offered)
    if offered.needs or offered.reasons or offered.name in CONFIRMED:
        return {"name": offered.name, "label": label, "url": url, "paper": paper}
    fields = [("version", row.version)]
    return {"name": offered.name, "label": label, "url": url, "post": True, "fields": fields}


def _label(row: Task, offered: Option) -> str:
    """Return the verb, said of a State's answer as one speaks to States."""
    if row.is_child and row.kind == TaskKind.CONTRIBUTION:
        words = {"verify": _("Acknowledge receipt"), "return": _("Ask for a clarification"), "recall": _("Recall the answer")}
        return words.get(offered.name, offered.label)
    return offered.label


def _withheld(sheet: TaskSheet, actor: Actor) -> list[dict[str, Any]]:
    """Return what cannot be done now, each with its reasons: not ready, or not this person's."""
    withheld = [
        {"action": _label(sheet.task, offered), "reasons": reasons_of(r for r in offered.reasons if not r.advisory)}
        for offered in sheet.options.values()
        if not offered.allowed
    ]
    concerns = {"submit": sheet.task.responsible_id, "verify": sheet.task.verified_by_id}
    for name, party_id in concerns.items():
        verb = verbs_of(Task)[name][0]
        if party_id != actor.party_id or name in sheet.options or sheet.task.state not in verb.sources:
            continue
        if sheet.task.is_parent or sheet.task.state == TaskState.WINDOW_CLOSED:
            continue
        if (refused := is_permitted(verb, sheet.facts, actor, Inputs())) is not None:
            withheld.append({"action": str(verb.label), "reasons": [{"sentence": str(refused), "url": ""}]})
    return withheld


def reasons_of(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    """Return reasons as components show them; what a task waits for is said as a sentence."""
    shown = linked(reasons)
    for line in shown:
        if line["code"].startswith("waits_for:"):
            values = {"code": line["code"].partition(":")[2], "title": line["sentence"]}
            line["sentence"] = _("It waits for %(code)s, “%(title)s”.") % values
    return shown
