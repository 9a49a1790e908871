"""Paragraphs as the page of a text shows them: both languages with their status, what is said of them, the chair's actions."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from workflows.rules.numbering import ANNEX
from workflows.states import (
    CLOSED_PARAGRAPH,
    STOPS_GAVEL,
    ParagraphKind,
    ParagraphState,
    PartyKind,
    PositionKind,
    ProposalKind,
    ProposalState,
    TextStatus,
)
from workflows.templatetags.moments import moment
from workflows.web.deadline import listed
from workflows.web.links import linked, url_for, url_to_do

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from workflows.models import Paragraph, Position, Proposal
    from workflows.queries.document import DocumentSheet, ParagraphRow
    from workflows.queries.document_paragraph import ParagraphSheet
    from workflows.rules.facts import Actor

OPEN_STATES = frozenset({ParagraphState.BRACKETED, ParagraphState.IN_CONSULTATION})


def number_shown(number: str) -> str:
    """Return a paragraph's number in the reader's language: the word of an annex is stored in one."""
    return number.replace(f"{ANNEX} ", f"{_('Annex')} ")


def name_paragraph(kind: str, number: str) -> str:
    """Return how a paragraph is spoken of: "Paragraph 12", "Annex I", "Heading"."""
    if not number or kind == ParagraphKind.ANNEX:
        return number_shown(number) or str(ParagraphKind(kind).label)
    return _("Paragraph %(number)s") % {"number": number}


class TextPage:
    """Writes the paragraphs of a text, or one alone, as the components take them, for one reader."""

    def __init__(self, sheet: DocumentSheet | ParagraphSheet, actor: Actor, meetings: Mapping[str, str], meeting: str) -> None:
        self.sheet, self.actor, self.meetings, self.meeting = sheet, actor, meetings, meeting
        self.document = sheet.document
        self.args = [self.document.summit.slug, self.document.code]

    def rows(self, found: Iterable[ParagraphRow]) -> list[dict[str, Any]]:
        """Return paragraphs in order."""
        return [self.row(row) for row in found]

    def row(self, row: ParagraphRow) -> dict[str, Any]:
        """Return one paragraph."""
        p = row.paragraph
        return {
            "id": f"p-{p.uuid}",
            "name": name_paragraph(p.kind, row.line.number),
            "number": number_shown(row.line.number),
            "kind": p.kind,
            "url": url_for(p),
            "es": p.text_es,
            "pt": p.text_pt,
            "state": "" if self.document.is_plain or p.kind == ParagraphKind.HEADING else p.state,
            "is_gone": p.state == ParagraphState.DELETED,
            "note": self.agreed(p),
            "conditional": p.conditional_on,
            "languages": self.languages(row),
            "positions": grouped(row.positions),
            "stands": stands_in_words(row.positions),
            "proposals": [proposal_shown(proposal, self.actor) for proposal in row.proposals],
            "is_open": p.state in OPEN_STATES or any(x.kind in STOPS_GAVEL for x in row.positions),
            "edit": self.edit(row),
            "say": self.say(p),
            "gavel": self.gavel(row),
        }

    def agreed(self, p: Paragraph) -> str:
        """Return when and where the gavel fell."""
        if p.agreed_at is None:
            return ""
        values = {"day": f"{moment(p.agreed_at, self.document.summit.zone).split(',')[0]}"}
        if not p.agreed_in:
            return _("on %(day)s") % values
        return _("on %(day)s, in “%(meeting)s”") % (values | {"meeting": self.meetings.get(p.agreed_in, p.agreed_in)})

    def languages(self, row: ParagraphRow) -> dict[str, dict[str, str]]:
        """Return the status of each language that is behind, with what changed and when, and where it is written."""
        found = {}
        for language, other in (("es", "pt"), ("pt", "es")):
            status = getattr(row.line, language)
            if status != TextStatus.CURRENT:
                found[language] = {"status": str(status), "why": self.why(row, other) if status == TextStatus.STALE else ""}
        return found

    def why(self, row: ParagraphRow, changed: str) -> str:
        if row.changed is None:
            return ""
        values = {"when": moment(row.changed.changed_at, self.document.summit.zone)}
        return (_("The Spanish changed on %(when)s.") if changed == "es" else _("The Portuguese changed on %(when)s.")) % values

    def edit(self, row: ParagraphRow) -> str:
        if not self.sheet.may.edit or row.paragraph.state in CLOSED_PARAGRAPH:
            return ""
        return url_for(row.paragraph)

    def say(self, p: Paragraph) -> list[dict[str, str]]:
        """Return the links by which one comments and takes a position on a paragraph."""
        if p.kind == ParagraphKind.HEADING:
            return []
        return said_links(self.sheet, f"?paragraph={p.uuid}")

    def gavel(self, row: ParagraphRow) -> dict[str, Any] | None:
        """Return the chair's actions on a paragraph: buttons that post with the meeting chosen, and what is withheld."""
        if not row.options or row.paragraph.kind == ParagraphKind.HEADING:
            return None
        p, buttons, withheld = row.paragraph, [], []
        for name, offered in row.options.items():
            hard = [r for r in offered.reasons if not r.advisory]
            if hard:
                withheld.append({"action": offered.label, "reasons": linked(hard)})
                continue
            asks = bool(offered.reasons) or "reason" in offered.needs or not self.meeting or name == "delete"
            buttons.append({"label": offered.label, "url": url_to_do(p, name), "asks": asks})
        return {"buttons": buttons, "withheld": withheld, "version": p.version, "meeting": self.meeting}


