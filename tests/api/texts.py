"""Texts as the API's callers handle them: to begin one, to read it again, to move it on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.api.conftest import Caller
from workflows.queries.clock import read_clock

TITLE = {"es": "Declaración de Madrid", "pt": "Declaração de Madri"}
PARAGRAPHS = [
    {"kind": "preambular", "text": {"es": "Reunidos en Madrid;", "pt": "Reunidos em Madri;"}},
    {"text": {"es": "Reafirmar el compromiso con la cooperación.", "pt": "Reafirmar o compromisso com a cooperação."}},
]


def begin(api: Caller, kind: str = "declaration", paragraphs: Any = PARAGRAPHS) -> str:
    """Begin a text with its paragraphs and return its address."""
    made = api.post("/documents/", {"summit": "xxxi", "kind": kind, "title": TITLE})
    assert made.status_code == 201, made.json()
    where = made["Location"]
    added = api.post(f"{where}paragraphs/", {"paragraphs": paragraphs}, version=made.json()["version"])
    assert added.status_code == 201, added.json()
    return str(where)


def do(api: Caller, where: str, name: str, body: Any = None, *, status: int = 200) -> dict[str, Any]:
    """Do something to a resource under the version that it now has; `name` is a part of its address."""
    version = api.get(where).json()["version"]
    answer = api.post(f"{where}{name}/", body, version=version)
    assert answer.status_code == status, answer.json()
    found: dict[str, Any] = answer.json()
    return found


def clear(segib: Caller, author: Caller, where: str) -> None:
    """Have a draft cleared by SEGIB's approver."""
    do(author, where, "transitions/submit_for_clearance")
    for office in ("legal", "mandates", "budget", "language"):
        do(segib, where, "sign-clearance", {"office": office})
    do(segib, where, "transitions/clear")


def ahead(**span: float) -> str:
    """Return an instant that lies ahead, as a body says it."""
    return (read_clock() + timedelta(**span)).isoformat().replace("+00:00", "Z")


def circulate(spt: Caller, where: str) -> None:
    """Circulate a cleared text with a window of ten days."""
    do(spt, where, "transitions/circulate", {"window_ends_at": ahead(days=10)})


def texts_of(api: Caller, where: str) -> list[dict[str, Any]]:
    """Return the paragraphs of a text."""
    rows: list[dict[str, Any]] = api.get(f"{where}paragraphs/?limit=200").json()["results"]
    return rows
