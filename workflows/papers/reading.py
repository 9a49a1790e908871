"""Reads a text from a file (.docx, .txt) or from what was pasted: paragraphs with their guessed kinds, and what was not read.

A .docx is parsed in a process of its own, bounded in memory, processor and time, that sees nothing of the server: whatever a
hostile file does, it does there, and the answer is a refusal in a sentence.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy, ngettext_lazy

from workflows.errors import InvalidInput
from workflows.papers.kinds import FRAME, NOTE, Guessed, Line, count_items, guess_kinds
from workflows.rules.texts import PARAGRAPH_LIMIT, cut_paragraphs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.utils.functional import _StrPromise

FILE_LIMIT = 25 * 1024 * 1024
TEXT_LIMIT = 4 * 1024 * 1024
PARAGRAPHS_LIMIT = 1_000
SECONDS = 20
PROCESS = Path(__file__).with_name("docx_process.py")
_turns = threading.BoundedSemaphore(2)

REFUSALS: Mapping[str, str | _StrPromise] = {
    "empty": gettext_lazy("The file is empty."),
    "too_large": gettext_lazy("The file is larger than 25 MB."),
    "wrong_type": gettext_lazy("A text is imported from a Word file (.docx) or from plain text (.txt)."),
    "not_docx": gettext_lazy("This is not a Word file (.docx), whatever its name says. Save it again from Word as .docx."),
    "old_word": gettext_lazy("This file is in Word's format of before 2007. Open it in Word and save it as .docx."),
    "pdf": gettext_lazy("This is a PDF file. Import the Word file from which it was made."),
    "html": gettext_lazy("This is a web page and not a Word file. Copy its text and paste it."),
    "encrypted": gettext_lazy("The file is protected by a password. Take the protection off and import it again."),
    "macro": gettext_lazy("The file contains macros. Save it as .docx, without macros, and import it again."),
    "broken": gettext_lazy("The file is damaged or incomplete. Open it in Word, save it again and import it."),
    "entities": gettext_lazy("The file declares entities, which no text needs. Save it again from Word as .docx."),
    "too_much_inside": gettext_lazy("The file holds far more than a text and was not read. Save the text alone in a new file."),
    "too_slow": gettext_lazy("The file took too long to read and was left. Save the text alone in a new file."),
    "too_many_paragraphs": gettext_lazy("The file has more than 1,000 paragraphs. Import it in parts."),
    "paragraph_too_long": gettext_lazy("A paragraph of the file is longer than 20,000 characters. Divide it."),
    "bad_character": gettext_lazy("The text contains a character that cannot be stored."),
    "no_text": gettext_lazy("No paragraph of text was found in the file."),
    "busy": gettext_lazy("Other files are being read. Import yours again in a minute."),
}
"""Why a file is not taken, by the code of the reason."""

UNREAD = {
    "tables": ngettext_lazy("%(n)d table was not read.", "%(n)d tables were not read.", "n"),
    "pictures": ngettext_lazy("%(n)d picture was left out.", "%(n)d pictures were left out.", "n"),
    "text_boxes": ngettext_lazy("%(n)d text box was not read.", "%(n)d text boxes were not read.", "n"),
    "embedded": ngettext_lazy("%(n)d embedded file was not opened.", "%(n)d embedded files were not opened.", "n"),
    "equations": ngettext_lazy("%(n)d equation was left out.", "%(n)d equations were left out.", "n"),
    "symbols": ngettext_lazy(
        "%(n)d character of a symbol font was left out.", "%(n)d characters of a symbol font were left out.", "n"
    ),
    "footnotes": ngettext_lazy("%(n)d footnote was not read.", "%(n)d footnotes were not read.", "n"),
    "endnotes": ngettext_lazy("%(n)d endnote was not read.", "%(n)d endnotes were not read.", "n"),
    "comments": ngettext_lazy("%(n)d comment was not read.", "%(n)d comments were not read.", "n"),
    "contents": ngettext_lazy("%(n)d table of contents was left out.", "%(n)d tables of contents were left out.", "n"),
    "margins": ngettext_lazy("%(n)d header or footer was not read.", "%(n)d headers or footers were not read.", "n"),
    "hidden": ngettext_lazy("%(n)d piece of hidden text was left out.", "%(n)d pieces of hidden text were left out.", "n"),
    "changes": ngettext_lazy(
        "%(n)d tracked change was taken as accepted: what it inserts is in, what it deletes is out.",
        "%(n)d tracked changes were taken as accepted: what they insert is in, what they delete is out.",
        "n",
    ),
    "items": ngettext_lazy(
        "%(n)d item of a list became a paragraph of its own.", "%(n)d items of lists became paragraphs of their own.", "n"
    ),
    "frame": ngettext_lazy(
        "%(n)d line around the text (title, symbol, marks) was left out.",
        "%(n)d lines around the text (title, symbol, marks) were left out.",
        "n",
    ),
    "encoding": ngettext_lazy(
        "The file is not in UTF-8 and was read as Windows-1252: look at its accents.",
        "The file is not in UTF-8 and was read as Windows-1252: look at its accents.",
        "n",
    ),
}
"""What was not read, or read in a way that one should know, by its code."""


class FileRefused(InvalidInput):
    """The file cannot be taken; `code` is a key of `REFUSALS`, the sentence stands at the field."""

    def __init__(self, code: str, *, field: str = "file") -> None:
        super().__init__({field: REFUSALS[code]}, REFUSALS[code])
        self.code = code


@dataclass(frozen=True)
class Unread:
    """One kind of thing that was not read: its code, how many, and the sentence that says so."""

    code: str
    count: int

    @property
    def sentence(self) -> str:
        """The sentence in the reader's language."""
        return UNREAD[self.code] % {"n": self.count}


