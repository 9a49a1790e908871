"""The arithmetic of the record: canonical bytes, salted digests, and the hash that chains each event to the last."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

CHAINED = (
    "chain_id",
    "number",
    "summit_id",
    "at",
    "occurred_at",
    "verb",
    "noun",
    "object_uuid",
    "object_label",
    "source",
    "target",
    "channel",
    "actor_seat_id",
    "actor_person_id",
    "actor_party_id",
    "for_party_id",
    "audience",
    "is_private",
    "payload_digest",
    "previous_hash",
)
"""The fields of an event that its hash covers, in this order."""


def canonical(value: Any) -> bytes:
    """Return the one byte string of a JSON-like value: sorted keys, no spaces, instants in UTC to the microsecond."""

    def plain(item: Any) -> Any:
        if isinstance(item, datetime):
            return item.astimezone(UTC).isoformat(timespec="microseconds")
        return str(item)

    return json.dumps(value, default=plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def payload_digest(*, salt: str, reason: str, data: dict[str, Any]) -> str:
    """Return the salted digest (hex) under which a payload stands in the chain."""
    return hashlib.sha256(canonical([salt, reason, data])).hexdigest()


def event_hash(fields: dict[str, Any]) -> str:
    """Return the hash (hex) of an event from the fields named in `CHAINED`, the previous hash among them."""
    return hashlib.sha256(canonical([fields[name] for name in CHAINED])).hexdigest()
