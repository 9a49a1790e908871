"""Ladders of reminders as data, and the ledger of what each rung did for each seat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflows.models.base import never_emptied
from workflows.states import PartyKind

if TYPE_CHECKING:
    from workflows.rules.facts import Actor


class ReminderOutcome(models.TextChoices):
    """What became of a rung."""

    QUEUED = "queued", _("Queued")
    SUPERSEDED = "superseded", _("Overtaken by a later one")
    PASSED = "passed", _("Its hour had passed when the deadline was set")
    NO_SEAT = "no_seat", _("Nobody holds the seat")


class LadderQuerySet(models.QuerySet["Ladder"]):
    """Ladders by what an actor may see."""

    def visible_to(self, actor: Actor | None) -> LadderQuerySet:
        """Return the shipped ones and the summits' own for the secretariats, none for the rest."""
        if actor is None or actor.party_kind == PartyKind.SEGIB:
            return self
        if actor.party_kind != PartyKind.SPT or actor.rights_ended:
            return self.none()
        return self.filter(Q(summit__isnull=True) | Q(summit_id=actor.summit_id))


class Ladder(models.Model):
    """A ladder: rungs at offsets from a deadline; shipped ones have no summit, a summit keeps its own copy."""

    summit = models.ForeignKey("Summit", models.CASCADE, null=True, blank=True, related_name="ladders")
    code = models.SlugField(max_length=24)
    version = models.PositiveIntegerField(default=1)

    objects = LadderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["summit", "code"], nulls_distinct=False, name="ladder_code_once"),
        ]

    def __str__(self) -> str:
        return self.code


class Rung(models.Model):
    """A rung: so many days from the deadline, reaching these roles."""

    ladder = models.ForeignKey(Ladder, models.CASCADE, related_name="rungs")
    offset_days = models.SmallIntegerField()
    reach = ArrayField(models.CharField(max_length=16))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ladder", "offset_days"], name="rung_once"),
            models.CheckConstraint(condition=Q(reach__len__gt=0), name="rung_reaches_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.offset_days:+d}"


class ReminderQuerySet(models.QuerySet["Reminder"]):
    """The ledger by what an actor may see."""

    def visible_to(self, actor: Actor | None) -> ReminderQuerySet:
        """Return the summit's for its secretariats, and to everybody else what its own seats were sent."""
        if actor is None or actor.party_kind == PartyKind.SEGIB:
            return self
        own = Q(seat__party_id=actor.party_id)
        if actor.party_kind == PartyKind.SPT and not actor.rights_ended:
            return self.filter(own | Q(deadline__summit_id=actor.summit_id))
        return self.filter(own)


class Reminder(models.Model):
    """The ledger: one row for a deadline's instant, a rung and a seat, written before the mail is queued."""

    deadline = models.ForeignKey("Deadline", models.CASCADE, related_name="reminders")
    due_at = models.DateTimeField()
    rung = models.SmallIntegerField()
    seat = models.ForeignKey("Seat", models.PROTECT, related_name="+")
    leaves_at = models.DateTimeField()
    written_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=ReminderOutcome)
    message = models.OneToOneField("Message", models.PROTECT, null=True, blank=True, related_name="reminder")

    objects = ReminderQuerySet.as_manager()

    class Meta:
        triggers = [never_emptied(), pgtrigger.Protect(name="ledger_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)]
        constraints = [
            models.UniqueConstraint(fields=["deadline", "due_at", "rung", "seat"], name="reminder_once"),
            models.CheckConstraint(
                condition=Q(outcome=ReminderOutcome.QUEUED, message__isnull=False)
                | ~Q(outcome=ReminderOutcome.QUEUED) & Q(message__isnull=True),
                name="reminder_queued_has_message",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deadline_id} {self.rung:+d} {self.seat_id}"
