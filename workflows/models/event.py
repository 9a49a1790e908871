"""The record: events numbered and chained per summit, append-only; personal payload lies beside the chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from workflows.models.base import never_emptied, new_uuid, one_of
from workflows.models.summit import Summit
from workflows.states import Channel, PartyKind

if TYPE_CHECKING:
    from workflows.rules.facts import Actor


class Chain(models.Model):
    """The head of a chain of events: one per summit, and one (`summit` null) for what belongs to none."""

    summit = models.OneToOneField(Summit, models.PROTECT, null=True, blank=True, related_name="chain")
    number = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["summit"], nulls_distinct=False, name="chain_one_without_summit"),
        ]
        triggers = [
            never_emptied(),
            pgtrigger.Protect(name="chain_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="chain_only_grows",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.number <> OLD.number + 1"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.summit_id}: {self.number}"


ON_TEXTS = ("document", "paragraph", "proposal")
"""Nouns of what happens to texts."""


class EventQuerySet(models.QuerySet["Event"]):
    """Events by what an actor may see."""

    def visible_to(self, actor: Actor | None) -> EventQuerySet:
        """Return the events that the actor may see.

        SEGIB sees all, an SPT all of its summit; a delegation or body those addressed to all (`audience` null) or to it,
        in the summits of which it is part. What belongs to no summit is the secretariats' and the named parties'.
        What a party did in private (`is_private`) is its own, whoever asks. Texts concern bodies once they are published.
        """
        if actor is None:
            return self
        if actor.rights_ended:
            return self.none()
        return self.exclude(~Q(actor_party_id=actor.party_id), is_private=True)._addressed_to(actor)

    def _addressed_to(self, actor: Actor) -> EventQuerySet:
        if actor.party_kind == PartyKind.SEGIB:
            return self
        named = Q(audience__contains=[actor.party_id])
        if actor.party_kind == PartyKind.SPT:
            read = {"troika__party_id": actor.party_id, "troika__reads_record": True, "troika__until_on__isnull": True}
            troika = Summit.objects.filter(**read)
            return self.filter(
                Q(summit_id=actor.summit_id) | named | Q(summit_id__in=troika.values("pk"), audience__isnull=True)
            )
        if actor.party_kind == PartyKind.OBSERVER:
            return self.filter(named)
        taking_part = Summit.objects.filter(participations__party_id=actor.party_id)
        to_all = Q(audience__isnull=True, summit_id__in=taking_part.values("pk"))
        if actor.party_kind == PartyKind.BODY:
            to_all &= ~Q(noun__in=ON_TEXTS) | Q(verb__in=["document.publish", "document.corrigendum"])
        return self.filter(named | to_all)


class Event(models.Model):
    """One fact: who, for whom, through which channel, when, from, to, why; hash of this and of the one before.

    No foreign key leads to live rows, so that the record never hinders them: actors and objects are ids. The reason and all
    personal or confidential payload are in `EventPayload`; the chain holds their salted digest only.
    """

    uuid = models.UUIDField(default=new_uuid, unique=True, editable=False)
    chain_id = models.BigIntegerField()
    number = models.PositiveBigIntegerField()
    summit_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    occurred_at = models.DateTimeField(null=True)
    verb = models.CharField(max_length=64)
    noun = models.CharField(max_length=24)
    object_uuid = models.UUIDField()
    object_label = models.CharField(max_length=80)
    source = models.CharField(max_length=24, blank=True)
    target = models.CharField(max_length=24, blank=True)
    channel = models.CharField(max_length=12, choices=Channel)
    actor_seat_id = models.BigIntegerField(null=True)
    actor_person_id = models.BigIntegerField(null=True)
    actor_party_id = models.BigIntegerField(null=True)
    for_party_id = models.BigIntegerField(null=True)
    audience = ArrayField(models.BigIntegerField(), null=True, help_text="Parties besides the secretariats; null: all")
    is_private = models.BooleanField(default=False, help_text="The acting party alone reads it: a draft is its own")
    payload_digest = models.CharField(max_length=64, blank=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    objects = EventQuerySet.as_manager()

    class Meta:
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            never_emptied(),
        ]
        constraints = [
            one_of("channel", Channel),
            models.UniqueConstraint(fields=["chain_id", "number"], name="event_number_once"),
        ]
        indexes = [
            models.Index(fields=["object_uuid", "number"], name="event_of_object"),
            models.Index(fields=["summit_id", "-number"], name="event_of_summit"),
            GinIndex(fields=["audience"], name="event_audience"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.verb} {self.object_label}"


class EventPayloadQuerySet(models.QuerySet["EventPayload"]):
    """Payloads by what an actor may see."""

    def visible_to(self, actor: Actor | None) -> EventPayloadQuerySet:
        """Return those of the events that the actor may see."""
        return self if actor is None else self.filter(event_uuid__in=Event.objects.visible_to(actor).values("uuid"))


class EventPayload(models.Model):
    """What an event carries beside the chain: it can be erased, and the chain still verifies."""

    event_uuid = models.UUIDField(unique=True)
    salt = models.CharField(max_length=64)
    reason = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    erased_at = models.DateTimeField(null=True, blank=True)
    erased_why = models.CharField(max_length=200, blank=True)

    objects = EventPayloadQuerySet.as_manager()

    class Meta:
        triggers = [
            never_emptied(),
            pgtrigger.Protect(name="payload_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="payload_changes_by_erasure_alone",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.erased_at IS NULL OR OLD.erased_at IS NOT NULL"),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(reason="", data={}) & ~Q(erased_why=""),
                name="eventpayload_erased_is_empty",
            ),
        ]

    def __str__(self) -> str:
        return str(self.event_uuid)
