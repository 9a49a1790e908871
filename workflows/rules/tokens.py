"""What an API token looks like and what its scopes allow; pure, so that a mistyped token costs no query."""

from __future__ import annotations

import hashlib
import re
import string
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

ALPHABET = string.digits + string.ascii_lowercase + string.ascii_uppercase
PREFIX_LENGTH, RANDOM_LENGTH, CHECKSUM_LENGTH = 8, 40, 6
SHAPE = re.compile(
    rf"sp_(?P<prefix>[0-9a-z]{{{PREFIX_LENGTH}}})_[0-9A-Za-z]{{{RANDOM_LENGTH}}}_(?P<checksum>[0-9A-Za-z]{{{CHECKSUM_LENGTH}}})"
)
"""`sp_`, a readable prefix by which people name the token, 238 random bits, and a checksum that scanners can verify."""

RESOURCES = (
    "parties",
    "seats",
    "memberships",
    "summits",
    "signatures",
    "meetings",
    "tasks",
    "documents",
    "deadlines",
    "templates",
    "events",
    "changes",
    "tokens",
)
"""What a scope may name; `me` needs none."""

SCOPES = tuple(f"{resource}:{verb}" for resource in ("*", *RESOURCES) for verb in ("read", "write"))


def checksum(text: str) -> str:
    """Return the CRC-32 of a text in six characters."""
    number, digits = zlib.crc32(text.encode()), ""
    for _position in range(CHECKSUM_LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        digits = ALPHABET[rest] + digits
    return digits


def assemble(prefix: str, random: str) -> str:
    """Return the whole token for its prefix and its random part."""
    body = f"sp_{prefix}_{random}"
    return f"{body}_{checksum(body)}"


def prefix_of(text: str) -> str | None:
    """Return the prefix of a text that has the shape and the checksum of a token, else `None`."""
    match = SHAPE.fullmatch(text)
    if match is None or checksum(text.rpartition("_")[0]) != match["checksum"]:
        return None
    return match["prefix"]


def digest(text: str) -> str:
    """Return what is stored of a token: its SHA-256; 238 random bits need no salt and no slow hash."""
    return hashlib.sha256(text.encode()).hexdigest()


def allows(scopes: Collection[str], resource: str, verb: str) -> bool:
    """Tell whether scopes allow `read` or `write` on a resource; writing does not include reading."""
    return f"{resource}:{verb}" in scopes or f"*:{verb}" in scopes


def covers(scopes: Collection[str], wanted: Iterable[str]) -> bool:
    """Tell whether everything that the wanted scopes allow is allowed by the scopes."""
    return all(allows(scopes, *scope.split(":")) for scope in wanted)
