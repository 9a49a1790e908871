"""Shapes of documents: the text as a whole, its clearances, and what is sent along with its transitions."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.shapes.fields import (
    ActionSerializer,
    DocumentRefSerializer,
    Href,
    Instant,
    InstantInput,
    Label,
    PartyRefSerializer,
    PastInstantInput,
    SeatRefSerializer,
    StrictInput,
    SummitRefSerializer,
    Texts,
    limit_texts,
)
from api.shapes.queries import ListQuery, OneOrMore, SummitName
from api.shapes.summit import SignatureSerializer
from api.shapes.task import TaskRefSerializer
from workflows.states import ClearanceOffice, DocumentKind, DocumentState, Outcome

TEXT_LANGUAGES = [("es", "es"), ("pt", "pt")]
"""A text is in Spanish and in Portuguese."""


class ClearanceSerializer(serializers.Serializer):
    """A clearance by an office of SEGIB, bound to what was read; an edit of that drops it, and says why."""

    uuid = serializers.UUIDField()
    version = serializers.IntegerField()
    document = DocumentRefSerializer()
    office = serializers.ChoiceField(ClearanceOffice.choices)
    seat = SeatRefSerializer()
    note = serializers.CharField()
    signed_at = Instant()
    dropped_at = Instant(allow_null=True)
    dropped_reason = serializers.CharField()


class WindowSerializer(serializers.Serializer):
    """The window for comments: until when, and since when it is closed."""

    ends_at = Instant(source="due_at", zone="zone", allow_null=True)
    closed_at = Instant(zone="zone", allow_null=True)
    href = Href("deadlines")


class ConcordanceSerializer(serializers.Serializer):
    """That the Spanish and the Portuguese say the same, certified by SEGIB; an edit takes it away."""

    certified_at = Instant(source="concordance_certified_at", zone="summit.zone")
    certified_by = SeatRefSerializer(source="concordance_certified_by", allow_null=True)


class OriginalsSerializer(serializers.Serializer):
    """Where the signed originals are kept."""

    es = serializers.CharField(source="originals_es")
    pt = serializers.CharField(source="originals_pt")


class DocumentSerializer(serializers.Serializer):
    """A text of a summit, made of paragraphs in Spanish and Portuguese: where it stands, and what may be done to it."""

    uuid = serializers.UUIDField()
    version = serializers.IntegerField(help_text="Rises with each edit of a paragraph too.")
    href = Href("documents")
    page = serializers.SerializerMethodField()
    summit = SummitRefSerializer()
    code = serializers.CharField()
    kind = serializers.ChoiceField(DocumentKind.choices)
    kind_label = Label(DocumentKind, source="kind")
    number = serializers.IntegerField(help_text="Among its author's documents of its kind.")
    title = Texts()
    proponent = PartyRefSerializer(allow_null=True, help_text="Of a special communiqué: its delegation.")
    first_language = serializers.ChoiceField(TEXT_LANGUAGES)
    cooperation = serializers.BooleanField(help_text="A text of the cooperation table: its papers are for RCs.")
    negotiated = serializers.SerializerMethodField(help_text="It is negotiated; a plain one is cleared, approved, published.")
    is_late = serializers.BooleanField(help_text="A communiqué proposed after its window: a decision admits it.")
    admitted_by = serializers.UUIDField(source="admitted_by.uuid", default=None, allow_null=True, help_text="That decision.")
    state = serializers.ChoiceField(DocumentState.choices)
    state_label = Label(DocumentState, source="state")
    outcome = serializers.ChoiceField([*Outcome.choices, ""])
    outcome_label = Label(Outcome, source="outcome")
    circulated_at = Instant(zone="summit.zone", allow_null=True)
    other_language_at = Instant(
        zone="summit.zone", allow_null=True, help_text="While circulated in one language: when the other follows."
    )
    window = serializers.SerializerMethodField()
    concluded_at = Instant(zone="summit.zone", allow_null=True)
    last_version = serializers.IntegerField(source="version_number", help_text="Number of the last snapshot; 0: none.")
    paragraphs = serializers.SerializerMethodField(help_text="How many it has.")
    clearances = serializers.SerializerMethodField(help_text="Offices whose clearance stands for the text as it is.")
    concordance = serializers.SerializerMethodField()
    originals = OriginalsSerializer(source="*")
    adhering = PartyRefSerializer(many=True, help_text="Countries that adhere to it, in the order of protocol.")
    completes = serializers.SerializerMethodField(help_text="Lines of the checklist that a transition of it completes.")
    waiting_signatures = serializers.SerializerMethodField()
    available_actions = serializers.SerializerMethodField()

    def get_page(self, document: Any) -> str | None:
        return self.context["pages"][document.pk]

    def get_negotiated(self, document: Any) -> bool:
        return not document.is_plain

    @extend_schema_field(WindowSerializer(allow_null=True))
    def get_window(self, document: Any) -> Any:
        found = getattr(document, "deadline", None)
        return found and WindowSerializer(found, context=self.context).data

    def get_paragraphs(self, document: Any) -> int:
        return len(self.context["facts"][document.pk].paragraphs)

    @extend_schema_field({"type": "array", "items": {"$ref": "#/components/schemas/ClearanceOffice"}})
    def get_clearances(self, document: Any) -> list[str]:
        standing = self.context["facts"][document.pk].clearances
        return [office for office in ClearanceOffice.values if office in standing]

    @extend_schema_field(ConcordanceSerializer(allow_null=True))
    def get_concordance(self, document: Any) -> Any:
        certified = document.concordance_certified_at is not None
        return ConcordanceSerializer(document, context=self.context).data if certified else None

    @extend_schema_field(TaskRefSerializer(many=True))
    def get_completes(self, document: Any) -> Any:
        return TaskRefSerializer(self.context["followers"][document.pk], many=True).data

    @extend_schema_field(SignatureSerializer(many=True))
    def get_waiting_signatures(self, document: Any) -> Any:
        return SignatureSerializer(self.context["waiting"].get(document.pk, ()), many=True, context=self.context).data

    @extend_schema_field(ActionSerializer(many=True))
    def get_available_actions(self, document: Any) -> Any:
        return self.context["actions"][document.pk]


class DocumentListQuery(ListQuery):
    """By what a list of documents is narrowed."""

    summit = SummitName(required=False)
    kind = OneOrMore(DocumentKind, required=False)
    state = OneOrMore(DocumentState, required=False)
    proponent = serializers.CharField(required=False, max_length=36, help_text="The proposing party: its code or uuid.")
    code = serializers.CharField(required=False, max_length=48)
    q = serializers.CharField(required=False, max_length=100, help_text="Title or code, in any language, accents or not.")


class NewDocumentInput(StrictInput):
    """A text to begin."""

    summit = SummitName()
    kind = serializers.ChoiceField(DocumentKind.choices)
    title = limit_texts(200, required=True)
    first_language = serializers.ChoiceField(TEXT_LANGUAGES, required=False)
    cooperation = serializers.BooleanField(required=False)


class DocumentActInput(StrictInput):
    """What is sent along with a transition of a document; `needs` of the action says what must be."""

    reason = serializers.CharField(required=False, max_length=20_000)
    decision = serializers.UUIDField(required=False, help_text="The recorded decision that orders it.")
    meeting = serializers.CharField(required=False, max_length=40, help_text="The code of the meeting in which it is done.")
    window_ends_at = InstantInput(required=False, help_text="Until when comments are taken.")
    other_language_at = InstantInput(required=False, help_text="When the other language follows.")
    outcome = serializers.ChoiceField(Outcome.choices, required=False)
    occurred_at = PastInstantInput(required=False, help_text="When it happened, if it is recorded afterwards.")
    accepted = serializers.ListField(
        child=serializers.CharField(max_length=120),
        required=False,
        max_length=400,
        help_text="The codes of the warnings that were read and are passed knowingly.",
    )


class ClearanceInput(StrictInput):
    """Which clearance is signed, of the text as it stands now."""

    office = serializers.ChoiceField(ClearanceOffice.choices)
    note = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class OriginalsInput(StrictInput):
    """Where both signed originals are kept."""

    es = serializers.CharField(max_length=200)
    pt = serializers.CharField(max_length=200)


class DecisionInput(StrictInput):
    """A recorded decision, by its uuid."""

    decision = serializers.UUIDField()


class AdherenceInput(StrictInput):
    """All the countries that adhere, each by its code or uuid; the list replaces the one before."""

    parties = serializers.ListField(child=serializers.CharField(max_length=36), max_length=100)


class CorrigendumInput(StrictInput):
    """What was wrong in the published text, and right."""

    wrong_and_right = serializers.CharField(max_length=20_000)
