"""Paragraphs: the ground of every negotiation, with a permanent id, both languages, a machine and a history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from workflows.models.base import Entity, machine_triggers, never_emptied, one_of
from workflows.models.document import Document
from workflows.models.document_machine import SETTLED_IN
from workflows.rules import document_guards as guards
from workflows.rules import document_permissions as permissions
from workflows.rules import table_guards as table
from workflows.rules.verbs import verb
from workflows.states import ParagraphKind, ParagraphState, PartyKind, TextStatus

if TYPE_CHECKING:
    from workflows.rules.facts import Act, Actor

P = ParagraphState
OPEN = (P.PROPOSED, P.BRACKETED, P.IN_CONSULTATION)


class ParagraphMachine(models.Model):
    """The paragraph's state: it becomes agreed by the gavel, not by counting (machines: Paragraph)."""

    state = FSMField(default=P.PROPOSED, choices=P, protected=True, editable=False)
    agreed_at = models.DateTimeField(null=True, blank=True, editable=False)
    agreed_in = models.CharField(max_length=40, blank=True, editable=False, help_text="Code of the meeting")

    class Meta:
        abstract = True

    def _gavel(self, act: Act) -> None:
        self.agreed_at, self.agreed_in = act.inputs.occurred_at or act.now, act.inputs.meeting

    @verb(
        source=[*OPEN, P.AGREED_AD_REFERENDUM],
        target=P.AGREED,
        who=permissions.is_chair,
        label=_("Declare agreed"),
        guards=[
            table.document_on_table,
            table.in_meeting(),
            table.paragraph_in_both_languages,
            table.no_standing_objection,
            table.no_ad_referendum,
        ],
        needs=["meeting"],
        stages=SETTLED_IN,
    )
    def agree(self, act: Act) -> None:
        """Nobody objects in the meeting, and the chair says so."""
        self._gavel(act)

    @verb(
        source=OPEN,
        target=P.AGREED_AD_REFERENDUM,
        who=permissions.is_chair,
        label=_("Declare agreed ad referendum"),
        guards=[table.document_on_table, table.in_meeting(), table.no_standing_objection],
        needs=["meeting"],
        stages=SETTLED_IN,
    )
    def agree_ad_referendum(self, act: Act) -> None:
        """Agreed, but for the confirmation of one or more capitals."""
        self._gavel(act)

    @verb(
        source=[P.PROPOSED, P.IN_CONSULTATION, P.AGREED_AD_REFERENDUM],
        target=P.BRACKETED,
        who=permissions.is_chair,
        label=_("Put in brackets"),
        guards=[table.document_on_table, table.in_meeting()],
        needs=["meeting"],
        stages=SETTLED_IN,
    )
    def bracket(self, act: Act) -> None:
        """There is no agreement yet."""

    @verb(
        source=[P.PROPOSED, P.BRACKETED],
        target=P.IN_CONSULTATION,
        who=permissions.is_chair,
        label=_("Send to consultation"),
        guards=[table.document_on_table, table.in_meeting()],
        needs=["meeting"],
        stages=SETTLED_IN,
    )
    def consult(self, act: Act) -> None:
        """Some delegations look for a text and bring it back."""

    @verb(
        name="delete",
        source=[*OPEN, P.AGREED_AD_REFERENDUM],
        target=P.DELETED,
        who=permissions.is_chair,
        label=_("Delete the paragraph"),
        guards=[table.document_on_table, table.in_meeting(), table.no_objection_to_deletion],
        needs=["meeting"],
        stages=SETTLED_IN,
    )
    def delete_(self, act: Act) -> None:
        """The meeting drops it; its number is kept until the final version."""
        self._gavel(act)

    @verb(
        source=[P.AGREED, P.DELETED],
        target=P.BRACKETED,
        who=permissions.is_chair,
        label=_("Reopen the paragraph"),
        guards=[table.document_on_table, guards.gives_reason, table.in_meeting()],
        needs=["reason", "meeting"],
        stages=SETTLED_IN,
    )
    def reopen(self, act: Act) -> None:
        """Somebody asks for it back, with a reason."""
        self.agreed_at, self.agreed_in = None, ""


