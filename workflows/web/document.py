"""Texts' pages: the list of a summit's, a text in both languages with what is said of it, and what is done to it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from workflows.errors import NotPermitted
from workflows.models import Document
from workflows.notices.kinds import get_notice
from workflows.queries.document import read_document
from workflows.queries.document_facts import document_facts
from workflows.queries.document_may import what_may
from workflows.queries.facts import facts_of
from workflows.queries.summit import list_decisions
from workflows.rules.verbs import verbs_of
from workflows.states import (
    DecisionSubject,
    DocumentState,
    MeetingKind,
    MeetingState,
    PartyKind,
)
from workflows.web import document_parts as parts
from workflows.web.actor import needs_seat
from workflows.web.document_acts import ACTS, crumbs_of
from workflows.web.document_rows import TextPage, proposal_shown, said_links, standing
from workflows.web.links import url_for
from workflows.web.loading import load_document, next_of
from workflows.web.transition import Step, run, sentence_on_mail

if TYPE_CHECKING:
    from workflows.queries.document import DocumentSheet
    from workflows.rules.facts import Actor, DocumentFacts, MeetingLine, ParagraphFacts
    from workflows.web.actor import PageRequest

POST = ["GET", "HEAD", "POST"]


# The page --------------------------------------------------------------------------------------------------------


@needs_seat
@require_safe
def document(request: PageRequest, slug: str, code: str) -> HttpResponse:
    """Show one text."""
    row = load_document(request, slug, code)
    sheet = read_document(row, actor=request.actor)
    return render(request, "document/document.html", _context(request, sheet))


def _context(request: PageRequest, sheet: DocumentSheet) -> dict[str, Any]:
    row, actor = sheet.document, request.actor
    meetings = {m.code: m.title for m in sheet.facts.meetings}
    tables = meetings_for("agree", sheet.facts)
    chosen = request.GET.get("meeting", "")
    if chosen not in dict(tables):
        chosen = next((m.code for m in sheet.facts.meetings if m.state == MeetingState.BEGUN and m.code in dict(tables)), "")
    rows = TextPage(sheet, actor, meetings, chosen).rows(sheet.rows)
    args = [row.summit.slug, row.code]
    return {
        "sheet": sheet,
        "document": row,
        "title": row.title,
        "lead": parts.lead_of(row),
        "crumbs": [*crumbs_of(row.summit), {"label": row.title}],
        "facts": parts.facts_row(sheet, rows),
        "window": parts.window_of(sheet),
        "provisional": parts.provisional(row),
        "is_own_draft": row.proponent_id == actor.party_id and row.state in {DocumentState.DRAFTING, DocumentState.RETURNED},
        "returned": _returned(sheet),
        "actions": parts.actions_of(sheet, actor),
        "withheld": parts.withheld_of(sheet),
        "countersigned": parts.countersigned(sheet, actor),
        "acts": parts.other_acts(sheet),
        "rows": rows,
        "tables": tables if any(r["gavel"] for r in rows) else [],
        "table": chosen,
        "write": _writing(sheet),
        "say": said_links(sheet, ""),
        "proposals": [proposal_shown(p, actor) for p in sheet.proposals],
        "position_rows": [standing(sheet, position, actor) for position in sheet.positions],
        "clearances": parts.clearances_of(sheet, actor) if _sees_clearances(sheet, actor) else [],
        "versions": parts.versions_of(sheet, actor),
        "publications": parts.publications_of(sheet, actor),
        "tasks": parts.tasks_of(sheet),
        "downloads": parts.downloads_of(row) if rows else [],
        "history": [{"at": e.event.at, "sentence": e.sentence, "note": e.reason} for e in sheet.events],
        "record_url": f"{reverse('record', args=[row.summit.slug])}?label={row.code}",
        "compare_url": reverse("document-compare", args=args) if sheet.versions else "",
        "positions_url": "" if row.is_plain or row.circulated_at is None else reverse("positions", args=args),
    }


def _sees_clearances(sheet: DocumentSheet, actor: Actor) -> bool:
    """Tell whether the inner clearances are shown: to the secretariats, and to the author of a communiqué."""
    return actor.party_kind in {PartyKind.SEGIB, PartyKind.SPT} or sheet.document.proponent_id == actor.party_id


def _returned(sheet: DocumentSheet) -> str:
    if sheet.document.state != DocumentState.RETURNED:
        return ""
    return next((e.reason for e in sheet.events if e.event.verb == "document.return_for_changes"), "")


def _writing(sheet: DocumentSheet) -> list[dict[str, str]]:
    if not sheet.may.arrange:
        return []
    args = [sheet.document.summit.slug, sheet.document.code]
    return [
        {"label": _("Add paragraphs"), "url": reverse("paragraph-add", args=args)},
        {"label": _("Import from a file"), "url": reverse("paragraphs-import", args=args)},
    ]


# What is done ----------------------------------------------------------------------------------------------------

MINISTERS = frozenset({"approve_by_ministers", "elevate_to_heads"})
CHAIRED = (MeetingKind.CNRC, MeetingKind.RMRE, MeetingKind.OTHER)


def meetings_for(verb: str, facts: DocumentFacts | ParagraphFacts) -> list[tuple[str, str]]:
    """Return the meetings in which a verb may be done, the one in course first: code and title."""
    early = verb == "open_negotiation"
    states = {MeetingState.BEGUN, MeetingState.CONVENED if early else MeetingState.HELD}
    kinds = (MeetingKind.RMRE,) if verb in MINISTERS else CHAIRED
    fit: list[MeetingLine] = [m for m in facts.meetings if m.kind in kinds and m.state in states]
    fit.sort(key=lambda m: m.state != MeetingState.BEGUN)
    return [(m.code, m.title) for m in fit]


DECIDED_BY = {"withdraw": DecisionSubject.WITHDRAWAL, "approve": DecisionSubject.DOCUMENT}
"""On what the decision must be that a verb names."""


@needs_seat
@require_http_methods(POST)
def document_action(request: PageRequest, slug: str, code: str, verb: str) -> HttpResponse:
    """Do one thing to a text, or show the page on which it is done."""
    row = load_document(request, slug, code)
    if verb in ACTS:
        act, right = ACTS[verb]
        if not getattr(what_may(row, document_facts([row])[row.pk], request.actor), right):
            raise NotPermitted(_("This is not yours to do to the text, or not in its present state."), code="not_now")
        return act(request, row)
    return run(step_of(request, row, verb))


def step_of(request: PageRequest, row: Document, verb: str) -> Step:
    """Return a verb on a text, as its page shows it."""
    found = verbs_of(Document).get(verb)
    actor, needs = request.actor, found[0].needs if found else ()
    facts = facts_of(row)
    decides = verb == "approve" or (verb == "withdraw" and actor.party_id != row.proponent_id)
    decisions = list_decisions(row.summit, actor, DECIDED_BY[verb]) if decides else []
    meetings = meetings_for(verb, facts) if "meeting" in needs else []  # type: ignore[arg-type]
    return Step(
        request=request,
        row=row,
        name=verb,
        back=next_of(request, url_for(row)),
        decisions=[(str(d.uuid), f"{d.meeting.title}: {d.text}") for d in decisions],
        meetings=meetings,
        extra_needs=["decision"] if decisions else [],
        optional={"decision"} if verb == "approve" else set(),
        initial=_suggested(request, row, verb, meetings),
        consequences=_consequences(row, verb, actor),
        crumbs=[*crumbs_of(row.summit, row), {"label": str(found[0].label) if found else ""}],
        context={
            "subject": row.title,
            "no_decision": verb == "withdraw" and decides and not decisions,
            "no_meeting": "meeting" in needs and not meetings,
            "meetings_url": reverse("meetings", args=[row.summit.slug]),
        },
    )


def _suggested(request: PageRequest, row: Document, verb: str, meetings: list[tuple[str, str]]) -> dict[str, Any]:
    """Return what a verb's page fills in: the end of the shortest window's day, the one meeting, what was signed."""
    initial: dict[str, Any] = {}
    if verb in {"circulate", "circulate_provisional", "recirculate"}:
        end = (request.now + timedelta(hours=row.summit.min_window_hours)).astimezone(ZoneInfo(row.summit.zone))
        initial["window_ends_at"] = end.replace(hour=23, minute=59, second=0, microsecond=0)
    if len(meetings) == 1:
        initial["meeting"] = meetings[0][0]
    if verb == "record_outcome":
        waiting = row.signatures.waiting().filter(verb=verb).first()
        initial["outcome"] = waiting.inputs.get("outcome", "") if waiting else ""
    return initial


def _consequences(row: Document, verb: str, actor: Actor) -> list[str]:
    """Say what the verb does beyond the state, and who is written to where its notice goes by another way."""
    said = []
    if verb in {"circulate", "circulate_provisional", "recirculate"}:
        said.append(_("A version is made that does not change any more, and the window opens."))
        said += sentence_on_mail(get_notice("document_circulated").seats(row, actor))
    if verb == "publish":
        said.append(_("A frozen copy is made, with a hash that anyone can check without an account."))
    return said
