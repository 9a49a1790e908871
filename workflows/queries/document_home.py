"""What waits for a seat among the texts: drafts, clearances, windows, proposals to dispose of, signatures."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflows.models import Clearance, Document, Proposal, Signature
from workflows.queries.document_facts import document_facts
from workflows.rules import document_permissions as permissions
from workflows.rules.evaluate import signs_for
from workflows.rules.permissions import CN_SEATS, RC_SEATS
from workflows.rules.verbs import verbs_of
from workflows.states import ClearanceOffice, DocumentState, PartyKind, ProposalState, SeatRole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from workflows.models import Summit
    from workflows.rules.facts import Actor

D = DocumentState
DRAFTS = frozenset({D.DRAFTING, D.RETURNED})


@dataclass(frozen=True)
class TextWaiting:
    """A text that waits for a seat, and for what: `write`, `sign`, `clear`, `circulate`, `approve`, `publish`, `comment`,
    `submit` (drafts of proposals) or `dispose`; `count` says how many proposals or clearances."""

    document: Document
    what: str
    count: int = 0


@dataclass(frozen=True)
class TextsWaiting:
    """Everything among the texts that waits for a seat."""

    texts: Sequence[TextWaiting] = ()
    to_sign: Sequence[Signature] = ()


def what_texts_wait(actor: Actor, summits: Sequence[Summit], now: datetime) -> TextsWaiting:
    """Return what waits for the actor's seat among the texts of the summits in preparation."""
    if actor.role in {SeatRole.AUDITOR, SeatRole.OBSERVER, SeatRole.MAILBOX} or not summits:
        return TextsWaiting()
    rows = list(
        Document.objects.visible_to(actor)
        .filter(summit__in=summits)
        .exclude(state__in=[D.PUBLISHED, D.WITHDRAWN])
        .select_related("summit", "proponent", "deadline")
        .order_by("pk")
    )
    if not rows:
        return TextsWaiting()
    if actor.party_kind == PartyKind.DELEGATION:
        return TextsWaiting(texts=tuple(_for_delegation(rows, actor, now)))
    found = _for_segib(rows, actor) if actor.party_kind == PartyKind.SEGIB else _for_spt(rows, actor)
    return TextsWaiting(texts=tuple(found), to_sign=_to_sign(rows, actor))


def _for_delegation(rows: Sequence[Document], actor: Actor, now: datetime) -> Iterator[TextWaiting]:
    """Own communiqués to finish; windows open at one's own table; drafts of proposals that wait to be submitted."""
    drafts = Proposal.objects.filter(document__in=rows, party_id=actor.party_id, state=ProposalState.DRAFT)
    count: dict[int, int] = defaultdict(int)
    for document_id in drafts.values_list("document_id", flat=True):
        count[document_id] += 1
    for row in rows:
        if row.proponent_id == actor.party_id and row.state in DRAFTS and actor.role in CN_SEATS:
            yield TextWaiting(row, "write")
        due = getattr(row, "deadline", None)
        if row.state == D.CIRCULATED and due is not None and due.due_at and due.due_at > now and _is_at_table(row, actor):
            yield TextWaiting(row, "comment")
        if count[row.pk] and actor.role in permissions.BINDING:
            yield TextWaiting(row, "submit", count[row.pk])


def _is_at_table(row: Document, actor: Actor) -> bool:
    """Tell whether a text goes to the actor's table: political ones to the CN, those of cooperation to the RC."""
    return actor.role == SeatRole.REVIEWER or actor.role in (RC_SEATS if row.cooperation else CN_SEATS)


def _for_spt(rows: Sequence[Document], actor: Actor) -> Iterator[TextWaiting]:
    sent: dict[int, int] = defaultdict(int)
    waiting = Proposal.objects.visible_to(actor).filter(document__in=rows, state=ProposalState.SUBMITTED)
    for document_id in waiting.values_list("document_id", flat=True):
        sent[document_id] += 1
    secretary = actor.role == SeatRole.SECRETARY
    for row in rows:
        if row.state in DRAFTS:
            yield TextWaiting(row, "write")
        elif row.state == D.CLEARED and (secretary or not row.is_plain):
            yield TextWaiting(row, "approve" if row.is_plain else "circulate")
        elif row.state == D.APPROVED:
            yield TextWaiting(row, "publish")
        elif row.state == D.CONSOLIDATING and sent[row.pk]:
            yield TextWaiting(row, "dispose", sent[row.pk])


def _for_segib(rows: Sequence[Document], actor: Actor) -> Iterator[TextWaiting]:
    in_clearance = [row for row in rows if row.state == D.IN_CLEARANCE]
    standing: dict[int, int] = defaultdict(int)
    for document_id in Clearance.objects.filter(document__in=in_clearance, dropped_at__isnull=True).values_list(
        "document_id", flat=True
    ):
        standing[document_id] += 1
    approver = actor.role == SeatRole.APPROVER
    for row in rows:
        lacking = len(ClearanceOffice.values) - standing[row.pk]
        if row.state == D.IN_CLEARANCE and lacking:
            yield TextWaiting(row, "sign", lacking)
        elif row.state == D.IN_CLEARANCE and approver:
            yield TextWaiting(row, "clear")
        elif row.state == D.CONCLUDED and approver:
            yield TextWaiting(row, "publish")


def _to_sign(rows: Sequence[Document], actor: Actor) -> tuple[Signature, ...]:
    waiting = list(
        Signature.objects.visible_to(actor)
        .waiting()
        .filter(document__in=rows)
        .select_related("summit", "document__summit", "document__proponent", "seat__party")
        .order_by("signed_at", "pk")
    )
    if not waiting:
        return ()
    facts = document_facts([s.document for s in waiting if s.document])
    verbs = verbs_of(Document)

    def is_mine(signature: Signature) -> bool:
        assert signature.document_id is not None
        office = signs_for(facts[signature.document_id], actor, verbs[signature.verb][0].countersigned)
        return office is not None and office != signature.office

    return tuple(s for s in waiting if is_mine(s))
