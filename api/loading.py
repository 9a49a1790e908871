"""Finds what a body or a query names, among what the caller may see; what is not there is said at its field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from api.shapes.queries import by_uuid_or
from workflows.errors import InvalidInput
from workflows.models import Decision, Paragraph, Party, Phase, Seat, Summit, Task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from workflows.models import Document
    from workflows.rules.facts import Actor


def named(rows: QuerySet, field: str, lookup: dict[str, Any]) -> Any:
    """Return the row that a field names; raises InvalidInput at that field when the caller sees none."""
    row = rows.filter(**lookup).first()
    if row is None:
        raise InvalidInput({field: _("Nothing that you see is called so.")})
    return row


def summit_named(text: str, *, actor: Actor, field: str = "summit") -> Summit:
    """Return a summit by its uuid or its number in Roman figures."""
    summits = Summit.objects.visible_to(actor).select_related("host")
    return named(summits, field, by_uuid_or("roman__iexact", text))


def party_named(text: str, *, actor: Actor, field: str = "party") -> Party:
    """Return a party by its uuid or code."""
    return named(Party.objects.visible_to(actor).select_related("summit"), field, by_uuid_or("code__iexact", text))


def seat_named(uuid: Any, *, actor: Actor, field: str) -> Seat:
    """Return a seat by its uuid."""
    return named(Seat.objects.visible_to(actor), field, {"uuid": uuid})


def phase_named(code: str, *, summit: Summit, field: str = "phase") -> Phase:
    """Return a phase of a summit (which the caller sees) by its code."""
    return named(Phase.objects.filter(summit=summit), field, {"code": code})


def decision_named(uuid: Any, *, actor: Actor, field: str = "decision") -> Decision:
    """Return a decision by its uuid."""
    return named(Decision.objects.visible_to(actor).select_related("meeting"), field, {"uuid": uuid})


def paragraph_named(uuid: Any, *, document: Document, actor: Actor, field: str = "paragraph") -> Paragraph:
    """Return a paragraph of a text by its uuid; one that was taken out of the draft is not found."""
    rows = Paragraph.objects.visible_to(actor).filter(document=document, removed_at__isnull=True)
    return named(rows.select_related("document__summit"), field, {"uuid": uuid})


def lines_named(names: Sequence[str], *, summit: Summit, actor: Actor, field: str = "depends_on") -> list[Task]:
    """Return lines of a summit's checklist by their uuids or codes."""
    lines = Task.objects.visible_to(actor).top().filter(summit=summit)
    return [named(lines, f"{field}.{n}", by_uuid_or("code", name, upper=True)) for n, name in enumerate(names)]


def of_summit(rows: QuerySet, text: str, path: str = "summit__") -> QuerySet:
    """Narrow rows to those of the summit that a query names; none for one that nobody knows."""
    return rows.filter(**by_uuid_or("roman__iexact", text, path))


def of_party(rows: QuerySet, text: str, path: str) -> QuerySet:
    """Narrow rows to those of the party that a query names."""
    return rows.filter(**by_uuid_or("code__iexact", text, path))
