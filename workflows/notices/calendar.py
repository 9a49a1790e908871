"""The date of a mail for the reader's calendar: one event, with a stable UID, RFC 5545 and 5546."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import override
from icalendar import Calendar, Event

from workflows.notices.kinds import get_notice
from workflows.queries.address import url_for
from workflows.queries.names import name_summit_at
from workflows.states import MeetingState

if TYPE_CHECKING:
    from datetime import datetime

    from workflows.models import Message


def date_for_calendar(message: Message, now: datetime) -> tuple[str, str, str] | None:
    """Return name, content and type of the attachment; None where the kind sets no date, or it has none or a past one."""
    if not get_notice(message.kind).has_date or message.summit is None:
        return None
    with override(message.language or "es"):
        event = _event(message, now)
    if event is None:
        return None
    is_cancelled = event.get("status") == "CANCELLED"
    method = "CANCEL" if is_cancelled else "PUBLISH"
    calendar = Calendar()
    calendar.add("prodid", "-//SummitPrep//SummitPrep//ES")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    row = message.task or message.document or message.meeting
    name = f"{row.code if row else 'date'}.ics"
    return name, calendar.to_ical().decode(), f"text/calendar; method={method}"


def _event(message: Message, now: datetime) -> Event | None:
    event = Event()
    event.add("dtstamp", now)
    due, meeting = message.task or message.document, message.meeting
    summit = name_summit_at(message.summit) if message.summit else ""
    if due is not None:
        deadline = getattr(due, "deadline", None)
        if deadline is None or deadline.due_at is None or deadline.due_at < now:
            return None
        event.add("uid", f"deadline-{deadline.uuid}@{settings.MAIL_DOMAIN}")
        event.add("sequence", deadline.revision)
        event.add("dtstart", deadline.due_at.replace(microsecond=0))
        named = f"{message.task.code} · {message.task.title}" if message.task else due.title
        event.add("summary", f"{named} ({summit})")
        event.add("transp", "TRANSPARENT")
        event.add("url", settings.SITE_URL + url_for(due))
    elif meeting is not None and meeting.starts_at is not None:
        event.add("uid", f"meeting-{meeting.uuid}@{settings.MAIL_DOMAIN}")
        event.add("sequence", meeting.version)
        event.add("dtstart", meeting.starts_at)
        event.add("duration", timedelta(hours=1))
        event.add("summary", f"{meeting.title} ({summit})")
        event.add("status", "CANCELLED" if meeting.state == MeetingState.CANCELLED else "CONFIRMED")
        event.add("url", settings.SITE_URL + url_for(meeting))
        if meeting.place:
            event.add("location", meeting.place)
    else:
        return None
    return event
