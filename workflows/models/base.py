"""What every table of the domain shares: a public id, a version, and the database's guard of its machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import pgtrigger
import uuid_utils.compat
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language

from workflows.rules.verbs import edges_of, verbs_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from workflows.rules.facts import Actor


def new_uuid() -> UUID:
    """Return a UUIDv7: public, unguessable enough, and ordered by time."""
    return uuid_utils.compat.uuid7()


class Entity(models.Model):
    """A row with a public id and a version that rises with each change (the ETag of the API)."""

    uuid = models.UUIDField(default=new_uuid, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


class SeenThroughQuerySet(models.QuerySet[Any]):
    """Rows that are seen by whoever sees the row to which they belong (`owner`, the name of a foreign key)."""

    owner: ClassVar[str]

    def visible_to(self, actor: Actor | None) -> Self:
        """Return the rows of the owners that the actor may see."""
        if actor is None:
            return self
        owners = self.model._meta.get_field(self.owner).related_model.objects.visible_to(actor)
        return self.filter(**{f"{self.owner}__in": owners})


class OfSummitQuerySet(SeenThroughQuerySet):
    """Rows of a summit."""

    owner = "summit"


def in_language(row: object, field: str) -> str:
    """Return `field` of a row in the active language (`_es`, `_pt`, `_en`), Spanish where it is empty."""
    code = (get_language() or "es").split("-")[0]
    return getattr(row, f"{field}_{code if code in {'pt', 'en'} else 'es'}") or getattr(row, f"{field}_es")


def machine_triggers(machine: type, *, initial: str, born_elsewhere: str = "") -> list[pgtrigger.Trigger]:
    """Return the triggers by which PostgreSQL itself refuses an illegal state, whoever writes.

    `initial` is the only state in which a row may be inserted, unless `born_elsewhere` (a condition in SQL)
    holds for it.
    """
    odd_birth = f"NEW.state <> '{initial}'"
    if born_elsewhere:
        odd_birth += f" AND NOT ({born_elsewhere})"
    return [
        pgtrigger.FSM(name="legal_transition", field="state", transitions=edges_of(machine)),
        pgtrigger.Protect(name="initial_state", operation=pgtrigger.Insert, condition=pgtrigger.Condition(odd_birth)),
        pgtrigger.Protect(
            name="state_spends_version",
            operation=pgtrigger.Update,
            condition=pgtrigger.Condition("OLD.state IS DISTINCT FROM NEW.state AND NEW.version <> OLD.version + 1"),
        ),
    ]


def never_emptied() -> pgtrigger.Trigger:
    """Return the trigger that refuses to empty a table of which nothing is ever deleted."""
    return pgtrigger.Trigger(
        name="never_emptied",
        operation=pgtrigger.Truncate,
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        func="RAISE EXCEPTION 'the table % is never emptied', TG_TABLE_NAME;",
    )


def shape_trigger(machine: type, shapes: dict[str, str], *, also: dict[str, str] | None = None) -> pgtrigger.Trigger:
    """Return the trigger that refuses a transition which the machine has, but not for a row of this shape.

    `shapes` says in SQL, for each shape that verbs are narrowed to, which rows (`NEW`) are of it; `also` what else must hold
    of a row for a verb, by the verb's name.
    """
    ways = []
    for name, (spec, _method) in verbs_of(machine).items():
        edge = f"OLD.state IN ({_quoted(spec.sources)}) AND NEW.state IN ({_quoted(spec.targets)})"
        if also and name in also:
            edge += f" AND {also[name]}"
        narrowed = " OR ".join(f"({shapes[shape]})" for shape in sorted(spec.only_for))
        ways.append(f"({edge} AND ({narrowed}))" if narrowed else f"({edge})")
    odd = f"OLD.state IS DISTINCT FROM NEW.state AND NOT ({' OR '.join(ways)})"
    return pgtrigger.Protect(name="transition_of_its_shape", operation=pgtrigger.Update, condition=pgtrigger.Condition(odd))


def _quoted(values: Iterable[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def one_of(field: str, choices: type[models.TextChoices], *, blank: bool = False) -> models.CheckConstraint:
    """Return the constraint that keeps a column within a closed list."""
    values = [*choices.values, ""] if blank else choices.values
    return models.CheckConstraint(condition=Q(**{f"{field}__in": values}), name=f"%(class)s_{field}_known")
