"""Which characters can be kept: all of a text as it was given, but what neither the database nor the record can hold."""

from __future__ import annotations

NUL = "\x00"
FIRST_SURROGATE, LAST_SURROGATE = "\ud800", "\udfff"


def is_storable(text: str) -> bool:
    """Tell whether a text holds neither NUL nor half of a surrogate pair; marks of direction are kept as given."""
    return NUL not in text and not any(FIRST_SURROGATE <= sign <= LAST_SURROGATE for sign in text)
