"""Parties, seats and terms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Q

from api.base import Endpoint, Op, find
from api.links import address
from api.loading import of_party, party_named
from api.paging import Key, Order
from api.shapes.party import (
    EndInput,
    FillInput,
    MembershipListQuery,
    MembershipSerializer,
    NewSeatInput,
    PartyChangeInput,
    PartyListQuery,
    PartySerializer,
    SeatListQuery,
    SeatSerializer,
)
from api.shapes.queries import by_uuid_or
from api.shapes.summit import NothingInput
from workflows.actions.party import close_seat, end_membership, fill_seat, open_seat, set_by_note_verbale
from workflows.models import Membership, Participation, Summit
from workflows.queries.resource import holders_of, membership_rows, party_rows, seat_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rest_framework.response import Response


class PartyEndpoint(Endpoint):
    """What the endpoints of parties share."""

    resource = "parties"

    def present(self, row: Any) -> Response:
        """Return a party's resource."""
        return self.show(row, PartySerializer(row, context={"actor": self.actor}).data)

    def current(self) -> Response:
        """Return the party as it now is."""
        return self.present(find(party_rows(self.actor), uuid=self.kwargs["uuid"]))


class Parties(PartyEndpoint):
    """The parties of the Conference."""

    ops: ClassVar = {"GET": Op("List parties", gives=PartySerializer, filters=PartyListQuery, paged=True)}
    order = Order(Key("rank"), Key("place"), Key("code"), Key("pk"))

    def get(self, request: Any) -> Response:
        """SEGIB, the Pro Tempore Secretariats, the delegations in the order of protocol, the bodies, the observers."""
        query = self.read_query(PartyListQuery)
        rows = party_rows(self.actor)
        if "kind" in query:
            rows = rows.filter(kind__in=query["kind"])
        if "code" in query:
            rows = rows.filter(code__iexact=query["code"])
        if "summit" in query:
            summits = Summit.objects.visible_to(self.actor).filter(**by_uuid_or("roman__iexact", query["summit"]))
            taking_part = Participation.objects.filter(summit__in=summits)
            rows = rows.filter(Q(pk__in=taking_part.values("party_id")))
        return self.show_page(rows, self.order, self._present_all, query=query)

    def _present_all(self, rows: Sequence[Any]) -> list[Any]:
        return list(PartySerializer(rows, many=True, context={"actor": self.actor}).data)


class OneParty(PartyEndpoint):
    """One party."""

    ops: ClassVar = {
        "GET": Op("Read a party", gives=PartySerializer),
        "PATCH": Op("Set how a party answers", takes=PartyChangeInput, gives=PartySerializer, versioned=True),
    }

    def get(self, request: Any, uuid: Any) -> Response:
        """One party, with its names in each language."""
        return self.current()

    def patch(self, request: Any, uuid: Any) -> Response:
        """Set whether the party answers by note verbale: then the note is the act. By SEGIB."""
        party = find(party_rows(self.actor), uuid=uuid)
        if_version = self.version_of(party)
        sent = self.read(PartyChangeInput)
        set_by_note_verbale(party, by_note=sent["by_note_verbale"], actor=self.actor, now=self.now, if_version=if_version)
        return self.current()


# Seats -----------------------------------------------------------------------------------------------------------


class SeatEndpoint(Endpoint):
    """What the endpoints of seats share."""

    resource = "seats"

    def present_all(self, rows: Sequence[Any]) -> list[Any]:
        """Return the resources of seats, with who holds them today."""
        context = {"actor": self.actor, "holders": holders_of(rows, now=self.now)}
        return list(SeatSerializer(rows, many=True, context=context).data)

    def present(self, row: Any, *, status: int = 200) -> Response:
        """Return a seat's resource."""
        where = address("seats", row.uuid) if status == 201 else ""
        return self.show(row, self.present_all([row])[0], status=status, address=where)

    def current(self) -> Response:
        """Return the seat as it now is."""
        return self.present(find(seat_rows(self.actor), uuid=self.kwargs["uuid"]))


