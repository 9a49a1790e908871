"""Guards of documents and paragraphs: is the text ready? Each finding has a code, a sentence and a link."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from workflows.errors import Ref
from workflows.rules.facts import DecisionLine, DocumentFacts, Inputs
from workflows.rules.guards import Finding, gives_reason, guard
from workflows.rules.table_guards import all_paragraphs_closed
from workflows.states import (
    ClearanceOffice,
    DecisionSubject,
    MeetingKind,
    Outcome,
    TextStatus,
)


def _meetings(facts: DocumentFacts) -> Ref:
    return Ref("meetings", summit=facts.scene.slug)


# Drafting and clearance ------------------------------------------------------------------------------------------


@guard("paragraphs")
def has_paragraphs(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask for paragraphs in at least one language."""
    yield Finding(
        "has_paragraphs",
        bool(facts.paragraphs),
        _("The text has paragraphs in at least one language."),
        ref=facts.ref,
        lacking=_("The text has no paragraph yet."),
    )


CLEARANCES = {
    ClearanceOffice.LEGAL: (
        _("The legal clearance of the text as it stands is signed."),
        _("The legal clearance of the text as it stands is not yet signed."),
    ),
    ClearanceOffice.MANDATES: (
        _("The clearance of the mandates of the text as it stands is signed."),
        _("The clearance of the mandates of the text as it stands is not yet signed."),
    ),
    ClearanceOffice.BUDGET: (
        _("The budget clearance of the text as it stands is signed."),
        _("The budget clearance of the text as it stands is not yet signed."),
    ),
    ClearanceOffice.LANGUAGE: (
        _("The language clearance of the text as it stands is signed."),
        _("The language clearance of the text as it stands is not yet signed."),
    ),
}
"""What a list of conditions says of each clearance, and what a refusal says."""


