"""What a reader may do to a text besides its transitions: write, clear, certify, file, propose, take a position."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflows.rules import document_permissions as permissions
from workflows.rules.facts import Inputs
from workflows.rules.texts import is_writable, may_be_certified
from workflows.states import BEFORE_OUTCOME, COMMENTED_IN, ENDED, POSITIONS_IN, DocumentState, Outcome, PartyKind

if TYPE_CHECKING:
    from workflows.models import Document
    from workflows.rules.facts import Actor, DocumentFacts
    from workflows.rules.permissions import Permission

D = DocumentState


@dataclass(frozen=True)
class May:
    """What the reader may do to a text besides its transitions."""

    edit: bool = False
    arrange: bool = False
    clear: bool = False
    certify: bool = False
    file_originals: bool = False
    admit: bool = False
    adhere: bool = False
    publish_provisionally: bool = False
    correct: bool = False
    correct_translation: bool = False
    propose: bool = False
    take_position: bool = False
    record: bool = False


def what_may(document: Document, facts: DocumentFacts, actor: Actor) -> May:
    """Return what the actor may do to a text besides its transitions; the actions ask again under the lock."""

    def allowed(permission: Permission) -> bool:
        return permission.refuses(facts, actor, Inputs()) is None

    if facts.scene.state in ENDED:
        return May()
    state, segib = document.state, allowed(permissions.is_segib)
    negotiated = not document.is_plain
    drafts = actor.party_kind == PartyKind.DELEGATION and actor.role in permissions.DRAFTING
    at_table = negotiated and state in COMMENTED_IN
    takes = negotiated and state in POSITIONS_IN
    return May(
        edit=is_writable(state, other_follows=document.other_language_at is not None) and allowed(permissions.edits),
        arrange=is_writable(state, other_follows=False) and allowed(permissions.edits),
        clear=segib and state == D.IN_CLEARANCE,
        certify=segib
        and document.concordance_certified_at is None
        and may_be_certified(state, is_plain=document.is_plain, went_out=document.circulated_at is not None),
        file_originals=segib and negotiated and state == D.CONCLUDED,
        admit=document.is_late and document.admitted_by_id is None and allowed(permissions.is_spt),
        adhere=state in BEFORE_OUTCOME and allowed(permissions.is_spt_secretary),
        publish_provisionally=segib and negotiated and state == D.CONCLUDED and document.outcome != Outcome.NOT_ADOPTED,
        correct=state == D.PUBLISHED and allowed(permissions.is_segib_approver),
        correct_translation=segib and document.circulated_at is not None and state not in {D.PUBLISHED, D.WITHDRAWN},
        propose=at_table and drafts,
        take_position=takes and actor.party_kind == PartyKind.DELEGATION and actor.role in permissions.BINDING,
        record=takes and allowed(permissions.is_secretariat),
    )
