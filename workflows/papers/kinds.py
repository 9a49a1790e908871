"""Guesses what a paragraph of a file is (heading, preambular, operative, annex), and takes its written number off."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from workflows.rules.numbering import letters
from workflows.states import ParagraphKind

K = ParagraphKind
FRAME, NOTE = "summitprep frame", "summitprep note"
STYLES = {
    "summitprep heading": K.HEADING,
    "summitprep preambular": K.PREAMBULAR,
    "summitprep operative": K.OPERATIVE,
    "summitprep annex": K.ANNEX,
}
"""The styles that our own Word files carry, by the name that Word compares: lower case."""

NUMBER = re.compile(r"\d{1,3}\s*(?:\.-|[.)°º]|\s[-–—])\s*(?=\S)(?!\d)")
ANNEX = re.compile(r"(?:anexo|annex)(?:\s+(?:[IVXLC]{1,6}|\d{1,2}|[A-Z]))?(?:\s*[.:–—-]\s*|\s*$)", re.IGNORECASE)
LETTER = re.compile(r"([A-Z]{1,2})\s*[.)]\s+(?=\S)")
ROMAN_HEADING = re.compile(r"[IVXLC]{1,6}\s*[.)–—-]\s*\S")
ITEM = re.compile(r"(?:[a-z]{1,2}[.)]|[ivxlc]{1,5}[.)]|[-–—•·])\s")
GERUND = re.compile(r"(?!c?uando|quando|fernando)\w+(?:ando|iendo|yendo|endo|indo|ándose|iéndose)(?:-se)?\b", re.IGNORECASE)
PARTICIPLES = re.compile(
    r"(?:alarmad|alentad|animad|comprometid|convencid|decidid|deseos|desejos|determinad|dispost|dispuest|empenhad|guiad"
    r"|inspirad|motivad|persuadid|preocupad|preparad|resolvid|resuelt|reunid|unid|vist)[oa]s?\b"
    r"|conscientes?\b|profundamente\b|seriamente\b",
    re.IGNORECASE,
)
OPENINGS = re.compile(r"(?:nosotr[oa]s|nós|l[ao]s\s+jef[ae]s|[ao]s\s+chefes)\b", re.IGNORECASE)
SHORT = 120
SPACES = re.compile(r"[ \t\r\n\f\v]+")


@dataclass(frozen=True)
class Line:
    """A paragraph as a file gives it: its text, the style's name, the outline level, the format of its automatic number."""

    text: str
    style: str = ""
    outline: int | None = None
    numbering: str = ""


@dataclass(frozen=True)
class Guessed:
    """A paragraph to add to a text: its kind and its words, without the number that it had in the file."""

    kind: str
    text: str


def guess_kinds(lines: Iterable[Line]) -> list[Guessed]:
    """Return each line as a paragraph; what stands in a frame of our own files (titles, marks) is left out."""
    lines = [_plain(line) for line in lines if line.style not in {FRAME, NOTE}]
    lettered = _runs_through_letters(lines)
    guessed: list[Guessed] = []
    for line in lines:
        begun = any(g.kind == K.OPERATIVE for g in guessed)
        guessed.append(_guess(line, begun=begun, lettered=lettered))
    return guessed


def _plain(line: Line) -> Line:
    """Return a line with its white space made single; our own files keep theirs. Other invisible marks stay as given."""
    return line if line.style in STYLES else replace(line, text=SPACES.sub(" ", line.text).strip(" "))


def _runs_through_letters(lines: list[Line]) -> bool:
    """Tell whether the file letters its preamble A, B, C…: then a letter before a paragraph is its number."""
    found = [match[1] for line in lines if (match := LETTER.match(line.text))]
    return len(found) > 1 and found == [letters(n + 1) for n in range(len(found))]


def _guess(line: Line, *, begun: bool, lettered: bool) -> Guessed:
    if line.style in STYLES:
        kind = STYLES[line.style]
        return Guessed(kind, line.text if kind == K.HEADING else line.text.partition("\t")[2] or line.text)
    annex = ANNEX.match(line.text)
    if annex:
        return Guessed(K.ANNEX, line.text[annex.end() :] or line.text)
    if line.outline is not None or line.style.startswith(("heading", "title", "subtitle")) or _looks_like_heading(line.text):
        return Guessed(K.HEADING, line.text)
    number = NUMBER.match(line.text)
    if number or line.numbering == "decimal":
        return Guessed(K.OPERATIVE, line.text[number.end() :] if number else line.text)
    letter = LETTER.match(line.text) if lettered else None
    if letter or line.numbering == "upperLetter":
        return Guessed(K.PREAMBULAR, line.text[letter.end() :] if letter else line.text)
    return Guessed(K.PREAMBULAR if not begun and _looks_preambular(line.text) else K.OPERATIVE, line.text)


def _looks_like_heading(text: str) -> bool:
    if len(text) > SHORT or text[-1] in ".;:,":
        return False
    return (text.isupper() and len(text) > 3) or bool(ROMAN_HEADING.match(text))


def _looks_preambular(text: str) -> bool:
    """Tell whether a paragraph ends as the preamble's do, or begins with a gerund, a participle or the heads of State."""
    opens = any(pattern.match(text) for pattern in (GERUND, PARTICIPLES, OPENINGS))
    return opens or text.endswith((";", "; y", "; e"))


def count_items(lines: Iterable[Line]) -> int:
    """Return how many paragraphs look like the items of a list: a), b), dashes, bullets."""
    return sum(
        1
        for line in lines
        if line.style not in STYLES
        and (line.numbering in {"bullet", "lowerLetter", "lowerRoman"} or ITEM.match(line.text.lstrip()))
    )
