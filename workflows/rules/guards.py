"""Guards: is the work ready? Each returns its findings, met and unmet, with a code, a sentence and a link."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from workflows.errors import Reason, Ref
from workflows.rules.facts import Inputs, MeetingFacts, SummitFacts, TaskFacts, TaskLine
from workflows.states import SETTLED, DecisionSubject, Gate, MeetingKind, MeetingState

if TYPE_CHECKING:
    from datetime import datetime

    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Finding:
    """One thing that a guard looked at: met or not, refusing or (advisory) warning, and where to see it.

    `message` names what must hold, as a list of conditions shows it; `lacking` says, in a refusal, that it does not yet.
    """

    code: str
    met: bool
    message: str | _StrPromise
    ref: Ref | None = None
    advisory: bool = False
    office: str = ""
    due_at: datetime | None = None
    detail: str | _StrPromise = ""
    lacking: str | _StrPromise = ""

    def as_reason(self) -> Reason:
        """Return the finding as a reason for a refusal."""
        return Reason(code=self.code, message=self.lacking or self.message, ref=self.ref, advisory=self.advisory)


@dataclass(frozen=True)
class Guard:
    """A question about the work; `always_hard` refuses even from the ministerial review on."""

    code: str
    ask: Callable[[Any, Inputs], Iterable[Finding]]
    always_hard: bool = False
    needs_inputs: bool = False
    """Whether the guard judges what the caller sends; lists of what is missing leave such guards out."""


def guard(code: str, *, always_hard: bool = False, needs_inputs: bool = False) -> Callable[[Any], Guard]:
    """Make a guard of a function that yields findings for facts and inputs."""
    return lambda ask: Guard(code=code, ask=ask, always_hard=always_hard, needs_inputs=needs_inputs)


# Summit ----------------------------------------------------------------------------------------------------------


@guard("host_and_opening_day")
def host_and_opening_day(facts: SummitFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask for a host and a provisional opening day; the place may come later (machines: open_agenda)."""
    yield Finding(
        "host_set", facts.host_set, _("The host country is set."), facts.ref, lacking=_("The host country is not yet set.")
    )
    yield Finding(
        "opening_day_set",
        facts.opening_on is not None,
        _("A provisional opening day is set."),
        facts.ref,
        lacking=_("No provisional opening day is set yet."),
    )


def _named(sentence: str | _StrPromise, task: TaskLine) -> str:
    return str(sentence) % {"code": task.code, "title": task.title}


def _weighs(task: TaskLine, code: str) -> Finding:
    return Finding(
        code=code,
        met=task.state in SETTLED,
        message=task.title,
        lacking=_named(_("“%(title)s” (%(code)s) is not yet finished."), task),
        ref=task.ref,
        advisory=task.gate == Gate.ADVISORY,
        office=task.office,
        due_at=task.due_at,
        detail=task.applies_if,
    )


def tasks_block(state: str) -> Guard:
    """Return the guard for the tasks that block the phase of `state`: hard ones settled, advisory ones shown."""

    def ask(facts: SummitFacts, inputs: Inputs) -> Iterable[Finding]:
        for opened, task in facts.blocking:
            if opened == state:
                yield _weighs(task, f"task:{task.code}")

    return Guard(code="tasks", ask=ask)


