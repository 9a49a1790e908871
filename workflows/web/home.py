"""The home page: what waits for the reader's seat, one button each; the next dates; what changed since the last visit."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from workflows.actions.account import mark_seen
from workflows.queries.checklist import SOON
from workflows.queries.document_home import what_texts_wait
from workflows.queries.home import list_changes_since, list_next_deadlines, what_waits
from workflows.queries.names import in_sentence, name_party
from workflows.queries.summit import at_noon, list_next_meetings, list_running
from workflows.rules.verbs import verbs_of
from workflows.states import PartyKind, TaskState
from workflows.templatetags.moments import (
    city,
    day_in_words,
    distance,
    hour_of_day,
    moment,
    moment_in_words,
    short_day,
)
from workflows.templatetags.summitprep import number_words
from workflows.web.actor import needs_seat
from workflows.web.home_texts import text_line, until
from workflows.web.links import url_for, url_to_do
from workflows.web.summit_parts import dated_meetings, told_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from workflows.models import Deadline, Signature, Summit, Task
    from workflows.queries.document_home import TextsWaiting, TextWaiting
    from workflows.queries.home import Owed, ToClose, ToVerify, Waiting
    from workflows.rules.facts import Actor
    from workflows.web.actor import PageRequest

SHOWN = 10
NEXT_DATES = 6
SINCE_KEY = "since"
"""In the session: when the visit before this one ended."""
STATES_AND_BODIES = frozenset({PartyKind.DELEGATION, PartyKind.BODY, PartyKind.OBSERVER})


@dataclass
class Item:
    """A line of the agenda, before it is shown; `pressing` is the instant by which it is sorted."""

    pressing: datetime
    shown: dict[str, Any]
    late: bool = False
    can_be_done: bool = False
    task_id: int = 0
    rank: tuple[int, datetime] = field(init=False)

    def __post_init__(self) -> None:
        self.rank = (0 if self.late else 1, self.pressing)


@require_safe
@needs_seat
def home(request: PageRequest) -> HttpResponse:
    """Show what waits, what comes and what changed, for the seat from which the reader acts."""
    actor, now = request.actor, request.now
    summits = list_running(actor)
    waiting = what_waits(actor, summits, now)
    items = agenda(waiting, what_texts_wait(actor, summits, now), actor, now, several=len(summits) > 1)
    since = visit_before(request)
    changes = list_changes_since(actor, since)
    summit = summits[0] if summits else None
    context = {
        "lead": counted(items, waiting, actor),
        "aside": capfirst(moment_in_words(now, actor.zone)),
        "items": [item.shown for item in items[:SHOWN]],
        "more": max(0, len(items) - SHOWN),
        "empty": nothing_waits(actor, summits, now) if not items else "",
        "checklist_url": reverse("checklist", args=[summit.slug]) if summit else "",
        "open_in_all": waiting.owed_in_all,
        "office": in_sentence(request.seat.party),
        "summit": summit,
        "countdown": countdown(summit, now),
        "dates": next_dates(actor, summits, now, leaving_out={item.task_id for item in items[:SHOWN]}),
        "events": told_rows(changes, now, actor.zone),
        "since": _("since your last visit, %(when)s") % {"when": hour_of_day(since, now, actor.zone).lower()} if since else "",
        "running": summits if len(summits) > 1 else [],
        "vacant": not summits,
    }
    return render(request, "home/home.html", context)


def visit_before(request: PageRequest) -> datetime | None:
    """Return when the visit before this one ended, and note that this one goes on."""
    if SINCE_KEY not in request.session:
        last = request.user.last_seen_at
        request.session[SINCE_KEY] = last.isoformat() if last else ""
    mark_seen(request.user, now=request.now)
    stored = request.session[SINCE_KEY]
    return datetime.fromisoformat(stored) if stored else None


# What waits ------------------------------------------------------------------------------------------------------


def agenda(waiting: Waiting, texts: TextsWaiting, actor: Actor, now: datetime, *, several: bool) -> list[Item]:
    """Return everything that waits, the most pressing first; the first that can be done has the primary button."""
    items = [
        *(_signature(s, actor, now) for s in (*waiting.to_sign, *texts.to_sign)),
        *(_text(t, actor, now) for t in texts.texts),
        *(_owed(o, actor, now) for o in waiting.owed),
        *(_to_verify(v, actor, now) for v in waiting.to_verify),
        *(_to_close(c, actor, now) for c in waiting.to_close),
    ]
    items.sort(key=lambda item: item.rank)
    if several:
        for item in items:
            item.shown["why"] = f"{item.shown.pop('summit')}. {item.shown['why']}"
    first = next((item for item in items[:SHOWN] if item.can_be_done), None)
    if first is not None:
        first.shown["primary"] = True
    return items


def _item(task: Task, why: str, action: dict[str, Any], actor: Actor, now: datetime, *, own: bool, done: bool) -> Item:
    deadline = getattr(task, "deadline", None)
    due = deadline.due_at if deadline else None
    shown = {
        "title": task.title,
        "url": url_for(task),
        "why": f"{task.code}. {why}",
        "action": {"suffix": task.code, **action},
        "summit": task.summit.roman,
    }
    if due is None:
        return Item(now, shown | {"day": _("No date yet"), "standing": "", "when": ""}, can_be_done=done, task_id=task.pk)
    zone = ZoneInfo(actor.zone)
    days = (due.astimezone(zone).date() - now.astimezone(zone).date()).days
    late = own and due < now and actor.party_kind not in STATES_AND_BODIES
    soon = own and not late and 0 <= days <= SOON
    hour = f"{due.astimezone(zone):%H:%M} ({city(zone)})"
    shown |= {
        "day": short_day(due.astimezone(zone).date(), now.astimezone(zone).date()),
        "standing": "late" if late else "soon" if soon else "",
        "when": hour if days == 0 else distance(due, now, zone),
    }
    return Item(due, shown, late=late, can_be_done=done, task_id=task.pk)


def _owed(owed: Owed, actor: Actor, now: datetime) -> Item:
    """A task of one's own: what it waits for is said before the button."""
    task, options = owed.task, {o.name: o for o in owed.options}
    outside = actor.party_kind in STATES_AND_BODIES
    submit = options.get("submit")
    said = [_until(task, actor)]
    holding = [r for r in submit.reasons if not r.advisory] if submit else []
    if holding:
        said.append(str(holding[0].message))
    elif task.deliverable:
        said.append(_("To be delivered: %(what)s.") % {"what": task.deliverable.rstrip(".")})
    if task.state == TaskState.IN_PROGRESS:
        said.append(_("In progress."))
    if submit is not None and submit.allowed:
        label = _("Answer") if outside else _("Continue") if task.state == TaskState.IN_PROGRESS else submit.label
        action = {"label": label, "url": f"{url_for(task)}#submit"}
        return _item(task, " ".join(said), action, actor, now, own=True, done=True)
    label = _("See what is missing") if submit is not None else _("Prepare")
    return _item(task, " ".join(said), {"label": label, "url": url_for(task)}, actor, now, own=True, done=submit is None)


