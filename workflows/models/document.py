"""Documents of a summit, their machine, versions, clearances and publication."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from workflows.models.base import Entity, in_language, machine_triggers, never_emptied, one_of
from workflows.models.summit import Summit
from workflows.rules import document_guards as guards
from workflows.rules import document_permissions as permissions
from workflows.rules.verbs import ANY_OPEN_STAGE, verb
from workflows.states import (
    PLAIN_KINDS,
    ClearanceOffice,
    DocumentKind,
    DocumentState,
    MeetingKind,
    Outcome,
    PartyKind,
    SummitState,
)

if TYPE_CHECKING:
    from workflows.rules.facts import Act, Actor

D = DocumentState
S = SummitState
DRAFTED_IN = (S.SECTORAL_MEETINGS, S.TEXT_DRAFTING, S.NEGOTIATION)
LATE_TOO = (*DRAFTED_IN, S.MINISTER_REVIEW)
NEGOTIATED_IN = (S.NEGOTIATION, S.MINISTER_REVIEW)
MINISTERS = (S.MINISTER_REVIEW,)
NEGOTIATED = ("negotiated", "communique")
DRAFT_STAGES = {"plain": ANY_OPEN_STAGE, "negotiated": DRAFTED_IN, "communique": LATE_TOO}
BOTH = ("spt.secretary", "segib.approver")
BEFORE_CONCLUDED = (
    D.DRAFTING,
    D.IN_CLEARANCE,
    D.RETURNED,
    D.CLEARED,
    D.CIRCULATED,
    D.CONSOLIDATING,
    D.IN_NEGOTIATION,
    D.AGREED,
    D.ELEVATED,
    D.MINISTER_APPROVED,
    D.ELEVATED_TO_HEADS,
)


class DocumentMachine(models.Model):
    """The document's state and its transitions, plain and negotiated (machines: Document)."""

    state = FSMField(default=D.DRAFTING, choices=D, protected=True, editable=False)
    outcome = models.CharField(max_length=24, choices=Outcome, blank=True, editable=False)
    other_language_at = models.DateTimeField(null=True, blank=True, editable=False)
    concluded_at = models.DateTimeField(null=True, blank=True, editable=False)
    circulated_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @verb(
        source=[D.DRAFTING, D.RETURNED],
        target=D.IN_CLEARANCE,
        who=permissions.is_author,
        label=_("Submit for clearance"),
        guards=[guards.has_paragraphs],
        stages_by_shape=DRAFT_STAGES,
        notices=["document_submitted"],
    )
    def submit_for_clearance(self, act: Act) -> None:
        """The author hands the draft to SEGIB."""

    @verb(
        source=[D.IN_CLEARANCE],
        target=D.CLEARED,
        who=permissions.is_segib_approver,
        label=_("Clear"),
        guards=[guards.clearances_signed],
        stages_by_shape=DRAFT_STAGES,
        notices=["document_cleared"],
    )
    def clear(self, act: Act) -> None:
        """SEGIB has no objection to the text as it stands."""

    @verb(
        source=[D.IN_CLEARANCE],
        target=D.RETURNED,
        who=permissions.is_segib_approver,
        label=_("Return for changes"),
        guards=[guards.gives_reason],
        needs=["reason"],
        stages_by_shape=DRAFT_STAGES,
        notices=["document_returned"],
    )
    def return_for_changes(self, act: Act) -> None:
        """SEGIB asks for changes, with reasons."""

    @verb(
        source=[D.CLEARED],
        target=D.IN_CLEARANCE,
        who=permissions.system_only,
        label=_("Back to clearance"),
        by_system=True,
        stages=ANY_OPEN_STAGE,
        notices=["clearance_dropped"],
    )
    def drop_clearance(self, act: Act) -> None:
        """An edit dropped a signature: what was cleared is no longer what is written."""

    @verb(
        source=[D.CLEARED],
        target=D.APPROVED,
        who=permissions.is_spt_secretary,
        label=_("Approve"),
        only_for=["plain"],
    )
    def approve(self, act: Act) -> None:
        """The SPT approves a plain document, with the decision that approves it where there is one."""

    @verb(
        source=[D.APPROVED, D.CONCLUDED],
        target=D.PUBLISHED,
        who=permissions.publishes,
        label=_("Publish"),
        guards=[guards.originals_filed],
        stages_by_shape=dict.fromkeys(NEGOTIATED, (S.IN_SESSION, S.FOLLOW_UP)),
        notices=["document_published"],
    )
    def publish(self, act: Act) -> None:
        """A frozen copy with its hash, that anyone can check."""

    @verb(
        source=[D.CLEARED],
        target=D.CIRCULATED,
        who=permissions.is_spt,
        label=_("Circulate"),
        guards=[guards.languages_aligned, guards.window_long_enough, guards.late_is_admitted],
        needs=["window_ends_at"],
        only_for=NEGOTIATED,
        stages_by_shape=DRAFT_STAGES,
    )
    def circulate(self, act: Act) -> None:
        """Both languages go out together, with a window for comments."""
        self.circulated_at, self.other_language_at = act.now, None

    @verb(
        source=[D.CLEARED],
        target=D.CIRCULATED,
        who=permissions.is_spt,
        label=_("Circulate provisionally in one language"),
        guards=[
            guards.one_language_complete,
            guards.gives_reason,
            guards.names_other_hour,
            guards.window_long_enough,
            guards.late_is_admitted,
        ],
        needs=["reason", "other_language_at", "window_ends_at"],
        only_for=NEGOTIATED,
        stages_by_shape=DRAFT_STAGES,
    )
    def circulate_provisional(self, act: Act) -> None:
        """One language goes out; the other follows at an hour that is named; the window runs from the later."""
        self.circulated_at, self.other_language_at = act.now, act.inputs.other_language_at

    @verb(
        source=[D.CIRCULATED],
        target=D.CONSOLIDATING,
        who=permissions.is_spt_or_system,
        label=_("Close the window for comments"),
        only_for=NEGOTIATED,
        stages=ANY_OPEN_STAGE,
        notices=["document_window_closed"],
    )
    def close_window(self, act: Act) -> None:
        """At the instant, or by the SPT; later input is kept and marked by when it arrived."""

    @verb(
        source=[D.CONSOLIDATING, D.IN_NEGOTIATION],
        target=D.CIRCULATED,
        who=permissions.is_spt,
        label=_("Circulate a new version"),
        guards=[guards.proposals_disposed, guards.languages_aligned, guards.window_long_enough],
        needs=["window_ends_at"],
        only_for=NEGOTIATED,
        stages=(S.TEXT_DRAFTING, *NEGOTIATED_IN),
    )
    def recirculate(self, act: Act) -> None:
        """Every proposal is disposed of or carried into the new version."""
        self.circulated_at, self.other_language_at = act.now, None

    @verb(
        source=[D.CIRCULATED, D.CONSOLIDATING],
        target=D.IN_NEGOTIATION,
        who=permissions.is_spt,
        label=_("Open the negotiation of the text"),
        guards=[guards.meeting_named(), guards.one_live_text],
        needs=["meeting"],
        only_for=NEGOTIATED,
        stages=NEGOTIATED_IN,
    )
    def open_negotiation(self, act: Act) -> None:
        """The text comes to the table of a meeting."""

    @verb(
        source=[D.IN_NEGOTIATION],
        target=D.AGREED,
        who=permissions.is_chair,
        label=_("Agree"),
        guards=[guards.in_meeting(), guards.all_paragraphs_closed, guards.no_standing_objection],
        needs=["meeting"],
        only_for=NEGOTIATED,
        stages=NEGOTIATED_IN,
        notices=["document_moved"],
    )
    def agree(self, act: Act) -> None:
        """The chair's gavel in a meeting: nobody objects."""

    @verb(
        source=[D.IN_NEGOTIATION],
        target=D.ELEVATED,
        who=permissions.is_chair,
        label=_("Elevate to the ministers"),
        guards=[guards.in_meeting()],
        needs=["meeting"],
        only_for=NEGOTIATED,
        stages=NEGOTIATED_IN,
        notices=["document_moved"],
    )
    def elevate(self, act: Act) -> None:
        """What the coordinators could not close goes to the ministers, listed."""

    @verb(
        source=[D.AGREED, D.ELEVATED, D.MINISTER_APPROVED],
        target=D.IN_NEGOTIATION,
        who=permissions.is_chair,
        label=_("Reopen the text"),
        guards=[guards.gives_reason, guards.in_meeting()],
        needs=["reason", "meeting"],
        only_for=NEGOTIATED,
        stages=NEGOTIATED_IN,
        notices=["document_moved"],
    )
    def reopen(self, act: Act) -> None:
        """Nothing is agreed until everything is agreed."""

    @verb(
        source=[D.AGREED, D.ELEVATED],
        target=D.MINISTER_APPROVED,
        who=permissions.is_spt,
        label=_("Approve by the ministers"),
        guards=[
            guards.in_meeting(MeetingKind.RMRE),
            guards.all_paragraphs_closed,
            guards.no_standing_objection,
            guards.no_ad_referendum,
        ],
        needs=["meeting"],
        only_for=NEGOTIATED,
        stages=MINISTERS,
        notices=["document_moved"],
    )
    def approve_by_ministers(self, act: Act) -> None:
        """No bracket, no ad referendum, no standing objection."""

    @verb(
        source=[D.ELEVATED],
        target=D.ELEVATED_TO_HEADS,
        who=permissions.is_spt,
        label=_("Elevate to the Summit"),
        guards=[guards.in_meeting(MeetingKind.RMRE)],
        needs=["meeting"],
        only_for=NEGOTIATED,
        stages=MINISTERS,
        notices=["document_moved"],
    )
    def elevate_to_heads(self, act: Act) -> None:
        """What the ministers could not close goes to the heads of State and Government."""

    @verb(
        source=[D.MINISTER_APPROVED, D.ELEVATED_TO_HEADS],
        target=D.CONCLUDED,
        who=permissions.is_secretary_or_approver,
        label=_("Record the outcome"),
        guards=[guards.names_outcome, guards.concordance_certified],
        needs=["outcome"],
        countersigned=BOTH,
        only_for=NEGOTIATED,
        stages=(S.IN_SESSION,),
        notices=["document_moved"],
    )
    def record_outcome(self, act: Act) -> None:
        """What the heads did with the text, in one of four forms."""
        self.outcome, self.concluded_at = act.inputs.outcome, act.inputs.occurred_at or act.now

    @verb(
        source=BEFORE_CONCLUDED,
        target=D.WITHDRAWN,
        who=permissions.withdraws,
        label=_("Withdraw"),
        guards=[guards.gives_reason, guards.proponent_or_decision],
        needs=["reason"],
        only_for=NEGOTIATED,
        stages=(*LATE_TOO, S.IN_SESSION),
        notices=["document_moved"],
    )
    def withdraw(self, act: Act) -> None:
        """Its proponent takes it back, or a decision does."""


