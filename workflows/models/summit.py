"""A summit, its machine, its phases and the signatures that wait for a second one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from workflows.models.base import Entity, OfSummitQuerySet, in_language, machine_triggers, never_emptied, one_of
from workflows.rules import guards, permissions
from workflows.rules.verbs import verb
from workflows.states import DecisionSubject, MeetingState, OthersSee, PartyKind, SummitState

if TYPE_CHECKING:
    from datetime import date

    from workflows.rules.facts import Act, Actor

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


class SummitQuerySet(models.QuerySet["Summit"]):
    """Summits by what an actor may see."""

    def visible_to(self, actor: Actor | None) -> SummitQuerySet:
        """Return the records of past summits, and the present ones of which the actor's party is a part."""
        if actor is None or actor.party_kind == PartyKind.SEGIB:
            return self
        if actor.rights_ended:
            return self.filter(is_record=True)
        return self.filter(
            Q(is_record=True)
            | Q(pk=actor.summit_id)
            | Q(pk__in=Summit.objects.filter(participations__party_id=actor.party_id).values("pk"))
            | Q(pk__in=Summit.objects.filter(troika__party_id=actor.party_id, troika__until_on__isnull=True).values("pk"))
        )


class Summit(SummitMachine, Entity):
    """One Ibero-American Summit; its number is never a year."""

    number = models.PositiveSmallIntegerField(unique=True)
    roman = models.CharField(max_length=12, unique=True)
    city = models.CharField(max_length=80, blank=True)
    host = models.ForeignKey("Party", models.PROTECT, null=True, blank=True, related_name="hosted_summits")
    zone = models.CharField(max_length=40, default="UTC")
    opening_on = models.DateField(null=True, blank=True)
    closing_on = models.DateField(null=True, blank=True)
    theme_es = models.CharField(max_length=300, blank=True)
    theme_pt = models.CharField(max_length=300, blank=True)
    theme_en = models.CharField(max_length=300, blank=True)
    motto_es = models.CharField(max_length=200, blank=True)
    motto_pt = models.CharField(max_length=200, blank=True)
    motto_en = models.CharField(max_length=200, blank=True)
    declaration = models.CharField(max_length=200, blank=True, help_text="Of a past summit: what it adopted")
    note = models.TextField(blank=True)
    is_record = models.BooleanField(default=False, help_text="A past summit, kept as a record: nothing of it moves")
    is_demonstration = models.BooleanField(default=False)
    others_see = models.CharField(max_length=16, choices=OthersSee, default=OthersSee.WINDOW_CLOSED)
    min_window_hours = models.PositiveSmallIntegerField(default=72, help_text="Shortest window for comments on a text")
    communiques_until = models.DateTimeField(null=True, blank=True, help_text="Until when delegations propose communiqués")
    template = models.ForeignKey("ChecklistTemplate", models.PROTECT, null=True, blank=True, related_name="summits")
    protocol_list = models.ForeignKey("ProtocolList", models.PROTECT, null=True, blank=True, related_name="+")
    handover_recorded_at = models.DateTimeField(null=True, blank=True)
    handover_note = models.TextField(blank=True)
    successor = models.ForeignKey("Party", models.PROTECT, null=True, blank=True, related_name="+")
    successor_pending = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SummitQuerySet.as_manager()

    class Meta:
        triggers = machine_triggers(SummitMachine, initial=S.HANDOVER, born_elsewhere="NEW.is_record")
        constraints = [
            one_of("state", SummitState),
            one_of("others_see", OthersSee),
            models.CheckConstraint(
                condition=Q(closing_on__isnull=True) | Q(closing_on__gte=F("opening_on")), name="summit_days_in_order"
            ),
            models.CheckConstraint(condition=~Q(number__gte=1900), name="summit_number_is_no_year"),
            models.CheckConstraint(
                condition=Q(state=S.POSTPONED) & ~Q(resumes_to="") | ~Q(state=S.POSTPONED) & Q(resumes_to=""),
                name="summit_postponed_remembers",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.roman} {self.city}"

    @property
    def slug(self) -> str:
        """The summit's place in an address: its number in small Roman figures."""
        return self.roman.lower()

    @property
    def theme(self) -> str:
        """The central theme in the active language."""
        return in_language(self, "theme")

    @property
    def motto(self) -> str:
        """The motto in the active language."""
        return in_language(self, "motto")


class Phase(models.Model):
    """A phase of a summit's checklist: it opens so many days from the opening day and belongs to a state."""

    summit = models.ForeignKey(Summit, models.CASCADE, related_name="phases")
    code = models.SlugField(max_length=16)
    state = models.CharField(max_length=24, choices=SummitState)
    position = models.PositiveSmallIntegerField()
    opens_offset = models.SmallIntegerField(help_text="Days from the opening day")
    title_es = models.CharField(max_length=80)
    title_pt = models.CharField(max_length=80)
    title_en = models.CharField(max_length=80)

    objects = OfSummitQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of("state", SummitState),
            models.UniqueConstraint(fields=["summit", "code"], name="phase_code_once"),
            models.UniqueConstraint(fields=["summit", "state"], name="phase_state_once"),
            models.UniqueConstraint(fields=["summit", "position"], name="phase_position_once"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def title(self) -> str:
        """The phase's name in the active language."""
        return in_language(self, "title")

    def opens_on(self, opening_on: date) -> date:
        """Return the local date in the host city on which the phase opens, for an opening day."""
        return opening_on + timedelta(days=self.opens_offset)


class SignatureQuerySet(models.QuerySet["Signature"]):
    """Signatures by whether they still wait."""

    def waiting(self) -> SignatureQuerySet:
        """Return those that wait for a second one."""
        return self.filter(spent_at__isnull=True, dropped_at__isnull=True)

    def visible_to(self, actor: Actor | None) -> SignatureQuerySet:
        """Return those of the summits of the actor's secretariat."""
        if actor is None or actor.party_kind == PartyKind.SEGIB:
            return self
        if actor.party_kind != PartyKind.SPT or actor.rights_ended:
            return self.none()
        return self.filter(summit_id=actor.summit_id)


class Signature(Entity):
    """The first of two signatures under a transition of the summit, bound to the digest of the named inputs."""

    summit = models.ForeignKey(Summit, models.CASCADE, related_name="signatures")
    document = models.ForeignKey("Document", models.CASCADE, null=True, blank=True, related_name="signatures")
    verb = models.CharField(max_length=40)
    office = models.CharField(max_length=24)
    digest = models.CharField(max_length=64)
    inputs = models.JSONField(default=dict)
    seat = models.ForeignKey("Seat", models.PROTECT, related_name="+")
    person = models.ForeignKey("Person", models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    spent_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_reason = models.TextField(blank=True)
    declined_by = models.ForeignKey("Seat", models.PROTECT, null=True, blank=True, related_name="+")

    objects = SignatureQuerySet.as_manager()

    class Meta:
        triggers = [never_emptied(), pgtrigger.Protect(name="signatures_are_kept", operation=pgtrigger.Delete)]
        constraints = [
            models.UniqueConstraint(
                fields=["summit", "document", "verb"],
                nulls_distinct=False,
                condition=Q(spent_at__isnull=True, dropped_at__isnull=True),
                name="signature_one_waiting",
            ),
            models.CheckConstraint(
                condition=Q(dropped_at__isnull=True) | ~Q(dropped_reason=""), name="signature_dropped_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} by {self.office}"
