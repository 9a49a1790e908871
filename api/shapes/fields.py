"""Fields that every shape is made of: texts in three languages, instants with their zone, links."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from api.links import address

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES = ("es", "pt", "en")
EARLIEST, LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""Instants outside cannot belong to a summit, and some cannot be counted with."""


WITH_OFFSET = re.compile(r"[Tt ]\d\d:\d\d.*([Zz]|[+-]\d\d:?\d\d)$")


class StrictInput(serializers.Serializer):
    """A body of which every key is known: a misspelt one is refused, not passed over."""

    def to_internal_value(self, data: Any) -> Any:
        """Refuse keys that the shape does not have."""
        if isinstance(data, dict) and (unknown := sorted(set(map(str, data)) - set(self.fields))):
            raise serializers.ValidationError({name: [unknown_key()] for name in unknown})
        return super().to_internal_value(data)


def unknown_key() -> Any:
    """Return the refusal of a key or a parameter that is not known."""
    return serializers.ErrorDetail(_("This is not known here."), code="unknown")


# Texts -----------------------------------------------------------------------------------------------------------


@extend_schema_serializer(component_name="Texts")
class TextsSerializer(serializers.Serializer):
    """A text in each language; nothing is filled in by machine: what nobody wrote is empty."""

    es = serializers.CharField()
    pt = serializers.CharField()
    en = serializers.CharField()


@extend_schema_serializer(component_name="TextsBoth")
class TextsBothSerializer(serializers.Serializer):
    """A text in both languages of the Conference."""

    es = serializers.CharField()
    pt = serializers.CharField()


