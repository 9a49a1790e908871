"""The three questions, apart: declared from here? permitted? ready? Pure, for pages and API as for the engine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from workflows.errors import GuardsFailed, NotPermitted, Reason, WrongState
from workflows.rules.facts import Inputs
from workflows.rules.permissions import came_on_paper as only_on_paper
from workflows.rules.permissions import signs_for as signs_for
from workflows.states import ENDED, RELAXED, Channel, SummitState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workflows.rules.facts import Actor, Facts
    from workflows.rules.guards import Finding
    from workflows.rules.permissions import Permission
    from workflows.rules.verbs import Verb


def is_declared(verb: Verb, facts: Facts, state: str) -> WrongState | None:
    """Return why the verb does not exist here and now, or `None`."""
    if verb.only_for and facts.shape not in verb.only_for:
        return WrongState(_("This action does not exist for an object of this kind."), code="not_for_this_kind")
    if state not in verb.sources:
        return WrongState()
    if facts.scene.state not in verb.stages_for(facts.shape):
        if facts.scene.state in ENDED:
            return WrongState(_("The Summit is closed: nothing of it changes any more."), code="summit_ended")
        if facts.scene.state == SummitState.POSTPONED:
            return WrongState(_("The Summit is postponed: this waits until it resumes."), code="summit_postponed")
        return WrongState(_("This is not done in the present stage of the Summit."), code="wrong_stage")
    return None


def is_permitted(verb: Verb, facts: Facts, actor: Actor | None, inputs: Inputs) -> NotPermitted | None:
    """Return why the actor may not, or `None`."""
    if (refusal := verb.who.refuses(facts, actor, inputs)) is not None:
        return NotPermitted(refusal.sentence, code=refusal.code)
    return None


def require(permission: Permission, facts: Any, actor: Actor | None, inputs: Inputs | None = None) -> None:
    """Raise NotPermitted with the sentence of the refusal unless the actor may."""
    if (refusal := permission.refuses(facts, actor, inputs or Inputs())) is not None:
        raise NotPermitted(refusal.sentence, code=refusal.code)


def require_moving(state: str) -> None:
    """Raise WrongState when the summit has ended: nothing of it changes any more."""
    if state in ENDED:
        raise WrongState(_("The Summit is closed: nothing of it changes any more."), code="summit_ended")


def findings(verb: Verb, facts: Facts, inputs: Inputs, *, with_inputs: bool = True) -> list[Finding]:
    """Return everything that the verb's guards looked at; from the ministerial review on, hard ones only warn."""
    relaxed = facts.scene.state in RELAXED
    found: list[Finding] = []
    for guard in verb.guards:
        if guard.needs_inputs and not with_inputs:
            continue
        soften = relaxed and not guard.always_hard
        found += [replace(f, advisory=True) if soften else f for f in guard.ask(facts, inputs)]
    return found


def unmet(found: Iterable[Finding], inputs: Inputs) -> list[Reason]:
    """Return the reasons that still hold the verb back: hard ones, and warnings that were not passed knowingly."""
    return [f.as_reason() for f in found if not f.met and not (f.advisory and f.code in inputs.accepted)]


@dataclass(frozen=True)
class Option:
    """One action as a page or an API resource shows it.

    `allowed` means: it would be done now if the `needs` were given; warnings are among `reasons` as advisory.
    """

    name: str
    label: str
    allowed: bool
    reasons: tuple[Reason, ...] = ()
    needs: tuple[str, ...] = ()
    permitted: bool = True


def option(verb: Verb, facts: Facts, state: str, actor: Actor | None, inputs: Inputs) -> Option | None:
    """Return the action as an option, or `None` when it does not exist here or is not the actor's to do."""
    if verb.by_system or is_declared(verb, facts, state):
        return None
    paper: tuple[str, ...] = ()
    if (refused := is_permitted(verb, facts, actor, inputs)) is not None:
        if refused.code != only_on_paper.code:
            return None
        inputs = replace(inputs, on_behalf=True, channel=Channel.NOTE_VERBALE)
        if is_permitted(verb, facts, actor, inputs):
            return None
        paper = ("on_behalf", "channel")
    reasons = tuple(unmet(findings(verb, facts, inputs, with_inputs=False), inputs))
    needs = (*verb.needs, *paper)
    if verb.countersigned:
        needs = (*needs, "second_signature")
    if any(r.advisory for r in reasons):
        needs = (*needs, "accepted")
    return Option(
        name=verb.name,
        label=str(verb.label),
        allowed=not any(not r.advisory for r in reasons),
        reasons=reasons,
        needs=needs,
    )


def ask(verb: Verb, facts: Facts, state: str, actor: Actor | None, inputs: Inputs) -> list[Finding]:
    """Ask the three questions in order and raise the first refusal, with every reason at once; else the findings."""
    if (wrong := is_declared(verb, facts, state)) is not None:
        raise wrong
    if (refused := is_permitted(verb, facts, actor, inputs)) is not None:
        raise refused
    found = findings(verb, facts, inputs)
    if reasons := unmet(found, inputs):
        raise GuardsFailed(reasons)
    return found
