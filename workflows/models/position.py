"""What a delegation says of a text: it informs the gavel and never computes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from workflows.models.base import Entity, never_emptied, one_of
from workflows.models.document import Document
from workflows.models.party import Participation
from workflows.states import Channel, OthersSee, ParagraphState, PartyKind, PositionKind

if TYPE_CHECKING:
    from workflows.rules.facts import Actor


class PositionQuerySet(models.QuerySet["Position"]):
    """Positions by whether they stand and by what an actor may see."""

    def standing(self) -> PositionQuerySet:
        """Return those that were not withdrawn or replaced."""
        return self.filter(ended_at__isnull=True)

    def weighing(self) -> PositionQuerySet:
        """Return the standing ones that weigh at the gavel: not of parties that left, nor on paragraphs that are gone.

        Who objects to a deletion is heard still.
        """
        taking_part = Participation.objects.filter(
            summit=OuterRef("document__summit"), party=OuterRef("party"), until_on__isnull=True
        )
        gone = Q(paragraph__state=ParagraphState.DELETED) | Q(paragraph__removed_at__isnull=False)
        return self.standing().filter(Exists(taking_part)).exclude(gone & ~Q(kind=PositionKind.OBJECTS_TO_DELETION))

    def visible_to(self, actor: Actor | None) -> PositionQuerySet:
        """Return its own delegation's; all for the SPT and SEGIB; others' by the summit's setting."""
        if actor is None:
            return self
        seen = self.filter(document__in=Document.objects.visible_to(actor))
        if actor.party_kind in {PartyKind.SEGIB, PartyKind.SPT}:
            return seen
        if actor.party_kind != PartyKind.DELEGATION:
            return seen.none()
        released = ~Q(document__state="circulated") | Q(taken_at__lt=F("document__circulated_at"))  # in an earlier window
        others = Q(document__summit__others_see=OthersSee.AT_ONCE) | (
            Q(document__summit__others_see=OthersSee.WINDOW_CLOSED) & released
        )
        return seen.filter(Q(party_id=actor.party_id) | others)


class Position(Entity):
    """A position of a delegation on a document, or on one of its paragraphs; a new one ends the one before."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="positions")
    paragraph = models.ForeignKey("Paragraph", models.CASCADE, null=True, blank=True, related_name="positions")
    party = models.ForeignKey("Party", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=24, choices=PositionKind)
    note = models.TextField(blank=True)
    channel = models.CharField(max_length=12, choices=Channel)
    note_number = models.CharField(max_length=80, blank=True)
    received_at = models.DateTimeField()
    taken_by = models.ForeignKey("Seat", models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = PositionQuerySet.as_manager()

    class Meta:
        triggers = [never_emptied(), pgtrigger.Protect(name="positions_are_kept", operation=pgtrigger.Delete)]
        constraints = [
            one_of("kind", PositionKind),
            one_of("channel", Channel),
            models.UniqueConstraint(
                fields=["document", "paragraph", "party"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="position_one_standing",
            ),
        ]

    def __str__(self) -> str:
        return self.kind
