"""The demonstration's mailbox: reads the mails that were caught, one file each; knows nothing of how they arrived."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

MAIL_ID = re.compile(r"[0-9]{8}T[0-9]{12}Z-[0-9a-f]{8}")
ENVELOPE_FROM = "X-Envelope-From"
ENVELOPE_TO = "X-Envelope-To"
_parser = BytesParser(policy=policy.default)


@dataclass(frozen=True)
class MailSummary:
    """A line of the mailbox: who wrote to whom, when, about what. `received_at` is UTC, `recipients` the envelope's."""

    id: str
    received_at: datetime
    sender: str
    to: str
    cc: str
    recipients: tuple[str, ...]
    subject: str
    message_id: str


@dataclass(frozen=True)
class Attachment:
    """A file that came with a mail."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Mail(MailSummary):
    """A whole mail: every header as it came, the plain text, the HTML and the attachments."""

    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    attachments: tuple[Attachment, ...]


def list_mails(folder: Path, *, limit: int | None = None) -> list[MailSummary]:
    """Return the caught mails, the newest first; an empty list when there is no mailbox yet."""
    return [_summary(path.stem, message) for path, message in _messages(folder, limit)]


def read_mail(mail_id: str, folder: Path) -> Mail | None:
    """Return one mail, or None when there is none of this name; a name that is not one of ours reads no file."""
    if not MAIL_ID.fullmatch(mail_id):
        return None
    try:
        message = _parser.parsebytes((folder / f"{mail_id}.eml").read_bytes())
    except FileNotFoundError:
        return None
    return Mail(
        **vars(_summary(mail_id, message)),
        headers=tuple((name, str(value)) for name, value in message.items()),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        attachments=tuple(_attachment(part) for part in message.iter_attachments()),
    )


def _messages(folder: Path, limit: int | None) -> Iterator[tuple[Path, EmailMessage]]:
    paths = sorted((path for path in folder.glob("*.eml") if MAIL_ID.fullmatch(path.stem)), reverse=True)
    for path in paths[:limit]:
        try:
            content = path.read_bytes()
        except FileNotFoundError:  # cleared meanwhile
            continue
        yield path, _parser.parsebytes(content, headersonly=True)


def _summary(mail_id: str, message: EmailMessage) -> MailSummary:
    received = datetime.strptime(mail_id.partition("-")[0], "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC)
    return MailSummary(
        id=mail_id,
        received_at=received,
        sender=str(message.get("From", "")),
        to=str(message.get("To", "")),
        cc=str(message.get("Cc", "")),
        recipients=tuple(str(address) for address in message.get_all(ENVELOPE_TO, [])),
        subject=str(message.get("Subject", "")),
        message_id=str(message.get("Message-ID", "")).strip(),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part else ""


def _attachment(part: EmailMessage) -> Attachment:
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    return Attachment(part.get_filename() or "attachment", part.get_content_type(), content)
