"""What is done to paragraphs: write, translate, order, take out, import; each edit kept, its clearances dropped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from workflows import engine
from workflows.actions.clearance import drop_touched
from workflows.actions.task import clean_note
from workflows.errors import InvalidInput, NotPermitted, StaleObject, StaleText, WrongState
from workflows.models import Document, Paragraph, ParagraphChange
from workflows.queries.document_names import number_of
from workflows.queries.facts import facts_of
from workflows.rules import document_permissions as permissions
from workflows.rules.evaluate import require, require_moving
from workflows.rules.facts import Inputs
from workflows.rules.texts import PARAGRAPH_LIMIT, is_writable
from workflows.states import CLOSED_PARAGRAPH, DocumentState, ParagraphKind, ParagraphState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from workflows.rules.facts import Actor

D = DocumentState
NOTE_LIMIT = 200
STEP = 1000
"""The gap between the ranks of neighbours."""


@dataclass(frozen=True)
class Written:
    """What an edit did: the paragraph, and the offices whose clearance it dropped."""

    paragraph: Paragraph
    dropped: tuple[str, ...] = ()


def clean_paragraph(text: str, field: str) -> str:
    """Return a paragraph's text without outer space; refuse what cannot be stored or is too long."""
    return clean_note(text, field, limit=PARAGRAPH_LIMIT)


def _open_text(document: Document, actor: Actor, if_version: int | None = None, *, follows: bool = False) -> Document:
    """Lock the document and refuse those who may not write it now; `follows`: what is written may be the second language."""
    locked: Document = engine.lock(document)
    require_moving(locked.summit.state)
    require(permissions.edits, facts_of(locked), actor)
    if if_version is not None and locked.version != if_version:
        raise StaleObject
    if not is_writable(locked.state, other_follows=follows and locked.other_language_at is not None):
        raise WrongState(_("The text is not open to changes in this state."), code="text_not_open")
    return locked


def _touch(document: Document, *, what: str, actor: Actor | None, now: datetime) -> tuple[str, ...]:
    """Count the edit, take a certified concordance away, drop the clearances that it touched."""
    document.revision += 1
    document.concordance_certified_at = document.concordance_certified_by = None
    document.version += 1
    document.save()
    engine.drop_waiting(document, now=now, reason=_("The text that it was given for has changed."))
    return tuple(drop_touched(document, what=what, actor=actor, now=now))


def _keep(paragraph: Paragraph, before: tuple[str, str], note: str, actor: Actor | None, now: datetime) -> None:
    last = paragraph.changes.aggregate(m=Max("number"))["m"] or 0
    _change(paragraph, last + 1, before, note, actor, now).save()


def _change(
    paragraph: Paragraph, number: int, before: tuple[str, str], note: str, actor: Actor | None, now: datetime
) -> ParagraphChange:
    """Return the entry of a paragraph's history that says what it was and what it is now, unsaved."""
    return ParagraphChange(
        paragraph=paragraph,
        number=number,
        before_es=before[0],
        before_pt=before[1],
        after_es=paragraph.text_es,
        after_pt=paragraph.text_pt,
        note=note,
        changed_at=now,
        changed_by_id=actor.seat_id if actor else None,
    )


@transaction.atomic
def add_paragraphs(
    document: Document,
    *,
    kind: str | Sequence[str],
    texts: Sequence[tuple[str, str]],
    after: Paragraph | None = None,
    note: str = "",
    actor: Actor,
    now: datetime,
    if_version: int | None = None,
) -> list[Paragraph]:
    """Add paragraphs (pairs of Spanish and Portuguese, either may be empty) after another, or at the end.

    `kind` is the kind of all of them, or one for each.
    """
    locked = _open_text(document, actor, if_version)
    kinds = [kind] * len(texts) if isinstance(kind, str) else list(kind)
    if len(kinds) != len(texts) or not set(kinds) <= set(ParagraphKind.values):
        raise InvalidInput({"kind": _("This kind of paragraph is not known.")})
    note = clean_note(note, "note", limit=NOTE_LIMIT)
    cleaned = [(clean_paragraph(es, "text_es"), clean_paragraph(pt, "text_pt")) for es, pt in texts]
    if not cleaned or not all(es or pt for es, pt in cleaned):
        raise InvalidInput({"text_es": _("Write the paragraph in at least one language.")})
    rank = _make_room(locked, after, len(cleaned))
    added = Paragraph.objects.bulk_create(
        Paragraph(document=locked, kind=each, rank=rank + n, text_es=es, text_pt=pt, es_at=int(bool(es)), pt_at=int(bool(pt)))
        for n, (each, (es, pt)) in enumerate(zip(kinds, cleaned, strict=True))
    )
    ParagraphChange.objects.bulk_create(_change(p, 1, ("", ""), note, actor, now) for p in added)
    _touch(locked, what=number_of(added[0]), actor=actor, now=now)
    engine.record(locked, "add_paragraphs", actor=actor, now=now, data={"paragraphs": [str(p.uuid) for p in added]})
    return added


