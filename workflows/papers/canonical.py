"""A version as canonical JSON, from which anyone recomputes its hash, and the check of such a copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from workflows.errors import InvalidInput
from workflows.papers.check import FORMAT, SIZE_LIMIT, Checked, NotACopy, check
from workflows.rules.chain import canonical

if TYPE_CHECKING:
    from workflows.models import Version


def copy_of(version: Version) -> dict[str, Any]:
    """Return a version as JSON-like data; `document.summit` is read."""
    document = version.document
    return {
        "format": FORMAT,
        "summit": document.summit.roman,
        "document": str(document.uuid),
        "kind": str(document.kind),
        "title": {"es": document.title_es, "pt": document.title_pt},
        "symbol": {"es": version.symbol_es, "pt": version.symbol_pt},
        "version": version.number,
        "occasion": version.occasion,
        "made_at": version.made_at,
        "digest": version.digest,
        "body": version.body,
    }


def json_of(version: Version) -> bytes:
    """Return a version as the bytes of its canonical JSON copy; `papers/check.py` alone is enough to check them."""
    return canonical(copy_of(version))


class CopyRefused(InvalidInput):
    """What was given to be checked is not a copy of a text; `code` is `not_a_copy`."""

    code = "not_a_copy"


def check_copy(data: bytes) -> Checked:
    """Return what a copy that somebody brings claims, and what its paragraphs give; raises CopyRefused."""
    if len(data) > SIZE_LIMIT:
        raise CopyRefused({"file": _("The file is larger than 25 MB.")})
    try:
        return check(data)
    except NotACopy as error:
        raise CopyRefused({"file": _("This is not the JSON copy of a text. Download it from the page of the text.")}) from error


__all__ = ["Checked", "CopyRefused", "check_copy", "copy_of", "json_of"]