@guard("handed_on")
def handed_on(facts: SummitFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask for mandates registered and assigned, and for the handover file (SGM-02, SGM-03, SGM-04)."""
    for task in facts.handing_on:
        yield _weighs(task, f"task:{task.code}")


DECIDED = {
    DecisionSubject.THEME_MOTTO_CALENDAR: (
        _("The coordinators decided on the central theme, the motto and the calendar."),
        _("The coordinators have not yet decided on the central theme, the motto and the calendar."),
    ),
    DecisionSubject.DOCUMENT_LIST: (
        _("The coordinators decided on the list of documents of the Summit."),
        _("The coordinators have not yet decided on the list of documents of the Summit."),
    ),
}
"""What a list of conditions says of a decision, and what a refusal says."""


def decided(*subjects: DecisionSubject, kinds: tuple[MeetingKind, ...] = (MeetingKind.CNRC,)) -> Guard:
    """Return the guard for a recorded decision on one of the subjects, by a meeting of one of the kinds."""

    def ask(facts: SummitFacts, inputs: Inputs) -> Iterable[Finding]:
        met = any(d.subject in subjects and d.meeting_kind in kinds for d in facts.decisions)
        message, lacking = DECIDED.get(subjects[0], (_("The decision is recorded."), _("The decision is not yet recorded.")))
        where = next((m.ref for m in facts.meetings if m.kind in kinds and m.state != MeetingState.CANCELLED), facts.ref)
        yield Finding(f"decision:{subjects[0]}", met, message, where, lacking=lacking)

    return Guard(code=f"decision:{subjects[0]}", ask=ask)


def names_decision(*subjects: DecisionSubject) -> Guard:
    """Return the guard for the caller's naming an unspent decision of ministers or coordinators on the subject."""

    def ask(facts: SummitFacts, inputs: Inputs) -> Iterable[Finding]:
        fit = {
            d.uuid
            for d in facts.decisions
            if d.subject in subjects and d.meeting_kind in {MeetingKind.CNRC, MeetingKind.RMRE} and not d.spent
        }
        yield Finding(
            "decision_named",
            inputs.decision in fit,
            _("A decision of the ministers or coordinators that orders it is named and has not served before."),
            Ref("meetings", summit=facts.scene.slug),
            lacking=_("Name a decision of the ministers or coordinators that orders it and has not served before."),
        )

    return Guard(code="decision_named", ask=ask, always_hard=True, needs_inputs=True)


def meeting_in(code: str, *states: MeetingState) -> Guard:
    """Return the guard for a meeting (by its code) having reached one of the states."""

    def ask(facts: SummitFacts, inputs: Inputs) -> Iterable[Finding]:
        meeting = next((m for m in facts.meetings if m.code == code), None)
        begun = MeetingState.BEGUN in states
        yield Finding(
            code=f"meeting:{code}",
            met=meeting is not None and meeting.state in states,
            message=(
                _("The Foreign Ministers' meeting before the Summit has begun or was held.")
                if begun
                else _("The mid-term Foreign Ministers' meeting was held.")
            ),
            lacking=(
                _("The Foreign Ministers' meeting before the Summit has not yet begun.")
                if begun
                else _("The mid-term Foreign Ministers' meeting has not yet been held.")
            ),
            ref=meeting.ref if meeting else Ref("meetings", summit=facts.scene.slug),
            due_at=meeting.starts_at if meeting else None,
        )

    return Guard(code=f"meeting:{code}", ask=ask)


@guard("handover")
def handover_recorded(facts: SummitFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask for the recorded handover and for a successor, named or stated as pending."""
    yield Finding(
        "handover_recorded",
        facts.handover_recorded,
        _("The handover is recorded."),
        facts.ref,
        lacking=_("The handover is not yet recorded."),
    )
    yield Finding(
        "successor_known",
        facts.successor_known,
        _("The next host is named, or stated as pending."),
        facts.ref,
        lacking=_("The next host is neither named nor stated as pending."),
    )


@guard("reason", always_hard=True, needs_inputs=True)
def gives_reason(facts: Any, inputs: Inputs) -> Iterable[Finding]:
    """Ask for a reason in words."""
    yield Finding("reason_given", bool(inputs.reason.strip()), _("A reason is given."), facts.ref, lacking=_("Give a reason."))


@guard("authority", always_hard=True, needs_inputs=True)
def names_authority(facts: Any, inputs: Inputs) -> Iterable[Finding]:
    """Ask on whose authority something is waived."""
    yield Finding(
        "authority_named",
        bool(inputs.authority.strip()),
        _("The authority on which it is done is named."),
        facts.ref,
        lacking=_("Name the authority on which it is done."),
    )


# Task ------------------------------------------------------------------------------------------------------------


WAITS = _("This waits for “%(title)s” (%(code)s), which is not yet finished.")


@guard("dependencies")
def dependencies_settled(facts: TaskFacts, inputs: Inputs) -> Iterable[Finding]:
    """Warn of every task that this one waits for and that is not settled."""
    for line in facts.depends_on:
        yield Finding(
            code=f"waits_for:{line.code}",
            met=line.state in SETTLED,
            message=line.title,
            lacking=_named(WAITS, line),
            ref=line.ref,
            advisory=True,
            office=line.office,
            due_at=line.due_at,
        )


@guard("hard_dependencies")
def hard_dependencies_settled(facts: TaskFacts, inputs: Inputs) -> Iterable[Finding]:
    """Refuse while a task waited for has a hard gate and is not settled; warn of the others."""
    for line in facts.depends_on:
        yield Finding(
            code=f"waits_for:{line.code}",
            met=line.state in SETTLED,
            message=line.title,
            lacking=_named(WAITS, line),
            ref=line.ref,
            advisory=line.gate != Gate.HARD,
            office=line.office,
            due_at=line.due_at,
        )


@guard("evidence", needs_inputs=True)
def has_evidence(facts: TaskFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask for what is delivered, or where it is: a line of evidence given before or now.

    What a party has prepared is its own: it does not count for a secretariat that records its note.
    """
    prepared = facts.evidence > 0 and not inputs.on_behalf
    yield Finding(
        "evidence_given",
        prepared or bool(inputs.evidence.strip()) or bool(inputs.note_number.strip()),
        _("What is delivered, or where it is, is stated."),
        facts.ref,
        lacking=_("State what is delivered, or where it is."),
    )


@guard("not_taken_up", always_hard=True)
def not_taken_up(facts: TaskFacts, inputs: Inputs) -> Iterable[Finding]:
    """Refuse to recall what a verifier has taken up."""
    yield Finding(
        "not_taken_up",
        not facts.taken_up,
        _("No verifier has taken it up."),
        facts.ref,
        lacking=_("A verifier has taken it up: it is no longer recalled, but may be returned."),
    )


@guard("all_received")
def all_received(facts: TaskFacts, inputs: Inputs) -> Iterable[Finding]:
    """Warn of answers not yet received when a window is closed; silence is not failure."""
    pending, waiting = facts.children_open, facts.children_submitted
    yield Finding(
        "answers_pending",
        pending == 0,
        _("All the answers asked for are received."),
        facts.ref,
        lacking=ngettext("%(count)d answer is not yet received.", "%(count)d answers are not yet received.", pending)
        % {"count": pending},
        advisory=True,
    )
    yield Finding(
        "answers_to_verify",
        waiting == 0,
        _("No answer waits for verification."),
        facts.ref,
        lacking=ngettext("%(count)d answer waits for verification.", "%(count)d answers wait for verification.", waiting)
        % {"count": waiting},
        advisory=True,
    )


@guard("no_children", always_hard=True)
def not_asked_of_anybody(facts: TaskFacts, inputs: Inputs) -> Iterable[Finding]:
    """Refuse to waive or set aside what was asked of States: a contribution is closed, never waived."""
    yield Finding(
        "asked_of_parties",
        facts.children == 0,
        _("It has not been asked of any party: what was asked is closed with its window, never set aside."),
        facts.ref,
        lacking=_("It has been asked of parties: it is closed with its window, never set aside."),
    )


# Meeting ---------------------------------------------------------------------------------------------------------


@guard("attendance")
def has_attendance(facts: MeetingFacts, inputs: Inputs) -> Iterable[Finding]:
    """Warn when a meeting closes without anybody recorded as present."""
    yield Finding(
        "attendance",
        facts.attending > 0,
        _("Attendance is recorded."),
        facts.ref,
        lacking=_("Nobody is recorded as present yet."),
        advisory=True,
    )
