"""One verb on one object, as a page: what it will do, what holds it back, what must be said, and the button."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from workflows.actions.transition import perform
from workflows.errors import GuardsFailed, InvalidInput, StaleObject
from workflows.notices.kinds import get_notice
from workflows.queries.event import list_changes, tell
from workflows.queries.facts import facts_of
from workflows.rules.evaluate import Option, ask, option
from workflows.rules.facts import Inputs
from workflows.rules.verbs import Verb, verbs_of
from workflows.states import RELAXED
from workflows.web.errors import put_in_form
from workflows.web.links import linked, url_to_do
from workflows.web.transition_form import TransitionForm

if TYPE_CHECKING:
    from workflows.engine import Outcome
    from workflows.errors import Reason
    from workflows.models import Document, Meeting, Paragraph, Proposal, Seat, Summit, Task
    from workflows.web.actor import PageRequest

    type Row = Summit | Meeting | Task | Document | Paragraph | Proposal

IRREVOCABLE = frozenset({"cancel", "archive", "withdraw", "delete"})
"""Verbs whose button is written in red: what they do is not taken back."""


@dataclass
class Step:
    """A verb on a row, for a reader: what a page needs to show it and to do it.

    `back` is the page to return to; `decisions` are (uuid, text) among which the verb's decision is chosen, `meetings` are
    (code, title) for the meeting in which it is done; `consequences` are sentences on what it does, before those on who is
    written to. `optional` names needs that may stay empty, `initial` what is filled in already.
    """

    request: PageRequest
    row: Row
    name: str
    back: str
    title: str = ""
    decisions: Sequence[tuple[str, str]] = ()
    meetings: Sequence[tuple[str, str]] = ()
    optional: Collection[str] = ()
    initial: Mapping[str, Any] = field(default_factory=dict)
    consequences: Sequence[str] = ()
    extra_needs: Sequence[str] = ()
    crumbs: Sequence[dict[str, str]] = ()
    context: dict[str, Any] = field(default_factory=dict)

    @property
    def verb(self) -> Verb:
        """The declaration; an unknown verb has no page."""
        found = verbs_of(type(self.row)).get(self.name)
        if found is None or found[0].by_system:
            raise Http404
        return found[0]

    def offer(self) -> Option:
        """Return the verb as an option; raise the refusal of the first or second question where it is none."""
        facts = facts_of(self.row)
        offered = option(self.verb, facts, self.row.state, self.request.actor, Inputs())
        if offered is None:
            ask(self.verb, facts, self.row.state, self.request.actor, Inputs())
            raise Http404
        return offered

    def zone(self) -> str:
        """Return the zone in which hours are asked for: the reader's own."""
        return self.request.actor.zone if self.request.actor else "UTC"


def run(step: Step) -> HttpResponse:
    """Answer a GET with what the verb will do, and a POST by doing it; each refusal is the same page with its reasons."""
    offered = step.offer()
    if step.request.method != "POST":
        form = _form(step, offered)
        return _page(step, offered, form)
    form = _form(step, offered, data=step.request.POST)
    if not form.is_valid():
        return _page(step, offered, form, status=400)
    on_behalf = "on_behalf" in offered.needs
    try:
        outcome = perform(
            step.row,
            step.name,
            actor=step.request.actor,
            now=step.request.now,
            inputs=form.inputs(on_behalf=on_behalf),
            if_version=form.cleaned_data.get("version"),
        )
    except InvalidInput as error:
        put_in_form(form, error)
        return _page(step, offered, form, status=400)
    except GuardsFailed as error:
        form = _form(step, offered, data=step.request.POST, warnings=[r for r in error.reasons if r.advisory])
        return _page(step, offered, form, status=422, failed=error)
    except StaleObject:
        return _stale(step)
    _acknowledge(step, outcome)
    return redirect(step.back)


def _form(step: Step, offered: Option, *, data: Any = None, warnings: Sequence[Reason] | None = None) -> TransitionForm:
    shown = [r for r in offered.reasons if r.advisory]
    seen = {r.code for r in shown}
    shown += [r for r in warnings or () if r.code not in seen]
    needs = [*offered.needs, *step.extra_needs]
    if facts_of(step.row).scene.state in RELAXED and "occurred_at" not in needs:
        needs.append("occurred_at")
    return TransitionForm(
        data,
        needs=needs,
        warnings=shown,
        decisions=step.decisions,
        zone=step.zone(),
        meetings=step.meetings,
        optional=step.optional,
        initial={**step.initial, "version": step.row.version},
    )