class ParagraphQuerySet(models.QuerySet["Paragraph"]):
    """Paragraphs by what an actor may see."""

    def visible_to(self, actor: Actor | None) -> ParagraphQuerySet:
        """Return those of the documents that the actor may see."""
        return self if actor is None else self.filter(document__in=Document.objects.visible_to(actor))


class Paragraph(ParagraphMachine, Entity):
    """A paragraph in Spanish and Portuguese; its number is computed, its id is permanent.

    `revision` rises with each change of substance; a language stands at the revision that it expresses: behind it, it is stale.
    """

    document = models.ForeignKey(Document, models.CASCADE, related_name="paragraphs")
    kind = models.CharField(max_length=12, choices=ParagraphKind, default=ParagraphKind.OPERATIVE)
    rank = models.PositiveIntegerField(help_text="Its place in the text, with gaps")
    text_es = models.TextField(blank=True)
    text_pt = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=1)
    es_at = models.PositiveIntegerField(default=0, help_text="The revision that the Spanish expresses; 0: none")
    pt_at = models.PositiveIntegerField(default=0, help_text="The revision that the Portuguese expresses; 0: none")
    conditional_on = models.CharField(max_length=120, blank=True, help_text="A mark: on what it depends")
    removed_at = models.DateTimeField(null=True, blank=True, help_text="Taken out of a draft before the negotiation")

    objects = ParagraphQuerySet.as_manager()

    class Meta:
        triggers = machine_triggers(ParagraphMachine, initial=P.PROPOSED)
        constraints = [
            one_of("state", ParagraphState),
            one_of("kind", ParagraphKind),
            models.UniqueConstraint(
                fields=["document", "rank"], name="paragraph_rank_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=~Q(text_es="") | ~Q(text_pt=""), name="paragraph_says_something"),
            models.CheckConstraint(
                condition=Q(es_at__lte=models.F("revision"), pt_at__lte=models.F("revision")),
                name="paragraph_languages_not_ahead",
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)

    def status(self, language: str) -> str:
        """Return how a language ("es" or "pt") stands: current, stale or missing."""
        if not getattr(self, f"text_{language}"):
            return TextStatus.MISSING
        return TextStatus.CURRENT if getattr(self, f"{language}_at") == self.revision else TextStatus.STALE


class ParagraphChangeQuerySet(models.QuerySet["ParagraphChange"]):
    """Edits by what an actor may see."""

    def visible_to(self, actor: Actor | None) -> ParagraphChangeQuerySet:
        """Return the edits of the texts that the actor may see; others' drafting before a circulation is not shown.

        How a delegation wrote its own communiqué is not shown to the secretariats either: they have it as it was handed in.
        """
        if actor is None:
            return self
        seen = self.filter(paragraph__document__in=Document.objects.visible_to(actor))
        if actor.party_kind in {PartyKind.SEGIB, PartyKind.SPT}:
            return seen.exclude(changed_by__party=models.F("paragraph__document__proponent"))
        since = Q(changed_at__gte=models.F("paragraph__document__circulated_at"))
        return seen.filter(Q(paragraph__document__proponent_id=actor.party_id) | since)


class ParagraphChange(models.Model):
    """Who changed what in a paragraph, and when: its texts before and after."""

    paragraph = models.ForeignKey(Paragraph, models.CASCADE, related_name="changes")
    number = models.PositiveIntegerField()
    before_es = models.TextField(blank=True)
    before_pt = models.TextField(blank=True)
    after_es = models.TextField(blank=True)
    after_pt = models.TextField(blank=True)
    note = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("Seat", models.PROTECT, null=True, blank=True, related_name="+")

    objects = ParagraphChangeQuerySet.as_manager()

    class Meta:
        triggers = [
            never_emptied(),
            pgtrigger.Protect(name="paragraph_history_kept", operation=pgtrigger.Update | pgtrigger.Delete),
        ]
        constraints = [models.UniqueConstraint(fields=["paragraph", "number"], name="paragraphchange_once")]

    def __str__(self) -> str:
        return f"{self.paragraph_id} {self.number}"
