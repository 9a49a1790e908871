"""The redline of two texts by words, and of two versions paragraph by paragraph; pure, and bounded whatever is compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

WORD = re.compile(r"\s+|\w+|[^\w\s]", re.UNICODE)
MOST_CHANGES, MOST_OF_ALL = 600, 0.4
"""How much may differ (words and signs, share of all) before a text is shown as taken out and the other put in.

It keeps the work bounded; and of two texts that have hardly more than their spaces in common, a reader wants both whole.
"""

Op = Literal["same", "in", "out"]


class Piece(NamedTuple):
    """A run of a redline: kept, inserted or deleted."""

    kind: Op
    text: str


def redline(before: str, after: str) -> list[Piece]:
    """Return the pieces that lead from one text to the other, by words; equal texts give one piece that stays.

    What stays and what is deleted gives back `before`, what stays and what is inserted gives back `after`.
    """
    old, new = WORD.findall(before), WORD.findall(after)
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    old_middle, new_middle = old[head : len(old) - tail], new[head : len(new) - tail]
    ops: list[tuple[Op, str]] = [("same", word) for word in old[:head]]
    ops += _shortest(old_middle, new_middle)
    ops += [("same", word) for word in old[len(old) - tail :]]
    return _joined(ops)


def _shared(old: Sequence[str], new: Sequence[str]) -> int:
    """Return how many words both begin with."""
    count = 0
    for one, other in zip(old, new, strict=False):
        if one != other:
            break
        count += 1
    return count


def _shortest(old: Sequence[str], new: Sequence[str]) -> list[tuple[Op, str]]:
    """Return the shortest way from one to the other (Myers, 1986); all out and all in where too much differs."""
    most = min(MOST_CHANGES, max(8, int((len(old) + len(new)) * MOST_OF_ALL)))
    furthest = [0] * (2 * most + 3)  # by diagonal, from -most-1 on: how far along `old` one comes with so many changes
    trail: list[list[int]] = []
    for changes in range(most + 1):
        trail.append(furthest[most + 1 - changes - 1 : most + 1 + changes + 2])
        for diagonal in range(-changes, changes + 1, 2):
            at = most + 1 + diagonal
            x = furthest[at + 1] if _enters_down(furthest, at, diagonal, changes) else furthest[at - 1] + 1
            y = x - diagonal
            while x < len(old) and y < len(new) and old[x] == new[y]:
                x, y = x + 1, y + 1
            furthest[at] = x
            if x >= len(old) and y >= len(new):
                return _walked_back(trail, old, new)
    return [*(("out", word) for word in old), *(("in", word) for word in new)]


def _enters_down(furthest: Sequence[int], at: int, diagonal: int, changes: int) -> bool:
    """Tell whether a diagonal is entered by an insertion; else by a deletion."""
    return diagonal == -changes or (diagonal != changes and furthest[at - 1] < furthest[at + 1])


def _walked_back(trail: Sequence[Sequence[int]], old: Sequence[str], new: Sequence[str]) -> list[tuple[Op, str]]:
    """Return the way that led here; the n-th of the trail holds the diagonals from -n-1 to n+1 before the n-th change."""
    ops: list[tuple[Op, str]] = []
    x, y = len(old), len(new)
    for changes in range(len(trail) - 1, -1, -1):
        furthest, diagonal = trail[changes], x - y
        at = diagonal + changes + 1
        down = _enters_down(furthest, at, diagonal, changes)
        start = furthest[at + 1] if down else furthest[at - 1] + 1
        while x > start:
            x, y = x - 1, y - 1
            ops.append(("same", old[x]))
        if changes == 0:
            break
        x, y = (x, y - 1) if down else (x - 1, y)
        ops.append(("in", new[y]) if down else ("out", old[x]))
    return ops[::-1]


def _joined(ops: Iterable[tuple[Op, str]]) -> list[Piece]:
    """Return runs; between two changes what is deleted stands before what is inserted, and a lone space belongs to both."""
    pieces: list[Piece] = []
    out, put, gap = "", "", ""
    for kind, word in ops:
        if kind == "same" and (out or put) and not (gap + word).strip():
            gap += word
        elif kind == "same":
            pieces += _change(out, put)
            _add(pieces, gap + word)
            out = put = gap = ""
        else:
            out, put, gap = out + gap + (word if kind == "out" else ""), put + gap + (word if kind == "in" else ""), ""
    pieces += _change(out, put)
    if gap:
        _add(pieces, gap)
    return pieces


def _change(out: str, put: str) -> list[Piece]:
    return [piece for piece in (Piece("out", out), Piece("in", put)) if piece.text]


def _add(pieces: list[Piece], text: str) -> None:
    if pieces and pieces[-1].kind == "same":
        text = pieces.pop().text + text
    pieces.append(Piece("same", text))


# Versions --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """A paragraph of one or both of two versions: its place in each, and what became of its words.

    `fate` is "same", "changed", "added", "removed" or "moved" (elsewhere among those that stayed; its words may have changed).
    """

    uuid: str
    kind: str
    number_before: str
    number_after: str
    state_before: str
    state_after: str
    fate: str
    es: tuple[Piece, ...]
    pt: tuple[Piece, ...]


def compare(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[Change]:
    """Return every paragraph of two bodies of versions in the later one's order, those taken out at their old place."""
    old, new = {p["uuid"]: p for p in before}, {p["uuid"]: p for p in after}
    moved = _moved([uuid for uuid in old if uuid in new], [uuid for uuid in new if uuid in old])
    found: list[Change] = []
    removed = _removed_after(before, new)
    found += [_changed(old[uuid], None, "removed") for uuid in removed.get("", ())]
    for uuid, paragraph in new.items():
        found.append(_changed(old.get(uuid), paragraph, "moved" if uuid in moved else ""))
        found += [_changed(old[gone], None, "removed") for gone in removed.get(uuid, ())]
    return found


