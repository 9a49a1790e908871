"""Pure operations on texts: what may be stored, digests of a text, and the redline of two versions by words."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from workflows.rules.chain import canonical

WORD = re.compile(r"\s+|\w+|[^\w\s]", re.UNICODE)
PARAGRAPH_LIMIT = 20_000


@dataclass(frozen=True)
class Piece:
    """A run of a redline: kept, inserted or deleted."""

    kind: Literal["same", "in", "out"]
    text: str


def redline(before: str, after: str) -> list[Piece]:
    """Return the pieces that lead from one text to the other, by words; equal texts give one piece that stays."""
    old, new = WORD.findall(before), WORD.findall(after)
    pieces: list[Piece] = []
    for op, a1, a2, b1, b2 in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if op == "equal":
            pieces.append(Piece("same", "".join(old[a1:a2])))
            continue
        if a2 > a1:
            pieces.append(Piece("out", "".join(old[a1:a2])))
        if b2 > b1:
            pieces.append(Piece("in", "".join(new[b1:b2])))
    return pieces


def body_digest(body: Sequence[dict[str, Any]]) -> str:
    """Return the SHA-256 (hex) of a version's body in canonical bytes: what anyone recomputes to check a copy."""
    return hashlib.sha256(canonical(body)).hexdigest()


def substance_digest(paragraphs: Iterable[tuple[str, int]]) -> str:
    """Return the digest of a text's substance: each paragraph's id and revision; a translation alone does not change it."""
    return hashlib.sha256(canonical([list(p) for p in paragraphs])).hexdigest()


def wording_digest(paragraphs: Iterable[tuple[str, str, str]]) -> str:
    """Return the digest of a text's wording in both languages: each paragraph's id, Spanish and Portuguese."""
    return hashlib.sha256(canonical([list(p) for p in paragraphs])).hexdigest()


def cut_paragraphs(text: str) -> list[str]:
    """Cut a plain text into paragraphs at its empty lines; lines within one are joined by a space."""
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n"))
    return [joined for block in blocks if (joined := " ".join(block.split()))]