def _make_room(document: Document, after: Paragraph | None, count: int) -> int:
    """Return the first free rank for `count` paragraphs after another one, moving what follows when there is no gap.

    Call under the document's lock: the place of the other one is read again.
    """
    everything = Paragraph.objects.filter(document=document)
    last = everything.aggregate(m=Max("rank"))["m"] or 0
    if after is None:
        return last + STEP
    rank = everything.filter(pk=after.pk).values_list("rank", flat=True).first()
    if rank is None:
        raise InvalidInput({"after": _("That paragraph belongs to another text.")})
    following = everything.filter(rank__gt=rank).order_by("rank").first()
    if following is None:
        return rank + STEP
    if following.rank - rank <= count:
        everything.filter(rank__gt=rank).update(rank=F("rank") + STEP + count)
    return rank + 1


@transaction.atomic
def edit_paragraph(
    paragraph: Paragraph,
    *,
    text_es: str | None = None,
    text_pt: str | None = None,
    substance: bool | None = None,
    note: str = "",
    actor: Actor,
    now: datetime,
    if_version: int | None = None,
) -> Written:
    """Write a paragraph. `if_version` is the paragraph's version that the caller read: StaleText, with both, when it changed.

    A language that is behind (stale or missing) catches up when it is written alone, unless `substance` says that the change is
    one of substance: then the other language becomes stale. Writing both brings both up to date.
    """
    document = _open_text(paragraph.document, actor, follows=True)
    locked = _locked(paragraph, document, None)
    note = clean_note(note, "note", limit=NOTE_LIMIT)
    if if_version is not None and locked.version != if_version:
        mine = {lang: text for lang, text in (("es", text_es), ("pt", text_pt)) if text is not None}
        raise StaleText(mine=mine, theirs={"es": locked.text_es, "pt": locked.text_pt}, version=locked.version)
    if locked.state in CLOSED_PARAGRAPH:
        raise WrongState(_("The paragraph is closed; the chair reopens it first."), code="paragraph_closed")
    before = (locked.text_es, locked.text_pt)
    new = {
        lang: clean_paragraph(text, f"text_{lang}") if text is not None else getattr(locked, f"text_{lang}")
        for lang, text in (("es", text_es), ("pt", text_pt))
    }
    changed = [lang for lang in ("es", "pt") if new[lang] != getattr(locked, f"text_{lang}")]
    if not changed:
        return Written(locked)
    _keeps_what_was_shown(locked, changed, substance)
    if not any(new.values()):
        raise InvalidInput({"text_es": _("Write the paragraph in at least one language, or take it out.")})
    _apply(locked, new, changed, substance)
    locked.version += 1
    locked.save()
    _keep(locked, before, note, actor, now)
    number = number_of(locked)
    dropped = _touch(document, what=number, actor=actor, now=now)
    data = {"paragraph": str(locked.uuid), "number": number, "languages": changed, "dropped": list(dropped)}
    engine.record(locked, "edit", actor=actor, now=now, data=data, inputs=Inputs(reason=note))
    return Written(locked, dropped)


def _locked(paragraph: Paragraph, document: Document, if_version: int | None) -> Paragraph:
    locked = Paragraph.objects.select_for_update(no_key=True, of=("self",)).get(pk=paragraph.pk)
    locked.document = document
    if if_version is not None and locked.version != if_version:
        raise StaleObject
    return locked


def _catches_up(paragraph: Paragraph, changed: Sequence[str], substance: bool | None) -> bool:
    """Tell whether one language that is behind is written alone, without a change of substance."""
    return len(changed) == 1 and paragraph.status(changed[0]) != "current" and not substance


def _keeps_what_was_shown(paragraph: Paragraph, changed: Sequence[str], substance: bool | None) -> None:
    """Refuse to change words under those who read them or agreed to them: there a language may only catch up."""
    if _catches_up(paragraph, changed, substance):
        return
    if paragraph.document.state == D.CIRCULATED:
        raise WrongState(_("The text is in circulation: only the language that follows is written."), code="text_circulated")
    if paragraph.state == ParagraphState.AGREED_AD_REFERENDUM:
        raise WrongState(
            _("The paragraph is agreed ad referendum; the chair puts it in brackets before its words change."),
            code="paragraph_ad_referendum",
        )