def _removed_after(before: Sequence[Mapping[str, Any]], new: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what was taken out, by the last paragraph before it that stayed ("" for none)."""
    found: dict[str, list[str]] = {}
    last = ""
    for paragraph in before:
        if paragraph["uuid"] in new:
            last = paragraph["uuid"]
        else:
            found.setdefault(last, []).append(paragraph["uuid"])
    return found


def _moved(old: Sequence[str], new: Sequence[str]) -> frozenset[str]:
    """Return the paragraphs outside the longest run that kept its order (patience: n log n)."""
    place = {uuid: n for n, uuid in enumerate(old)}
    ends: list[int] = []
    chain: dict[int, int | None] = {}
    for where in (place[uuid] for uuid in new):
        low = _first_not_before(ends, where)
        chain[where] = ends[low - 1] if low else None
        ends[low : low + 1] = [where]
    kept: set[int] = set()
    here: int | None = ends[-1] if ends else None
    while here is not None:
        kept.add(here)
        here = chain[here]
    return frozenset(uuid for uuid in new if place[uuid] not in kept)


def _first_not_before(ends: Sequence[int], where: int) -> int:
    low, high = 0, len(ends)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if ends[middle] < where else (low, middle)
    return low


def _changed(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None, fate: str) -> Change:
    one, other = old or {}, new or {}
    words = {lang: tuple(redline(one.get(lang, ""), other.get(lang, ""))) for lang in ("es", "pt")}
    differs = any(piece.kind != "same" for pieces in words.values() for piece in pieces)
    alike = "changed" if differs or one.get("state") != other.get("state") or one.get("kind") != other.get("kind") else "same"
    return Change(
        uuid=str((new or one)["uuid"]),
        kind=str((new or one)["kind"]),
        number_before=one.get("number", ""),
        number_after=other.get("number", ""),
        state_before=one.get("state", ""),
        state_after=other.get("state", ""),
        fate=fate or ("added" if old is None else alike),
        **words,
    )
