"""Reads one .docx file in a process of its own: bytes on its standard input, JSON on its standard output.

Run by `papers.reading` as a plain file (`python -I -S docx_process.py`), never imported by the server: it needs the standard
library alone, sees no environment, and limits itself before it looks at the first byte. It answers
`{"paragraphs": [{"text", "style", "outline", "numbering"}], "unread": {what: how many}}` or `{"refused": code}`.
"""

from __future__ import annotations

import io
import json
import struct
import sys
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

MEMORY, CPU_SECONDS, OUTPUT = 512 * 1024 * 1024, 8, 32 * 1024 * 1024
ENTRIES_LIMIT, INFLATED_LIMIT, PART_LIMIT, PARAGRAPHS_LIMIT = 3_000, 150 * 1024 * 1024, 16 * 1024 * 1024, 5_000
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
REFERENCES = {"footnoteReference": "footnotes", "endnoteReference": "endnotes", "commentReference": "comments"}
MARKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011"}


class Refused(Exception):
    """The file cannot be taken; its argument is the code of the reason."""


def limit_process() -> None:
    """Bound memory, processor time and output of this process, as far as the system knows such limits."""
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return
    for what, soft, hard in (
        (resource.RLIMIT_AS, MEMORY, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS, CPU_SECONDS + 1),
        (resource.RLIMIT_FSIZE, OUTPUT, OUTPUT),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        try:
            resource.setrlimit(what, (soft, hard))
        except (ValueError, OSError):
            continue


# The container ---------------------------------------------------------------------------------------------------


def open_container(data: bytes) -> zipfile.ZipFile:
    """Open the file by its content; refuse by its central directory, before anything is inflated."""
    if not data:
        raise Refused("empty")
    if not data.startswith(b"PK\x03\x04"):
        raise Refused(_what_it_is(data))
    try:
        container = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, struct.error, ValueError, OSError, RuntimeError) as error:
        raise Refused("broken") from error
    entries = container.infolist()
    if len(entries) > ENTRIES_LIMIT or sum(e.file_size for e in entries) > INFLATED_LIMIT:
        raise Refused("too_much_inside")
    if any(e.flag_bits & 1 for e in entries):
        raise Refused("encrypted")
    names = [e.filename for e in entries]
    if any(e.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for e in entries):
        raise Refused("broken")
    if len(set(names)) < len(names) or any(n.startswith("/") or "\\" in n or ".." in n.split("/") for n in names):
        raise Refused("broken")
    if any(n.lower().endswith("vbaproject.bin") for n in names):
        raise Refused("macro")
    return container


def _what_it_is(data: bytes) -> str:
    if data.startswith(b"\xd0\xcf\x11\xe0"):  # OLE: Word before 2007, or a .docx under a password
        return "encrypted" if "EncryptedPackage".encode("utf-16-le") in data else "old_word"
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"%pdf"):
        return "pdf"
    return "html" if head.startswith((b"<!doctype", b"<html", b"<?xml", b"<svg", b"<script")) else "not_docx"


def part(container: zipfile.ZipFile, name: str) -> ET.Element | None:
    """Return a part of the container as XML, or None where there is none; a document type is never taken."""
    try:
        with container.open(name) as stream:
            raw = stream.read(PART_LIMIT + 1)
    except KeyError:
        return None
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise Refused("broken") from error
    if len(raw) > PART_LIMIT:
        raise Refused("too_much_inside")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("broken") from error
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise Refused("entities")
    try:
        return ET.fromstring(text, parser=ET.XMLParser(encoding="utf-8"))  # noqa: S314 - no document type gets here
    except (ET.ParseError, ValueError) as error:
        raise Refused("broken") from error


def main_part(container: zipfile.ZipFile) -> str:
    """Return the name of the part that holds the text; refuse what is not a plain Word document."""
    types = part(container, "[Content_Types].xml")
    if types is None:
        raise Refused("not_docx")
    kinds = {str(e.get("PartName", "")).lstrip("/"): str(e.get("ContentType", "")) for e in types}
    if any("macroenabled" in kind.lower() for kind in kinds.values()):
        raise Refused("macro")
    found = [name for name, kind in kinds.items() if kind == MAIN_TYPE]
    if len(found) != 1:
        raise Refused("not_docx")
    return found[0]


