"""What delegations say of a text: comments and proposals, positions, and the matrix of both in protocol order."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from workflows.actions.proposal import (
    change_proposal,
    end_position,
    record_proposal,
    take_position,
    write_proposal,
)
from workflows.errors import NotPermitted
from workflows.models import Paragraph, Position, Proposal
from workflows.queries.document import delegations_of, list_positions, options_of, read_document
from workflows.queries.facts import facts_of
from workflows.rules.facts import Inputs
from workflows.states import ParagraphKind, PartyKind, PositionKind, ProposalKind, ProposalState
from workflows.web.actor import needs_seat
from workflows.web.document_acts import crumbs_to, page_of_form
from workflows.web.document_rows import name_paragraph, proposal_shown
from workflows.web.errors import attempt
from workflows.web.forms_base import InZoneField, VersionedForm, offer, posted
from workflows.web.links import linked, url_for, url_to_do
from workflows.web.loading import load_document, load_proposal
from workflows.web.transition import Step, run
from workflows.web.transition_form import PAPER_CHANNELS

if TYPE_CHECKING:
    from uuid import UUID

    from workflows.models import Document, Party
    from workflows.queries.document import DocumentSheet
    from workflows.web.actor import PageRequest

POST = ["GET", "HEAD", "POST"]


class PaperForm(forms.Form):
    """How something came that a secretariat records for a delegation; gone where a delegation speaks for itself."""

    party = forms.ChoiceField(label=gettext_lazy("Of which delegation"))
    channel = forms.ChoiceField(
        label=gettext_lazy("How it came"),
        widget=forms.RadioSelect,
        choices=[(c.value, capfirst(c.label)) for c in PAPER_CHANNELS],
    )
    note_number = forms.CharField(label=gettext_lazy("Number of the note"), required=False, max_length=80)
    received_at = InZoneField(
        label=gettext_lazy("When it was received"),
        required=False,
        help_text=gettext_lazy("Lateness is judged by this. Leave it empty if it was now."),
    )
    PAPER = ("party", "channel", "note_number", "received_at")

    def for_whom(self, parties: dict[str, Party], zone: str) -> None:
        """Offer the delegations for which one may record; without any, nothing about paper is asked."""
        if not parties:
            for name in self.PAPER:
                del self.fields[name]
            return
        offer(self, "party", [(code, party.name) for code, party in parties.items()])
        field: Any = self.fields["received_at"]
        field.zone = type(field.zone)(zone)

    def inputs(self) -> Inputs:
        """Return how it came, as the rules read it."""
        said = self.cleaned_data
        if "party" not in said:
            return Inputs()
        return Inputs(on_behalf=True, channel=said["channel"], note_number=said["note_number"], received_at=said["received_at"])


class ProposalForm(PaperForm):
    """A comment or a proposal on a paragraph, or on the whole text."""

    paragraph = forms.ChoiceField(label=gettext_lazy("On what"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("What it is"), choices=ProposalKind.choices, widget=forms.RadioSelect, initial=ProposalKind.COMMENT
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=[("es", gettext_lazy("Spanish")), ("pt", gettext_lazy("Portuguese"))]
    )
    text = forms.CharField(label=gettext_lazy("Text"), widget=forms.Textarea({"rows": 6}), max_length=20_000)


class PositionForm(PaperForm):
    """A position; reasons are welcome, never demanded."""

    paragraph = forms.ChoiceField(label=gettext_lazy("On what"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Position"), choices=PositionKind.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        widget=forms.Textarea({"rows": 3}),
        max_length=2_000,
        help_text=gettext_lazy("Reasons are welcome, and never demanded."),
    )


class TextForm(VersionedForm):
    """Changes a draft of one's own delegation."""

    text = forms.CharField(label=gettext_lazy("Text"), widget=forms.Textarea({"rows": 6}), max_length=20_000)


def _matters(sheet: DocumentSheet) -> list[tuple[str, str]]:
    """Return on what one may speak: the whole text, and each paragraph."""
    rows = [row for row in sheet.rows if row.paragraph.kind != ParagraphKind.HEADING]
    named = [(str(r.paragraph.uuid), name_paragraph(r.paragraph.kind, r.line.number)) for r in rows]
    return [("", _("The whole text")), *named]


def _recorded_for(request: PageRequest, document: Document) -> dict[str, Party]:
    """Return the delegations for which the reader records: none for a delegation, all but its own country for the SPT."""
    actor = request.actor
    if actor.party_kind == PartyKind.DELEGATION:
        return {}
    return {p.code: p for p in delegations_of(document.summit) if p.pk != actor.host_party_id}


