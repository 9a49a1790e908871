"""Shapes of deadlines: the instant, the rule that gave it, what moved it."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.links import address
from api.shapes.fields import (
    DocumentRefSerializer,
    Href,
    Instant,
    InstantInput,
    SeatRefSerializer,
    StrictInput,
    SummitRefSerializer,
)
from api.shapes.queries import ListQuery, SummitName
from workflows.states import CalendarPolicy, OffsetUnit, TimeOfDay

OPENING_DAY = "opening_day"


class RuleSerializer(serializers.Serializer):
    """How a deadline follows from its anchor: the opening day, or a meeting by its code."""

    anchor = serializers.SerializerMethodField()
    offset = serializers.IntegerField()
    unit = serializers.ChoiceField(OffsetUnit.choices)
    calendar = serializers.ChoiceField(CalendarPolicy.choices)
    time_of_day = serializers.ChoiceField(TimeOfDay.choices)
    exact_time = serializers.TimeField(format="%H:%M", allow_null=True)
    exact_zone = serializers.CharField()
    later = serializers.BooleanField(help_text="A day off moves it later instead of earlier.")

    def get_anchor(self, deadline: Any) -> str:
        return deadline.anchor.code if deadline.anchor else OPENING_DAY


class PinSerializer(serializers.Serializer):
    """That a deadline was fixed by hand: when, by whom, why."""

    at = Instant(source="pinned_at", zone="zone")
    by = SeatRefSerializer(source="pinned_by", allow_null=True)
    reason = serializers.CharField(source="pinned_reason")


class DeadlineSerializer(serializers.Serializer):
    """One instant, read by every surface; `pinned` when no anchor moves it any more."""

    uuid = serializers.UUIDField()
    version = serializers.IntegerField()
    href = Href("deadlines")
    summit = SummitRefSerializer()
    task = serializers.SerializerMethodField(help_text="The task that is due; empty for the window of a text.")
    document = DocumentRefSerializer(allow_null=True, help_text="The text on which comments are taken until then.")
    due_at = Instant(zone="zone", allow_null=True, help_text="Empty while its anchor has no date.")
    due_on = serializers.DateField(allow_null=True, help_text="The local day by which it is written.")
    counted_on = serializers.DateField(allow_null=True, help_text="The day before a calendar moved it.")
    moved_by = serializers.ListField(child=serializers.CharField(), help_text="Countries whose days off moved it.")
    rule = RuleSerializer(source="*")
    pinned = serializers.SerializerMethodField()
    revision = serializers.IntegerField(help_text="Rises only when the instant changes.")
    set_at = Instant(zone="zone")
    closed_at = Instant(zone="zone", allow_null=True, help_text="Since when its work is no longer owed.")
    overdue = serializers.SerializerMethodField()
    ladder = serializers.CharField(source="ladder.code", default=None, allow_null=True, help_text="By which it is reminded of.")

    @extend_schema_field({"anyOf": [{"$ref": "#/components/schemas/TaskRef"}, {"type": "null"}]})
    def get_task(self, deadline: Any) -> Any:
        task = deadline.task
        return task and {"uuid": str(task.uuid), "code": task.code, "href": address("tasks", task.uuid)}

    @extend_schema_field(PinSerializer(allow_null=True))
    def get_pinned(self, deadline: Any) -> Any:
        return PinSerializer(deadline, context=self.context).data if deadline.is_pinned else None

    def get_overdue(self, deadline: Any) -> bool:
        return deadline.closed_at is None and deadline.due_at is not None and deadline.due_at < self.context["now"]


class DeadlineChangeSerializer(serializers.Serializer):
    """One move of a deadline: from, to, who, why."""

    revision = serializers.IntegerField()
    from_at = Instant(zone="deadline.zone", allow_null=True)
    to_at = Instant(zone="deadline.zone", allow_null=True)
    changed_at = Instant(zone="deadline.zone")
    changed_by = SeatRefSerializer(allow_null=True)
    reason = serializers.CharField()


class RuleInput(StrictInput):
    """A rule: so many days, working days or weeks before (negative) or after an anchor, by a calendar, at an hour."""

    anchor = serializers.CharField(required=False, max_length=40, help_text="`opening_day`, or the code of a meeting.")
    offset = serializers.IntegerField(min_value=-2000, max_value=2000)
    unit = serializers.ChoiceField(OffsetUnit.choices, required=False)
    calendar = serializers.ChoiceField(CalendarPolicy.choices, required=False)
    time_of_day = serializers.ChoiceField(TimeOfDay.choices, required=False)
    exact_time = serializers.TimeField(required=False)
    exact_zone = serializers.CharField(required=False, max_length=40)
    later = serializers.BooleanField(required=False)

    def validate_exact_zone(self, value: str) -> str:
        """Only zones that exist."""
        if value not in available_timezones():
            raise serializers.ValidationError(_("This time zone is not known."))
        return value

    def validate(self, attrs: Any) -> Any:
        """An exact hour needs its hour and its zone."""
        exact = attrs.get("time_of_day") == TimeOfDay.EXACT
        if exact and not (attrs.get("exact_time") and attrs.get("exact_zone")):
            raise serializers.ValidationError({"exact_time": _("An exact hour needs both the hour and the zone.")})
        return attrs


class RuleChangeInput(RuleInput):
    """A rule, and why it is set."""

    reason = serializers.CharField(required=False, max_length=2000)


class PinInput(StrictInput):
    """An instant fixed by hand, and why."""

    due_at = InstantInput()
    reason = serializers.CharField(max_length=2000)


class DeadlineListQuery(ListQuery):
    """By what a list of deadlines is narrowed."""

    summit = SummitName(required=False)
    open = serializers.BooleanField(required=False, allow_null=True, default=None, help_text="Whether its work is still owed.")
    overdue = serializers.BooleanField(required=False, allow_null=True, default=None)
