"""What delegations say of a text: comments and proposals, and positions; nothing is computed in a State's name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from workflows import engine
from workflows.actions.task import clean_note, clean_text
from workflows.errors import InvalidInput, NotPermitted, StaleObject, WrongState
from workflows.models import Deadline, Document, Paragraph, Participation, Party, Position, Proposal
from workflows.queries.facts import facts_of
from workflows.rules import document_permissions as permissions
from workflows.rules.evaluate import require, require_moving
from workflows.rules.facts import Inputs
from workflows.states import COMMENTED_IN, POSITIONS_IN, PartyKind, PositionKind, ProposalKind, ProposalState

if TYPE_CHECKING:
    from datetime import datetime

    from workflows.engine import Outcome
    from workflows.rules.facts import Actor


def _delegation(document: Document, actor: Actor, on_behalf_of: Party | None) -> Party:
    """Return the delegation that speaks; the SPT never speaks for its own country."""
    party = on_behalf_of or Party.objects.get(pk=actor.party_id)
    if actor.party_kind == PartyKind.DELEGATION and party.pk != actor.party_id:
        raise NotPermitted(_("A delegation speaks for itself alone."), code="not_its_delegation")
    if party.kind != PartyKind.DELEGATION:
        raise InvalidInput({"party": _("Positions and proposals are those of delegations.")})
    if actor.party_kind == PartyKind.SPT and actor.host_party_id == party.pk:
        raise NotPermitted(
            _("A Pro Tempore Secretariat does not record the answer of its own country."), code="not_own_country"
        )
    place = Participation.objects.filter(summit=document.summit, party=party, until_on__isnull=True).first()
    if place is None:
        raise InvalidInput({"party": _("This party does not take part in the Summit.")})
    if place.representation_pending_at is not None:
        raise NotPermitted(permissions.speaks_undisputed.sentence, code=permissions.speaks_undisputed.code)
    return party


def _own_voice(actor: Actor | None, inputs: Inputs) -> Inputs:
    """A delegation records no paper of its own: what it says here came here, and arrives now."""
    if actor is None or actor.party_kind != PartyKind.DELEGATION:
        return inputs
    return replace(inputs, on_behalf=False, channel="", note_number="", received_at=None)


def _on_table(document: Document, states: frozenset[str]) -> Document:
    locked: Document = engine.lock(document)
    require_moving(locked.summit.state)
    if locked.state not in states:
        raise WrongState(_("The text is not open to comments and positions now."), code="text_not_open")
    return locked


@transaction.atomic
def write_proposal(
    document: Document,
    *,
    paragraph: Paragraph | None,
    kind: str,
    text: str,
    language: str = "es",
    on_behalf_of: Party | None = None,
    actor: Actor,
    now: datetime,
) -> Proposal:
    """Draft a comment or proposal: the delegation's own until it is submitted; a reviewer may draft."""
    locked = _on_table(document, COMMENTED_IN)
    party = _delegation(locked, actor, on_behalf_of)
    if on_behalf_of is not None:
        require(permissions.is_secretariat, facts_of(locked), actor)
    elif actor.role not in permissions.DRAFTING:
        raise NotPermitted(permissions.speaks_for_delegation.sentence, code=permissions.speaks_for_delegation.code)
    if kind not in ProposalKind.values:
        raise InvalidInput({"kind": _("This kind of proposal is not known.")})
    if paragraph is not None and paragraph.document_id != locked.pk:
        raise InvalidInput({"paragraph": _("That paragraph belongs to another text.")})
    proposal = Proposal.objects.create(
        document=locked,
        paragraph=paragraph,
        version_of_text=locked.versions.order_by("-number").first(),
        party=party,
        kind=kind,
        language=language if language in {"es", "pt"} else "es",
        text=clean_text(text, "text"),
        written_by_id=actor.seat_id,
        written_at=now,
    )
    engine.record(proposal, "draft", actor=actor, now=now, data={"proposal": str(proposal.uuid)})
    return proposal


@transaction.atomic
def record_proposal(
    document: Document,
    *,
    paragraph: Paragraph | None,
    kind: str,
    text: str,
    language: str = "es",
    on_behalf_of: Party,
    inputs: Inputs,
    actor: Actor,
    now: datetime,
) -> Proposal:
    """Record what a delegation sent on paper or said: submitted at once, since a draft is its own; by a secretariat.

    `inputs` says how it came: `channel`, `note_number`, `received_at`.
    """
    proposal = write_proposal(
        document,
        paragraph=paragraph,
        kind=kind,
        text=text,
        language=language,
        on_behalf_of=on_behalf_of,
        actor=actor,
        now=now,
    )
    moved: Proposal = move_proposal(proposal, "submit", actor=actor, now=now, inputs=replace(inputs, on_behalf=True)).row
    return moved


