"""Texts of a summit as their list and page show them: the text, what is said of it, and what can be done."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q

from workflows.models import (
    Clearance,
    Document,
    Event,
    Paragraph,
    ParagraphChange,
    Participation,
    Party,
    Position,
    Proposal,
    Publication,
    Signature,
    Task,
    Version,
)
from workflows.queries.document_api import search_documents
from workflows.queries.document_facts import document_facts, lines_of, paragraph_facts, text_of
from workflows.queries.document_may import May, what_may
from workflows.queries.record import lines_of as record_lines
from workflows.rules.evaluate import option
from workflows.rules.facts import Inputs
from workflows.rules.verbs import verbs_of
from workflows.states import ClearanceOffice, DocumentKind, DocumentState, PartyKind, ProposalState, TextStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from workflows.models import Deadline, Summit
    from workflows.queries.record import RecordLine
    from workflows.rules.evaluate import Option
    from workflows.rules.facts import Actor, DocumentFacts, ParagraphFacts, ParagraphLine

HISTORY = 40
"""Events of a text shown on its page; the record has all."""
ON_TABLE = frozenset({DocumentState.IN_NEGOTIATION, DocumentState.ELEVATED, DocumentState.ELEVATED_TO_HEADS})
"""States of a text in which the chair acts on its paragraphs."""
BEHIND = Q(text_es="") | Q(text_pt="") | Q(es_at__lt=F("revision")) | Q(pt_at__lt=F("revision"))
"""Paragraphs of which one language is missing or to be updated."""


def visible_documents(actor: Actor):  # type: ignore[no-untyped-def]
    """Return the texts that the actor may see, with what a page needs loaded."""
    return Document.objects.visible_to(actor).select_related(
        "summit", "summit__host", "proponent", "deadline", "concordance_certified_by__party", "admitted_by__meeting"
    )


# The list --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DocumentFilters:
    """By what the list of texts is narrowed."""

    kind: str = ""
    state: str = ""
    q: str = ""
    """Words in the title or the code, in any language, accents or not."""
    by_window: bool = False
    """Whether those whose window closes first stand first; by kind otherwise."""

    @property
    def narrow(self) -> bool:
        """Whether anything is left out."""
        return bool(self.kind or self.state or self.q)


@dataclass(frozen=True)
class Listed:
    """A text of the list: how many paragraphs it has, and in how many one language is behind."""

    document: Document
    paragraphs: int
    behind: int

    @property
    def deadline(self) -> Deadline | None:
        """Its window for comments, where one was set."""
        return getattr(self.document, "deadline", None)


@dataclass(frozen=True)
class DocumentList:
    """The texts that were asked for, of all that the reader may see."""

    rows: Sequence[Listed]
    total: int
    kinds: Sequence[str]
    states: Sequence[str]


def list_documents(summit: Summit, *, actor: Actor, filters: DocumentFilters | None = None) -> DocumentList:
    """Return the texts of a summit that the actor may see, by kind or by window (two queries; one more to search)."""
    filters = filters or DocumentFilters()
    order = {kind: n for n, kind in enumerate(DocumentKind.values)}
    seen = visible_documents(actor).filter(summit=summit).order_by("number", "pk")
    every = sorted(seen, key=lambda d: (order[d.kind], d.code))
    chosen = [d for d in every if filters.kind in {"", d.kind} and filters.state in {"", d.state}]
    if filters.q:
        named = set(search_documents(seen, filters.q).values_list("pk", flat=True))
        chosen = [d for d in chosen if d.pk in named]
    if filters.by_window:
        chosen.sort(key=_window)
    counted = {
        row["document_id"]: row
        for row in Paragraph.objects.filter(document__in=[d.pk for d in chosen], removed_at__isnull=True)
        .values("document_id")
        .annotate(n=Count("pk"), behind=Count("pk", filter=BEHIND))
        .order_by("document_id")
    }
    none = {"n": 0, "behind": 0}
    rows = [Listed(d, counted.get(d.pk, none)["n"], counted.get(d.pk, none)["behind"]) for d in chosen]
    occurring = {d.kind for d in every}, {d.state for d in every}
    return DocumentList(
        rows=rows,
        total=len(every),
        kinds=[k for k in DocumentKind.values if k in occurring[0]],
        states=[s for s in DocumentState.values if s in occurring[1]],
    )


def _window(document: Document) -> tuple[bool, float]:
    """Return where a text stands by its window: those in circulation first, by their hour."""
    deadline = getattr(document, "deadline", None)
    if document.state != DocumentState.CIRCULATED or deadline is None or deadline.due_at is None:
        return True, 0.0
    return False, deadline.due_at.timestamp()


# The page --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ParagraphRow:
    """A paragraph with its number, what is said of it, and what the reader may do to it."""

    paragraph: Paragraph
    line: ParagraphLine
    proposals: Sequence[Proposal] = ()
    positions: Sequence[Position] = ()
    """Those that stand, in protocol order."""
    options: Mapping[str, Option] | None = None
    changed: ParagraphChange | None = None
    """The last change, of a paragraph of which one language is behind."""

    @property
    def is_behind(self) -> bool:
        """Whether one language is missing or to be updated."""
        return not self.line.es == self.line.pt == TextStatus.CURRENT


@dataclass(frozen=True)
class DocumentSheet:
    """Everything that a text's page shows to one reader."""

    document: Document
    facts: DocumentFacts
    options: Mapping[str, Option]
    may: May
    rows: Sequence[ParagraphRow]
    proposals: Sequence[Proposal]
    """Those on the whole text; of what was submitted, as much as the reader may see."""
    positions: Sequence[Position]
    clearances: Mapping[str, Clearance | None]
    """The latest of each office, standing or dropped."""
    versions: Sequence[Version]
    publications: Sequence[Publication]
    signatures: Sequence[Signature]
    tasks: Sequence[Task]
    """Lines of the checklist that this text does, of those that the reader may see."""
    events: Sequence[RecordLine]

    @property
    def deadline(self) -> Deadline | None:
        """Its window for comments, where one was set."""
        return getattr(self.document, "deadline", None)

    @property
    def behind(self) -> int:
        """In how many paragraphs one language is missing or to be updated."""
        return sum(row.is_behind for row in self.rows)


