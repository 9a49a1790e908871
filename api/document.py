"""Texts: documents of a summit, their transitions, and what SEGIB and the SPT do to them besides."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from rest_framework.response import Response

from api.actions import Transition, action_bodies
from api.base import Endpoint, Op, find
from api.links import address, page_of
from api.loading import decision_named, of_party, of_summit, party_named, summit_named
from api.paging import Key, Order
from api.shapes.document import (
    AdherenceInput,
    ClearanceInput,
    ClearanceSerializer,
    CorrigendumInput,
    DecisionInput,
    DocumentActInput,
    DocumentListQuery,
    DocumentSerializer,
    NewDocumentInput,
    OriginalsInput,
)
from api.shapes.queries import ListQuery
from api.shapes.summit import NothingInput, SignatureSerializer
from workflows.actions.document import (
    admit_late,
    certify_concordance,
    create_document,
    file_originals,
    publish_corrigendum,
    publish_provisional,
    record_adherence,
    sign_clearance,
)
from workflows.models import Document
from workflows.queries.document_api import (
    clearance_rows,
    document_options,
    document_rows,
    facts_for,
    followers,
    search_documents,
    waiting_on,
)
from workflows.queries.facts import ref_of
from workflows.rules.verbs import verbs_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflows.rules.facts import Actor


def document_bodies(rows: Sequence[Document], *, actor: Actor) -> list[Any]:
    """Return the resources of documents, with what the caller may do; as many queries for a list as for one."""
    facts, waiting = facts_for(rows), waiting_on(rows, actor=actor)
    options = document_options(rows, facts, actor=actor, waiting=waiting)
    context = {
        "actor": actor,
        "facts": facts,
        "waiting": waiting,
        "followers": followers(rows, actor=actor),
        "actions": {row.pk: action_bodies("documents", row, options[row.pk]) for row in rows},
        "pages": {row.pk: page_of(ref_of(row)) for row in rows},
    }
    return list(DocumentSerializer(rows, many=True, context=context).data)


class DocumentEndpoint(Endpoint):
    """What the endpoints of documents share."""

    resource = "documents"

    def load(self, uuid: Any) -> Document:
        """Return the document, if the caller sees it."""
        return find(document_rows(self.actor), uuid=uuid)

    def reload(self, row: Any) -> Document:
        """Return the document as it now is."""
        return document_rows(None).get(pk=row.pk)

    def present_all(self, rows: Sequence[Any]) -> list[Any]:
        """Return the resources of documents."""
        return document_bodies(rows, actor=self.actor)

    def present(self, row: Any, *, status: int = 200) -> Response:
        """Return a document's resource."""
        where = address("documents", row.uuid) if status == 201 else ""
        return self.show(row, self.present_all([row])[0], status=status, address=where)

    def current(self) -> Response:
        """Return the document as it now is."""
        return self.present(self.load(self.kwargs["uuid"]))


class Documents(DocumentEndpoint):
    """The texts that the caller sees."""

    ops: ClassVar = {
        "GET": Op("List documents", gives=DocumentSerializer, filters=DocumentListQuery, paged=True),
        "POST": Op("Begin a document", takes=NewDocumentInput, gives=DocumentSerializer, status=201),
    }
    order = Order(Key("summit_id"), Key("kind"), Key("number"), Key("pk"))

    def get(self, request: Any) -> Response:
        """Documents by summit and kind; a delegation's draft is seen by itself alone."""
        query = self.read_query(DocumentListQuery)
        rows = document_rows(self.actor)
        if "summit" in query:
            rows = of_summit(rows, query["summit"])
        if "proponent" in query:
            rows = of_party(rows, query["proponent"], "proponent__")
        narrowed = {"kind": "kind__in", "state": "state__in", "code": "code__iexact"}
        rows = rows.filter(**{narrowed[name]: query[name] for name in narrowed if name in query})
        if "q" in query:
            rows = search_documents(rows, query["q"])
        return self.show_page(rows, self.order, self.present_all, query=query)

    def post(self, request: Any) -> Response:
        """Begin a text: the SPT any, SEGIB reports and minutes, the coordination of a delegation a communiqué of its own."""
        sent = self.read(NewDocumentInput)
        summit = summit_named(sent.pop("summit"), actor=self.actor)
        document = create_document(summit, **sent, actor=self.actor, now=self.now)
        return self.present(self.reload(document), status=201)


class OneDocument(DocumentEndpoint):
    """One text."""

    ops: ClassVar = {"GET": Op("Read a document", gives=DocumentSerializer)}

    def get(self, request: Any, uuid: Any) -> Response:
        """One document: where it stands, what your seat may do, what holds it back, and where that is."""
        return self.current()


class DocumentTransition(DocumentEndpoint, Transition):
    """A transition of a document."""

    verbs = tuple(name for name, (verb, _method) in verbs_of(Document).items() if not verb.by_system)
    ops: ClassVar = {
        "POST": Op(
            "Perform a transition of a document",
            takes=DocumentActInput,
            gives=DocumentSerializer,
            versioned=True,
            waits=SignatureSerializer,
        )
    }


