"""What is done to a text besides its transitions: sign a clearance, certify, admit, adhere, file, publish, correct."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.actions.document import (
    admit_late,
    certify_concordance,
    file_originals,
    publish_corrigendum,
    publish_provisional,
    record_adherence,
    sign_clearance,
)
from workflows.models import Party
from workflows.queries.document import delegations_of
from workflows.queries.summit import list_decisions
from workflows.states import ClearanceOffice, DecisionSubject
from workflows.web.errors import attempt
from workflows.web.forms_base import VersionedForm, posted
from workflows.web.links import url_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflows.models import Document
    from workflows.web.actor import PageRequest


def page_of_form(
    request: PageRequest,
    form: forms.Form,
    *,
    title: str,
    label: str,
    crumbs: Sequence[dict[str, str]],
    lead: str = "",
    kind: str = "",
    status: int = 0,
    **context: Any,
) -> HttpResponse:
    """Return the page of one form; `back` is the last of the crumbs that leads somewhere."""
    context |= {
        "title": title,
        "lead": lead,
        "form": form,
        "url": request.get_full_path(),
        "label": label,
        "kind": kind,
        "crumbs": crumbs,
        "back": next(crumb["url"] for crumb in reversed(crumbs) if crumb.get("url")),
    }
    return render(request, "document/form.html", context, status=status or (400 if form.errors else 200))


def crumbs_to(document: Document, *more: str) -> list[dict[str, str]]:
    """Return where a page of a text stands."""
    trail = [
        {"label": _("Documents"), "url": reverse("documents", args=[document.summit.slug])},
        {"label": document.title, "url": url_for(document)},
    ]
    return [*trail, *({"label": label} for label in more)]


class ClearanceForm(VersionedForm):
    """Signs one of SEGIB's four clearances."""

    office = forms.ChoiceField(label=gettext_lazy("Clearance"), choices=ClearanceOffice.choices)
    note = forms.CharField(label=gettext_lazy("Note"), required=False, widget=forms.Textarea({"rows": 3}), max_length=2_000)


class OriginalsForm(VersionedForm):
    """Says where both signed originals are kept."""

    es = forms.CharField(label=gettext_lazy("Where the signed original in Spanish is kept"), max_length=200)
    pt = forms.CharField(label=gettext_lazy("Where the signed original in Portuguese is kept"), max_length=200)


class DecisionForm(VersionedForm):
    """Names the decision that admits a late communiqué."""

    decision = forms.ChoiceField(label=gettext_lazy("The decision that admits it"), widget=forms.RadioSelect)


class AdherenceForm(VersionedForm):
    """Names the countries that adhere; the others are not named anywhere."""

    parties = forms.MultipleChoiceField(
        label=gettext_lazy("Countries that adhere, in protocol order"), required=False, widget=forms.CheckboxSelectMultiple
    )


class CorrigendumForm(VersionedForm):
    """Says what was wrong in a published text, and what is right."""

    wrong_and_right = forms.CharField(
        label=gettext_lazy("What was wrong, and what is right"), widget=forms.Textarea({"rows": 5}), max_length=20_000
    )


def _act(
    request: PageRequest,
    row: Document,
    form: VersionedForm,
    do: Callable[..., object],
    *,
    title: str,
    label: str,
    done: str,
    lead: str = "",
    said: Callable[[dict[str, Any]], dict[str, Any]] = dict,
    **context: Any,
) -> HttpResponse:
    """Show the form of an act, or do it and return to the text."""
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        version = values.pop("version", None)
        call = partial(do, row, **said(values), actor=request.actor, now=request.now, if_version=version)
        if attempt(form, call) is not None:
            messages.success(request, done)
            return redirect(url_for(row))
    return page_of_form(request, form, title=title, label=label, lead=lead, crumbs=crumbs_to(row, title), **context)


