"""Summits, their changes and transitions, and the signatures that wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from rest_framework.response import Response

from api.actions import Transition, action_bodies
from api.base import Endpoint, Op, find
from api.links import address, page_of
from api.loading import decision_named, named, of_summit, party_named
from api.paging import Key, Order
from api.shapes.summit import (
    ChangeDateInput,
    ChangeHostInput,
    ChangePlaceInput,
    CopyTemplateInput,
    DisputeInput,
    ExportQuery,
    ExportSerializer,
    HandoverInput,
    NewSummitInput,
    ReasonInput,
    SettleInput,
    SignatureListQuery,
    SignatureSerializer,
    SummitChangeInput,
    SummitListQuery,
    SummitSerializer,
)
from api.shapes.task import ActInput
from workflows.actions.party import dispute_representation, settle_representation
from workflows.actions.summit import (
    change_date,
    change_host,
    change_place,
    create_summit,
    decline_signature,
    describe_summit,
    record_handover,
)
from workflows.actions.template import copy_template, export_template
from workflows.models import ChecklistTemplate, Summit
from workflows.queries.facts import ref_of
from workflows.queries.resource import (
    newest_protocol,
    signature_rows,
    summit_options,
    summit_rows,
    waiting_signatures,
)
from workflows.rules.verbs import verbs_of

if TYPE_CHECKING:
    from collections.abc import Sequence


class SummitEndpoint(Endpoint):
    """What the endpoints of summits share."""

    resource = "summits"

    def load(self, uuid: Any) -> Summit:
        """Return the summit, if the caller sees it."""
        return find(summit_rows(self.actor), uuid=uuid)

    def reload(self, row: Any) -> Summit:
        """Return the summit as it now is."""
        return summit_rows(None).get(pk=row.pk)

    def present_all(self, rows: Sequence[Any]) -> list[Any]:
        """Return the resources of summits, with what the caller may do."""
        waiting = waiting_signatures(rows, actor=self.actor)
        options = summit_options(rows, actor=self.actor, waiting=waiting)
        context = {
            "actor": self.actor,
            "waiting": waiting,
            "actions": {row.pk: action_bodies("summits", row, options[row.pk]) for row in rows},
            "pages": {row.pk: page_of(ref_of(row)) for row in rows},
        }
        return list(SummitSerializer(rows, many=True, context=context).data)

    def present(self, row: Any, *, status: int = 200) -> Response:
        """Return a summit's resource."""
        where = address("summits", row.uuid) if status == 201 else ""
        return self.show(row, self.present_all([row])[0], status=status, address=where)

    def current(self) -> Response:
        """Return the summit as it now is."""
        return self.present(self.load(self.kwargs["uuid"]))


class Summits(SummitEndpoint):
    """The summits: past ones as records, and those under way of which the caller's party is a part."""

    ops: ClassVar = {
        "GET": Op("List summits", gives=SummitSerializer, filters=SummitListQuery, paged=True),
        "POST": Op("Create a summit", takes=NewSummitInput, gives=SummitSerializer, status=201),
    }
    order = Order(Key("number", falls=True), Key("pk"))

    def get(self, request: Any) -> Response:
        """Summits, the latest first."""
        query = self.read_query(SummitListQuery)
        rows = summit_rows(self.actor)
        if "state" in query:
            rows = rows.filter(state__in=query["state"])
        if "number" in query:
            rows = rows.filter(number=query["number"])
        if query["is_record"] is not None:
            rows = rows.filter(is_record=query["is_record"])
        return self.show_page(rows, self.order, self.present_all, query=query)

    def post(self, request: Any) -> Response:
        """Create a summit in `handover`, with its Pro Tempore Secretariat; by SEGIB's approver."""
        sent = self.read(NewSummitInput)
        host = party_named(sent.pop("host"), actor=self.actor, field="host") if "host" in sent else None
        summit = create_summit(**sent, host=host, protocol_list=newest_protocol(), actor=self.actor, now=self.now)
        return self.present(self.reload(summit), status=201)


