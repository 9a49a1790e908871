"""Where each object of the domain has its page, and where its verbs are posted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from workflows.models import Document, Meeting, Paragraph, Proposal, Summit, Task
from workflows.queries.address import url_for, url_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workflows.errors import Reason


def url_to_do(row: Summit | Meeting | Task | Document | Paragraph | Proposal, verb: str) -> str:
    """Return the address to which a verb on the row is posted; a GET shows what it would do."""
    if isinstance(row, Summit):
        return reverse("summit-transition", args=[row.slug, verb])
    if isinstance(row, Meeting):
        return reverse("meeting-action", args=[row.summit.slug, row.code, verb])
    if isinstance(row, Document):
        return reverse("document-action", args=[row.summit.slug, row.code, verb])
    if isinstance(row, Paragraph):
        return reverse("paragraph-action", args=[row.document.summit.slug, row.document.code, row.uuid, verb])
    if isinstance(row, Proposal):
        return reverse("proposal-action", args=[row.document.summit.slug, row.document.code, row.uuid, verb])
    if row.is_child:
        return reverse("task-child-action", args=[row.summit.slug, row.code, row.responsible.code, verb])
    return reverse("task-action", args=[row.summit.slug, row.code, verb])


def linked(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    """Return reasons as the components show them: sentence, address, code."""
    return [{"sentence": r.message, "url": url_of(r.ref), "code": r.code, "advisory": r.advisory} for r in reasons]


__all__ = ["linked", "url_for", "url_of", "url_to_do"]
