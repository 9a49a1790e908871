"""The scene of a rule: the summit, its meetings and decisions, and the address of every kind of row."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from workflows.errors import Ref
from workflows.models import Decision, Document, Meeting, Paragraph, Party, Proposal, Summit, Task
from workflows.rules.facts import DecisionLine, MeetingLine, Scene
from workflows.states import PartyKind

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


def ref_of(row: Summit | Meeting | Task | Document | Paragraph | Proposal) -> Ref:
    """Return the address of a row (with `summit`, a task's `responsible`, a paragraph's `document` loaded)."""
    uuid = str(row.uuid)
    if isinstance(row, Summit):
        return Ref("summit", summit=row.slug, uuid=uuid)
    if isinstance(row, Task):
        party = row.responsible.code if row.is_child else ""
        return Ref("task", summit=row.summit.slug, code=row.code, party=party, uuid=uuid)
    if isinstance(row, Paragraph | Proposal):
        return Ref(type(row).__name__.lower(), summit=row.document.summit.slug, code=row.document.code, uuid=uuid)
    return Ref(type(row).__name__.lower(), summit=row.summit.slug, code=row.code, uuid=uuid)


def scenes(summits: Collection[Summit]) -> dict[int, Scene]:
    """Return the scene of each summit by its id, in one query."""
    spts = dict(
        Party.objects.filter(summit__in=summits, kind=PartyKind.SPT, ended_at__isnull=True).values_list("summit_id", "pk")
    )
    return {
        s.pk: Scene(summit_id=s.pk, slug=s.slug, state=s.state, spt_party_id=spts.get(s.pk), host_party_id=s.host_id)
        for s in summits
    }


def meeting_lines(summits: Collection[int]) -> Mapping[int, list[MeetingLine]]:
    """Return the meetings of each summit by its id, by date."""
    lines: Mapping[int, list[MeetingLine]] = defaultdict(list)
    for m in Meeting.objects.filter(summit_id__in=summits).select_related("summit").order_by("held_on", "pk"):
        lines[m.summit_id].append(
            MeetingLine(ref=ref_of(m), code=m.code, kind=m.kind, title=m.title, state=m.state, starts_at=m.starts_at)
        )
    return lines


def decision_lines(summits: Collection[int]) -> Mapping[int, list[DecisionLine]]:
    """Return the recorded decisions of each summit by its id."""
    lines: Mapping[int, list[DecisionLine]] = defaultdict(list)
    for d in Decision.objects.filter(meeting__summit_id__in=summits).select_related("meeting").order_by("pk"):
        lines[d.meeting.summit_id].append(
            DecisionLine(uuid=str(d.uuid), subject=d.subject, meeting_kind=d.meeting.kind, spent=bool(d.spent_on))
        )
    return lines
