"""The record's pages: who did what for whom, when, how and why, with its number and hash; its proof; its file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from django.views.decorators.http import require_safe

from workflows.models import Meeting, Summit, Task
from workflows.queries.record import (
    EXPORT_LIMIT,
    RecordFilters,
    filter_events,
    lines_of,
    list_offices,
    list_verbs,
    read_record,
    verify_chain,
)
from workflows.rules.verbs import verbs_of
from workflows.states import MeetingState, SummitState, TaskState
from workflows.templatetags.moments import moment
from workflows.web.actor import needs_seat
from workflows.web.checklist_rows import short_office
from workflows.web.export import table_file
from workflows.web.forms_base import DayField
from workflows.web.links import url_for, url_of
from workflows.web.loading import load_summit

if TYPE_CHECKING:
    from workflows.queries.record import RecordLine
    from workflows.rules.facts import Actor
    from workflows.web.actor import PageRequest

MACHINES: dict[str, tuple[type, Any]] = {
    "task": (Task, TaskState),
    "meeting": (Meeting, MeetingState),
    "summit": (Summit, SummitState),
}
"""Of each noun with a machine: its model and its states."""

NOUNS = {
    "task": gettext_lazy("Task"),
    "meeting": gettext_lazy("Meeting"),
    "summit": gettext_lazy("Summit"),
    "deadline": gettext_lazy("Deadline"),
    "decision": gettext_lazy("Decision"),
    "seat": gettext_lazy("Seat"),
    "party": gettext_lazy("Party"),
    "membership": gettext_lazy("Term"),
    "token": gettext_lazy("Token"),
    "template": gettext_lazy("Template"),
}


class RecordFilterForm(forms.Form):
    """By what the record is narrowed."""

    label = forms.CharField(
        label=gettext_lazy("Code of the task or meeting"),
        required=False,
        max_length=80,
        widget=forms.TextInput({"type": "search"}),
    )
    verb = forms.ChoiceField(label=gettext_lazy("What was done"), required=False)
    office = forms.ChoiceField(label=gettext_lazy("Office"), required=False)
    from_on = DayField(label=gettext_lazy("From"), required=False)
    until_on = DayField(label=gettext_lazy("Until"), required=False)

    def offer(self, verbs: list[str], offices: list[tuple[str, str]]) -> None:
        """Offer what occurs in the record."""
        fields: Any = self.fields
        fields["verb"].choices = [("", pgettext("verbs", "Everything")), *((verb, verb_label(verb)) for verb in verbs)]
        fields["office"].choices = [("", _("Anyone")), *offices]


def verb_label(verb: str) -> str:
    """Return what an event's verb is called, with its noun: "Task: Verify"."""
    noun, _dot, name = verb.partition(".")
    machine = MACHINES.get(noun)
    found = verbs_of(machine[0]).get(name.partition(".")[0]) if machine else None
    word = str(found[0].label) if found and "." not in name else name.replace("_", " ").replace(".", ", ")
    return _("%(noun)s: %(verb)s") % {"noun": NOUNS.get(noun, noun), "verb": word}


def state_label(noun: str, state: str) -> str:
    """Return a state of a noun in words."""
    states = MACHINES[noun][1] if noun in MACHINES else None
    return str(states(state).label) if states and state in states.values else state


@needs_seat
@require_safe
def record(request: PageRequest, slug: str) -> HttpResponse:
    """Show the record, the latest first, narrowed as the address says."""
    summit, actor = load_summit(request, slug), _actor(request)
    form = RecordFilterForm(request.GET or None, auto_id="filter_%s")
    parties = list_offices(summit, actor=actor)
    form.offer(list_verbs(summit, actor=actor), [(party.code, short_office(party)) for party in parties])
    filters = filters_of(form)
    before, after = _number(request, "before"), _number(request, "after")
    page = read_record(summit, actor=actor, filters=filters, before=before, after=after)
    url = reverse("record", args=[slug])
    context = {
        "summit": summit,
        "form": form,
        "lines": [_shown(line) for line in page.lines],
        "older_url": _cursor(request, url, before=page.older_than),
        "newer_url": _cursor(request, url, after=page.newer_than),
        "found": _found(len(page.lines)),
        "clear_url": url if filters != RecordFilters() else "",
        "keep_url": _cursor(request, url),
        "exports": [{"label": k.upper(), "url": _cursor(request, reverse("record-export", args=[slug, k]))} for k in EXPORTS],
        "actions": [{"label": _("Verify the record"), "url": reverse("record-verify", args=[slug])}],
        "crumbs": _crumbs(summit),
    }
    return render(request, "record/record.html", context)


