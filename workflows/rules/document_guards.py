"""Guards of documents and paragraphs: is the text ready? Each finding has a code, a sentence and a link."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from workflows.errors import Ref
from workflows.rules.facts import DocumentFacts, Inputs, ParagraphFacts, PositionLine
from workflows.rules.guards import Finding, Guard, gives_reason, guard
from workflows.states import (
    CLOSED_PARAGRAPH,
    STOPS_GAVEL,
    ClearanceOffice,
    DecisionSubject,
    DocumentState,
    MeetingKind,
    MeetingState,
    Outcome,
    ParagraphKind,
    PositionKind,
    TextStatus,
)

CHAIRED = (MeetingKind.CNRC, MeetingKind.RMRE, MeetingKind.OTHER)
NEGOTIATED_PARAGRAPHS = frozenset({ParagraphKind.PREAMBULAR, ParagraphKind.OPERATIVE, ParagraphKind.ANNEX})
TABLED = frozenset({DocumentState.IN_NEGOTIATION, DocumentState.ELEVATED, DocumentState.ELEVATED_TO_HEADS})
"""States of a document in which the chair acts on its paragraphs."""


def _meetings(facts: Any) -> Ref:
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


# The table -------------------------------------------------------------------------------------------------------


def _meeting(facts: Any, inputs: Inputs, kinds: tuple[str, ...], states: frozenset[str]) -> bool:
    return any(m.code == inputs.meeting and m.kind in kinds and m.state in states for m in facts.meetings)


def meeting_named() -> Guard:
    """Return the guard for naming a meeting that is convened or in course."""

    def ask(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
        yield Finding(
            "meeting_named",
            _meeting(facts, inputs, CHAIRED, frozenset({MeetingState.CONVENED, MeetingState.BEGUN})),
            _("The meeting at whose table the text is laid is named."),
            ref=_meetings(facts),
            lacking=_("Name the meeting at whose table the text is laid; it is convened or in course."),
        )

    return Guard(code="meeting_named", ask=ask, needs_inputs=True)


def in_meeting(*kinds: MeetingKind) -> Guard:
    """Return the guard for acting in a meeting (of one of the kinds) that has begun."""

    def ask(facts: Any, inputs: Inputs) -> Iterable[Finding]:
        of_ministers = kinds == (MeetingKind.RMRE,)
        yield Finding(
            "in_meeting",
            _meeting(facts, inputs, kinds or CHAIRED, frozenset({MeetingState.BEGUN, MeetingState.HELD})),
            _("A ministers' meeting that has begun is named.") if of_ministers else _("A meeting that has begun is named."),
            ref=_meetings(facts),
            lacking=(
                _("Name a meeting of the ministers that has begun: they act in a meeting only.")
                if of_ministers
                else _("Name a meeting that has begun: a text is agreed in a meeting only.")
            ),
        )

    return Guard(code="in_meeting", ask=ask, always_hard=True, needs_inputs=True)


@guard("present_listed", needs_inputs=True)
def present_listed(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask that those present in the meeting are listed, before the gavel falls."""
    yield Finding(
        "present_listed",
        inputs.meeting in facts.attending,
        _("Those present in the meeting are listed."),
        ref=_meetings(facts),
        lacking=_("List those present in the meeting first."),
    )