def read_document(document: Document, *, actor: Actor) -> DocumentSheet:
    """Return the sheet of a text (from `visible_documents`) for a reader: as many queries for a long text as for a short."""
    facts = document_facts([document])[document.pk]
    proposals, positions = list_proposals(document, actor=actor), list_positions(document, actor=actor)
    rows = read_text(document, proposals, positions, actor=actor)
    events = Event.objects.visible_to(actor).filter(_concerns(document, rows))
    return DocumentSheet(
        document=document,
        facts=facts,
        options=options_of(document, facts, actor),
        may=what_may(document, facts, actor),
        rows=rows,
        proposals=[p for p in proposals if p.paragraph_id is None],
        positions=[p for p in positions if p.paragraph_id is None],
        clearances=latest_clearances(document, actor=actor),
        versions=list(Version.objects.visible_to(actor).filter(document=document).defer("body").order_by("-number")),
        publications=list_publications(document, actor=actor),
        signatures=list(
            Signature.objects.visible_to(actor).waiting().filter(document=document).select_related("seat__party", "summit")
        ),
        tasks=tasks_done_by(document, actor=actor),
        events=record_lines(list(events.order_by("-number", "-pk")[:HISTORY])),
    )


def _concerns(document: Document, rows: Iterable[ParagraphRow]) -> Q:
    return Q(object_uuid__in=[document.uuid, *(row.paragraph.uuid for row in rows)])


def options_of(row: Document | Paragraph | Proposal, facts: object, actor: Actor) -> dict[str, Option]:
    """Return every verb of a row that is the actor's to do here and now, allowed or withheld, by name."""
    found = {
        name: option(verb, facts, row.state, actor, Inputs())  # type: ignore[arg-type]
        for name, (verb, _method) in verbs_of(type(row)).items()
    }
    return {name: offered for name, offered in found.items() if offered is not None}


