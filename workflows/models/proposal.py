"""What delegations send on a text: comments and proposals, a draft being their own alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from workflows.models.base import Entity, machine_triggers, one_of
from workflows.models.document import Document
from workflows.rules import document_permissions as permissions
from workflows.rules.table_guards import text_takes_comments
from workflows.rules.verbs import ANY_OPEN_STAGE, verb
from workflows.states import Channel, OthersSee, PartyKind, ProposalKind, ProposalState

if TYPE_CHECKING:
    from workflows.rules.facts import Act, Actor

R = ProposalState


class ProposalMachine(models.Model):
    """The proposal's state (machines: Proposal)."""

    state = FSMField(default=R.DRAFT, choices=R, protected=True, editable=False)
    received_at = models.DateTimeField(null=True, blank=True, editable=False)
    channel = models.CharField(max_length=12, choices=Channel, blank=True, editable=False)
    note_number = models.CharField(max_length=80, blank=True, editable=False)
    disposed_at = models.DateTimeField(null=True, blank=True, editable=False)
    disposal_note = models.TextField(blank=True, editable=False)

    class Meta:
        abstract = True

    def _disposes(self, act: Act) -> None:
        self.disposed_at, self.disposal_note = act.now, act.inputs.note

    @verb(
        source=[R.DRAFT],
        target=R.SUBMITTED,
        who=permissions.submits_proposal,
        label=_("Submit"),
        guards=[text_takes_comments],
        stages=ANY_OPEN_STAGE,
    )
    def submit(self, act: Act) -> None:
        """The delegation hands it in; after the window it is kept, and marked by when it arrived."""
        self.received_at, self.channel, self.note_number = act.received_at, act.channel, act.inputs.note_number

    @verb(source=[R.SUBMITTED], target=R.ACCEPTED, who=permissions.is_spt, label=_("Accept"), stages=ANY_OPEN_STAGE)
    def accept(self, act: Act) -> None:
        """The text takes it."""
        self._disposes(act)

    @verb(source=[R.SUBMITTED], target=R.MERGED, who=permissions.is_spt, label=_("Merge"), stages=ANY_OPEN_STAGE)
    def merge(self, act: Act) -> None:
        """The text takes it together with others."""
        self._disposes(act)

    @verb(source=[R.SUBMITTED], target=R.NOT_RETAINED, who=permissions.is_spt, label=_("Do not retain"), stages=ANY_OPEN_STAGE)
    def not_retain(self, act: Act) -> None:
        """The meeting does not take it."""
        self._disposes(act)

    @verb(
        source=[R.DRAFT, R.SUBMITTED],
        target=R.WITHDRAWN,
        who=permissions.withdraws_proposal,
        label=_("Withdraw"),
        stages=ANY_OPEN_STAGE,
    )
    def withdraw(self, act: Act) -> None:
        """Its delegation takes it back."""
        self._disposes(act)


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Proposals by what an actor may see."""

    def visible_to(self, actor: Actor | None) -> ProposalQuerySet:
        """Return its own; for the secretariats what was submitted; for other delegations by the summit's setting."""
        if actor is None:
            return self
        seen = self.filter(document__in=Document.objects.visible_to(actor))
        sent = ~Q(state=R.DRAFT) & Q(received_at__isnull=False)
        if actor.party_kind in {PartyKind.SEGIB, PartyKind.SPT}:
            return seen.filter(sent)
        if actor.party_kind != PartyKind.DELEGATION:
            return seen.none()
        released = ~Q(document__state="circulated") | Q(received_at__lt=F("document__circulated_at"))  # in an earlier window
        others = sent & (
            Q(document__summit__others_see=OthersSee.AT_ONCE)
            | Q(document__summit__others_see=OthersSee.WINDOW_CLOSED) & released
        )
        return seen.filter(Q(party_id=actor.party_id) | others)


class Proposal(ProposalMachine, Entity):
    """A comment or proposal of a delegation on a paragraph, or on the document as a whole."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="proposals")
    paragraph = models.ForeignKey("Paragraph", models.CASCADE, null=True, blank=True, related_name="proposals")
    version_of_text = models.ForeignKey("Version", models.PROTECT, null=True, blank=True, related_name="+")
    party = models.ForeignKey("Party", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=ProposalKind, default=ProposalKind.COMMENT)
    language = models.CharField(max_length=2, default="es")
    text = models.TextField()
    is_late = models.BooleanField(default=False)
    written_by = models.ForeignKey("Seat", models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    objects = ProposalQuerySet.as_manager()

    class Meta:
        triggers = machine_triggers(ProposalMachine, initial=R.DRAFT)
        constraints = [
            one_of("state", ProposalState),
            one_of("kind", ProposalKind),
            models.CheckConstraint(condition=~Q(text=""), name="proposal_says_something"),
        ]
        indexes = [models.Index(fields=["document", "state"], name="proposal_by_document")]

    def __str__(self) -> str:
        return self.text[:60]