@guard("one_live_text", always_hard=True)
def one_live_text(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
    """One live text per table: the document itself, in its last version (kept by the database: one row a document)."""
    yield Finding(
        "one_live_text",
        bool(facts.paragraphs),
        _("There is one live text on the table."),
        ref=facts.ref,
        lacking=_("There is no text to lay on the table."),
    )


@guard("paragraphs_closed", always_hard=True)
def all_paragraphs_closed(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask that every paragraph is agreed or deleted; each open one is named (hard at any time)."""
    closed = _("Every paragraph is agreed or deleted.")
    open_ = [p for p in facts.paragraphs if p.kind in NEGOTIATED_PARAGRAPHS and p.state not in CLOSED_PARAGRAPH]
    if not open_:
        yield Finding("paragraphs_closed", True, closed, ref=facts.ref)
    for p in open_:
        sentence = _("Paragraph %(number)s is open.") % {"number": p.number or "–"}
        yield Finding(f"paragraph:{p.ref.uuid}", False, closed, ref=p.ref, lacking=sentence)


def _code(prefix: str, position: PositionLine) -> str:
    return ":".join(part for part in (prefix, position.code, position.paragraph) if part)


@guard("standing_objection", always_hard=True)
def no_standing_objection(facts: DocumentFacts | ParagraphFacts, inputs: Inputs) -> Iterable[Finding]:
    """Scrutiny reservations and objections stop a gavel until they are lifted."""
    free = _("No scrutiny reservation or objection stands.")
    standing = [p for p in facts.positions if p.kind in STOPS_GAVEL]
    if not standing:
        yield Finding("no_standing_objection", True, free, ref=facts.ref)
    for p in standing:
        sentence = _("A scrutiny reservation or an objection of %(party)s stands.") % {"party": p.party}
        yield Finding(_code("position", p), False, free, ref=facts.ref, lacking=sentence)


@guard("ad_referendum", always_hard=True)
def no_ad_referendum(facts: DocumentFacts | ParagraphFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask that every ad referendum is lifted by its delegation."""
    confirmed = _("Nothing waits for the confirmation of a capital.")
    waiting = [p for p in facts.positions if p.kind == PositionKind.AGREES_AD_REFERENDUM]
    if not waiting:
        yield Finding("no_ad_referendum", True, confirmed, ref=facts.ref)
    for p in waiting:
        sentence = _("The agreement of %(party)s is ad referendum.") % {"party": p.party}
        yield Finding(_code("ad_referendum", p), False, confirmed, ref=facts.ref, lacking=sentence)


@guard("objection_to_deletion", always_hard=True)
def no_objection_to_deletion(facts: ParagraphFacts, inputs: Inputs) -> Iterable[Finding]:
    """Nobody objects to the deletion of a paragraph."""
    free = _("Nobody objects to the deletion.")
    against = [p for p in facts.positions if p.kind == PositionKind.OBJECTS_TO_DELETION]
    if not against:
        yield Finding("no_objection_to_deletion", True, free, ref=facts.ref)
    for p in against:
        sentence = _("%(party)s objects to the deletion.") % {"party": p.party}
        yield Finding(_code("position", p), False, free, ref=facts.ref, lacking=sentence)


@guard("on_the_table", always_hard=True)
def document_on_table(facts: ParagraphFacts, inputs: Inputs) -> Iterable[Finding]:
    """The chair acts on paragraphs while the document is negotiated, or elevated to the ministers or the heads."""
    yield Finding(
        "on_the_table",
        facts.document_state in TABLED,
        _("The text is on the table of a negotiation."),
        ref=facts.ref,
        lacking=_("The text is not on the table of a negotiation."),
    )


@guard("both_languages")
def paragraph_in_both_languages(facts: ParagraphFacts, inputs: Inputs) -> Iterable[Finding]:
    """Warn when a paragraph is agreed while one of its languages is behind."""
    yield Finding(
        "paragraph_aligned",
        facts.es == facts.pt == TextStatus.CURRENT,
        _("Both languages of the paragraph are up to date."),
        ref=facts.ref,
        advisory=True,
        lacking=_("One language of the paragraph is missing or to be updated."),
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


@guard("proponent_or_decision", always_hard=True, needs_inputs=True)
def proponent_or_decision(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
    """A delegation withdraws its own text (the permission lets no other delegation in); else a decision is named."""
    fit = {d.uuid for d in facts.decisions if d.subject == DecisionSubject.WITHDRAWAL and not d.spent}
    yield Finding(
        "withdrawal_decided",
        (facts.proponent_id is not None and not inputs.on_behalf) or inputs.decision in fit,
        _("Its proponent withdraws it, or a decision on the withdrawal is named."),
        ref=_meetings(facts),
        lacking=_("Name a decision on the withdrawal of the text that has not served before."),
    )


__all__ = [
    "all_paragraphs_closed",
    "clearances_signed",
    "concordance_certified",
    "document_on_table",
    "gives_reason",
    "has_paragraphs",
    "in_meeting",
    "languages_aligned",
    "late_is_admitted",
    "meeting_named",
    "names_other_hour",
    "names_outcome",
    "no_ad_referendum",
    "no_objection_to_deletion",
    "no_standing_objection",
    "one_language_complete",
    "one_live_text",
    "originals_filed",
    "paragraph_in_both_languages",
    "present_listed",
    "proponent_or_decision",
    "proposals_disposed",
    "window_long_enough",
]
