"""Gathers the frozen facts of documents, paragraphs and proposals, batched."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from workflows.models import Attendance, Clearance, Document, Paragraph, Participation, Position, Proposal
from workflows.queries.scene import decision_lines, meeting_lines, ref_of, scenes
from workflows.rules.facts import (
    DocumentFacts,
    DocumentLine,
    ParagraphFacts,
    ParagraphLine,
    PositionLine,
    ProposalFacts,
)
from workflows.rules.numbering import numbers
from workflows.rules.texts import substance_digest, wording_digest
from workflows.states import (
    STOPS_GAVEL,
    AttendanceLevel,
    ClearanceOffice,
    DocumentState,
    ParagraphState,
    PositionKind,
    ProposalState,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


FINAL = frozenset({DocumentState.CONCLUDED, DocumentState.PUBLISHED})
"""States of a document from which on what was deleted in the negotiation is gone, and the rest is numbered anew."""


def text_of(documents: Sequence[Document]) -> Mapping[int, list[Paragraph]]:
    """Return the paragraphs of each document by its id, in order, without those taken out of a draft.

    What the negotiation deleted keeps its place and its number until the outcome is recorded; a final text is without it.
    """
    texts: Mapping[int, list[Paragraph]] = defaultdict(list)
    by_id = {d.pk: d for d in documents}
    for p in Paragraph.objects.filter(document__in=by_id, removed_at__isnull=True).order_by("document_id", "rank", "pk"):
        p.document = by_id[p.document_id]
        if p.state != ParagraphState.DELETED or p.document.state not in FINAL:
            texts[p.document_id].append(p)
    return texts


def digest_for(office: str, paragraphs: Sequence[Paragraph]) -> str:
    """Return the digest of what an office reads: the language office the wording, the others the substance."""
    if office == ClearanceOffice.LANGUAGE:
        return wording_digest((str(p.uuid), p.text_es, p.text_pt) for p in paragraphs)
    return substance_digest((str(p.uuid), p.revision, p.kind) for p in paragraphs)


def lines_of(paragraphs: Sequence[Paragraph]) -> tuple[ParagraphLine, ...]:
    """Return paragraphs in order as guards see them, numbered."""
    return tuple(
        ParagraphLine(ref=ref_of(p), number=n, kind=p.kind, state=p.state, es=p.status("es"), pt=p.status("pt"))
        for p, n in zip(paragraphs, numbers(p.kind for p in paragraphs), strict=True)
    )


def body_of(document: Document) -> list[dict[str, Any]]:
    """Return the text as a version keeps it: every paragraph in order, with number, state and both languages."""
    paragraphs = text_of([document])[document.pk]
    return [
        {
            "uuid": str(p.uuid),
            "number": line.number,
            "kind": str(p.kind),
            "state": str(p.state),
            "es": p.text_es,
            "pt": p.text_pt,
            "es_status": str(line.es),
            "pt_status": str(line.pt),
        }
        for p, line in zip(paragraphs, lines_of(paragraphs), strict=True)
    ]


def _positions(documents: Collection[int]) -> Mapping[int, list[PositionLine]]:
    lines: Mapping[int, list[PositionLine]] = defaultdict(list)
    standing = Position.objects.weighing().filter(document_id__in=documents).select_related("party", "paragraph")
    for p in standing.order_by("pk"):
        where = str(p.paragraph.uuid) if p.paragraph else ""
        lines[p.document_id].append(PositionLine(party=p.party.name, kind=p.kind, paragraph=where, code=p.party.code))
    return lines


def document_facts(documents: Sequence[Document]) -> dict[int, DocumentFacts]:
    """Return the facts of each document by its id; `summit` must be loaded."""
    ids, summits = [d.pk for d in documents], {d.summit_id for d in documents}
    scene_of, texts, positions = scenes({d.summit for d in documents}), text_of(documents), _positions(ids)
    meetings, decisions = meeting_lines(summits), decision_lines(summits)
    standing: Mapping[int, list[str]] = defaultdict(list)
    for c in Clearance.objects.filter(document_id__in=ids, dropped_at__isnull=True):
        if c.digest == digest_for(c.office, texts[c.document_id]):
            standing[c.document_id].append(c.office)
    open_proposals = dict(
        Proposal.objects.filter(document_id__in=ids, state=ProposalState.SUBMITTED)
        .values_list("document_id")
        .annotate(n=Count("pk"))
        .order_by("document_id")
    )
    adhered = set(Document.adhering.through.objects.filter(document_id__in=ids).values_list("document_id", flat=True))
    present = Attendance.objects.filter(meeting__summit_id__in=summits).exclude(level=AttendanceLevel.ABSENT)
    attending = tuple(sorted(set(present.values_list("meeting__code", flat=True))))
    return {
        d.pk: DocumentFacts(
            scene=scene_of[d.summit_id],
            ref=ref_of(d),
            state=d.state,
            kind=d.kind,
            is_plain=d.is_plain,
            is_communique=d.is_communique,
            proponent_id=d.proponent_id,
            paragraphs=lines_of(texts[d.pk]),
            clearances=tuple(standing[d.pk]),
            open_proposals=open_proposals.get(d.pk, 0),
            positions=tuple(positions[d.pk]),
            meetings=tuple(meetings[d.summit_id]),
            decisions=tuple(decisions[d.summit_id]),
            attending=attending,
            is_late=d.is_late,
            is_admitted=d.admitted_by_id is not None,
            has_adherence=d.pk in adhered,
            outcome=d.outcome,
            concordance_certified=d.concordance_certified_at is not None,
            originals_filed=bool(d.originals_es and d.originals_pt),
            min_window_hours=d.summit.min_window_hours,
        )
        for d in documents
    }


def paragraph_facts(paragraphs: Sequence[Paragraph]) -> dict[int, ParagraphFacts]:
    """Return the facts of each paragraph by its id; `document.summit` must be loaded."""
    documents = {p.document for p in paragraphs}
    scene_of = scenes({d.summit for d in documents})
    meetings = meeting_lines({d.summit_id for d in documents})
    said: Mapping[tuple[int, str], list[PositionLine]] = defaultdict(list)
    for document_id, lines in _positions([d.pk for d in documents]).items():
        for line in lines:
            said[document_id, line.paragraph].append(line)
    return {
        p.pk: ParagraphFacts(
            scene=scene_of[p.document.summit_id],
            ref=ref_of(p),
            state=p.state,
            document_state=p.document.state,
            positions=(*said[p.document_id, ""], *said[p.document_id, str(p.uuid)]),
            meetings=tuple(meetings[p.document.summit_id]),
            es=p.status("es"),
            pt=p.status("pt"),
        )
        for p in paragraphs
    }


def proposal_facts(proposals: Sequence[Proposal]) -> dict[int, ProposalFacts]:
    """Return the facts of each proposal by its id; `document.summit` must be loaded."""
    scene_of = scenes({p.document.summit for p in proposals})
    disputed = set(
        Participation.objects.filter(summit_id__in=scene_of, representation_pending_at__isnull=False).values_list(
            "summit_id", "party_id"
        )
    )
    return {
        p.pk: ProposalFacts(
            scene=scene_of[p.document.summit_id],
            ref=ref_of(p),
            state=p.state,
            party_id=p.party_id,
            document_state=p.document.state,
            representation_pending=(p.document.summit_id, p.party_id) in disputed,
        )
        for p in proposals
    }


def count_open_proposals(document: Document) -> int:
    """Return how many proposals on a text were handed in and wait to be disposed of."""
    return Proposal.objects.filter(document=document, state=ProposalState.SUBMITTED).count()


def document_lines(summits: Collection[int]) -> Mapping[int, list[DocumentLine]]:
    """Return the documents of each summit by its id, as the summit's guards see them; no delegation's own drafts."""
    lines: Mapping[int, list[DocumentLine]] = defaultdict(list)
    bracketed = Q(paragraphs__state__in=[ParagraphState.BRACKETED, ParagraphState.IN_CONSULTATION])
    rows = list(
        Document.objects.shared()
        .filter(summit_id__in=summits)
        .select_related("summit", "deadline")
        .annotate(brackets=Count("paragraphs", filter=bracketed & Q(paragraphs__removed_at__isnull=True), distinct=True))
        .order_by("summit_id", "kind", "number", "pk")
    )
    stands: Mapping[int, Counter[str]] = defaultdict(Counter)
    for document_id, kind in Position.objects.weighing().filter(document__in=rows).values_list("document_id", "kind"):
        stands[document_id][kind] += 1
    for d in rows:
        counts = stands[d.pk]
        lines[d.summit_id].append(
            DocumentLine(
                ref=ref_of(d),
                kind=d.kind,
                title=d.title,
                state=d.state,
                is_plain=d.is_plain,
                has_window=hasattr(d, "deadline"),
                open_brackets=d.brackets,
                ad_referendum=counts[PositionKind.AGREES_AD_REFERENDUM],
                reserves=sum(counts[kind] for kind in STOPS_GAVEL),
            )
        )
    return lines


__all__ = ["DocumentState", "body_of", "digest_for", "document_facts", "document_lines", "lines_of", "text_of"]
