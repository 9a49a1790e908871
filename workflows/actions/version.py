"""Versions of a text: its address and symbol, immutable snapshots, and the frozen copy that is published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.models import Publication, Version
from workflows.queries.document_facts import body_of
from workflows.rules.texts import body_digest
from workflows.states import DocumentKind

if TYPE_CHECKING:
    from datetime import datetime

    from workflows.models import Document, Party
    from workflows.rules.facts import Actor

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


def snapshot(document: Document, *, occasion: str, actor: Actor | None, now: datetime) -> Version:
    """Make the next immutable version of a text; call under the summit's lock."""
    document.version_number += 1
    document.save(update_fields=["version_number"])
    body = body_of(document)
    return Version.objects.create(
        document=document,
        number=document.version_number,
        occasion=occasion,
        symbol_es=symbol(document, "es", document.version_number),
        symbol_pt=symbol(document, "pt", document.version_number),
        body=body,
        digest=body_digest(body),
        made_at=now,
        made_by_id=actor.seat_id if actor else None,
    )


def make_publication(
    document: Document, *, actor: Actor, now: datetime, provisional: bool = False, corrigendum: str = ""
) -> Publication:
    """Freeze a text with its hash: as adopted, provisionally, or with what was wrong in it and right."""
    occasion = "publish_provisional" if provisional else "publish_corrigendum" if corrigendum else "publish"
    version = snapshot(document, occasion=occasion, actor=actor, now=now)
    return Publication.objects.create(
        document=document,
        version_of_text=version,
        provisional=provisional,
        corrigendum=corrigendum,
        published_at=now,
        published_by_id=actor.seat_id,
    )
