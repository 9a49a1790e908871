"""A mail whose subject arrives as it was written.

Python's own way of folding a long subject with accents loses and moves spaces between the encoded words (seen in 3.12.1 and
3.13.0: "cuotas, ejecución, auditoría" arrived as "cuota s, ejecución,auditoría"). The older `Header` encodes it whole.
"""

from __future__ import annotations

from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy, default
from typing import Any

from django.core.mail import EmailMultiAlternatives


class WholeSubject(EmailPolicy):
    """Django's mail policy, but for the folding of a subject that is not plain ASCII."""

    def fold(self, name: str, value: Any) -> str:
        """Return the header as lines of at most 76 characters, encoded as a whole where it is a subject with accents."""
        if name.lower() != "subject" or str(value).isascii():
            return super().fold(name, value)
        encoded = Header(str(value), "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {encoded}{self.linesep}"

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Return the same as bytes."""
        if name.lower() != "subject" or str(value).isascii():
            return super().fold_binary(name, value)
        return self.fold(name, value).encode("ascii")


class Mail(EmailMultiAlternatives):
    """What `render.as_mail` hands to the post."""

    def message(self, *, policy: Any = default) -> EmailMessage:
        """Return the message with the policy that keeps the subject whole."""
        names = ("linesep", "max_line_length", "utf8", "cte_type", "raise_on_defect")
        return super().message(policy=WholeSubject(**{name: getattr(policy, name) for name in names}))
