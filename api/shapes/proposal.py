"""Shapes of what delegations say of a text: comments, proposals and positions, and the text compiled with them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.shapes.document import TEXT_LANGUAGES
from api.shapes.fields import (
    ActionSerializer,
    DocumentRefSerializer,
    Href,
    Instant,
    Label,
    PartyRefSerializer,
    PastInstantInput,
    SeatRefSerializer,
    StrictInput,
)
from api.shapes.paragraph import ParagraphRefSerializer
from api.shapes.queries import ListQuery, OneOrMore
from api.shapes.task import PAPER_CHANNELS
from workflows.states import Channel, ParagraphKind, ParagraphState, PositionKind, ProposalKind, ProposalState

ON_PARAGRAPH = "The paragraph; on the text as a whole without it."
FOR_PARTY = "A secretariat records for a delegation, by its code or uuid: say by which channel it came."


class ProposalSerializer(serializers.Serializer):
    """A comment or proposal of a delegation; a draft is its own."""

    uuid = serializers.UUIDField()
    version = serializers.IntegerField()
    href = Href("proposals")
    page = serializers.SerializerMethodField()
    document = DocumentRefSerializer()
    paragraph = ParagraphRefSerializer(allow_null=True)
    text_version = serializers.IntegerField(
        source="version_of_text.number", default=None, allow_null=True, help_text="The version of the text that was read."
    )
    party = PartyRefSerializer()
    kind = serializers.ChoiceField(ProposalKind.choices)
    language = serializers.ChoiceField(TEXT_LANGUAGES)
    text = serializers.CharField()
    state = serializers.ChoiceField(ProposalState.choices)
    state_label = Label(ProposalState, source="state")
    written_by = SeatRefSerializer()
    written_at = Instant()
    received_at = Instant(zone="document.summit.zone", allow_null=True)
    is_late = serializers.BooleanField(help_text="It arrived after the window; it is kept.")
    channel = serializers.ChoiceField([*Channel.choices, ""])
    note_number = serializers.CharField()
    disposed_at = Instant(zone="document.summit.zone", allow_null=True)
    disposal_note = serializers.CharField()
    available_actions = serializers.SerializerMethodField()

    def get_page(self, proposal: Any) -> str | None:
        return self.context["pages"][proposal.pk]

    @extend_schema_field(ActionSerializer(many=True))
    def get_available_actions(self, proposal: Any) -> Any:
        return self.context["actions"][proposal.pk]


class PositionSerializer(serializers.Serializer):
    """What a delegation says of a text or a paragraph; no position is not consent."""

    uuid = serializers.UUIDField()
    version = serializers.IntegerField()
    href = Href("positions")
    document = DocumentRefSerializer()
    paragraph = ParagraphRefSerializer(allow_null=True)
    party = PartyRefSerializer()
    kind = serializers.ChoiceField(PositionKind.choices)
    kind_label = Label(PositionKind, source="kind")
    note = serializers.CharField()
    channel = serializers.ChoiceField(Channel.choices)
    note_number = serializers.CharField()
    received_at = Instant(zone="document.summit.zone")
    taken_by = SeatRefSerializer()
    taken_at = Instant()
    ended_at = Instant(allow_null=True, help_text="Since when it no longer stands.")


class ProposalListQuery(ListQuery):
    """By what the proposals on a text are narrowed; they stand in the order of protocol."""

    paragraph = serializers.UUIDField(required=False)
    party = serializers.CharField(required=False, max_length=36)
    kind = OneOrMore(ProposalKind, required=False)
    state = OneOrMore(ProposalState, required=False)


class PositionListQuery(ListQuery):
    """By what the positions on a text are narrowed; they stand in the order of protocol."""

    paragraph = serializers.UUIDField(required=False)
    party = serializers.CharField(required=False, max_length=36)
    kind = OneOrMore(PositionKind, required=False)
    standing = serializers.BooleanField(required=False, allow_null=True, default=None, help_text="Those that stand, or ended.")


class OnPaperInput(StrictInput):
    """For whom a secretariat records, and how it came."""

    party = serializers.CharField(required=False, max_length=36, help_text=FOR_PARTY)
    channel = serializers.ChoiceField(PAPER_CHANNELS, required=False)
    note_number = serializers.CharField(required=False, max_length=80)
    received_at = PastInstantInput(required=False, help_text="When it arrived; lateness is judged by this.")


class NewProposalInput(OnPaperInput):
    """A comment or proposal: a draft of one's own delegation; one that is recorded for another is submitted at once."""

    paragraph = serializers.UUIDField(required=False, help_text=ON_PARAGRAPH)
    kind = serializers.ChoiceField(ProposalKind.choices)
    language = serializers.ChoiceField(TEXT_LANGUAGES, required=False)
    text = serializers.CharField(max_length=20_000)


class ProposalChangeInput(StrictInput):
    """A draft written anew."""

    text = serializers.CharField(max_length=20_000)


class ProposalActInput(StrictInput):
    """What is sent along with a transition of a proposal."""

    note = serializers.CharField(required=False, max_length=20_000, help_text="What became of it, when it is disposed of.")


class NewPositionInput(OnPaperInput):
    """A position to take; the one before ends. Reasons are welcome, never demanded."""

    paragraph = serializers.UUIDField(required=False, help_text=ON_PARAGRAPH)
    kind = serializers.ChoiceField(PositionKind.choices)
    note = serializers.CharField(required=False, allow_blank=True, max_length=20_000)


class EndPositionInput(StrictInput):
    """How a withdrawal came, when a secretariat records it."""

    channel = serializers.ChoiceField(PAPER_CHANNELS, required=False)
    note_number = serializers.CharField(required=False, max_length=80)


# The compilation -------------------------------------------------------------------------------------------------


class CompilationQuery(StrictInput):
    """In which language the text is compiled."""

    language = serializers.ChoiceField(TEXT_LANGUAGES, required=False, help_text="The text's first language without it.")


class BracketSerializer(serializers.Serializer):
    """One wording, with all the delegations that propose it."""

    parties = serializers.ListField(child=serializers.CharField())
    proposals = serializers.ListField(child=serializers.UUIDField())
    text = serializers.CharField()
    printed = serializers.CharField(help_text="As negotiators write it: [Bolivia: …], [Alt 1 México, Perú: …].")


class CompiledSerializer(serializers.Serializer):
    """A paragraph with what is proposed on it."""

    uuid = serializers.UUIDField()
    number = serializers.CharField()
    kind = serializers.ChoiceField(ParagraphKind.choices)
    state = serializers.ChoiceField(ParagraphState.choices)
    text = serializers.CharField()
    brackets = BracketSerializer(many=True)
    comments = BracketSerializer(many=True)
    printed = serializers.CharField()


class CompilationSerializer(serializers.Serializer):
    """The text as it stands, with what was submitted on it and your seat may see, in the order of protocol."""

    document = DocumentRefSerializer()
    language = serializers.ChoiceField(TEXT_LANGUAGES)
    paragraphs = CompiledSerializer(many=True)
    on_the_whole = BracketSerializer(many=True)
    printed = serializers.CharField()
