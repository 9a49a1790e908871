"""Reads shaped for the API's resources of texts, batched: as many queries for a list as for one."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Prefetch, Q, Subquery, Value
from django.db.models.functions import Coalesce

from workflows.models import (
    Clearance,
    Document,
    Paragraph,
    ParagraphChange,
    Participation,
    Party,
    Position,
    Proposal,
    Publication,
    Task,
    Version,
)
from workflows.queries.document_facts import FINAL, document_facts, paragraph_facts, proposal_facts
from workflows.queries.resource import after_signing, in_protocol_order, options_of, signature_rows
from workflows.rules.compilation import Sent
from workflows.rules.numbering import numbers
from workflows.states import ParagraphState, ProposalKind, ProposalState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Literal

    from workflows.models import Signature
    from workflows.rules.evaluate import Option
    from workflows.rules.facts import Actor, DocumentFacts

TITLES = ("title_es", "title_pt", "title_en", "code")


# Documents -------------------------------------------------------------------------------------------------------


def document_rows(actor: Actor | None):  # type: ignore[no-untyped-def]
    """Return the documents that the actor may see, with summit, proponent, window and the countries that adhere."""
    adhering = in_protocol_order(Party.objects.all()).order_by("place", "pk")
    return (
        Document.objects.visible_to(actor)
        .select_related("summit", "summit__host", "proponent", "deadline", "admitted_by", "concordance_certified_by__party")
        .prefetch_related(Prefetch("adhering", adhering))
    )


def search_documents(documents, text: str):  # type: ignore[no-untyped-def]
    """Return the documents whose title or code holds the text in any language, accents or not."""
    found = Q()
    for column in TITLES:
        found |= Q((f"{column}__unaccent__icontains", text))
    return documents.filter(found)


def waiting_on(documents: Sequence[Document], *, actor: Actor) -> dict[int, list[Signature]]:
    """Return the signatures that wait, by document, as far as the actor may see them (one query)."""
    found: dict[int, list[Signature]] = defaultdict(list)
    for signature in signature_rows(actor).waiting().filter(document__in=[d.pk for d in documents]).order_by("pk"):
        found[signature.document_id].append(signature)
    return found


def document_options(
    documents: Sequence[Document],
    facts: Mapping[int, DocumentFacts],
    *,
    actor: Actor,
    waiting: Mapping[int, Sequence[Signature]],
) -> dict[int, list[Option]]:
    """Return what the actor may do to each document; what its office has signed already waits for the other office."""
    found = {}
    for d in documents:
        signed = {s.verb: s.office for s in waiting.get(d.pk, ())}
        options = options_of(d, facts[d.pk], actor)
        found[d.pk] = [after_signing(o, Document, signed, facts[d.pk], actor) for o in options]
    return found


def facts_for(documents: Sequence[Document]) -> dict[int, DocumentFacts]:
    """Return the facts of each document by its id."""
    return document_facts(documents)


def followers(documents: Sequence[Document], *, actor: Actor) -> dict[int, list[Task]]:
    """Return the lines of the checklist that a transition of each document completes, of those that the actor sees."""
    kinds = {(d.summit_id, d.kind) for d in documents}
    lines = Task.objects.visible_to(actor).filter(
        parent__isnull=True, summit__in={summit for summit, _kind in kinds}, done_by_kind__in={kind for _summit, kind in kinds}
    )
    found: dict[tuple[int, str], list[Task]] = defaultdict(list)
    for task in lines.order_by("position", "pk"):
        found[task.summit_id, task.done_by_kind].append(task)
    return {d.pk: found[d.summit_id, d.kind] for d in documents}


def completing(tasks: Sequence[Task], *, actor: Actor) -> dict[int, list[Document]]:
    """Return the documents whose transition completes each task, of those that the actor sees (one query)."""
    kinds = {(t.summit_id, t.done_by_kind) for t in tasks if t.done_by_kind}
    rows = Document.objects.visible_to(actor).filter(
        summit__in={summit for summit, _kind in kinds}, kind__in={kind for _summit, kind in kinds}
    )
    found: dict[tuple[int, str], list[Document]] = defaultdict(list)
    for document in rows.order_by("number", "pk"):
        found[document.summit_id, document.kind].append(document)
    return {t.pk: found[t.summit_id, t.done_by_kind] for t in tasks}


def clearance_rows(actor: Actor | None):  # type: ignore[no-untyped-def]
    """Return the clearances that the actor may see, with the seat that signed."""
    return Clearance.objects.visible_to(actor).select_related("document", "seat__party")


# Paragraphs ------------------------------------------------------------------------------------------------------


def paragraph_rows(actor: Actor | None):  # type: ignore[no-untyped-def]
    """Return the paragraphs of the texts that the actor may see, without those taken out of a draft."""
    rows = Paragraph.objects.visible_to(actor).filter(removed_at__isnull=True)
    return rows.select_related("document__summit", "document__proponent")


GONE = Q(state=ParagraphState.DELETED, document__state__in=sorted(FINAL))
"""What the negotiation deleted, once the outcome is recorded (the twin of `document_facts.text_of`)."""


def paragraphs_of(document: Document, *, actor: Actor):  # type: ignore[no-untyped-def]
    """Return the paragraphs of a text that the actor may see; a final text is without those that were deleted."""
    return paragraph_rows(actor).filter(document=document).exclude(GONE)


def numbers_in(paragraphs: Sequence[Paragraph]) -> dict[int, str]:
    """Return the present number of every paragraph of the texts to which these belong, by its id (one query)."""
    documents = {p.document_id for p in paragraphs}
    kinds: dict[int, list[tuple[int, str]]] = defaultdict(list)
    every = Paragraph.objects.filter(document__in=documents, removed_at__isnull=True).exclude(GONE)
    in_order = every.order_by("document_id", "rank", "pk")
    for pk, document_id, kind in in_order.values_list("pk", "document_id", "kind"):
        kinds[document_id].append((pk, kind))
    return {
        pk: number
        for text in kinds.values()
        for (pk, _kind), number in zip(text, numbers(kind for _pk, kind in text), strict=True)
    }


def paragraph_options(paragraphs: Sequence[Paragraph], *, actor: Actor) -> dict[int, list[Option]]:
    """Return what the actor may do to each paragraph."""
    facts = paragraph_facts(paragraphs)
    return {p.pk: options_of(p, facts[p.pk], actor) for p in paragraphs}


def change_rows(actor: Actor | None):  # type: ignore[no-untyped-def]
    """Return the edits that the actor may see, with the seat that made each."""
    return ParagraphChange.objects.visible_to(actor).select_related("changed_by__party")


# What delegations say --------------------------------------------------------------------------------------------


def proposal_rows(actor: Actor | None):  # type: ignore[no-untyped-def]
    """Return the proposals that the actor may see, with `place`: their delegation's in the summit's order of protocol."""
    rows = Proposal.objects.visible_to(actor).select_related(
        "document__summit", "document__proponent", "paragraph", "party", "version_of_text", "written_by__party"
    )
    return with_place(rows.defer("version_of_text__body"))


def position_rows(actor: Actor | None):  # type: ignore[no-untyped-def]
    """Return the positions that the actor may see, with `place`: their delegation's in the summit's order of protocol."""
    rows = Position.objects.visible_to(actor).select_related("document__summit", "paragraph", "party", "taken_by__party")
    return with_place(rows)


def with_place(rows: Any) -> Any:
    """Annotate what delegations said of a text with the place of each in the order of protocol of the text's summit."""
    place = Participation.objects.filter(party=OuterRef("party"), summit=OuterRef("document__summit")).values("position")[:1]
    return rows.annotate(place=Coalesce(Subquery(place), Value(999)))


