"""What can be done to a task: the answer on the page itself, the actions, and those withheld with their reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from workflows.models import Task
from workflows.rules.evaluate import is_permitted
from workflows.rules.facts import Inputs
from workflows.rules.verbs import verbs_of
from workflows.states import PartyKind, TaskState
from workflows.web.checklist_rows import is_answer
from workflows.web.links import linked, url_to_do
from workflows.web.transition_form import TransitionForm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflows.errors import Reason
    from workflows.queries.task import TaskSheet
    from workflows.rules.evaluate import Option
    from workflows.rules.facts import Actor
    from workflows.web.actor import PageRequest

CONFIRMED = frozenset({"declare_no_comments", "close_window"})
"""Verbs whose button leads to a page that says what they do, although nothing must be filled in."""
ORDER = ("submit", "verify", "start", "return", "take_up", "close_window", "declare_no_comments", "recall")
"""The first of these that can be done is the page's primary button."""
PAPER = frozenset({"submit", "declare_no_comments"})
"""Verbs that a secretariat may record for a party, when they came on paper."""


def paper_label(verb: str) -> str:
    """Return what a verb is called when a secretariat records it for a party."""
    return _("Record an answer on paper") if verb == "submit" else _("Record on paper that there are no comments")


def has_form(sheet: TaskSheet) -> bool:
    """Tell whether the reader submits on the page itself: the party's own work, ready but for its words."""
    offered = sheet.options.get("submit")
    return offered is not None and offered.allowed and "on_behalf" not in offered.needs


def submit_form(request: PageRequest, sheet: TaskSheet) -> dict[str, Any] | None:
    """Return the form by which the reader submits on the page itself, or nothing."""
    if not has_form(sheet):
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
    form.fields["evidence"].required = not sheet.facts.evidence
    drafts = [line for line in sheet.evidence if line.submitted_at is None]
    answer = is_answer(sheet.task)
    return {
        "form": form,
        "fields": form.to_ask(),
        "warnings": _reasons(sheet, warnings),
        "url": url_to_do(sheet.task, "submit"),
        "label": _("Send the answer") if answer else offered.label,
        "title": _("Answer here") if answer else offered.label,
        "drafts": drafts,
    }


def _reasons(sheet: TaskSheet, reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    """Return reasons as the components show them; what the reader may not open is named without a link."""
    seen = {f"waits_for:{line.code}" for line in sheet.waits_for}
    shown = linked(reasons)
    return [{**r, "url": ""} if r["code"].startswith("waits_for:") and r["code"] not in seen else r for r in shown]


def actions_of(sheet: TaskSheet) -> list[dict[str, Any]]:
    """Return the actions that can be done now, the primary one first; a secretariat records no paper of the other."""
    row = sheet.task
    offers = [o for o in sheet.options.values() if o.allowed]
    if row.responsible.kind in {PartyKind.SEGIB, PartyKind.SPT}:
        offers = [o for o in offers if "on_behalf" not in o.needs]
    found = [_action(row, offered) for offered in offers]
    if sheet.may.take_up:
        found.append({"name": "take_up", "label": _("Take it up"), "url": url_to_do(row, "take_up"), "post": True})
    found.sort(key=lambda action: ORDER.index(action["name"]) if action["name"] in ORDER else len(ORDER))
    has_primary = has_form(sheet)
    for action in found:
        action["kind"] = "line"
        if not has_primary and action["name"] in {"verify", "start", "submit"} and not action.get("paper"):
            action["kind"], has_primary = "", True
    return found


def _action(row: Task, offered: Option) -> dict[str, Any]:
    url = url_to_do(row, offered.name)
    paper = "on_behalf" in offered.needs
    label = paper_label(offered.name) if paper else _label(row, offered)
    if offered.needs or offered.reasons or offered.name in CONFIRMED:
        return {"name": offered.name, "label": label, "url": url, "paper": paper}
    fields = [("version", row.version)]
    return {"name": offered.name, "label": label, "url": url, "post": True, "fields": fields}


def _label(row: Task, offered: Option) -> str:
    """Return the verb, said of a State's answer as one speaks to States."""
    if is_answer(row):
        words = {"verify": _("Acknowledge receipt"), "return": _("Ask for a clarification"), "recall": _("Recall the answer")}
        return words.get(offered.name, offered.label)
    return offered.label


def withheld_of(sheet: TaskSheet, actor: Actor) -> list[dict[str, Any]]:
    """Return what cannot be done now, each with its reasons: not ready, or not this person's."""
    withheld = [
        {"action": _label(sheet.task, offered), "reasons": _reasons(sheet, [r for r in offered.reasons if not r.advisory])}
        for offered in sheet.options.values()
        if not offered.allowed and "on_behalf" not in offered.needs
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