class OneSummit(SummitEndpoint):
    """One summit."""

    ops: ClassVar = {
        "GET": Op("Read a summit", gives=SummitSerializer),
        "PATCH": Op("Describe a summit", takes=SummitChangeInput, gives=SummitSerializer, versioned=True),
    }

    def get(self, request: Any, uuid: Any) -> Response:
        """One summit, with its phases, the signatures that wait, and what your seat may do."""
        return self.current()

    def patch(self, request: Any, uuid: Any) -> Response:
        """Set theme and motto by language, from when delegations see each other's answers, the hours of texts; by the SPT."""
        summit = self.load(uuid)
        if_version = self.version_of(summit)
        sent = self.read(SummitChangeInput)
        fields = {f"{name}_{lang}": text for name in ("theme", "motto") for lang, text in sent.get(name, {}).items()}
        fields |= {name: sent[name] for name in ("others_see", "min_window_hours", "communiques_until") if name in sent}
        describe_summit(summit, fields=fields, actor=self.actor, now=self.now, if_version=if_version)
        return self.present(self.reload(summit))


class SummitTransition(SummitEndpoint, Transition):
    """A transition of a summit."""

    verbs = tuple(verbs_of(Summit))
    ops: ClassVar = {
        "POST": Op(
            "Perform a transition of a summit",
            takes=ActInput,
            gives=SummitSerializer,
            versioned=True,
            waits=SignatureSerializer,
        )
    }


class ChangeDate(SummitEndpoint):
    """The days of a summit."""

    ops: ClassVar = {"POST": Op("Change the days", takes=ChangeDateInput, gives=SummitSerializer, versioned=True)}

    def post(self, request: Any, uuid: Any) -> Response:
        """Move the opening day: meetings that follow it and deadlines set by rule move with it. By the SPT's secretary."""
        summit = self.load(uuid)
        if_version = self.version_of(summit)
        change_date(summit, **self.read(ChangeDateInput), actor=self.actor, now=self.now, if_version=if_version)
        return self.present(self.reload(summit))


class ChangePlace(SummitEndpoint):
    """The place of a summit."""

    ops: ClassVar = {"POST": Op("Change the place", takes=ChangePlaceInput, gives=SummitSerializer, versioned=True)}

    def post(self, request: Any, uuid: Any) -> Response:
        """Change the host city: hours written in its zone follow. By the SPT's secretary."""
        summit = self.load(uuid)
        if_version = self.version_of(summit)
        change_place(summit, **self.read(ChangePlaceInput), actor=self.actor, now=self.now, if_version=if_version)
        return self.present(self.reload(summit))


class ChangeHost(SummitEndpoint):
    """The host of a summit."""

    ops: ClassVar = {"POST": Op("Change the host", takes=ChangeHostInput, gives=SummitSerializer, versioned=True)}

    def post(self, request: Any, uuid: Any) -> Response:
        """Give the summit to another host by a recorded decision: a new SPT takes over. By SEGIB's approver."""
        summit = self.load(uuid)
        if_version = self.version_of(summit)
        sent = self.read(ChangeHostInput)
        sent["host"] = party_named(sent["host"], actor=self.actor, field="host")
        sent["decision"] = str(sent["decision"])
        change_host(summit, **sent, actor=self.actor, now=self.now, if_version=if_version)
        return self.present(self.reload(summit))


class RecordHandover(SummitEndpoint):
    """The handover to the next host."""

    ops: ClassVar = {"POST": Op("Record the handover", takes=HandoverInput, gives=SummitSerializer, versioned=True)}

    def post(self, request: Any, uuid: Any) -> Response:
        """Record the next host, named or pending; by the SPT's secretary."""
        summit = self.load(uuid)
        if_version = self.version_of(summit)
        sent = self.read(HandoverInput)
        next_host = party_named(sent["successor"], actor=self.actor, field="successor") if sent["successor"] else None
        record_handover(
            summit,
            successor=next_host,
            note=sent.get("note", ""),
            actor=self.actor,
            now=self.now,
            if_version=if_version,
        )
        return self.present(self.reload(summit))


class CopyTemplate(SummitEndpoint):
    """A checklist for a summit."""

    ops: ClassVar = {"POST": Op("Copy a template into a summit", takes=CopyTemplateInput, gives=SummitSerializer)}

    def post(self, request: Any, uuid: Any) -> Response:
        """Copy phases, meetings, ladders, tasks and deadlines into a summit that has no checklist yet."""
        summit = self.load(uuid)
        templates = ChecklistTemplate.objects.visible_to(self.actor)
        template = named(templates, "template", {"uuid": self.read(CopyTemplateInput)["template"]})
        copy_template(summit, template, actor=self.actor, now=self.now)
        return self.present(self.reload(summit))


