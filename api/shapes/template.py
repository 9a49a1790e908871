"""Shapes of checklist templates."""

from __future__ import annotations

from rest_framework import serializers

from api.shapes.fields import Href, Instant, SeatRefSerializer, StrictInput, Texts
from api.shapes.queries import ListQuery


class TemplateSerializer(serializers.Serializer):
    """One version of a checklist template; it is never changed afterwards."""

    uuid = serializers.UUIDField()
    version = serializers.IntegerField()
    href = Href("templates")
    code = serializers.CharField()
    number = serializers.IntegerField(help_text="The version that its text states.")
    title = Texts()
    digest = serializers.CharField(help_text="SHA-256 of the text.")
    loaded_at = Instant()
    loaded_by = SeatRefSerializer(allow_null=True)


class TemplateWithTextSerializer(TemplateSerializer):
    """One version of a checklist template with its YAML text."""

    source = serializers.CharField()  # type: ignore[assignment]


class TemplateListQuery(ListQuery):
    """By what a list of templates is narrowed."""

    code = serializers.CharField(required=False, max_length=60)


class NewTemplateInput(StrictInput):
    """The YAML text of a template."""

    text = serializers.CharField(max_length=900_000, trim_whitespace=False)
