"""Permissions: may this person? Each predicate answers for facts and an actor, and has a code and a sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from workflows.rules.facts import Actor, DocumentFacts, Inputs, MeetingFacts, SummitFacts, TaskFacts
from workflows.states import Authority, Channel, PartyKind, SeatRole

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

type Test = Callable[[Any, Actor, Inputs], bool]

CN_SEATS = frozenset({SeatRole.NATIONAL_COORDINATOR, SeatRole.ALTERNATE_COORDINATOR})
RC_SEATS = frozenset({SeatRole.COOPERATION_OFFICER, SeatRole.ALTERNATE_COOPERATION})
PAPER = frozenset({Channel.NOTE_VERBALE, Channel.ORALLY, Channel.OTHER})
"""Channels by which a secretariat records what a State did outside the system."""


@dataclass(frozen=True)
class Permission:
    """A predicate with the code and the sentence of its refusal.

    Called with facts, an actor (`None` is the machine) and the inputs; returns the refusing permission, or `None`.
    """

    code: str
    sentence: str | _StrPromise
    test: Test
    alternatives: tuple[Permission, ...] = ()
    all_of: tuple[Permission, ...] = ()
    system: bool = False

    def refuses(self, facts: Any, actor: Actor | None, inputs: Inputs) -> Permission | None:
        """Return the permission that refuses (its sentence is for the person), or `None` when allowed."""
        if actor is None:
            return None if self.system else self
        if actor.rights_ended:
            return rights_not_ended
        if self.all_of:
            return next((no for part in self.all_of if (no := part.refuses(facts, actor, inputs))), None)
        if self.alternatives:
            refusals = [part.refuses(facts, actor, inputs) for part in self.alternatives]
            if None in refusals:
                return None
            specific = [no for no, part in zip(refusals, self.alternatives, strict=True) if no and no.code != part.code]
            return specific[0] if specific else self
        return None if self.test(facts, actor, inputs) else self


def permission(code: str, sentence: str | _StrPromise) -> Callable[[Test], Permission]:
    """Make a predicate of a test of facts, actor and inputs."""
    return lambda test: Permission(code=code, sentence=sentence, test=test)


def any_of(code: str, sentence: str | _StrPromise, *parts: Permission) -> Permission:
    """Allow when one part allows; a part that came further than its first test gives the sentence."""
    return Permission(code=code, sentence=sentence, test=lambda *_args: False, alternatives=parts)


def all_of(first: Permission, *parts: Permission) -> Permission:
    """Allow when every part allows; the first refusal gives the sentence."""
    return Permission(code=first.code, sentence=first.sentence, test=first.test, all_of=(first, *parts))


@permission("rights_ended", _("The rights of this secretariat over the Summit have ended."))
def rights_not_ended(facts: Any, actor: Actor, inputs: Inputs) -> bool:
    """Refusal of an SPT whose summit was given to another host; never asked on its own."""
    return False


system_only = Permission("system_only", _("Only the system does this."), lambda *_args: False, system=True)
"""For transitions that no person performs."""


# Offices ---------------------------------------------------------------------------------------------------------


def _of_spt(facts: Any, actor: Actor, *roles: str) -> bool:
    return actor.party_kind == PartyKind.SPT and actor.party_id == facts.scene.spt_party_id and str(actor.role) in roles


@permission("only_spt_secretary", _("This falls to the Pro Tempore Secretary."))
def is_spt_secretary(facts: Any, actor: Actor, inputs: Inputs) -> bool:
    """Tell whether the actor is the secretary of this summit's SPT."""
    return _of_spt(facts, actor, SeatRole.SECRETARY)


@permission("only_spt", _("This falls to the Pro Tempore Secretariat."))
def is_spt(facts: Any, actor: Actor, inputs: Inputs) -> bool:
    """Tell whether the actor is of this summit's SPT."""
    return _of_spt(facts, actor, SeatRole.SECRETARY, SeatRole.OFFICER)


@permission("only_segib_approver", _("This falls to the approver of SEGIB."))
def is_segib_approver(facts: Any, actor: Actor, inputs: Inputs) -> bool:
    """Tell whether the actor is an approver of SEGIB."""
    return actor.party_kind == PartyKind.SEGIB and actor.role == SeatRole.APPROVER


@permission("only_segib", _("This falls to SEGIB."))
def is_segib(facts: Any, actor: Actor, inputs: Inputs) -> bool:
    """Tell whether the actor works in SEGIB; the auditor reads and never writes."""
    return actor.party_kind == PartyKind.SEGIB and actor.role in {SeatRole.APPROVER, SeatRole.OFFICER}


is_secretary_or_approver = any_of(
    "only_secretary_or_approver",
    _("This falls to the Pro Tempore Secretary or to the approver of SEGIB."),
    is_spt_secretary,
    is_segib_approver,
)
is_secretariat = any_of(
    "only_secretariats",
    _("This falls to the Pro Tempore Secretariat or to SEGIB."),
    is_spt,
    is_segib,
)


