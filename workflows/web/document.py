"""Texts' pages: the list of a summit's, a text in both languages with what is said of it, and what is done to it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from workflows.actions.document import create_document
from workflows.errors import NotPermitted
from workflows.models import Document
from workflows.notices.kinds import get_notice
from workflows.queries.document import DocumentFilters, list_documents, read_document
from workflows.queries.facts import facts_of
from workflows.queries.summit import list_decisions
from workflows.rules import permissions
from workflows.rules.facts import Inputs
from workflows.rules.verbs import verbs_of
from workflows.states import PLAIN_KINDS, DecisionSubject, DocumentKind, DocumentState, MeetingKind, MeetingState, PartyKind
from workflows.web import document_parts as parts
from workflows.web.actor import needs_seat
from workflows.web.document_acts import ACTS, page_of_form
from workflows.web.document_rows import TextPage, behind_in_words, grouped, proposal_shown, said_links
from workflows.web.errors import attempt
from workflows.web.links import url_for
from workflows.web.loading import load_document, load_summit, next_of
from workflows.web.transition import Step, run, sentence_on_mail

if TYPE_CHECKING:
    from workflows.models import Summit
    from workflows.queries.document import DocumentList, DocumentSheet, Listed
    from workflows.rules.facts import Actor, DocumentFacts, MeetingLine, ParagraphFacts
    from workflows.web.actor import PageRequest

POST = ["GET", "HEAD", "POST"]


# The list --------------------------------------------------------------------------------------------------------


class FilterForm(forms.Form):
    """By what the list of texts is narrowed; the address keeps it."""

    kind = forms.ChoiceField(label=pgettext_lazy("of a text", "Kind"), required=False)
    state = forms.ChoiceField(label=pgettext_lazy("of a text", "State"), required=False)

    def offer(self, found: DocumentList) -> None:
        """Offer the kinds and the states that occur."""
        fields: Any = self.fields
        fields["kind"].choices = [("", pgettext("kinds", "All")), *((k, DocumentKind(k).label) for k in found.kinds)]
        fields["state"].choices = [("", pgettext("states", "All")), *((s, DocumentState(s).label) for s in found.states)]


@needs_seat
@require_safe
def documents(request: PageRequest, slug: str) -> HttpResponse:
    """Show the texts of a summit that the reader may see."""
    summit = load_summit(request, slug)
    filters = DocumentFilters(kind=request.GET.get("kind", ""), state=request.GET.get("state", ""))
    found = list_documents(summit, actor=request.actor, filters=filters)
    form = FilterForm(request.GET or None, auto_id="filter_%s")
    form.offer(found)
    url = reverse("documents", args=[slug])
    create = {"label": _("Begin a text"), "url": reverse("document-create", args=[slug])}
    context = {
        "form": form,
        "rows": [_listed(listed) for listed in found.rows],
        "found": _found(found),
        "clear_url": url if filters.narrow else "",
        "keep_url": request.get_full_path() if filters.narrow else url,
        "has_none": not found.total,
        "columns": [
            {"label": _("Text")},
            {"label": _("In whose hands"), "css": "c-who"},
            {"label": _("Window for comments"), "css": "c-date"},
            {"label": _("Languages"), "css": "c-lang"},
            {"label": pgettext("of a text", "State"), "css": "c-st"},
        ],
        "actions": [create] if kinds_for(summit, request.actor) else [],
        "crumbs": [{"label": pgettext("section", "Summit"), "url": url_for(summit)}, {"label": _("Documents")}],
    }
    return render(request, "document/list.html", context)


def _found(found: DocumentList) -> str:
    if len(found.rows) == found.total:
        return _("%(total)d in all.") % {"total": found.total}
    return _("%(shown)d of %(total)d.") % {"shown": len(found.rows), "total": found.total}


def _listed(listed: Listed) -> dict[str, Any]:
    document = listed.document
    who, why = parts.ball_of(document)
    return {
        "document": document,
        "url": url_for(document),
        "kind": str(document.get_kind_display()),
        "symbol": parts.symbol_of(document),
        "proponent": document.proponent.name if document.proponent else "",
        "who": who,
        "why": why,
        "deadline": listed.deadline,
        "is_closed": document.state != DocumentState.CIRCULATED,
        "languages": behind_in_words(listed.behind, listed.paragraphs),
        "is_behind": bool(listed.behind),
    }


# A new text ------------------------------------------------------------------------------------------------------


def kinds_for(summit: Summit, actor: Actor) -> list[DocumentKind]:
    """Return the kinds of text that the actor may begin."""
    if facts_of(summit).scene.state in permissions.ENDED:
        return []
    if actor.party_kind == PartyKind.DELEGATION:
        takes_part = summit.participations.filter(party_id=actor.party_id, until_on__isnull=True).exists()
        return [DocumentKind.SPECIAL_COMMUNIQUE] if actor.role in permissions.CN_SEATS and takes_part else []
    facts = facts_of(summit)
    if permissions.is_spt.refuses(facts, actor, Inputs()) is None:
        return [kind for kind in DocumentKind if kind != DocumentKind.SPECIAL_COMMUNIQUE]
    plain = permissions.is_segib.refuses(facts, actor, Inputs()) is None
    return [kind for kind in DocumentKind if kind in PLAIN_KINDS and plain]


class CreateForm(forms.Form):
    """Begins a text."""

    kind = forms.ChoiceField(label=gettext_lazy("What it is"))
    title_es = forms.CharField(label=gettext_lazy("Title in Spanish"), max_length=200)
    title_pt = forms.CharField(label=gettext_lazy("Title in Portuguese"), max_length=200)
    title_en = forms.CharField(label=gettext_lazy("Title in English"), max_length=200, required=False)
    first_language = forms.ChoiceField(
        label=gettext_lazy("In which language it is written first"),
        choices=[("es", gettext_lazy("Spanish")), ("pt", gettext_lazy("Portuguese"))],
        widget=forms.RadioSelect,
        initial="es",
        help_text=gettext_lazy("Both are equal; it is only recorded which one came first."),
    )
    cooperation = forms.BooleanField(
        label=gettext_lazy("It is a text of the cooperation table: it goes to the cooperation officers"), required=False
    )

    def __init__(self, data: Any = None, *, kinds: list[DocumentKind]) -> None:
        super().__init__(data)
        field: Any = self.fields["kind"]
        field.choices = [(kind.value, kind.label) for kind in kinds]

    def said(self) -> dict[str, Any]:
        """Return what the action takes."""
        said = self.cleaned_data
        title = {lang: said[f"title_{lang}"] for lang in ("es", "pt", "en")}
        return {"title": title, **{name: said[name] for name in ("kind", "first_language", "cooperation")}}


@needs_seat
@require_http_methods(POST)
def create(request: PageRequest, slug: str) -> HttpResponse:
    """Begin a text."""
    summit = load_summit(request, slug)
    kinds = kinds_for(summit, request.actor)
    if not kinds:
        raise NotPermitted(_("Texts are begun by the secretariats; a delegation's coordination proposes communiqués."))
    form = CreateForm(request.POST or None, kinds=kinds)
    if request.method == "POST" and form.is_valid():
        done = attempt(form, lambda: create_document(summit, **form.said(), actor=request.actor, now=request.now))
        if done is not None:
            messages.success(request, _("The text is begun. Add its paragraphs, or import them from a file."))
            return redirect(url_for(done))
    own = request.actor.party_kind == PartyKind.DELEGATION
    lead = _("Until it is submitted for clearance, only your delegation sees it.") if own else ""
    crumbs = [*crumbs_of(summit), {"label": _("Begin a text")}]
    return page_of_form(request, form, title=_("Begin a text"), label=_("Begin the text"), crumbs=crumbs, lead=lead)


# The page --------------------------------------------------------------------------------------------------------


def crumbs_of(summit: Summit, document: Document | None = None) -> list[dict[str, str]]:
    """Return where the pages of texts stand, up to a text where one is given."""
    trail = [
        {"label": pgettext("section", "Summit"), "url": url_for(summit)},
        {"label": _("Documents"), "url": reverse("documents", args=[summit.slug])},
    ]
    return [*trail, {"label": document.title, "url": url_for(document)}] if document else trail


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
    rows = TextPage(sheet, actor, meetings, chosen).rows()
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
        "positions": grouped(sheet.positions),
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
    if not sheet.may.edit:
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
        return ACTS[verb](request, row)
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
        waiting = row.signatures.waiting().filter(verb=verb).first()  # type: ignore[attr-defined]
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
