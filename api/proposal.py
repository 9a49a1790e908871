"""What delegations say of a text: comments and proposals, positions, and the text compiled with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from rest_framework.response import Response

from api.actions import Transition, action_bodies
from api.base import Endpoint, Op, find
from api.document import DocumentEndpoint
from api.links import address, page_of
from api.loading import of_party, paragraph_named, party_named
from api.paging import Key, Order
from api.shapes.proposal import (
    CompilationQuery,
    CompilationSerializer,
    EndPositionInput,
    NewPositionInput,
    NewProposalInput,
    PositionListQuery,
    PositionSerializer,
    ProposalActInput,
    ProposalChangeInput,
    ProposalListQuery,
    ProposalSerializer,
)
from workflows.actions.proposal import change_proposal, end_position, record_proposal, take_position, write_proposal
from workflows.models import Proposal
from workflows.queries.document_api import position_rows, proposal_options, proposal_rows, sent_on
from workflows.queries.document_facts import body_of
from workflows.queries.facts import ref_of
from workflows.rules.compilation import compile_text
from workflows.rules.facts import Inputs
from workflows.rules.verbs import verbs_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflows.models import Document, Position
    from workflows.rules.facts import Actor

PAPER = ("channel", "note_number", "received_at")


def came(sent: dict[str, Any], *, on_behalf: bool) -> Inputs:
    """Return how something came, taken out of what was sent."""
    return Inputs(on_behalf=on_behalf, **{name: sent.pop(name) for name in PAPER if name in sent})


# Proposals -------------------------------------------------------------------------------------------------------


def proposal_bodies(rows: Sequence[Proposal], *, actor: Actor) -> list[Any]:
    """Return the resources of proposals, with what the caller may do."""
    options = proposal_options(rows, actor=actor)
    context = {
        "actor": actor,
        "actions": {row.pk: action_bodies("proposals", row, options[row.pk]) for row in rows},
        "pages": {row.pk: page_of(ref_of(row)) for row in rows},
    }
    return list(ProposalSerializer(rows, many=True, context=context).data)


class ProposalEndpoint(Endpoint):
    """What the endpoints of single proposals share."""

    resource = "documents"

    def load(self, uuid: Any) -> Proposal:
        """Return the proposal, if the caller sees it."""
        return find(proposal_rows(self.actor), uuid=uuid)

    def reload(self, row: Any) -> Proposal:
        """Return the proposal as it now is."""
        return proposal_rows(None).get(pk=row.pk)

    def present(self, row: Any) -> Response:
        """Return a proposal's resource."""
        return self.show(row, proposal_bodies([row], actor=self.actor)[0])

    def current(self) -> Response:
        """Return the proposal as it now is."""
        return self.present(self.load(self.kwargs["uuid"]))


def said_on(rows: Any, query: dict[str, Any]) -> Any:
    """Narrow what was said on a text by paragraph, party and kind."""
    if "paragraph" in query:
        rows = rows.filter(paragraph__uuid=query["paragraph"])
    if "party" in query:
        rows = of_party(rows, query["party"], "party__")
    return rows.filter(kind__in=query["kind"]) if "kind" in query else rows


class Proposals(DocumentEndpoint):
    """The comments and proposals on a text."""

    ops: ClassVar = {
        "GET": Op("List the proposals on a document", gives=ProposalSerializer, filters=ProposalListQuery, paged=True),
        "POST": Op("Draft or record a proposal", takes=NewProposalInput, gives=ProposalSerializer, status=201),
    }
    order = Order(Key("place"), Key("pk"))

    def get(self, request: Any, uuid: Any) -> Response:
        """What your seat may see, in the order of protocol: your own delegation's, and of others' what was submitted."""
        query = self.read_query(ProposalListQuery)
        rows = said_on(proposal_rows(self.actor).filter(document=self.load(uuid)), query)
        if "state" in query:
            rows = rows.filter(state__in=query["state"])
        return self.show_page(rows, self.order, lambda found: proposal_bodies(found, actor=self.actor), query=query)

    def post(self, request: Any, uuid: Any) -> Response:
        """Draft a comment or proposal: your delegation's own until it is submitted.

        With `party` and `channel` a secretariat records what came on paper or was said; it is submitted at once.
        """
        document = self.load(uuid)
        sent = self.read(NewProposalInput)
        inputs = came(sent, on_behalf="party" in sent)
        sent["paragraph"] = self._paragraph(document, sent)
        if "party" in sent:
            party = party_named(sent.pop("party"), actor=self.actor)
            made = record_proposal(document, **sent, on_behalf_of=party, inputs=inputs, actor=self.actor, now=self.now)
        else:
            made = write_proposal(document, **sent, actor=self.actor, now=self.now)
        row = proposal_rows(None).get(pk=made.pk)
        body = proposal_bodies([row], actor=self.actor)[0]
        return self.show(row, body, status=201, address=address("proposals", row.uuid))

    def _paragraph(self, document: Document, sent: dict[str, Any]) -> Any:
        uuid = sent.pop("paragraph", None)
        return uuid and paragraph_named(uuid, document=document, actor=self.actor)


