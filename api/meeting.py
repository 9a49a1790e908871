"""Meetings: their agenda, attendance and decisions, and their transitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from rest_framework.response import Response

from api.actions import Transition, action_bodies
from api.base import Endpoint, Op, find
from api.links import address, page_of
from api.loading import of_summit, party_named, seat_named, summit_named
from api.paging import Key, Order
from api.shapes.meeting import (
    AgendaInput,
    AttendanceInput,
    DecisionSerializer,
    MeetingChangeInput,
    MeetingListQuery,
    MeetingSerializer,
    NewDecisionInput,
    NewMeetingInput,
)
from api.shapes.queries import ListQuery
from api.shapes.task import ActInput
from workflows.actions.meeting import change_meeting, convene_meeting, record_attendance, record_decision, set_agenda
from workflows.models import Decision, Meeting
from workflows.queries.facts import ref_of
from workflows.queries.resource import meeting_options, meeting_rows
from workflows.rules.verbs import verbs_of

if TYPE_CHECKING:
    from collections.abc import Sequence


class MeetingEndpoint(Endpoint):
    """What the endpoints of meetings share."""

    resource = "meetings"

    def load(self, uuid: Any) -> Meeting:
        """Return the meeting, if the caller sees it."""
        return find(meeting_rows(self.actor), uuid=uuid)

    def reload(self, row: Any) -> Meeting:
        """Return the meeting as it now is."""
        return meeting_rows(None).get(pk=row.pk)

    def present_all(self, rows: Sequence[Any]) -> list[Any]:
        """Return the resources of meetings, with what the caller may do."""
        options = meeting_options(rows, actor=self.actor)
        context = {
            "actor": self.actor,
            "actions": {row.pk: action_bodies("meetings", row, options[row.pk]) for row in rows},
            "pages": {row.pk: page_of(ref_of(row)) for row in rows},
        }
        return list(MeetingSerializer(rows, many=True, context=context).data)

    def present(self, row: Any, *, status: int = 200) -> Response:
        """Return a meeting's resource."""
        where = address("meetings", row.uuid) if status == 201 else ""
        return self.show(row, self.present_all([row])[0], status=status, address=where)

    def current(self) -> Response:
        """Return the meeting as it now is."""
        return self.present(self.load(self.kwargs["uuid"]))


class Meetings(MeetingEndpoint):
    """The meetings of the summits that the caller sees."""

    ops: ClassVar = {
        "GET": Op("List meetings", gives=MeetingSerializer, filters=MeetingListQuery, paged=True),
        "POST": Op("Convene a meeting", takes=NewMeetingInput, gives=MeetingSerializer, status=201),
    }
    order = Order(Key("summit_id"), Key("held_on", nullable=True), Key("pk"))

    def get(self, request: Any) -> Response:
        """Meetings by summit and day."""
        query = self.read_query(MeetingListQuery)
        rows = meeting_rows(self.actor)
        if "summit" in query:
            rows = of_summit(rows, query["summit"])
        narrowed = {"code": "code__iexact", "kind": "kind__in", "state": "state__in"}
        rows = rows.filter(**{narrowed[name]: query[name] for name in narrowed if name in query})
        return self.show_page(rows, self.order, self.present_all, query=query)

    def post(self, request: Any) -> Response:
        """Convene a meeting by creating it; your secretariat convenes, the delegations are told."""
        sent = self.read(NewMeetingInput)
        summit = summit_named(sent.pop("summit"), actor=self.actor)
        if "chair" in sent:
            sent["chair"] = seat_named(sent["chair"], actor=self.actor, field="chair")
        meeting = convene_meeting(summit, **sent, actor=self.actor, now=self.now)
        return self.present(self.reload(meeting), status=201)


class OneMeeting(MeetingEndpoint):
    """One meeting."""

    ops: ClassVar = {
        "GET": Op("Read a meeting", gives=MeetingSerializer),
        "PATCH": Op("Change a meeting", takes=MeetingChangeInput, gives=MeetingSerializer, versioned=True),
    }

    def get(self, request: Any, uuid: Any) -> Response:
        """One meeting, with agenda, attendance in the order of protocol, and decisions."""
        return self.current()

    def patch(self, request: Any, uuid: Any) -> Response:
        """Change hour, place, title or minutes; a new hour fixes its date and moves what hangs on it."""
        meeting = self.load(uuid)
        if_version = self.version_of(meeting)
        change_meeting(meeting, **self.read(MeetingChangeInput), actor=self.actor, now=self.now, if_version=if_version)
        return self.present(self.reload(meeting))


class MeetingTransition(MeetingEndpoint, Transition):
    """A transition of a meeting."""

    verbs = tuple(verbs_of(Meeting))
    ops: ClassVar = {"POST": Op("Perform a transition of a meeting", takes=ActInput, gives=MeetingSerializer, versioned=True)}


class Agenda(MeetingEndpoint):
    """The agenda of a meeting."""

    ops: ClassVar = {"PUT": Op("Set the agenda", takes=AgendaInput, gives=MeetingSerializer, versioned=True)}

    def put(self, request: Any, uuid: Any) -> Response:
        """Replace the whole agenda by points in order."""
        meeting = self.load(uuid)
        if_version = self.version_of(meeting)
        set_agenda(meeting, items=self.read(AgendaInput)["items"], actor=self.actor, now=self.now, if_version=if_version)
        return self.present(self.reload(meeting))


class AttendanceList(MeetingEndpoint):
    """Who takes part in a meeting."""

    ops: ClassVar = {"PATCH": Op("Record attendance", takes=AttendanceInput, gives=MeetingSerializer, versioned=True)}

    def patch(self, request: Any, uuid: Any) -> Response:
        """Record at which level parties take part; those not named keep what was recorded."""
        meeting = self.load(uuid)
        if_version = self.version_of(meeting)
        levels = {
            party_named(one["party"], actor=self.actor, field=f"levels.{n}.party"): one["level"]
            for n, one in enumerate(self.read(AttendanceInput)["levels"])
        }
        record_attendance(meeting, levels=levels, actor=self.actor, now=self.now, if_version=if_version)
        return self.present(self.reload(meeting))


class Decisions(MeetingEndpoint):
    """What a meeting decided."""

    ops: ClassVar = {
        "GET": Op("List a meeting's decisions", gives=DecisionSerializer, filters=ListQuery, paged=True),
        "POST": Op("Record a decision", takes=NewDecisionInput, gives=DecisionSerializer, status=201, versioned=True),
    }
    order = Order(Key("number"), Key("pk"))

    def get(self, request: Any, uuid: Any) -> Response:
        """The decisions of a meeting, by number."""
        rows = Decision.objects.visible_to(self.actor).filter(meeting=self.load(uuid)).select_related("recorded_by__party")
        return self.show_page(rows, self.order, self._present_all, query=self.read_query(ListQuery))

    def post(self, request: Any, uuid: Any) -> Response:
        """Record what the meeting decided, in both languages; a meeting decides once it has begun."""
        meeting = self.load(uuid)
        if_version = self.version_of(meeting)
        sent = self.read(NewDecisionInput)
        decision = record_decision(
            meeting,
            subject=sent["subject"],
            text_es=sent["text"]["es"],
            text_pt=sent["text"]["pt"],
            actor=self.actor,
            now=self.now,
            if_version=if_version,
        )
        row = Decision.objects.select_related("recorded_by__party").get(pk=decision.pk)
        return self.show(row, self._present_all([row])[0], status=201)

    def _present_all(self, rows: Sequence[Any]) -> list[Any]:
        return list(DecisionSerializer(rows, many=True, context={"actor": self.actor}).data)