def _until(task: Task, actor: Actor) -> str:
    """Say until when, by the reader's own clock first; by the host city's too where it shows another hour."""
    deadline = getattr(task, "deadline", None)
    if deadline is None or deadline.due_at is None:
        return _("Its deadline follows a date that is not known yet.")
    return until(deadline, actor.zone)


def _text(waiting: TextWaiting, actor: Actor, now: datetime) -> Item:
    pressing, shown = text_line(waiting, actor, now)
    return Item(pressing, shown, can_be_done=True)


def _to_verify(found: ToVerify, actor: Actor, now: datetime) -> Item:
    task = found.task
    if found.answers:
        why = ngettext(
            "%(count)d answer arrived and waits for you.", "%(count)d answers arrived and wait for you.", found.answers
        ) % {"count": found.answers}
        action = {"label": _("See the answers"), "url": url_for(task)}
        return _item(task, why, action, actor, now, own=False, done=True)
    why = _("Submitted by %(who)s on %(when)s. The verification falls to someone who did not submit it.") % {
        "who": in_sentence(task.responsible),
        "when": moment(task.received_at, actor.zone) if task.received_at else "",
    }
    return _item(task, why, {"label": _("Verify"), "url": url_for(task)}, actor, now, own=False, done=True)


def _to_close(found: ToClose, actor: Actor, now: datetime) -> Item:
    why = _("%(received)d of %(asked)d answers are received. %(until)s") % {
        "received": found.received,
        "asked": found.asked,
        "until": _until(found.task, actor),
    }
    action = {"label": _("Close the window"), "url": url_to_do(found.task, "close_window")}
    return _item(found.task, why, action, actor, now, own=False, done=True)


