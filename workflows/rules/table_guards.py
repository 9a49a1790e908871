"""Guards of the table: what must hold before the gavel falls on a text or on one of its paragraphs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from workflows.errors import Ref
from workflows.rules.facts import DocumentFacts, Inputs, ParagraphFacts, PositionLine, ProposalFacts
from workflows.rules.guards import Finding, Guard, guard
from workflows.states import (
    CLOSED_PARAGRAPH,
    COMMENTED_IN,
    STOPS_GAVEL,
    DocumentState,
    MeetingKind,
    MeetingState,
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


@guard("text_takes_comments", always_hard=True)
def text_takes_comments(facts: ProposalFacts, inputs: Inputs) -> Iterable[Finding]:
    """Proposals are handed in from the circulation of a text until the ministers have done with it."""
    yield Finding(
        "text_takes_comments",
        facts.document_state in COMMENTED_IN,
        _("The text is open to comments."),
        ref=facts.ref,
        lacking=_("The text is not open to comments and positions now."),
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
