"""A real mail server for the tests: it holds the whole conversation, keeps what it accepted, and errs as it is told."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True)
class Received:
    """One mail that the server accepted: it has said 250, or (mode "drop") was about to."""

    recipients: tuple[str, ...]
    message: EmailMessage
    at: float

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"]).strip()


@dataclass
class Sink:
    """The server; `mode` is ok, later (450), never (550), full (552 after the text), hang, drop (accepts, then breaks off).

    `only` restricts the mode to one recipient; `delay` is how long it thinks before it accepts; `before_250` is called then.
    """

    mode: str = "ok"
    only: str = ""
    delay: float = 0.0
    before_250: Any = None
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    def __enter__(self) -> Sink:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_error: object) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    async def _serve(self) -> None:
        self._stopping = asyncio.Event()
        sessions: list[SMTP] = []

        def session() -> SMTP:
            self.connections += 1
            sessions.append(SMTP(self, hostname="sink.invalid", enable_SMTPUTF8=True, loop=self._loop))
            return sessions[-1]

        server = await self._loop.create_server(session, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stopping.wait()
        server.close()
        for one in sessions:
            if one.transport is not None:
                one.transport.abort()
        await asyncio.sleep(0.05)
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _errs(self, mode: str, address: str) -> bool:
        return self.mode == mode and (not self.only or self.only == address)

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, _: Any) -> str:  # noqa: N802
        if self._errs("later", address):
            return "450 4.2.1 Not now"
        if self._errs("never", address):
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        address = envelope.rcpt_tos[0]
        if self._errs("full", address):
            return "552 5.2.2 Mailbox full"
        if self._errs("hang", address):
            await asyncio.sleep(3600)
        if self.delay:
            await asyncio.sleep(self.delay)
        content = message_from_bytes(envelope.content, policy=policy.default)
        self.received.append(Received(tuple(envelope.rcpt_tos), content, time.monotonic()))
        if self.before_250:
            await asyncio.to_thread(self.before_250, self)
        if self._errs("drop", address):
            server.transport.abort()
        return "250 Accepted"

    def copies(self) -> Counter[str]:
        """How often each Message-ID was accepted."""
        return Counter(mail.message_id for mail in list(self.received))

    def mailer(self, **options: Any) -> dict[str, Any]:
        """The setting MAILERS that leads here."""
        backend = "django.core.mail.backends.smtp.EmailBackend"
        return {"default": {"BACKEND": backend, "OPTIONS": {"host": "127.0.0.1", "port": self.port, "timeout": 5, **options}}}
