"""How paragraphs are numbered: the preamble lettered, operative ones numbered through, headings and annexes apart."""

from __future__ import annotations

from collections.abc import Iterable

from workflows.states import ParagraphKind

ANNEX = "Anexo"
"""The word by which the number of an annex is stored; pages show it in the reader's language."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def letters(number: int) -> str:
    """Return A, B, … Z, AA, AB, … for 1, 2, …"""
    text = ""
    while number > 0:
        number, rest = divmod(number - 1, len(LETTERS))
        text = LETTERS[rest] + text
    return text


def numbers(kinds: Iterable[str]) -> list[str]:
    """Return the number of each paragraph in order, by its kind; a heading has none, annexes are numbered in Roman style.

    A deleted paragraph keeps its number until the final version: give its kind too.
    """
    counts = dict.fromkeys(ParagraphKind, 0)
    result = []
    for kind in kinds:
        counts[ParagraphKind(kind)] += 1
        n = counts[ParagraphKind(kind)]
        result.append(
            {ParagraphKind.PREAMBULAR: letters(n), ParagraphKind.OPERATIVE: str(n), ParagraphKind.ANNEX: f"{ANNEX} {n}"}.get(
                ParagraphKind(kind), ""
            )
        )
    return result
