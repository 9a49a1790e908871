"""Documents of a summit, and who sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from workflows.models.base import Entity, in_language, machine_triggers, one_of, shape_trigger
from workflows.models.document_machine import DocumentMachine
from workflows.models.summit import Summit
from workflows.states import PLAIN_KINDS, DocumentKind, DocumentState, Outcome, PartyKind

if TYPE_CHECKING:
    from workflows.rules.facts import Actor

D = DocumentState
PLAIN_IN_SQL = ", ".join(f"'{kind.value}'" for kind in sorted(PLAIN_KINDS))
SHAPES = {
    "plain": f"NEW.kind IN ({PLAIN_IN_SQL})",
    "communique": f"NEW.kind = '{DocumentKind.SPECIAL_COMMUNIQUE.value}'",
    "negotiated": f"NEW.kind NOT IN ({PLAIN_IN_SQL}, '{DocumentKind.SPECIAL_COMMUNIQUE.value}')",
}
"""Which rows are of each shape that verbs are narrowed to, in SQL (the twin of `DocumentFacts.shape`)."""


class DocumentQuerySet(models.QuerySet["Document"]):
    """Documents by what an actor may see."""

    def shared(self) -> DocumentQuerySet:
        """Return all but what delegations draft for themselves, or withdrew as a draft (the twin of `is_private`)."""
        drafted = Q(state__in=[D.DRAFTING, D.RETURNED]) | Q(state=D.WITHDRAWN, submitted_at__isnull=True)
        return self.exclude(drafted, proponent__isnull=False)

    def visible_to(self, actor: Actor | None) -> DocumentQuerySet:
        """Return the documents that the actor may see (machines: visibility).

        The secretariats see the SPT's and SEGIB's from the first draft; a delegation sees its own communiqués always, and the
        others from the moment that they were circulated or approved. A delegation's draft communiqué is its own alone.
        """
        if actor is None:
            return self
        if actor.party_kind == PartyKind.SEGIB:
            return self.shared()
        mine = self.filter(summit__in=Summit.objects.visible_to(actor))
        if actor.party_kind == PartyKind.SPT:
            own = mine.filter(summit_id=actor.summit_id)
            return own.none() if actor.rights_ended else own.shared()
        if actor.party_kind == PartyKind.DELEGATION:
            shown = Q(circulated_at__isnull=False) | Q(state__in=[D.APPROVED, D.PUBLISHED])
            return mine.filter(Q(proponent_id=actor.party_id) | shown)
        return mine.filter(state=D.PUBLISHED)


class Document(DocumentMachine, Entity):
    """A text of a summit, in Spanish and Portuguese, made of paragraphs; its symbol is generated."""

    summit = models.ForeignKey(Summit, models.CASCADE, related_name="documents")
    kind = models.CharField(max_length=24, choices=DocumentKind)
    code = models.CharField(max_length=48, help_text="Its place in an address")
    number = models.PositiveSmallIntegerField(default=1, help_text="Among its author's documents of its kind in the summit")
    title_es = models.CharField(max_length=200)
    title_pt = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    proponent = models.ForeignKey(
        "Party", models.PROTECT, null=True, blank=True, related_name="proposed", help_text="Of a communiqué: its delegation"
    )
    first_language = models.CharField(max_length=2, choices=[("es", "es"), ("pt", "pt")], default="es")
    cooperation = models.BooleanField(default=False, help_text="A text of the cooperation table: its papers are for RCs")
    revision = models.PositiveIntegerField(default=0, help_text="Rises with each edit of a paragraph")
    version_number = models.PositiveSmallIntegerField(default=0, help_text="Of the last snapshot")
    is_late = models.BooleanField(default=False, help_text="A communiqué proposed after its window: a decision admits it")
    admitted_by = models.ForeignKey("Decision", models.PROTECT, null=True, blank=True, related_name="+")
    concordance_certified_at = models.DateTimeField(null=True, blank=True)
    concordance_certified_by = models.ForeignKey("Seat", models.PROTECT, null=True, blank=True, related_name="+")
    originals_es = models.CharField(max_length=200, blank=True, help_text="Where the signed original in Spanish is kept")
    originals_pt = models.CharField(max_length=200, blank=True, help_text="Where the signed original in Portuguese is kept")
    adhering: models.ManyToManyField = models.ManyToManyField("Party", blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        triggers = [*machine_triggers(DocumentMachine, initial=D.DRAFTING), shape_trigger(DocumentMachine, SHAPES)]
        constraints = [
            one_of("state", DocumentState),
            one_of("kind", DocumentKind),
            one_of("outcome", Outcome, blank=True),
            models.UniqueConstraint(fields=["summit", "code"], name="document_code_once"),
            models.UniqueConstraint(
                fields=["summit", "kind", "proponent", "number"], nulls_distinct=False, name="document_number_once"
            ),
            models.CheckConstraint(
                condition=Q(kind=DocumentKind.SPECIAL_COMMUNIQUE, proponent__isnull=False)
                | ~Q(kind=DocumentKind.SPECIAL_COMMUNIQUE) & Q(proponent__isnull=True),
                name="document_communique_has_proponent",
            ),
            models.CheckConstraint(
                condition=~Q(state=D.CONCLUDED) | ~Q(outcome="") & Q(concluded_at__isnull=False),
                name="document_concluded_has_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(state=D.CIRCULATED) | Q(circulated_at__isnull=False), name="document_circulated_has_hour"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def title(self) -> str:
        """The title in the active language."""
        return in_language(self, "title")

    @property
    def is_plain(self) -> bool:
        """Whether it is cleared, approved and published, without a negotiation."""
        return self.kind in PLAIN_KINDS

    @property
    def is_communique(self) -> bool:
        """Whether a delegation proposes it."""
        return self.kind == DocumentKind.SPECIAL_COMMUNIQUE

    @property
    def is_private(self) -> bool:
        """Whether it is a delegation's draft, which that delegation alone sees (the twin of `shared`)."""
        as_draft = self.state == D.WITHDRAWN and self.submitted_at is None
        return self.proponent_id is not None and (self.state in {D.DRAFTING, D.RETURNED} or as_draft)
