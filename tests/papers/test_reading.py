"""What is read from sound files: paragraphs with their kinds, and what was not read, said in sentences."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from tests.papers.files import docx, p
from workflows.papers.reading import FileRefused, Reading, read_file, read_text

DECLARATION = """DECLARACIÓN DE PRUEBA

Nosotras y nosotros, las Jefas y los Jefes de Estado y de Gobierno, reunidos
en Madrid;

Reconociendo que la lengua es un puente;

Profundamente preocupados por el calor,

I. Compromisos

1. Reafirmar el compromiso con la cooperación.

2.- Instar a la SEGIB a que proponga:

a) una guía;

Cuando proceda, revisar la guía cada año.

Anexo I. Programas

Anexo"""


def pairs(reading: Reading) -> list[tuple[str, str]]:
    return [(str(g.kind), g.text) for g in reading.paragraphs]


def unread(reading: Reading) -> dict[str, int]:
    return {u.code: u.count for u in reading.unread}


def word(body: str, **more) -> Reading:
    return read_file(docx(body, **more), "texto.docx")


def test_a_plain_text_is_cut_and_its_kinds_are_guessed():
    reading = read_text(DECLARATION)
    assert pairs(reading) == [
        ("heading", "DECLARACIÓN DE PRUEBA"),
        ("preambular", "Nosotras y nosotros, las Jefas y los Jefes de Estado y de Gobierno, reunidos en Madrid;"),
        ("preambular", "Reconociendo que la lengua es un puente;"),
        ("preambular", "Profundamente preocupados por el calor,"),
        ("heading", "I. Compromisos"),
        ("operative", "Reafirmar el compromiso con la cooperación."),
        ("operative", "Instar a la SEGIB a que proponga:"),
        ("operative", "a) una guía;"),
        ("operative", "Cuando proceda, revisar la guía cada año."),
        ("annex", "Programas"),
        ("annex", "Anexo"),
    ]
    assert unread(reading) == {"items": 1}


@pytest.mark.parametrize(
    ("text", "kind", "kept"),
    [
        ("Tendo presente a Carta;", "preambular", "Tendo presente a Carta;"),
        ("Nós, as Chefes e os Chefes de Estado:", "preambular", "Nós, as Chefes e os Chefes de Estado:"),
        ("Convencidas de su valor,", "preambular", "Convencidas de su valor,"),
        ("As Chefes e os Chefes decidem", "preambular", "As Chefes e os Chefes decidem"),
        ("Quando couber, rever o guia.", "operative", "Quando couber, rever o guia."),
        ("12) Acolher o relatório.", "operative", "Acolher o relatório."),
        ("3.5 millones de personas participan.", "operative", "3.5 millones de personas participan."),
        ("2030 es el horizonte.", "operative", "2030 es el horizonte."),
        ("ANEXO 2 – Lista de programas", "annex", "Lista de programas"),
        ("Anexos técnicos se publican aparte.", "operative", "Anexos técnicos se publican aparte."),
        ("A. Machado escribió en Soria.", "operative", "A. Machado escribió en Soria."),
        ("Fernando vive.", "operative", "Fernando vive."),
    ],
)
def test_a_line_alone_is_guessed(text: str, kind: str, kept: str):
    assert pairs(read_text(text)) == [(kind, kept)]


def test_letters_that_run_through_number_the_preamble():
    text = "A. Las lenguas son dos.\n\nB. Las dos valen igual.\n\n1. Celebrarlo."
    expected = [("preambular", "Las lenguas son dos."), ("preambular", "Las dos valen igual."), ("operative", "Celebrarlo.")]
    assert pairs(read_text(text)) == expected


STYLES = (
    '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    '<w:style w:styleId="Ttulo1"><w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
    '<w:style w:styleId="Mio"><w:name w:val="Mi título"/><w:basedOn w:val="Ttulo1"/></w:style>'
    '<w:style w:styleId="Lista"><w:name w:val="List Number"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    "</w:styles>"
)
NUMBERING = (
    '<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:abstractNum w:abstractNumId="7">'
    '<w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl><w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num></w:numbering>'
)


def test_styles_and_lists_of_word_say_what_a_paragraph_is():
    bullet = '<w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr>'
    body = "".join(
        [
            p("Servicios públicos", style="Ttulo1"),
            p("Conocimiento abierto.", style="Mio"),
            p("Recordando la Carta;", style="Lista"),
            p("uno", properties=bullet),
            p("Aparte.", properties='<w:outlineLvl w:val="2"/>'),
        ]
    )
    reading = word(body, more={"word/styles.xml": STYLES, "word/numbering.xml": NUMBERING})
    assert pairs(reading) == [
        ("heading", "Servicios públicos"),
        ("heading", "Conocimiento abierto."),
        ("operative", "Recordando la Carta;"),
        ("operative", "uno"),
        ("heading", "Aparte."),
    ]
    assert unread(reading) == {"items": 1}


def test_text_is_gathered_through_links_fields_and_content_controls():
    inside = (
        '<w:hyperlink r:id="x"><w:r><w:t>enlace</w:t></w:r></w:hyperlink>'
        '<w:r><w:t xml:space="preserve"> y </w:t></w:r>'
        "<w:sdt><w:sdtContent><w:r><w:t>control</w:t></w:r></w:sdtContent></w:sdt>"
        "<w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:tab/><w:t>fin</w:t><w:br/><w:t>.</w:t></w:r>"
    )
    body = p(inside=inside) + "<w:sdt><w:sdtContent>" + p("Dentro de un control.") + "</w:sdtContent></w:sdt>"
    assert pairs(word(body)) == [("operative", "enlace y control fin ."), ("operative", "Dentro de un control.")]


def test_what_is_not_read_is_counted():
    box = f"<w:drawing><w:txbxContent>{p('caja')}</w:txbxContent></w:drawing>"
    text_box = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice></mc:AlternateContent>"
    runs = "".join(
        [
            "<w:r><w:drawing/></w:r><w:r><w:pict/></w:r>",
            f"<w:r>{text_box}</w:r><w:r><w:object/></w:r>",
            '<w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:endnoteReference w:id="2"/></w:r>',
            '<w:r><w:commentReference w:id="0"/></w:r><w:r><w:sym w:char="F0B7"/></w:r><m:oMath/>',
            "<w:r><w:rPr><w:vanish/></w:rPr><w:t>oculto</w:t></w:r>",
        ]
    )
    contents = '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr></w:sdt>'
    margin = '<w:sectPr><w:headerReference r:id="h"/></w:sectPr>'
    table = "<w:tbl><w:tr><w:tc>" + p("celda") + "</w:tc></w:tr></w:tbl>"
    relations = '<Relationships xmlns="x"><Relationship Id="h" Target="header1.xml"/></Relationships>'
    header = f'<w:hdr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{p("Reservado")}</w:hdr>'
    more = {"word/_rels/document.xml.rels": relations, "word/header1.xml": header}
    reading = word(p("Texto.", inside=runs) + table * 2 + contents + margin, more=more)
    assert pairs(reading) == [("operative", "Texto.")]
    assert unread(reading) == {
        "comments": 1,
        "contents": 1,
        "embedded": 1,
        "endnotes": 1,
        "equations": 1,
        "footnotes": 1,
        "hidden": 1,
        "margins": 1,
        "pictures": 2,
        "symbols": 1,
        "tables": 2,
        "text_boxes": 1,
    }
    with override("en"):
        assert [u.sentence for u in reading.unread if u.code in {"tables", "text_boxes"}] == [
            "2 tables were not read.",
            "1 text box was not read.",
        ]


def test_tracked_changes_are_taken_as_accepted_and_told():
    inserted = '<w:ins w:author="x"><w:r><w:t xml:space="preserve">nuevo </w:t></w:r></w:ins>'
    deleted = "<w:del><w:r><w:delText>viejo</w:delText></w:r></w:del>"
    joined = p("Uno ", properties="<w:rPr><w:del/></w:rPr>") + p("y dos.")
    reading = word(p("Texto ", inside=inserted + deleted + "<w:r><w:t>final.</w:t></w:r>") + joined)
    assert pairs(reading) == [("operative", "Texto nuevo final."), ("operative", "Uno y dos.")]
    assert unread(reading) == {"changes": 3}


def test_marks_of_direction_and_invisible_characters_stay_as_given():
    text = "Texto \u202econ\u202c marcas\u200b, e\u0301 y \U0001f600."
    assert pairs(word(p(text))) == pairs(read_text(text)) == [("operative", text)]
    assert pairs(word(p("un\u00a0espacio."))) == [("operative", "un\u00a0espacio.")]


@pytest.mark.parametrize(
    ("data", "text", "told"),
    [
        ("Señal.".encode(), "Señal.", {}),
        (b"\xef\xbb\xbf" + "Señal.".encode(), "Señal.", {}),
        ("Señal.".encode("utf-16"), "Señal.", {}),
        ("Señal.".encode("cp1252"), "Señal.", {"encoding": 1}),
    ],
)
def test_plain_text_is_decoded_and_a_guess_is_told(data: bytes, text: str, told: dict[str, int]):
    reading = read_file(data, "TEXTO.TXT")
    assert (pairs(reading), unread(reading)) == ([("operative", text)], told)


def test_a_refusal_stands_at_the_field_that_was_named():
    with pytest.raises(FileRefused) as refused:
        read_file(b"", "x.docx", field="file_pt")
    assert (refused.value.code, [*refused.value.fields]) == ("empty", ["file_pt"])