def _apply(paragraph: Paragraph, new: dict[str, str], changed: Sequence[str], substance: bool | None) -> None:
    """Set the texts, and at which revision each language stands."""
    only_wording = len(changed) == 1 and substance is False
    if not (_catches_up(paragraph, changed, substance) or only_wording):
        paragraph.revision += 1
    for lang in ("es", "pt"):
        setattr(paragraph, f"text_{lang}", new[lang])
    for lang in changed:
        setattr(paragraph, f"{lang}_at", paragraph.revision if new[lang] else 0)


@transaction.atomic
def correct_translation(
    paragraph: Paragraph, *, language: str, text: str, note: str, actor: Actor, now: datetime, if_version: int | None = None
) -> Written:
    """Correct the wording of one language for concordance, from the circulation on; reopens nothing; by SEGIB."""
    document: Document = engine.lock(paragraph.document)
    require_moving(document.summit.state)
    require(permissions.is_segib, facts_of(document), actor)
    if document.circulated_at is None or document.state in {D.PUBLISHED, D.WITHDRAWN}:
        raise WrongState(_("A translation is corrected between the circulation and the publication."), code="not_circulated")
    if language not in {"es", "pt"}:
        raise InvalidInput({"language": _("A text is in Spanish and in Portuguese.")})
    note = clean_note(note, "note", limit=NOTE_LIMIT)
    if not note:
        raise InvalidInput({"note": _("Say what is corrected.")})
    locked = _locked(paragraph, document, if_version)
    before = (locked.text_es, locked.text_pt)
    cleaned = clean_paragraph(text, "text")
    if not cleaned:
        raise InvalidInput({"text": _("Write the corrected text.")})
    if cleaned == getattr(locked, f"text_{language}") and locked.status(language) == "current":
        raise InvalidInput({"text": _("The text is as it was: nothing is corrected.")})
    setattr(locked, f"text_{language}", cleaned)
    setattr(locked, f"{language}_at", locked.revision)
    locked.version += 1
    locked.save()
    _keep(locked, before, note, actor, now)
    number = number_of(locked)
    dropped = _touch(document, what=number, actor=actor, now=now)
    data = {"paragraph": str(locked.uuid), "number": number, "language": language}
    event = engine.record(document, "correct_translation", actor=actor, now=now, data=data, inputs=Inputs(reason=note))
    engine.notify("translation_corrected", document, actor=actor, now=now, cause=event.uuid, context=data)
    return Written(locked, dropped)


@transaction.atomic
def remove_paragraph(paragraph: Paragraph, *, actor: Actor, now: datetime, if_version: int | None = None) -> Paragraph:
    """Take a paragraph out of a draft that was never circulated; later the chair deletes it in a meeting."""
    document = _open_text(paragraph.document, actor)
    if document.circulated_at is not None:
        raise WrongState(_("A circulated paragraph is deleted by the chair, in a meeting."), code="circulated")
    locked = _locked(paragraph, document, if_version)
    number = number_of(locked)
    locked.removed_at = now
    locked.version += 1
    locked.save()
    _touch(document, what=number, actor=actor, now=now)
    engine.record(document, "remove_paragraph", actor=actor, now=now, data={"paragraph": str(locked.uuid), "number": number})
    return locked


@transaction.atomic
def place_paragraph(
    paragraph: Paragraph,
    *,
    after: Paragraph | None,
    kind: str = "",
    conditional_on: str | None = None,
    actor: Actor,
    now: datetime,
    if_version: int | None = None,
) -> Paragraph:
    """Move a paragraph after another (None: to the beginning), change its kind, or mark on what it depends."""
    document = _open_text(paragraph.document, actor)
    locked = _locked(paragraph, document, if_version)
    if locked.state in CLOSED_PARAGRAPH:
        raise WrongState(_("The paragraph is closed; the chair reopens it first."), code="paragraph_closed")
    if kind and kind not in ParagraphKind.values:
        raise InvalidInput({"kind": _("This kind of paragraph is not known.")})
    if after is None:
        Paragraph.objects.filter(document=document).update(rank=F("rank") + STEP)
        locked.rank = 1
    elif after.pk != locked.pk:
        locked.rank = _make_room(document, after, 1)
    locked.kind = kind or locked.kind
    if conditional_on is not None:
        locked.conditional_on = clean_note(conditional_on, "conditional_on", limit=120)
    locked.version += 1
    locked.save()
    _touch(document, what=number_of(locked), actor=actor, now=now)
    engine.record(document, "place_paragraph", actor=actor, now=now, data={"paragraph": str(locked.uuid)})
    return locked


__all__ = [
    "NotPermitted",
    "ParagraphState",
    "Written",
    "add_paragraphs",
    "correct_translation",
    "edit_paragraph",
    "place_paragraph",
    "remove_paragraph",
]