@guard("clearances")
def clearances_signed(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask for the four clearances of the text as it stands (legal, mandates, budget, language)."""
    for office, (message, lacking) in CLEARANCES.items():
        yield Finding(f"clearance:{office.value}", office in facts.clearances, message, ref=facts.ref, lacking=lacking)


# Circulation -----------------------------------------------------------------------------------------------------


@guard("languages")
def languages_aligned(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask that Spanish and Portuguese are both there and none is stale; each paragraph behind is named."""
    aligned = _("Spanish and Portuguese are aligned.")
    behind = [p for p in facts.paragraphs if not p.es == p.pt == TextStatus.CURRENT]
    if not behind:
        yield Finding("languages_aligned", True, aligned, ref=facts.ref)
    for paragraph in behind:
        sentence = _("One language of paragraph %(number)s is missing or to be updated.")
        yield Finding(
            f"language:{paragraph.ref.uuid}",
            False,
            aligned,
            ref=paragraph.ref,
            lacking=sentence % {"number": paragraph.number or "–"},
        )


@guard("one_language")
def one_language_complete(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask that one language is complete and up to date."""
    met = any(all(getattr(p, lang) == TextStatus.CURRENT for p in facts.paragraphs) for lang in ("es", "pt"))
    yield Finding(
        "one_language_complete",
        met,
        _("One language is complete and up to date."),
        ref=facts.ref,
        lacking=_("Neither language is complete and up to date."),
    )


@guard("other_hour", always_hard=True, needs_inputs=True)
def names_other_hour(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask for the hour at which the other language follows, ahead and before the window ends."""
    at, end = inputs.other_language_at, inputs.window_ends_at
    met = at is not None and (inputs.now is None or at > inputs.now) and (end is None or at < end)
    yield Finding(
        "other_language_hour",
        met,
        _("The hour at which the other language follows is named."),
        ref=facts.ref,
        lacking=_("Name the hour at which the other language follows: it lies ahead, and before the window ends."),
    )


@guard("window", needs_inputs=True)
def window_long_enough(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask for a window not shorter than the summit's minimum, counted from the later of the two languages."""
    start = inputs.other_language_at or inputs.now
    hours = {"hours": facts.min_window_hours}
    least = timedelta(hours=facts.min_window_hours)
    met = inputs.window_ends_at is not None and start is not None and inputs.window_ends_at - start >= least
    yield Finding(
        "window_set",
        met,
        _("The window for comments is set and lasts at least %(hours)d hours.") % hours,
        ref=facts.ref,
        lacking=_("Set until when comments are taken: the window lasts at least %(hours)d hours.") % hours,
    )


@guard("window_ahead", always_hard=True, needs_inputs=True)
def window_ahead(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask until when comments are taken: an instant ahead, whatever the stage of the summit."""
    end = inputs.window_ends_at
    yield Finding(
        "window_ahead",
        end is not None and (inputs.now is None or end > inputs.now),
        _("The hour until which comments are taken lies ahead."),
        ref=facts.ref,
        lacking=_("Say until when comments are taken: an hour that lies ahead."),
    )


@guard("late_communique", always_hard=True)
def late_is_admitted(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask for a decision that admits a communiqué proposed after its window."""
    if facts.is_late:
        yield Finding(
            "late_admitted",
            facts.is_admitted,
            _("A decision of the coordinators admits the late communiqué."),
            ref=_meetings(facts),
            lacking=_("No decision of the coordinators admits the late communiqué yet."),
        )


@guard("proposals")
def proposals_disposed(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask that every proposal is disposed of before a new version goes out."""
    waiting = facts.open_proposals
    yield Finding(
        "proposals_disposed",
        waiting == 0,
        _("Every proposal is disposed of."),
        ref=facts.ref,
        lacking=ngettext("%(count)d proposal waits to be disposed of.", "%(count)d proposals wait to be disposed of.", waiting)
        % {"count": waiting},
    )


# Outcome ---------------------------------------------------------------------------------------------------------


@guard("outcome", always_hard=True, needs_inputs=True)
def names_outcome(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask for one of the four outcomes; what has an open paragraph is not adopted."""
    yield Finding(
        "outcome_named",
        inputs.outcome in Outcome.values,
        _("The outcome is named."),
        ref=facts.ref,
        lacking=_("Name the outcome: adopted, text of the Presidency, adopted by countries, or not adopted."),
    )
    if inputs.outcome == Outcome.ADOPTED:
        yield from all_paragraphs_closed.ask(facts, inputs)
    if inputs.outcome == Outcome.ADOPTED_BY_COUNTRIES:
        yield Finding(
            "adherence_recorded",
            facts.has_adherence,
            _("The countries that adhere are recorded."),
            ref=facts.ref,
            lacking=_("Record first the countries that adhere; the others are not named."),
        )


@guard("concordance", always_hard=True, needs_inputs=True)
def concordance_certified(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask for the certified concordance of the two languages before a text is adopted."""
    if inputs.outcome in {"", Outcome.ADOPTED}:
        yield Finding(
            "concordance_certified",
            facts.concordance_certified,
            _("The concordance of the Spanish and the Portuguese is certified."),
            ref=facts.ref,
            lacking=_("The concordance of the Spanish and the Portuguese is not yet certified."),
        )


@guard("adopted", always_hard=True)
def was_adopted(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
    """A text that was not adopted is not published (plain kinds have no outcome)."""
    if not facts.is_plain:
        yield Finding(
            "was_adopted",
            facts.outcome != Outcome.NOT_ADOPTED,
            _("The text was adopted, or is one of the Presidency."),
            ref=facts.ref,
            lacking=_("A text that was not adopted is not published."),
        )


@guard("originals", always_hard=True)
def originals_filed(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask that both originals of an adopted text are filed."""
    if not facts.is_plain:
        yield Finding(
            "originals_filed",
            facts.originals_filed,
            _("Both originals are filed."),
            ref=facts.ref,
            lacking=_("State where both signed originals are filed first."),
        )


def _fit(facts: DocumentFacts, subject: DecisionSubject) -> list[DecisionLine]:
    """Return the decisions of ministers or coordinators on the subject."""
    kinds = {MeetingKind.CNRC, MeetingKind.RMRE}
    return [d for d in facts.decisions if d.subject == subject and d.meeting_kind in kinds]


@guard("approval_decided", always_hard=True, needs_inputs=True)
def approval_decided(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
    """Where a decision is named that approves the text, it is one on documents; it may approve several."""
    yield Finding(
        "approval_decided",
        not inputs.decision or inputs.decision in {d.uuid for d in _fit(facts, DecisionSubject.DOCUMENT)},
        _("The decision that approves it, where one is named, is one on documents."),
        ref=_meetings(facts),
        lacking=_("Name a decision of the ministers or coordinators on documents, or none."),
    )


@guard("proponent_or_decision", always_hard=True, needs_inputs=True)
def proponent_or_decision(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
    """A delegation withdraws its own text (the permission lets no other delegation in); else a decision is named."""
    fit = {d.uuid for d in _fit(facts, DecisionSubject.WITHDRAWAL) if not d.spent}
    yield Finding(
        "withdrawal_decided",
        (facts.proponent_id is not None and not inputs.on_behalf) or inputs.decision in fit,
        _("Its proponent withdraws it, or a decision on the withdrawal is named."),
        ref=_meetings(facts),
        lacking=_("Name a decision on the withdrawal of the text that has not served before."),
    )


__all__ = [
    "approval_decided",
    "clearances_signed",
    "concordance_certified",
    "gives_reason",
    "has_paragraphs",
    "languages_aligned",
    "late_is_admitted",
    "names_other_hour",
    "names_outcome",
    "one_language_complete",
    "originals_filed",
    "proponent_or_decision",
    "proposals_disposed",
    "was_adopted",
    "window_ahead",
    "window_long_enough",
]
