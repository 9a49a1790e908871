"""Paragraphs of a text: written, translated, ordered, taken out, brought in from files; their transitions and history."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from rest_framework.response import Response

from api.actions import Transition, action_bodies
from api.base import Endpoint, Op, find
from api.document import DocumentEndpoint, document_bodies
from api.links import address, page_of
from api.loading import paragraph_named
from api.paging import Key, Order
from api.parsers import FilesParser
from api.shapes.document import DocumentSerializer
from api.shapes.fields import DocumentRefSerializer
from api.shapes.paragraph import (
    AddedSerializer,
    ChangeSerializer,
    EditedSerializer,
    ImportedSerializer,
    ImportInput,
    NewParagraphsInput,
    ParagraphActInput,
    ParagraphChangeInput,
    ParagraphListQuery,
    ParagraphSerializer,
    PlaceInput,
    TranslationInput,
)
from api.shapes.queries import ListQuery
from api.shapes.summit import NothingInput
from workflows.actions.importing import import_pair, import_paragraphs
from workflows.actions.paragraph import (
    add_paragraphs,
    correct_translation,
    edit_paragraph,
    place_paragraph,
    remove_paragraph,
)
from workflows.models import Paragraph
from workflows.queries.document_api import (
    change_rows,
    document_rows,
    numbers_in,
    paragraph_options,
    paragraph_rows,
    paragraphs_of,
)
from workflows.queries.facts import ref_of
from workflows.rules.verbs import verbs_of
from workflows.states import ParagraphKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workflows.actions.importing import Imported
    from workflows.models import Document
    from workflows.rules.facts import Actor


def paragraph_context(rows: Sequence[Paragraph], *, actor: Actor) -> dict[str, Any]:
    """Return what the shape of paragraphs shows beside their rows; as many queries for a text as for one of them."""
    options = paragraph_options(rows, actor=actor)
    return {
        "actor": actor,
        "numbers": numbers_in(rows),
        "actions": {row.pk: action_bodies("paragraphs", row, options[row.pk]) for row in rows},
        "pages": {row.pk: page_of(ref_of(row)) for row in rows},
    }


def paragraph_bodies(rows: Sequence[Paragraph], *, actor: Actor) -> list[Any]:
    """Return the resources of paragraphs, with what the caller may do."""
    return list(ParagraphSerializer(rows, many=True, context=paragraph_context(rows, actor=actor)).data)


# In their text ---------------------------------------------------------------------------------------------------


class TextEndpoint(DocumentEndpoint):
    """What adds paragraphs to a text."""

    def added(self, document: Document, paragraphs: Sequence[Paragraph]) -> dict[str, Any]:
        """Return what was added, and the document with its new version."""
        rows = list(paragraph_rows(None).filter(pk__in=[p.pk for p in paragraphs]).order_by("rank", "pk"))
        return {"document": DocumentRefSerializer(document).data, "paragraphs": paragraph_bodies(rows, actor=self.actor)}

    def after(self, document: Document, sent: Mapping[str, Any]) -> Paragraph | None:
        """Return the paragraph after which something stands."""
        if "after" not in sent:
            return None
        return paragraph_named(sent["after"], document=document, actor=self.actor, field="after")


class Paragraphs(TextEndpoint):
    """The paragraphs of a text."""

    ops: ClassVar = {
        "GET": Op("List a document's paragraphs", gives=ParagraphSerializer, filters=ParagraphListQuery, paged=True),
        "POST": Op("Add paragraphs", takes=NewParagraphsInput, gives=AddedSerializer, status=201, versioned=True),
    }
    order = Order(Key("rank"), Key("pk"))

    def get(self, request: Any, uuid: Any) -> Response:
        """The paragraphs in their order, numbered, each with both languages and how they stand to each other."""
        query = self.read_query(ParagraphListQuery)
        rows = paragraphs_of(self.load(uuid), actor=self.actor)
        narrowed = {"kind": "kind__in", "state": "state__in"}
        rows = rows.filter(**{narrowed[name]: query[name] for name in narrowed if name in query})
        return self.show_page(rows, self.order, lambda found: paragraph_bodies(found, actor=self.actor), query=query)

    def post(self, request: Any, uuid: Any) -> Response:
        """Add paragraphs after another one, or at the end; the version is the document's."""
        document = self.load(uuid)
        if_version = self.version_of(document)
        sent = self.read(NewParagraphsInput)
        paragraphs = add_paragraphs(
            document,
            kind=[one.get("kind", ParagraphKind.OPERATIVE) for one in sent["paragraphs"]],
            texts=[(one["text"].get("es", ""), one["text"].get("pt", "")) for one in sent["paragraphs"]],
            after=self.after(document, sent),
            note=sent.get("note", ""),
            actor=self.actor,
            now=self.now,
            if_version=if_version,
        )
        row = self.reload(document)
        return self.show(row, self.added(row, paragraphs), status=201, address=address("paragraphs", paragraphs[0].uuid))