class OneProposal(ProposalEndpoint):
    """One comment or proposal."""

    ops: ClassVar = {
        "GET": Op("Read a proposal", gives=ProposalSerializer),
        "PATCH": Op("Write a draft anew", takes=ProposalChangeInput, gives=ProposalSerializer, versioned=True),
    }

    def get(self, request: Any, uuid: Any) -> Response:
        """One comment or proposal, with what your seat may do."""
        return self.current()

    def patch(self, request: Any, uuid: Any) -> Response:
        """Change a draft of your own delegation; what was submitted is withdrawn, not changed."""
        proposal = self.load(uuid)
        if_version = self.version_of(proposal)
        sent = self.read(ProposalChangeInput)
        change_proposal(proposal, **sent, actor=self.actor, now=self.now, if_version=if_version)
        return self.present(self.reload(proposal))


class ProposalTransition(ProposalEndpoint, Transition):
    """A transition of a proposal."""

    verbs = tuple(name for name, (verb, _method) in verbs_of(Proposal).items() if not verb.by_system)
    ops: ClassVar = {
        "POST": Op("Perform a transition of a proposal", takes=ProposalActInput, gives=ProposalSerializer, versioned=True)
    }


# Positions -------------------------------------------------------------------------------------------------------


class Positions(DocumentEndpoint):
    """The positions on a text."""

    ops: ClassVar = {
        "GET": Op("List the positions on a document", gives=PositionSerializer, filters=PositionListQuery, paged=True),
        "POST": Op("Take or record a position", takes=NewPositionInput, gives=PositionSerializer, status=201),
    }
    order = Order(Key("place"), Key("pk"))

    def get(self, request: Any, uuid: Any) -> Response:
        """The positions that your seat may see, in the order of protocol; nothing is counted in a State's name."""
        query = self.read_query(PositionListQuery)
        rows = said_on(position_rows(self.actor).filter(document=self.load(uuid)), query)
        if query["standing"] is not None:
            rows = rows.filter(ended_at__isnull=query["standing"])
        return self.show_page(rows, self.order, lambda found: position_bodies(found, actor=self.actor), query=query)

    def post(self, request: Any, uuid: Any) -> Response:
        """Take your delegation's position on the text or a paragraph; the one before ends.

        With `party` and `channel` a secretariat records an oral one or a note verbale; an SPT never its own country's.
        """
        document = self.load(uuid)
        sent = self.read(NewPositionInput)
        inputs = came(sent, on_behalf="party" in sent)
        party = party_named(sent["party"], actor=self.actor) if "party" in sent else None
        paragraph = paragraph_named(sent["paragraph"], document=document, actor=self.actor) if "paragraph" in sent else None
        taken = take_position(
            document,
            paragraph=paragraph,
            kind=sent["kind"],
            note=sent.get("note", ""),
            inputs=inputs,
            on_behalf_of=party,
            actor=self.actor,
            now=self.now,
        )
        row = position_rows(None).get(pk=taken.pk)
        return self.show(row, position_bodies([row], actor=self.actor)[0], status=201, address=address("positions", row.uuid))


def position_bodies(rows: Sequence[Position], *, actor: Actor) -> list[Any]:
    """Return the resources of positions."""
    return list(PositionSerializer(rows, many=True, context={"actor": actor}).data)


class PositionEndpoint(Endpoint):
    """What the endpoints of single positions share."""

    resource = "documents"

    def load(self, uuid: Any) -> Position:
        """Return the position, if the caller sees it."""
        return find(position_rows(self.actor), uuid=uuid)


class OnePosition(PositionEndpoint):
    """One position."""

    ops: ClassVar = {"GET": Op("Read a position", gives=PositionSerializer)}

    def get(self, request: Any, uuid: Any) -> Response:
        """One position: whose, on what, how it came, and whether it stands."""
        row = self.load(uuid)
        return self.show(row, position_bodies([row], actor=self.actor)[0])


class EndPosition(PositionEndpoint):
    """A position is withdrawn."""

    ops: ClassVar = {"POST": Op("Withdraw a position", takes=EndPositionInput, gives=PositionSerializer)}

    def post(self, request: Any, uuid: Any) -> Response:
        """Lift a reservation, an objection, an ad referendum: the delegation itself, or a secretariat by `channel`."""
        position = self.load(uuid)
        sent = self.read(EndPositionInput)
        inputs = came(sent, on_behalf="channel" in sent)
        end_position(position, inputs=inputs, actor=self.actor, now=self.now)
        row = position_rows(None).get(pk=position.pk)
        return self.show(row, position_bodies([row], actor=self.actor)[0])


# The compilation -------------------------------------------------------------------------------------------------


class Compilation(DocumentEndpoint):
    """The text with what is proposed on it."""

    ops: ClassVar = {"GET": Op("Compile a document", gives=CompilationSerializer, filters=CompilationQuery)}

    def get(self, request: Any, uuid: Any) -> Response:
        """The text as it stands with what was submitted printed into it as negotiators write it: [Bolivia: …]."""
        document = self.load(uuid)
        language = self.read_query(CompilationQuery).get("language", document.first_language)
        text = [(p["uuid"], p["number"], p["kind"], p["state"], p[language]) for p in body_of(document)]
        paragraphs, whole = compile_text(text, sent_on(document, actor=self.actor, language=language))
        body = {
            "document": document,
            "language": language,
            "paragraphs": paragraphs,
            "on_the_whole": whole,
            "printed": "\n\n".join(p.printed for p in paragraphs),
        }
        return self.show(document, CompilationSerializer(body, context={"actor": self.actor}).data)
