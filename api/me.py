"""The caller's own seat."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework.response import Response

from api.base import Endpoint, Op
from api.shapes.party import MeSerializer
from workflows.models import Person, Seat
from workflows.queries.actor import list_seats_held


class Me(Endpoint):
    """For which seat you call."""

    ops: ClassVar = {"GET": Op("The seat for which you call", gives=MeSerializer)}

    def get(self, request: Any) -> Response:
        """The seat that the token or the session acts for, its holder, its party, and what the token allows."""
        seat = Seat.objects.select_related("party__summit").get(pk=self.actor.seat_id)
        person = Person.objects.get(pk=self.actor.person_id)
        shown = {
            "seat": seat,
            "title": seat.title,
            "party": seat.party,
            "summit": seat.party.summit,
            "person": person,
            "zone": self.actor.zone,
            "seats": list_seats_held(person, self.now) if request.auth.user else [],
            "token": request.auth.token,
            "now": self.now,
        }
        return Response(MeSerializer(shown, context={"actor": self.actor}).data)