@permission("only_secretariats", _("This falls to the Pro Tempore Secretariat or to SEGIB."))
def keeps_templates(facts: Any, actor: Actor, inputs: Inputs) -> bool:
    """Tell whether the actor works in SEGIB or in any SPT: templates belong to no summit, so there are no facts."""
    working = {SeatRole.APPROVER, SeatRole.OFFICER, SeatRole.SECRETARY}
    return actor.party_kind in {PartyKind.SEGIB, PartyKind.SPT} and actor.role in working


@permission("only_secretariats", _("This falls to the Pro Tempore Secretariat or to SEGIB."))
def reads_for_secretariats(facts: Any, actor: Actor, inputs: Inputs) -> bool:
    """Tell whether the actor may read what is the secretariats' own; SEGIB's auditor may, too."""
    return actor.party_kind == PartyKind.SEGIB or _of_spt(facts, actor, SeatRole.SECRETARY, SeatRole.OFFICER)


# Tasks -----------------------------------------------------------------------------------------------------------


def _answers_for(kind: str, role: str, authority: str) -> bool:
    if kind == PartyKind.DELEGATION:
        seats = {Authority.CN.value: CN_SEATS, Authority.RC.value: RC_SEATS}.get(authority, CN_SEATS | RC_SEATS)
        return role in seats
    return role in {
        PartyKind.SPT: {SeatRole.SECRETARY, SeatRole.OFFICER},
        PartyKind.SEGIB: {SeatRole.APPROVER, SeatRole.OFFICER},
        PartyKind.BODY: {SeatRole.LIAISON},
    }.get(PartyKind(kind), frozenset())


@permission("not_responsible", _("Only the party responsible for this task may do this."))
def is_of_responsible_party(facts: TaskFacts, actor: Actor, inputs: Inputs) -> bool:
    """Tell whether the actor's party owes the task."""
    return actor.party_id == facts.responsible_id


@permission("seat_does_not_submit", _("Your seat prepares and forwards; the coordination of your delegation submits."))
def seat_answers_for_party(facts: TaskFacts, actor: Actor, inputs: Inputs) -> bool:
    """Tell whether the actor's seat binds its party (a reviewer or a shared mailbox never does)."""
    return _answers_for(actor.party_kind, actor.role, facts.authority)


@permission(
    "representation_pending",
    _("Two persons claim to speak for this country; its answers rest until the ministers have decided."),
)
def representation_is_clear(facts: TaskFacts, actor: Actor, inputs: Inputs) -> bool:
    """Tell whether nobody disputes who speaks for the delegation."""
    return not facts.representation_pending


@permission("not_own_country", _("A Pro Tempore Secretariat does not record the answer of its own country."))
def is_not_own_country(facts: TaskFacts, actor: Actor, inputs: Inputs) -> bool:
    """Tell whether the actor is not the SPT of the delegation's own country (the host wears two hats)."""
    return not (actor.party_kind == PartyKind.SPT and actor.host_party_id == facts.responsible_id)


@permission("only_on_paper", _("Say by which note or by which other means the answer arrived."))
def came_on_paper(facts: TaskFacts, actor: Actor, inputs: Inputs) -> bool:
    """Tell whether the secretariat records a State's act that came by note, orally or otherwise."""
    return inputs.on_behalf and inputs.channel in PAPER


@permission("not_responsible", _("Only the party responsible for this task may do this."))
def is_owed_outside(facts: TaskFacts, actor: Actor, inputs: Inputs) -> bool:
    """Tell whether a State or a body owes the task: a secretariat never records the other's work as its own paper."""
    return facts.responsible_kind in {PartyKind.DELEGATION, PartyKind.BODY}


is_responsible = all_of(is_of_responsible_party, seat_answers_for_party, representation_is_clear)
records_for_party = all_of(is_secretariat, is_owed_outside, came_on_paper, is_not_own_country, representation_is_clear)
submits = any_of(
    "not_responsible",
    _("Only the party responsible for this task may do this."),
    is_responsible,
    records_for_party,
)


@permission("not_verifying", _("The verification falls to another party."))
def is_verifying(facts: TaskFacts, actor: Actor, inputs: Inputs) -> bool:
    """Tell whether the actor's seat is of the party that verifies, and verifies at all."""
    return actor.party_id == facts.verifier_id and _answers_for(actor.party_kind, actor.role, "")


@permission("another_person_verifies", _("The verification falls to someone who did not submit it."))
def is_another_person(facts: TaskFacts, actor: Actor, inputs: Inputs) -> bool:
    """Four eyes: tell whether the actor is not the person who submitted."""
    return actor.person_id != facts.submitted_by_person_id


verifies = all_of(is_verifying, is_another_person)


@permission("not_submitter", _("Only the one who submitted it may recall it."))
def is_submitter(facts: TaskFacts, actor: Actor, inputs: Inputs) -> bool:
    """Tell whether the actor submitted: the same person, or the present holder of the same seat; never an auditor."""
    if not _answers_for(actor.party_kind, actor.role, ""):
        return False
    return actor.person_id == facts.submitted_by_person_id or actor.seat_id == facts.submitted_by_seat_id


recalls = all_of(is_submitter, representation_is_clear)


