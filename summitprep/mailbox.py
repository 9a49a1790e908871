"""The demonstration's mail server: takes every mail, delivers none, and keeps each as a file.

Reading is `workflows.queries.mailbox`, offered here too.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import signal
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from workflows.queries.mailbox import ENVELOPE_FROM, ENVELOPE_TO, Attachment, Mail, MailSummary, list_mails, read_mail

__all__ = ["Attachment", "KeepEverything", "Mail", "MailSummary", "list_mails", "read_mail", "store"]

LARGEST_MAIL = 35 * 1024 * 1024


def store(content: bytes, sender: str, recipients: list[str], folder: Path) -> Path:
    """Write one mail into the folder under a name that sorts by arrival, whole or not at all; return its path."""
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}-{secrets.token_hex(4)}"
    envelope = [f"{ENVELOPE_FROM}: {sender}", *(f"{ENVELOPE_TO}: {address}" for address in recipients)]
    draft = folder / f"{name}.new"
    draft.write_bytes("".join(f"{line}\r\n" for line in envelope).encode() + content)
    return draft.replace(folder / f"{name}.eml")


class KeepEverything:
    """The handler of the SMTP conversation: each mail becomes a file before the sender hears 250."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Store the mail and accept it."""
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        store(content, envelope.mail_from or "", list(envelope.rcpt_tos), self.folder)
        return "250 Message accepted for the demonstration"


async def serve(port: int, folder: Path) -> None:
    """Listen on this port of 127.0.0.1 until SIGTERM or SIGINT."""
    folder.mkdir(parents=True, exist_ok=True)
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopped.set)
    handler = KeepEverything(folder)
    server = await loop.create_server(
        lambda: SMTP(handler, hostname="localhost", data_size_limit=LARGEST_MAIL, enable_SMTPUTF8=True),
        "127.0.0.1",
        port,
    )
    async with server:
        await stopped.wait()


def main() -> None:
    """Run the mail server from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    asyncio.run(serve(options.port, options.folder))


if __name__ == "__main__":
    main()
