"""Shapes of summits and of the signatures that wait."""

from __future__ import annotations

from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.shapes.fields import (
    ActionSerializer,
    DateInput,
    DocumentRefSerializer,
    Href,
    Instant,
    InstantInput,
    Label,
    PartyRefSerializer,
    SeatRefSerializer,
    StrictInput,
    SummitRefSerializer,
    Texts,
    limit_texts,
)
from api.shapes.queries import ListQuery, OneOrMore, SummitName
from workflows.models import Document, Summit
from workflows.rules.verbs import verbs_of
from workflows.states import LONGEST_WINDOW, OthersSee, SummitState


class PhaseSerializer(serializers.Serializer):
    """A phase of the checklist; it opens so many days from the opening day and belongs to a state."""

    code = serializers.CharField()
    state = serializers.ChoiceField(SummitState.choices)
    title = Texts()
    opens_offset = serializers.IntegerField(help_text="Days from the opening day.")
    opens_on = serializers.SerializerMethodField()

    def get_opens_on(self, phase: Any) -> date | None:
        opening_on = self.context["opening_on"]
        return phase.opens_on(opening_on) if opening_on else None


class SignatureSerializer(serializers.Serializer):
    """The first of two signatures under a transition of a summit, or of one of its documents."""

    uuid = serializers.UUIDField()
    version = serializers.IntegerField()
    href = Href("signatures")
    summit = SummitRefSerializer()
    document = DocumentRefSerializer(allow_null=True, help_text="The document under which it stands; empty: the summit itself.")
    verb = serializers.CharField()
    label = serializers.SerializerMethodField()  # type: ignore[assignment]
    office = serializers.CharField(help_text="Which of the two offices signed: spt.secretary or segib.approver.")
    seat = SeatRefSerializer()
    inputs = serializers.DictField(child=serializers.CharField(), help_text="What the signature names.")
    signed_at = Instant(zone="summit.zone")
    waiting = serializers.SerializerMethodField()
    spent_at = Instant(zone="summit.zone", allow_null=True)
    dropped_at = Instant(zone="summit.zone", allow_null=True)
    dropped_reason = serializers.CharField()
    declined_by = SeatRefSerializer(allow_null=True)

    def get_label(self, signature: Any) -> str:
        return str(verbs_of(Document if signature.document else Summit)[signature.verb][0].label)

    def get_waiting(self, signature: Any) -> bool:
        return signature.spent_at is None and signature.dropped_at is None


class HandoverSerializer(serializers.Serializer):
    """The handover to the next host, named or stated as pending."""

    recorded_at = Instant(source="handover_recorded_at", zone="zone", allow_null=True)
    note = serializers.CharField(source="handover_note")
    successor = PartyRefSerializer(allow_null=True)
    successor_pending = serializers.BooleanField()


class SummitSerializer(serializers.Serializer):
    """One Ibero-American Summit: where it stands, when and where it is held, and what may be done to it."""

    uuid = serializers.UUIDField()
    version = serializers.IntegerField()
    href = Href("summits")
    page = serializers.SerializerMethodField()
    number = serializers.IntegerField()
    roman = serializers.CharField()
    slug = serializers.CharField()
    city = serializers.CharField()
    zone = serializers.CharField()
    host = PartyRefSerializer(allow_null=True)
    secretariat = serializers.SerializerMethodField(help_text="The present Pro Tempore Secretariat.")
    opening_on = serializers.DateField(allow_null=True, help_text="Local day of the host city.")
    closing_on = serializers.DateField(allow_null=True)
    theme = Texts()
    motto = Texts()
    declaration = serializers.CharField(help_text="Of a past summit: what it adopted.")
    note = serializers.CharField()
    is_record = serializers.BooleanField(help_text="A past summit, kept as a record.")
    is_demonstration = serializers.BooleanField()
    state = serializers.ChoiceField(SummitState.choices)
    state_label = Label(SummitState, source="state")
    state_since = Instant(zone="zone", allow_null=True)
    resumes_to = serializers.ChoiceField([*SummitState.choices, ""], help_text="While postponed: the state that it left.")
    others_see = serializers.ChoiceField(OthersSee.choices, help_text="From when delegations see what another has submitted.")
    min_window_hours = serializers.IntegerField(help_text="The shortest window for comments on a text.")
    communiques_until = Instant(zone="zone", allow_null=True)
    template = serializers.UUIDField(source="template.uuid", default=None, allow_null=True)
    handover = HandoverSerializer(source="*")
    phases = serializers.SerializerMethodField()
    waiting_signatures = serializers.SerializerMethodField()
    available_actions = serializers.SerializerMethodField()

    def get_page(self, summit: Any) -> str | None:
        return self.context["pages"][summit.pk]

    @extend_schema_field(PartyRefSerializer(allow_null=True))
    def get_secretariat(self, summit: Any) -> Any:
        found = summit.present_secretariats
        return PartyRefSerializer(found[0]).data if found else None

    @extend_schema_field(PhaseSerializer(many=True))
    def get_phases(self, summit: Any) -> Any:
        return PhaseSerializer(summit.phases.all(), many=True, context={"opening_on": summit.opening_on}).data

    @extend_schema_field(SignatureSerializer(many=True))
    def get_waiting_signatures(self, summit: Any) -> Any:
        return SignatureSerializer(self.context["waiting"].get(summit.pk, []), many=True, context=self.context).data

    @extend_schema_field(ActionSerializer(many=True))
    def get_available_actions(self, summit: Any) -> Any:
        return self.context["actions"][summit.pk]