# Styles and lists ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Style:
    """What a style says of a paragraph: its name as Word stores it, its outline level, its list."""

    name: str = ""
    outline: int | None = None
    list_id: str = ""
    based_on: str = ""


def _value(element: ET.Element | None, path: str) -> str:
    found = None if element is None else element.find(path)
    return "" if found is None else found.get(f"{W}val", "")


def _level(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) == 1 and text != "9" else None


def styles_of(root: ET.Element | None) -> dict[str, Style]:
    """Return the paragraph styles by their id."""
    return {
        element.get(f"{W}styleId", ""): Style(
            name=_value(element, f"{W}name").lower(),
            outline=_level(_value(element, f"{W}pPr/{W}outlineLvl")),
            list_id=_value(element, f"{W}pPr/{W}numPr/{W}numId"),
            based_on=_value(element, f"{W}basedOn"),
        )
        for element in (root if root is not None else ())
        if element.tag == f"{W}style"
    }


def formats_of(root: ET.Element | None) -> dict[tuple[str, str], str]:
    """Return the number format ("decimal", "bullet") of each list and level."""
    if root is None:
        return {}
    abstract = {
        (e.get(f"{W}abstractNumId", ""), level.get(f"{W}ilvl", "")): _value(level, f"{W}numFmt")
        for e in root.iter(f"{W}abstractNum")
        for level in e.iter(f"{W}lvl")
    }
    lists = {e.get(f"{W}numId", ""): _value(e, f"{W}abstractNumId") for e in root.iter(f"{W}num")}
    return {(num, level): kind for num, of in lists.items() for (owner, level), kind in abstract.items() if owner == of}


# The text --------------------------------------------------------------------------------------------------------


@dataclass
class Reader:
    """Walks the body; collects paragraphs in order and counts what it could not read."""

    styles: dict[str, Style]
    formats: dict[tuple[str, str], str]
    paragraphs: list[dict[str, Any]] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)
    carried: str = ""

    def blocks(self, parent: ET.Element) -> None:
        """Read what stands one below the other: paragraphs, and the wrappers around them."""
        for element in parent:
            tag = element.tag.removeprefix(W)
            if tag == "p":
                self.paragraph(element)
            elif tag == "tbl":
                self.unread["tables"] += 1
            elif tag == "altChunk":
                self.unread["embedded"] += 1
            elif tag == "sdt" and _value(element, f"{W}sdtPr/{W}docPartObj/{W}docPartGallery") == "Table of Contents":
                self.unread["contents"] += 1
            elif tag in {"sdt", "sdtContent", "customXml", "ins", "moveTo"}:
                self.blocks(element)
            elif tag in {"del", "moveFrom"}:
                self.unread["changes"] += 1

    def paragraph(self, element: ET.Element) -> None:
        """Read a paragraph; one whose end was deleted goes on in the next."""
        text = self.carried + "".join(self.inline(element))
        self.carried = ""
        properties = element.find(f"{W}pPr")
        if properties is not None and properties.find(f"{W}rPr/{W}del") is not None:
            self.unread["changes"] += 1
            self.carried = text
            return
        self.keep(text, properties)

    def keep(self, text: str, properties: ET.Element | None = None) -> None:
        """Add a paragraph with what its style and its list say, unless it is empty."""
        if not text.strip():
            return
        if len(self.paragraphs) >= PARAGRAPHS_LIMIT:
            raise Refused("too_many_paragraphs")
        style = self.styles.get(_value(properties, f"{W}pStyle"), Style())
        self.paragraphs.append(
            {
                "text": text,
                "style": style.name,
                "outline": self._outline(properties, style),
                "numbering": self._numbering(properties, style),
            }
        )

    def _outline(self, properties: ET.Element | None, style: Style) -> int | None:
        own = _level(_value(properties, f"{W}outlineLvl"))
        for _step in range(10):
            if own is not None or style.outline is not None:
                break
            style = self.styles.get(style.based_on, Style())
        return own if own is not None else style.outline

    def _numbering(self, properties: ET.Element | None, style: Style) -> str:
        list_id = _value(properties, f"{W}numPr/{W}numId") or style.list_id
        level = _value(properties, f"{W}numPr/{W}ilvl") or "0"
        return self.formats.get((list_id, level), "")

    def inline(self, parent: ET.Element) -> list[str]:
        """Return the pieces of text of a paragraph, or of what wraps a part of it; insertions are in, deletions out."""
        pieces: list[str] = []
        for element in parent:
            tag = element.tag.removeprefix(W)
            if tag == "r":
                pieces.extend(self.run(element))
            elif tag in {"ins", "moveTo"}:
                self.unread["changes"] += 1
                pieces.extend(self.inline(element))
            elif tag in {"del", "moveFrom"}:
                self.unread["changes"] += 1
            elif tag in {"hyperlink", "smartTag", "customXml", "sdt", "sdtContent", "fldSimple", "dir", "bdo"}:
                pieces.extend(self.inline(element))
            elif element.tag.endswith(("}oMath", "}oMathPara")):
                self.unread["equations"] += 1
        return pieces

    def run(self, element: ET.Element) -> list[str]:
        """Return the pieces of text of a run; what is hidden, drawn or kept elsewhere is counted."""
        if _is_on(element.find(f"{W}rPr/{W}vanish")):
            self.unread["hidden"] += any(t.text for t in element.iter(f"{W}t"))
            return []
        pieces: list[str] = []
        for child in element:
            tag = child.tag.removeprefix(W)
            if tag == "t":
                pieces.append(child.text or "")
            elif tag in MARKS:
                pieces.append(MARKS[tag])
            elif tag in REFERENCES:
                self.unread[REFERENCES[tag]] += 1
            elif tag == "sym":
                self.unread["symbols"] += 1
            elif tag in {"drawing", "pict", "object"} or child.tag == f"{MC}AlternateContent":
                self.unread[_drawn(child)] += 1
        return pieces


