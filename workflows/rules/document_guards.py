"""Guards of documents and paragraphs: is the text ready? Each finding has a code, a sentence and a link."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from workflows.errors import Ref
from workflows.rules.facts import DocumentFacts, DocumentLine, Inputs, ParagraphFacts, SummitFacts
from workflows.rules.guards import Finding, Guard, gives_reason, guard
from workflows.states import (
    CLOSED_PARAGRAPH,
    STOPS_GAVEL,
    ClearanceOffice,
    DecisionSubject,
    DocumentKind,
    DocumentState,
    MeetingKind,
    MeetingState,
    Outcome,
    ParagraphKind,
    ParagraphState,
    PositionKind,
    TextStatus,
)

CHAIRED = (MeetingKind.CNRC, MeetingKind.RMRE, MeetingKind.OTHER)
NEGOTIATED_PARAGRAPHS = frozenset({ParagraphKind.PREAMBULAR, ParagraphKind.OPERATIVE, ParagraphKind.ANNEX})


# Drafting and clearance ------------------------------------------------------------------------------------------


@guard("paragraphs")
def has_paragraphs(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask for paragraphs in at least one language."""
    yield Finding("has_paragraphs", bool(facts.paragraphs), _("The text has paragraphs in at least one language."), facts.ref)


@guard("clearances")
def clearances_signed(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask for the four clearances of the text as it stands (legal, mandates, budget, language)."""
    sentences = {
        ClearanceOffice.LEGAL: _("The legal clearance of the text as it stands is signed."),
        ClearanceOffice.MANDATES: _("The clearance of the mandates of the text as it stands is signed."),
        ClearanceOffice.BUDGET: _("The budget clearance of the text as it stands is signed."),
        ClearanceOffice.LANGUAGE: _("The language clearance of the text as it stands is signed."),
    }
    for office, sentence in sentences.items():
        yield Finding(f"clearance:{office.value}", office in facts.clearances, sentence, facts.ref)


# Circulation -----------------------------------------------------------------------------------------------------


@guard("languages")
def languages_aligned(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask that Spanish and Portuguese are aligned, none missing, none stale: each paragraph behind is named."""
    behind = [p for p in facts.paragraphs if not p.es == p.pt == TextStatus.CURRENT]
    if not behind:
        yield Finding("languages_aligned", True, _("Spanish and Portuguese are aligned."), facts.ref)
    for paragraph in behind:
        yield Finding(
            f"language:{paragraph.ref.code}",
            False,
            _("One language of paragraph %(number)s is missing or to be updated.") % {"number": paragraph.number or "–"},
            paragraph.ref,
        )


@guard("one_language")
def one_language_complete(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask that one language is complete and up to date."""
    met = any(all(getattr(p, lang) == TextStatus.CURRENT for p in facts.paragraphs) for lang in ("es", "pt"))
    yield Finding("one_language_complete", met, _("One language is complete and up to date."), facts.ref)


@guard("other_hour", always_hard=True, needs_inputs=True)
def names_other_hour(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask for the hour at which the other language follows, ahead and before the window ends."""
    at, end = inputs.other_language_at, inputs.window_ends_at
    met = at is not None and (inputs.now is None or at > inputs.now) and (end is None or at < end)
    yield Finding("other_language_hour", met, _("The hour at which the other language follows is named."), facts.ref)


@guard("window", needs_inputs=True)
def window_long_enough(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask for a window not shorter than the summit's minimum, counted from the later of the two languages."""
    start = inputs.other_language_at or inputs.now
    least = timedelta(hours=facts.min_window_hours)
    met = inputs.window_ends_at is not None and start is not None and inputs.window_ends_at - start >= least
    yield Finding(
        "window_set",
        met,
        _("The window for comments is set and lasts at least %(hours)d hours.") % {"hours": facts.min_window_hours},
        facts.ref,
    )


@guard("late_communique", always_hard=True)
def late_is_admitted(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask for a decision that admits a communiqué proposed after its window."""
    if facts.is_late:
        yield Finding(
            "late_admitted",
            facts.is_admitted,
            _("A decision of the coordinators admits the late communiqué."),
            Ref("meetings", summit=facts.scene.slug),
        )


@guard("proposals")
def proposals_disposed(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask that every proposal is disposed of before a new version goes out."""
    message = (
        ngettext_lazy(
            "%(count)d proposal waits to be disposed of.", "%(count)d proposals wait to be disposed of.", facts.open_proposals
        )
        % {"count": facts.open_proposals}
        if facts.open_proposals
        else _("Every proposal is disposed of.")
    )
    yield Finding("proposals_disposed", facts.open_proposals == 0, message, facts.ref)


# The table -------------------------------------------------------------------------------------------------------


def _meeting(facts: Any, inputs: Inputs, kinds: tuple[str, ...], states: frozenset[str]) -> bool:
    return any(m.code == inputs.meeting and m.kind in kinds and m.state in states for m in facts.meetings)


def meeting_named() -> Guard:
    """Return the guard for naming a meeting that is convened or in course."""

    def ask(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
        met = _meeting(facts, inputs, CHAIRED, frozenset({MeetingState.CONVENED, MeetingState.BEGUN}))
        sentence = _("The meeting at whose table the text is laid is named.")
        yield Finding("meeting_named", met, sentence, Ref("meetings", summit=facts.scene.slug))

    return Guard(code="meeting_named", ask=ask, needs_inputs=True)


def in_meeting(*kinds: MeetingKind) -> Guard:
    """Return the guard for acting in a meeting (of one of the kinds) that has begun, its attendance recorded."""

    def ask(facts: Any, inputs: Inputs) -> Iterable[Finding]:
        met = _meeting(facts, inputs, kinds or CHAIRED, frozenset({MeetingState.BEGUN, MeetingState.HELD}))
        sentence = (
            _("A ministers' meeting that has begun is named.")
            if kinds == (MeetingKind.RMRE,)
            else _("A meeting that has begun is named: a text is agreed in a meeting only.")
        )
        yield Finding("in_meeting", met, sentence, Ref("meetings", summit=facts.scene.slug))

    return Guard(code="in_meeting", ask=ask, always_hard=True, needs_inputs=True)


@guard("one_live_text", always_hard=True)
def one_live_text(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
    """One live text per table: the document itself, in its last version (kept by the database: one row a document)."""
    yield Finding("one_live_text", bool(facts.paragraphs), _("There is one live text on the table."), facts.ref)


@guard("paragraphs_closed", always_hard=True)
def all_paragraphs_closed(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask that every paragraph is agreed or deleted; each open one is named (hard at any time)."""
    open_ = [p for p in facts.paragraphs if p.kind in NEGOTIATED_PARAGRAPHS and p.state not in CLOSED_PARAGRAPH]
    if not open_:
        yield Finding("paragraphs_closed", True, _("Every paragraph is agreed or deleted."), facts.ref)
    for p in open_:
        sentence = _("Paragraph %(number)s is open.") % {"number": p.number or "–"}
        yield Finding(f"paragraph:{p.ref.code}", False, sentence, p.ref)


@guard("standing_objection", always_hard=True)
def no_standing_objection(facts: DocumentFacts | ParagraphFacts, inputs: Inputs) -> Iterable[Finding]:
    """Scrutiny reservations and objections stop a gavel until they are lifted."""
    standing = [p for p in facts.positions if p.kind in STOPS_GAVEL]
    if not standing:
        yield Finding("no_standing_objection", True, _("No scrutiny reservation or objection stands."), facts.ref)
    for p in standing:
        sentence = _("A scrutiny reservation or an objection of %(party)s stands.") % {"party": p.party}
        yield Finding(f"position:{p.party}", False, sentence, facts.ref)


@guard("ad_referendum", always_hard=True)
def no_ad_referendum(facts: DocumentFacts | ParagraphFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask that every ad referendum is lifted by its delegation."""
    waiting = [p for p in facts.positions if p.kind == PositionKind.AGREES_AD_REFERENDUM]
    if not waiting:
        yield Finding("no_ad_referendum", True, _("Nothing waits for the confirmation of a capital."), facts.ref)
    for p in waiting:
        sentence = _("The agreement of %(party)s is ad referendum.") % {"party": p.party}
        yield Finding(f"ad_referendum:{p.party}", False, sentence, facts.ref)


@guard("objection_to_deletion", always_hard=True)
def no_objection_to_deletion(facts: ParagraphFacts, inputs: Inputs) -> Iterable[Finding]:
    """Nobody objects to the deletion of a paragraph."""
    against = [p for p in facts.positions if p.kind == PositionKind.OBJECTS_TO_DELETION]
    for p in against:
        sentence = _("%(party)s objects to the deletion.") % {"party": p.party}
        yield Finding(f"position:{p.party}", False, sentence, facts.ref)


@guard("on_the_table", always_hard=True)
def document_on_table(facts: ParagraphFacts, inputs: Inputs) -> Iterable[Finding]:
    """The chair acts on paragraphs while the document is negotiated, or elevated to the ministers or the heads."""
    met = facts.document_state in {
        DocumentState.IN_NEGOTIATION,
        DocumentState.ELEVATED,
        DocumentState.ELEVATED_TO_HEADS,
    }
    yield Finding("on_the_table", met, _("The text is on the table of a negotiation."), facts.ref)


@guard("both_languages")
def paragraph_in_both_languages(facts: ParagraphFacts, inputs: Inputs) -> Iterable[Finding]:
    """Warn when a paragraph is agreed while one of its languages is behind."""
    met = facts.es == facts.pt == TextStatus.CURRENT
    yield Finding("paragraph_aligned", met, _("Both languages of the paragraph are up to date."), facts.ref, advisory=True)


# Outcome ---------------------------------------------------------------------------------------------------------


@guard("outcome", always_hard=True, needs_inputs=True)
def names_outcome(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask for one of the four outcomes; what the ministers did not approve is not adopted by consensus silently."""
    yield Finding("outcome_named", inputs.outcome in Outcome.values, _("The outcome is named."), facts.ref)
    if inputs.outcome == Outcome.ADOPTED:
        yield from all_paragraphs_closed.ask(facts, inputs)


@guard("concordance", always_hard=True, needs_inputs=True)
def concordance_certified(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask for the certified concordance of the two languages before a text is adopted."""
    if inputs.outcome == Outcome.ADOPTED:
        yield Finding(
            "concordance_certified",
            facts.concordance_certified,
            _("The concordance of the Spanish and the Portuguese is certified."),
            facts.ref,
        )


@guard("originals", always_hard=True)
def originals_filed(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask that both originals of an adopted text are filed."""
    if not facts.is_plain:
        yield Finding("originals_filed", facts.originals_filed, _("Both originals are filed."), facts.ref)


@guard("proponent_or_decision", always_hard=True, needs_inputs=True)
def proponent_or_decision(facts: DocumentFacts, inputs: Inputs) -> Iterable[Finding]:
    """A delegation withdraws its own text (the permission lets no other delegation in); else a decision is named."""
    fit = {d.uuid for d in facts.decisions if d.subject == DecisionSubject.WITHDRAWAL and not d.spent}
    met = (facts.proponent_id is not None and not inputs.on_behalf) or inputs.decision in fit
    yield Finding(
        "withdrawal_decided",
        met,
        _("A decision on the withdrawal of the text is named."),
        Ref("meetings", summit=facts.scene.slug),
    )


# The summit's guards on documents --------------------------------------------------------------------------------


def cleared(*kinds: DocumentKind) -> Guard:
    """Return the summit's guard for a plain document of each kind being cleared."""

    def ask(facts: SummitFacts, inputs: Inputs) -> Iterable[Finding]:
        done = {DocumentState.CLEARED, DocumentState.APPROVED, DocumentState.PUBLISHED}
        sentences = {
            DocumentKind.AGENDA: _("The agenda is cleared."),
            DocumentKind.CONCEPT_NOTE: _("The concept note is cleared."),
        }
        for kind in kinds:
            line = next((d for d in facts.documents if d.kind == kind), None)
            where = line.ref if line else Ref("documents", summit=facts.scene.slug)
            yield Finding(f"document:{kind.value}", line is not None and line.state in done, sentences[kind], where)

    return Guard(code="documents_cleared", ask=ask)


BEFORE_CIRCULATION = frozenset(
    {DocumentState.DRAFTING, DocumentState.IN_CLEARANCE, DocumentState.RETURNED, DocumentState.CLEARED}
)
OVER = frozenset({DocumentState.CONCLUDED, DocumentState.PUBLISHED, DocumentState.WITHDRAWN})


@guard("circulated")
def main_texts_circulated(facts: SummitFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask that declaration and programme of action are circulated with their window (machines: open_negotiation)."""
    for kind, sentence in (
        (DocumentKind.DECLARATION, _("The declaration is circulated, with its window for comments.")),
        (DocumentKind.PROGRAMME_OF_ACTION, _("The programme of action is circulated, with its window for comments.")),
    ):
        line = next((d for d in facts.documents if d.kind == kind and d.state != DocumentState.WITHDRAWN), None)
        met = line is not None and line.state not in BEFORE_CIRCULATION and line.has_window
        where = line.ref if line else Ref("documents", summit=facts.scene.slug)
        yield Finding(f"document:{kind.value}", met, sentence, where)


@guard("consolidating")
def none_before_consolidating(facts: SummitFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask that no negotiated document is before consolidation, and list what is open (machines: open_minister_review)."""
    early = BEFORE_CIRCULATION | {DocumentState.CIRCULATED}
    negotiated = [d for d in facts.documents if not d.is_plain]
    behind = [d for d in negotiated if d.state in early]
    if not behind:
        yield Finding("documents_consolidating", True, _("No negotiated document is before its consolidation."), facts.ref)
    for d in behind:
        yield Finding(f"document:{d.ref.code}", False, d.title, d.ref)
    for d in negotiated:
        if d.open_brackets or d.ad_referendum or d.reserves:
            yield _open_points(d)


def _open_points(d: DocumentLine) -> Finding:
    counts = {"title": d.title, "brackets": d.open_brackets, "adref": d.ad_referendum, "reserves": d.reserves}
    sentence = _("%(title)s: open paragraphs %(brackets)d, ad referendum %(adref)d, reservations %(reserves)d.") % counts
    return Finding(f"open_points:{d.ref.code}", False, sentence, d.ref, advisory=True)


@guard("concluded_or_moving")
def ready_for_session(facts: SummitFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask that each negotiated document is approved, elevated, concluded or withdrawn (machines: open_session)."""
    ready = OVER | {DocumentState.MINISTER_APPROVED, DocumentState.ELEVATED_TO_HEADS, DocumentState.ELEVATED}
    for d in facts.documents:
        if not d.is_plain:
            yield Finding(f"document:{d.ref.code}", d.state in ready, d.title, d.ref)


@guard("all_concluded", always_hard=True)
def all_concluded(facts: SummitFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask that every negotiated document is concluded, published or withdrawn (hard at any time)."""
    for d in facts.documents:
        if not d.is_plain:
            yield Finding(f"document:{d.ref.code}", d.state in OVER, d.title, d.ref)


__all__ = [
    "ParagraphState",
    "all_concluded",
    "all_paragraphs_closed",
    "clearances_signed",
    "cleared",
    "concordance_certified",
    "document_on_table",
    "gives_reason",
    "has_paragraphs",
    "in_meeting",
    "languages_aligned",
    "late_is_admitted",
    "main_texts_circulated",
    "meeting_named",
    "names_other_hour",
    "names_outcome",
    "no_ad_referendum",
    "no_objection_to_deletion",
    "no_standing_objection",
    "none_before_consolidating",
    "one_language_complete",
    "one_live_text",
    "originals_filed",
    "paragraph_in_both_languages",
    "proponent_or_decision",
    "proposals_disposed",
    "ready_for_session",
    "window_long_enough",
]