class SummitListQuery(ListQuery):
    """By what a list of summits is narrowed."""

    state = OneOrMore(SummitState, required=False)
    number = serializers.IntegerField(required=False, min_value=1, max_value=200)
    is_record = serializers.BooleanField(required=False, allow_null=True, default=None)


class NewSummitInput(StrictInput):
    """A summit to prepare; the place and the days may come later."""

    number = serializers.IntegerField(min_value=1, max_value=199)
    host = serializers.CharField(required=False, max_length=36, help_text="The delegation's code or uuid.")
    city = serializers.CharField(required=False, max_length=80)
    zone = serializers.CharField(required=False, max_length=40)
    opening_on = DateInput(required=False)
    closing_on = DateInput(required=False)


class SummitChangeInput(StrictInput):
    """What the summit is about, by language, and from when delegations see each other's answers."""

    theme = limit_texts(300)
    motto = limit_texts(200)
    others_see = serializers.ChoiceField(OthersSee.choices, required=False)
    min_window_hours = serializers.IntegerField(required=False, min_value=1, max_value=LONGEST_WINDOW)
    communiques_until = InstantInput(required=False, allow_null=True)


class ChangeDateInput(StrictInput):
    """A new opening day; empty only while the summit is postponed."""

    opening_on = DateInput(allow_null=True)
    closing_on = DateInput(required=False, allow_null=True)
    reason = serializers.CharField(max_length=2000)


class ChangePlaceInput(StrictInput):
    """A new host city."""

    city = serializers.CharField(max_length=80)
    zone = serializers.CharField(required=False, max_length=40)
    reason = serializers.CharField(max_length=2000)


class ChangeHostInput(StrictInput):
    """A new host, by a recorded decision."""

    host = serializers.CharField(max_length=36)
    city = serializers.CharField(required=False, max_length=80)
    zone = serializers.CharField(required=False, max_length=40)
    decision = serializers.UUIDField()
    reason = serializers.CharField(max_length=2000)


class HandoverInput(StrictInput):
    """The next host; empty states that it is pending."""

    successor = serializers.CharField(max_length=36, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True, max_length=20_000)


class CopyTemplateInput(StrictInput):
    """The template to copy into a summit that has no checklist yet."""

    template = serializers.UUIDField()


class DisputeInput(StrictInput):
    """Two persons claim to speak for a country."""

    party = serializers.CharField(max_length=36)
    claims = serializers.CharField(max_length=20_000)


class SettleInput(StrictInput):
    """The ministers' decision that ends a dispute."""

    party = serializers.CharField(max_length=36)
    decision = serializers.UUIDField()


class ReasonInput(StrictInput):
    """A reason in words."""

    reason = serializers.CharField(max_length=20_000)


class NothingInput(StrictInput):
    """Nothing needs to be sent: an empty object."""


class SignatureListQuery(ListQuery):
    """By what a list of signatures is narrowed."""

    summit = SummitName(required=False)
    waiting = serializers.BooleanField(required=False, allow_null=True, default=None)


class ExportQuery(StrictInput):
    """How the exported template is numbered."""

    version = serializers.IntegerField(required=False, min_value=1, max_value=1_000_000)


class ExportSerializer(serializers.Serializer):
    """A running summit's checklist as the YAML of a template."""

    text = serializers.CharField()