@transaction.atomic
def change_proposal(proposal: Proposal, *, text: str, actor: Actor, now: datetime, if_version: int | None = None) -> Proposal:
    """Change a draft of one's own delegation."""
    locked: Proposal = engine.lock(proposal)
    require_moving(locked.document.summit.state)
    require(permissions.is_its_delegation, facts_of(locked), actor)
    if if_version is not None and locked.version != if_version:
        raise StaleObject
    if locked.state != ProposalState.DRAFT:
        raise WrongState(_("Only a draft is changed; withdraw what was submitted."), code="not_a_draft")
    locked.text = clean_text(text, "text")
    locked.version += 1
    locked.save()
    engine.record(locked, "change", actor=actor, now=now)
    return locked


@transaction.atomic
def move_proposal(
    proposal: Proposal,
    name: str,
    *,
    actor: Actor | None,
    now: datetime,
    inputs: Inputs,
    if_version: int | None = None,
) -> Outcome:
    """Perform a verb on a proposal; what arrives after the window is kept, and marked by when it arrived.

    The hour that was announced counts: who spoke before it is not late because the chair went on earlier.
    """
    inputs = _own_voice(actor, inputs)
    outcome = engine.perform(proposal, name, actor=actor, now=now, inputs=inputs, if_version=if_version)
    moved: Proposal = outcome.row
    ends = Deadline.objects.filter(document=moved.document).values_list("due_at", flat=True).first()
    if name == "submit" and moved.received_at is not None and ends is not None and moved.received_at > ends:
        moved.is_late = True
        moved.save(update_fields=["is_late"])
    return outcome


@transaction.atomic
def take_position(
    document: Document,
    *,
    paragraph: Paragraph | None = None,
    kind: str,
    note: str = "",
    inputs: Inputs | None = None,
    on_behalf_of: Party | None = None,
    actor: Actor,
    now: datetime,
) -> Position:
    """Take a delegation's position on a text or a paragraph; the one before ends. Reasons are welcome, never demanded.

    A secretariat records an oral one or a note verbale: `inputs.on_behalf`, `channel`, `note_number`, `received_at`.
    """
    inputs = _own_voice(actor, inputs or Inputs())
    locked = _on_table(document, POSITIONS_IN)
    require(permissions.takes_position, facts_of(locked), actor, inputs)
    party = _delegation(locked, actor, on_behalf_of)
    if kind not in PositionKind.values:
        raise InvalidInput({"kind": _("This position is not known.")})
    if paragraph is not None and paragraph.document_id != locked.pk:
        raise InvalidInput({"paragraph": _("That paragraph belongs to another text.")})
    received_at = min(inputs.received_at or now, now)
    before = Position.objects.standing().filter(document=locked, paragraph=paragraph, party=party)
    _refuse_overtaken(before.first(), received_at)
    before.update(ended_at=now)
    position = Position.objects.create(
        document=locked,
        paragraph=paragraph,
        party=party,
        kind=kind,
        note=clean_note(note, "note"),
        channel=inputs.channel or actor.channel,
        note_number=inputs.note_number,
        received_at=received_at,
        taken_by_id=actor.seat_id,
        taken_at=now,
    )
    _record_position(locked, position, "take_position", party, actor=actor, now=now, inputs=inputs)
    return position


def find_lifter(position: Position, document: Document, *, actor: Actor, on_behalf: bool) -> Party:
    """Return the delegation whose position is lifted; refuse one that ended, or is not the actor's to lift."""
    if position.ended_at is not None:
        raise WrongState(_("This position no longer stands."), code="position_ended")
    party = _delegation(document, actor, position.party if on_behalf else None)
    if party.pk != position.party_id:
        raise NotPermitted(_("Only the delegation itself lifts its position."), code="not_its_delegation")
    return party


@transaction.atomic
def end_position(position: Position, *, actor: Actor, now: datetime, inputs: Inputs | None = None) -> Position:
    """Withdraw a position (lift a reservation, an objection, an ad referendum); until the outcome."""
    inputs = _own_voice(actor, inputs or Inputs())
    locked = _on_table(position.document, POSITIONS_IN)
    require(permissions.takes_position, facts_of(locked), actor, inputs)
    found = Position.objects.select_related("party").get(pk=position.pk)
    party = find_lifter(found, locked, actor=actor, on_behalf=inputs.on_behalf)
    _refuse_overtaken(found, min(inputs.received_at or now, now))
    found.ended_at = now
    found.save(update_fields=["ended_at"])
    _record_position(locked, found, "end_position", party, actor=actor, now=now, inputs=inputs)
    return found


def _refuse_overtaken(standing: Position | None, received_at: datetime) -> None:
    """What was received before the position that stands does not end it: the delegation has spoken since."""
    if standing is not None and received_at < standing.received_at:
        raise WrongState(
            _("This was received before the position of the delegation that stands; it does not end it."),
            code="position_overtaken",
        )


def _record_position(
    document: Document, position: Position, verb: str, party: Party, *, actor: Actor, now: datetime, inputs: Inputs
) -> None:
    data = {"position": str(position.uuid), "kind": str(position.kind), "party": party.code}
    if position.paragraph is not None:
        data["paragraph"] = str(position.paragraph.uuid)
    engine.record(
        document,
        verb,
        actor=actor,
        now=now,
        data=data,
        inputs=replace(inputs, reason=position.note),
        audience=[party.pk],
    )