def _signature(signature: Signature, actor: Actor, now: datetime) -> Item:
    row = signature.document or signature.summit
    verb = verbs_of(type(row))[signature.verb][0]
    zone = ZoneInfo(actor.zone)
    shown = {
        "day": short_day(signature.signed_at.astimezone(zone).date(), now.astimezone(zone).date()),
        "standing": "",
        "when": distance(signature.signed_at, now, zone),
        "title": f"{verb.label}: {signature.document.title}" if signature.document else str(verb.label),
        "url": url_for(row),
        "why": _("%(who)s signed on %(when)s. It is done when you sign too.")
        % {"who": name_party(signature.seat.party), "when": moment(signature.signed_at, zone)},
        "action": {"label": _("Sign"), "url": url_to_do(row, verb.name), "suffix": str(verb.label)},
        "summit": signature.summit.roman,
    }
    return Item(signature.signed_at, shown, can_be_done=True)


def counted(items: Sequence[Item], waiting: Waiting, actor: Actor) -> str:
    """Return the sentence below the title: how many matters, how many late or due today."""
    if not items:
        return ""
    said = [
        (_("%(count)s matter.") if len(items) == 1 else _("%(count)s matters.")) % {"count": capfirst(number_words(len(items)))}
    ]
    if late := sum(item.late for item in items):
        sentence = _("%(count)s is past its deadline.") if late == 1 else _("%(count)s are past their deadline.")
        said.append(sentence % {"count": capfirst(number_words(late))})
    return " ".join(said)


def nothing_waits(actor: Actor, summits: Sequence[Summit], now: datetime) -> str:
    """Return what the page says when nothing waits: with the day of what comes next, where something does."""
    following = list_next_deadlines(actor, summits, now, limit=1)
    if not following:
        return _("Nothing waits for you today.")
    day = at_of(following[0]).astimezone(ZoneInfo(actor.zone)).date()
    return _("Nothing waits for you today. The next date is %(day)s.") % {"day": day_in_words(day)}


# What comes ------------------------------------------------------------------------------------------------------


def countdown(summit: Summit | None, now: datetime) -> dict[str, Any] | None:
    """Return the figure of the page: the days to the opening, while it lies ahead."""
    if summit is None or summit.opening_on is None:
        return None
    days = (summit.opening_on - now.astimezone(ZoneInfo(summit.zone)).date()).days
    if days < 0:
        return None
    words = ngettext("day to the opening, %(day)s in %(city)s", "days to the opening, %(day)s in %(city)s", days) % {
        "day": day_in_words(summit.opening_on),
        "city": summit.city or city(summit.zone),
    }
    return {"figure": days, "text": words}


def next_dates(actor: Actor, summits: Sequence[Summit], now: datetime, leaving_out: Collection[int]) -> list[dict[str, Any]]:
    """Return the next meetings, and the deadlines of tasks that do not stand in the agenda already, as one list by date."""
    several = len(summits) > 1
    meetings = [m for m in list_next_meetings(actor, summits, now, limit=NEXT_DATES) if m.held_on is not None]
    rows = list(
        zip(
            (at_noon(m.held_on, m.zone) for m in meetings if m.held_on),
            dated_meetings(meetings, now, name_summit=several),
            strict=True,
        )
    )
    deadlines = list_next_deadlines(actor, summits, now, limit=NEXT_DATES, leaving_out=leaving_out)
    rows += [(at_of(d), _deadline(d, actor, now, several)) for d in deadlines]
    rows.sort(key=lambda row: row[0])
    return [row for _instant, row in rows[:NEXT_DATES]]


def at_of(deadline: Deadline) -> datetime:
    """Return the instant of a deadline that was chosen by it, and so has one."""
    return cast("datetime", deadline.due_at)


def _deadline(deadline: Deadline, actor: Actor, now: datetime, several: bool) -> dict[str, Any]:
    zone = ZoneInfo(actor.zone)
    row, local = deadline.document or cast("Task", deadline.task), at_of(deadline).astimezone(zone)
    what = _("Window for comments") if deadline.document else row.code
    note = f"{what}. {local:%H:%M} ({city(zone)})"
    return {
        "day": short_day(local.date(), now.astimezone(zone).date()),
        "iso": at_of(deadline).isoformat(),
        "text": row.title,
        "note": f"{row.summit.roman}. {note}" if several else note,
        "url": url_for(row),
    }
