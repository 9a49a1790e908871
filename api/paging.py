"""Lists by cursor: a stable order with a unique tail, no counting, a next page that costs what the first one did."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError as BadValue
from django.db.models import F, Q
from django.utils.translation import gettext as _

from api.errors import BadQuery

if TYPE_CHECKING:
    from django.db.models import QuerySet

USUAL_LIMIT = 50
LARGEST_LIMIT = 200


@dataclass(frozen=True)
class Key:
    """One column of an order, and whether it falls; empty values, where there may be any, stand last."""

    name: str
    falls: bool = False
    nullable: bool = False

    def expression(self) -> Any:
        """Return the column as `order_by` takes it."""
        column, last = F(self.name), True if self.nullable else None
        return column.desc(nulls_last=last) if self.falls else column.asc(nulls_last=last)

    def of(self, row: Any) -> Any:
        """Return the row's value, as JSON can hold it."""
        value = row
        for part in self.name.split("__"):
            value = getattr(value, part)
        return value.isoformat() if isinstance(value, date) else value

    def beyond(self, value: Any) -> Q | None:
        """Return what stands after a value; `None` when nothing does."""
        if value is None:
            return None
        later = Q((f"{self.name}__{'lt' if self.falls else 'gt'}", value))
        return later | Q((f"{self.name}__isnull", True)) if self.nullable else later

    def same(self, value: Any) -> Q:
        """Return what has the same value."""
        return Q((f"{self.name}__isnull", True)) if value is None else Q((self.name, value))


class Order:
    """An order of rows by its keys, the last of which is unique."""

    def __init__(self, *keys: Key) -> None:
        self.keys = keys

    def page(self, rows: QuerySet, *, cursor: str, limit: int) -> tuple[list[Any], str | None]:
        """Return one page of the rows and the cursor of the next one (one query); raises BadQuery for a bad cursor."""
        ordered = rows.order_by(*(key.expression() for key in self.keys))
        try:
            found = list((ordered.filter(self._after(cursor)) if cursor else ordered)[: limit + 1])
        except (BadValue, ValueError, TypeError, OverflowError):
            raise bad_cursor() from None
        if len(found) <= limit:
            return found, None
        return found[:limit], encode([key.of(found[limit - 1]) for key in self.keys])

    def _after(self, cursor: str) -> Q:
        values = decode(cursor)
        if not isinstance(values, list) or len(values) != len(self.keys):
            raise bad_cursor()
        found, equal = Q(), Q()
        for key, value in zip(self.keys, values, strict=True):
            if isinstance(value, (list, dict, bool)) or (isinstance(value, int) and abs(value) >= 2**63):
                raise bad_cursor()
            if (beyond := key.beyond(value)) is not None:
                found |= equal & beyond
            equal &= key.same(value)
        return found


def encode(value: Any) -> str:
    """Return a value as an opaque cursor."""
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).decode().rstrip("=")


def decode(cursor: str) -> Any:
    """Return the value of a cursor; raises BadQuery for a text that is none."""
    try:
        return json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise bad_cursor() from None


def bad_cursor(name: str = "cursor") -> BadQuery:
    """Return the refusal of a cursor that this API did not give out."""
    return BadQuery({name: [_("Use the cursor as it was given, with the same filters.")]})
