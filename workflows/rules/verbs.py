"""How a transition is declared: verb, sources, stages of the summit, who, guards, countersignature, notices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from django_fsm import RETURN_VALUE, transition

from workflows.states import ENDED, SummitState

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from workflows.rules.guards import Guard
    from workflows.rules.permissions import Permission

ANY_OPEN_STAGE = frozenset(SummitState) - ENDED
"""Every state of a summit in which its work still moves."""


@dataclass(frozen=True)
class Verb:
    """One declared transition, as rules, pages, API and documentation read it.

    `needs` names the inputs that the caller must give (`reason`, `evidence`, `decision`, `authority`, `successor`);
    `countersigned` are the two offices that must both sign; `only_for` narrows tasks to `work`, `parent`, `child`.
    """

    name: str
    label: str | _StrPromise
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    who: Permission
    guards: tuple[Guard, ...] = ()
    stages: frozenset[str] = ANY_OPEN_STAGE
    countersigned: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    only_for: frozenset[str] = frozenset()
    by_system: bool = False
    extra: dict[str, Any] = field(default_factory=dict)


def verb(
    *,
    source: Iterable[str],
    target: str | Sequence[str],
    who: Permission,
    label: str | _StrPromise,
    name: str = "",
    guards: Sequence[Guard] = (),
    stages: Iterable[str] = ANY_OPEN_STAGE,
    countersigned: Sequence[str] = (),
    needs: Sequence[str] = (),
    notices: Sequence[str] = (),
    only_for: Iterable[str] = (),
    by_system: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a method as a transition of the model's `state`; a tuple as target means that the method returns it."""
    sources = tuple(source)
    targets = (target,) if isinstance(target, str) else tuple(target)

    def declare(method: Callable[..., Any]) -> Callable[..., Any]:
        spec = Verb(
            name=name or method.__name__,
            label=label,
            sources=sources,
            targets=targets,
            who=who,
            guards=tuple(guards),
            stages=frozenset(stages),
            countersigned=tuple(countersigned),
            needs=tuple(needs),
            notices=tuple(notices),
            only_for=frozenset(only_for),
            by_system=by_system,
        )
        goal = targets[0] if isinstance(target, str) else RETURN_VALUE(*targets)
        # django-fsm never checks `permission` when a transition is called: the engine asks `who` itself.
        declared: Callable[..., Any] = transition(field="state", source=list(sources), target=goal, custom={"verb": spec})(
            method
        )
        declared.verb = spec  # type: ignore[attr-defined]
        return declared

    return declare


@cache
def verbs_of(machine: type) -> dict[str, tuple[Verb, str]]:
    """Return every verb of a machine as {name: (verb, name of the method)}, in the order of declaration."""
    found: dict[str, tuple[Verb, str]] = {}
    for klass in reversed(machine.__mro__):
        for attribute, value in vars(klass).items():
            spec = getattr(value, "verb", None)
            if isinstance(spec, Verb):
                found[spec.name] = (spec, attribute)
    return found


def edges_of(machine: type) -> list[tuple[str, str]]:
    """Return every legal pair (from, to) of a machine, for the database's own guard."""

    def pairs() -> Iterator[tuple[str, str]]:
        for spec, _method in verbs_of(machine).values():
            for source in spec.sources:
                for target in spec.targets:
                    if source != target:
                        yield str(source), str(target)

    return list(dict.fromkeys(pairs()))
