"""Meetings of a summit's calendar, their machine, attendance, agenda and decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from workflows.models.base import Entity, SeenThroughQuerySet, in_language, machine_triggers, one_of
from workflows.models.summit import Summit
from workflows.rules import guards, permissions
from workflows.rules.verbs import ANY_OPEN_STAGE, verb
from workflows.states import AttendanceLevel, DecisionSubject, MeetingKind, MeetingState, PartyKind, SummitState

if TYPE_CHECKING:
    from workflows.rules.facts import Act, Actor

M = MeetingState
MOVING = ANY_OPEN_STAGE - {SummitState.POSTPONED}


class MeetingMachine(models.Model):
    """The meeting's state and its transitions; a meeting is convened by creating it (machines: Meeting)."""

    state = FSMField(default=M.CONVENED, choices=M, protected=True, editable=False)
    begun_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @verb(source=[M.CONVENED], target=M.BEGUN, who=permissions.chairs, label=_("Begin the meeting"), stages=MOVING)
    def begin(self, act: Act) -> None:
        """The chair opens the meeting."""
        self.begun_at = act.inputs.occurred_at or act.now

    @verb(
        source=[M.BEGUN],
        target=M.HELD,
        who=permissions.chairs,
        label=_("Close the meeting"),
        guards=[guards.has_attendance],
        stages=ANY_OPEN_STAGE,
    )
    def close(self, act: Act) -> None:
        """The chair closes the meeting; what it decided stands."""
        self.closed_at = act.now

    @verb(
        source=[M.HELD],
        target=M.MINUTES_APPROVED,
        who=permissions.chairs,
        label=_("Approve the minutes"),
        stages=ANY_OPEN_STAGE,
    )
    def approve_minutes(self, act: Act) -> None:
        """The minutes are approved."""

    @verb(
        source=[M.CONVENED],
        target=M.CANCELLED,
        who=permissions.chairs,
        label=_("Cancel the meeting"),
        guards=[guards.gives_reason],
        needs=["reason"],
        stages=ANY_OPEN_STAGE,
        notices=["meeting_cancelled"],
    )
    def cancel(self, act: Act) -> None:
        """The meeting will not be held."""


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Meetings by what an actor may see."""

    def visible_to(self, actor: Actor | None) -> MeetingQuerySet:
        """Return the meetings of the actor's summits; an observer sees those that are marked for observers."""
        if actor is None or actor.party_kind == PartyKind.SEGIB:
            return self
        mine = self.filter(summit__in=Summit.objects.visible_to(actor))
        return mine.filter(open_to_observers=True) if actor.party_kind == PartyKind.OBSERVER else mine


class Meeting(MeetingMachine, Entity):
    """A meeting with the code by which guards name it; its date is an anchor, and no calendar moves it."""

    summit = models.ForeignKey(Summit, models.CASCADE, related_name="meetings")
    code = models.SlugField(max_length=40)
    kind = models.CharField(max_length=12, choices=MeetingKind)
    title_es = models.CharField(max_length=200)
    title_pt = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    convened_by = models.ForeignKey("Party", models.PROTECT, related_name="+")
    chair = models.ForeignKey("Seat", models.PROTECT, null=True, blank=True, related_name="+")
    held_on = models.DateField(null=True, blank=True, help_text="Local date of its first day; null while unknown")
    starts_at = models.DateTimeField(null=True, blank=True)
    zone = models.CharField(max_length=40)
    place = models.CharField(max_length=160, blank=True)
    opening_offset = models.SmallIntegerField(
        null=True, blank=True, help_text="Days from the opening day while its date follows it; null when fixed by hand"
    )
    open_to_observers = models.BooleanField(default=False)
    minutes = models.TextField(blank=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        triggers = machine_triggers(MeetingMachine, initial=M.CONVENED)
        constraints = [
            one_of("state", MeetingState),
            one_of("kind", MeetingKind),
            models.UniqueConstraint(fields=["summit", "code"], name="meeting_code_once"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("begun_at")), name="meeting_hours_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def title(self) -> str:
        """The meeting's name in the active language."""
        return in_language(self, "title")


class OfMeetingQuerySet(SeenThroughQuerySet):
    """Rows of a meeting."""

    owner = "meeting"


class AgendaItem(models.Model):
    """A point of a meeting's agenda."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="agenda")
    position = models.PositiveSmallIntegerField()
    text_es = models.CharField(max_length=300)
    text_pt = models.CharField(max_length=300, blank=True)
    text_en = models.CharField(max_length=300, blank=True)

    objects = OfMeetingQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "position"], name="agendaitem_position_once")]

    def __str__(self) -> str:
        return f"{self.position} {self.text_es}"

    @property
    def text(self) -> str:
        """The point in the active language."""
        return in_language(self, "text")


class Attendance(models.Model):
    """A party present at a meeting, at a level."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendance")
    party = models.ForeignKey("Party", models.PROTECT, related_name="+")
    level = models.CharField(max_length=16, choices=AttendanceLevel)
    note = models.CharField(max_length=200, blank=True)

    objects = OfMeetingQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of("level", AttendanceLevel),
            models.UniqueConstraint(fields=["meeting", "party"], name="attendance_once"),
        ]

    def __str__(self) -> str:
        return f"{self.party_id} at {self.meeting_id}"


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Decisions by what an actor may see."""

    def visible_to(self, actor: Actor | None) -> DecisionQuerySet:
        """Return those of the meetings that the actor may see."""
        return self if actor is None else self.filter(meeting__in=Meeting.objects.visible_to(actor))


class Decision(Entity):
    """What a meeting decided, in both languages, and on what; it serves a transition at most once."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="decisions")
    number = models.PositiveSmallIntegerField()
    subject = models.CharField(max_length=32, choices=DecisionSubject)
    text_es = models.TextField()
    text_pt = models.TextField()
    recorded_by = models.ForeignKey("Seat", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    spent_on = models.CharField(max_length=40, blank=True, help_text="The transition that it served")

    objects = DecisionQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of("subject", DecisionSubject),
            models.UniqueConstraint(fields=["meeting", "number"], name="decision_number_once"),
            models.CheckConstraint(condition=~Q(text_es="") & ~Q(text_pt=""), name="decision_in_both_languages"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} ({self.number})"

    @property
    def text(self) -> str:
        """The decision in the active language; texts are in Spanish and Portuguese only."""
        return self.text_pt if (get_language() or "es").startswith("pt") else self.text_es