def said_links(sheet: DocumentSheet | ParagraphSheet, query: str) -> list[dict[str, str]]:
    """Return the links by which the reader speaks on a text or a paragraph, for its own delegation or for one on paper."""
    args, may, links = [sheet.document.summit.slug, sheet.document.code], sheet.may, []
    if may.propose:
        links.append({"label": _("Comment or propose"), "url": reverse("proposal-write", args=args) + query})
    if may.take_position:
        links.append({"label": _("Take a position"), "url": reverse("position-take", args=args) + query})
    if may.record:
        links.append({"label": _("Record what a delegation proposes"), "url": reverse("proposal-write", args=args) + query})
        links.append({"label": _("Record a position"), "url": reverse("position-take", args=args) + query})
    return links


# What delegations say --------------------------------------------------------------------------------------------


def grouped(positions: Sequence[Position]) -> list[dict[str, Any]]:
    """Return positions by what they say, the delegations of each in protocol order, with the notes given."""
    groups: Mapping[str, list[Position]] = defaultdict(list)
    for position in positions:
        groups[position.kind].append(position)
    return [
        {
            "kind": kind,
            "names": listed(p.party.name for p in groups[kind]),
            "notes": [{"party": p.party.name, "text": p.note} for p in groups[kind] if p.note],
        }
        for kind in PositionKind.values
        if kind in groups
    ]


def standing(sheet: DocumentSheet | ParagraphSheet, position: Position, actor: Actor) -> dict[str, Any]:
    """Return one position that stands, with the address where the reader lifts it, or records that it is lifted."""
    document, may = sheet.document, sheet.may
    records = may.record and not (actor.party_kind == PartyKind.SPT and actor.host_party_id == position.party_id)
    lifts = (position.party_id == actor.party_id and may.take_position) or records
    url = reverse("position-end", args=[document.summit.slug, document.code, position.uuid]) if lifts else ""
    return {"position": position, "lift_url": url}


def stands_in_words(positions: Sequence[Position]) -> str:
    """Return how many positions stand, by what they say: "Agrees 19, Agrees ad referendum 3"; no country is counted apart."""
    if not positions:
        return ""
    groups: dict[str, int] = defaultdict(int)
    for position in positions:
        groups[position.kind] += 1
    said = ", ".join(f"{PositionKind(kind).label} {groups[kind]}" for kind in PositionKind.values if kind in groups)
    return _("Positions: %(said)s") % {"said": said}


def proposal_shown(proposal: Proposal, actor: Actor) -> dict[str, Any]:
    """Return a proposal as a page shows it: of whom, what kind, in which state, when it came and how."""
    return {
        "url": url_for(proposal),
        "party": proposal.party.name,
        "kind": str(ProposalKind(proposal.kind).label),
        "language": proposal.language,
        "text": proposal.text,
        "state": proposal.state,
        "is_draft": proposal.state == ProposalState.DRAFT,
        "is_late": proposal.is_late,
        "came": came(proposal, actor.zone),
        "disposal": proposal.disposal_note,
        "version": proposal.version_of_text.number if proposal.version_of_text else 0,
    }


def came(row: Proposal | Position, zone: str) -> str:
    """Return when and how something arrived: "30/09/2026, 10:40 (Madrid), note verbale NV 12"."""
    if row.received_at is None:
        return ""
    parts = [moment(row.received_at, zone)]
    if row.channel and row.channel not in {"page", "api"}:
        parts.append(f"{row.get_channel_display()} {row.note_number}".strip())
    return ", ".join(parts)


def counted(rows: Iterable[dict[str, Any]]) -> str:
    """Return how many paragraphs stand in which open state, the state named first: no adjective has to agree with a number."""
    states = [row["state"] for row in rows if row["state"]]
    parts = [
        f"{ParagraphState(state).label} {states.count(state)}"
        for state in (
            ParagraphState.AGREED_AD_REFERENDUM,
            ParagraphState.BRACKETED,
            ParagraphState.IN_CONSULTATION,
            ParagraphState.PROPOSED,
            ParagraphState.DELETED,
        )
        if state in states
    ]
    return ", ".join(parts)


def behind_in_words(behind: int, paragraphs: int) -> str:
    """Return how the two languages stand to one another."""
    if not paragraphs:
        return _("no paragraph yet")
    if not behind:
        return _("languages aligned")
    return ngettext("%(count)d paragraph behind", "%(count)d paragraphs behind", behind) % {"count": behind}


def opening_words(paragraph: Paragraph) -> str:
    """Return the first words of a paragraph in the reader's language, by which it is recognised."""
    first, other = (paragraph.text_pt, paragraph.text_es)
    if not (get_language() or "es").startswith("pt"):
        first, other = other, first
    return " ".join((first or other).split()[:9])