OWN_ALONE = Q(proponent__isnull=False) & (
    Q(state__in=[D.DRAFTING, D.RETURNED]) | Q(state=D.WITHDRAWN, circulated_at__isnull=True)
)
"""A communiqué that its delegation drafts, or took back before anybody else had it: its own alone."""


class DocumentQuerySet(models.QuerySet["Document"]):
    """Documents by what an actor may see."""

    def visible_to(self, actor: Actor | None) -> DocumentQuerySet:
        """Return the documents that the actor may see (machines: visibility).

        The secretariats see the SPT's and SEGIB's from the first draft; a delegation sees its own communiqués always, and the
        others from the moment that they were circulated or approved. A delegation's draft communiqué is its own alone.
        """
        if actor is None:
            return self
        if actor.party_kind == PartyKind.SEGIB:
            return self.exclude(OWN_ALONE)
        mine = self.filter(summit__in=Summit.objects.visible_to(actor))
        if actor.party_kind == PartyKind.SPT:
            own = mine.filter(summit_id=actor.summit_id)
            return own.none() if actor.rights_ended else own.exclude(OWN_ALONE)
        if actor.party_kind == PartyKind.DELEGATION:
            shown = Q(circulated_at__isnull=False) | Q(state__in=[D.APPROVED, D.PUBLISHED])
            return mine.filter(Q(proponent_id=actor.party_id) | shown)
        return mine.filter(state=D.PUBLISHED)


