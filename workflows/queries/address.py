"""Where each object of the domain has its page: the one list of addresses for pages, API and mails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from workflows.queries.facts import ref_of

if TYPE_CHECKING:
    from workflows.errors import Ref
    from workflows.models import Document, Meeting, Paragraph, Proposal, Summit, Task


def url_of(ref: Ref | None) -> str:
    """Return the address of what a reason or a finding names; empty where it has no page."""
    if ref is None:
        return ""
    if ref.noun == "task" and ref.party:
        return reverse("task-child", args=[ref.summit, ref.code, ref.party])
    named: dict[str, tuple[str, list[str]]] = {
        "summit": ("summit", [ref.summit]),
        "summits": ("summits", []),
        "task": ("task", [ref.summit, ref.code]),
        "tasks": ("checklist", [ref.summit]),
        "meeting": ("meeting", [ref.summit, ref.code]),
        "meetings": ("meetings", [ref.summit]),
        "document": ("document", [ref.summit, ref.code]),
        "documents": ("documents", [ref.summit]),
        "paragraph": ("paragraph", [ref.summit, ref.code, ref.uuid]),
        "proposal": ("proposal", [ref.summit, ref.code, ref.uuid]),
        "party": ("party", [ref.party or ref.code]),
    }
    name, args = named.get(ref.noun, ("", []))
    return reverse(name, args=args) if name else ""


def url_for(row: Summit | Meeting | Task | Document | Paragraph | Proposal) -> str:
    """Return the page of a row (with `summit`, `responsible`, `document.summit` loaded)."""
    return url_of(ref_of(row))
