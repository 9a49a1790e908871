"""Deadlines: one row, one instant, read by every surface; and the days off that a country adds or takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from workflows.models.base import Entity, SeenThroughQuerySet, never_emptied, one_of
from workflows.models.document import Document
from workflows.models.task import Task
from workflows.states import CalendarPolicy, OffsetUnit, TimeOfDay

if TYPE_CHECKING:
    from workflows.rules.facts import Actor


class DayOverride(models.Model):
    """A day that a country declares off, or worked, against its usual calendar."""

    country = models.CharField(max_length=2)
    day = models.DateField()
    is_off = models.BooleanField()
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["country", "day"], name="dayoverride_once")]

    def __str__(self) -> str:
        return f"{self.country} {self.day}"


class DeadlineQuerySet(models.QuerySet["Deadline"]):
    """Deadlines by whether they are open and by what an actor may see."""

    def open(self) -> DeadlineQuerySet:
        """Return those whose work is still owed."""
        return self.filter(closed_at__isnull=True)

    def visible_to(self, actor: Actor | None) -> DeadlineQuerySet:
        """Return those of the tasks and documents that the actor may see."""
        if actor is None:
            return self
        return self.filter(Q(task__in=Task.objects.visible_to(actor)) | Q(document__in=Document.objects.visible_to(actor)))


class Deadline(Entity):
    """What it belongs to, how it is set, and the instant that follows; nothing else computes one.

    By rule: an anchor (the opening day, or a meeting), an offset, a calendar and an hour. Or pinned: by hand, with who and why.
    `due_at` is null while the anchor has no date.
    """

    summit = models.ForeignKey("Summit", models.CASCADE, related_name="deadlines")
    task = models.OneToOneField(Task, models.CASCADE, null=True, blank=True, related_name="deadline")
    document = models.OneToOneField(
        Document, models.CASCADE, null=True, blank=True, related_name="deadline", help_text="Its window for comments"
    )
    anchor = models.ForeignKey(
        "Meeting", models.PROTECT, null=True, blank=True, related_name="anchored", help_text="Null: the opening day"
    )
    offset = models.SmallIntegerField(default=0)
    unit = models.CharField(max_length=12, choices=OffsetUnit, default=OffsetUnit.DAYS)
    calendar = models.CharField(max_length=12, choices=CalendarPolicy, default=CalendarPolicy.NONE)
    time_of_day = models.CharField(max_length=24, choices=TimeOfDay, default=TimeOfDay.END_OF_DAY_HOST)
    exact_time = models.TimeField(null=True, blank=True)
    exact_zone = models.CharField(max_length=40, blank=True)
    later = models.BooleanField(default=False, help_text="A day off moves it later instead of earlier")
    pinned_at = models.DateTimeField(null=True, blank=True, help_text="When it was fixed by hand")
    pinned_by = models.ForeignKey("Seat", models.PROTECT, null=True, blank=True, related_name="+")
    pinned_reason = models.TextField(blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True, help_text="The local date by which it is written")
    counted_on = models.DateField(null=True, blank=True, help_text="The date before a calendar moved it")
    moved_by = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    zone = models.CharField(max_length=40, default="UTC", help_text="The zone in which its hour is written")
    revision = models.PositiveIntegerField(default=1, help_text="Rises only when the instant changes (SEQUENCE)")
    set_at = models.DateTimeField(help_text="When it was set or last moved: rungs that had passed by then are not sent")
    closed_at = models.DateTimeField(null=True, blank=True)
    ladder = models.ForeignKey("Ladder", models.PROTECT, null=True, blank=True, related_name="+")
    next_wake_at = models.DateTimeField(null=True, blank=True)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of("unit", OffsetUnit),
            one_of("calendar", CalendarPolicy),
            one_of("time_of_day", TimeOfDay),
            models.CheckConstraint(
                condition=Q(task__isnull=False, document__isnull=True) | Q(task__isnull=True, document__isnull=False),
                name="deadline_has_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(pinned_at__isnull=True, pinned_by__isnull=True)
                | Q(pinned_at__isnull=False, due_at__isnull=False) & ~Q(pinned_reason=""),
                name="deadline_pinned_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(time_of_day=TimeOfDay.EXACT) | Q(exact_time__isnull=False) & ~Q(exact_zone=""),
                name="deadline_exact_hour_has_zone",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(next_wake_at__isnull=True), name="deadline_closed_never_wakes"
            ),
        ]
        indexes = [
            models.Index(fields=["next_wake_at"], condition=Q(closed_at__isnull=True), name="deadline_to_wake"),
            models.Index(fields=["summit", "due_at", "id"], name="deadline_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} {self.due_at}"

    @property
    def is_pinned(self) -> bool:
        """Whether it was fixed by hand and no anchor moves it."""
        return self.pinned_at is not None


class DeadlineChangeQuerySet(SeenThroughQuerySet):
    """Moves of deadlines."""

    owner = "deadline"


class DeadlineChange(models.Model):
    """The history of a deadline: from, to, who, why."""

    deadline = models.ForeignKey(Deadline, models.CASCADE, related_name="changes")
    revision = models.PositiveIntegerField()
    from_at = models.DateTimeField(null=True, blank=True)
    to_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("Seat", models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True)

    objects = DeadlineChangeQuerySet.as_manager()

    class Meta:
        triggers = [never_emptied(), pgtrigger.Protect(name="history_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)]
        constraints = [
            models.UniqueConstraint(fields=["deadline", "revision"], name="deadlinechange_revision_once"),
            models.CheckConstraint(condition=~Q(from_at=F("to_at")), name="deadlinechange_moves"),
        ]

    def __str__(self) -> str:
        return f"{self.deadline_id} r{self.revision}"
