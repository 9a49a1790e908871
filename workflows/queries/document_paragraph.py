"""One paragraph as its page shows it, and the places of a text where one may stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflows.models import ParagraphChange
from workflows.queries.document import ParagraphRow, list_positions, list_proposals, options_of
from workflows.queries.document_facts import document_facts, lines_of, paragraph_facts, text_of
from workflows.queries.document_may import May, what_may

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflows.models import Document, Paragraph
    from workflows.rules.facts import Actor, DocumentFacts


@dataclass(frozen=True)
class ParagraphSheet:
    """Everything that a paragraph's page shows to one reader."""

    document: Document
    facts: DocumentFacts
    may: May
    row: ParagraphRow
    changes: Sequence[ParagraphChange]
    """Who wrote what, the latest first, of what the reader may see."""


def read_paragraph(paragraph: Paragraph, *, actor: Actor) -> ParagraphSheet | None:
    """Return the sheet of a paragraph (with its document from `visible_documents`); None once a final text is without it."""
    document = paragraph.document
    facts = document_facts([document])[document.pk]
    line = next((each for each in facts.paragraphs if each.ref.uuid == str(paragraph.uuid)), None)
    if line is None:
        return None
    changes = list(
        ParagraphChange.objects.visible_to(actor)
        .filter(paragraph=paragraph)
        .select_related("changed_by__party")
        .order_by("-number")
    )
    row = ParagraphRow(
        paragraph=paragraph,
        line=line,
        proposals=[p for p in list_proposals(document, actor=actor) if p.paragraph_id == paragraph.pk],
        positions=[p for p in list_positions(document, actor=actor) if p.paragraph_id == paragraph.pk],
        options=None if document.is_plain else options_of(paragraph, paragraph_facts([paragraph])[paragraph.pk], actor),
        changed=changes[0] if changes else None,
    )
    return ParagraphSheet(document=document, facts=facts, may=what_may(document, facts, actor), row=row, changes=changes)


def read_places(document: Document) -> list[ParagraphRow]:
    """Return the paragraphs of a text in order with their numbers, and nothing else (one query)."""
    paragraphs = text_of([document])[document.pk]
    return [ParagraphRow(paragraph=p, line=line) for p, line in zip(paragraphs, lines_of(paragraphs), strict=True)]