def _is_on(toggle: ET.Element | None) -> bool:
    return toggle is not None and toggle.get(f"{W}val", "1") not in {"0", "false", "off"}


def _drawn(element: ET.Element) -> str:
    if element.find(f".//{W}txbxContent") is not None:
        return "text_boxes"
    return "embedded" if element.tag == f"{W}object" else "pictures"


def count_margins(container: zipfile.ZipFile, body: ET.Element, name: str) -> int:
    """Return how many headers and footers of the text (the part of this name) say something."""
    folder, _, base = name.rpartition("/")
    used = {e.get(f"{REL}id", "") for name in ("headerReference", "footerReference") for e in body.iter(f"{W}{name}")}
    relations = part(container, f"{folder}/_rels/{base}.rels")
    targets = {e.get("Target", "") for e in (relations if relations is not None else ()) if e.get("Id") in used}
    roots = [part(container, target.lstrip("/") if target.startswith("/") else f"{folder}/{target}") for target in targets]
    return sum(1 for root in roots if root is not None and any((t.text or "").strip() for t in root.iter(f"{W}t")))


def read(data: bytes) -> dict[str, Any]:
    """Return what a .docx says, as the head of this file tells; raises Refused."""
    container = open_container(data)
    name = main_part(container)
    root = part(container, name)
    body = None if root is None else root.find(f"{W}body")
    if body is None:
        raise Refused("not_docx")
    folder = name.rpartition("/")[0] + "/"
    reader = Reader(styles_of(part(container, f"{folder}styles.xml")), formats_of(part(container, f"{folder}numbering.xml")))
    reader.blocks(body)
    reader.keep(reader.carried)
    reader.unread["margins"] += count_margins(container, body, name)
    return {"paragraphs": reader.paragraphs, "unread": {k: n for k, n in sorted(reader.unread.items()) if n}}


def main() -> None:
    """Read standard input, answer on standard output."""
    limit_process()
    try:
        answer = read(sys.stdin.buffer.read())
    except Refused as refusal:
        answer = {"refused": str(refusal)}
    except (MemoryError, RecursionError):
        answer = {"refused": "too_much_inside"}
    sys.stdout.buffer.write(json.dumps(answer).encode())


if __name__ == "__main__":
    main()