def _on(document: Document, uuid: str) -> Paragraph | None:
    return Paragraph.objects.filter(document=document, uuid=uuid).first() if uuid else None


def _asked(request: PageRequest, form: Any, sheet: DocumentSheet) -> dict[str, Party]:
    parties = _recorded_for(request, sheet.document)
    offer(form, "paragraph", _matters(sheet))
    form.for_whom(parties, request.actor.zone)
    return parties


# Comments and proposals ------------------------------------------------------------------------------------------


@needs_seat
@require_http_methods(POST)
def write(request: PageRequest, slug: str, code: str) -> HttpResponse:
    """Draft a comment or a proposal of one's delegation, or record one that came on paper."""
    document = load_document(request, slug, code)
    sheet = read_document(document, actor=request.actor)
    if not sheet.may.propose and not sheet.may.record:
        raise NotPermitted(_("The text is not open to your comments now."), code="text_not_open")
    language = "pt" if request.actor.language.startswith("pt") else "es"
    form = ProposalForm(posted(request), initial={"paragraph": request.GET.get("paragraph", ""), "language": language})
    parties = _asked(request, form, sheet)
    if request.method == "POST" and form.is_valid():
        done = attempt(form, partial(_write, request, document, form, parties))
        if done is not None:
            is_draft = done.state == ProposalState.DRAFT
            said = _("It is a draft: only your delegation sees it until it is submitted.") if is_draft else _("It is recorded.")
            messages.success(request, said)
            return redirect(url_for(done))
    title = _("Record what a delegation proposes") if parties else _("Comment or propose")
    return page_of_form(request, form, title=title, label=_("Save"), crumbs=crumbs_to(document, title), lead=document.title)


def _write(request: PageRequest, document: Document, form: ProposalForm, parties: dict[str, Party]) -> Proposal:
    said = form.cleaned_data
    what: dict[str, Any] = {name: said[name] for name in ("kind", "text", "language")}
    what |= {"paragraph": _on(document, said["paragraph"]), "actor": request.actor, "now": request.now}
    if parties:
        return record_proposal(document, on_behalf_of=parties[said["party"]], inputs=form.inputs(), **what)
    return write_proposal(document, **what)


@needs_seat
@require_http_methods(POST)
def proposal(request: PageRequest, slug: str, code: str, uuid: UUID) -> HttpResponse:
    """Show a proposal with what can be done; its own delegation changes a draft here."""
    row = load_proposal(request, slug, code, uuid)
    sheet = read_document(row.document, actor=request.actor)
    own_draft = row.state == ProposalState.DRAFT and row.party_id == request.actor.party_id
    form = TextForm(posted(request), initial={"version": row.version, "text": row.text}) if own_draft else None
    if request.method == "POST":
        if form is None:
            raise NotPermitted(_("Only a draft of your own delegation is changed."), code="not_a_draft")
        if form.is_valid():
            said = form.cleaned_data
            call = partial(change_proposal, row, text=said["text"], actor=request.actor, now=request.now)
            if attempt(form, partial(call, if_version=said["version"])) is not None:
                messages.success(request, _("The draft is saved."))
                return redirect(url_for(row))
    found = next((r for r in sheet.rows if r.paragraph.pk == row.paragraph_id), None)
    on = name_paragraph(found.paragraph.kind, found.line.number) if found else _("The whole text")
    options = list(options_of(row, facts_of(row), request.actor).values())
    shown = proposal_shown(row, request.actor)
    context = {
        "title": _("%(kind)s of %(party)s") % {"kind": shown["kind"], "party": row.party.name},
        "proposal": shown,
        "on": on,
        "row": found,
        "crumbs": crumbs_to(row.document, on),
        "form": form,
        "url": request.path,
        "actions": [
            {"label": o.label, "url": url_to_do(row, o.name), "kind": "" if o.name == "submit" else "line"}
            for o in options
            if o.allowed
        ],
        "withheld": [{"action": o.label, "reasons": linked(o.reasons)} for o in options if not o.allowed],
    }
    return render(request, "document/proposal.html", context, status=400 if form is not None and form.errors else 200)


@needs_seat
@require_http_methods(POST)
def proposal_action(request: PageRequest, slug: str, code: str, uuid: UUID, verb: str) -> HttpResponse:
    """Submit, withdraw or dispose of a proposal."""
    row = load_proposal(request, slug, code, uuid)
    disposes = verb in {"accept", "merge", "not_retain"}
    step = Step(
        request=request,
        row=row,
        name=verb,
        back=url_for(row.document) if verb == "withdraw" else url_for(row),
        extra_needs=["note"] if disposes else [],
        crumbs=crumbs_to(row.document, row.party.name),
        context={"subject": row.text[:200]},
    )
    return run(step)


