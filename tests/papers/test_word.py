"""A text as Word: what is written is read back the same, in either language; both side by side stand in one table."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.papers.printed import ROWS_ES, ROWS_PT, sheet
from workflows.papers.reading import read_file
from workflows.papers.sheet import Row
from workflows.papers.word import clean, docx_of

KINDS = {"preambular": "A", "operative": "1", "annex": "Anexo 1", "heading": ""}


def read_back(data: bytes) -> list[tuple[str, str]]:
    return [(str(g.kind), g.text) for g in read_file(data, "texto.docx").paragraphs]


@pytest.mark.parametrize(("mode", "rows"), [("es", ROWS_ES), ("pt", ROWS_PT)])
def test_what_is_written_is_read_back(mode, rows):
    reading = read_file(docx_of(sheet(), mode), "texto.docx")
    assert [(str(g.kind), g.text) for g in reading.paragraphs] == [(r.kind, r.text) for r in rows if r.text]
    assert {u.code: u.count for u in reading.unread} == {"frame": 8, "margins": 2}


WORDS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=80).map(str.strip).filter(bool)


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(KINDS)), WORDS), min_size=1, max_size=8))
def test_any_text_is_read_back(paragraphs):
    rows = [Row(kind, KINDS[kind], text) for kind, text in paragraphs]
    assert read_back(docx_of(sheet(rows), "es")) == [(kind, clean(text)) for kind, text in paragraphs]


def test_lines_and_tabs_inside_a_paragraph_are_kept():
    text = "Uno:\n\tdos,  tres."
    assert read_back(docx_of(sheet([Row("operative", "1", text)]), "es")) == [("operative", text)]


def test_what_no_xml_can_hold_is_replaced():
    assert read_back(docx_of(sheet([Row("operative", "1", "a\x01b\uffff\x1b.")]), "es")) == [
        ("operative", "a\ufffdb\ufffd\ufffd.")
    ]


def test_both_languages_stand_side_by_side_under_a_repeated_head():
    made = docx.Document(io.BytesIO(docx_of(sheet(), "synoptic")))
    table = made.tables[1]
    cells = [[cell.text for cell in row.cells] for row in table.rows]
    expected = [
        [e.number, "\n".join(filter(None, (e.text, e.note))), "\n".join(filter(None, (p.text, p.note)))]
        for e, p in zip(ROWS_ES, ROWS_PT, strict=True)
    ]
    assert cells == [["", "Español", "Português"], *expected]
    assert "tblHeader" in table.rows[0]._tr.xml
    assert [node.get(docx.oxml.ns.qn("w:val")) for node in table.rows[1]._tr.iter(docx.oxml.ns.qn("w:lang"))] == [
        "es-ES",
        "pt-BR",
    ]


def test_frame_says_symbol_marks_and_hash():
    made = docx.Document(io.BytesIO(docx_of(sheet(marks=("Provisional.",), demonstration="Demostración"), "es")))
    said = [paragraph.text for paragraph in made.paragraphs]
    assert said[:6] == [
        "Declaración",
        "Declaración de Prueba",
        "DEC-SPT-XXXI-ES-v3 · Versión 3, 30/09/2026, 10:40 (Madrid, UTC+2)",
        "Distribuido para observaciones.",
        "Provisional.",
        "Demostración.",
    ]
    assert said[-1] == sheet().digest
    assert made.sections[0].footer.paragraphs[0].text.startswith("DEC-SPT-XXXI-ES-v3 · Demostración · Página ")
    assert (made.core_properties.title, made.core_properties.language) == ("Declaración de Prueba", "es")


def test_text_in_work_has_no_hash():
    assert sheet().digest.encode() not in zipfile.ZipFile(io.BytesIO(docx_of(sheet(digest=""), "es"))).read("word/document.xml")
