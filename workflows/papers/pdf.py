"""A text as PDF: accessible (PDF/UA-1), the same bytes each time, its words passed as data and never as markup."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typst

from workflows.papers.glyphs import spell_unprintable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typst import PDFStandard

    from workflows.papers.sheet import Mode, Sheet

HERE = Path(__file__).parent
TEMPLATE, FONTS = HERE / "text.typ", HERE / "fonts"


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[FONTS])


def pdf_of(sheet: Sheet, mode: Mode) -> bytes:
    """Return a sheet as PDF in Spanish ("es"), Portuguese ("pt") or both side by side ("synoptic").

    A character that no font of ours can show is spelt out (‹U+4E2D›) rather than printed as an empty box. A text that the
    standard refuses even so (a heading without a visible letter) is printed without the claim to keep it.
    """
    data = _data(sheet, mode)
    try:
        return _compile(data, sheet)
    except typst.TypstError:
        data = spell_unprintable(data)
    try:
        return _compile(data, sheet)
    except typst.TypstError:
        return _compile(data, sheet, standards=[])


def _data(sheet: Sheet, mode: Mode) -> dict[str, Any]:
    day = sheet.made_at.astimezone(UTC)
    date = {"year": day.year, "month": day.month, "day": day.day, "hour": day.hour, "minute": day.minute, "second": day.second}
    faces = [asdict(face) for face in sheet.faces(mode)]
    return {"faces": faces, "digest": sheet.digest, "date": date, "author": faces[0]["summit"]}


def _compile(data: dict[str, Any], sheet: Sheet, *, standards: Sequence[PDFStandard] = ("ua-1",)) -> bytes:
    made = typst.compile(
        TEMPLATE,
        root=HERE,
        font_paths=_fonts(),
        format="pdf",
        sys_inputs={"sheet": json.dumps(data, ensure_ascii=False)},
        pdf_standards=list(standards),
        timestamp=sheet.made_at.astimezone(UTC).replace(microsecond=0),
    )
    assert isinstance(made, bytes)
    return made