# Positions -------------------------------------------------------------------------------------------------------


@needs_seat
@require_http_methods(POST)
def take(request: PageRequest, slug: str, code: str) -> HttpResponse:
    """Take a position of one's delegation, or record one that came on paper or was said."""
    document = load_document(request, slug, code)
    sheet = read_document(document, actor=request.actor)
    if not sheet.may.take_position and not sheet.may.record:
        raise NotPermitted(_("The text is not open to your positions now."), code="text_not_open")
    form = PositionForm(posted(request), initial={"paragraph": request.GET.get("paragraph", "")})
    parties = _asked(request, form, sheet)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        call = partial(
            take_position,
            document,
            paragraph=_on(document, said["paragraph"]),
            kind=said["kind"],
            note=said["note"],
            inputs=form.inputs(),
            on_behalf_of=parties[said["party"]] if parties else None,
            actor=request.actor,
            now=request.now,
        )
        if attempt(form, call) is not None:
            messages.success(request, _("The position is recorded; it can be changed or lifted until the outcome."))
            where = f"#p-{said['paragraph']}" if said["paragraph"] else ""
            return redirect(url_for(document) + where)
    title = _("Record a position") if parties else _("Take a position")
    return page_of_form(request, form, title=title, label=_("Save"), crumbs=crumbs_to(document, title), lead=document.title)


@needs_seat
@require_http_methods(POST)
def end(request: PageRequest, slug: str, code: str, uuid: UUID) -> HttpResponse:
    """Lift a position: one's own, or another's by the paper that says so."""
    document = load_document(request, slug, code)
    rows = Position.objects.visible_to(request.actor).standing().select_related("party", "document__summit", "paragraph")
    row = get_object_or_404(rows, document=document, uuid=uuid)
    row.document = document
    own = row.party_id == request.actor.party_id
    if not own and request.actor.party_kind == PartyKind.DELEGATION:
        raise Http404
    form = PaperForm(posted(request))
    form.for_whom({} if own else {row.party.code: row.party}, request.actor.zone)
    if request.method == "POST" and form.is_valid():
        call = partial(end_position, row, actor=request.actor, now=request.now, inputs=form.inputs())
        if attempt(form, call) is not None:
            messages.success(request, _("The position is lifted."))
            return redirect(reverse("positions", args=[slug, code]))
    title = _("Lift the position")
    lead = f"{row.party.name}: {row.get_kind_display()}"
    return page_of_form(request, form, title=title, label=title, crumbs=crumbs_to(document, title), lead=lead)


@needs_seat
@require_safe
def positions(request: PageRequest, slug: str, code: str) -> HttpResponse:
    """Show the matrix of delegations and paragraphs, in protocol order: who said what; nothing is counted or ranked."""
    document = load_document(request, slug, code)
    if document.is_plain or document.circulated_at is None:
        raise Http404
    sheet = read_document(document, actor=request.actor)
    taken = {(p.party_id, p.paragraph_id): p for p in list_positions(document, actor=request.actor)}
    shown = [row for row in sheet.rows if row.paragraph.kind != ParagraphKind.HEADING]
    columns = [{"label": row.line.number, "url": url_for(row.paragraph)} for row in shown]
    rows = [
        {
            "name": party.name,
            "whole": _cell(taken.get((party.pk, None)), request),
            "cells": [_cell(taken.get((party.pk, row.paragraph.pk)), request) for row in shown],
        }
        for party in delegations_of(document.summit)
    ]
    context = {
        "document": document,
        "columns": columns,
        "rows": rows,
        "crumbs": crumbs_to(document, _("Positions")),
        "kinds": [(kind.value, kind.label) for kind in PositionKind],
        "say": [{"label": _("Record a position"), "url": reverse("position-take", args=[slug, code])}]
        if sheet.may.record
        else [],
    }
    return render(request, "document/positions.html", context)


def _cell(position: Position | None, request: PageRequest) -> dict[str, Any]:
    if position is None:
        return {"kind": "none"}
    own = position.party_id == request.actor.party_id
    args = [position.document.summit.slug, position.document.code, position.uuid]
    lifts = own or request.actor.party_kind in {PartyKind.SPT, PartyKind.SEGIB}
    return {"kind": position.kind, "note": position.note, "url": reverse("position-end", args=args) if lifts else ""}
