"""Parameters that lists share, and fields that read them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework import serializers

from api.paging import LARGEST_LIMIT, USUAL_LIMIT
from api.shapes.fields import StrictInput


class ListQuery(StrictInput):
    """The parameters of every list."""

    cursor = serializers.CharField(required=False, max_length=4000, help_text="As `next` gave it.")
    limit = serializers.IntegerField(
        required=False, min_value=1, max_value=LARGEST_LIMIT, help_text=f"How many at most; {USUAL_LIMIT} without it."
    )


class OneOrMore(serializers.Field):
    """Values of a closed list, with commas between them."""

    def __init__(self, choices: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.values = [str(value) for value in getattr(choices, "values", choices)]

    def to_internal_value(self, value: Any) -> list[str]:
        """Return the values, each known."""
        asked = str(value).split(",")
        if unknown := [one for one in asked if one not in self.values]:
            known = ", ".join(self.values)
            raise serializers.ValidationError(
                _("“%(value)s” is not known here. Known: %(known)s.") % {"value": unknown[0][:60], "known": known}
            )
        return asked

    def to_representation(self, value: Any) -> Any:
        """Never shown."""
        return value


class SummitName(serializers.CharField):
    """A summit, by its uuid or by its number in small Roman figures."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=36, **kwargs)


def by_uuid_or(field: str, value: str, prefix: str = "", *, upper: bool = False) -> dict[str, Any]:
    """Return the lookup by which a text names a row: its uuid, else its code in `field`."""
    try:
        return {f"{prefix}uuid": UUID(value)}
    except ValueError:
        return {f"{prefix}{field}": value.upper() if upper else value}
