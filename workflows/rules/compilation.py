"""A text with what delegations propose printed into it, as negotiators write it: [Bolivia: …], [Alt 1 México, Perú: …]."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workflows.states import ParagraphKind, ParagraphState

HELD_OPEN = frozenset({ParagraphState.BRACKETED, ParagraphState.IN_CONSULTATION})


@dataclass(frozen=True)
class Sent:
    """A proposal as it enters a compilation; give them in the order of protocol of their delegations."""

    uuid: str
    party: str
    """The delegation's name in the language of the compilation."""
    text: str
    paragraph: str = ""
    """Empty for one on the text as a whole."""
    is_comment: bool = False


@dataclass(frozen=True)
class Bracket:
    """One wording, and the delegations that propose it."""

    parties: tuple[str, ...]
    proposals: tuple[str, ...]
    text: str
    printed: str


@dataclass(frozen=True)
class Compiled:
    """A paragraph with its brackets and comments; `printed` is what a negotiator reads."""

    uuid: str
    number: str
    kind: str
    state: str
    text: str
    brackets: tuple[Bracket, ...]
    comments: tuple[Bracket, ...]
    printed: str


def compile_text(
    paragraphs: Iterable[tuple[str, str, str, str, str]], proposals: Sequence[Sent]
) -> tuple[list[Compiled], tuple[Bracket, ...]]:
    """Return each paragraph (uuid, number, kind, state, text) with what is proposed on it, and what is said on the whole."""
    found = []
    for uuid, number, kind, state, text in paragraphs:
        here = [p for p in proposals if p.paragraph == uuid]
        brackets = bracket([p for p in here if not p.is_comment])
        comments = bracket([p for p in here if p.is_comment], numbered=False)
        printed = print_paragraph(number, kind, state, text, brackets)
        found.append(Compiled(uuid, number, kind, state, text, brackets, comments, printed))
    return found, bracket([p for p in proposals if not p.paragraph], numbered=False)


def bracket(proposals: Sequence[Sent], *, numbered: bool = True) -> tuple[Bracket, ...]:
    """Return the different wordings in the order in which they came, each with all that propose it; several are numbered."""
    wordings: dict[str, list[Sent]] = {}
    for proposal in proposals:
        wordings.setdefault(proposal.text.strip(), []).append(proposal)
    several = numbered and len(wordings) > 1
    brackets = []
    for n, (text, sent) in enumerate(wordings.items(), start=1):
        parties = tuple(dict.fromkeys(p.party for p in sent))
        label = f"Alt {n} " if several else ""
        printed = f"[{label}{', '.join(parties)}: {text}]"
        brackets.append(Bracket(parties, tuple(p.uuid for p in sent), text, printed))
    return tuple(brackets)


def print_paragraph(number: str, kind: str, state: str, text: str, brackets: Sequence[Bracket]) -> str:
    """Return a paragraph as it is read aloud: its number, its text (in brackets while it is open), then the proposals."""
    body = f"[{text}]" if state in HELD_OPEN and text else text
    lead = (
        f"{number}. "
        if number and kind in {ParagraphKind.OPERATIVE, ParagraphKind.PREAMBULAR}
        else f"{number} "
        if number
        else ""
    )
    return " ".join(filter(None, [(lead + body).strip(), *(b.printed for b in brackets)]))