class Document(DocumentMachine, Entity):
    """A text of a summit, in Spanish and Portuguese, made of paragraphs; its symbol is generated."""

    summit = models.ForeignKey(Summit, models.CASCADE, related_name="documents")
    kind = models.CharField(max_length=24, choices=DocumentKind)
    number = models.PositiveSmallIntegerField(default=1, help_text="Among the summit's documents of its kind")
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
        triggers = machine_triggers(DocumentMachine, initial=D.DRAFTING)
        constraints = [
            one_of("state", DocumentState),
            one_of("kind", DocumentKind),
            one_of("outcome", Outcome, blank=True),
            models.UniqueConstraint(fields=["summit", "kind", "number"], name="document_number_once"),
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
    def code(self) -> str:
        """The document's place in an address: its kind, and its number where there are several."""
        return self.kind.replace("_", "-") + (f"-{self.number}" if self.number > 1 else "")

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


class VersionQuerySet(models.QuerySet["Version"]):
    """Versions by what an actor may see."""

    def visible_to(self, actor: Actor | None) -> VersionQuerySet:
        """Return those of the documents that the actor may see."""
        return self if actor is None else self.filter(document__in=Document.objects.visible_to(actor))


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

    objects = VersionQuerySet.as_manager()

    class Meta:
        triggers = [
            never_emptied(),
            pgtrigger.Protect(name="snapshots_are_kept", operation=pgtrigger.Update | pgtrigger.Delete),
        ]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="version_number_once")]

    def __str__(self) -> str:
        return self.symbol_es


class Clearance(Entity):
    """A clearance by an office of SEGIB, bound to the digest of what was read."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="clearances")
    office = models.CharField(max_length=12, choices=ClearanceOffice)
    digest = models.CharField(max_length=64)
    seat = models.ForeignKey("Seat", models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    note = models.TextField(blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            one_of("office", ClearanceOffice),
            models.UniqueConstraint(
                fields=["document", "office"], condition=Q(dropped_at__isnull=True), name="clearance_one_standing"
            ),
            models.CheckConstraint(
                condition=Q(dropped_at__isnull=True) | ~Q(dropped_reason=""), name="clearance_dropped_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.office


class Publication(Entity):
    """The frozen copy of a published text, with the hash that anyone can check, and its corrigenda."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="publications")
    version_of_text = models.ForeignKey(Version, models.PROTECT, related_name="+")
    provisional = models.BooleanField(default=False)
    corrigendum = models.TextField(blank=True, help_text="What was wrong, and right; empty for the text itself")
    published_at = models.DateTimeField()
    published_by = models.ForeignKey("Seat", models.PROTECT, related_name="+")

    class Meta:
        triggers = [
            never_emptied(),
            pgtrigger.Protect(name="publications_are_kept", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return str(self.version_of_text_id)
