"""Where each object of the domain has its page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from workflows.errors import Ref
from workflows.models import Meeting, Summit, Task
from workflows.queries.facts import ref_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workflows.errors import Reason


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
        "party": ("party", [ref.party or ref.code]),
    }
    name, args = named.get(ref.noun, ("", []))
    return reverse(name, args=args) if name else ""


def url_for(row: Summit | Meeting | Task) -> str:
    """Return the page of a summit, a meeting or a task (with `summit` and `responsible` loaded)."""
    return url_of(ref_of(row))


def url_to_do(row: Summit | Meeting | Task, verb: str) -> str:
    """Return the address to which a verb on the row is posted; a GET shows what it would do."""
    if isinstance(row, Summit):
        return reverse("summit-transition", args=[row.slug, verb])
    if isinstance(row, Meeting):
        return reverse("meeting-action", args=[row.summit.slug, row.code, verb])
    if row.is_child:
        return reverse("task-child-action", args=[row.summit.slug, row.code, row.responsible.code, verb])
    return reverse("task-action", args=[row.summit.slug, row.code, verb])


def linked(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    """Return reasons as the components show them: sentence, address, code."""
    return [{"sentence": r.message, "url": url_of(r.ref), "code": r.code, "advisory": r.advisory} for r in reasons]
