"""Shapes of parties, seats, terms, and of the caller."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.shapes.fields import (
    DateInput,
    Href,
    Instant,
    PartyRefSerializer,
    SeatRefSerializer,
    StrictInput,
    SummitRefSerializer,
    Texts,
)
from api.shapes.queries import ListQuery, OneOrMore, SummitName
from workflows.states import Language, PartyKind, SeatRole


class PartySerializer(serializers.Serializer):
    """A party of the Conference; lists name delegations in the order of protocol."""

    uuid = serializers.UUIDField()
    version = serializers.IntegerField()
    href = Href("parties")
    kind = serializers.ChoiceField(PartyKind.choices)
    code = serializers.CharField()
    name = Texts()
    list_name = Texts()
    official_name = Texts()
    foreign_ministry = serializers.CharField()
    country = serializers.CharField()
    city = serializers.CharField()
    zone = serializers.CharField()
    language = serializers.ChoiceField(Language.choices)
    courtesy_language = serializers.CharField()
    by_note_verbale = serializers.BooleanField(help_text="Its note is the act, and the system records it.")
    summit = SummitRefSerializer(allow_null=True, help_text="Of a Pro Tempore Secretariat: its summit.")
    host_delegation = PartyRefSerializer(allow_null=True)
    ended_at = Instant(allow_null=True)


class PartyListQuery(ListQuery):
    """By what a list of parties is narrowed."""

    kind = OneOrMore(PartyKind, required=False)
    code = serializers.CharField(required=False, max_length=12)
    summit = SummitName(required=False, help_text="Only those that take part in it.")


class PartyChangeInput(StrictInput):
    """How a party answers."""

    by_note_verbale = serializers.BooleanField()


class PersonSerializer(serializers.Serializer):
    """Somebody in the directory."""

    uuid = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()
    language = serializers.ChoiceField(Language.choices)


class MembershipSerializer(serializers.Serializer):
    """A person in a seat from a day to a day, with the note that says so."""

    uuid = serializers.UUIDField()
    version = serializers.IntegerField()
    href = Href("memberships")
    seat = SeatRefSerializer()
    person = PersonSerializer()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    note = serializers.CharField()
    confirmed_on = serializers.DateField(allow_null=True)


class SeatSerializer(serializers.Serializer):
    """An office in a party, and who holds it today."""

    uuid = serializers.UUIDField()
    version = serializers.IntegerField()
    href = Href("seats")
    party = PartyRefSerializer()
    role = serializers.ChoiceField(SeatRole.choices)
    number = serializers.IntegerField()
    title = serializers.CharField(help_text="In the caller's language.")
    email = serializers.CharField()
    phone = serializers.CharField()
    opened_at = Instant()
    closed_at = Instant(allow_null=True)
    holder = serializers.SerializerMethodField()

    @extend_schema_field(MembershipSerializer(allow_null=True))
    def get_holder(self, seat: Any) -> Any:
        held = self.context["holders"].get(seat.pk)
        if held is None:
            return None
        held.seat = seat
        return MembershipSerializer(held, context=self.context).data


class SeatListQuery(ListQuery):
    """By what a list of seats is narrowed."""

    party = serializers.CharField(required=False, max_length=36, help_text="Its code or uuid.")
    role = OneOrMore(SeatRole, required=False)
    open = serializers.BooleanField(required=False, allow_null=True, default=None)


class NewSeatInput(StrictInput):
    """An office to open in a party."""

    party = serializers.CharField(max_length=36)
    role = serializers.ChoiceField(SeatRole.choices)
    email = serializers.EmailField(required=False, allow_blank=True)
    phone = serializers.CharField(required=False, allow_blank=True, max_length=40)


class FillInput(StrictInput):
    """A person to put into a seat; the holder before leaves the day before."""

    name = serializers.CharField(max_length=160)
    email = serializers.EmailField(max_length=254)
    language = serializers.ChoiceField(Language.choices, required=False)
    zone = serializers.CharField(required=False, allow_blank=True, max_length=40)
    phone = serializers.CharField(required=False, allow_blank=True, max_length=40)
    starts_on = DateInput(required=False)
    note = serializers.CharField(required=False, allow_blank=True, max_length=200, help_text="The note verbale that says so.")


class MembershipListQuery(ListQuery):
    """By what a list of terms is narrowed."""

    seat = serializers.UUIDField(required=False)
    party = serializers.CharField(required=False, max_length=36)
    current = serializers.BooleanField(required=False, allow_null=True, default=None, help_text="In force today, or not.")


class EndInput(StrictInput):
    """The last day of a term."""

    ends_on = DateInput()
    note = serializers.CharField(required=False, allow_blank=True, max_length=200)


class TokenOfCallerSerializer(serializers.Serializer):
    """The token by which the call came."""

    uuid = serializers.UUIDField()
    name = serializers.CharField()
    prefix = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())
    expires_at = Instant()


class MeSerializer(serializers.Serializer):
    """For which seat you call, who holds it, and what the token allows."""

    seat = SeatRefSerializer()
    title = serializers.CharField(help_text="The office, in the caller's language.")
    party = PartyRefSerializer()
    summit = SummitRefSerializer(allow_null=True, help_text="Of a seat of a Pro Tempore Secretariat: its summit.")
    person = PersonSerializer()
    zone = serializers.CharField()
    seats = SeatRefSerializer(many=True, help_text="Of a session: the seats between which the person may choose on the pages.")
    token = TokenOfCallerSerializer(allow_null=True)
    now = Instant(help_text="The instant by the one clock that everything here follows.")
