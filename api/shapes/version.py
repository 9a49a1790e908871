"""Shapes of versions, redlines and publications."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.shapes.document import TEXT_LANGUAGES
from api.shapes.fields import (
    DocumentRefSerializer,
    Href,
    Instant,
    InstantSerializer,
    SeatRefSerializer,
    StrictInput,
    TextsBothSerializer,
)
from workflows.states import DocumentKind, ParagraphKind, ParagraphState, TextStatus

OPS = [(op, op) for op in ("same", "in", "out")]
FATES = [(fate, fate) for fate in ("same", "changed", "added", "removed", "moved")]
PRINTED_IN = [*TEXT_LANGUAGES, ("synoptic", "synoptic")]


class VersionSerializer(serializers.Serializer):
    """An immutable numbered snapshot of a text, at each circulation and outcome."""

    uuid = serializers.UUIDField()
    version = serializers.IntegerField()
    href = Href("versions")
    document = DocumentRefSerializer()
    number = serializers.IntegerField()
    occasion = serializers.CharField(help_text="The transition or action at which it was made.")
    symbol = serializers.SerializerMethodField()
    digest = serializers.CharField(help_text="SHA-256 of the body in canonical bytes.")
    made_at = Instant(zone="document.summit.zone")
    made_by = SeatRefSerializer(allow_null=True)

    @extend_schema_field(TextsBothSerializer)
    def get_symbol(self, version: Any) -> dict[str, str]:
        return {"es": version.symbol_es, "pt": version.symbol_pt}


class SnapshotSerializer(serializers.Serializer):
    """A paragraph as it stood in a version."""

    uuid = serializers.UUIDField()
    number = serializers.CharField()
    kind = serializers.ChoiceField(ParagraphKind.choices)
    state = serializers.ChoiceField(ParagraphState.choices)
    es = serializers.CharField()
    pt = serializers.CharField()
    es_status = serializers.ChoiceField(TextStatus.choices)
    pt_status = serializers.ChoiceField(TextStatus.choices)


class WholeVersionSerializer(VersionSerializer):
    """A version with its text."""

    body = SnapshotSerializer(many=True)


class VersionCopySerializer(serializers.Serializer):
    """A version as canonical JSON: whoever has it can recompute the digest from `body`."""

    format = serializers.CharField()
    summit = serializers.CharField()
    document = serializers.UUIDField()
    kind = serializers.ChoiceField(DocumentKind.choices)
    title = TextsBothSerializer()
    symbol = TextsBothSerializer()
    version = serializers.IntegerField()
    occasion = serializers.CharField()
    made_at = serializers.CharField()
    digest = serializers.CharField()
    body = SnapshotSerializer(many=True)


class CopyQuery(StrictInput):
    """In which language a copy is printed."""

    language = serializers.ChoiceField(
        PRINTED_IN, required=False, help_text="Of a PDF or a Word file; both side by side (synoptic) without it."
    )


# Redlines --------------------------------------------------------------------------------------------------------


class RedlineQuery(StrictInput):
    """Which versions are compared."""

    before = serializers.IntegerField(
        required=False, min_value=1, max_value=32_767, help_text="The number of the earlier version; the last one without it."
    )
    after = serializers.IntegerField(
        required=False, min_value=1, max_value=32_767, help_text="The number of the later one; the text in work without it."
    )
    paragraph = serializers.UUIDField(required=False, help_text="Only this paragraph.")
    changed = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="Only paragraphs that changed, or only those that did not."
    )


class PieceSerializer(serializers.Serializer):
    """A run of words: kept, inserted or deleted."""

    op = serializers.ChoiceField(OPS)
    text = serializers.CharField()


class RedlinedSerializer(serializers.Serializer):
    """A paragraph of one or both versions: what became of it, and of its words in each language."""

    uuid = serializers.UUIDField()
    kind = serializers.ChoiceField(ParagraphKind.choices)
    fate = serializers.ChoiceField(FATES)
    number_before = serializers.CharField()
    number_after = serializers.CharField()
    state_before = serializers.ChoiceField([*ParagraphState.choices, ""])
    state_after = serializers.ChoiceField([*ParagraphState.choices, ""])
    es = serializers.SerializerMethodField()
    pt = serializers.SerializerMethodField()

    @extend_schema_field(PieceSerializer(many=True))
    def get_es(self, change: Any) -> list[dict[str, str]]:
        return [{"op": piece.kind, "text": piece.text} for piece in change.es]

    @extend_schema_field(PieceSerializer(many=True))
    def get_pt(self, change: Any) -> list[dict[str, str]]:
        return [{"op": piece.kind, "text": piece.text} for piece in change.pt]


class RedlineSerializer(serializers.Serializer):
    """What changed from one version to another, paragraph by paragraph, in words."""

    document = DocumentRefSerializer()
    before = VersionSerializer()
    after = VersionSerializer(allow_null=True, help_text="Empty: the text in work.")
    paragraphs = RedlinedSerializer(many=True)


# Publications ----------------------------------------------------------------------------------------------------


class PublicationSerializer(serializers.Serializer):
    """A frozen copy of a text with its hash; a corrigendum says what was wrong, and right."""

    uuid = serializers.UUIDField()
    version = serializers.IntegerField()
    document = DocumentRefSerializer()
    text = VersionSerializer(source="version_of_text")
    provisional = serializers.BooleanField()
    corrigendum = serializers.CharField()
    published_at = Instant(zone="document.summit.zone")
    published_by = SeatRefSerializer()
    check = serializers.SerializerMethodField(help_text="Where anybody checks the hash of a copy.")

    @extend_schema_field({"type": "string", "format": "uri-reference"})
    def get_check(self, publication: Any) -> str:
        return f"/api/v1/published/{publication.version_of_text.digest}/"


class PublishedSerializer(serializers.Serializer):
    """What was published with a hash, for anybody to read: a copy with this hash is this text."""

    digest = serializers.CharField()
    summit = serializers.CharField(help_text="The summit's number in Roman figures.")
    kind = serializers.ChoiceField(DocumentKind.choices)
    title = TextsBothSerializer()
    symbol = TextsBothSerializer()
    provisional = serializers.BooleanField()
    corrigendum = serializers.CharField()
    published_at = InstantSerializer()
    superseded_by = serializers.CharField(allow_null=True, help_text="The hash of the edition that came after it.")
