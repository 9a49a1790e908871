"""The conversation with the mail server: one connection for a batch, one recipient a mail, and what each answer means."""

from __future__ import annotations

import smtplib
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django.core.mail import mailers

if TYPE_CHECKING:
    from types import TracebackType

    from django.core.mail import EmailMessage

PERMANENT = 500
CLOSING = 421


class NotSent(Exception):
    """The mail did not leave; the text is what the server said, without the mail's own words."""


class Refused(NotSent):
    """The server will never take this mail to this address."""


class PutOff(NotSent):
    """The server did not take this mail now, or broke off while it was handed over: it may or may not have arrived."""


class ServerAway(NotSent):
    """The server takes no mail at all: it cannot be reached, does not let us in, or closes."""


class Post:
    """A connection that is opened when first needed and kept for the mails that follow; a context manager."""

    def __init__(self) -> None:
        self._backend: Any = None

    def __enter__(self) -> Post:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def open(self) -> None:
        """Connect and sign in, unless that is done. Raises ServerAway."""
        if self._backend is not None:
            return
        backend = mailers.default
        try:
            backend.open()
        except (OSError, smtplib.SMTPException) as error:
            raise ServerAway(say(error)) from error
        self._backend = backend

    def send(self, mail: EmailMessage) -> None:
        """Hand one mail over and return when the server has said 250. Raises Refused, PutOff or ServerAway."""
        self.open()
        try:
            self._backend.send_messages([mail])
        except ValueError as error:  # an address that cannot be written on an envelope
            raise Refused(say(error)) from error
        except smtplib.SMTPRecipientsRefused as error:
            raise self._judge(max(code for code, _said in error.recipients.values()), error) from error
        except smtplib.SMTPDataError as error:
            raise self._judge(error.smtp_code, error) from error
        except smtplib.SMTPSenderRefused as error:  # it is not this mail: no other would be taken either
            self.close()
            raise ServerAway(say(error)) from error
        except Exception as error:  # broken off, hung, or a mail that cannot be put into bytes
            self.close()
            raise PutOff(say(error)) from error

    def _judge(self, code: int, error: Exception) -> NotSent:
        if code == CLOSING:
            self.close()
            return ServerAway(say(error))
        return Refused(say(error)) if code >= PERMANENT else PutOff(say(error))

    def close(self) -> None:
        """End the conversation; a server that no longer listens is left alone."""
        backend, self._backend = self._backend, None
        if backend is not None:
            with suppress(OSError, smtplib.SMTPException):
                backend.close()


def say(error: Exception) -> str:
    """Return an error in one line of at most 300 characters."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]
