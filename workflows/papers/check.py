"""Checks a copy of a text by itself: recomputes the hash of its paragraphs. Needs Python alone: `python check.py copy.json`.

The hash is SHA-256 over the copy's `body`, written as JSON in UTF-8 with sorted keys, no spaces and no escapes beyond JSON's
own. It covers each paragraph's id, number, kind, state and both languages. Compare it with the one on the PDF and on the page.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FORMAT = "summitprep.text.v1"
SIZE_LIMIT = 25 * 1024 * 1024


class NotACopy(ValueError):
    """What was given is not a copy of a text in this format."""


@dataclass(frozen=True)
class Checked:
    """The hash that a copy claims, the one that its paragraphs give, and its symbols as written in it."""

    claimed: str
    recomputed: str
    symbol_es: str
    symbol_pt: str

    @property
    def is_intact(self) -> bool:
        """Whether the paragraphs are those that the hash was made of."""
        return self.claimed == self.recomputed


def digest_of(body: list[Any]) -> str:
    """Return the SHA-256 (hex) of the paragraphs of a text."""
    written = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()


def check(copy: bytes) -> Checked:
    """Return what a copy (the bytes of its JSON file) claims and what its paragraphs give; raises NotACopy."""
    if len(copy) > SIZE_LIMIT:
        raise NotACopy("The file is larger than 25 MB.")
    try:
        data = json.loads(copy.decode(), object_pairs_hook=_once, parse_constant=_no_constant)
        symbol, body, claimed = data["symbol"], data["body"], data["digest"]
        told = (claimed, symbol["es"], symbol["pt"])
        if data["format"] != FORMAT or not isinstance(body, list) or not all(isinstance(t, str) for t in told):
            raise NotACopy("The file is not a copy of a text.")
        if not re.fullmatch(r"[0-9a-f]{64}", claimed):
            raise NotACopy("The copy carries no hash.")
        return Checked(claimed, digest_of(body), symbol["es"], symbol["pt"])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise NotACopy(str(error) if isinstance(error, NotACopy) else "The file is not a copy of a text.") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a key that stands twice: readers would differ on which one counts."""
    if len({key for key, _value in pairs}) < len(pairs):
        raise NotACopy("A key of the copy stands twice.")
    return dict(pairs)


def _no_constant(name: str) -> Any:
    raise NotACopy(f"{name} is no figure.")


def main(arguments: list[str]) -> int:
    """Check the copy that is named on the command line; 0 when it is intact, 1 when not, 2 when it is no copy."""
    try:
        checked = check(Path(arguments[0]).read_bytes())
    except (IndexError, OSError, NotACopy) as error:
        sys.stderr.write(f"{error or 'Name the file of the copy.'}\n")
        return 2
    verdict = "is intact" if checked.is_intact else "was CHANGED: its paragraphs do not give the hash that it claims"
    sys.stdout.write(f"{checked.symbol_es} / {checked.symbol_pt} {verdict}.\n")
    sys.stdout.write(f"claimed    {checked.claimed}\nrecomputed {checked.recomputed}\n")
    return 0 if checked.is_intact else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
