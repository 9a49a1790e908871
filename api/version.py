"""Versions of a text, the redline between two, copies to keep, and what was published, which anybody may check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.http import Http404, HttpResponse
from rest_framework.renderers import BaseRenderer
from rest_framework.response import Response

from api.base import Endpoint, Op, find
from api.document import DocumentEndpoint
from api.loading import named
from api.paging import Key, Order
from api.shapes.fields import instant
from api.shapes.queries import ListQuery
from api.shapes.version import (
    CopyQuery,
    PublicationSerializer,
    PublishedSerializer,
    RedlineQuery,
    RedlineSerializer,
    VersionCopySerializer,
    VersionSerializer,
    WholeVersionSerializer,
)
from workflows.models import Version
from workflows.papers.canonical import json_of
from workflows.papers.pdf import pdf_of
from workflows.papers.sheet import sheet_of_version
from workflows.papers.word import docx_of
from workflows.queries.document_api import later_edition, publication_rows, published_with, version_rows
from workflows.queries.document_facts import body_of
from workflows.rules.redline import compare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflows.models import Document, Publication

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class PDFRenderer(BaseRenderer):
    """Says that PDF is offered; the file is written by `papers`."""

    media_type = PDF
    format = "pdf"


class WordRenderer(BaseRenderer):
    """Says that a Word file is offered; the file is written by `papers`."""

    media_type = DOCX
    format = "docx"


# Versions --------------------------------------------------------------------------------------------------------


class Versions(DocumentEndpoint):
    """The versions of a text."""

    ops: ClassVar = {"GET": Op("List a document's versions", gives=VersionSerializer, filters=ListQuery, paged=True)}
    order = Order(Key("number"), Key("pk"))

    def get(self, request: Any, uuid: Any) -> Response:
        """The snapshots of a text, the oldest first; each at a circulation, an approval or an outcome."""
        rows = version_rows(self.actor).filter(document=self.load(uuid)).defer("body")
        return self.show_page(rows, self.order, self._present_all, query=self.read_query(ListQuery))

    def _present_all(self, rows: Sequence[Any]) -> list[Any]:
        return list(VersionSerializer(rows, many=True, context={"actor": self.actor}).data)


class VersionEndpoint(Endpoint):
    """What the endpoints of single versions share."""

    resource = "documents"

    def load(self, uuid: Any) -> Version:
        """Return the version, if the caller sees its text."""
        return find(version_rows(self.actor), uuid=uuid)


class OneVersion(VersionEndpoint):
    """One version."""

    ops: ClassVar = {"GET": Op("Read a version", gives=WholeVersionSerializer)}

    def get(self, request: Any, uuid: Any) -> Response:
        """One version with its whole text, which never changes."""
        row = self.load(uuid)
        return self.show(row, WholeVersionSerializer(row, context={"actor": self.actor}).data)


class VersionCopy(VersionEndpoint):
    """A copy of a version, to keep."""

    renderer_classes = [*Endpoint.renderer_classes, PDFRenderer, WordRenderer]
    ops: ClassVar = {
        "GET": Op("Copy a version", gives=VersionCopySerializer, filters=CopyQuery, also=(PDF, DOCX)),
    }

    def get(self, request: Any, uuid: Any) -> HttpResponse:
        """A copy by Accept: canonical JSON, from which anybody recomputes the hash; PDF (accessible); or Word."""
        mode = self.read_query(CopyQuery).get("language", "synoptic")
        version = self.load(uuid)
        kind = getattr(request.accepted_renderer, "format", "json")
        if kind == "pdf":
            return self._file(pdf_of(sheet_of_version(version), mode), PDF, f"{version.symbol_es}.{mode}.pdf")
        if kind == "docx":
            return self._file(docx_of(sheet_of_version(version), mode), DOCX, f"{version.symbol_es}.{mode}.docx")
        return self._file(json_of(version), "application/json", f"{version.symbol_es}.json")

    def _file(self, content: bytes, media_type: str, name: str) -> HttpResponse:
        response = HttpResponse(content, content_type=media_type)
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["X-Content-Type-Options"] = "nosniff"
        return response


class Redline(DocumentEndpoint):
    """What changed between two versions."""

    ops: ClassVar = {"GET": Op("Compare two versions", gives=RedlineSerializer, filters=RedlineQuery)}

    def get(self, request: Any, uuid: Any) -> Response:
        """Each paragraph with the words that were kept, put in and taken out, by language; marked by words, not by colour."""
        document, query = self.load(uuid), self.read_query(RedlineQuery)
        before = self._version(document, "before", query.get("before", document.version_number))
        after = self._version(document, "after", query["after"]) if "after" in query else None
        only = str(query["paragraph"]) if "paragraph" in query else ""
        bodies = [[p for p in body if only in {"", p["uuid"]}] for body in (before.body, self._body(document, after))]
        changes = compare(*bodies)
        if query["changed"] is not None:
            changes = [change for change in changes if (change.fate != "same") == query["changed"]]
        body = {"document": document, "before": before, "after": after, "paragraphs": changes}
        return self.show(document, RedlineSerializer(body, context={"actor": self.actor}).data)

    def _version(self, document: Document, field: str, number: int) -> Version:
        return named(version_rows(self.actor).filter(document=document), field, {"number": number})

    def _body(self, document: Document, version: Version | None) -> list[dict[str, Any]]:
        return body_of(document) if version is None else version.body


# Publications ----------------------------------------------------------------------------------------------------


class Publications(DocumentEndpoint):
    """What was published of a text."""

    ops: ClassVar = {"GET": Op("List a document's publications", gives=PublicationSerializer, filters=ListQuery, paged=True)}
    order = Order(Key("pk"))

    def get(self, request: Any, uuid: Any) -> Response:
        """The frozen copies of a text, provisional ones and corrigenda too, the oldest first."""
        rows = publication_rows(self.actor).filter(document=self.load(uuid))
        return self.show_page(rows, self.order, self._present_all, query=self.read_query(ListQuery))

    def _present_all(self, rows: Sequence[Any]) -> list[Any]:
        return list(PublicationSerializer(rows, many=True, context={"actor": self.actor}).data)


class Published(Endpoint):
    """The check of a hash, open to anybody."""

    authentication_classes = []
    permission_classes = []
    ops: ClassVar = {"GET": Op("Check the hash of a published text", gives=PublishedSerializer)}

    def get(self, request: Any, digest: str) -> Response:
        """What was published with a hash; no account is needed. 404: nothing was, so the copy is not a published text."""
        publication = published_with(digest.lower())
        if publication is None:
            raise Http404
        return Response(published_body(publication))


def published_body(publication: Publication) -> dict[str, Any]:
    """Return what anybody may read of a publication."""
    document, version, later = publication.document, publication.version_of_text, later_edition(publication)
    return {
        "digest": version.digest,
        "summit": document.summit.roman,
        "kind": str(document.kind),
        "title": {"es": document.title_es, "pt": document.title_pt},
        "symbol": {"es": version.symbol_es, "pt": version.symbol_pt},
        "provisional": publication.provisional,
        "corrigendum": publication.corrigendum,
        "published_at": instant(publication.published_at, document.summit.zone),
        "superseded_by": later.version_of_text.digest if later else None,
    }
