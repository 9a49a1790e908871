"""API tokens of seats, and the answers kept so that nothing is done twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from workflows.models.base import Entity

if TYPE_CHECKING:
    from workflows.rules.facts import Actor


class TokenQuerySet(models.QuerySet["Token"]):
    """Tokens by what an actor may see."""

    def visible_to(self, actor: Actor | None) -> TokenQuerySet:
        """Return those of the actor's own seat."""
        return self if actor is None else self.filter(seat_id=actor.seat_id)


class Token(Entity):
    """A token of one seat, and so of one party; it counts as the seat's holder in every rule, four eyes too."""

    seat = models.ForeignKey("Seat", models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=16, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=40), help_text="`<resource>:<read|write>`, or `*:read`, `*:write`")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("Person", models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(scopes__len__gt=0), name="token_has_scopes")]

    def __str__(self) -> str:
        return self.prefix


class IdempotentAnswer(models.Model):
    """The first answer to a POST with an Idempotency-Key; its claim is committed first, with a lease."""

    caller = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=300)
    body_digest = models.CharField(max_length=64)
    claimed_at = models.DateTimeField()
    lease_until = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caller", "key"], name="idempotentanswer_once")]
        indexes = [models.Index(fields=["claimed_at"], name="idempotentanswer_by_age")]

    def __str__(self) -> str:
        return self.key


class RequestCount(models.Model):
    """How many calls an account has made in its latest minute; one row an account."""

    caller = models.CharField(max_length=40, unique=True)
    minute = models.BigIntegerField(help_text="Minutes since 1970")
    count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.caller}: {self.count}"