@extend_schema_field(TextsSerializer)
class Texts(serializers.Field):
    """Reads the columns `<name>_es`, `<name>_pt`, `<name>_en` of a row as one object."""

    def __init__(self, column: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.column = column

    def get_attribute(self, instance: Any) -> Any:
        """The whole row: its columns are told apart below."""
        return instance

    def to_representation(self, value: Any) -> dict[str, str]:
        """Return the text by language."""
        return {lang: getattr(value, f"{self.column or self.field_name}_{lang}") for lang in LANGUAGES}


class TextsInput(StrictInput):
    """A text in Spanish and Portuguese, and in English where there is one."""

    es = serializers.CharField(max_length=20_000)
    pt = serializers.CharField(max_length=20_000)
    en = serializers.CharField(max_length=20_000, required=False, allow_blank=True)


class TextsOptionalInput(StrictInput):
    """A text in the languages in which there is one."""

    es = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    pt = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    en = serializers.CharField(max_length=20_000, required=False, allow_blank=True)


def limit_texts(limit: int, *, required: bool = False) -> serializers.Serializer:
    """Return a text field whose languages hold at most `limit` characters."""
    base = TextsInput if required else TextsOptionalInput
    kinds: Mapping[str, Any] = {
        lang: serializers.CharField(
            max_length=limit, required=required and lang != "en", allow_blank=not required or lang == "en"
        )
        for lang in LANGUAGES
    }
    name = f"{base.__name__}{limit}"
    if name not in _LIMITED:
        shape = type(name, (base,), {**kinds, "__doc__": base.__doc__})
        _LIMITED[name] = extend_schema_serializer(component_name=name)(shape)
    return _LIMITED[name](required=required)


_LIMITED: dict[str, Any] = {}


# Instants --------------------------------------------------------------------------------------------------------


@extend_schema_serializer(component_name="Instant")
class InstantSerializer(serializers.Serializer):
    """An instant: in UTC, and as the clock shows it where it matters."""

    utc = serializers.DateTimeField()
    local = serializers.DateTimeField()
    zone = serializers.CharField()


def instant(value: datetime | None, zone: str) -> dict[str, str] | None:
    """Return an instant as the API shows it: UTC with `Z`, local time with its offset, and the zone's name."""
    if value is None:
        return None
    utc = value.astimezone(UTC)
    return {
        "utc": utc.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "local": utc.astimezone(ZoneInfo(zone or "UTC")).isoformat(timespec="seconds"),
        "zone": zone or "UTC",
    }


@extend_schema_field(InstantSerializer)
class Instant(serializers.Field):
    """Reads an instant of a row; `zone` is the path to the zone in which it is also shown, else the reader's own."""

    def __init__(self, zone: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.zone_path = zone

    def get_attribute(self, instance: Any) -> Any:
        """The instant with its zone; nothing where there is none."""
        value = super().get_attribute(instance)
        return None if value is None else (value, self._zone(instance))

    def _zone(self, instance: Any) -> str:
        zone = instance
        for part in self.zone_path.split(".") if self.zone_path else ():
            zone = getattr(zone, part)
        return zone if isinstance(zone, str) else self.context["actor"].zone

    def to_representation(self, value: tuple[datetime, str]) -> Any:
        """Return the instant as an object."""
        return instant(*value)


class InstantInput(serializers.DateTimeField):
    """An instant as RFC 3339 writes it, with its offset; a time without one is refused, since it could mean several."""

    def to_internal_value(self, value: Any) -> datetime:
        """Return the instant in UTC."""
        if not isinstance(value, str) or not WITH_OFFSET.search(value.strip()):
            raise serializers.ValidationError(_("Give the instant with its offset, such as 2027-07-18T21:59:59Z."), "no_offset")
        try:
            found: datetime = super().to_internal_value(value).astimezone(UTC)
        except OverflowError:
            raise serializers.ValidationError(_("This date is not believable."), code="out_of_range") from None
        if not EARLIEST <= found <= LATEST:
            raise serializers.ValidationError(_("This date is not believable."), code="out_of_range")
        return found


class PastInstantInput(InstantInput):
    """An instant that has passed: what is recorded afterwards cannot lie ahead."""

    def to_internal_value(self, value: Any) -> datetime:
        """Return the instant in UTC."""
        found = super().to_internal_value(value)
        if found > self.context["now"]:
            raise serializers.ValidationError(_("This instant lies ahead; only what has happened is recorded."), code="ahead")
        return found


class DateInput(serializers.DateField):
    """A day, within a century of any summit."""

    def to_internal_value(self, value: Any) -> Any:
        """Return the day."""
        found = super().to_internal_value(value)
        if not EARLIEST.date() <= found <= LATEST.date():
            raise serializers.ValidationError(_("This date is not believable."), code="out_of_range")
        return found


# Links and labels ------------------------------------------------------------------------------------------------


@extend_schema_field({"type": "string", "format": "uri-reference"})
class Href(serializers.Field):
    """The address of the row (or of a row it leads to) in the API."""

    def __init__(self, resource: str, **kwargs: Any) -> None:
        kwargs.setdefault("source", "uuid")
        super().__init__(**kwargs)
        self.resource = resource

    def to_representation(self, value: Any) -> str:
        """Return the address."""
        return address(self.resource, value)


@extend_schema_field({"type": "string"})
class Label(serializers.Field):
    """The label of a closed list's value, in the caller's language."""

    def __init__(self, choices: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.choices = choices

    def to_representation(self, value: str) -> str:
        """Return the label."""
        return str(self.choices(value).label) if value else ""


class PartyRefSerializer(serializers.Serializer):
    """A party, by its code and its names."""

    uuid = serializers.UUIDField()
    code = serializers.CharField()
    name = Texts()
    href = Href("parties")


class SeatRefSerializer(serializers.Serializer):
    """A seat: an office of a party, never a person."""

    uuid = serializers.UUIDField()
    party = serializers.CharField(source="party.code")
    role = serializers.CharField()
    href = Href("seats")


class SummitRefSerializer(serializers.Serializer):
    """A summit, by its number in small Roman figures."""

    uuid = serializers.UUIDField()
    slug = serializers.CharField()
    href = Href("summits")


class DocumentRefSerializer(serializers.Serializer):
    """A document, by its code and its version."""

    uuid = serializers.UUIDField()
    code = serializers.CharField()
    version = serializers.IntegerField()
    href = Href("documents")


class ReasonSerializer(serializers.Serializer):
    """One thing that holds an action back, and what to open to mend it; an advisory one only warns."""

    code = serializers.CharField()
    message = serializers.CharField()
    advisory = serializers.BooleanField()
    href = serializers.CharField(allow_null=True)
    page = serializers.CharField(allow_null=True)


class ActionSerializer(serializers.Serializer):
    """Something that the caller's seat may do here, now or once the reasons are mended."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    allowed = serializers.BooleanField(help_text="It would be done now, if what it needs were sent.")
    reasons = ReasonSerializer(many=True)
    needs = serializers.ListField(
        child=serializers.CharField(),
        help_text=(
            "What must be sent: reason, evidence, decision, authority, accepted, on_behalf, channel, second_signature; "
            "of texts also meeting, window_ends_at, other_language_at, outcome."
        ),
    )
    href = serializers.CharField(help_text="Where it is posted.")
