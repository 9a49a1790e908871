"""Pure operations on texts: what may be stored, digests of a text, its cut into paragraphs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import Any

from workflows.rules.chain import canonical
from workflows.states import WRITABLE, DocumentState

PARAGRAPH_LIMIT = 20_000


def is_writable(state: str, *, other_follows: bool) -> bool:
    """Tell whether paragraphs are written in a state of their text; in circulation only the language that follows."""
    return state in WRITABLE or (state == DocumentState.CIRCULATED and other_follows)


def may_be_certified(state: str, *, is_plain: bool, went_out: bool) -> bool:
    """Tell whether the concordance of a text is certified in a state: from its circulation to its publication."""
    return not is_plain and went_out and state not in {DocumentState.PUBLISHED, DocumentState.WITHDRAWN}


def body_digest(body: Sequence[dict[str, Any]]) -> str:
    """Return the SHA-256 (hex) of a version's body in canonical bytes: what anyone recomputes to check a copy."""
    return hashlib.sha256(canonical(body)).hexdigest()


def substance_digest(paragraphs: Iterable[tuple[str, int, str]]) -> str:
    """Return the digest of a text's substance: each paragraph's id, revision and kind; a translation alone leaves it."""
    return hashlib.sha256(canonical([list(p) for p in paragraphs])).hexdigest()


def wording_digest(paragraphs: Iterable[tuple[str, str, str]]) -> str:
    """Return the digest of a text's wording in both languages: each paragraph's id, Spanish and Portuguese."""
    return hashlib.sha256(canonical([list(p) for p in paragraphs])).hexdigest()


def cut_paragraphs(text: str) -> list[str]:
    """Cut a plain text into paragraphs at its empty lines; lines within one are joined by a space."""
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n"))
    return [joined for block in blocks if (joined := " ".join(block.split()))]
