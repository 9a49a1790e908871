"""Addresses of the API's resources, and of the pages that show the same objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import NoReverseMatch

from workflows.web.links import url_of

if TYPE_CHECKING:
    from uuid import UUID

    from workflows.errors import Ref

BASE = "/api/v1"
RESOURCE = {
    "task": "tasks",
    "summit": "summits",
    "meeting": "meetings",
    "document": "documents",
    "paragraph": "paragraphs",
    "proposal": "proposals",
    "deadline": "deadlines",
    "party": "parties",
    "seat": "seats",
    "membership": "memberships",
    "template": "templates",
    "token": "tokens",
    "signature": "signatures",
    "event": "events",
}
"""The resource under which each noun of the domain is read."""
LISTS = {"meetings": "meetings", "tasks": "tasks", "summits": "summits", "documents": "documents"}


def address(resource: str, uuid: UUID | str) -> str:
    """Return the address of one resource."""
    return f"{BASE}/{resource}/{uuid}/"


def href_of(ref: Ref | None) -> str | None:
    """Return where the API shows what a reason names; `None` where there is nothing to show."""
    if ref is None:
        return None
    if ref.noun in LISTS:
        return f"{BASE}/{LISTS[ref.noun]}/" + (f"?summit={ref.summit}" if ref.summit else "")
    if ref.noun in RESOURCE and ref.uuid:
        return address(RESOURCE[ref.noun], ref.uuid)
    return None


def page_of(ref: Ref | None) -> str | None:
    """Return the page that shows what a reason names; `None` where there is none."""
    try:
        return url_of(ref) or None
    except NoReverseMatch:
        return None
