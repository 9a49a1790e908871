"""The summit's guards on its documents: which texts must stand where before a stage opens."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from workflows.errors import Ref
from workflows.rules.facts import DocumentLine, Inputs, SummitFacts
from workflows.rules.guards import Finding, Guard, guard
from workflows.states import DocumentKind, DocumentState

DONE_WITH = frozenset({DocumentState.CLEARED, DocumentState.APPROVED, DocumentState.PUBLISHED})
BEFORE_CIRCULATION = frozenset(
    {DocumentState.DRAFTING, DocumentState.IN_CLEARANCE, DocumentState.RETURNED, DocumentState.CLEARED}
)
OVER = frozenset({DocumentState.CONCLUDED, DocumentState.PUBLISHED, DocumentState.WITHDRAWN})
READY = OVER | {DocumentState.MINISTER_APPROVED, DocumentState.ELEVATED_TO_HEADS, DocumentState.ELEVATED}

CLEARED = {
    DocumentKind.AGENDA: (_("The agenda is cleared."), _("The agenda is not yet cleared.")),
    DocumentKind.CONCEPT_NOTE: (_("The concept note is cleared."), _("The concept note is not yet cleared.")),
}
CIRCULATED = {
    DocumentKind.DECLARATION: (
        _("The declaration is circulated, with its window for comments."),
        _("The declaration is not yet circulated with its window for comments."),
    ),
    DocumentKind.PROGRAMME_OF_ACTION: (
        _("The programme of action is circulated, with its window for comments."),
        _("The programme of action is not yet circulated with its window for comments."),
    ),
}
"""What a list of conditions says of a text, and what a refusal says."""


def cleared(*kinds: DocumentKind) -> Guard:
    """Return the guard for a plain document of each kind being cleared (machines: open_sectoral_meetings; hard)."""

    def ask(facts: SummitFacts, inputs: Inputs) -> Iterable[Finding]:
        for kind in kinds:
            line = next((d for d in facts.documents if d.kind == kind), None)
            message, lacking = CLEARED[kind]
            met = line is not None and line.state in DONE_WITH
            yield Finding(f"document:{kind.value}", met, message, ref=_where(facts, line), lacking=lacking)

    return Guard(code="documents_cleared", ask=ask)


def _where(facts: SummitFacts, line: DocumentLine | None) -> Ref:
    return line.ref if line else Ref("documents", summit=facts.scene.slug)


@guard("circulated")
def main_texts_circulated(facts: SummitFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask that declaration and programme of action are circulated with their window (machines: open_negotiation; hard)."""
    for kind, (message, lacking) in CIRCULATED.items():
        line = next((d for d in facts.documents if d.kind == kind and d.state != DocumentState.WITHDRAWN), None)
        met = line is not None and line.state not in BEFORE_CIRCULATION and line.has_window
        yield Finding(f"document:{kind.value}", met, message, ref=_where(facts, line), lacking=lacking)


@guard("consolidating")
def none_before_consolidating(facts: SummitFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask that no negotiated document is before consolidation, and list what is open (machines: open_minister_review)."""
    early = BEFORE_CIRCULATION | {DocumentState.CIRCULATED}
    beyond = _("No negotiated document is before its consolidation.")
    negotiated = [d for d in facts.documents if not d.is_plain]
    behind = [d for d in negotiated if d.state in early]
    if not behind:
        yield Finding("documents_consolidating", True, beyond, ref=facts.ref)
    for d in behind:
        sentence = _("“%(title)s” is not yet being consolidated.") % {"title": d.title}
        yield Finding(f"document:{d.ref.code}", False, beyond, ref=d.ref, lacking=sentence)
    for d in negotiated:
        if d.open_brackets or d.ad_referendum or d.reserves:
            yield _open_points(d)


def _open_points(d: DocumentLine) -> Finding:
    counts = {"title": d.title, "brackets": d.open_brackets, "adref": d.ad_referendum, "reserves": d.reserves}
    sentence = _("%(title)s: open paragraphs %(brackets)d, ad referendum %(adref)d, reservations %(reserves)d.") % counts
    return Finding(f"open_points:{d.ref.code}", False, d.title, ref=d.ref, advisory=True, lacking=sentence)


@guard("ready_for_session")
def ready_for_session(facts: SummitFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask that each negotiated document is approved, elevated, concluded or withdrawn (machines: open_session)."""
    ready = _("Every negotiated document is approved by the ministers, elevated, concluded or withdrawn.")
    behind = [d for d in facts.documents if not d.is_plain and d.state not in READY]
    if not behind:
        yield Finding("documents_ready", True, ready, ref=Ref("documents", summit=facts.scene.slug))
    for d in behind:
        sentence = _("“%(title)s” is neither approved by the ministers, nor elevated, concluded or withdrawn.")
        yield Finding(f"document:{d.ref.code}", False, ready, ref=d.ref, lacking=sentence % {"title": d.title})


@guard("all_concluded", always_hard=True)
def all_concluded(facts: SummitFacts, inputs: Inputs) -> Iterable[Finding]:
    """Ask that every negotiated document is concluded, published or withdrawn (machines: record_outcomes; hard always)."""
    over = _("Every negotiated document is concluded, published or withdrawn.")
    behind = [d for d in facts.documents if not d.is_plain and d.state not in OVER]
    if not behind:
        yield Finding("documents_over", True, over, ref=Ref("documents", summit=facts.scene.slug))
    for d in behind:
        sentence = _("“%(title)s” is neither concluded, published nor withdrawn.") % {"title": d.title}
        yield Finding(f"document:{d.ref.code}", False, over, ref=d.ref, lacking=sentence)
