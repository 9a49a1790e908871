"""Parties of the Conference, their seats, who holds a seat from when to when, and the order of protocol."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from workflows.models.base import Entity, OfSummitQuerySet, in_language, one_of
from workflows.states import SEVERAL, Language, PartyKind, SeatRole, TroikaPlace

if TYPE_CHECKING:
    from workflows.rules.facts import Actor


class PartyQuerySet(models.QuerySet["Party"]):
    """Parties by kind and by what an actor may see."""

    def visible_to(self, actor: Actor | None) -> PartyQuerySet:
        """Return the parties that the actor may see: all but the secretariats of summits of which it is not part."""
        if actor is None or actor.party_kind == PartyKind.SEGIB:
            return self
        mine = (
            Q(summit__participations__party_id=actor.party_id)
            | Q(pk=actor.party_id)
            | Q(summit__troika__party_id=actor.party_id, summit__troika__until_on__isnull=True)
        )
        return self.filter(~Q(kind=PartyKind.SPT) | Q(pk__in=Party.objects.filter(mine).values("pk")))


class Party(Entity):
    """A party of the Conference; `summit` is set for an SPT alone, which is one summit's and has a host country."""

    kind = models.CharField(max_length=12, choices=PartyKind)
    code = models.SlugField(max_length=12, unique=True)
    name_es = models.CharField(max_length=120)
    name_pt = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    list_name_es = models.CharField(max_length=120)
    list_name_pt = models.CharField(max_length=120)
    list_name_en = models.CharField(max_length=120)
    official_name_es = models.CharField(max_length=160, blank=True)
    official_name_pt = models.CharField(max_length=160, blank=True)
    official_name_en = models.CharField(max_length=160, blank=True)
    foreign_ministry = models.CharField(max_length=160, blank=True)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166 code whose calendar the party keeps")
    city = models.CharField(max_length=80, blank=True)
    zone = models.CharField(max_length=40)
    language = models.CharField(max_length=5, choices=Language, default=Language.ES)
    courtesy_language = models.CharField(max_length=5, blank=True)
    by_note_verbale = models.BooleanField(default=False)
    summit = models.ForeignKey("Summit", models.PROTECT, null=True, blank=True, related_name="secretariats")
    host_delegation = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="secretariats")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = PartyQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of("kind", PartyKind),
            one_of("language", Language),
            models.CheckConstraint(
                condition=Q(kind=PartyKind.SPT, summit__isnull=False) | ~Q(kind=PartyKind.SPT) & Q(summit__isnull=True),
                name="party_spt_has_summit",
            ),
            models.UniqueConstraint(
                fields=["summit"], condition=Q(ended_at__isnull=True, kind=PartyKind.SPT), name="party_one_spt_a_summit"
            ),
            models.UniqueConstraint(fields=["kind"], condition=Q(kind=PartyKind.SEGIB), name="party_one_segib"),
            models.CheckConstraint(
                condition=~Q(kind=PartyKind.DELEGATION) | ~Q(country=""), name="party_delegation_has_country"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        """The party's short name in the active language."""
        return in_language(self, "name")

    @property
    def list_name(self) -> str:
        """The party's name as it stands in lists, in the active language."""
        return in_language(self, "list_name")


class ProtocolList(models.Model):
    """An order of protocol: dated, and several exist; a summit follows one."""

    name = models.CharField(max_length=120)
    valid_from = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "valid_from"], name="protocollist_once")]

    def __str__(self) -> str:
        return f"{self.name} ({self.valid_from})"


class ProtocolPlace(models.Model):
    """The place of a party in an order of protocol."""

    protocol_list = models.ForeignKey(ProtocolList, models.CASCADE, related_name="places")
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["protocol_list", "party"], name="protocolplace_party_once"),
            models.UniqueConstraint(fields=["protocol_list", "position"], name="protocolplace_position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.party_id}"


class Participation(models.Model):
    """A party takes part in a summit from a date to a date: 22 is counted, never written."""

    summit = models.ForeignKey("Summit", models.CASCADE, related_name="participations")
    party = models.ForeignKey(Party, models.PROTECT, related_name="participations")
    position = models.PositiveSmallIntegerField()
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    representation_pending_at = models.DateTimeField(null=True, blank=True)
    representation_claims = models.TextField(blank=True)

    objects = OfSummitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["summit", "party"], name="participation_once"),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")), name="participation_dates_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party_id} in {self.summit_id}"