class Seats(SeatEndpoint):
    """The offices of the parties."""

    ops: ClassVar = {
        "GET": Op("List seats", gives=SeatSerializer, filters=SeatListQuery, paged=True),
        "POST": Op("Open a seat", takes=NewSeatInput, gives=SeatSerializer, status=201),
    }
    order = Order(Key("party_id"), Key("role"), Key("number"), Key("pk"))

    def get(self, request: Any) -> Response:
        """The directory: seats by party, each with its holder of today."""
        query = self.read_query(SeatListQuery)
        rows = seat_rows(self.actor)
        if "party" in query:
            rows = of_party(rows, query["party"], "party__")
        if "role" in query:
            rows = rows.filter(role__in=query["role"])
        if query["open"] is not None:
            rows = rows.filter(closed_at__isnull=query["open"])
        return self.show_page(rows, self.order, self.present_all, query=query)

    def post(self, request: Any) -> Response:
        """Open an office in a party, as the table of parties and seats allows."""
        sent = self.read(NewSeatInput)
        party = party_named(sent.pop("party"), actor=self.actor)
        seat = open_seat(party, **sent, actor=self.actor, now=self.now)
        return self.present(seat_rows(None).get(pk=seat.pk), status=201)


class OneSeat(SeatEndpoint):
    """One seat."""

    ops: ClassVar = {"GET": Op("Read a seat", gives=SeatSerializer)}

    def get(self, request: Any, uuid: Any) -> Response:
        """One seat, with its holder of today."""
        return self.current()


class FillSeat(SeatEndpoint):
    """A person for a seat."""

    ops: ClassVar = {"POST": Op("Put a person into a seat", takes=FillInput, gives=MembershipSerializer, status=201)}

    def post(self, request: Any, uuid: Any) -> Response:
        """Put a person into a seat from a day on; the holder before leaves the day before; an account is offered by mail."""
        seat = find(seat_rows(self.actor), uuid=uuid)
        held = fill_seat(seat, **self.read(FillInput), actor=self.actor, now=self.now)
        row = membership_rows(None).get(pk=held.pk)
        body = MembershipSerializer(row, context={"actor": self.actor}).data
        return self.show(row, body, status=201, address=address("memberships", row.uuid))


class CloseSeat(SeatEndpoint):
    """The end of a seat."""

    ops: ClassVar = {"POST": Op("Close a vacant seat", takes=NothingInput, gives=SeatSerializer)}

    def post(self, request: Any, uuid: Any) -> Response:
        """Close an office that is vacant; its tokens are revoked."""
        seat = find(seat_rows(self.actor), uuid=uuid)
        self.read(NothingInput)
        closed = close_seat(seat, actor=self.actor, now=self.now)
        return self.present(seat_rows(None).get(pk=closed.pk))


# Terms -----------------------------------------------------------------------------------------------------------


class MembershipEndpoint(Endpoint):
    """What the endpoints of terms share."""

    resource = "memberships"

    def present_all(self, rows: Sequence[Any]) -> list[Any]:
        """Return the resources of terms."""
        return list(MembershipSerializer(rows, many=True, context={"actor": self.actor}).data)


class Memberships(MembershipEndpoint):
    """Who holds which seat from when to when."""

    ops: ClassVar = {"GET": Op("List terms", gives=MembershipSerializer, filters=MembershipListQuery, paged=True)}
    order = Order(Key("seat_id"), Key("starts_on"), Key("pk"))

    def get(self, request: Any) -> Response:
        """Terms by seat, the oldest first."""
        query = self.read_query(MembershipListQuery)
        rows = membership_rows(self.actor)
        if "seat" in query:
            rows = rows.filter(seat__uuid=query["seat"])
        if "party" in query:
            rows = of_party(rows, query["party"], "seat__party__")
        if query["current"] is not None:
            in_force = Membership.objects.current(self.now).values("pk")
            rows = rows.filter(pk__in=in_force) if query["current"] else rows.exclude(pk__in=in_force)
        return self.show_page(rows, self.order, self.present_all, query=query)


class OneMembership(MembershipEndpoint):
    """One term."""

    ops: ClassVar = {"GET": Op("Read a term", gives=MembershipSerializer)}

    def get(self, request: Any, uuid: Any) -> Response:
        """One person's term in one seat."""
        row = find(membership_rows(self.actor), uuid=uuid)
        return self.show(row, self.present_all([row])[0])


class EndMembership(MembershipEndpoint):
    """The end of a term."""

    ops: ClassVar = {"POST": Op("End a term", takes=EndInput, gives=MembershipSerializer)}

    def post(self, request: Any, uuid: Any) -> Response:
        """End a person's term in a seat; the seat's rights go with it."""
        held = find(membership_rows(self.actor), uuid=uuid)
        ended = end_membership(held, **self.read(EndInput), actor=self.actor, now=self.now)
        row = membership_rows(None).get(pk=ended.pk)
        return self.show(row, self.present_all([row])[0])