class Import(TextEndpoint):
    """A text brought in from a file."""

    parser_classes = [FilesParser]
    ops: ClassVar = {
        "POST": Op("Import a text", takes=ImportInput, gives=ImportedSerializer, status=201, versioned=True, uploads=True)
    }

    def post(self, request: Any, uuid: Any) -> Response:
        """Add the paragraphs of a Word file or of a plain text, or of one file in each language; what was not read is listed.

        The file is read in a process of its own. With `dry_run` the answer shows what would be added, and nothing is kept.
        """
        document = self.load(uuid)
        if_version = self.version_of(document)
        sent = self.read(ImportInput)
        dry = sent.get("dry_run", False)
        with transaction.atomic():
            imported = self._import(document, sent, if_version)
            row = self.reload(document)
            body = self.added(row, imported.paragraphs) | {"unread": unread_lines(imported), "dry_run": dry}
            transaction.set_rollback(dry)
        return self.show(document if dry else row, body, status=201)

    def _import(self, document: Document, sent: Mapping[str, Any], if_version: int) -> Imported:
        common: dict[str, Any] = {"after": self.after(document, sent), "actor": self.actor, "now": self.now}
        common["if_version"] = if_version
        if "file_es" in sent:
            es, pt = sent["file_es"], sent["file_pt"]
            return import_pair(
                document, es_bytes=es.read(), es_filename=es.name, pt_bytes=pt.read(), pt_filename=pt.name, **common
            )
        raw, name = (sent["text"].encode(), "text.txt") if "text" in sent else (sent["file"].read(), sent["file"].name)
        return import_paragraphs(document, file_bytes=raw, filename=name, language=sent["language"], **common)

    def _body_digest(self) -> str:
        """Return the digest of the form's fields and files; how the form was cut into parts does not matter."""
        sent: Any = self.request.data
        parts = [[name, digest_of(value)] for name, values in sorted(sent.lists()) for value in values]
        return hashlib.sha256(json.dumps([self.request._request.META.get("QUERY_STRING", ""), parts]).encode()).hexdigest()


def digest_of(value: Any) -> str:
    """Return the digest of a field of a form; a file is read, and put back at its beginning."""
    if not isinstance(value, UploadedFile):
        return hashlib.sha256(str(value).encode("utf-8", "surrogatepass")).hexdigest()
    found = hashlib.sha256(str(value.name).encode("utf-8", "surrogatepass") + b"\0")
    for chunk in value.chunks():
        found.update(chunk)
    value.seek(0)
    return found.hexdigest()


def unread_lines(imported: Imported) -> list[dict[str, Any]]:
    """Return what files had that was not read, by language."""
    return [
        {"language": language, "code": one.code, "count": one.count, "message": one.sentence}
        for language, found in imported.unread.items()
        for one in found
    ]


# One by one ------------------------------------------------------------------------------------------------------


class ParagraphEndpoint(Endpoint):
    """What the endpoints of single paragraphs share."""

    resource = "documents"

    def load(self, uuid: Any) -> Paragraph:
        """Return the paragraph, if the caller sees its text."""
        return find(paragraph_rows(self.actor), uuid=uuid)

    def reload(self, row: Any) -> Paragraph:
        """Return the paragraph as it now is."""
        return paragraph_rows(None).get(pk=row.pk)

    def present(self, row: Any) -> Response:
        """Return a paragraph's resource."""
        return self.show(row, paragraph_bodies([row], actor=self.actor)[0])

    def edited(self, row: Any, dropped: Sequence[str]) -> Response:
        """Return a paragraph as it was written, and which clearances that dropped."""
        context = paragraph_context([row], actor=self.actor) | {"dropped": dropped}
        return self.show(row, EditedSerializer(row, context=context).data)

    def current(self) -> Response:
        """Return the paragraph as it now is, with both texts."""
        return self.present(self.load(self.kwargs["uuid"]))