# What is done besides the transitions ----------------------------------------------------------------------------


class DocumentAction(DocumentEndpoint, ABC):
    """Something done to a document under its version; subclasses say what, and describe it."""

    @abstractmethod
    def act(self, document: Document, sent: dict[str, Any], **common: Any) -> None:
        """Do it; `common` is actor, now and if_version."""

    def _post(self, uuid: Any) -> Response:
        document = self.load(uuid)
        if_version = self.version_of(document)
        sent = self.read(self.ops["POST"].takes or NothingInput)
        self.act(document, sent, actor=self.actor, now=self.now, if_version=if_version)
        return self.present(self.reload(document))


def op(summary: str, takes: Any) -> dict[str, Op]:
    """Return what an action on a document takes and gives."""
    return {"POST": Op(summary, takes=takes, gives=DocumentSerializer, versioned=True)}


class SignClearance(DocumentAction):
    """A clearance is signed."""

    ops: ClassVar = op("Sign a clearance", ClearanceInput)

    def post(self, request: Any, uuid: Any) -> Response:
        """Sign one of SEGIB's four clearances, bound to the text as it was read; by SEGIB's approver or officer."""
        return self._post(uuid)

    def act(self, document: Document, sent: dict[str, Any], **common: Any) -> None:
        """Sign."""
        sign_clearance(document, **sent, **common)


class CertifyConcordance(DocumentAction):
    """The two languages are certified to say the same."""

    ops: ClassVar = op("Certify the concordance", NothingInput)

    def post(self, request: Any, uuid: Any) -> Response:
        """Certify that the Spanish and the Portuguese say the same; an edit afterwards takes it away. By SEGIB."""
        return self._post(uuid)

    def act(self, document: Document, sent: dict[str, Any], **common: Any) -> None:
        """Certify."""
        certify_concordance(document, **common)


class FileOriginals(DocumentAction):
    """The signed originals are filed."""

    ops: ClassVar = op("File the originals", OriginalsInput)

    def post(self, request: Any, uuid: Any) -> Response:
        """State where both signed originals are kept. By SEGIB."""
        return self._post(uuid)

    def act(self, document: Document, sent: dict[str, Any], **common: Any) -> None:
        """File."""
        file_originals(document, **sent, **common)


class AdmitLate(DocumentAction):
    """A late communiqué is admitted."""

    ops: ClassVar = op("Admit a late communiqué", DecisionInput)

    def post(self, request: Any, uuid: Any) -> Response:
        """Record the decision of the coordinators that admits it. By the SPT."""
        return self._post(uuid)

    def act(self, document: Document, sent: dict[str, Any], **common: Any) -> None:
        """Admit."""
        decision = decision_named(sent["decision"], actor=self.actor)
        admit_late(document, decision=str(decision.uuid), **common)


class RecordAdherence(DocumentAction):
    """The countries that adhere are recorded."""

    ops: ClassVar = op("Record the countries that adhere", AdherenceInput)

    def post(self, request: Any, uuid: Any) -> Response:
        """Record those that adhere explicitly to a text adopted by countries, and no others. By the SPT's secretary."""
        return self._post(uuid)

    def act(self, document: Document, sent: dict[str, Any], **common: Any) -> None:
        """Record."""
        named = [party_named(name, actor=self.actor, field=f"parties.{n}") for n, name in enumerate(sent["parties"])]
        record_adherence(document, parties=list(dict.fromkeys(named)), **common)


class PublishProvisional(DocumentAction):
    """The text as adopted is published provisionally."""

    ops: ClassVar = op("Publish provisionally", NothingInput)

    def post(self, request: Any, uuid: Any) -> Response:
        """Publish the text as adopted, before the originals are filed; its state stays. By SEGIB."""
        return self._post(uuid)

    def act(self, document: Document, sent: dict[str, Any], **common: Any) -> None:
        """Publish."""
        publish_provisional(document, **common)


class Corrigendum(DocumentAction):
    """A corrigendum to a published text."""

    ops: ClassVar = op("Publish a corrigendum", CorrigendumInput)

    def post(self, request: Any, uuid: Any) -> Response:
        """Publish what was wrong, and right; the text as published stays. By SEGIB's approver."""
        return self._post(uuid)

    def act(self, document: Document, sent: dict[str, Any], **common: Any) -> None:
        """Publish."""
        publish_corrigendum(document, **sent, **common)


class Clearances(DocumentEndpoint):
    """Who cleared a text."""

    ops: ClassVar = {"GET": Op("List a document's clearances", gives=ClearanceSerializer, filters=ListQuery, paged=True)}
    order = Order(Key("pk"))

    def get(self, request: Any, uuid: Any) -> Response:
        """The clearances that your seat sees, standing and dropped; a delegation sees those of its own text."""
        rows = clearance_rows(self.actor).filter(document=self.load(uuid))
        return self.show_page(rows, self.order, self._present_all, query=self.read_query(ListQuery))

    def _present_all(self, rows: Sequence[Any]) -> list[Any]:
        return list(ClearanceSerializer(rows, many=True, context={"actor": self.actor}).data)
