"""A text as PDF: its words are those of the text, it is PDF/UA, the same bytes each time, and no text can break it."""

from __future__ import annotations

import io
import time
from dataclasses import replace

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.papers.printed import AT, ROWS_ES, ROWS_PT, sheet
from workflows.papers.glyphs import spell_unprintable
from workflows.papers.pdf import pdf_of
from workflows.papers.sheet import MODES, Row


def opened(data: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(data))


def words(data: bytes) -> str:
    """The whole text with single spaces, in the order of reading, without heads and feet."""
    text = "\n".join(page.extract_text() for page in opened(data).pages)
    return " ".join(text.split())


@pytest.mark.parametrize(("mode", "rows"), [("es", ROWS_ES), ("pt", ROWS_PT)])
def test_the_words_are_those_of_the_text(mode, rows):
    expected = " ".join(
        " ".join(part for part in (row.number, row.text, row.note and row.note.rstrip(".") + ".") if part) for row in rows
    )
    assert expected in words(pdf_of(sheet(), mode))


def test_side_by_side_each_row_reads_spanish_then_portuguese():
    said = words(pdf_of(sheet(), "synoptic"))
    for es, pt in zip(ROWS_ES, ROWS_PT, strict=True):
        if es.text and es.kind != "annex":
            note = f" {es.note}." if es.note else ""
            assert f"{es.number} {es.text}{note} {pt.text}".strip() in said


@pytest.mark.parametrize("mode", MODES)
def test_it_is_accessible_and_says_its_language_and_title(mode):
    reader = opened(pdf_of(sheet(), mode))
    root = reader.trailer["/Root"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in reader.xmp_metadata.stream.get_data()
    assert (root["/Lang"], bool(root["/MarkInfo"]["/Marked"])) == ("pt" if mode == "pt" else "es", True)
    assert bool(root["/ViewerPreferences"]["/DisplayDocTitle"])
    titles = {"es": "Declaración de Prueba", "pt": "Declaração de Prova"}
    assert reader.metadata.title == titles.get(mode, " / ".join(titles.values()))


def languages(node) -> set[str]:
    """The languages that the tree of the PDF's structure names."""
    found = {str(node["/Lang"])} if "/Lang" in node else set()
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        child = kid.get_object()
        if isinstance(child, dict):
            found |= languages(child)
    return found


def test_side_by_side_the_portuguese_is_marked_as_such():
    root = opened(pdf_of(sheet(), "synoptic")).trailer["/Root"]
    assert "pt" in languages(root["/StructTreeRoot"])


def test_the_same_sheet_gives_the_same_bytes():
    assert pdf_of(sheet(), "synoptic") == pdf_of(sheet(), "synoptic")


def test_an_instant_with_parts_of_a_second_is_printed_all_the_same():
    made = replace(sheet(), made_at=AT.replace(microsecond=123_456))
    assert pdf_of(made, "es") == pdf_of(sheet(), "es")


def test_frame_says_symbol_edition_marks_pages_and_hash():
    rows = [Row("operative", str(n), "Reafirmar su compromiso. " * 12) for n in range(1, 30)]
    data = pdf_of(sheet(rows, marks=("Provisional.",), demonstration="Demostración: datos ficticios"), "es")
    pages = [page.extract_text() for page in opened(data).pages]
    first, last = " ".join(pages[0].split()), " ".join(pages[-1].split())
    for said in (
        "XXXI Cumbre Iberoamericana",
        "DEC-SPT-XXXI-ES-v3",
        "Versión 3, 30/09/2026, 10:40 (Madrid, UTC+2)",
        "Provisional.",
    ):
        assert said in first
    assert sheet().digest not in first
    assert sheet().digest in last
    for n, page in enumerate(pages, start=1):
        assert "Demostración: datos ficticios" in page
        assert f"Página {n} de {len(pages)}" in page


def test_text_in_work_has_no_hash():
    assert "Esta copia puede comprobarse" not in words(pdf_of(sheet(digest=""), "es"))


MARKUP = '#import "@preview/x:0.1.0" #read("/etc/passwd") $x^2$ *b* _i_ `c` <l> @r \\ // /* [Bolivia: y] = T'


def test_markup_in_a_text_stays_text():
    said = words(pdf_of(sheet([Row("operative", "1", MARKUP)], title=MARKUP), "es"))
    assert said.count(MARKUP) >= 1


@pytest.mark.parametrize(
    "text",
    [
        "\U0001f600",
        "\u4e2d\u6587",
        "\ue000",
        "a\x01\x1b",
        "\uffff",
        "\u202eabc",
        "e" + "\u0301" * 40,
        "\U00010000",
        "x" * 20_000,
    ],
)
def test_no_character_breaks_the_page(text: str):
    data = pdf_of(sheet([Row("operative", "1", text)], title=f"T {text[:40]}"), "es")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in opened(data).xmp_metadata.stream.get_data()


def test_a_character_without_a_glyph_is_spelt():
    assert "señal ‹U+4E2D›." in words(pdf_of(sheet([Row("operative", "1", "señal \u4e2d.")]), "es"))
    assert spell_unprintable({"a": ["ñ\u202e", "\U0001f600", 1]}) == {"a": ["ñ\u202e", "‹U+1F600›", 1]}


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(blacklist_categories=("Cs",)), max_size=60))
def test_no_text_breaks_the_page(text: str):
    assert pdf_of(sheet([Row("operative", "1", text), Row("heading", "", text)], title=text or "T"), "synoptic").startswith(
        b"%PDF"
    )


def test_a_text_without_paragraphs_is_printed():
    assert all(pdf_of(sheet([], []), mode).startswith(b"%PDF") for mode in MODES)


def test_three_hundred_paragraphs_take_little_work():
    rows = [Row("operative", str(n), "Reafirmar su compromiso con la cooperación. " * 6) for n in range(300)]
    began = time.process_time()
    made = [pdf_of(sheet(rows, rows), mode) for mode in MODES]
    assert time.process_time() - began < 6
    assert words(made[0]).count("Reafirmar") == 1800