def _page(
    step: Step,
    offered: Option,
    form: TransitionForm,
    *,
    status: int = 200,
    failed: GuardsFailed | None = None,
    changed: bool = False,
) -> HttpResponse:
    hard = [r for r in (failed.reasons if failed else offered.reasons) if not r.advisory]
    warnings = [r for r in offered.reasons if r.advisory]
    known = {r.code for r in warnings}
    warnings += [r for r in (failed.reasons if failed else ()) if r.advisory and r.code not in known]
    passed = set(step.request.POST.getlist("accepted")) if form.is_bound else set()
    context = {
        "title": step.title or offered.label,
        "label": offered.label,
        "url": url_to_do(step.row, step.name),
        "back": step.back,
        "crumbs": step.crumbs,
        "consequences": [*step.consequences, *told_by_mail(step.verb, step.row, step)],
        "form": form,
        "hard": linked(hard),
        "failed_reasons": _summary(hard, [r for r in warnings if r.code not in passed]) if failed else [],
        "warnings": [{**line, "checked": line["code"] in passed} for line in linked(warnings)],
        "withheld": bool(hard) and not failed,
        "kind": "stop" if step.name in IRREVOCABLE else "",
        "countersigned": "second_signature" in offered.needs,
        "failed": failed,
        "changed": list_changes(step.row, step.request.actor) if changed and step.request.actor else [],
        **step.context,
    }
    return render(step.request, "transition/confirm.html", context, status=status)


def _summary(hard: Sequence[Reason], unread: Sequence[Reason]) -> list[dict[str, Any]]:
    """Return the lines of the error summary: what prevents links to where it is mended, what warns to its box."""
    return [*linked(hard), *({**line, "url": "#warnings"} for line in linked(unread))]


def _stale(step: Step) -> HttpResponse:
    """Show what changed since the page was opened; what was typed stays, and the same button now means: all the same."""
    step.row = type(step.row).objects.select_related(*_loaded(step.row)).get(pk=step.row.pk)
    offered = step.offer()
    data = step.request.POST.copy()
    data["version"] = str(step.row.version)
    return _page(step, offered, _form(step, offered, data=data), status=412, changed=True)


def _loaded(row: Row) -> tuple[str, ...]:
    return {
        "Task": ("summit", "responsible", "verified_by", "parent", "phase"),
        "Meeting": ("summit", "convened_by"),
        "Summit": ("host",),
        "Document": ("summit", "proponent"),
        "Paragraph": ("document__summit", "document__proponent"),
        "Proposal": ("document__summit", "party"),
    }[type(row).__name__]


def _acknowledge(step: Step, outcome: Outcome) -> None:
    """Say what was done, in the words of the record."""
    messages.success(step.request, tell([outcome.event])[0].sentence)


def told_by_mail(verb: Verb, row: Row, step: Step) -> list[str]:
    """Return one sentence on who will be written to, or none where nobody is."""
    kinds = ["signature_waiting"] if verb.countersigned else verb.notices
    return sentence_on_mail(seat for kind in kinds for seat in get_notice(kind).seats(row, step.request.actor))


def sentence_on_mail(seats: Iterable[Seat]) -> list[str]:
    """Return one sentence on how many offices will be written to, or none where nobody is."""
    number = len(dict.fromkeys(seats))
    if not number:
        return []
    return [
        ngettext("%(count)d office will be written to.", "%(count)d offices will be written to.", number) % {"count": number}
    ]


def options_for(row: Row, facts: Any, actor: Any) -> list[Option]:
    """Return every verb of a row that is the actor's to do here and now, allowed or withheld, in the order of declaration."""
    offered = (option(verb, facts, row.state, actor, Inputs()) for verb, _method in verbs_of(type(row)).values())
    return [each for each in offered if each is not None]


def action_of(row: Row, offered: Option, *, suffix: str = "") -> dict[str, Any]:
    """Return an option as a component's action: a button that posts, or a link where something must be said first."""
    url = url_to_do(row, offered.name)
    if offered.needs or offered.reasons:
        return {"label": offered.label, "url": url, "suffix": suffix}
    return {"label": offered.label, "url": url, "post": True, "fields": [("version", row.version)], "suffix": suffix}
