"""What anybody may read of texts: what was published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.queries.document_api import publication_rows

if TYPE_CHECKING:
    from workflows.models import Document, Publication


def read_published(document: Document) -> list[Publication]:
    """Return every publication of a text, the first first: the text itself, then its corrigenda."""
    return list(publication_rows(None).filter(document=document).order_by("pk"))
