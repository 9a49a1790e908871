"""The texts of the home page: what waits for the reader's seat among them, each as a line of the agenda."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from workflows.queries.checklist import SOON
from workflows.templatetags.moments import city, distance, moment, short_day
from workflows.templatetags.summitprep import same_clock
from workflows.web.links import url_for, url_to_do

if TYPE_CHECKING:
    from datetime import datetime

    from workflows.models import Deadline
    from workflows.queries.document_home import TextWaiting
    from workflows.rules.facts import Actor


def until(deadline: Deadline, zone: str) -> str:
    """Say until when, by the reader's own clock first; by the host city's too where it shows another hour."""
    assert deadline.due_at is not None
    values = {"when": moment(deadline.due_at, zone), "there": moment(deadline.due_at, deadline.zone)}
    if same_clock(deadline.due_at, zone, deadline.zone):
        return _("Until %(there)s.") % values
    return _("Until %(when)s, which is %(there)s.") % values


def text_line(waiting: TextWaiting, actor: Actor, now: datetime) -> tuple[datetime, dict[str, Any]]:
    """Return the instant by which a text presses, and its line as the agenda shows it."""
    row = waiting.document
    deadline = getattr(row, "deadline", None) if waiting.what in {"comment", "submit"} else None
    label, url, why = _said(waiting, actor)
    shown = {
        "title": row.title,
        "url": url_for(row),
        "why": f"{row.get_kind_display()}. {why}",
        "action": {"label": label, "url": url, "suffix": row.title},
        "summit": row.summit.roman,
        "day": pgettext("agenda", "No deadline"),
        "standing": "",
        "when": "",
    }
    if deadline is None or deadline.due_at is None or deadline.due_at < now:
        return now, shown
    zone = ZoneInfo(actor.zone)
    local, today = deadline.due_at.astimezone(zone), now.astimezone(zone).date()
    days = (local.date() - today).days
    shown |= {
        "day": short_day(local.date(), today),
        "standing": "soon" if 0 <= days <= SOON else "",
        "when": f"{local:%H:%M} ({city(zone)})" if days == 0 else distance(deadline.due_at, now, zone),
    }
    return deadline.due_at, shown


def _said(waiting: TextWaiting, actor: Actor) -> tuple[str, str, str]:
    """Return the button, where it leads, and why the text waits."""
    row, what, count = waiting.document, waiting.what, waiting.count
    page = url_for(row)
    if what == "comment":
        why = _("The text is open to comments. %(until)s") % {"until": until(row.deadline, actor.zone)}
        return _("Read and comment"), page, why
    if what == "submit":
        why = ngettext(
            "%(count)d draft of your delegation is not submitted.",
            "%(count)d drafts of your delegation are not submitted.",
            count,
        )
        return _("See the drafts"), page, why % {"count": count}
    if what == "dispose":
        why = ngettext("%(count)d proposal waits to be disposed of.", "%(count)d proposals wait to be disposed of.", count)
        return _("See the proposals"), page, why % {"count": count}
    if what == "sign":
        why = ngettext("%(count)d clearance is not signed.", "%(count)d clearances are not signed.", count)
        return _("Read and sign"), f"{page}#clearances", why % {"count": count}
    if what == "write":
        returned = (
            _("SEGIB asks for changes.") if row.state == "returned" else _("The draft is not yet submitted for clearance.")
        )
        return _("Continue"), page, returned
    plain = {
        "clear": (_("Clear"), "clear", _("Its four clearances are signed.")),
        "circulate": (_("Circulate"), "circulate", _("It is cleared and may be circulated.")),
        "approve": (_("Approve"), "approve", _("It is cleared and may be approved.")),
        "publish": (_("Publish"), "publish", _("It may be published.")),
    }
    label, verb, why = plain[what]
    return label, url_to_do(row, verb), why