class OneParagraph(ParagraphEndpoint):
    """One paragraph."""

    ops: ClassVar = {
        "GET": Op("Read a paragraph", gives=ParagraphSerializer),
        "PATCH": Op("Write a paragraph", takes=ParagraphChangeInput, gives=EditedSerializer, versioned=True),
    }

    def get(self, request: Any, uuid: Any) -> Response:
        """One paragraph, with both languages and what your seat may do."""
        return self.current()

    def patch(self, request: Any, uuid: Any) -> Response:
        """Write one or both languages; what somebody else wrote meanwhile is answered 412 with both texts, never lost."""
        paragraph = self.load(uuid)
        if_version = self.version_of(paragraph)
        sent = self.read(ParagraphChangeInput)
        written = edit_paragraph(
            paragraph,
            text_es=sent["text"].get("es"),
            text_pt=sent["text"].get("pt"),
            substance=sent.get("substance"),
            note=sent.get("note", ""),
            actor=self.actor,
            now=self.now,
            if_version=if_version,
        )
        return self.edited(self.reload(paragraph), written.dropped)


class ParagraphTransition(ParagraphEndpoint, Transition):
    """A transition of a paragraph."""

    verbs = tuple(name for name, (verb, _method) in verbs_of(Paragraph).items() if not verb.by_system)
    ops: ClassVar = {
        "POST": Op("Perform a transition of a paragraph", takes=ParagraphActInput, gives=ParagraphSerializer, versioned=True)
    }


class CorrectTranslation(ParagraphEndpoint):
    """The wording of one language is corrected."""

    ops: ClassVar = {"POST": Op("Correct a translation", takes=TranslationInput, gives=EditedSerializer, versioned=True)}

    def post(self, request: Any, uuid: Any) -> Response:
        """Correct one language for concordance, from the circulation on; it reopens nothing, and all are told. By SEGIB."""
        paragraph = self.load(uuid)
        if_version = self.version_of(paragraph)
        sent = self.read(TranslationInput)
        written = correct_translation(paragraph, **sent, actor=self.actor, now=self.now, if_version=if_version)
        return self.edited(self.reload(paragraph), written.dropped)


class PlaceParagraph(ParagraphEndpoint):
    """A paragraph is put elsewhere, or marked."""

    ops: ClassVar = {"POST": Op("Place a paragraph", takes=PlaceInput, gives=ParagraphSerializer, versioned=True)}

    def post(self, request: Any, uuid: Any) -> Response:
        """Move a paragraph after another one or to the beginning, change its kind, or mark on what it depends."""
        paragraph = self.load(uuid)
        if_version = self.version_of(paragraph)
        sent = self.read(PlaceInput)
        document, moves = paragraph.document, "after" in sent
        after = sent.pop("after", None)
        if after is not None:
            after = paragraph_named(after, document=document, actor=self.actor, field="after")
        place_paragraph(
            paragraph,
            after=after if moves else paragraph,
            **sent,
            actor=self.actor,
            now=self.now,
            if_version=if_version,
        )
        return self.present(self.reload(paragraph))


class RemoveParagraph(ParagraphEndpoint):
    """A paragraph is taken out of a draft."""

    ops: ClassVar = {"POST": Op("Take a paragraph out", takes=NothingInput, gives=DocumentSerializer, versioned=True)}

    def post(self, request: Any, uuid: Any) -> Response:
        """Take it out of a text that was never circulated; later the chair deletes it in a meeting. Answers the document."""
        paragraph = self.load(uuid)
        if_version = self.version_of(paragraph)
        self.read(NothingInput)
        remove_paragraph(paragraph, actor=self.actor, now=self.now, if_version=if_version)
        document = document_rows(None).get(pk=paragraph.document_id)
        return self.show(document, document_bodies([document], actor=self.actor)[0])


class History(ParagraphEndpoint):
    """How a paragraph came to say what it says."""

    ops: ClassVar = {"GET": Op("List a paragraph's edits", gives=ChangeSerializer, filters=ListQuery, paged=True)}
    order = Order(Key("number"), Key("pk"))

    def get(self, request: Any, uuid: Any) -> Response:
        """Every edit that your seat may see, the oldest first; how others drafted before they circulated is their own."""
        rows = change_rows(self.actor).filter(paragraph=self.load(uuid))
        return self.show_page(rows, self.order, self._present_all, query=self.read_query(ListQuery))

    def _present_all(self, rows: Sequence[Any]) -> list[Any]:
        return list(ChangeSerializer(rows, many=True, context={"actor": self.actor}).data)
