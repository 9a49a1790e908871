"""The machine of a document: every transition from its first draft to its publication."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from workflows.rules import document_guards as guards
from workflows.rules import document_permissions as permissions
from workflows.rules import table_guards as table
from workflows.rules.verbs import ANY_OPEN_STAGE, verb
from workflows.states import DocumentState, MeetingKind, Outcome, SummitState

if TYPE_CHECKING:
    from workflows.rules.facts import Act

D = DocumentState
S = SummitState
DRAFTED_IN = (S.SECTORAL_MEETINGS, S.TEXT_DRAFTING, S.NEGOTIATION)
LATE_TOO = (*DRAFTED_IN, S.MINISTER_REVIEW)
NEGOTIATED_IN = (S.NEGOTIATION, S.MINISTER_REVIEW)
SETTLED_IN = (*NEGOTIATED_IN, S.IN_SESSION)
"""Stages in which paragraphs are settled: in session those of a text that was elevated to the heads."""
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
    submitted_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When its author handed it in; empty of what was withdrawn as a draft"
    )

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
        self.submitted_at = act.now

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
        guards=[guards.approval_decided],
        only_for=["plain"],
    )
    def approve(self, act: Act) -> None:
        """The SPT approves a plain document, with the decision that approves it where there is one."""

    @verb(
        source=[D.APPROVED, D.CONCLUDED],
        target=D.PUBLISHED,
        who=permissions.publishes,
        label=_("Publish"),
        guards=[guards.was_adopted, guards.originals_filed],
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
        guards=[guards.languages_aligned, guards.window_ahead, guards.window_long_enough, guards.late_is_admitted],
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
            guards.window_ahead,
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
        guards=[guards.proposals_disposed, guards.languages_aligned, guards.window_ahead, guards.window_long_enough],
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
        guards=[table.meeting_named(), table.one_live_text],
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
        guards=[table.in_meeting(), table.present_listed, table.all_paragraphs_closed, table.no_standing_objection],
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
        guards=[table.in_meeting()],
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
        guards=[guards.gives_reason, table.in_meeting()],
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
            table.in_meeting(MeetingKind.RMRE),
            table.all_paragraphs_closed,
            table.no_standing_objection,
            table.no_ad_referendum,
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
        guards=[table.in_meeting(MeetingKind.RMRE)],
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
        """Its proponent takes it back, or a decision does; a draft stays its delegation's own."""
        if self.state in {D.DRAFTING, D.RETURNED}:
            self.submitted_at = None