EXPORTS = ("csv", "xlsx")


def _actor(request: PageRequest) -> Actor:
    assert request.actor is not None
    return request.actor


def _crumbs(summit: Summit, *more: str) -> list[dict[str, str]]:
    record_crumb = {"label": _("Record")}
    if more:
        record_crumb["url"] = reverse("record", args=[summit.slug])
    return [{"label": pgettext("section", "Summit"), "url": url_for(summit)}, record_crumb, *({"label": m} for m in more)]


def filters_of(form: RecordFilterForm) -> RecordFilters:
    """Return what a form asks for; what it does not know narrows nothing."""
    if not form.is_bound:
        return RecordFilters()
    form.is_valid()
    said = form.cleaned_data
    return RecordFilters(
        verb=said.get("verb", ""),
        label=said.get("label", ""),
        office=said.get("office", ""),
        from_on=said.get("from_on"),
        until_on=said.get("until_on"),
    )


def _number(request: PageRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _cursor(request: PageRequest, url: str, **cursor: int | None) -> str:
    """Return the address with the same filters and another cursor; empty when there is nothing there."""
    if cursor and None in cursor.values():
        return ""
    data = request.GET.copy()
    for name in ("before", "after", *[name for name, value in request.GET.items() if not value]):
        data.pop(name, None)
    for name, value in cursor.items():
        data[name] = str(value)
    return f"{url}?{data.urlencode()}" if data else url


def _found(number: int) -> str:
    sentence = ngettext(
        "%(count)d event on this page, the latest first.", "%(count)d events on this page, the latest first.", number
    )
    return sentence % {"count": number}


def _shown(line: RecordLine) -> dict[str, Any]:
    event = line.event
    moved = ""
    if event.source and event.target:
        values = {"source": state_label(event.noun, event.source), "target": state_label(event.noun, event.target)}
        moved = _("From “%(source)s” to “%(target)s”.") % values
    return {
        "number": event.number,
        "at": event.at,
        "occurred_at": event.occurred_at,
        "sentence": line.sentence,
        "url": url_of(line.ref),
        "label": event.object_label,
        "office": line.office,
        "for_party": line.for_party,
        "channel": str(event.get_channel_display()),
        "moved": moved,
        "reason": line.reason,
        "erased": line.erased,
        "note_number": line.details.get("note_number", ""),
        "hash": event.hash,
        "previous_hash": event.previous_hash,
    }


@needs_seat
@require_safe
def export(request: PageRequest, slug: str, kind: str) -> HttpResponse:
    """Return the events that the address asks for as a file."""
    summit, actor = load_summit(request, slug), _actor(request)
    form = RecordFilterForm(request.GET or None)
    form.offer(list_verbs(summit, actor=actor), [(p.code, p.code) for p in list_offices(summit, actor=actor)])
    events = filter_events(summit, actor=actor, filters=filters_of(form))[:EXPORT_LIMIT]
    columns = [
        _("Number"),
        _("When (UTC)"),
        _("When, by the host city's clock"),
        _("What happened"),
        _("Event"),
        _("Object"),
        _("Office"),
        _("In the name of"),
        _("Channel"),
        _("From the state"),
        _("To the state"),
        _("Reason"),
        _("Hash"),
        _("Hash of the one before"),
    ]
    return table_file(kind, f"record-{summit.slug}", columns, [_cells(line, summit.zone) for line in lines_of(list(events))])


def _cells(line: RecordLine, zone: str) -> list[object]:
    event = line.event
    return [
        event.number,
        f"{event.at.astimezone(ZoneInfo('UTC')):%Y-%m-%dT%H:%M:%SZ}",
        moment(event.at, zone),
        line.sentence,
        event.verb,
        event.object_label,
        line.office,
        line.for_party,
        str(event.get_channel_display()),
        state_label(event.noun, event.source) if event.source else "",
        state_label(event.noun, event.target) if event.target else "",
        line.reason,
        event.hash,
        event.previous_hash,
    ]


@needs_seat
@require_safe
def verify(request: PageRequest, slug: str) -> HttpResponse:
    """Verify the summit's chain now and say what was found; nothing is changed."""
    summit = load_summit(request, slug)
    found = verify_chain(summit)
    context = {
        "summit": summit,
        "found": found,
        "checked": _checked(found.checked),
        "crumbs": _crumbs(summit, _("Verification")),
        "record_url": reverse("record", args=[slug]),
    }
    return render(request, "record/verify.html", context)


def _checked(number: int) -> str:
    return ngettext("%(count)d event was verified.", "%(count)d events were verified.", number) % {"count": number}
