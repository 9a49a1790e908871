"""Finds the token that a caller shows."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from workflows.models import Token
from workflows.rules.tokens import digest, prefix_of

if TYPE_CHECKING:
    from datetime import datetime


def find_token(text: str, *, now: datetime) -> Token | None:
    """Return the token in force that the text is, with its seat and party; `None` for any other text (one query at most)."""
    prefix = prefix_of(text)
    if prefix is None:
        return None
    token = (
        Token.objects.select_related("seat__party").filter(prefix=prefix, revoked_at__isnull=True, expires_at__gt=now).first()
    )
    if token is None or not secrets.compare_digest(token.digest, digest(text)):
        return None
    return token
