"""Shapes of meetings: agenda, attendance, decisions."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.shapes.fields import (
    ActionSerializer,
    Href,
    Instant,
    InstantInput,
    Label,
    PartyRefSerializer,
    SeatRefSerializer,
    StrictInput,
    SummitRefSerializer,
    Texts,
    TextsBothSerializer,
    limit_texts,
)
from api.shapes.queries import ListQuery, OneOrMore, SummitName
from workflows.states import AttendanceLevel, DecisionSubject, MeetingKind, MeetingState


class AgendaItemSerializer(serializers.Serializer):
    """A point of the agenda."""

    position = serializers.IntegerField()
    text = Texts()


class AttendanceSerializer(serializers.Serializer):
    """At which level a party takes part."""

    party = PartyRefSerializer()
    level = serializers.ChoiceField(AttendanceLevel.choices)
    note = serializers.CharField()


class DecisionSerializer(serializers.Serializer):
    """What the meeting decided, in both languages; it serves a transition at most once."""

    uuid = serializers.UUIDField()
    version = serializers.IntegerField()
    number = serializers.IntegerField()
    subject = serializers.ChoiceField(DecisionSubject.choices)
    text = serializers.SerializerMethodField()
    recorded_by = SeatRefSerializer()
    recorded_at = Instant()
    spent_on = serializers.CharField(help_text="The transition that it served.")

    @extend_schema_field(TextsBothSerializer)
    def get_text(self, decision: Any) -> dict[str, str]:
        return {"es": decision.text_es, "pt": decision.text_pt}


class MeetingSerializer(serializers.Serializer):
    """A meeting of a summit's calendar, with the code by which guards name it."""

    uuid = serializers.UUIDField()
    version = serializers.IntegerField()
    href = Href("meetings")
    page = serializers.SerializerMethodField()
    summit = SummitRefSerializer()
    code = serializers.CharField()
    kind = serializers.ChoiceField(MeetingKind.choices)
    title = Texts()
    convened_by = PartyRefSerializer()
    chair = SeatRefSerializer(allow_null=True)
    held_on = serializers.DateField(allow_null=True, help_text="Local day of its first day.")
    starts_at = Instant(zone="zone", allow_null=True)
    zone = serializers.CharField()
    place = serializers.CharField()
    follows_opening_day = serializers.SerializerMethodField(help_text="Its date moves with the opening day.")
    open_to_observers = serializers.BooleanField()
    state = serializers.ChoiceField(MeetingState.choices)
    state_label = Label(MeetingState, source="state")
    begun_at = Instant(zone="zone", allow_null=True)
    closed_at = Instant(zone="zone", allow_null=True)
    minutes = serializers.CharField()
    agenda = AgendaItemSerializer(many=True)
    attendance = AttendanceSerializer(many=True, help_text="In the order of protocol.")
    decisions = DecisionSerializer(many=True)
    available_actions = serializers.SerializerMethodField()

    def get_page(self, meeting: Any) -> str | None:
        return self.context["pages"][meeting.pk]

    def get_follows_opening_day(self, meeting: Any) -> bool:
        return meeting.opening_offset is not None

    @extend_schema_field(ActionSerializer(many=True))
    def get_available_actions(self, meeting: Any) -> Any:
        return self.context["actions"][meeting.pk]


class MeetingListQuery(ListQuery):
    """By what a list of meetings is narrowed."""

    summit = SummitName(required=False)
    code = serializers.CharField(required=False, max_length=40)
    kind = OneOrMore(MeetingKind, required=False)
    state = OneOrMore(MeetingState, required=False)


class NewMeetingInput(StrictInput):
    """A meeting to convene."""

    summit = SummitName()
    code = serializers.RegexField(r"^[a-z0-9_]{1,40}$", max_length=40)
    kind = serializers.ChoiceField(MeetingKind.choices)
    title = limit_texts(200, required=True)
    starts_at = InstantInput()
    zone = serializers.CharField(required=False, max_length=40, help_text="The host city's without it.")
    place = serializers.CharField(required=False, allow_blank=True, max_length=160)
    chair = serializers.UUIDField(required=False, help_text="The seat that chairs, when it is not the convening secretariat's.")
    open_to_observers = serializers.BooleanField(required=False)


class MeetingChangeInput(StrictInput):
    """What of a meeting may be changed; a new hour fixes its date by hand."""

    starts_at = InstantInput(required=False)
    place = serializers.CharField(required=False, allow_blank=True, max_length=160)
    title = limit_texts(200, required=True)
    minutes = serializers.CharField(required=False, allow_blank=True, max_length=200_000)
    open_to_observers = serializers.BooleanField(required=False)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000)

    def get_fields(self) -> Any:
        """The title may stay as it is, too."""
        fields = super().get_fields()
        fields["title"].required = False
        return fields


class AgendaInput(StrictInput):
    """The whole agenda, in order."""

    items = serializers.ListField(child=limit_texts(300, required=True), max_length=200)


class LevelInput(StrictInput):
    """A party and its level."""

    party = serializers.CharField(max_length=36)
    level = serializers.ChoiceField(AttendanceLevel.choices)


class AttendanceInput(StrictInput):
    """Levels by party; parties not named keep what was recorded."""

    levels = serializers.ListField(child=LevelInput(), min_length=1, max_length=100)


class BothInput(StrictInput):
    """A text in both languages of the Conference."""

    es = serializers.CharField(max_length=20_000)
    pt = serializers.CharField(max_length=20_000)


class NewDecisionInput(StrictInput):
    """What the meeting decided, and on what."""

    subject = serializers.ChoiceField(DecisionSubject.choices)
    text = BothInput()
