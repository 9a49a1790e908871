"""What is done to a text besides its transitions: clearances, concordance, originals, admission, adherence, publications."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from workflows.actions.document import (
    admit_late,
    certify_concordance,
    file_originals,
    publish_corrigendum,
    publish_provisional,
    record_adherence,
    sign_clearance,
)
from workflows.models import Paragraph
from workflows.queries.document import delegations_of
from workflows.queries.document_names import number_of
from workflows.queries.facts import facts_of
from workflows.queries.summit import list_decisions
from workflows.rules import document_permissions as permissions
from workflows.rules.evaluate import require
from workflows.states import ClearanceOffice, DecisionSubject
from workflows.web.document_rows import name_paragraph
from workflows.web.errors import attempt
from workflows.web.forms_base import VersionedForm, offer, page_of_form, posted
from workflows.web.links import url_for

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from workflows.models import Document, Summit
    from workflows.rules.permissions import Permission
    from workflows.web.actor import PageRequest


def crumbs_of(summit: Summit, document: Document | None = None) -> list[dict[str, str]]:
    """Return where the pages of texts stand, up to a text where one is given."""
    trail = [
        {"label": pgettext("section", "Summit"), "url": url_for(summit)},
        {"label": _("Documents"), "url": reverse("documents", args=[summit.slug])},
    ]
    return [*trail, {"label": document.title, "url": url_for(document)}] if document else trail


page_of_text = partial(page_of_form, template="document/form.html")
"""Return the page of one form about a text, as `page_of_form`."""


# Forms -----------------------------------------------------------------------------------------------------------


class ClearanceForm(VersionedForm):
    """Signs the clearance of one office."""

    office = forms.ChoiceField(label=gettext_lazy("For which office"), choices=ClearanceOffice.choices)
    note = forms.CharField(label=gettext_lazy("Note"), required=False, widget=forms.Textarea({"rows": 3}), max_length=20_000)


class NothingForm(VersionedForm):
    """Asks for nothing but the button."""


class OriginalsForm(VersionedForm):
    """States where both signed originals are kept."""

    es = forms.CharField(label=gettext_lazy("Where the signed original in Spanish is kept"), max_length=200)
    pt = forms.CharField(label=gettext_lazy("Where the signed original in Portuguese is kept"), max_length=200)


class AdmitForm(VersionedForm):
    """Names the decision that admits a late communiqué."""

    decision = forms.ChoiceField(label=gettext_lazy("The decision that admits it"), widget=forms.RadioSelect)


class AdherenceForm(VersionedForm):
    """Names the countries that adhere explicitly, in protocol order."""

    parties = forms.MultipleChoiceField(
        label=gettext_lazy("The countries that adhere explicitly"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("The others are not named anywhere."),
    )


class CorrigendumForm(VersionedForm):
    """Says what was wrong, and right."""

    wrong_and_right = forms.CharField(
        label=gettext_lazy("What was wrong, and how it is right"),
        widget=forms.Textarea,
        max_length=20_000,
        help_text=gettext_lazy("It is published beside the text, which stays as it was."),
    )


# What is done ----------------------------------------------------------------------------------------------------


def place_in_text(document: Document, paragraph: Paragraph | None) -> str:
    """Return where on the page of a text a paragraph, or what is said of the whole, stands."""
    return f"{url_for(document)}#{f'p-{paragraph.uuid}' if paragraph else 'whole'}"


def ask_about(
    request: PageRequest,
    row: Document | Paragraph,
    form: VersionedForm,
    call: Callable[..., Any],
    *,
    who: Permission,
    title: str,
    label: str,
    done: str,
    back: str = "",
    lead: str = "",
    **more: Any,
) -> HttpResponse:
    """Show a form about a text or a paragraph to whom it falls; when it is sent and holds, do it and go back to the text."""
    paragraph = row if isinstance(row, Paragraph) else None
    document: Document = row.document if isinstance(row, Paragraph) else row
    require(who, facts_of(document), request.actor)
    if request.method == "POST" and form.is_valid():
        said = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        act = partial(call, row, actor=request.actor, now=request.now, if_version=form.cleaned_data.get("version"), **said)
        if attempt(form, act, row=row) is not None:
            messages.success(request, done)
            return redirect(back or (place_in_text(document, paragraph) if paragraph else url_for(document)))
    crumbs = crumbs_of(document.summit, document)
    if paragraph:
        name = name_paragraph(paragraph.kind, number_of(paragraph))
        crumbs, lead = [*crumbs, {"label": name, "url": url_for(paragraph)}], lead or f"{name}. {document.title}"
    crumbs = [*crumbs, {"label": title}]
    return page_of_text(request, form, title=title, label=label, crumbs=crumbs, lead=lead or document.title, **more)


def _first(row: Document) -> dict[str, Any]:
    return {"version": row.version}


def _sign(request: PageRequest, row: Document) -> HttpResponse:
    form = ClearanceForm(posted(request), initial=_first(row))
    return ask_about(
        request,
        row,
        form,
        sign_clearance,
        who=permissions.is_segib,
        title=_("Sign a clearance"),
        label=_("Sign"),
        done=_("The clearance is signed; it stands for the text as it is now."),
    )


def _certify(request: PageRequest, row: Document) -> HttpResponse:
    lead = _("You certify that the Spanish and the Portuguese say the same. An edit afterwards takes it away.")
    return ask_about(
        request,
        row,
        NothingForm(posted(request), initial=_first(row)),
        certify_concordance,
        who=permissions.is_segib,
        title=_("Certify the concordance"),
        label=_("Certify the concordance"),
        done=_("The concordance is certified."),
        lead=lead,
    )


def _file(request: PageRequest, row: Document) -> HttpResponse:
    first = _first(row) | {"es": row.originals_es, "pt": row.originals_pt}
    return ask_about(
        request,
        row,
        OriginalsForm(posted(request), initial=first),
        file_originals,
        who=permissions.is_segib,
        title=_("File the signed originals"),
        label=_("File the originals"),
        done=_("The originals are filed."),
    )


def _admit(request: PageRequest, row: Document) -> HttpResponse:
    decisions = list_decisions(row.summit, request.actor, DecisionSubject.LATE_COMMUNIQUE)
    form = AdmitForm(posted(request), initial=_first(row))
    offer(form, "decision", [(str(d.uuid), f"{d.meeting.title}: {d.text}") for d in decisions])
    return ask_about(
        request,
        row,
        form,
        admit_late,
        who=permissions.is_spt,
        title=_("Record the decision that admits it"),
        label=_("Record the decision"),
        done=_("The late communiqué is admitted."),
        lacking="" if decisions else _("Not possible now: no decision that admits it is recorded in a meeting."),
        lacking_url=reverse("meetings", args=[row.summit.slug]),
    )


def _adhere(request: PageRequest, row: Document) -> HttpResponse:
    delegations = {party.code: party for party in delegations_of(row.summit)}
    first = _first(row) | {"parties": [party.code for party in row.adhering.all()]}
    form = AdherenceForm(posted(request), initial=first)
    offer(form, "parties", [(code, party.list_name) for code, party in delegations.items()])

    def record(document: Document, *, parties: Sequence[str], **said: Any) -> Document:
        return record_adherence(document, parties=[delegations[code] for code in parties], **said)

    return ask_about(
        request,
        row,
        form,
        record,
        who=permissions.is_spt_secretary,
        title=_("Record the countries that adhere"),
        label=_("Record them"),
        done=_("The countries that adhere are recorded."),
    )


def _provisional(request: PageRequest, row: Document) -> HttpResponse:
    return ask_about(
        request,
        row,
        NothingForm(posted(request), initial=_first(row)),
        publish_provisional,
        who=permissions.is_segib,
        title=_("Publish provisionally"),
        label=_("Publish provisionally"),
        done=_("The text as adopted is published provisionally."),
        lead=_("The text as adopted is published with its hash, before the signed originals are filed."),
    )


def _corrigendum(request: PageRequest, row: Document) -> HttpResponse:
    return ask_about(
        request,
        row,
        CorrigendumForm(posted(request), initial=_first(row)),
        publish_corrigendum,
        who=permissions.is_segib_approver,
        title=_("Publish a corrigendum"),
        label=_("Publish the corrigendum"),
        done=_("The corrigendum is published."),
    )


ACTS: dict[str, tuple[Callable[[PageRequest, Document], HttpResponse], str]] = {
    "sign_clearance": (_sign, "clear"),
    "certify_concordance": (_certify, "certify"),
    "file_originals": (_file, "file_originals"),
    "admit_late": (_admit, "admit"),
    "record_adherence": (_adhere, "adhere"),
    "publish_provisional": (_provisional, "publish_provisionally"),
    "corrigendum": (_corrigendum, "correct"),
}
"""What is done to a text besides its transitions, by the last part of the address; and the right of `May` that it needs."""