@dataclass(frozen=True)
class Reading:
    """What a file says: its paragraphs in order, and what was not read."""

    paragraphs: tuple[Guessed, ...]
    unread: tuple[Unread, ...] = ()


def read_file(file_bytes: bytes, filename: str, *, field: str = "file") -> Reading:
    """Return the paragraphs of a .docx or .txt; raises FileRefused with a sentence at `field`. Nothing is stored."""
    try:
        return _read_file(file_bytes, PurePath(filename.replace("\\", "/")).suffix.lower())
    except FileRefused as refusal:
        raise FileRefused(refusal.code, field=field) from refusal


def _read_file(file_bytes: bytes, suffix: str) -> Reading:
    if not file_bytes:
        raise FileRefused("empty")
    if len(file_bytes) > FILE_LIMIT:
        raise FileRefused("too_large")
    if suffix == ".docx":
        return _read_docx(file_bytes)
    if suffix in {".docm", ".dotm"}:
        raise FileRefused("macro")
    if suffix == ".doc":
        raise FileRefused("old_word")
    if suffix != ".txt" or file_bytes.startswith((b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0", b"{\\rtf")):
        raise FileRefused("wrong_type")
    text, guessed = _decode(file_bytes)
    reading = read_text(text)
    return Reading(reading.paragraphs, (*reading.unread, *([Unread("encoding", 1)] if guessed else [])))


def read_text(text: str) -> Reading:
    """Return the paragraphs of a plain or pasted text, cut at its empty lines; raises FileRefused."""
    if len(text) > TEXT_LIMIT:
        raise FileRefused("too_much_inside")
    return _reading([Line(block) for block in cut_paragraphs(text)], {})


def _decode(data: bytes) -> tuple[str, bool]:
    """Return the text and whether its encoding had to be guessed."""
    if len(data) > TEXT_LIMIT * 4:
        raise FileRefused("too_much_inside")
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return data.decode(encoding), False
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), True
    except UnicodeDecodeError as error:
        raise FileRefused("bad_character") from error


def _read_docx(data: bytes) -> Reading:
    answer = _ask_process(data)
    if "refused" in answer:
        raise FileRefused(answer["refused"] if answer["refused"] in REFUSALS else "broken")
    return _reading([Line(**line) for line in answer["paragraphs"]], answer["unread"])


def _ask_process(data: bytes) -> dict[str, Any]:
    """Have the file read in a process without environment; its limits are its own, the time is kept here."""
    if not _turns.acquire(timeout=SECONDS):
        raise FileRefused("busy")
    try:
        with tempfile.TemporaryFile() as answer:
            done = subprocess.run(  # noqa: S603 - our own file, by the interpreter that runs us
                [sys.executable, "-I", "-S", "-B", str(PROCESS)],
                input=data,
                stdout=answer,
                stderr=subprocess.DEVNULL,
                timeout=SECONDS,
                env={},
                cwd="/",
                check=False,
            )
            if done.returncode != 0:
                raise FileRefused("too_slow" if done.returncode == -signal.SIGXCPU else "broken")
            answer.seek(0)
            said: dict[str, Any] = json.load(answer)
            return said
    except subprocess.TimeoutExpired as error:
        raise FileRefused("too_slow") from error
    finally:
        _turns.release()


def _reading(lines: Sequence[Line], counts: Mapping[str, int]) -> Reading:
    paragraphs = guess_kinds(lines)
    if not paragraphs:
        raise FileRefused("no_text")
    if len(paragraphs) > PARAGRAPHS_LIMIT:
        raise FileRefused("too_many_paragraphs")
    if any(len(p.text) > PARAGRAPH_LIMIT for p in paragraphs):
        raise FileRefused("paragraph_too_long")
    if any(_cannot_be_stored(p.text) for p in paragraphs):
        raise FileRefused("bad_character")
    framed = sum(line.style in {FRAME, NOTE} for line in lines)
    found = {**counts, "items": count_items(lines), "frame": framed}
    return Reading(tuple(paragraphs), tuple(Unread(code, n) for code, n in found.items() if n and code in UNREAD))


def _cannot_be_stored(text: str) -> bool:
    return "\x00" in text or any("\ud800" <= c <= "\udfff" for c in text)


__all__ = ["FileRefused", "Guessed", "Reading", "Unread", "read_file", "read_text"]
