"""What SEGIB signs under a text: clearances bound to what was read, and the concordance of its two languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from workflows import engine
from workflows.actions.task import clean_note
from workflows.errors import GuardsFailed, InvalidInput, Reason, StaleObject, WrongState
from workflows.models import Clearance
from workflows.queries.document_facts import digest_for, document_facts, text_of
from workflows.queries.facts import facts_of
from workflows.rules import document_permissions as permissions
from workflows.rules.evaluate import require, require_moving
from workflows.rules.texts import may_be_certified
from workflows.states import ClearanceOffice, DocumentState

if TYPE_CHECKING:
    from datetime import datetime

    from workflows.models import Document
    from workflows.rules.facts import Actor


def changing(document: Document, if_version: int | None) -> Document:
    """Lock a document to change it, and refuse when it or its summit moved on."""
    locked: Document = engine.lock(document)
    require_moving(locked.summit.state)
    if if_version is not None and locked.version != if_version:
        raise StaleObject
    return locked


def spend(document: Document) -> None:
    """Save a changed document under its next version."""
    document.version += 1
    document.save()


@transaction.atomic
def sign_clearance(
    document: Document, *, office: str, note: str = "", actor: Actor, now: datetime, if_version: int | None = None
) -> Clearance:
    """Sign one of SEGIB's clearances, bound to the text as it is read now; by SEGIB's approver or officer."""
    locked = changing(document, if_version)
    require(permissions.is_segib, facts_of(locked), actor)
    if office not in ClearanceOffice.values:
        raise InvalidInput({"office": _("This clearance is not known.")})
    if locked.state != DocumentState.IN_CLEARANCE:
        raise WrongState(_("A text is cleared while it is in clearance."), code="not_in_clearance")
    note = clean_note(note, "note")
    paragraphs = text_of([locked])[locked.pk]
    digest = digest_for(office, paragraphs)
    standing = Clearance.objects.filter(document=locked, office=office, dropped_at__isnull=True).first()
    if standing is not None and standing.digest == digest:
        return standing
    if standing is not None:
        _drop(standing, now=now)
    clearance = Clearance.objects.create(
        document=locked, office=office, digest=digest, seat_id=actor.seat_id, signed_at=now, note=note
    )
    spend(locked)
    engine.record(locked, "sign_clearance", actor=actor, now=now, data={"office": str(office), "digest": digest})
    return clearance


def _drop(clearance: Clearance, *, now: datetime, changed: str = "") -> None:
    clearance.dropped_at, clearance.changed_number = now, changed
    clearance.save(update_fields=["dropped_at", "changed_number"])


def drop_touched(document: Document, *, what: str, actor: Actor | None, now: datetime) -> list[str]:
    """Drop the clearances that an edit touched, saying why, and send a cleared text back; under the summit's lock.

    Returns the offices whose clearance was dropped. `what` names the paragraph that changed.
    """
    paragraphs = text_of([document])[document.pk]
    dropped = []
    for clearance in Clearance.objects.filter(document=document, dropped_at__isnull=True).order_by("pk"):
        if clearance.digest != digest_for(clearance.office, paragraphs):
            _drop(clearance, now=now, changed=what)
            dropped.append(str(clearance.office))
    if dropped and document.state == DocumentState.CLEARED:
        data = {"offices": dropped, "paragraph": what}
        outcome = engine.perform(document, "drop_clearance", actor=None, now=now, data=data)
        document.version = outcome.row.version
    return dropped


@transaction.atomic
def certify_concordance(document: Document, *, actor: Actor, now: datetime, if_version: int | None = None) -> Document:
    """Certify that the Spanish and the Portuguese say the same; an edit afterwards takes it away."""
    locked = changing(document, if_version)
    facts = document_facts([locked])[locked.pk]
    require(permissions.is_segib, facts, actor)
    if not may_be_certified(locked.state, is_plain=locked.is_plain, went_out=locked.circulated_at is not None):
        raise WrongState(
            _("The concordance is certified between the circulation of a text and its publication."), code="not_circulated"
        )
    behind = [p for p in facts.paragraphs if not p.es == p.pt == "current"]
    if behind:
        sentence = _("One language of paragraph %(number)s is missing or to be updated.")
        raise GuardsFailed([Reason(f"language:{p.ref.uuid}", sentence % {"number": p.number}, p.ref) for p in behind])
    engine.drop_waiting(locked, now=now, reason=_("The concordance of the text was certified after it was given."))
    locked.concordance_certified_at, locked.concordance_certified_by_id = now, actor.seat_id
    spend(locked)
    engine.record(locked, "certify_concordance", actor=actor, now=now)
    return locked
