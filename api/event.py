"""The record: events with their proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from rest_framework.response import Response

from api.base import Endpoint, Op, find
from api.links import RESOURCE, address
from api.paging import Key, Order
from api.shapes.event import EventListQuery, EventSerializer
from api.shapes.fields import SeatRefSerializer, SummitRefSerializer, instant
from api.shapes.queries import by_uuid_or
from workflows.models import Event, Summit
from workflows.queries.change import event_lines
from workflows.states import PartyKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflows.queries.change import EventLine
    from workflows.rules.facts import Actor


def event_bodies(events: Sequence[Event], *, actor: Actor) -> list[dict[str, Any]]:
    """Return events as the API shows them to an actor."""
    return [event_body(line, actor=actor) for line in event_lines(events)]


def event_body(line: EventLine, *, actor: Actor) -> dict[str, Any]:
    """Return one event; its details only to the secretariats, and to the party that it was addressed to."""
    event = line.event
    zone = line.summit.zone if line.summit else actor.zone
    resource = RESOURCE.get(event.noun)
    of_secretariat = actor.party_kind in {PartyKind.SEGIB, PartyKind.SPT}
    return {
        "uuid": str(event.uuid),
        "number": event.number,
        "summit": SummitRefSerializer(line.summit).data if line.summit else None,
        "at": instant(event.at, zone),
        "occurred_at": instant(event.occurred_at, zone),
        "verb": event.verb,
        "sentence": line.told.sentence,
        "object": {
            "noun": event.noun,
            "uuid": str(event.object_uuid),
            "label": event.object_label,
            "href": address(resource, event.object_uuid) if resource else None,
        },
        "source": event.source,
        "target": event.target,
        "channel": event.channel,
        "actor": SeatRefSerializer(line.seat).data if line.seat else None,
        "for_party": line.for_party,
        "reason": line.reason,
        "data": line.data if of_secretariat or event.audience is not None else {},
        "erased": line.erased,
        "proof": {
            "payload_digest": event.payload_digest,
            "previous_hash": event.previous_hash,
            "hash": event.hash,
        },
    }


class EventEndpoint(Endpoint):
    """What the endpoints of the record share."""

    resource = "events"


class Events(EventEndpoint):
    """The record."""

    ops: ClassVar = {"GET": Op("List events", gives=EventSerializer, filters=EventListQuery, paged=True)}
    order = Order(Key("pk", falls=True))

    def get(self, request: Any) -> Response:
        """The events that your seat sees, the latest first. To follow what happens, use the feed of changes."""
        query = self.read_query(EventListQuery)
        rows = Event.objects.visible_to(self.actor)
        if "summit" in query:
            summits = Summit.objects.visible_to(self.actor).filter(**by_uuid_or("roman__iexact", query["summit"]))
            rows = rows.filter(summit_id__in=summits.values("pk"))
        narrowed = {"object": "object_uuid", "verb": "verb", "noun": "noun", "since": "at__gte", "until": "at__lt"}
        rows = rows.filter(**{narrowed[name]: query[name] for name in narrowed if name in query})
        return self.show_page(rows, self.order, self._present_all, query=query)

    def _present_all(self, rows: Sequence[Any]) -> list[Any]:
        return event_bodies(rows, actor=self.actor)


class OneEvent(EventEndpoint):
    """One event."""

    ops: ClassVar = {"GET": Op("Read an event", gives=EventSerializer)}

    def get(self, request: Any, uuid: Any) -> Response:
        """One event, with its place in the chain and its hash as ETag."""
        event = find(Event.objects.visible_to(self.actor), uuid=uuid)
        response = Response(event_bodies([event], actor=self.actor)[0])
        response["ETag"] = f'"{event.hash}"'
        return response
