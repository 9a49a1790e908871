"""Versions of a text: immutable snapshots, and the frozen copy that is published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.models import Publication, Version
from workflows.queries.document_facts import body_of
from workflows.queries.document_names import symbol
from workflows.rules.texts import body_digest

if TYPE_CHECKING:
    from datetime import datetime

    from workflows.models import Document
    from workflows.rules.facts import Actor


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
