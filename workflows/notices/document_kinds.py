"""Notices about documents: whom each reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

from workflows.errors import Ref
from workflows.notices.kinds import Notice
from workflows.queries.address import url_of
from workflows.queries.document_facts import count_open_proposals
from workflows.queries.seat import delegation_seats, list_seats, principal_roles, secretariat_seats
from workflows.states import DocumentState, PartyKind, SeatRole

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from workflows.models import Document, Message, Seat
    from workflows.queries.message import Reader
    from workflows.rules.facts import Actor


def table_of(document: Document) -> tuple[str, ...]:
    """Return the role to which a text goes: CN for political texts, RC for those of the cooperation table."""
    return (SeatRole.COOPERATION_OFFICER,) if document.cooperation else (SeatRole.NATIONAL_COORDINATOR,)


class _ToSecretariats(Notice):
    """Base of what both secretariats are told."""

    kind = "_to_secretariats"

    def seats(self, row: Document, actor: Actor | None) -> Iterable[Seat]:
        """Return the seats of both secretariats, except the actor's own."""
        return [s for s in secretariat_seats(row.summit) if actor is None or s.pk != actor.seat_id]


class _ToAuthor(Notice):
    """Base of what the author of a text is told: the SPT, or the delegation that proposes it."""

    kind = "_to_author"

    def seats(self, row: Document, actor: Actor | None) -> Iterable[Seat]:
        """Return the author's seats."""
        if row.proponent is not None:
            return list_seats(row.proponent, principal_roles(row.proponent))
        return secretariat_seats(row.summit).filter(party__kind=PartyKind.SPT)


class _ToTable(Notice):
    """Base of what both secretariats and every delegation's right seat are told."""

    kind = "_to_table"

    def seats(self, row: Document, actor: Actor | None) -> Iterable[Seat]:
        """Return the secretariats, then the delegations in protocol order, or the author while the text is not theirs."""
        if row.is_private:
            return []
        secretariats = secretariat_seats(row.summit)
        if row.circulated_at is not None or row.is_plain:
            return [*secretariats, *delegation_seats(row.summit, table_of(row))]
        return [*secretariats, *(list_seats(row.proponent, principal_roles(row.proponent)) if row.proponent else [])]


class DocumentSubmitted(Notice):
    """A draft waits for clearance in SEGIB."""

    kind = "document_submitted"

    def seats(self, row: Document, actor: Actor | None) -> Iterable[Seat]:
        """Return the seats of SEGIB."""
        return secretariat_seats(row.summit).filter(party__kind=PartyKind.SEGIB)


class DocumentCleared(_ToAuthor):
    """SEGIB has cleared the text."""

    kind = "document_cleared"


class DocumentReturned(_ToAuthor):
    """SEGIB asks for changes, with reasons."""

    kind = "document_returned"


class ClearanceDropped(_ToSecretariats):
    """An edit dropped a clearance: what was cleared is no longer what is written."""

    kind = "clearance_dropped"


class DocumentCirculated(_ToTable):
    """A version is circulated, with its window: the formal notice to every delegation."""

    kind = "document_circulated"
    has_date = True
    about = "deadline"

    def context(self, message: Message, reader: Reader, now: datetime) -> dict[str, Any]:
        """Return whether it is a new version, and the hour of the other language where one goes first."""
        document = message.document
        return {
            "is_new_version": message.context.get("verb") == "recirculate",
            "other_language_at": document.other_language_at if document else None,
        }


class DocumentWindowClosed(_ToSecretariats):
    """The window for comments closed."""

    kind = "document_window_closed"

    def context(self, message: Message, reader: Reader, now: datetime) -> dict[str, Any]:
        """Return how many comments wait to be disposed of."""
        return {"proposals": count_open_proposals(message.document) if message.document else 0}


class DocumentMoved(_ToTable):
    """The text moved at the table: agreed, elevated, reopened, approved, concluded, withdrawn."""

    kind = "document_moved"

    def context(self, message: Message, reader: Reader, now: datetime) -> dict[str, Any]:
        """Return what was done, and the state in which it left the text."""
        return {"verb": message.context["verb"], "state": DocumentState(message.context["target"]).label}


class TranslationCorrected(_ToTable):
    """One language of a paragraph was corrected for concordance; nothing is reopened."""

    kind = "translation_corrected"

    def context(self, message: Message, reader: Reader, now: datetime) -> dict[str, Any]:
        """Return the paragraph's number and page, and which language was corrected."""
        said, document = message.context, message.document
        assert document is not None  # it is queued for a text
        page = url_of(Ref("paragraph", document.summit.slug, document.code, uuid=said["paragraph"]))
        return {"number": said["number"], "language": said["language"], "url": settings.SITE_URL + page}


class DocumentPublished(_ToTable):
    """The text is published."""

    kind = "document_published"