@permission("not_waiver", _("Waiving falls to the Pro Tempore Secretary, and to the approver of SEGIB for its own tasks."))
def may_waive(facts: TaskFacts, actor: Actor, inputs: Inputs) -> bool:
    """Tell whether the actor may waive, or set aside as not applicable."""
    if facts.responsible_kind == PartyKind.SEGIB:
        return actor.party_kind == PartyKind.SEGIB and actor.role == SeatRole.APPROVER
    return _of_spt(facts, actor, SeatRole.SECRETARY)


@permission("not_head_of_verifiers", _("Reopening falls to the secretary or approver of the verifying party."))
def heads_verifiers(facts: TaskFacts, actor: Actor, inputs: Inputs) -> bool:
    """Tell whether the actor leads the party that verifies."""
    return actor.party_id == facts.verifier_id and actor.role in {SeatRole.SECRETARY, SeatRole.APPROVER}


@permission("not_drafting", _("Only the party responsible for this task prepares it."))
def drafts(facts: TaskFacts, actor: Actor, inputs: Inputs) -> bool:
    """Tell whether the actor may prepare the task: its own party, reviewers included; never an auditor."""
    return actor.party_id == facts.responsible_id and actor.role not in {SeatRole.AUDITOR, SeatRole.OBSERVER}


@permission("not_commenting", _("Those who prepare or verify this task may comment on it."))
def comments(facts: TaskFacts, actor: Actor, inputs: Inputs) -> bool:
    """Tell whether the actor may write a comment under the task."""
    if actor.role == SeatRole.AUDITOR:
        return False
    return actor.party_id in {facts.responsible_id, facts.verifier_id} or (is_secretariat.refuses(facts, actor, inputs) is None)


# Meetings --------------------------------------------------------------------------------------------------------


@permission("not_convening", _("This falls to the party that convenes the meeting, or to its chair."))
def chairs(facts: MeetingFacts, actor: Actor, inputs: Inputs) -> bool:
    """Tell whether the actor convenes or chairs the meeting."""
    if facts.chair_seat_id and actor.seat_id == facts.chair_seat_id:
        return True
    return actor.party_id == facts.convened_by_id and _answers_for(actor.party_kind, actor.role, "")


# Summit ----------------------------------------------------------------------------------------------------------


def signs_for(facts: SummitFacts | DocumentFacts, actor: Actor, offices: tuple[str, ...]) -> str | None:
    """Return the office ("spt.secretary", "segib.approver") for which the actor may sign, or `None`."""
    tests = {"spt.secretary": is_spt_secretary, "segib.approver": is_segib_approver}
    return next((o for o in offices if tests[o].refuses(facts, actor, Inputs()) is None), None)


# Seats -----------------------------------------------------------------------------------------------------------

OPENED_BY = {
    SeatRole.NATIONAL_COORDINATOR: frozenset({SeatRole.APPROVER, SeatRole.OFFICER}),
    SeatRole.COOPERATION_OFFICER: frozenset({SeatRole.APPROVER, SeatRole.OFFICER}),
    SeatRole.SECRETARY: frozenset({SeatRole.APPROVER}),
    SeatRole.LIAISON: frozenset({SeatRole.APPROVER, SeatRole.OFFICER}),
    SeatRole.OBSERVER: frozenset({SeatRole.APPROVER, SeatRole.OFFICER}),
}
"""Roles of SEGIB's seats that open these seats; SEGIB's own seats are opened by its approver."""

MANAGED_BY = {
    SeatRole.ALTERNATE_COORDINATOR: frozenset({SeatRole.NATIONAL_COORDINATOR}),
    SeatRole.ALTERNATE_COOPERATION: frozenset({SeatRole.NATIONAL_COORDINATOR, SeatRole.COOPERATION_OFFICER}),
    SeatRole.REVIEWER: frozenset({SeatRole.NATIONAL_COORDINATOR, SeatRole.COOPERATION_OFFICER}),
    SeatRole.MAILBOX: frozenset({SeatRole.NATIONAL_COORDINATOR, SeatRole.COOPERATION_OFFICER}),
}
"""A coordinator manages the seats below, within the delegation."""


def may_fill_seat(*, role: str, party_id: int, party_kind: str, actor: Actor) -> bool:
    """Tell whether the actor may open a seat, put a person into it, or end that person's term.

    SEGIB opens CN and RC on a note verbale; a coordinator manages the seats below; SEGIB's approver creates the SPT and
    its first secretary, who fills the officers' seats (machines: parties, seats, people).
    """
    if actor.rights_ended:
        return False
    seat = SeatRole(role)
    if party_kind == PartyKind.SEGIB:
        return actor.party_kind == PartyKind.SEGIB and actor.role == SeatRole.APPROVER
    if party_kind == PartyKind.SPT and seat == SeatRole.OFFICER:
        return actor.party_id == party_id and actor.role == SeatRole.SECRETARY
    if seat in MANAGED_BY:
        return actor.party_id == party_id and SeatRole(actor.role) in MANAGED_BY[seat]
    return actor.party_kind == PartyKind.SEGIB and SeatRole(actor.role) in OPENED_BY.get(seat, frozenset())
