"""The checklist's page: narrowed, grouped by phase, with one action a row, opening into the delegations; and its files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy
from django.views.decorators.http import require_safe

from workflows.queries.checklist import DELEGATIONS, SECRETARIATS, ChecklistFilters, read_checklist
from workflows.states import TaskState
from workflows.templatetags.moments import moment
from workflows.web.actor import needs_seat
from workflows.web.checklist_rows import ChecklistPage, asked_in_words, short_office
from workflows.web.export import table_file
from workflows.web.links import url_for
from workflows.web.loading import load_summit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflows.models import Summit
    from workflows.queries.checklist import Checklist, Line
    from workflows.rules.facts import Actor
    from workflows.web.actor import PageRequest

STATES = (
    ("", pgettext_lazy("states", "All")),
    ("open", gettext_lazy("Open")),
    ("mine", gettext_lazy("Waiting for my office")),
    ("soon", gettext_lazy("Due within three days")),
    ("late", gettext_lazy("Past their deadline")),
    ("blocked", gettext_lazy("Blocked by another task")),
    ("at_risk", gettext_lazy("At risk")),
    ("submitted", gettext_lazy("Submitted, to be verified")),
    ("settled", gettext_lazy("Verified or set aside")),
)
SORTS = (("deadline", gettext_lazy("By deadline")), ("code", gettext_lazy("By code")))


class FilterForm(forms.Form):
    """By what the checklist is narrowed; the address keeps it."""

    q = forms.CharField(
        label=gettext_lazy("Search in title or code"),
        required=False,
        max_length=100,
        widget=forms.TextInput({"type": "search"}),
    )
    phase = forms.ChoiceField(label=gettext_lazy("Phase"), required=False)
    responsible = forms.ChoiceField(label=gettext_lazy("Responsible"), required=False)
    state = forms.ChoiceField(label=pgettext_lazy("of a task", "State"), required=False, choices=STATES)
    sort = forms.ChoiceField(label=gettext_lazy("Order"), required=False, choices=SORTS)

    def offer(self, found: Checklist, responsible: Sequence[tuple[str, str]]) -> None:
        """Offer the phases and the responsible parties that occur."""
        phases: Any = self.fields["phase"]
        phases.choices = [("", pgettext("phases", "All")), *((p.code, p.title) for p in found.phases)]
        parties: Any = self.fields["responsible"]
        parties.choices = [("", _("Anyone")), *responsible]


def filters_of(data: QueryDict) -> ChecklistFilters:
    """Return what an address asks for; what it does not know narrows nothing, or finds nothing."""
    return ChecklistFilters(
        q=data.get("q", "")[:100].replace("\x00", ""),
        phase=data.get("phase", ""),
        responsible=data.get("responsible", ""),
        state=data.get("state", ""),
        sort="code" if data.get("sort") == "code" else "deadline",
    )


@needs_seat
@require_safe
def checklist(request: PageRequest, slug: str) -> HttpResponse:
    """Show the checklist, narrowed as the address says; htmx gets the list alone."""
    summit = load_summit(request, slug)
    context = _context(request, summit)
    answer = render(request, "checklist/_list.html" if request.htmx else "checklist/checklist.html", context)
    patch_vary_headers(answer, ["HX-Request"])
    if request.htmx:
        answer["HX-Push-Url"] = context["here"]
    return answer


def _context(request: PageRequest, summit: Summit) -> dict[str, Any]:
    actor: Actor = request.actor
    filters = filters_of(request.GET)
    found = read_checklist(summit, actor=actor, now=request.now, filters=filters)
    form = FilterForm(request.GET or {"sort": filters.sort}, auto_id="filter_%s")
    form.offer(found, _responsible(found, actor))
    page = ChecklistPage(request, summit, actor, open_code=request.GET.get("open", "").upper())
    return {
        "form": form,
        "found": _found_sentence(found, filters),
        "clear_url": page.url if filters.narrow else "",
        "keep_url": page.address(),
        "here": page.address(open=page.open_code),
        "exports": [{"label": kind.upper(), "url": page.export(kind)} for kind in ("csv", "xlsx")],
        "columns": _columns(),
        "groups": [page.group(group) for group in found.groups],
        "is_empty": not found.lines,
        "has_none": not found.total,
        "actions": page.actions(),
        "crumbs": [{"label": pgettext("section", "Summit"), "url": url_for(summit)}, {"label": _("Checklist")}],
        "list_url": page.url,
    }


def _columns() -> list[dict[str, Any]]:
    return [
        {"label": pgettext("of a task", "Code"), "css": "c-code"},
        {"label": _("Task")},
        {"label": _("Responsible"), "css": "c-who"},
        {"label": _("Deadline"), "css": "c-date"},
        {"label": pgettext("of a task", "State"), "css": "c-st"},
        {"label": _("Action"), "css": "c-act", "hidden": True},
    ]


def _responsible(found: Checklist, actor: Actor) -> list[tuple[str, str]]:
    lines = [line for line in found.every if not line.task.is_parent]
    parties = {line.task.responsible.code: short_office(line.task.responsible) for line in lines}
    chosen = sorted(parties.items(), key=lambda pair: pair[1])
    if any(line.of_states for line in found.every):
        label = _("Delegations and bodies") if actor.party_kind in SECRETARIATS else _("My delegation")
        chosen.append((DELEGATIONS, label))
    return chosen


def _found_sentence(found: Checklist, filters: ChecklistFilters) -> str:
    values = {"shown": found.shown, "total": found.total}
    if not filters.narrow:
        if filters.sort == "code":
            return ngettext("%(total)d task, by code.", "%(total)d tasks, by code.", found.total) % values
        return ngettext("%(total)d task, by deadline.", "%(total)d tasks, by deadline.", found.total) % values
    if filters.sort == "code":
        return ngettext("%(shown)d task of %(total)d, by code.", "%(shown)d tasks of %(total)d, by code.", found.shown) % values
    sentence = ngettext("%(shown)d task of %(total)d, by deadline.", "%(shown)d tasks of %(total)d, by deadline.", found.shown)
    return sentence % values


# Files -----------------------------------------------------------------------------------------------------------


@needs_seat
@require_safe
def export(request: PageRequest, slug: str, kind: str) -> HttpResponse:
    """Return the lines that the address asks for as a file."""
    summit = load_summit(request, slug)
    found = read_checklist(summit, actor=request.actor, now=request.now, filters=filters_of(request.GET))
    columns = [
        pgettext("of a task", "Code"),
        _("Task"),
        _("Phase"),
        _("Responsible"),
        _("Verifies"),
        _("Deadline"),
        _("Deadline (UTC)"),
        pgettext("of a task", "State"),
        _("Received"),
        _("Asked"),
        _("Waits for"),
    ]
    return table_file(kind, f"checklist-{summit.slug}", columns, [_cells(line) for line in found.lines])


def _cells(line: Line) -> list[object]:
    office = asked_in_words(line.task, line.asked) if line.counted else short_office(line.part.responsible)
    return [
        line.task.code,
        line.task.title,
        line.task.phase.title,
        office,
        short_office(line.task.verified_by),
        moment(line.due_at, line.part.deadline.zone) if line.due_at else "",
        f"{line.due_at:%Y-%m-%dT%H:%M:%SZ}" if line.due_at else "",
        str(TaskState(line.part.state).label),
        line.received if line.counted else "",
        line.asked if line.counted else "",
        ", ".join(w.code for w in line.waits_for),
    ]
