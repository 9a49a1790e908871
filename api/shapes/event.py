"""Shapes of the record and of the feed of changes."""

from __future__ import annotations

from rest_framework import serializers

from api.paging import LARGEST_LIMIT
from api.shapes.fields import InstantInput, InstantSerializer, SeatRefSerializer, StrictInput, SummitRefSerializer
from api.shapes.queries import ListQuery, SummitName
from workflows.states import Channel


class EventObjectSerializer(serializers.Serializer):
    """What an event is about; `href` where your seat may look for it."""

    noun = serializers.CharField()
    uuid = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]
    href = serializers.CharField(allow_null=True)


class ProofSerializer(serializers.Serializer):
    """What makes a changed, a missing or a cut event show."""

    payload_digest = serializers.CharField()
    previous_hash = serializers.CharField()
    hash = serializers.CharField()


class EventSerializer(serializers.Serializer):
    """One fact: who, for whom, through which channel, when, from, to, why."""

    uuid = serializers.UUIDField()
    number = serializers.IntegerField(help_text="Its place in its summit's record, without gaps: the order of commits.")
    summit = SummitRefSerializer(allow_null=True)
    at = InstantSerializer()
    occurred_at = InstantSerializer(allow_null=True)
    verb = serializers.CharField(help_text="Noun and verb, such as task.submit.")
    sentence = serializers.CharField(help_text="What happened, in the caller's language.")
    object = EventObjectSerializer()
    source = serializers.CharField(help_text="The state before; empty when no state changed.")  # type: ignore[assignment]
    target = serializers.CharField()
    channel = serializers.ChoiceField(Channel.choices)
    actor = SeatRefSerializer(allow_null=True, help_text="The office that acted; empty for the system.")
    for_party = serializers.CharField(allow_null=True, help_text="The party on whose behalf it was recorded.")
    reason = serializers.CharField()
    data = serializers.DictField(help_text="Details; empty where they are not for your seat, or were erased.")  # type: ignore[assignment]
    erased = serializers.BooleanField()
    proof = ProofSerializer()


class EventListQuery(ListQuery):
    """By what the record is narrowed; the latest stands first."""

    summit = SummitName(required=False)
    object = serializers.UUIDField(required=False)
    verb = serializers.CharField(required=False, max_length=64)
    noun = serializers.CharField(required=False, max_length=24)
    since = InstantInput(required=False, help_text="Entered in the record at this instant or later.")
    until = InstantInput(required=False, help_text="Entered in the record before this instant.")


class ChangeQuery(StrictInput):
    """From where the feed goes on."""

    since = serializers.CharField(
        required=False, max_length=8000, help_text="The cursor of the answer before; from the beginning without it."
    )
    limit = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_LIMIT)
    wait = serializers.IntegerField(
        required=False, min_value=0, max_value=25, help_text="Seconds to wait for something new before an empty answer."
    )


class ChangesSerializer(serializers.Serializer):
    """Events in the order in which they were committed, and the cursor from which to ask again."""

    events = EventSerializer(many=True)
    cursor = serializers.CharField()
    more = serializers.BooleanField(help_text="There is more already: ask again at once.")
