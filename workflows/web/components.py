"""The page /components/: each piece of the visual language in each of its states, with invented samples."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from workflows.states import MeetingState, MessageState, SummitState, TaskState
from workflows.templatetags.moments import city, day_in_words, distance, moment, short_day
from workflows.templatetags.summitprep import in_language

MADRID = "Europe/Madrid"
NOW = datetime(2026, 9, 30, 8, 40, tzinfo=UTC)
"""The instant at which all samples stand: 30/09/2026, 10:40 (Madrid)."""


@dataclass(frozen=True)
class Sample:
    """A line of the checklist as data are: one title in each language."""

    code: str
    title_es: str
    title_pt: str
    title_en: str
    due_at: datetime
    state: str = TaskState.PENDING
    standing: str = ""
    office: str = "SPT"


def _due(days: int, *, hours: int = 0) -> datetime:
    return datetime(2026, 9, 30, 23, 59, tzinfo=ZoneInfo(MADRID)) + timedelta(days=days, hours=hours)


PACCI = Sample(
    "COO-06", "Acordar el texto del PACCI", "Acordar o texto do PACCI", "Agree the text of the PACCI",
    _due(-1), TaskState.IN_PROGRESS, "late",
)  # fmt: skip
VERSION_3 = Sample(
    "NEG-04", "Circular la versión 3 ES/PT el mismo día", "Circular a versão 3 ES/PT no mesmo dia",
    "Circulate version 3 ES/PT on the same day", _due(0), TaskState.IN_PROGRESS, "soon",
)  # fmt: skip
HEADS = Sample(
    "PRO-02", "Confirmar jefatura y nivel de la delegación", "Confirmar chefia e nível da delegação",
    "Confirm head and level of the delegation", _due(3, hours=-16), TaskState.IN_PROGRESS, "soon", "22",
)  # fmt: skip
PACKAGE = Sample(
    "NEG-09", "Distribuir el paquete documental completo de la reunión final",
    "Distribuir o pacote documental completo da reunião final", "Distribute the complete papers of the final meeting",
    _due(28), office="SEGIB",
)  # fmt: skip
VERSION_2 = Sample(
    "NEG-02", "Consolidar la versión 2 con corchetes y atribución", "Consolidar a versão 2 com colchetes e atribuição",
    "Consolidate version 2 with brackets and attribution", _due(-8), TaskState.VERIFIED,
)  # fmt: skip


class SampleForm(forms.Form):
    """One field of each kind."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It stays in the record and the other party will read it."),
    )
    new_date = forms.DateField(label=gettext_lazy("New date"))
    comment = forms.CharField(label=gettext_lazy("Comment"), required=False, widget=forms.Textarea)
    channel = forms.ChoiceField(
        label=gettext_lazy("How it came"),
        widget=forms.RadioSelect,
        choices=[("note_verbale", gettext_lazy("by note verbale")), ("orally", gettext_lazy("orally"))],
    )
    party = forms.ChoiceField(label=gettext_lazy("Responsible"), choices=[("spt", "SPT"), ("segib", "SEGIB")])
    evidence = forms.FileField(
        label=gettext_lazy("Evidence"), required=False, help_text=gettext_lazy("PDF or Word, up to 25 MB.")
    )
    seen = forms.BooleanField(label=gettext_lazy("I have seen what warns and open it all the same"), required=False)


class SampleFilters(forms.Form):
    """The filters of a checklist."""

    q = forms.CharField(
        label=gettext_lazy("Search in title or code"), required=False, widget=forms.TextInput({"type": "search"})
    )
    phase = forms.ChoiceField(label=gettext_lazy("Phase"), required=False, choices=[("", pgettext_lazy("phases", "All"))])
    responsible = forms.ChoiceField(label=gettext_lazy("Responsible"), required=False, choices=[("", gettext_lazy("Anyone"))])


def _agenda() -> list[dict[str, Any]]:
    today = NOW.date()
    return [
        {
            "day": short_day(sample.due_at.date(), today),
            "standing": sample.standing,
            "when": distance(sample.due_at, NOW, MADRID),
            "title": in_language(sample, "title"),
            "url": "#agenda",
            "why": f"{sample.code}. {moment(sample.due_at, MADRID)}",
            "action": {"label": label, "url": "#agenda", "suffix": sample.code},
            "primary": sample is VERSION_3,
        }
        for sample, label in ((PACCI, _("Continue")), (VERSION_3, _("Submit")), (PACKAGE, _("See why")))
    ]


def _guard(sample: Sample, *, own: bool = False, detail: str = "") -> dict[str, Any]:
    return {
        "sentence": in_language(sample, "title"),
        "url": "#guards",
        "detail": detail or f"{sample.code}.",
        "office": sample.office,
        "date": moment(sample.due_at, MADRID),
        "own": own,
    }


def _machine() -> list[dict[str, Any]]:
    line = [state for state in SummitState if state not in (SummitState.POSTPONED, SummitState.CANCELLED)]
    now = line.index(SummitState.NEGOTIATION)
    days = ("14/11/2024", "02/02/2025", "12/07/2025", "07/06/2026", "26/08/2026", "28/10/2026", "04/11/2026", "06/11/2026")
    return [
        {
            "label": state.label,
            "date": days[place] if place < len(days) else "2027",
            "status": "past" if place < now else "now" if place == now else "future",
            "back": state == SummitState.MINISTER_REVIEW,
        }
        for place, state in enumerate(line)
    ]


