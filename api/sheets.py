"""Tasks as a file for a spreadsheet, CSV or XLSX, when the caller asks for one by Accept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language
from rest_framework.renderers import BaseRenderer

from workflows.web.export import XLSX_TYPE, table_file

if TYPE_CHECKING:
    from django.http import HttpResponse

COLUMNS = (
    "code",
    "title",
    "phase",
    "responsible",
    "verified_by",
    "state",
    "state_label",
    "due_on",
    "due_utc",
    "due_local",
    "zone",
    "overdue",
    "asked",
    "received",
    "received_at",
    "gate",
    "blocks",
    "uuid",
)


class CSVRenderer(BaseRenderer):
    """Says that `text/csv` is offered; the file is written by `file_of`."""

    media_type = "text/csv"
    format = "csv"


class XLSXRenderer(BaseRenderer):
    """Says that a workbook is offered; the file is written by `file_of`."""

    media_type = XLSX_TYPE
    format = "xlsx"


def is_sheet(request: Any) -> bool:
    """Tell whether the caller asked for a file."""
    return isinstance(request.accepted_renderer, (CSVRenderer, XLSXRenderer))


def file_of(request: Any, tasks: list[dict[str, Any]]) -> HttpResponse:
    """Return tasks (as the API shows them) as the file asked for; nothing in it is run as a formula."""
    return table_file(request.accepted_renderer.format, "tasks", COLUMNS, rows_of(tasks))


def rows_of(tasks: list[dict[str, Any]]) -> list[list[Any]]:
    """Return the cells of each task, its texts in the caller's language."""
    language = (get_language() or "es").split("-")[0]
    language = language if language in {"es", "pt", "en"} else "es"
    return [_cells(task, language) for task in tasks]


def _cells(task: dict[str, Any], language: str) -> list[Any]:
    due, received = task["due_at"] or {}, task["received_at"] or {}
    return [
        task["code"],
        task["title"][language] or task["title"]["es"],
        task["phase"],
        task["responsible"]["code"],
        task["verified_by"]["code"],
        task["state"],
        task["state_label"],
        task["due_on"],
        due.get("utc"),
        due.get("local"),
        due.get("zone"),
        "true" if task["overdue"] else "false",
        task["asked"],
        task["received"],
        received.get("utc"),
        task["gate"],
        task["blocks"],
        task["uuid"],
    ]


__all__ = ["XLSX_TYPE", "CSVRenderer", "XLSXRenderer", "file_of", "is_sheet"]
