"""The machine of a summit: every transition between two handovers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from workflows.rules import guards, permissions
from workflows.rules.verbs import verb
from workflows.states import DecisionSubject, MeetingState, SummitState

if TYPE_CHECKING:
    from workflows.rules.facts import Act

S = SummitState
BOTH = ("spt.secretary", "segib.approver")
BEFORE_SESSION = (
    S.HANDOVER,
    S.AGENDA_DRAFTING,
    S.SECTORAL_MEETINGS,
    S.TEXT_DRAFTING,
    S.NEGOTIATION,
    S.MINISTER_REVIEW,
)


class SummitMachine(models.Model):
    """The summit's state and every transition of it (machines: Summit)."""

    state = FSMField(default=S.HANDOVER, choices=S, protected=True, editable=False)
    resumes_to = models.CharField(max_length=24, blank=True, editable=False)
    state_since = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @verb(
        source=[S.HANDOVER],
        target=S.AGENDA_DRAFTING,
        who=permissions.is_spt_secretary,
        label=_("Open the drafting of the agenda"),
        guards=[guards.host_and_opening_day, guards.tasks_block(S.AGENDA_DRAFTING)],
        notices=["summit_moved"],
    )
    def open_agenda(self, act: Act) -> None:
        """The new secretariat begins its own work."""
        self.state_since = act.now

    @verb(
        source=[S.AGENDA_DRAFTING],
        target=S.SECTORAL_MEETINGS,
        who=permissions.is_secretary_or_approver,
        label=_("Open the sectoral meetings"),
        guards=[guards.decided(DecisionSubject.THEME_MOTTO_CALENDAR), guards.tasks_block(S.SECTORAL_MEETINGS)],
        countersigned=BOTH,
        notices=["summit_moved"],
    )
    def open_sectoral_meetings(self, act: Act) -> None:
        """The theme stands; the sectoral ministers begin to meet."""
        self.state_since = act.now

    @verb(
        source=[S.SECTORAL_MEETINGS],
        target=S.TEXT_DRAFTING,
        who=permissions.is_spt_secretary,
        label=_("Open the drafting of texts"),
        guards=[
            guards.meeting_in("rmre_midterm", MeetingState.HELD, MeetingState.MINUTES_APPROVED),
            guards.decided(DecisionSubject.DOCUMENT_LIST),
            guards.tasks_block(S.TEXT_DRAFTING),
        ],
        notices=["summit_moved"],
    )
    def open_drafting(self, act: Act) -> None:
        """The list of documents is decided; drafting begins."""
        self.state_since = act.now

    @verb(
        source=[S.TEXT_DRAFTING],
        target=S.NEGOTIATION,
        who=permissions.is_secretary_or_approver,
        label=_("Open the negotiation"),
        guards=[guards.tasks_block(S.NEGOTIATION)],
        countersigned=BOTH,
        notices=["summit_moved"],
    )
    def open_negotiation(self, act: Act) -> None:
        """The texts are circulated; the delegations answer."""
        self.state_since = act.now

    @verb(
        source=[S.NEGOTIATION],
        target=S.MINISTER_REVIEW,
        who=permissions.is_spt_secretary,
        label=_("Open the ministerial review"),
        guards=[guards.tasks_block(S.MINISTER_REVIEW)],
        notices=["summit_moved"],
    )
    def open_minister_review(self, act: Act) -> None:
        """The coordinators' final meeting and the ministers' meeting close the texts."""
        self.state_since = act.now

    @verb(
        source=[S.MINISTER_REVIEW],
        target=S.NEGOTIATION,
        who=permissions.is_secretary_or_approver,
        label=_("Return to the negotiation"),
        guards=[guards.gives_reason],
        needs=["reason"],
        notices=["summit_moved"],
    )
    def return_to_negotiation(self, act: Act) -> None:
        """What cannot be closed goes back to the coordinators."""
        self.state_since = act.now

    @verb(
        source=[S.MINISTER_REVIEW],
        target=S.IN_SESSION,
        who=permissions.is_spt_secretary,
        label=_("Open the session"),
        guards=[
            guards.meeting_in("rmre_final", MeetingState.BEGUN, MeetingState.HELD, MeetingState.MINUTES_APPROVED),
            guards.tasks_block(S.IN_SESSION),
        ],
        notices=["summit_moved"],
    )
    def open_session(self, act: Act) -> None:
        """The heads of State and Government meet."""
        self.state_since = act.now

    @verb(
        source=[S.IN_SESSION],
        target=S.FOLLOW_UP,
        who=permissions.is_secretary_or_approver,
        label=_("Record the outcomes"),
        guards=[guards.handover_recorded, guards.tasks_block(S.FOLLOW_UP)],
        countersigned=BOTH,
        notices=["summit_moved"],
    )
    def record_outcomes(self, act: Act) -> None:
        """The Summit is over; what it adopted is followed up."""
        self.state_since = act.now

    @verb(
        source=[S.FOLLOW_UP],
        target=S.ARCHIVED,
        who=permissions.is_segib_approver,
        label=_("Archive the Summit"),
        guards=[guards.handed_on],
        notices=["summit_moved"],
    )
    def archive(self, act: Act) -> None:
        """The handover file is delivered and the mandates are assigned: nothing moves any more."""
        self.state_since = act.now

    @verb(
        source=BEFORE_SESSION,
        target=S.POSTPONED,
        who=permissions.is_secretary_or_approver,
        label=_("Postpone the Summit"),
        guards=[guards.names_decision(DecisionSubject.POSTPONEMENT)],
        countersigned=BOTH,
        needs=["decision"],
        notices=["summit_moved"],
    )
    def postpone(self, act: Act) -> None:
        """By decision of ministers or coordinators; ladders rest until it resumes."""
        self.state_since = act.now
        self.resumes_to = self.state

    @verb(
        source=[S.POSTPONED],
        target=BEFORE_SESSION,
        who=permissions.is_secretary_or_approver,
        label=_("Resume the Summit"),
        guards=[guards.names_decision(DecisionSubject.RESUMPTION)],
        countersigned=BOTH,
        needs=["decision"],
        notices=["summit_moved"],
    )
    def resume(self, act: Act) -> str:
        """Back to the state that it left."""
        self.state_since = act.now
        state, self.resumes_to = self.resumes_to, ""
        return state

    @verb(
        source=(*BEFORE_SESSION, S.POSTPONED),
        target=S.CANCELLED,
        who=permissions.is_secretary_or_approver,
        label=_("Cancel the Summit"),
        guards=[guards.names_decision(DecisionSubject.CANCELLATION)],
        countersigned=BOTH,
        needs=["decision"],
        notices=["summit_moved"],
    )
    def cancel(self, act: Act) -> None:
        """By decision of ministers or coordinators."""
        self.state_since = act.now
        self.resumes_to = ""
