"""Positions: taken and lifted by a delegation, recorded when they came on paper; the matrix of delegations and paragraphs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from workflows.actions.proposal import end_position, find_lifter, take_position
from workflows.models import Position
from workflows.queries.document import delegations_of, list_positions
from workflows.queries.document_paragraph import read_places
from workflows.states import ParagraphKind, PartyKind, PositionKind
from workflows.templatetags.moments import moment
from workflows.web.actor import needs_seat
from workflows.web.document_acts import crumbs_of, page_of_text, place_in_text
from workflows.web.document_rows import came, name_paragraph, number_shown, opening_words
from workflows.web.errors import attempt
from workflows.web.forms_base import posted
from workflows.web.links import url_for
from workflows.web.loading import load_document
from workflows.web.proposal import may_speak, paragraph_of, recorded_for
from workflows.web.speak_forms import LiftForm, PositionForm

if TYPE_CHECKING:
    from uuid import UUID

    from workflows.models import Document, Paragraph, Party
    from workflows.queries.document import ParagraphRow
    from workflows.web.actor import PageRequest

POST = ["GET", "HEAD", "POST"]


@needs_seat
@require_http_methods(POST)
def take(request: PageRequest, slug: str, code: str) -> HttpResponse:
    """Take a position on a paragraph or on the whole text, or record one that came on paper; the one before ends."""
    document = load_document(request, slug, code)
    check = partial(may_speak, request, document, "take_position")
    if request.method != "POST":
        check()
    paragraph, name = paragraph_of(request, document)
    delegations = recorded_for(request, document)
    form = PositionForm(posted(request))
    form.for_paper(delegations, request.actor.zone)
    call = partial(_take, request, document, paragraph, form, delegations)
    holds = request.method == "POST" and attempt(form, check, row=document) and form.is_valid()
    if holds and attempt(form, call, row=document) is not None:
        messages.success(request, _("The position stands until it is lifted or another one is taken."))
        return redirect(place_in_text(document, paragraph))
    title = _("Take a position") if delegations is None else _("Record a position")
    crumbs = [*crumbs_of(document.summit, document), {"label": title}]
    return page_of_text(
        request,
        form,
        title=title,
        label=title,
        crumbs=crumbs,
        lead=f"{name}. {document.title}" if name else document.title,
        note=_("No position is not consent; a position may be lifted until the outcome."),
        texts=[("es", paragraph.text_es), ("pt", paragraph.text_pt)] if paragraph else [],
    )


def _take(
    request: PageRequest, document: Document, paragraph: Paragraph | None, form: PositionForm, delegations: list[Party] | None
) -> Position:
    said = form.cleaned_data
    party = next((p for p in delegations or () if p.code == said.get("party")), None)
    return take_position(
        document,
        paragraph=paragraph,
        kind=said["kind"],
        note=said["note"],
        inputs=form.inputs(),
        on_behalf_of=party,
        actor=request.actor,
        now=request.now,
    )


@needs_seat
@require_http_methods(POST)
def end(request: PageRequest, slug: str, code: str, uuid: UUID) -> HttpResponse:
    """Lift a position: its own delegation, or a secretariat that records how it came."""
    document = load_document(request, slug, code)
    may_speak(request, document, "take_position")
    rows = Position.objects.visible_to(request.actor).select_related("party", "paragraph", "document__summit")
    row: Position = get_object_or_404(rows, document=document, uuid=uuid)
    delegations = recorded_for(request, document)
    find_lifter(row, document, actor=request.actor, on_behalf=delegations is not None)
    form = LiftForm(posted(request))
    form.for_paper(delegations, request.actor.zone)
    form.fields.pop("party", None)
    if request.method == "POST" and form.is_valid():
        lift = partial(end_position, row, actor=request.actor, now=request.now, inputs=form.inputs())
        if attempt(form, lift) is not None:
            messages.success(request, _("The position no longer stands."))
            return redirect(place_in_text(document, row.paragraph))
    title = _("Lift the position")
    lead = f"{row.party.name}: {PositionKind(row.kind).label}. {document.title}"
    crumbs = [*crumbs_of(document.summit, document), {"label": title}]
    return page_of_text(request, form, title=title, label=title, crumbs=crumbs, lead=lead)


# The matrix ------------------------------------------------------------------------------------------------------


@needs_seat
@require_safe
def matrix(request: PageRequest, slug: str, code: str) -> HttpResponse:
    """Show the positions that stand: paragraphs by delegations, in protocol order; nobody is ranked."""
    document = load_document(request, slug, code)
    positions = list_positions(document, actor=request.actor)
    delegations = delegations_of(document.summit)
    by_place: dict[tuple[int | None, int], Position] = {(p.paragraph_id, p.party_id): p for p in positions}
    chosen = request.GET.get("only", "")
    rows = [r for r in read_places(document) if r.paragraph.kind != ParagraphKind.HEADING]
    if chosen == "said":
        said = {p.paragraph_id for p in positions}
        rows = [r for r in rows if r.paragraph.pk in said]
    whole = {
        "name": _("The text as a whole"),
        "url": f"{url_for(document)}#whole",
        "cells": _cells(None, delegations, by_place),
    }
    secretariats = request.actor.party_kind in {PartyKind.SEGIB, PartyKind.SPT}
    context = {
        "document": document,
        "title": _("Positions"),
        "lead": _("%(title)s. As it stands on %(when)s.")
        % {"title": document.title, "when": moment(request.now, document.summit.zone)},
        "delegations": delegations,
        "rows": [whole, *(_row(document, row, delegations, by_place) for row in rows)],
        "legend": [kind for kind in PositionKind.values if any(p.kind == kind for p in positions)],
        "is_empty": not positions,
        "limited": not secretariats,
        "tabs": [
            {"label": _("All paragraphs"), "url": request.path, "current": chosen != "said"},
            {"label": _("Only those with positions"), "url": f"{request.path}?only=said", "current": chosen == "said"},
        ],
        "notes": [_noted(p, request.actor.zone) for p in positions if p.note or p.note_number],
        "crumbs": [*crumbs_of(document.summit, document), {"label": _("Positions")}],
    }
    return render(request, "position/matrix.html", context)


def _row(
    document: Document, row: ParagraphRow, delegations: list[Party], by_place: dict[tuple[int | None, int], Position]
) -> dict[str, Any]:
    return {
        "name": number_shown(row.line.number) or name_paragraph(row.paragraph.kind, ""),
        "words": opening_words(row.paragraph),
        "url": f"{url_for(document)}#p-{row.paragraph.uuid}",
        "cells": _cells(row.paragraph.pk, delegations, by_place),
    }


def _cells(
    paragraph: int | None, delegations: list[Party], by_place: dict[tuple[int | None, int], Position]
) -> list[dict[str, str]]:
    cells = []
    for party in delegations:
        position = by_place.get((paragraph, party.pk))
        cells.append({"kind": position.kind if position else ""})
    return cells


def _noted(position: Position, zone: str) -> dict[str, str]:
    return {
        "party": position.party.name,
        "kind": str(PositionKind(position.kind).label),
        "note": position.note,
        "came": came(position, zone),
    }
