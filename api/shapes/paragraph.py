"""Shapes of paragraphs: both languages, how each stands, edits and their history, and texts brought in from files."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.shapes.document import TEXT_LANGUAGES
from api.shapes.fields import (
    ActionSerializer,
    DocumentRefSerializer,
    Href,
    Instant,
    Label,
    PastInstantInput,
    SeatRefSerializer,
    StrictInput,
    TextsBothSerializer,
)
from api.shapes.queries import ListQuery, OneOrMore
from workflows.rules.texts import PARAGRAPH_LIMIT
from workflows.states import ClearanceOffice, ParagraphKind, ParagraphState, TextStatus


class ParagraphRefSerializer(serializers.Serializer):
    """A paragraph, by its permanent id."""

    uuid = serializers.UUIDField()
    href = Href("paragraphs")


class StatusesSerializer(serializers.Serializer):
    """How each language stands to the other: current, stale, missing."""

    es = serializers.ChoiceField(TextStatus.choices)
    pt = serializers.ChoiceField(TextStatus.choices)


class ParagraphSerializer(serializers.Serializer):
    """A paragraph in Spanish and Portuguese; its number is computed, its id is permanent."""

    uuid = serializers.UUIDField()
    version = serializers.IntegerField()
    href = Href("paragraphs")
    page = serializers.SerializerMethodField()
    document = DocumentRefSerializer()
    kind = serializers.ChoiceField(ParagraphKind.choices)
    number = serializers.SerializerMethodField(help_text="Preambular ones are lettered, operative ones numbered.")
    text = serializers.SerializerMethodField()
    status = serializers.SerializerMethodField()
    revision = serializers.IntegerField(help_text="Rises with each change of substance.")
    conditional_on = serializers.CharField(help_text="A mark: on what it depends.")
    state = serializers.ChoiceField(ParagraphState.choices)
    state_label = Label(ParagraphState, source="state")
    agreed_at = Instant(zone="document.summit.zone", allow_null=True)
    agreed_in = serializers.CharField(help_text="Code of the meeting.")
    available_actions = serializers.SerializerMethodField()

    def get_page(self, paragraph: Any) -> str | None:
        return self.context["pages"][paragraph.pk]

    def get_number(self, paragraph: Any) -> str:
        return self.context["numbers"].get(paragraph.pk, "")

    @extend_schema_field(TextsBothSerializer)
    def get_text(self, paragraph: Any) -> dict[str, str]:
        return {"es": paragraph.text_es, "pt": paragraph.text_pt}

    @extend_schema_field(StatusesSerializer)
    def get_status(self, paragraph: Any) -> dict[str, str]:
        return {lang: paragraph.status(lang) for lang in ("es", "pt")}

    @extend_schema_field(ActionSerializer(many=True))
    def get_available_actions(self, paragraph: Any) -> Any:
        return self.context["actions"][paragraph.pk]


class EditedSerializer(ParagraphSerializer):
    """A paragraph as it was written, and which clearances of its document the edit dropped."""

    dropped_clearances = serializers.SerializerMethodField()

    @extend_schema_field({"type": "array", "items": {"$ref": "#/components/schemas/ClearanceOffice"}})
    def get_dropped_clearances(self, paragraph: Any) -> list[str]:
        dropped = self.context["dropped"]
        return [office for office in ClearanceOffice.values if office in dropped]


class ChangeSerializer(serializers.Serializer):
    """One edit of a paragraph: both languages before and after, by whom, when, and what was said of it."""

    number = serializers.IntegerField()
    before = serializers.SerializerMethodField()
    after = serializers.SerializerMethodField()
    note = serializers.CharField()
    changed_at = Instant()
    changed_by = SeatRefSerializer(allow_null=True)

    @extend_schema_field(TextsBothSerializer)
    def get_before(self, change: Any) -> dict[str, str]:
        return {"es": change.before_es, "pt": change.before_pt}

    @extend_schema_field(TextsBothSerializer)
    def get_after(self, change: Any) -> dict[str, str]:
        return {"es": change.after_es, "pt": change.after_pt}


class ParagraphListQuery(ListQuery):
    """By what the paragraphs of a text are narrowed; they stand in their order."""

    kind = OneOrMore(ParagraphKind, required=False)
    state = OneOrMore(ParagraphState, required=False)


class EitherInput(StrictInput):
    """A text in Spanish, in Portuguese, or in both; a language that is not sent stays as it is."""

    es = serializers.CharField(required=False, allow_blank=True, max_length=PARAGRAPH_LIMIT)
    pt = serializers.CharField(required=False, allow_blank=True, max_length=PARAGRAPH_LIMIT)


class NewParagraphInput(StrictInput):
    """A paragraph to add, in at least one language."""

    kind = serializers.ChoiceField(ParagraphKind.choices, required=False, help_text="Operative without it.")
    text = EitherInput()


class NewParagraphsInput(StrictInput):
    """Paragraphs to add, in order, after another one or at the end."""

    paragraphs = serializers.ListField(child=NewParagraphInput(), min_length=1, max_length=1000)
    after = serializers.UUIDField(required=False, help_text="The paragraph after which they stand; at the end without it.")
    note = serializers.CharField(required=False, allow_blank=True, max_length=200)


class ParagraphChangeInput(StrictInput):
    """What is written anew. A language written alone catches up, unless it is said that the substance changed."""

    text = EitherInput()
    substance = serializers.BooleanField(
        required=False, help_text="true: the other language becomes stale; false: only the wording changed."
    )
    note = serializers.CharField(required=False, allow_blank=True, max_length=200)


class PlaceInput(StrictInput):
    """Where a paragraph stands, of which kind it is, on what it depends; at least one of them."""

    after = serializers.UUIDField(
        required=False, allow_null=True, help_text="The paragraph after which it stands; null: at the beginning."
    )
    kind = serializers.ChoiceField(ParagraphKind.choices, required=False)
    conditional_on = serializers.CharField(required=False, allow_blank=True, max_length=120)

    def validate(self, attrs: Any) -> Any:
        """Something is sent."""
        if not attrs:
            raise serializers.ValidationError(_("Say what is changed: after, kind or conditional_on."))
        return attrs


class TranslationInput(StrictInput):
    """The corrected wording of one language, and what is corrected."""

    language = serializers.ChoiceField(TEXT_LANGUAGES)
    text = serializers.CharField(max_length=PARAGRAPH_LIMIT)
    note = serializers.CharField(max_length=200)


class ParagraphActInput(StrictInput):
    """What is sent along with a transition of a paragraph; the chair acts in a meeting."""

    reason = serializers.CharField(required=False, max_length=20_000)
    meeting = serializers.CharField(required=False, max_length=40, help_text="The code of the meeting.")
    occurred_at = PastInstantInput(required=False, help_text="When it happened, if it is recorded afterwards.")
    accepted = serializers.ListField(child=serializers.CharField(max_length=120), required=False, max_length=400)


class AddedSerializer(serializers.Serializer):
    """The paragraphs that were added, in order, and the document with its new version."""

    document = DocumentRefSerializer()
    paragraphs = ParagraphSerializer(many=True)


# Files -----------------------------------------------------------------------------------------------------------


class ImportInput(StrictInput):
    """One text in one language (`file` or `text`, and `language`), or one file in each language, aligned by position."""

    file = serializers.FileField(required=False, allow_empty_file=True, help_text="A .docx or .txt of at most 25 MB.")
    text = serializers.CharField(
        required=False, max_length=1_000_000, help_text="A plain text, cut into paragraphs at its empty lines."
    )
    language = serializers.ChoiceField(TEXT_LANGUAGES, required=False)
    file_es = serializers.FileField(required=False, allow_empty_file=True)
    file_pt = serializers.FileField(required=False, allow_empty_file=True)
    after = serializers.UUIDField(required=False, help_text="The paragraph after which it stands; at the end without it.")
    dry_run = serializers.BooleanField(required=False, help_text="Show what would be added, and add nothing.")

    def validate(self, attrs: Any) -> Any:
        """One way or the other, whole."""
        given = {name for name in ("file", "text", "file_es", "file_pt") if name in attrs}
        alone = given in ({"file"}, {"text"}) and "language" in attrs
        if not alone and (given != {"file_es", "file_pt"} or "language" in attrs):
            raise serializers.ValidationError(_("Send a file or a text with its language, or file_es and file_pt."))
        return attrs


class UnreadSerializer(serializers.Serializer):
    """Something that the file had and that was not read, or read in a way that one should know."""

    language = serializers.ChoiceField(TEXT_LANGUAGES)
    code = serializers.CharField()
    count = serializers.IntegerField()
    message = serializers.CharField()


class ImportedSerializer(AddedSerializer):
    """What an import added, and what the file had that was not read."""

    unread = UnreadSerializer(many=True)
    dry_run = serializers.BooleanField(help_text="Nothing of this was kept.")