def _facts() -> list[dict[str, Any]]:
    opening = datetime(2026, 11, 4, 8, tzinfo=UTC)
    return [
        {"label": _("Opening"), "figure": distance(opening, NOW, MADRID), "note": moment(opening, MADRID)},
        {"label": _("Next state"), "figure": distance(_due(28), NOW, MADRID), "note": SummitState.MINISTER_REVIEW.label},
        {"label": SummitState.NEGOTIATION.label, "figure": "9 / 23", "note": "", "url": "#facts", "link": PACCI.code},
    ]


def _delegations() -> list[dict[str, Any]]:
    return [
        {"name": "Andorra", "state": "verified", "note": "24/09", "url": "#delegations"},
        {"name": "Argentina", "state": "submitted"},
        {"name": "Bolivia", "state": "pending"},
        {"name": "Panamá", "state": "clarification", "note": "29/09"},
        {"name": "Portugal", "state": "no_comments"},
        {"name": "Uruguay", "state": "window_closed"},
    ]


def _table() -> dict[str, Any]:
    columns = [
        {"label": _("Code"), "css": "c-code"},
        {"label": _("Task")},
        {"label": _("Responsible"), "css": "c-who"},
        {"label": _("Deadline"), "css": "c-date"},
        {"label": _("State"), "css": "c-st"},
        {"label": _("Action"), "css": "c-act", "hidden": True},
    ]
    rows = [VERSION_2, PACCI, VERSION_3, HEADS, PACKAGE]
    return {"columns": columns, "groups": [{"label": SummitState.NEGOTIATION.label, "note": "9 / 23", "rows": rows}]}


def _page() -> Page[int]:
    return Paginator(range(120), 10).page(4)


def _bound() -> SampleForm:
    form = SampleForm({"reason": "", "new_date": "12/09/26x", "party": "spt"}, auto_id="bound_%s")
    form.is_valid()
    return form


def samples() -> dict[str, Any]:
    """Return the context of the page: for each component, what it is shown with, in the active language."""
    return {
        "now": NOW,
        "zone": MADRID,
        "summit_title": "XXX, Madrid 2026",
        "sections": [{"label": _("Components"), "url": "#main", "current": True}],
        "today": day_in_words(NOW.date()),
        "madrid": city(MADRID),
        "states": [
            ("task", _("Task"), [state.value for state in TaskState]),
            ("standing", _("Task, derived"), ["soon", "at_risk", "late", "blocked"]),
            ("contribution", _("Asked of a State"), [*(row["state"] for row in _delegations())]),
            ("meeting", _("Meeting"), [state.value for state in MeetingState]),
            ("summit", _("Summit"), [state.value for state in SummitState]),
            ("message", _("Message"), [state.value for state in MessageState]),
        ],
        "soon": VERSION_3.due_at,
        "late": PACCI.due_at,
        "later": PACKAGE.due_at,
        "abroad": HEADS.due_at,
        "agenda": _agenda(),
        "impede": [_guard(VERSION_3), _guard(PACKAGE)],
        "warn": [_guard(PACCI, own=True), _guard(HEADS)],
        "met": [_guard(VERSION_2)],
        "one_reason": [_guard(VERSION_3)],
        "two_reasons": [_guard(VERSION_3), _guard(PACKAGE)],
        "nodes": _machine(),
        "facts": _facts(),
        "delegations": _delegations(),
        "table": _table(),
        "tasks": [VERSION_2, HEADS],
        "progress": [
            {"label": SummitState.TEXT_DRAFTING.label, "done": 10, "total": 11, "waiting": 1},
            {"label": SummitState.NEGOTIATION.label, "done": 9, "total": 23, "waiting": 2, "now": True},
            {"label": SummitState.FOLLOW_UP.label, "done": 0, "total": 9, "waiting": 0},
        ],
        "dated": [
            {"day": short_day(sample.due_at.date(), NOW.date()), "text": in_language(sample, "title"), "note": sample.code}
            for sample in (HEADS, PACKAGE)
        ],
        "pairs": [
            {"label": _("Responsible"), "value": "SPT", "url": "#pairs", "link": _("Change"), "link_suffix": _("Responsible")},
            {"label": _("Verifies"), "value": "SEGIB"},
        ],
        "events": [
            {
                "when": short_day(sample.due_at.date(), NOW.date()),
                "iso": sample.due_at.isoformat(),
                "sentence": in_language(sample, "title"),
                "url": "#events",
                "link": sample.code,
                "note": "SPT",
            }
            for sample in (VERSION_2, PACCI)
        ],
        "form": SampleForm(auto_id="plain_%s"),
        "bound": _bound(),
        "filters": SampleFilters(auto_id="filter_%s"),
        "exports": [{"label": "CSV", "url": "#table"}, {"label": "XLSX", "url": "#table"}],
        "page": _page(),
    }


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Show every component; open to all, since it shows nothing of a summit."""
    return render(request, "components/index.html", samples())
