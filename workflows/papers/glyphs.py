"""Which characters the fonts of the printed page can show, and the spelling of those that they cannot."""

from __future__ import annotations

import struct
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

FONT = Path(__file__).with_name("fonts") / "SourceSerif4-Regular.otf"
KEPT = frozenset({"Cf", "Zs", "Zl", "Zp"})
"""Categories that need no glyph: marks of direction, joiners, spaces."""


@cache
def shown() -> frozenset[int]:
    """Return the code points for which the text's font has a glyph, from the formats 4 and 12 of its `cmap` table."""
    data = FONT.read_bytes()
    tables = struct.unpack_from(">H", data, 4)[0]
    records = (struct.unpack_from(">4sLLL", data, 12 + 16 * n) for n in range(tables))
    start = next(offset for tag, _sum, offset, _length in records if tag == b"cmap")
    found: set[int] = set()
    for n in range(struct.unpack_from(">H", data, start + 2)[0]):
        at = start + struct.unpack_from(">L", data, start + 4 + 8 * n + 4)[0]
        kind = struct.unpack_from(">H", data, at)[0]
        if kind == 12:
            groups = struct.unpack_from(">L", data, at + 12)[0]
            for g in range(groups):
                first, last, _glyph = struct.unpack_from(">LLL", data, at + 16 + 12 * g)
                found.update(range(first, last + 1))
    return frozenset(found)


def spell_unprintable(value: Any) -> Any:
    """Return JSON-like data in which every character without a glyph is spelt by its number: ‹U+1F600›."""
    if isinstance(value, str):
        return "".join(c if _can_be_shown(c) else f"‹U+{ord(c):04X}›" for c in value)
    if isinstance(value, dict):
        return {key: spell_unprintable(item) for key, item in value.items()}
    return [spell_unprintable(item) for item in value] if isinstance(value, list | tuple) else value


def _can_be_shown(character: str) -> bool:
    return character in "\n\t" or ord(character) in shown() or unicodedata.category(character) in KEPT