def proposal_options(proposals: Sequence[Proposal], *, actor: Actor) -> dict[int, list[Option]]:
    """Return what the actor may do to each proposal."""
    facts = proposal_facts(proposals)
    return {p.pk: options_of(p, facts[p.pk], actor) for p in proposals}


def sent_on(document: Document, *, actor: Actor, language: Literal["es", "pt"]) -> list[Sent]:
    """Return what stands submitted on a text and the actor may see, in the order of protocol, as a compilation takes it."""
    rows = proposal_rows(actor).filter(document=document, state=ProposalState.SUBMITTED).order_by("place", "pk")
    return [
        Sent(
            uuid=str(p.uuid),
            party=getattr(p.party, f"name_{language}") or p.party.name_es,
            text=p.text,
            paragraph=str(p.paragraph.uuid) if p.paragraph else "",
            is_comment=p.kind == ProposalKind.COMMENT,
        )
        for p in rows
    ]


# Versions --------------------------------------------------------------------------------------------------------


def version_rows(actor: Actor | None):  # type: ignore[no-untyped-def]
    """Return the versions of the texts that the actor may see, with what printing one reads."""
    return Version.objects.visible_to(actor).select_related("document__summit__host", "document__proponent", "made_by__party")


def publication_rows(actor: Actor | None):  # type: ignore[no-untyped-def]
    """Return the publications of the texts that the actor may see."""
    rows = Publication.objects.visible_to(actor).select_related("document__summit", "version_of_text", "published_by__party")
    return rows.defer("version_of_text__body")


def published_with(digest: str) -> Publication | None:
    """Return the last publication whose text has this hash, for anybody to read; None when nothing was published with it."""
    found: Publication | None = publication_rows(None).filter(version_of_text__digest=digest).order_by("-pk").first()
    return found


def later_edition(publication: Publication) -> Publication | None:
    """Return the last publication of the same text after this one."""
    later = publication_rows(None).filter(document=publication.document_id, pk__gt=publication.pk)
    found: Publication | None = later.order_by("-pk").first()
    return found