class Troika(models.Model):
    """A party of the Troika of a summit, from a date to a date, and what it may read."""

    summit = models.ForeignKey("Summit", models.CASCADE, related_name="troika")
    party = models.ForeignKey(Party, models.PROTECT, related_name="troika_places")
    place = models.CharField(max_length=8, choices=TroikaPlace)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    reads_checklist = models.BooleanField(default=False)
    reads_record = models.BooleanField(default=False)

    objects = OfSummitQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of("place", TroikaPlace),
            models.UniqueConstraint(
                fields=["summit", "place"], condition=Q(until_on__isnull=True), name="troika_one_open_place"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.party_id}"


class SeatQuerySet(models.QuerySet["Seat"]):
    """Seats that are open, by party and by what an actor may see."""

    def open(self) -> SeatQuerySet:
        """Return the seats that are not closed."""
        return self.filter(closed_at__isnull=True)

    def visible_to(self, actor: Actor | None) -> SeatQuerySet:
        """Return the seats in the directory that the actor may see.

        The secretariats see all; others their own party's, both secretariats', and the focal points of the rest
        (coordinators and cooperation officers), never reviewers or shared mailboxes of another party.
        """
        if actor is None or actor.party_kind == PartyKind.SEGIB:
            return self
        parties = self.filter(party__in=Party.objects.visible_to(actor))
        if actor.party_kind == PartyKind.SPT and not actor.rights_ended:
            return parties.exclude(~Q(party_id=actor.party_id) & Q(role=SeatRole.REVIEWER))
        return parties.filter(
            Q(party_id=actor.party_id)
            | Q(party__kind__in=[PartyKind.SEGIB, PartyKind.SPT, PartyKind.BODY])
            | Q(role__in=[SeatRole.NATIONAL_COORDINATOR, SeatRole.COOPERATION_OFFICER])
        )


class Seat(Entity):
    """An office in a party; work, reminders and rights belong to it, while people come and go."""

    party = models.ForeignKey(Party, models.PROTECT, related_name="seats")
    role = models.CharField(max_length=24, choices=SeatRole)
    number = models.PositiveSmallIntegerField(default=1)
    title_es = models.CharField(max_length=120, blank=True)
    title_pt = models.CharField(max_length=120, blank=True)
    title_en = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True, help_text="The office's own mailbox, where it has one")
    phone = models.CharField(max_length=40, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of("role", SeatRole),
            models.UniqueConstraint(fields=["party", "role", "number"], name="seat_once"),
            models.CheckConstraint(condition=Q(number=1) | Q(role__in=sorted(SEVERAL)), name="seat_single_roles_are_single"),
        ]

    def __str__(self) -> str:
        return f"{self.party.code}:{self.role}:{self.number}"

    @property
    def title(self) -> str:
        """The office as people read it, in the active language: its own title, else its role."""
        return in_language(self, "title") or str(SeatRole(self.role).label)


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships by date and by what an actor may see."""

    def current(self, now: datetime) -> MembershipQuerySet:
        """Return those in force on the day of `now` (UTC)."""
        day = now.astimezone(UTC).date()
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)

    def visible_to(self, actor: Actor | None) -> MembershipQuerySet:
        """Return those of the seats that the actor may see."""
        return self if actor is None else self.filter(seat__in=Seat.objects.visible_to(actor))


class DateRangeUpTo(Func):
    """`daterange(starts_on, ends_on, '[]')`, for the exclusion constraint."""

    function = "DATERANGE"
    output_field = DateRangeField()


class Membership(Entity):
    """A person in a seat from a date to a date, with the note that says so; a seat has one holder at a time."""

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="memberships")
    person = models.ForeignKey("Person", models.PROTECT, related_name="memberships")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True, help_text="The note verbale or decision that says so")
    confirmed_on = models.DateField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="membership_dates_in_order"
            ),
            ExclusionConstraint(
                name="membership_one_holder_at_a_time",
                expressions=[
                    ("seat", RangeOperators.EQUAL),
                    (DateRangeUpTo("starts_on", "ends_on", Value("[]")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.seat_id}"
