"""How a text and its parts are called: its place in an address, its symbol, the number of a paragraph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.queries.document_facts import lines_of, text_of
from workflows.states import DocumentKind

if TYPE_CHECKING:
    from workflows.models import Document, Paragraph, Party

ABBREVIATIONS = {
    DocumentKind.AGENDA: "AGE",
    DocumentKind.CONCEPT_NOTE: "NC",
    DocumentKind.REPORT: "INF",
    DocumentKind.MINUTES: "ACT",
    DocumentKind.DECLARATION: "DEC",
    DocumentKind.PROGRAMME_OF_ACTION: "PA",
    DocumentKind.RESOLUTION: "RES",
    DocumentKind.SPECIAL_COMMUNIQUE: "CE",
    DocumentKind.CHARTER: "CAR",
}


def code_of(kind: str, proponent: Party | None, number: int) -> str:
    """Return a document's place in an address; communiqués are counted by delegation, so that none tells of others'."""
    parts = [kind.replace("_", "-"), proponent.code.lower() if proponent else "", str(number) if number > 1 else ""]
    return "-".join(part for part in parts if part)


def symbol(document: Document, language: str, number: int) -> str:
    """Return the generated symbol `{kind}-{author}-{summit}-{lang}-v{n}` of a version."""
    author = document.proponent.code if document.proponent else "SPT"
    kind = ABBREVIATIONS[DocumentKind(document.kind)] + (str(document.number) if document.number > 1 else "")
    return f"{kind}-{author}-{document.summit.roman}-{language.upper()}-v{number}"


def number_of(paragraph: Paragraph) -> str:
    """Return a paragraph's present number in its document."""
    paragraphs = text_of([paragraph.document])[paragraph.document_id]
    return next((line.number for p, line in zip(paragraphs, lines_of(paragraphs), strict=True) if p.pk == paragraph.pk), "")
