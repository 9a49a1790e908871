"""The directory: parties in the order of protocol, their posts, and the acts by which people come and go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_safe

from workflows.models import Party
from workflows.queries.directory import (
    find_party,
    list_disputes,
    list_entries,
    list_terms,
    posts_of,
    roles_to_open,
    takes_part,
)
from workflows.queries.summit import find_present, list_running
from workflows.rules import permissions
from workflows.rules.facts import Inputs
from workflows.states import Language, PartyKind
from workflows.templatetags.moments import city, moment
from workflows.templatetags.summitprep import in_language
from workflows.web.actor import needs_seat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflows.queries.directory import Entry, Post
    from workflows.web.actor import PageRequest


class DirectoryFilters(forms.Form):
    """By what the directory is narrowed."""

    q = forms.CharField(
        label=gettext_lazy("Search by party, office or person"),
        required=False,
        max_length=100,
        widget=forms.TextInput({"type": "search"}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Parties"), required=False, choices=[("", pgettext_lazy("parties", "All")), *PartyKind.choices]
    )
    posts = forms.ChoiceField(
        label=gettext_lazy("Posts"),
        required=False,
        choices=[("", pgettext_lazy("posts", "All")), ("vacant", gettext_lazy("Vacant"))],
    )


@require_safe
@needs_seat
def directory(request: PageRequest) -> HttpResponse:
    """List the parties with their posts: who is in post, since when, and what is vacant."""
    form = DirectoryFilters(request.GET or None)
    said = form.cleaned_data if form.is_valid() else {}
    summit = find_present(request.actor)
    entries = list_entries(
        request.actor,
        request.now,
        summit=summit,
        q=said.get("q", ""),
        kind=said.get("kind", ""),
        vacant=said.get("posts") == "vacant",
    )
    narrowed = any(said.values())
    context = {
        "form": form,
        "sentence": _found(entries),
        "clear_url": request.path if narrowed else "",
        "keep_url": request.get_full_path() if narrowed else "",
        "groups": [_group(entry) for entry in entries],
        "columns": columns(),
    }
    return render(request, "directory/list.html", context)


def columns() -> list[dict[str, Any]]:
    """Return the columns of a table of posts."""
    return [{"label": label, "css": ""} for label in (_("Office"), _("In post"), _("Since"), _("How to reach"))]


def _found(entries: Sequence[Entry]) -> str:
    posts = sum(len(entry.posts) for entry in entries)
    vacant = sum(entry.vacant for entry in entries)
    said = [
        ngettext("%(count)d post.", "%(count)d posts.", posts) % {"count": posts},
        ngettext("%(count)d is vacant.", "%(count)d are vacant.", vacant) % {"count": vacant} if vacant else "",
    ]
    return " ".join(part for part in said if part)


def _group(entry: Entry) -> dict[str, Any]:
    party = entry.party
    return {
        "label": format_html('<a href="{}">{}</a>', reverse("party", args=[party.code]), party.list_name),
        "note": _("answers by note verbale") if party.by_note_verbale else "",
        "rows": entry.posts,
        "id": party.code.lower(),
    }


def get_party(request: PageRequest, code: str) -> Party:
    """Return the party of an address, or answer that there is no such page."""
    found = find_party(request.actor, code) if request.actor else None
    if found is None:
        raise Http404
    return found


@require_safe
@needs_seat
def party(request: PageRequest, code: str) -> HttpResponse:
    """Show one party: what it is, its posts, who was in post before, and what the reader may do."""
    shown = get_party(request, code)
    posts = posts_of([shown], request.actor, request.now)[shown.pk]
    running = takes_part(shown, list_running(request.actor))
    disputes = list_disputes(running, request.actor, shown)
    context = {
        "party": shown,
        "title": shown.list_name,
        "lead": PartyKind(shown.kind).label,
        "rows": _pairs(shown),
        "posts": posts,
        "columns": [*columns(), {"label": _("Action"), "css": "", "hidden": True}],
        "terms": list_terms(shown, request.actor),
        "disputes": [
            {
                "text": _(
                    "Since %(when)s two persons claim to speak for this country in the %(roman)s Summit. Its answers rest."
                )
                % {
                    "when": moment(place.representation_pending_at or request.now, request.actor.zone),
                    "roman": place.summit.roman,
                },
                "claims": place.representation_claims,
            }
            for place in disputes
        ],
        "actions": _actions(request, shown, posts, running, disputes),
        "crumbs": [{"label": _("Directory"), "url": reverse("directory")}, {"label": shown.list_name}],
    }
    return render(request, "directory/party.html", context)


def _pairs(shown: Party) -> list[dict[str, Any]]:
    rows = [
        {"label": _("Official name"), "value": in_language(shown, "official_name")},
        {"label": _("Foreign ministry"), "value": shown.foreign_ministry},
        {"label": _("City"), "value": f"{shown.city or city(shown.zone)} ({shown.zone})"},
        {"label": _("Language"), "value": Language(shown.language).label},
        {
            "label": _("How it answers"),
            "value": _("By note verbale: the note is the act, and a secretariat records it.")
            if shown.by_note_verbale
            else _("From its own seats; a note verbale is also valid."),
        },
    ]
    if shown.kind not in {PartyKind.DELEGATION, PartyKind.BODY}:
        rows.pop()
    return [row for row in rows if row["value"]]


def _actions(
    request: PageRequest, shown: Party, posts: Sequence[Post], running: Sequence[Any], disputes: Sequence[Any]
) -> list[dict[str, str]]:
    """Return what the reader may do to the party itself, as links."""
    actor, found = request.actor, []
    if roles_to_open(shown, posts, actor):
        found.append({"label": _("Open a seat"), "url": reverse("seat-open", args=[shown.code])})
    if shown.kind not in {PartyKind.DELEGATION, PartyKind.BODY}:
        return found
    if permissions.is_segib.refuses(None, actor, Inputs()) is None:
        label = (
            _("Let it answer from its own seats again") if shown.by_note_verbale else _("Set that it answers by note verbale")
        )
        found.append({"label": label, "url": reverse("party-change", args=[shown.code, "note"])})
    if shown.kind == PartyKind.DELEGATION and permissions.is_segib_approver.refuses(None, actor, Inputs()) is None and running:
        what = "settle" if disputes else "dispute"
        label = _("Record who represents the country") if disputes else _("Record that the representation is disputed")
        found.append({"label": label, "url": reverse("party-change", args=[shown.code, what])})
    return found
