"""What is kept of a text: its immutable versions, the clearances under it, and what was published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from workflows.models.base import Entity, SeenThroughQuerySet, never_emptied, one_of
from workflows.models.document import Document
from workflows.states import ClearanceOffice, PartyKind

if TYPE_CHECKING:
    from workflows.rules.facts import Actor


class OfDocumentQuerySet(SeenThroughQuerySet):
    """Versions and publications: seen by whoever sees the document."""

    owner = "document"


class Version(Entity):
    """An immutable numbered snapshot of a text, at each circulation and outcome; `symbol_*` name it."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    occasion = models.CharField(max_length=40, help_text="The transition or action at which it was made")
    symbol_es = models.CharField(max_length=60)
    symbol_pt = models.CharField(max_length=60)
    body = models.JSONField(help_text="Paragraphs in order: uuid, number, kind, state, es, pt and their statuses")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the body in canonical bytes")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("Seat", models.PROTECT, null=True, blank=True, related_name="+")

    objects = OfDocumentQuerySet.as_manager()

    class Meta:
        triggers = [
            never_emptied(),
            pgtrigger.Protect(name="snapshots_are_kept", operation=pgtrigger.Update | pgtrigger.Delete),
        ]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="version_number_once")]

    def __str__(self) -> str:
        return self.symbol_es


class ClearanceQuerySet(models.QuerySet["Clearance"]):
    """Clearances by what an actor may see."""

    def visible_to(self, actor: Actor | None) -> ClearanceQuerySet:
        """Return those of the texts that a secretariat sees; a delegation sees those of its own communiqués."""
        if actor is None:
            return self
        seen = self.filter(document__in=Document.objects.visible_to(actor))
        if actor.party_kind in {PartyKind.SEGIB, PartyKind.SPT}:
            return seen
        return seen.filter(document__proponent_id=actor.party_id)


class Clearance(Entity):
    """A clearance by an office of SEGIB, bound to the digest of what was read."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="clearances")
    office = models.CharField(max_length=12, choices=ClearanceOffice)
    digest = models.CharField(max_length=64)
    seat = models.ForeignKey("Seat", models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    note = models.TextField(blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    changed_number = models.CharField(max_length=40, blank=True, help_text="The paragraph that was changed, where one was")

    objects = ClearanceQuerySet.as_manager()

    class Meta:
        triggers = [
            never_emptied(),
            pgtrigger.Protect(name="clearances_are_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="clearance_is_only_dropped",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.dropped_at IS NOT NULL OR NEW.digest <> OLD.digest OR NEW.office <> OLD.office "
                    "OR NEW.document_id <> OLD.document_id OR NEW.seat_id <> OLD.seat_id OR NEW.signed_at <> OLD.signed_at"
                ),
            ),
        ]
        constraints = [
            one_of("office", ClearanceOffice),
            models.UniqueConstraint(
                fields=["document", "office"], condition=Q(dropped_at__isnull=True), name="clearance_one_standing"
            ),
        ]

    def __str__(self) -> str:
        return self.office

    @property
    def dropped_reason(self) -> str:
        """Why it no longer stands, in the reader's language; nothing while it stands."""
        if self.dropped_at is None:
            return ""
        if self.changed_number:
            return _("Paragraph %(number)s was changed.") % {"number": self.changed_number}
        return _("The text has changed since.")


class Publication(Entity):
    """The frozen copy of a published text, with the hash that anyone can check, and its corrigenda."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="publications")
    version_of_text = models.ForeignKey(Version, models.PROTECT, related_name="+")
    provisional = models.BooleanField(default=False)
    corrigendum = models.TextField(blank=True, help_text="What was wrong, and right; empty for the text itself")
    published_at = models.DateTimeField()
    published_by = models.ForeignKey("Seat", models.PROTECT, related_name="+")

    objects = OfDocumentQuerySet.as_manager()

    class Meta:
        triggers = [
            never_emptied(),
            pgtrigger.Protect(name="publications_are_kept", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return str(self.version_of_text_id)