def read_text(
    document: Document, proposals: Sequence[Proposal], positions: Sequence[Position], *, actor: Actor
) -> list[ParagraphRow]:
    """Return the paragraphs of a text in order with what is said of each, batched."""
    paragraphs = text_of([document])[document.pk]
    facts: Mapping[int, ParagraphFacts] = {}
    if not document.is_plain and document.state in ON_TABLE:
        facts = paragraph_facts(paragraphs)
    proposed: Mapping[int | None, list[Proposal]] = defaultdict(list)
    for proposal in proposals:
        proposed[proposal.paragraph_id].append(proposal)
    taken: Mapping[int | None, list[Position]] = defaultdict(list)
    for position in positions:
        taken[position.paragraph_id].append(position)
    lines = list(zip(paragraphs, lines_of(paragraphs), strict=True))
    behind = [p for p, line in lines if not line.es == line.pt == TextStatus.CURRENT]
    changes = last_changes(behind, actor=actor)
    return [
        ParagraphRow(
            paragraph=p,
            line=line,
            proposals=proposed[p.pk],
            positions=taken[p.pk],
            options=options_of(p, facts[p.pk], actor) if p.pk in facts else None,
            changed=changes.get(p.pk),
        )
        for p, line in lines
    ]


def last_changes(paragraphs: Iterable[Paragraph], *, actor: Actor) -> dict[int, ParagraphChange]:
    """Return the last change of each paragraph by its id, of those that the actor may see (one query)."""
    latest = (
        ParagraphChange.objects.visible_to(actor)
        .filter(paragraph__in=[p.pk for p in paragraphs])
        .select_related("changed_by__party")
        .order_by("paragraph_id", "-number")
        .distinct("paragraph_id")
    )
    return {change.paragraph_id: change for change in latest}


def in_protocol_order(rows: Iterable[Proposal | Position], summit_id: int) -> list[Any]:
    """Return what delegations said in the summit's order of protocol (one query), within one by the time of writing."""
    place = dict(Participation.objects.filter(summit_id=summit_id).values_list("party_id", "position"))
    return sorted(rows, key=lambda row: (place.get(row.party_id, 999), row.pk))


def list_proposals(document: Document, *, actor: Actor) -> list[Proposal]:
    """Return the comments and proposals on a text that the actor may see, in protocol order."""
    rows = (
        Proposal.objects.visible_to(actor)
        .filter(document=document)
        .exclude(state=ProposalState.WITHDRAWN, received_at__isnull=True)
        .select_related("party", "paragraph", "version_of_text", "written_by__party")
        .defer("version_of_text__body")
    )
    return in_protocol_order(rows, document.summit_id)


def list_positions(document: Document, *, actor: Actor) -> list[Position]:
    """Return the positions on a text that stand and that the actor may see, in protocol order."""
    rows = Position.objects.visible_to(actor).standing().filter(document=document).select_related("party", "taken_by__party")
    return in_protocol_order(rows, document.summit_id)


def latest_clearances(document: Document, *, actor: Actor) -> dict[str, Clearance | None]:
    """Return the latest clearance of each of the four offices that the actor may see, None where it was never signed."""
    rows = Clearance.objects.visible_to(actor).filter(document=document).select_related("seat__party").order_by("pk")
    latest = {clearance.office: clearance for clearance in rows}
    return {office: latest.get(office) for office in ClearanceOffice.values}


def list_publications(document: Document, *, actor: Actor) -> list[Publication]:
    """Return the frozen copies of a text, the latest first."""
    rows = (
        Publication.objects.visible_to(actor).filter(document=document).select_related("version_of_text", "published_by__party")
    )
    return list(rows.defer("version_of_text__body").order_by("-pk"))


def tasks_done_by(document: Document, *, actor: Actor) -> list[Task]:
    """Return the lines of the checklist that a transition of this text does, of those that the actor may see."""
    lines = Task.objects.visible_to(actor).top().filter(summit_id=document.summit_id, done_by_kind=document.kind)
    return list(lines.exclude(done_by_verb="").select_related("summit", "responsible").order_by("position", "pk"))


def documents_of_task(task: Task, *, actor: Actor) -> list[Document]:
    """Return the texts whose transition does a task, of those that the actor may see."""
    if not task.done_by_kind:
        return []
    return list(visible_documents(actor).filter(summit_id=task.summit_id, kind=task.done_by_kind).order_by("number"))


def delegations_of(summit: Summit) -> list[Party]:
    """Return the delegations that take part in a summit, in protocol order."""
    return list(
        Party.objects.filter(
            kind=PartyKind.DELEGATION, participations__summit=summit, participations__until_on__isnull=True
        ).order_by("participations__position", "pk")
    )
