"""The outbox: a mail is a row with a state, made in the transaction that causes it and sent after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from workflows.models.base import Entity, one_of
from workflows.states import Language, MessageState, PartyKind

if TYPE_CHECKING:
    from workflows.rules.facts import Actor


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages by state and by what an actor may see."""

    def visible_to(self, actor: Actor | None) -> MessageQuerySet:
        """Return all for SEGIB, the summit's for its SPT, and what its own seats were sent for everybody else."""
        if actor is None or actor.party_kind == PartyKind.SEGIB:
            return self
        if actor.party_kind == PartyKind.SPT and not actor.rights_ended:
            return self.filter(Q(summit_id=actor.summit_id) | Q(seat__party_id=actor.party_id))
        return self.filter(seat__party_id=actor.party_id)


class Message(Entity):
    """A mail to one seat; its holder is found when it is sent, its text is rendered then and frozen.

    `key` is `<kind>:<cause>:<recipient>` and unique: a cause tells a seat once. Message-ID follows from the key.
    `lease_until` and `token` say who is sending it; only the holder of the token may mark it.
    """

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=40)
    summit = models.ForeignKey("Summit", models.CASCADE, null=True, blank=True, related_name="messages")
    seat = models.ForeignKey("Seat", models.PROTECT, null=True, blank=True, related_name="messages")
    person = models.ForeignKey("Person", models.PROTECT, null=True, blank=True, related_name="+")
    task = models.ForeignKey("Task", models.CASCADE, null=True, blank=True, related_name="+")
    meeting = models.ForeignKey("Meeting", models.CASCADE, null=True, blank=True, related_name="+")
    document = models.ForeignKey("Document", models.CASCADE, null=True, blank=True, related_name="+")
    context = models.JSONField(default=dict, help_text="Ids and dates that the text needs; no text of a draft")
    state = models.CharField(max_length=12, choices=MessageState, default=MessageState.QUEUED)
    queued_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    token = models.UUIDField(null=True, blank=True)
    to_address = models.EmailField(blank=True)
    language = models.CharField(max_length=5, choices=Language, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    cancelled_reason = models.CharField(max_length=40, blank=True)
    held_by = models.ForeignKey("Seat", models.PROTECT, null=True, blank=True, related_name="+")

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of("state", MessageState),
            models.CheckConstraint(condition=Q(seat__isnull=False) | Q(person__isnull=False), name="message_to_somebody"),
            models.CheckConstraint(
                condition=~Q(state=MessageState.SENT) | Q(sent_at__isnull=False), name="message_sent_has_hour"
            ),
            models.CheckConstraint(
                condition=Q(state=MessageState.SENDING, lease_until__isnull=False, token__isnull=False)
                | ~Q(state=MessageState.SENDING),
                name="message_sending_has_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state=MessageState.CANCELLED) | ~Q(cancelled_reason=""),
                name="message_cancelled_with_reason",
            ),
            models.CheckConstraint(condition=Q(next_attempt_at__gte=F("queued_at")), name="message_not_before_queued"),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=Q(state__in=[MessageState.QUEUED, MessageState.SENDING]),
                name="message_to_send",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Heartbeat(models.Model):
    """When sweep and delivery last ran, for those who watch."""

    name = models.SlugField(max_length=24, primary_key=True)
    beat_at = models.DateTimeField()
    detail = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name
