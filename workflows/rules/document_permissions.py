"""Permissions on documents, paragraphs and proposals; the offices are those of `rules.permissions`."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from workflows.rules.facts import Actor, DocumentFacts, Inputs, ProposalFacts
from workflows.rules.permissions import (
    CN_SEATS,
    PAPER,
    RC_SEATS,
    Permission,
    all_of,
    any_of,
    is_secretariat,
    is_secretary_or_approver,
    is_segib,
    is_segib_approver,
    is_spt,
    is_spt_secretary,
    permission,
    system_only,
)
from workflows.states import PartyKind, SeatRole

BINDING = CN_SEATS | RC_SEATS
"""Seats of a delegation that bind it."""
DRAFTING = BINDING | {SeatRole.REVIEWER}
"""Seats of a delegation that draft what it says."""
is_chair = is_spt
"""The chair of a table is the SPT (another seat where a meeting names one is recorded with the meeting)."""

is_spt_or_system = Permission(is_spt.code, is_spt.sentence, is_spt.test, system=True)


@permission("not_author", _("The text is its author's: the Pro Tempore Secretariat, or the delegation that proposes it."))
def is_author(facts: DocumentFacts, actor: Actor, inputs: Inputs) -> bool:
    """Tell whether the actor writes the draft: the SPT, or for a communiqué the coordination of its delegation."""
    if facts.is_communique:
        return actor.party_id == facts.proponent_id and actor.role in CN_SEATS
    return is_spt.refuses(facts, actor, inputs) is None


@permission("not_editor", _("Only those who have the text in hand may change it now."))
def edits(facts: DocumentFacts, actor: Actor, inputs: Inputs) -> bool:
    """Tell whether the actor may change paragraphs: the author while drafting, then the SPT and SEGIB."""
    if actor.party_kind == PartyKind.DELEGATION:
        early = facts.state in {"drafting", "returned"}
        return early and actor.party_id == facts.proponent_id and actor.role in CN_SEATS | {"reviewer"}
    if facts.is_communique and facts.state in {"drafting", "returned"}:
        return False
    return is_secretariat.refuses(facts, actor, inputs) is None


@permission("not_publisher", _("Plain documents are published by the Pro Tempore Secretariat, adopted ones by SEGIB."))
def publishes(facts: DocumentFacts, actor: Actor, inputs: Inputs) -> bool:
    """Tell whether the actor publishes a document of this kind."""
    office = is_spt if facts.is_plain else is_segib_approver
    return office.refuses(facts, actor, inputs) is None


@permission("not_withdrawer", _("A text is withdrawn by its proponent, or by a decision that the secretariat records."))
def withdraws(facts: DocumentFacts, actor: Actor, inputs: Inputs) -> bool:
    """Tell whether the actor may withdraw: the proponent, or the SPT (a guard asks for the decision then)."""
    if actor.party_id == facts.proponent_id:
        return actor.role in CN_SEATS
    return is_spt.refuses(facts, actor, inputs) is None


@permission("not_a_delegation", _("Delegations take positions and propose; the secretariat records what comes on paper."))
def speaks_for_delegation(facts: Any, actor: Actor, inputs: Inputs) -> bool:
    """Tell whether the actor's seat binds a delegation."""
    return actor.party_kind == PartyKind.DELEGATION and actor.role in BINDING


@permission("only_on_paper", _("Say by which note or by which other means it arrived."))
def came_on_paper(facts: Any, actor: Actor, inputs: Inputs) -> bool:
    """Tell whether a secretariat records what a State said outside the system."""
    return inputs.on_behalf and inputs.channel in PAPER


takes_position = any_of(
    "not_a_delegation",
    _("Delegations take positions and propose; the secretariat records what comes on paper."),
    speaks_for_delegation,
    all_of(is_secretariat, came_on_paper),
)


@permission("not_its_delegation", _("Only the delegation that wrote it may do this."))
def is_its_delegation(facts: ProposalFacts, actor: Actor, inputs: Inputs) -> bool:
    """Tell whether the proposal is the actor's delegation's."""
    return actor.party_id == facts.party_id


@permission("seat_does_not_submit", _("Your seat prepares and forwards; the coordination of your delegation submits."))
def seat_binds(facts: ProposalFacts, actor: Actor, inputs: Inputs) -> bool:
    """Tell whether the actor's seat binds its delegation."""
    return actor.role in BINDING


@permission(
    "representation_pending",
    _("Two persons claim to speak for this country; its answers rest until the ministers have decided."),
)
def speaks_undisputed(facts: ProposalFacts, actor: Actor, inputs: Inputs) -> bool:
    """Tell whether nobody disputes who speaks for the delegation."""
    return not facts.representation_pending


@permission("not_own_country", _("A Pro Tempore Secretariat does not record the answer of its own country."))
def is_not_own_country(facts: ProposalFacts, actor: Actor, inputs: Inputs) -> bool:
    """Tell whether the actor is not the SPT of the delegation's own country (the host wears two hats)."""
    return not (actor.party_kind == PartyKind.SPT and actor.host_party_id == facts.party_id)


submits_proposal = any_of(
    "not_its_delegation",
    _("Only the delegation that wrote it may do this."),
    all_of(is_its_delegation, seat_binds, speaks_undisputed),
    all_of(is_secretariat, came_on_paper, is_not_own_country, speaks_undisputed),
)
withdraws_proposal = submits_proposal
"""Who hands a proposal in takes it back: its delegation, or a secretariat on paper."""

__all__ = [
    "BINDING",
    "DRAFTING",
    "edits",
    "is_author",
    "is_chair",
    "is_secretariat",
    "is_secretary_or_approver",
    "is_segib",
    "is_segib_approver",
    "is_spt",
    "is_spt_or_system",
    "is_spt_secretary",
    "publishes",
    "submits_proposal",
    "system_only",
    "takes_position",
    "withdraws",
    "withdraws_proposal",
]
