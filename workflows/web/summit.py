"""The pages of summits: the list, one summit with what stands between it and its next state, and its verbs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from workflows.actions.summit import decline_signature
from workflows.models import Signature, Summit
from workflows.queries.event import list_events
from workflows.queries.facts import summit_facts
from workflows.queries.names import name_party, name_summit, name_summit_at
from workflows.queries.summit import (
    counts_by_state,
    find_summit,
    list_decisions,
    list_next_meetings,
    list_summits,
    next_verb,
    readiness,
    waiting_signatures,
    what_is_missing,
)
from workflows.rules import permissions
from workflows.rules.evaluate import require, signs_for
from workflows.rules.facts import Inputs
from workflows.rules.verbs import verbs_of
from workflows.states import DecisionSubject, SummitState
from workflows.templatetags.moments import moment
from workflows.web import summit_parts as parts
from workflows.web.actor import needs_seat
from workflows.web.errors import attempt
from workflows.web.forms_base import posted
from workflows.web.links import url_for
from workflows.web.transition import Step, options_for, run

if TYPE_CHECKING:
    from uuid import UUID

    from workflows.web.actor import PageRequest

DECIDED_BY = {
    "postpone": DecisionSubject.POSTPONEMENT,
    "resume": DecisionSubject.RESUMPTION,
    "cancel": DecisionSubject.CANCELLATION,
}
"""On what the decision must be that a verb names."""


def get_summit(request: PageRequest, slug: str) -> Summit:
    """Return the summit of an address, or answer that there is no such page; the frame shows it from now on."""
    found = find_summit(request.actor, slug) if request.actor else None
    if found is None:
        raise Http404
    request.summit = found
    return found


@require_safe
@needs_seat
def summits(request: PageRequest) -> HttpResponse:
    """List the summits in preparation and, as records, those that were held."""
    rows = list_summits(request.actor)
    running = [s for s in rows if not s.is_record]
    counted = counts_by_state(running, request.actor)
    context = {
        "running": [
            {"summit": s, "name": name_summit(s), "where": parts.days_of(s), "counts": counted.get(s.pk)} for s in running
        ],
        "records": [s for s in rows if s.is_record],
        "may_create": permissions.is_segib_approver.refuses(None, request.actor, Inputs()) is None,
        "columns": [
            {"label": _("Summit"), "css": ""},
            {"label": _("Place and days"), "css": ""},
            {"label": _("Theme"), "css": ""},
            {"label": _("Declaration"), "css": ""},
        ],
    }
    return render(request, "summit/list.html", context)


@require_safe
@needs_seat
def summit(request: PageRequest, slug: str) -> HttpResponse:
    """Show a summit: a past one as its record, one in preparation with its machine and all that is missing."""
    shown = get_summit(request, slug)
    if shown.is_record:
        return render(request, "summit/record.html", _record(shown))
    return render(request, "summit/summit.html", _running(request, shown))


def _record(shown: Summit) -> dict[str, Any]:
    rows = [
        {"label": _("Host"), "value": name_party(shown.host) if shown.host else ""},
        {"label": _("Place"), "value": shown.city},
        {"label": _("Days"), "value": f"{parts.day(shown.opening_on)} – {parts.day(shown.closing_on)}"},
        {"label": _("Theme"), "value": shown.theme},
        {"label": _("Declaration"), "value": shown.declaration},
    ]
    return {
        "summit": shown,
        "title": name_summit(shown),
        "lead": parts.days_of(shown),
        "rows": [row for row in rows if row["value"]],
        "crumbs": [{"label": _("Summits"), "url": reverse("summits")}, {"label": name_summit(shown)}],
    }


def _running(request: PageRequest, shown: Summit) -> dict[str, Any]:
    actor, now = request.actor, request.now
    facts = summit_facts([shown])[shown.pk]
    inside = parts.is_of_secretariats(actor, facts)
    phases = readiness(shown, now) if inside else []
    options = options_for(shown, facts, actor)
    step = parts.forward(shown, options) if inside else None
    verb = next_verb(shown)
    signatures = waiting_signatures(shown, actor)
    if step is not None and verb is not None and any(s.verb == verb.name for s in signatures):
        step = step | {"signed": True}
    own_office = request.seat.party.name
    return {
        "summit": shown,
        "title": name_summit(shown),
        "lead": f"{parts.days_of(shown)} {_state_sentence(shown)}",
        "theme": shown.theme,
        "motto": shown.motto,
        "inside": inside,
        "facts": parts.facts_row(shown, phases, now, inside=inside),
        "machine": parts.machine(shown, now),
        "conditions": parts.conditions(what_is_missing(verb, facts), actor, now, shown.zone, own_office)
        if inside and verb is not None
        else None,
        "step": step,
        "signatures": [parts.countersign(s, shown, actor, facts, actor.zone) for s in signatures],
        "others": parts.others(shown, options, actor, facts),
        "progress": parts.progress(shown, phases),
        "meetings": parts.dated_meetings(list_next_meetings(actor, [shown], now), now),
        "events": parts.told_rows(list_events(actor, summit=shown, limit=5), now, actor.zone),
        "crumbs": [{"label": _("Summits"), "url": reverse("summits")}, {"label": name_summit_at(shown)}],
    }


def _state_sentence(shown: Summit) -> str:
    values = {"state": SummitState(shown.state).label}
    if shown.state_since is None:
        return _("%(state)s.") % values
    return _("%(state)s since %(when)s.") % (values | {"when": moment(shown.state_since, shown.zone)})


@require_http_methods(["GET", "HEAD", "POST"])
@needs_seat
def transition(request: PageRequest, slug: str, verb: str) -> HttpResponse:
    """Ask for what a verb of the summit needs, and do it; with one signature missing, it waits."""
    moved = get_summit(request, slug)
    if verb not in verbs_of(Summit) or moved.is_record:
        raise Http404
    back = reverse("summit", args=[moved.slug])
    decisions = [
        (str(d.uuid), f"{d.meeting.title}: {d.text}")
        for d in (list_decisions(moved, request.actor, DECIDED_BY[verb]) if verb in DECIDED_BY else ())
    ]
    step = Step(
        request,
        moved,
        verb,
        back=back,
        decisions=decisions,
        consequences=_consequences(request, moved, verb),
        crumbs=[
            {"label": name_summit(moved), "url": back},
            {"label": str(verbs_of(Summit)[verb][0].label)},
        ],
        context={
            "subject": name_summit_at(moved),
            "no_decision": verb in DECIDED_BY and not decisions,
            "meetings_url": reverse("meetings", args=[moved.slug]),
        },
    )
    return run(step)


def _consequences(request: PageRequest, moved: Summit, verb: str) -> list[str]:
    """Say what the verb does, and whether a signature waits already."""
    declared = verbs_of(Summit)[verb][0]
    target = moved.resumes_to if verb == "resume" else declared.targets[0]
    said = [_("The Summit passes to the state “%(state)s”.") % {"state": SummitState(target).label}] if target else []
    if verb in {"postpone", "cancel"}:
        said.append(_("Reminders rest, and mail that is queued is cancelled."))
    waiting = next((s for s in waiting_signatures(moved, request.actor) if s.verb == verb), None)
    if waiting is not None:
        said.insert(0, _("%(who)s has signed already.") % {"who": name_party(waiting.seat.party)})
    return said


class DeclineForm(forms.Form):
    """Why a signature is declined or withdrawn."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        widget=forms.Textarea,
        max_length=20_000,
        help_text=gettext_lazy("It stays in the record and both secretariats will read it."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs_seat
def decline(request: PageRequest, slug: str, signature: UUID) -> HttpResponse:
    """Decline to sign, or withdraw one's own signature, with a reason."""
    shown = get_summit(request, slug)
    signatures = Signature.objects.visible_to(request.actor).select_related("document__summit")
    waiting = get_object_or_404(signatures, uuid=signature, summit=shown)
    facts = summit_facts([shown])[shown.pk]
    require(permissions.is_secretary_or_approver, facts, request.actor)
    row = waiting.document or shown
    verb = verbs_of(type(row))[waiting.verb][0]
    back = url_for(row)
    form = DeclineForm(posted(request))
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: decline_signature(waiting, reason=form.cleaned_data["reason"], actor=request.actor, now=request.now),
        )
        if done is not None:
            messages.success(request, _("The signature under “%(action)s” no longer stands.") % {"action": verb.label})
            return redirect(back)
    own = signs_for(facts, request.actor, verb.countersigned) == waiting.office
    context = {
        "form": form,
        "title": _("Withdraw the signature") if own else _("Decline to sign"),
        "lead": str(verb.label),
        "url": request.path,
        "label": _("Withdraw the signature") if own else _("Decline to sign"),
        "cancel_url": back,
        "crumbs": [
            {"label": waiting.document.title if waiting.document else name_summit(shown), "url": back},
            {"label": _("Decline to sign")},
        ],
    }
    return render(request, "summit/form.html", context, status=400 if form.errors else 200)
