"""A summit, its phases and the signatures that wait for a second one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import F, Q

from workflows.models.base import Entity, OfSummitQuerySet, in_language, machine_triggers, never_emptied, one_of
from workflows.models.summit_machine import SummitMachine
from workflows.states import OthersSee, PartyKind, SummitState

if TYPE_CHECKING:
    from datetime import date

    from workflows.rules.facts import Actor

S = SummitState


class SummitQuerySet(models.QuerySet["Summit"]):
    """Summits by what an actor may see."""

    def visible_to(self, actor: Actor | None) -> SummitQuerySet:
        """Return the records of past summits, and the present ones of which the actor's party is a part."""
        if actor is None or actor.party_kind == PartyKind.SEGIB:
            return self
        if actor.rights_ended:
            return self.filter(is_record=True)
        return self.filter(
            Q(is_record=True)
            | Q(pk=actor.summit_id)
            | Q(pk__in=Summit.objects.filter(participations__party_id=actor.party_id).values("pk"))
            | Q(pk__in=Summit.objects.filter(troika__party_id=actor.party_id, troika__until_on__isnull=True).values("pk"))
        )


class Summit(SummitMachine, Entity):
    """One Ibero-American Summit; its number is never a year."""

    number = models.PositiveSmallIntegerField(unique=True)
    roman = models.CharField(max_length=12, unique=True)
    city = models.CharField(max_length=80, blank=True)
    host = models.ForeignKey("Party", models.PROTECT, null=True, blank=True, related_name="hosted_summits")
    zone = models.CharField(max_length=40, default="UTC")
    opening_on = models.DateField(null=True, blank=True)
    closing_on = models.DateField(null=True, blank=True)
    theme_es = models.CharField(max_length=300, blank=True)
    theme_pt = models.CharField(max_length=300, blank=True)
    theme_en = models.CharField(max_length=300, blank=True)
    motto_es = models.CharField(max_length=200, blank=True)
    motto_pt = models.CharField(max_length=200, blank=True)
    motto_en = models.CharField(max_length=200, blank=True)
    declaration = models.CharField(max_length=200, blank=True, help_text="Of a past summit: what it adopted")
    note = models.TextField(blank=True)
    is_record = models.BooleanField(default=False, help_text="A past summit, kept as a record: nothing of it moves")
    is_demonstration = models.BooleanField(default=False)
    others_see = models.CharField(max_length=16, choices=OthersSee, default=OthersSee.WINDOW_CLOSED)
    template = models.ForeignKey("ChecklistTemplate", models.PROTECT, null=True, blank=True, related_name="summits")
    protocol_list = models.ForeignKey("ProtocolList", models.PROTECT, null=True, blank=True, related_name="+")
    handover_recorded_at = models.DateTimeField(null=True, blank=True)
    handover_note = models.TextField(blank=True)
    successor = models.ForeignKey("Party", models.PROTECT, null=True, blank=True, related_name="+")
    successor_pending = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SummitQuerySet.as_manager()

    class Meta:
        triggers = machine_triggers(SummitMachine, initial=S.HANDOVER, born_elsewhere="NEW.is_record")
        constraints = [
            one_of("state", SummitState),
            one_of("others_see", OthersSee),
            models.CheckConstraint(
                condition=Q(closing_on__isnull=True) | Q(closing_on__gte=F("opening_on")), name="summit_days_in_order"
            ),
            models.CheckConstraint(condition=~Q(number__gte=1900), name="summit_number_is_no_year"),
            models.CheckConstraint(
                condition=Q(state=S.POSTPONED) & ~Q(resumes_to="") | ~Q(state=S.POSTPONED) & Q(resumes_to=""),
                name="summit_postponed_remembers",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.roman} {self.city}"

    @property
    def slug(self) -> str:
        """The summit's place in an address: its number in small Roman figures."""
        return self.roman.lower()

    @property
    def theme(self) -> str:
        """The central theme in the active language."""
        return in_language(self, "theme")

    @property
    def motto(self) -> str:
        """The motto in the active language."""
        return in_language(self, "motto")


class Phase(models.Model):
    """A phase of a summit's checklist: it opens so many days from the opening day and belongs to a state."""

    summit = models.ForeignKey(Summit, models.CASCADE, related_name="phases")
    code = models.SlugField(max_length=16)
    state = models.CharField(max_length=24, choices=SummitState)
    position = models.PositiveSmallIntegerField()
    opens_offset = models.SmallIntegerField(help_text="Days from the opening day")
    title_es = models.CharField(max_length=80)
    title_pt = models.CharField(max_length=80)
    title_en = models.CharField(max_length=80)

    objects = OfSummitQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of("state", SummitState),
            models.UniqueConstraint(fields=["summit", "code"], name="phase_code_once"),
            models.UniqueConstraint(fields=["summit", "state"], name="phase_state_once"),
            models.UniqueConstraint(fields=["summit", "position"], name="phase_position_once"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def title(self) -> str:
        """The phase's name in the active language."""
        return in_language(self, "title")

    def opens_on(self, opening_on: date) -> date:
        """Return the local date in the host city on which the phase opens, for an opening day."""
        return opening_on + timedelta(days=self.opens_offset)


class SignatureQuerySet(models.QuerySet["Signature"]):
    """Signatures by whether they still wait."""

    def waiting(self) -> SignatureQuerySet:
        """Return those that wait for a second one."""
        return self.filter(spent_at__isnull=True, dropped_at__isnull=True)

    def visible_to(self, actor: Actor | None) -> SignatureQuerySet:
        """Return those of the summits of the actor's secretariat."""
        if actor is None or actor.party_kind == PartyKind.SEGIB:
            return self
        if actor.party_kind != PartyKind.SPT or actor.rights_ended:
            return self.none()
        return self.filter(summit_id=actor.summit_id)


class Signature(Entity):
    """The first of two signatures under a transition of the summit, bound to the digest of the named inputs."""

    summit = models.ForeignKey(Summit, models.CASCADE, related_name="signatures")
    verb = models.CharField(max_length=40)
    office = models.CharField(max_length=24)
    digest = models.CharField(max_length=64)
    inputs = models.JSONField(default=dict)
    seat = models.ForeignKey("Seat", models.PROTECT, related_name="+")
    person = models.ForeignKey("Person", models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    spent_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_reason = models.TextField(blank=True)
    declined_by = models.ForeignKey("Seat", models.PROTECT, null=True, blank=True, related_name="+")

    objects = SignatureQuerySet.as_manager()

    class Meta:
        triggers = [never_emptied(), pgtrigger.Protect(name="signatures_are_kept", operation=pgtrigger.Delete)]
        constraints = [
            models.UniqueConstraint(
                fields=["summit", "verb"],
                condition=Q(spent_at__isnull=True, dropped_at__isnull=True),
                name="signature_one_waiting",
            ),
            models.CheckConstraint(
                condition=Q(dropped_at__isnull=True) | ~Q(dropped_reason=""), name="signature_dropped_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} by {self.office}"
