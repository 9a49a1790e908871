"""Changes of a summit that are no transitions: its days, place, host, description, handover and checklist; and a new summit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from workflows.actions import summit as actions
from workflows.actions.template import copy_template
from workflows.errors import StaleObject
from workflows.models import ChecklistTemplate, ProtocolList, Summit
from workflows.queries.event import list_changes
from workflows.queries.facts import facts_of
from workflows.queries.names import name_summit, name_summit_at
from workflows.queries.summit import list_decisions, what_follows
from workflows.rules import permissions
from workflows.rules.evaluate import require
from workflows.rules.facts import Inputs
from workflows.states import DecisionSubject
from workflows.web.actor import needs_seat
from workflows.web.errors import attempt
from workflows.web.forms_base import offer, posted
from workflows.web.summit import get_summit
from workflows.web.summit_forms import (
    ChecklistForm,
    DateForm,
    DescriptionForm,
    HandoverForm,
    HostForm,
    NewSummitForm,
    PlaceForm,
    TextHoursForm,
    delegations,
    party_of,
)

if TYPE_CHECKING:
    from workflows.rules.permissions import Permission
    from workflows.web.actor import PageRequest


@dataclass(frozen=True)
class Change:
    """One change as a page: its words, its form, who may, and the call that does it."""

    title: Any
    label: Any
    form: type[forms.Form]
    who: Permission
    initial: Callable[[Summit], dict[str, Any]]
    do: Callable[[Summit, dict[str, Any], dict[str, Any]], Any]
    done: Any


def _describe(summit: Summit, said: dict[str, Any], who: dict[str, Any]) -> Any:
    return actions.describe_summit(summit, fields=said, **who)


def _host(summit: Summit, said: dict[str, Any], who: dict[str, Any]) -> Any:
    return actions.change_host(summit, **{**said, "host": party_of(said["host"])}, **who)


def _handover(summit: Summit, said: dict[str, Any], who: dict[str, Any]) -> Any:
    successor = party_of(said["successor"]) if said["successor"] else None
    return actions.record_handover(summit, successor=successor, note=said["note"], **who)


def _checklist(summit: Summit, said: dict[str, Any], who: dict[str, Any]) -> Any:
    row = ChecklistTemplate.objects.get(uuid=said["template"])
    return copy_template(summit, row, actor=who["actor"], now=who["now"])


DESCRIBED = ("theme_es", "theme_pt", "theme_en", "motto_es", "motto_pt", "motto_en", "others_see")
CHANGES = {
    "date": Change(
        title=gettext_lazy("Change the dates"),
        label=gettext_lazy("Change the dates"),
        form=DateForm,
        who=permissions.is_spt_secretary,
        initial=lambda s: {"opening_on": s.opening_on, "closing_on": s.closing_on},
        do=lambda s, said, who: actions.change_date(s, **said, **who),
        done=gettext_lazy("The dates are changed. Those whose deadlines moved will be written to."),
    ),
    "place": Change(
        title=gettext_lazy("Change the place"),
        label=gettext_lazy("Change the place"),
        form=PlaceForm,
        who=permissions.is_spt_secretary,
        initial=lambda s: {"city": s.city, "zone": s.zone},
        do=lambda s, said, who: actions.change_place(s, **said, **who),
        done=gettext_lazy("The place is changed. Hours written for the host city follow it."),
    ),
    "host": Change(
        title=gettext_lazy("Give the Summit to another host"),
        label=gettext_lazy("Give the Summit to another host"),
        form=HostForm,
        who=permissions.is_segib_approver,
        initial=lambda s: {},
        do=_host,
        done=gettext_lazy(
            "The Summit has a new host. The rights of the former secretariat have ended; fill the seats of the new one."
        ),
    ),
    "description": Change(
        title=gettext_lazy("Set theme and motto"),
        label=gettext_lazy("Save theme and motto"),
        form=DescriptionForm,
        who=permissions.is_spt,
        initial=lambda s: {name: getattr(s, name) for name in DESCRIBED},
        do=_describe,
        done=gettext_lazy("Theme and motto are saved."),
    ),
    "texts": Change(
        title=gettext_lazy("Set the hours of texts"),
        label=gettext_lazy("Save the hours of texts"),
        form=TextHoursForm,
        who=permissions.is_spt,
        initial=lambda s: {"min_window_hours": s.min_window_hours, "communiques_until": s.communiques_until},
        do=_describe,
        done=gettext_lazy("The hours of texts are saved."),
    ),
    "handover": Change(
        title=gettext_lazy("Record the handover"),
        label=gettext_lazy("Record the handover"),
        form=HandoverForm,
        who=permissions.is_spt_secretary,
        initial=lambda s: {"successor": s.successor.code if s.successor else "", "note": s.handover_note},
        do=_handover,
        done=gettext_lazy("The handover is recorded."),
    ),
    "checklist": Change(
        title=gettext_lazy("Copy a checklist into the Summit"),
        label=gettext_lazy("Copy the checklist"),
        form=ChecklistForm,
        who=permissions.is_secretary_or_approver,
        initial=lambda s: {},
        do=_checklist,
        done=gettext_lazy("The checklist is copied: phases, meetings, tasks and their deadlines."),
    ),
}


def templates_of(request: PageRequest) -> list[tuple[str, str]]:
    """Return the checklist templates that may be copied, the latest version first, as choices."""
    rows = ChecklistTemplate.objects.visible_to(request.actor).order_by("code", "-number")
    return [(str(t.uuid), _("%(title)s, version %(number)d") % {"title": t.title, "number": t.number}) for t in rows]


def _fill_choices(form: forms.Form, request: PageRequest, summit: Summit | None) -> None:
    if {"host", "successor"} & set(form.fields):
        parties = delegations()
        offer(form, "host", parties)
        offer(form, "successor", [("", _("Not decided yet")), *parties])
    if "communiques_until" in form.fields and summit is not None:
        hour: Any = form.fields["communiques_until"]
        hour.zone = ZoneInfo(summit.zone)
    if "template" in form.fields:
        none = [("", _("None for now"))] if not form.fields["template"].required else []
        offer(form, "template", [*none, *templates_of(request)])
    if "decision" in form.fields and summit is not None:
        found = list_decisions(summit, request.actor, DecisionSubject.CHANGE_OF_HOST)
        offer(form, "decision", [(str(d.uuid), f"{d.meeting.title}: {d.text}") for d in found])


def consequences(summit: Summit, what: str) -> list[str]:
    """Say before a change of date, place or host what moves with it."""
    if what not in {"date", "place", "host"}:
        return []
    follows = what_follows(summit)
    said = [
        ngettext(
            "%(count)d open deadline follows the Summit and moves with it.",
            "%(count)d open deadlines follow the Summit and move with it.",
            follows.deadlines,
        )
        % {"count": follows.deadlines},
        ngettext(
            "%(count)d convened meeting follows the opening day and moves with it.",
            "%(count)d convened meetings follow the opening day and move with it.",
            follows.meetings,
        )
        % {"count": follows.meetings},
    ]
    if follows.pinned:
        said.append(
            ngettext(
                "%(count)d deadline is fixed by hand and stays.",
                "%(count)d deadlines are fixed by hand and stay.",
                follows.pinned,
            )
            % {"count": follows.pinned}
        )
    said.append(_("Signatures that wait for a second one no longer stand."))
    return said


@require_http_methods(["GET", "HEAD", "POST"])
@needs_seat
def change(request: PageRequest, slug: str, what: str) -> HttpResponse:
    """Show one change of a summit and what moves with it, and do it."""
    summit = get_summit(request, slug)
    if what not in CHANGES or summit.is_record:
        raise Http404
    asked = CHANGES[what]
    require(asked.who, facts_of(summit), request.actor)
    back = reverse("summit", args=[summit.slug])
    form = asked.form(posted(request), initial=asked.initial(summit) | {"version": summit.version})
    _fill_choices(form, request, summit)
    changed: list[Any] = []
    status = 200
    if request.method == "POST":
        status = 400
        try:
            if form.is_valid() and attempt(form, lambda: _do(request, summit, asked, form)) is not None:
                messages.success(request, asked.done)
                return redirect(back)
        except StaleObject:
            changed, status = list_changes(summit, request.actor), 412
            form = _again(request, summit, asked)
    context = {
        "form": form,
        "title": asked.title,
        "lead": name_summit_at(summit),
        "consequences": consequences(summit, what),
        "no_decision": what == "host" and not list_decisions(summit, request.actor, DecisionSubject.CHANGE_OF_HOST),
        "meetings_url": reverse("meetings", args=[summit.slug]),
        "url": request.path,
        "label": asked.label,
        "cancel_url": back,
        "back": back,
        "changed": changed,
        "crumbs": [{"label": name_summit(summit), "url": back}, {"label": asked.title}],
    }
    return render(request, "summit/form.html", context, status=status)


def _do(request: PageRequest, summit: Summit, asked: Change, form: forms.Form) -> Any:
    said = dict(form.cleaned_data)
    who = {"actor": request.actor, "now": request.now, "if_version": said.pop("version", None)}
    return asked.do(summit, said, who)


def _again(request: PageRequest, summit: Summit, asked: Change) -> forms.Form:
    """Return the form with what was typed and the present version: to send it now is to decide."""
    data = request.POST.copy()
    data["version"] = str(Summit.objects.values_list("version", flat=True).get(pk=summit.pk))
    form = asked.form(data)
    _fill_choices(form, request, summit)
    return form


@require_http_methods(["GET", "HEAD", "POST"])
@needs_seat
def create(request: PageRequest) -> HttpResponse:
    """Create a summit with its secretariat and, where one is chosen, its checklist; by SEGIB's approver."""
    require(permissions.is_segib_approver, None, request.actor, Inputs())
    last = Summit.objects.order_by("-number").values_list("number", flat=True).first() or 0
    form = NewSummitForm(posted(request), initial={"number": last + 1})
    _fill_choices(form, request, None)
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: _create(request, form.cleaned_data))
        if made is not None:
            messages.success(request, _("The Summit is created. Fill the seats of its secretariat next."))
            return redirect("party", made.secretariats.get().code)
    context = {
        "form": form,
        "title": _("Create a Summit"),
        "lead": _("Its secretariat is opened with the seats of the secretary and of an officer."),
        "url": request.path,
        "label": _("Create the Summit"),
        "cancel_url": reverse("summits"),
        "crumbs": [{"label": _("Summits"), "url": reverse("summits")}, {"label": _("Create a Summit")}],
    }
    return render(request, "summit/form.html", context, status=400 if form.errors else 200)


@transaction.atomic
def _create(request: PageRequest, said: dict[str, Any]) -> Summit:
    """Create the summit and copy its checklist, both or neither."""
    made = actions.create_summit(
        number=said["number"],
        host=party_of(said["host"]),
        city=said["city"],
        zone=said["zone"],
        opening_on=said["opening_on"],
        closing_on=said["closing_on"],
        protocol_list=ProtocolList.objects.order_by("-valid_from", "-pk")[0],
        actor=request.actor,
        now=request.now,
    )
    if said["template"]:
        row = ChecklistTemplate.objects.get(uuid=said["template"])
        copy_template(made, row, actor=request.actor, now=request.now)
    return made
