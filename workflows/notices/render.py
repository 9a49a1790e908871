"""Turns a mail's row into words: subject, plain text and HTML in the reader's language, and the mail that leaves.

A kind's words are in `templates/emails/<kind>.txt`: the first line is the matter of the subject, then come paragraphs, the
first of which is the heading; a last one that begins with "> " is the button. `<kind>.html` dresses the same words.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import css_inline
from django.conf import settings
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.utils.translation import override

from workflows.notices.calendar import date_for_calendar
from workflows.notices.kinds import get_notice
from workflows.notices.mail import Mail
from workflows.queries.account import invitation_url
from workflows.queries.address import url_for
from workflows.queries.names import name_party, name_summit_at, of_country
from workflows.states import Language, PartyKind

if TYPE_CHECKING:
    from datetime import datetime

    from workflows.models import Message
    from workflows.queries.message import Reader

BLOTTED_PATH = "/accounts/password/*****/"
"""What stands in the kept text for a link that opens an account; the true one is put in its place as the mail leaves."""
LONGEST_SUBJECT = 300

_inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


@dataclass(frozen=True)
class Rendered:
    """A mail's text as it is frozen, by the columns of Message."""

    to_address: str
    language: str
    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Words:
    """What a kind says in one language."""

    language: str
    matter: str
    heading: str
    paragraphs: list[str]
    button: str


def render(message: Message, reader: Reader, now: datetime) -> Rendered:
    """Return the mail in the reader's language (`message` from `load_message`)."""
    with override(reader.language):
        context = _context(message, reader, now)
        words = _words(message, context, reader.language)
        also = [_words(message, _context_in(code, message, reader, now), code) for code in _other_languages(message, reader)]
        context |= {"words": words, "also": also}
        subject = " ".join(_plain("emails/_subject.txt", context).split())
        text = _tidy(_plain("emails/_frame.txt", context))
        html = _inliner.inline(render_to_string(f"emails/{message.kind}.html", context))
    return Rendered(reader.email, reader.language, subject[:LONGEST_SUBJECT], text, html)


def _plain(name: str, context: dict[str, Any]) -> str:
    """Render a template of plain text: nothing in it is escaped."""
    template: Any = get_template(name)
    return str(template.template.render(Context(context, autoescape=False)))


def _tidy(text: str) -> str:
    """Take away the blanks that the tags of a template leave behind."""
    lines = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines) + "\n"


def _words(message: Message, context: dict[str, Any], language: str) -> Words:
    with override(language):
        matter, _newline, rest = _plain(f"emails/{message.kind}.txt", context).strip().partition("\n")
    blocks = ["\n".join(line.strip() for line in block.splitlines() if line.strip()) for block in rest.split("\n\n")]
    heading, *paragraphs = [block for block in blocks if block]
    button = paragraphs.pop().removeprefix("> ") if paragraphs and paragraphs[-1].startswith("> ") else ""
    return Words(language, matter.strip(), heading, paragraphs, button)


def _other_languages(message: Message, reader: Reader) -> list[str]:
    """Return in which languages the words are said once more: a meeting's notice is read in Spanish and in Portuguese."""
    if not get_notice(message.kind).in_both:
        return []
    return [code for code in (Language.ES.value, Language.PT_BR.value) if code[:2] != reader.language[:2]]


def _context_in(language: str, message: Message, reader: Reader, now: datetime) -> dict[str, Any]:
    with override(language):
        return _context(message, reader, now)


def _context(message: Message, reader: Reader, now: datetime) -> dict[str, Any]:
    notice = get_notice(message.kind)
    task, meeting, document = message.task, message.meeting, message.document
    party = reader.seat.party if reader.seat else None
    summit = message.summit or (party.summit if party else None)
    deadline = getattr(task or document, "deadline", None) if notice.has_date or notice.about == "deadline" else None
    due_at, starts_at = getattr(deadline, "due_at", None), meeting.starts_at if meeting else None
    return {
        "kind": message.kind,
        "notice": notice,
        "now": now,
        "demonstration": settings.SUMMITPREP_DEMO or bool(summit and summit.is_demonstration),
        "summit": summit,
        "summit_name": name_summit_at(summit) if summit else "",
        "task": task,
        "meeting": meeting,
        "document": document,
        "title": next((row.title for row in (task, document, meeting) if row), ""),
        "code": task.code if task else "",
        "owner": name_party(task.responsible) if task else "",
        "verifier": name_party(task.verified_by) if task else "",
        "is_own": bool(task and reader.is_of(task.responsible)),
        "is_state": bool(task and task.responsible.kind == PartyKind.DELEGATION),
        "reader": reader,
        "party": party,
        "of_country": of_country(party) if party and party.kind == PartyKind.DELEGATION else "",
        "zone": meeting.zone if meeting else summit.zone if summit else reader.zone,
        "due_at": due_at,
        "starts_at": starts_at,
        "has_attachment": date_for_calendar(message, now) is not None,
        "url": settings.SITE_URL + (BLOTTED_PATH if notice.is_secret else _path(message)),
        **notice.context(message, reader, now),
    }


def _path(message: Message) -> str:
    row = message.task or message.document or message.meeting or message.summit
    return url_for(row) if row else "/"


# The mail that leaves -----------------------------------------------------------------------------------------------


def message_id_of(key: str) -> str:
    """Return the Message-ID that follows from a mail's key: the same at every attempt."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{settings.MAIL_DOMAIN}>"


def as_mail(message: Message, now: datetime) -> Mail:
    """Return the mail of a frozen message, ready for the server; nobody's automatic answer is asked for."""
    headers: dict[str, Any] = {
        "Message-ID": message_id_of(message.key),
        "Date": now,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "Content-Language": message.language,
    }
    mail = Mail(
        subject=message.subject,
        body=_unblotted(message, message.text),
        to=[message.to_address],
        reply_to=[settings.REPLY_TO],
        headers=headers,
    )
    mail.attach_alternative(_unblotted(message, message.html), "text/html")
    date = date_for_calendar(message, now)
    if date:
        mail.attach(*date)
    return mail


def _unblotted(message: Message, text: str) -> str:
    """Put the true link in the place of the blotted one."""
    user = getattr(message.person, "user", None) if get_notice(message.kind).is_secret else None
    return text.replace(settings.SITE_URL + BLOTTED_PATH, invitation_url(user)) if user else text
