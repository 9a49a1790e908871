"""Brings a text into a document from a file, or from one file in each language aligned by position."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from workflows.actions.paragraph import add_paragraphs
from workflows.errors import InvalidInput
from workflows.papers.reading import read_file
from workflows.queries.facts import facts_of
from workflows.rules import document_permissions as permissions
from workflows.rules.evaluate import require

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from workflows.models import Document, Paragraph
    from workflows.papers.reading import Guessed, Reading, Unread
    from workflows.rules.facts import Actor


@dataclass(frozen=True)
class Imported:
    """What an import did: the new paragraphs in order, and by language what its file had that was not read."""

    paragraphs: tuple[Paragraph, ...]
    unread: dict[str, tuple[Unread, ...]]


class NotAligned(InvalidInput):
    """The two files do not have the same number of paragraphs; `code` is `not_aligned`."""

    code = "not_aligned"


def import_paragraphs(
    document: Document,
    *,
    file_bytes: bytes,
    filename: str,
    language: str,
    after: Paragraph | None = None,
    actor: Actor,
    now: datetime,
    if_version: int | None = None,
) -> Imported:
    """Add the paragraphs of a .docx or .txt in one language ("es" or "pt"), after another paragraph or at the end.

    Raises FileRefused (an InvalidInput with a code and a sentence at `file`) when the file cannot be taken.
    """
    if language not in {"es", "pt"}:
        raise InvalidInput({"language": _("A text is in Spanish and in Portuguese.")})
    require(permissions.edits, facts_of(document), actor)
    reading = read_file(file_bytes, filename)
    texts = [(p.text, "") if language == "es" else ("", p.text) for p in reading.paragraphs]
    added = _add(document, reading.paragraphs, texts, after=after, actor=actor, now=now, if_version=if_version)
    return Imported(tuple(added), {language: reading.unread})


def import_pair(
    document: Document,
    *,
    es_bytes: bytes,
    es_filename: str,
    pt_bytes: bytes,
    pt_filename: str,
    after: Paragraph | None = None,
    actor: Actor,
    now: datetime,
    if_version: int | None = None,
) -> Imported:
    """Add the paragraphs of a Spanish and a Portuguese file, the n-th of one beside the n-th of the other.

    Where the kinds differ, that of the document's first language holds. Raises FileRefused at `file_es` or `file_pt`, and
    NotAligned when one file has more paragraphs than the other.
    """
    require(permissions.edits, facts_of(document), actor)
    es = read_file(es_bytes, es_filename, field="file_es")
    pt = read_file(pt_bytes, pt_filename, field="file_pt")
    leading, texts = align(es, pt, first_language=document.first_language)
    added = _add(document, leading, texts, after=after, actor=actor, now=now, if_version=if_version)
    return Imported(tuple(added), {"es": es.unread, "pt": pt.unread})


def align(es: Reading | None, pt: Reading | None, *, first_language: str) -> tuple[Sequence[Guessed], list[tuple[str, str]]]:
    """Return the paragraphs of one reading, or of two aligned by position: their guessed kinds, and pairs es and pt.

    Raises NotAligned when both are given and one has more paragraphs.
    """
    if es is not None and pt is not None:
        _refuse_unaligned(es, pt)
        leading = pt if first_language == "pt" else es
        return leading.paragraphs, [(e.text, p.text) for e, p in zip(es.paragraphs, pt.paragraphs, strict=True)]
    if es is not None:
        return es.paragraphs, [(p.text, "") for p in es.paragraphs]
    return (pt.paragraphs, [("", p.text) for p in pt.paragraphs]) if pt is not None else ((), [])


def _add(
    document: Document,
    guessed: Sequence[Guessed],
    texts: Sequence[tuple[str, str]],
    *,
    after: Paragraph | None,
    actor: Actor,
    now: datetime,
    if_version: int | None,
) -> list[Paragraph]:
    return add_paragraphs(
        document,
        kind=[p.kind for p in guessed],
        texts=texts,
        after=after,
        note=_("Imported from a file."),
        actor=actor,
        now=now,
        if_version=if_version,
    )


def _refuse_unaligned(es: Reading, pt: Reading) -> None:
    """Refuse two files of different lengths, and say where they begin to differ in kind."""
    counts = (len(es.paragraphs), len(pt.paragraphs))
    if counts[0] == counts[1]:
        return
    kinds = zip(es.paragraphs, pt.paragraphs, strict=False)
    first = next((n for n, (e, p) in enumerate(kinds, start=1) if e.kind != p.kind), min(counts) + 1)
    sentence = _(
        "The Spanish file has %(es)d paragraphs and the Portuguese %(pt)d. They begin to differ at paragraph %(first)d: "
        "make both alike, or import one language alone."
    ) % {"es": counts[0], "pt": counts[1], "first": first}
    raise NotAligned({"file_pt": sentence}, sentence)
