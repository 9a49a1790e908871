"""A text as a Word file: one language, or both side by side; its styles say what each paragraph is, so it can be read back."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from workflows.states import ParagraphKind

if TYPE_CHECKING:
    from docx.document import Document
    from docx.styles.style import ParagraphStyle
    from docx.table import _Cell
    from docx.text.paragraph import Paragraph

    from workflows.papers.sheet import Face, Mode, Row, Sheet

SERIF, SANS = "Georgia", "Arial"
INK, INK_2, SEA = RGBColor(0x18, 0x21, 0x25), RGBColor(0x52, 0x5C, 0x61), RGBColor(0x0B, 0x4A, 0x57)
HANG = Mm(12)
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
STYLES = {
    ParagraphKind.HEADING: "SummitPrep Heading",
    ParagraphKind.PREAMBULAR: "SummitPrep Preambular",
    ParagraphKind.OPERATIVE: "SummitPrep Operative",
    ParagraphKind.ANNEX: "SummitPrep Annex",
}
FRAME, NOTE = "SummitPrep Frame", "SummitPrep Note"
HANGING = {
    STYLES[ParagraphKind.PREAMBULAR]: HANG,
    STYLES[ParagraphKind.OPERATIVE]: HANG,
    STYLES[ParagraphKind.ANNEX]: Mm(22),
}


def docx_of(sheet: Sheet, mode: Mode) -> bytes:
    """Return a sheet as .docx in Spanish ("es"), Portuguese ("pt") or both side by side ("synoptic").

    `papers.reading` gives back the same paragraphs from a file in one language. What XML cannot hold (control characters)
    stands as U+FFFD.
    """
    faces = sheet.faces(mode)
    document = docx.Document()
    _set_up(document, sheet, faces)
    if len(faces) == 1:
        _head(document, faces[0])
        for row in faces[0].rows:
            _write(document.add_paragraph(), row)
            if row.text and row.note:
                _styled(document.add_paragraph(clean(row.note)), NOTE)
    else:
        _head_of_both(document, faces)
        _synoptic(document, faces)
    if sheet.digest:
        for face in faces:
            _frame(document.add_paragraph(), face.check)
        _frame(document.add_paragraph(), sheet.digest)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def clean(text: str) -> str:
    """Return a text that XML can hold."""
    return NOT_IN_XML.sub("\ufffd", text)


# Set-up ----------------------------------------------------------------------------------------------------------


def _set_up(document: Document, sheet: Sheet, faces: tuple[Face, ...]) -> None:
    first = faces[0]
    core = document.core_properties
    core.title = clean(" / ".join(face.title for face in faces))[:255]
    core.author = core.last_modified_by = clean(first.summit)[:255]
    core.subject, core.comments = " / ".join(face.symbol for face in faces if face.symbol), ""
    core.language = first.language
    core.created = core.modified = sheet.made_at.replace(tzinfo=None)
    section = document.sections[0]
    wide = len(faces) > 1
    if wide:
        section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = (Mm(297), Mm(210)) if wide else (Mm(210), Mm(297))
    section.left_margin = section.right_margin = Mm(20 if wide else 25)
    section.top_margin, section.bottom_margin = Mm(30), Mm(24)
    _make_styles(document, first.language)
    _head_and_foot(document, faces)


def _make_styles(document: Document, language: str) -> None:
    _dress(document.styles["Normal"], SERIF, 11, INK, after=8, spacing=1.25)
    _set_language(document.styles["Normal"].element.get_or_add_rPr(), language)
    for name, size, colour, after, font in (
        (STYLES[ParagraphKind.HEADING], 15, INK, 6, SERIF),
        (STYLES[ParagraphKind.PREAMBULAR], 11, INK, 8, SERIF),
        (STYLES[ParagraphKind.OPERATIVE], 11, INK, 8, SERIF),
        (STYLES[ParagraphKind.ANNEX], 11, INK, 8, SERIF),
        (FRAME, 9.5, INK, 2, SANS),
        (NOTE, 8.5, INK_2, 10, SANS),
    ):
        style: Any = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        _dress(style, font, size, colour, after=after, spacing=1.15 if font == SANS else 1.25)
        if hang := HANGING.get(name):
            style.paragraph_format.left_indent, style.paragraph_format.first_line_indent = hang, Mm(0) - hang
            style.paragraph_format.tab_stops.add_tab_stop(hang)
    heading: Any = document.styles[STYLES[ParagraphKind.HEADING]]
    heading.paragraph_format.space_before, heading.paragraph_format.keep_with_next = Pt(14), True
    _put(heading.element.get_or_add_pPr(), "w:outlineLvl", {"w:val": "1"})
    note: Any = document.styles[NOTE]
    note.paragraph_format.left_indent = HANG


def _dress(style: ParagraphStyle | Any, font: str, size: float, colour: RGBColor, *, after: float, spacing: float) -> None:
    style.font.name, style.font.size, style.font.color.rgb = font, Pt(size), colour
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:hAnsi"), font)
    style.paragraph_format.space_after, style.paragraph_format.space_before = Pt(after), Pt(0)
    style.paragraph_format.line_spacing = spacing


def _styled(paragraph: Paragraph, style: str) -> Paragraph:
    """Give a paragraph one of our styles by its id; by name, each look-up would read all the styles of the file."""
    paragraph._p.style = style.replace(" ", "")
    return paragraph


def _put(parent: Any, tag: str, values: dict[str, str]) -> Any:
    child: Any = OxmlElement(tag)
    for key, value in values.items():
        child.set(qn(key), value)
    parent.append(child)
    return child


def _set_language(properties: Any, language: str) -> None:
    _put(properties, "w:lang", {"w:val": {"es": "es-ES", "pt": "pt-BR"}[language]})


def _head_and_foot(document: Document, faces: tuple[Face, ...]) -> None:
    section = document.sections[0]
    header = section.header.paragraphs[0]
    _styled(header, FRAME)
    header.add_run(clean(" / ".join(face.summit for face in faces))).font.name = SERIF
    media_cana = {"w:val": "thickThinSmallGap", "w:sz": "24", "w:space": "4", "w:color": "0B4A57"}
    _put(_put(header._p.get_or_add_pPr(), "w:pBdr", {}), "w:bottom", media_cana)
    footer = section.footer.paragraphs[0]
    _styled(footer, FRAME)
    said = [*(face.symbol or face.kind for face in faces), *([faces[0].demonstration] if faces[0].demonstration else [])]
    footer.add_run(clean(" · ".join(said) + " · "))
    before, rest = faces[0].page.split("%(page)s")
    between, after = rest.split("%(pages)s")
    for words, field in ((before, "PAGE"), (between, "NUMPAGES")):
        footer.add_run(words)
        _put(footer._p, "w:fldSimple", {"w:instr": field})
    footer.add_run(after)


# The text --------------------------------------------------------------------------------------------------------


def _head(document: Document, face: Face) -> None:
    _frame(document.add_paragraph(), face.kind)
    _frame(document.add_paragraph(), face.title, title=True)
    _frame(document.add_paragraph(), " · ".join(part for part in (face.symbol, face.edition) if part), bold=True)
    _frame(document.add_paragraph(), face.standing)
    for mark in _warnings(face):
        _frame(document.add_paragraph(), mark, bold=True)
    _styled(document.add_paragraph(), FRAME)


def _head_of_both(document: Document, faces: tuple[Face, ...]) -> None:
    table: Any = document.add_table(rows=1, cols=2)
    for face, cell in zip(faces, table.rows[0].cells, strict=True):
        lines = [
            face.kind,
            face.title,
            " · ".join(p for p in (face.symbol, face.edition) if p),
            face.standing,
            *_warnings(face),
        ]
        for n, line in enumerate(lines):
            paragraph = cell.paragraphs[0] if n == 0 else cell.add_paragraph()
            _frame(paragraph, line, title=n == 1, bold=n == 2 or n > 3, language=face.language)
    _styled(document.add_paragraph(), FRAME)


def _warnings(face: Face) -> list[str]:
    return [*face.marks, *([face.demonstration + "."] if face.demonstration else [])]


def _frame(paragraph: Paragraph, text: str, *, title: bool = False, bold: bool = False, language: str = "") -> None:
    _styled(paragraph, FRAME)
    run = paragraph.add_run(clean(text))
    run.bold = bold
    if title:
        run.font.name, run.font.size = SERIF, Pt(24)
    if language:
        _set_language(run._r.get_or_add_rPr(), language)


def _write(paragraph: Paragraph, row: Row, *, numbered: bool = True, language: str = "") -> None:
    """Write a paragraph of the text: number, tab, words; one that has no words (deleted, missing) is a note in their place."""
    if not row.text:
        _styled(paragraph, NOTE)
        paragraph.add_run(clean(f"{row.number}. {row.note}" if numbered and row.number else row.note))
        return
    _styled(paragraph, STYLES[ParagraphKind(row.kind)])
    heads = row.kind == ParagraphKind.HEADING
    if numbered and not heads:
        paragraph.add_run(f"{row.number}\t").font.color.rgb = SEA
    run = paragraph.add_run(clean(row.text))
    if language:
        _set_language(run._r.get_or_add_rPr(), language)


def _synoptic(document: Document, faces: tuple[Face, ...]) -> None:
    """A row a paragraph: number, Spanish, Portuguese; the row of languages is repeated on each page."""
    es, pt = faces
    widths = (Mm(20), Mm(118), Mm(118))
    table: Any = document.add_table(rows=1, cols=3)
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for cell, name, width in zip(table.rows[0].cells, ("", es.name, pt.name), widths, strict=True):
        _frame(cell.paragraphs[0], name, bold=True)
        cell.width = width
    _put(table.rows[0]._tr.get_or_add_trPr(), "w:tblHeader", {})
    _rule_table(table)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for a, b in zip(es.rows, pt.rows, strict=True):
        cells = table.add_row().cells
        _frame(cells[0].paragraphs[0], a.number)
        for face, row, cell in ((es, a, cells[1]), (pt, b, cells[2])):
            _write_cell(cell, row, face.language)
        for cell, width in zip(cells, widths, strict=True):
            cell.width = width


def _rule_table(table: Any) -> None:
    """Hairlines between the rows and room above and below the words, at the places that the format wants them."""
    borders, room = OxmlElement("w:tblBorders"), OxmlElement("w:tblCellMar")
    for side in ("w:top", "w:bottom", "w:insideH"):
        _put(borders, side, {"w:val": "single", "w:sz": "4", "w:space": "0", "w:color": "DFDBD2"})
    for side in ("w:top", "w:bottom"):
        _put(room, side, {"w:w": "90", "w:type": "dxa"})
    layout = table._tbl.tblPr.find(qn("w:tblLayout"))
    layout.addprevious(borders)
    layout.addnext(room)


def _write_cell(cell: _Cell, row: Row, language: str) -> None:
    paragraph = cell.paragraphs[0]
    _write(paragraph, row, numbered=False, language=language)
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.first_line_indent = Mm(0)
    if row.text and row.note:
        note = cell.add_paragraph(clean(row.note))
        _styled(note, NOTE)
        note.paragraph_format.left_indent = Mm(0)
