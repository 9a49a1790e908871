"""Reads JSON strictly: what the database or another reader could not take is refused with a sentence, never a failure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, DataAndFiles, MultiPartParser

from api.errors import ApiError, not_readable
from workflows.papers.reading import FILE_LIMIT

LARGEST_BODY = 1024 * 1024
LARGEST_FORM = 2 * FILE_LIMIT + LARGEST_BODY
"""Two files, one in each language, and what stands around them."""
DEEPEST = 32
LARGEST_INTEGER = 2**63


class StrictJSONParser(BaseParser):
    """One JSON text in UTF-8: at most 1 MB and 32 levels, no key twice, no NaN, no NUL, no half of a surrogate pair."""

    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """Return what the body holds; raises ApiError (400, 413) with what is wrong."""
        body = stream.read(LARGEST_BODY + 1)
        if len(body) > LARGEST_BODY:
            raise ApiError("too_large")
        return read_json(body)


class FilesParser(MultiPartParser):
    """A form with files; its length is looked at before any of it is read."""

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> DataAndFiles[Any, Any]:
        """Return the fields and the files of the form; raises ApiError (400, 413)."""
        request = (parser_context or {})["request"]
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            raise not_readable(_("The length of the body is not a number.")) from None
        if length > LARGEST_FORM:
            raise ApiError("too_large")
        try:
            return super().parse(stream, media_type, parser_context)
        except (ParseError, UnicodeError, ValueError):
            raise not_readable(_("The form could not be read to its end.")) from None


def read_json(body: bytes) -> Any:
    """Return the value of a JSON text; raises ApiError with what is wrong."""
    if not body:
        return {}
    try:
        text = body.decode()
        value = json.loads(
            text, parse_constant=_no_constant, parse_int=_integer, parse_float=_number, object_pairs_hook=_object
        )
    except UnicodeDecodeError:
        raise not_readable(_("The body is not in UTF-8.")) from None
    except RecursionError:
        raise too_deep() from None
    except json.JSONDecodeError as error:
        where = {"line": error.lineno, "column": error.colno}
        raise not_readable(_("The body is not valid JSON: see line %(line)d, column %(column)d.") % where) from None
    _check(value)
    return value


def too_deep() -> ApiError:
    """Return the refusal of a body nested too deeply."""
    return not_readable(_("The body is nested more deeply than %(limit)d levels.") % {"limit": DEEPEST})


def _no_constant(name: str) -> float:
    raise not_readable(_("“%(name)s” is not a number in JSON.") % {"name": name})


def _integer(digits: str) -> int:
    if len(digits) > 20 or not -LARGEST_INTEGER <= int(digits) < LARGEST_INTEGER:
        raise not_readable(_("A number is larger than this API takes."))
    return int(digits)


def _number(digits: str) -> float:
    number = float(digits)
    if number in {float("inf"), float("-inf")}:
        raise not_readable(_("A number is larger than this API takes."))
    return number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise not_readable(_("The key “%(key)s” stands twice in the same object.") % {"key": printable(twice)})
    return found


def printable(text: str) -> str:
    """Return the beginning of a text that came from outside, fit to be quoted."""
    return text[:60].encode("ascii", "backslashreplace").decode()


def _check(value: Any) -> None:
    """Refuse depth, NUL and surrogates; walks without recursion."""
    waiting: list[tuple[Any, int]] = [(value, 0)]
    while waiting:
        found, depth = waiting.pop()
        if isinstance(found, str):
            _check_text(found)
        elif isinstance(found, (dict, list)):
            if depth >= DEEPEST:
                raise too_deep()
            parts = [*found, *found.values()] if isinstance(found, dict) else found
            waiting.extend((part, depth + 1) for part in parts)


def _check_text(text: str) -> None:
    if "\x00" in text:
        raise not_readable(_("A text contains a character that cannot be stored."))
    try:
        text.encode()
    except UnicodeEncodeError:
        raise not_readable(_("A text contains half of a surrogate pair.")) from None
