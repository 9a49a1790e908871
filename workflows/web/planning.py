"""Changes to the checklist by hand: a new line, another text or office, another deadline, one more party."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_http_methods

from workflows.actions.deadline import pin_deadline, set_rule
from workflows.actions.task import add_task, ask_party, change_task
from workflows.models import Party, Phase, Task
from workflows.queries.checklist import read_parts
from workflows.queries.facts import facts_of
from workflows.queries.task import parties_to_ask
from workflows.rules import permissions
from workflows.rules.evaluate import require
from workflows.states import Authority, Gate, PartyKind, Scope, TaskKind
from workflows.web.actor import needs_seat
from workflows.web.checklist_rows import short_office
from workflows.web.deadline import PinForm, RuleFields, RuleForm, rule_initial
from workflows.web.errors import attempt
from workflows.web.forms_base import VersionedForm, page_of_form
from workflows.web.links import url_for, url_to_do
from workflows.web.loading import load_summit
from workflows.web.talk import form_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflows.models import Deadline, Summit
    from workflows.web.actor import PageRequest

LANGUAGES = ("es", "pt", "en")


class LineForm(forms.Form):
    """The texts, offices and weight of a line of the checklist."""

    title_es = forms.CharField(label=gettext_lazy("Title in Spanish"), max_length=200)
    title_pt = forms.CharField(label=gettext_lazy("Title in Portuguese"), max_length=200)
    title_en = forms.CharField(label=gettext_lazy("Title in English"), max_length=200, required=False)
    deliverable_es = forms.CharField(label=gettext_lazy("What is delivered, in Spanish"), max_length=300, required=False)
    deliverable_pt = forms.CharField(label=gettext_lazy("What is delivered, in Portuguese"), max_length=300, required=False)
    deliverable_en = forms.CharField(label=gettext_lazy("What is delivered, in English"), max_length=300, required=False)
    responsible = forms.ModelChoiceField(Party.objects.none(), label=gettext_lazy("Responsible"))
    verified_by = forms.ModelChoiceField(Party.objects.none(), label=gettext_lazy("Verifies"))
    blocks = forms.ModelChoiceField(
        Phase.objects.none(), label=gettext_lazy("Phase that it blocks"), required=False, empty_label=gettext_lazy("None")
    )
    gate = forms.ChoiceField(
        label=gettext_lazy("How it weighs on that phase"),
        required=False,
        choices=[("", gettext_lazy("Not at all")), *Gate.choices],
    )
    depends_on = forms.ModelMultipleChoiceField(
        Task.objects.none(),
        label=gettext_lazy("Tasks that it waits for"),
        required=False,
        widget=forms.SelectMultiple({"size": 8}),
        help_text=gettext_lazy("Several may be chosen, with the control key."),
    )

    def __init__(self, *args: Any, summit: Summit, task: Task | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        working = Party.objects.filter(kind=PartyKind.SEGIB) | summit.secretariats.filter(ended_at__isnull=True)
        bodies = Party.objects.filter(kind=PartyKind.BODY, participations__summit=summit)
        fields["responsible"].queryset = (working | bodies).distinct().order_by("kind", "code")
        fields["verified_by"].queryset = working.order_by("kind", "code")
        fields["blocks"].queryset = summit.phases.order_by("position")
        others = summit.tasks.top().order_by("code")
        fields["depends_on"].queryset = others.exclude(pk=task.pk) if task else others
        fields["responsible"].label_from_instance = fields["verified_by"].label_from_instance = short_office
        fields["blocks"].label_from_instance = lambda phase: phase.title
        fields["depends_on"].label_from_instance = lambda line: f"{line.code} {line.title}"

    def texts(self, *names: str) -> dict[str, dict[str, str]]:
        """Return the texts by field and language."""
        return {name: {lang: self.cleaned_data.get(f"{name}_{lang}", "") for lang in LANGUAGES} for name in names}


class AddForm(RuleFields, LineForm):
    """A new line: what it is, whose, and until when."""

    code = forms.RegexField(
        r"^\s*[A-Za-z0-9][A-Za-z0-9-]*\s*$",
        label=pgettext_lazy("of a task", "Code"),
        max_length=16,
        help_text=gettext_lazy("Capitals and figures, as in DOC-12."),
        error_messages={"invalid": gettext_lazy("Write letters, figures and hyphens only, as in DOC-12.")},
    )
    phase = forms.ModelChoiceField(Phase.objects.none(), label=gettext_lazy("Phase"))
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=TaskKind.choices,
        help_text=gettext_lazy("Work is done by one party; a contribution is asked of several."),
    )
    scope = forms.ChoiceField(label=gettext_lazy("Of whom it is asked"), choices=Scope.choices)
    authority = forms.ChoiceField(
        label=gettext_lazy("Whose table it is"),
        required=False,
        choices=[("", gettext_lazy("No table in particular")), *Authority.choices],
    )

    field_order = (
        "code",
        "phase",
        *(f"title_{lang}" for lang in LANGUAGES),
        *(f"deliverable_{lang}" for lang in LANGUAGES),
        "kind",
        "scope",
        "responsible",
        "verified_by",
        "authority",
        "anchor",
        "number",
        "unit",
        "side",
        "calendar",
        "time_of_day",
        "exact_time",
        "blocks",
        "gate",
        "depends_on",
    )

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, summit=summit, meetings=summit.meetings.order_by("held_on", "code"), zone=summit.zone, **kwargs)
        phases: Any = self.fields["phase"]
        phases.queryset = summit.phases.order_by("position")
        phases.label_from_instance = lambda phase: phase.title


@needs_seat
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: PageRequest, slug: str) -> HttpResponse:
    """Add a line to the checklist by hand."""
    summit = load_summit(request, slug)
    require(permissions.is_secretariat, facts_of(summit), request.actor)
    form = AddForm(request.POST or None, summit=summit)
    if request.method == "POST" and form.is_valid():
        task = attempt(form, lambda: _add(request, summit, form))
        if task is not None:
            messages.success(request, _("The task was added to the checklist."))
            return redirect(url_for(task))
    crumbs = [
        {"label": pgettext("section", "Summit"), "url": url_for(summit)},
        {"label": _("Checklist"), "url": reverse("checklist", args=[summit.slug])},
        {"label": _("Add a task")},
    ]
    lead = _("It gets its deadline by the rule that you choose, and reminders like every other task.")
    return page_of_form(request, form, title=_("Add a task"), label=_("Add the task"), crumbs=crumbs, lead=lead)


def _add(request: PageRequest, summit: Summit, form: AddForm) -> Task:
    said = form.cleaned_data
    return add_task(
        summit,
        code=said["code"],
        phase=said["phase"],
        texts=form.texts("title", "deliverable"),
        responsible=said["responsible"],
        verified_by=said["verified_by"],
        rule=form.rule(),
        anchor=summit.meetings.filter(code=said["anchor"]).first(),
        kind=said["kind"],
        scope=said["scope"],
        authority=said["authority"],
        gate=said["gate"],
        blocks=said["blocks"],
        depends_on=list(said["depends_on"]),
        actor=request.actor,
        now=request.now,
    )


# A line as it stands ---------------------------------------------------------------------------------------------


class ChangeForm(LineForm, VersionedForm):
    """Changes a line: its texts, who owes or verifies it, its weight, what it waits for."""

    applies_if_es = forms.CharField(label=gettext_lazy("When it applies, in Spanish"), max_length=200, required=False)
    applies_if_pt = forms.CharField(label=gettext_lazy("When it applies, in Portuguese"), max_length=200, required=False)
    applies_if_en = forms.CharField(label=gettext_lazy("When it applies, in English"), max_length=200, required=False)

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        super().__init__(*args, summit=task.summit, task=task, **kwargs)
        if task.is_parent or task.responsible.kind == PartyKind.DELEGATION:
            del self.fields["responsible"]

    def clean(self) -> dict[str, Any]:
        """Ask for the phase where the task weighs on one."""
        said = super().clean() or self.cleaned_data
        if said.get("gate") and not said.get("blocks"):
            self.add_error("blocks", _("Say which phase the task blocks."))
        return said


def _line_initial(task: Task) -> dict[str, Any]:
    texts = {f"{f}_{lang}": getattr(task, f"{f}_{lang}") for f in ("title", "deliverable", "applies_if") for lang in LANGUAGES}
    return texts | {
        "responsible": task.responsible_id,
        "verified_by": task.verified_by_id,
        "blocks": task.blocks_id,
        "gate": task.gate,
        "depends_on": list(task.dependencies.values_list("depends_on_id", flat=True)),
        "version": task.version,
    }


def _change(request: PageRequest, row: Task) -> HttpResponse:
    require(permissions.is_secretariat, facts_of(row), request.actor)
    form = ChangeForm(request.POST or None, task=row, initial=_line_initial(row))
    if request.method == "POST" and form.is_valid() and attempt(form, lambda: _store_change(request, row, form)) is not None:
        messages.success(request, _("The task was changed."))
        return redirect(url_for(row))
    return form_page(request, row, form, title=_("Change the task"), label=_("Keep the changes"))


def _store_change(request: PageRequest, row: Task, form: ChangeForm) -> Task:
    said = form.cleaned_data
    return change_task(
        row,
        texts=form.texts("title", "deliverable", "applies_if"),
        responsible=said.get("responsible"),
        verified_by=said["verified_by"],
        gate=said["gate"],
        blocks=said["blocks"],
        depends_on=list(said["depends_on"]),
        actor=request.actor,
        now=request.now,
        if_version=said["version"],
    )


# Its deadline ----------------------------------------------------------------------------------------------------


def _deadline_of(request: PageRequest, row: Task) -> Deadline:
    require(permissions.is_secretariat, facts_of(row), request.actor)
    if not hasattr(row, "deadline"):
        raise Http404
    return row.deadline


def _pin(request: PageRequest, row: Task) -> HttpResponse:
    deadline = _deadline_of(request, row)
    initial = {"due_at": deadline.due_at, "version": deadline.version}
    form = PinForm(request.POST or None, zone=row.summit.zone, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        fix = partial(pin_deadline, deadline, due_at=said["due_at"], reason=said["reason"], if_version=said["version"])
        if attempt(form, partial(fix, actor=request.actor, now=request.now)) is not None:
            messages.success(request, _("The deadline is fixed by hand; those whom it concerns are written to."))
            return redirect(url_for(row))
    return form_page(request, row, form, title=_("Fix the deadline by hand"), label=_("Fix the deadline"))


def _rule(request: PageRequest, row: Task) -> HttpResponse:
    deadline = _deadline_of(request, row)
    meetings = row.summit.meetings.order_by("held_on", "code")
    form = RuleForm(request.POST or None, meetings=meetings, zone=row.summit.zone, initial=rule_initial(deadline))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        place = partial(set_rule, deadline, rule=form.rule(), anchor_code=said["anchor"], reason=said["reason"])
        if attempt(form, partial(place, if_version=said["version"], actor=request.actor, now=request.now)) is not None:
            messages.success(request, _("The deadline follows the new rule."))
            return redirect(url_for(row))
    return form_page(request, row, form, title=_("Set the deadline by rule"), label=_("Set the deadline"))


# Parties asked ---------------------------------------------------------------------------------------------------


class PartyForm(VersionedForm):
    """Chooses one party, in protocol order."""

    party = forms.ChoiceField(label=gettext_lazy("Delegation or body"))

    def __init__(self, *args: Any, offered: Sequence[Party], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["party"]
        field.choices = [(party.code, party.list_name) for party in offered]


def _ask(request: PageRequest, row: Task) -> HttpResponse:
    require(permissions.is_secretariat, facts_of(row), request.actor)
    offered = parties_to_ask(row)
    form = PartyForm(request.POST or None, offered=offered, initial={"version": row.version})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        party = next(party for party in offered if party.code == said["party"])
        ask = partial(ask_party, row, party=party, if_version=said["version"])
        if attempt(form, partial(ask, actor=request.actor, now=request.now)) is not None:
            messages.success(request, _("It was asked; the party is written to."))
            return redirect(url_for(row))
    return form_page(request, row, form, title=_("Ask a party"), label=_("Ask for it"))


def _note(request: PageRequest, row: Task) -> HttpResponse:
    """Choose whose note arrived; what it says is written down on the next page."""
    require(permissions.is_secretariat, facts_of(row), request.actor)
    parts = [part.task for part in read_parts(row, actor=request.actor) if "submit" in part.options]
    form = PartyForm(request.POST or None, offered=[part.responsible for part in parts])
    if request.method == "POST" and form.is_valid():
        chosen = next(part for part in parts if part.responsible.code == form.cleaned_data["party"])
        return redirect(url_to_do(chosen, "submit"))
    return form_page(request, row, form, title=_("Record a note verbale"), label=_("Go on"))


PLANS = {"change": _change, "pin": _pin, "rule": _rule, "ask": _ask, "note": _note}
"""What a secretariat changes of a line, by the last part of the address."""