class ExportTemplate(SummitEndpoint):
    """A running summit's checklist as a template."""

    ops: ClassVar = {"GET": Op("Export a checklist as a template", gives=ExportSerializer, filters=ExportQuery, refuses=(409,))}

    def get(self, request: Any, uuid: Any) -> Response:
        """Return the checklist as the YAML of a template, numbered one more than the last; by a secretariat."""
        query = self.read_query(ExportQuery)
        text = export_template(self.load(uuid), actor=self.actor, now=self.now, version=query.get("version"))
        return Response({"text": text})


class DisputeRepresentation(SummitEndpoint):
    """A dispute over who speaks for a country."""

    ops: ClassVar = {"POST": Op("Record a dispute over representation", takes=DisputeInput, gives=SummitSerializer)}

    def post(self, request: Any, uuid: Any) -> Response:
        """Two persons claim to speak for a country: its answers rest. By SEGIB's approver."""
        summit = self.load(uuid)
        sent = self.read(DisputeInput)
        party = party_named(sent["party"], actor=self.actor)
        dispute_representation(summit, party, claims=sent["claims"], actor=self.actor, now=self.now)
        return self.present(self.reload(summit))


class SettleRepresentation(SummitEndpoint):
    """The end of a dispute over who speaks for a country."""

    ops: ClassVar = {"POST": Op("Settle a dispute over representation", takes=SettleInput, gives=SummitSerializer)}

    def post(self, request: Any, uuid: Any) -> Response:
        """End a dispute by a recorded decision of the ministers. By SEGIB's approver."""
        summit = self.load(uuid)
        sent = self.read(SettleInput)
        party = party_named(sent["party"], actor=self.actor)
        decision = decision_named(sent["decision"], actor=self.actor)
        settle_representation(summit, party, decision=decision, actor=self.actor, now=self.now)
        return self.present(self.reload(summit))


# Signatures ------------------------------------------------------------------------------------------------------


class SignatureEndpoint(Endpoint):
    """What the endpoints of signatures share."""

    resource = "signatures"

    def present_all(self, rows: Sequence[Any]) -> list[Any]:
        """Return the resources of signatures."""
        return list(SignatureSerializer(rows, many=True, context={"actor": self.actor}).data)


class Signatures(SignatureEndpoint):
    """The first signatures under countersigned transitions."""

    ops: ClassVar = {"GET": Op("List signatures", gives=SignatureSerializer, filters=SignatureListQuery, paged=True)}
    order = Order(Key("pk", falls=True))

    def get(self, request: Any) -> Response:
        """Signatures, the latest first; `waiting=true` for those that wait for the second one."""
        query = self.read_query(SignatureListQuery)
        rows = signature_rows(self.actor)
        if "summit" in query:
            rows = of_summit(rows, query["summit"])
        if query["waiting"] is not None:
            rows = rows.waiting() if query["waiting"] else rows.exclude(spent_at__isnull=True, dropped_at__isnull=True)
        return self.show_page(rows, self.order, self.present_all, query=query)


class OneSignature(SignatureEndpoint):
    """One signature."""

    ops: ClassVar = {"GET": Op("Read a signature", gives=SignatureSerializer)}

    def get(self, request: Any, uuid: Any) -> Response:
        """One signature: for what, by which office, and whether it still waits."""
        row = find(signature_rows(self.actor), uuid=uuid)
        return self.show(row, self.present_all([row])[0])


class DeclineSignature(SignatureEndpoint):
    """A refusal to sign."""

    ops: ClassVar = {"POST": Op("Decline to sign", takes=ReasonInput, gives=SignatureSerializer)}

    def post(self, request: Any, uuid: Any) -> Response:
        """Decline with a reason: the first signature no longer stands."""
        signature = find(signature_rows(self.actor), uuid=uuid)
        declined = decline_signature(signature, reason=self.read(ReasonInput)["reason"], actor=self.actor, now=self.now)
        row = signature_rows(None).get(pk=declined.pk)
        return self.show(row, self.present_all([row])[0])