def _clearance(request: PageRequest, row: Document) -> HttpResponse:
    form = ClearanceForm(posted(request), initial={"version": row.version, "office": request.GET.get("office", "")})
    title = _("Sign a clearance")
    lead = _("It is bound to the text as it stands now: an edit that touches it takes it away.")
    return _act(request, row, form, sign_clearance, title=title, label=_("Sign"), done=_("The clearance is signed."), lead=lead)


def _concordance(request: PageRequest, row: Document) -> HttpResponse:
    form = VersionedForm(posted(request), initial={"version": row.version})
    title = _("Certify the concordance")
    lead = _("You certify that the Spanish and the Portuguese say the same. An edit afterwards takes it away.")
    done = _("The concordance of both languages is certified.")
    return _act(request, row, form, certify_concordance, title=title, label=_("Certify"), done=done, lead=lead)


def _originals(request: PageRequest, row: Document) -> HttpResponse:
    form = OriginalsForm(posted(request), initial={"version": row.version, "es": row.originals_es, "pt": row.originals_pt})
    title = _("File the signed originals")
    return _act(request, row, form, file_originals, title=title, label=_("File"), done=_("Both originals are filed."))


def _admit(request: PageRequest, row: Document) -> HttpResponse:
    decisions = list_decisions(row.summit, request.actor, DecisionSubject.LATE_COMMUNIQUE)
    form = DecisionForm(posted(request), initial={"version": row.version})
    field: Any = form.fields["decision"]
    field.choices = [(str(d.uuid), f"{d.meeting.title}: {d.text}") for d in decisions]
    return _act(
        request,
        row,
        form,
        admit_late,
        title=_("Record the decision that admits it"),
        label=_("Admit"),
        done=_("The late communiqué is admitted."),
        lead=_("It was proposed after the window for communiqués."),
        no_decision=not decisions,
        meetings_url=reverse("meetings", args=[row.summit.slug]),
    )


def _adherence(request: PageRequest, row: Document) -> HttpResponse:
    parties = {party.code: party for party in delegations_of(row.summit)}
    codes = list(row.adhering.values_list("code", flat=True))
    form = AdherenceForm(posted(request), initial={"version": row.version, "parties": codes})
    field: Any = form.fields["parties"]
    field.choices = [(code, party.name) for code, party in parties.items()]

    def said(values: dict[str, Any]) -> dict[str, Any]:
        chosen: list[Party] = [parties[code] for code in values["parties"]]
        return {"parties": chosen}

    title = _("Record the countries that adhere")
    lead = _("Only explicit adherence is recorded; the other countries are not named.")
    done = _("The adherences are recorded.")
    return _act(request, row, form, record_adherence, title=title, label=_("Record"), done=done, lead=lead, said=said)


def _provisional(request: PageRequest, row: Document) -> HttpResponse:
    form = VersionedForm(posted(request), initial={"version": row.version})
    title = _("Publish provisionally")
    lead = _("The text as adopted, before the signed originals are filed. Anyone can check it without an account.")
    done = _("The provisional text is published.")
    return _act(request, row, form, publish_provisional, title=title, label=_("Publish provisionally"), done=done, lead=lead)


def _corrigendum(request: PageRequest, row: Document) -> HttpResponse:
    form = CorrigendumForm(posted(request), initial={"version": row.version})
    title = _("Publish a corrigendum")
    lead = _("The text as published stays; the corrigendum is published beside it.")
    done = _("The corrigendum is published.")
    return _act(request, row, form, publish_corrigendum, title=title, label=_("Publish"), done=done, lead=lead)


ACTS: dict[str, tuple[Callable[[PageRequest, Document], HttpResponse], str]] = {
    "sign_clearance": (_clearance, "clear"),
    "certify_concordance": (_concordance, "certify"),
    "file_originals": (_originals, "file_originals"),
    "admit_late": (_admit, "admit"),
    "record_adherence": (_adherence, "adhere"),
    "publish_provisional": (_provisional, "publish_provisionally"),
    "corrigendum": (_corrigendum, "correct"),
}
"""The acts on a text that are no transitions, by the name in their address; each with the field of `May` that allows it."""
