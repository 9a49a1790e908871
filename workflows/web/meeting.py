"""Meetings' pages: what comes and what was; a meeting with its agenda, attendance, decisions, minutes and what can be done."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from workflows.actions.meeting import change_meeting, convene_meeting, record_attendance, record_decision, set_agenda
from workflows.models import Meeting
from workflows.queries.checklist import may_plan
from workflows.queries.document_meeting import papers_of
from workflows.queries.facts import facts_of
from workflows.queries.meeting import list_meetings, list_parties, read_meeting
from workflows.queries.names import name_seat
from workflows.queries.task import visible_tasks
from workflows.rules import permissions
from workflows.rules.evaluate import require
from workflows.rules.verbs import verbs_of
from workflows.states import AttendanceLevel, DecisionSubject, MeetingKind, MeetingState
from workflows.templatetags.moments import day_in_words
from workflows.web.actor import needs_seat
from workflows.web.checklist_rows import short_office
from workflows.web.errors import attempt
from workflows.web.forms_base import page_of_form
from workflows.web.links import linked, url_for, url_to_do
from workflows.web.loading import load_meeting, load_summit, next_of
from workflows.web.meeting_forms import AgendaForm, AttendanceForm, ChangeForm, ConveneForm, DecisionForm, MinutesForm
from workflows.web.transition import Step, run

if TYPE_CHECKING:
    from django import forms

    from workflows.models import Attendance, Party, Summit
    from workflows.queries.document_meeting import Paper
    from workflows.queries.meeting import MeetingSheet
    from workflows.web.actor import PageRequest

POST = ["GET", "HEAD", "POST"]


@needs_seat
@require_safe
def meetings(request: PageRequest, slug: str) -> HttpResponse:
    """Show the meetings of a summit: those to come by date, then those that were, the latest first."""
    summit = load_summit(request, slug)
    found = list_meetings(summit, actor=request.actor, now=request.now)
    may = may_plan(summit, request.actor)
    convene = {"label": _("Convene a meeting"), "url": reverse("meeting-convene", args=[slug])}
    context = {
        "groups": _groups(found.ahead, found.past),
        "columns": [
            {"label": _("Date"), "css": "c-date"},
            {"label": _("Meeting")},
            {"label": _("Convened by"), "css": "c-who"},
            {"label": pgettext("of a meeting", "State"), "css": "c-st"},
        ],
        "actions": [convene] if may else [],
        "crumbs": [{"label": pgettext("section", "Summit"), "url": url_for(summit)}, {"label": _("Meetings")}],
    }
    return render(request, "meeting/list.html", context)


def _groups(ahead: Any, past: Any) -> list[dict[str, Any]]:
    groups = [
        {"label": pgettext("meetings", "To come"), "rows": [_row(m) for m in ahead], "id": "ahead"},
        {"label": pgettext("meetings", "Past"), "rows": [_row(m) for m in past], "id": "past"},
    ]
    return [group for group in groups if group["rows"]]


def _row(meeting: Meeting) -> dict[str, Any]:
    return {
        "meeting": meeting,
        "url": url_for(meeting),
        "kind": str(MeetingKind(meeting.kind).label),
        "convened_by": short_office(meeting.convened_by),
        "is_over": meeting.state not in {MeetingState.CONVENED, MeetingState.BEGUN},
    }


@needs_seat
@require_safe
def meeting(request: PageRequest, slug: str, code: str) -> HttpResponse:
    """Show one meeting."""
    row = load_meeting(request, slug, code)
    sheet = read_meeting(row, actor=request.actor)
    return render(request, "meeting/meeting.html", _context(request, sheet))


def _context(request: PageRequest, sheet: MeetingSheet) -> dict[str, Any]:
    row = sheet.meeting
    anchored = visible_tasks(request.actor).filter(deadline__anchor=row, parent__isnull=True)
    return {
        "sheet": sheet,
        "meeting": row,
        "title": row.title,
        "kind": str(MeetingKind(row.kind).label),
        "crumbs": _crumbs(row.summit, row.title),
        "facts": _facts(row),
        "actions": _actions(sheet),
        "withheld": [
            {"action": offered.label, "reasons": linked(r for r in offered.reasons if not r.advisory)}
            for offered in sheet.options.values()
            if not offered.allowed
        ],
        "changes": _changes(sheet),
        "attendance": [_attends(party, at) for party, at in sheet.attendance],
        "is_attended": any(at for _party, at in sheet.attendance),
        "decisions": [
            {"decision": decision, "subject": str(DecisionSubject(decision.subject).label)} for decision in sheet.decisions
        ],
        "papers": [_paper(paper) for paper in papers_of(row, actor=request.actor)],
        "history": [{"at": e.event.at, "sentence": e.sentence, "note": e.reason} for e in sheet.events],
        "anchored": [{"code": t.code, "title": t.title, "url": url_for(t)} for t in anchored.order_by("position")],
        "record_url": reverse("record", args=[row.summit.slug]) + f"?label={row.code}",
    }


def _paper(paper: Paper) -> dict[str, Any]:
    return {"title": paper.document.title, "url": url_for(paper.document), "state": paper.document.state, "acts": paper.acts}


def _attends(party: Party, at: Attendance | None) -> dict[str, str]:
    if at is None:
        return {"name": party.list_name}
    return {"name": party.list_name, "level": str(AttendanceLevel(at.level).label), "note": at.note}


def _crumbs(summit: Summit, *more: str) -> list[dict[str, str]]:
    return [
        {"label": pgettext("section", "Summit"), "url": url_for(summit)},
        {"label": _("Meetings"), "url": reverse("meetings", args=[summit.slug])},
        *({"label": label} for label in more),
    ]


def _facts(row: Meeting) -> list[dict[str, str]]:
    rows = [{"label": _("Convened by"), "value": row.convened_by.name}]
    rows.append({"label": _("Chair"), "value": name_seat(row.chair) if row.chair else _("The head of whoever convenes it")})
    if row.place:
        rows.append({"label": _("Place"), "value": row.place})
    rows.append({"label": pgettext("of a meeting", "Code"), "value": row.code})
    if row.opening_offset is not None and row.state == MeetingState.CONVENED:
        rows.append({"label": _("Its day"), "value": _("It follows the opening day of the Summit until it is fixed.")})
    return rows


def _actions(sheet: MeetingSheet) -> list[dict[str, Any]]:
    """Return the transitions that can be done, the next step as the primary one, each behind a page that says what it does."""
    found = [o for o in sheet.options.values() if o.allowed]
    return [
        {
            "label": offered.label,
            "url": url_to_do(sheet.meeting, offered.name),
            "kind": "stop" if offered.name == "cancel" else "" if n == 0 else "line",
        }
        for n, offered in enumerate(found)
    ]


def _changes(sheet: MeetingSheet) -> list[dict[str, str]]:
    if not sheet.may_change:
        return []
    row = sheet.meeting
    links = [("change", _("Change the hour, the place or the title"))]
    links.append(("agenda", _("Set the agenda")))
    links.append(("attendance", _("Record the attendance")))
    if row.state != MeetingState.CONVENED:
        links.append(("decision", _("Record a decision")))
        links.append(("minutes", _("Write the minutes")))
    return [{"label": label, "url": url_to_do(row, name)} for name, label in links]


# What is done ----------------------------------------------------------------------------------------------------


@needs_seat
@require_http_methods(POST)
def convene(request: PageRequest, slug: str) -> HttpResponse:
    """Convene a meeting; the delegations are written to."""
    summit = load_summit(request, slug)
    require(permissions.is_secretariat, facts_of(summit), request.actor)
    form = ConveneForm(request.POST or None, summit=summit)
    if request.method == "POST" and form.is_valid():
        said = {**form.said(), "actor": request.actor, "now": request.now}
        done = attempt(form, partial(convene_meeting, summit, **said))
        if done is not None:
            messages.success(request, _("The meeting is convened; the delegations are written to."))
            return redirect(url_for(done))
    crumbs = _crumbs(summit, _("Convene a meeting"))
    lead = _("Every delegation's coordination and cooperation office is written to.")
    return page_of_form(request, form, title=_("Convene a meeting"), label=_("Convene the meeting"), crumbs=crumbs, lead=lead)


@needs_seat
@require_http_methods(POST)
def meeting_action(request: PageRequest, slug: str, code: str, verb: str) -> HttpResponse:
    """Do one thing to a meeting, or show the page on which it is done."""
    row = load_meeting(request, slug, code)
    if verb in INTENTS:
        require(permissions.chairs, facts_of(row), request.actor)
        return INTENTS[verb](request, row)
    found = verbs_of(Meeting).get(verb)
    crumbs = _crumbs(row.summit, row.title, str(found[0].label) if found else "")
    crumbs[-2]["url"] = url_for(row)
    return run(
        Step(
            request=request,
            row=row,
            name=verb,
            back=next_of(request, url_for(row)),
            crumbs=crumbs,
            extra_needs=["occurred_at"] if verb == "begin" else [],
            context={"subject": _subject(row)},
        )
    )


def _subject(row: Meeting) -> str:
    return f"{row.title}, {day_in_words(row.held_on)}" if row.held_on else row.title


def _ask(
    request: PageRequest,
    row: Meeting,
    form: forms.Form,
    call: Any,
    *,
    title: str,
    label: str,
    done: str,
    template: str = "task/form.html",
) -> HttpResponse:
    """Show a form about a meeting; when it is sent and holds, do `call` with what it says and go back to the meeting."""
    if request.method == "POST" and form.is_valid():
        said = partial(call, row, actor=request.actor, now=request.now, if_version=form.cleaned_data.get("version"))
        if attempt(form, lambda: said(**form.said())) is not None:  # type: ignore[attr-defined]
            messages.success(request, done)
            return redirect(url_for(row))
    crumbs = _crumbs(row.summit, row.title, title)
    crumbs[-2]["url"] = url_for(row)
    return page_of_form(request, form, title=title, label=label, crumbs=crumbs, lead=_subject(row), template=template)


def _change(request: PageRequest, row: Meeting) -> HttpResponse:
    form = ChangeForm(request.POST or None, meeting=row)
    return _ask(
        request,
        row,
        form,
        change_meeting,
        title=_("Change the meeting"),
        label=_("Keep the changes"),
        done=_("The meeting was changed; the deadlines counted from it follow."),
    )


def _minutes(request: PageRequest, row: Meeting) -> HttpResponse:
    form = MinutesForm(request.POST or None, meeting=row)
    title, done = _("Write the minutes"), _("The minutes are kept.")
    return _ask(request, row, form, change_meeting, title=title, label=_("Keep the minutes"), done=done)


def _agenda(request: PageRequest, row: Meeting) -> HttpResponse:
    form = AgendaForm(request.POST or None, meeting=row)
    title, done = _("Set the agenda"), _("The agenda is set.")
    return _ask(request, row, form, set_agenda, title=title, label=_("Keep the agenda"), done=done)


def _attendance(request: PageRequest, row: Meeting) -> HttpResponse:
    form = AttendanceForm(request.POST or None, meeting=row, parties=list_parties(row))
    title, done = _("Record the attendance"), _("The attendance is recorded.")
    return _ask(
        request,
        row,
        form,
        record_attendance,
        title=title,
        label=_("Keep the attendance"),
        done=done,
        template="meeting/attendance.html",
    )


def _decision(request: PageRequest, row: Meeting) -> HttpResponse:
    form = DecisionForm(request.POST or None, meeting=row)
    title, done = _("Record a decision"), _("The decision is recorded.")
    return _ask(request, row, form, record_decision, title=title, label=_("Record the decision"), done=done)


INTENTS = {"change": _change, "minutes": _minutes, "agenda": _agenda, "attendance": _attendance, "decision": _decision}
"""What is done to a meeting besides its transitions, by the last part of the address."""
