"""The list of a summit's texts, and how one is begun."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from workflows.actions.document import create_document
from workflows.errors import NotPermitted
from workflows.queries.document import DocumentFilters, list_documents
from workflows.queries.facts import facts_of
from workflows.rules import permissions
from workflows.rules.facts import Inputs
from workflows.states import ENDED, PLAIN_KINDS, DocumentKind, DocumentState, PartyKind
from workflows.templatetags.moments import moment
from workflows.web import document_parts as parts
from workflows.web.actor import needs_seat
from workflows.web.document_acts import crumbs_of, page_of_text
from workflows.web.document_rows import behind_in_words
from workflows.web.errors import attempt
from workflows.web.export import table_file
from workflows.web.forms_base import posted
from workflows.web.links import url_for
from workflows.web.loading import load_summit

if TYPE_CHECKING:
    from workflows.models import Summit
    from workflows.queries.document import DocumentList, Listed
    from workflows.rules.facts import Actor
    from workflows.web.actor import PageRequest

POST = ["GET", "HEAD", "POST"]


# The list --------------------------------------------------------------------------------------------------------


class FilterForm(forms.Form):
    """By what the list of texts is narrowed; the address keeps it."""

    q = forms.CharField(
        label=gettext_lazy("Search in title or code"),
        required=False,
        max_length=100,
        widget=forms.TextInput({"type": "search"}),
    )
    kind = forms.ChoiceField(label=pgettext_lazy("of a text", "Kind"), required=False)
    state = forms.ChoiceField(label=pgettext_lazy("of a text", "State"), required=False)
    sort = forms.ChoiceField(
        label=gettext_lazy("Order"),
        required=False,
        choices=[("kind", gettext_lazy("By kind")), ("window", gettext_lazy("By the end of the window"))],
    )

    def offer(self, found: DocumentList) -> None:
        """Offer the kinds and the states that occur."""
        fields: Any = self.fields
        fields["kind"].choices = [("", pgettext("kinds", "All")), *((k, DocumentKind(k).label) for k in found.kinds)]
        fields["state"].choices = [("", pgettext("states", "All")), *((s, DocumentState(s).label) for s in found.states)]


def filters_of(query: QueryDict) -> DocumentFilters:
    """Return what an address asks for."""
    words = query.get("q", "").replace("\x00", "").strip()[:100]
    by_window = query.get("sort", "") == "window"
    return DocumentFilters(kind=query.get("kind", ""), state=query.get("state", ""), q=words, by_window=by_window)


@needs_seat
@require_safe
def documents(request: PageRequest, slug: str) -> HttpResponse:
    """Show the texts of a summit that the reader may see."""
    summit = load_summit(request, slug)
    filters = filters_of(request.GET)
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
        "keep_url": request.get_full_path() if request.GET else url,
        "exports": [
            {"label": kind.upper(), "url": f"{reverse('documents-export', args=[slug, kind])}?{request.GET.urlencode()}"}
            for kind in ("csv", "xlsx")
        ],
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


@needs_seat
@require_safe
def export(request: PageRequest, slug: str, kind: str) -> HttpResponse:
    """Return the texts that the address asks for as a file."""
    summit = load_summit(request, slug)
    found = list_documents(summit, actor=request.actor, filters=filters_of(request.GET))
    columns = [
        _("Symbol"),
        _("Text"),
        pgettext("of a text", "Kind"),
        _("Proposed by"),
        _("In whose hands"),
        _("Window for comments"),
        _("Window for comments (UTC)"),
        _("Languages"),
        pgettext("of a text", "State"),
    ]
    return table_file(kind, f"documents-{summit.slug}", columns, [_cells(listed) for listed in found.rows])


def _cells(listed: Listed) -> list[object]:
    row, deadline = _listed(listed), listed.deadline
    ends = deadline.due_at if deadline else None
    return [
        row["symbol"],
        listed.document.title,
        row["kind"],
        row["proponent"],
        row["who"],
        moment(ends, deadline.zone) if ends and deadline else "",
        f"{ends:%Y-%m-%dT%H:%M:%SZ}" if ends else "",
        row["languages"],
        str(listed.document.get_state_display()),
    ]


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
    if summit.state in ENDED:
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
    form = CreateForm(posted(request), kinds=kinds)
    if request.method == "POST" and form.is_valid():
        done = attempt(form, lambda: create_document(summit, **form.said(), actor=request.actor, now=request.now))
        if done is not None:
            messages.success(request, _("The text is begun. Add its paragraphs, or import them from a file."))
            return redirect(url_for(done))
    own = request.actor.party_kind == PartyKind.DELEGATION
    lead = _("Until it is submitted for clearance, only your delegation sees it.") if own else ""
    crumbs = [*crumbs_of(summit), {"label": _("Begin a text")}]
    return page_of_text(request, form, title=_("Begin a text"), label=_("Begin the text"), crumbs=crumbs, lead=lead)
