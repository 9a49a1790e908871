"""Loads the Conference itself: countries in protocol order, SEGIB, the bodies, and past summits as records."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from workflows.models import Chain, Party, ProtocolList, ProtocolPlace, Seat, Summit
from workflows.rules.summits import roman
from workflows.states import PartyKind, SeatRole, SummitState

DATA = Path(__file__).resolve().parent.parent / "data"
PROTOCOL = ("Conferencia Iberoamericana", date(1991, 7, 18))
"""The order in which the Conference lists its countries: alphabetical by ISO code of the official Spanish name."""


def read_data(name: str) -> Any:
    """Return one of the shipped lists, by the name of its file."""
    return json.loads((DATA / name).read_text(encoding="utf-8"))


@transaction.atomic
def load_conference(*, now: datetime) -> ProtocolList:
    """Load what every installation needs; a second time changes nothing. Returns the order of protocol."""
    Chain.objects.get_or_create(summit=None)
    for body in read_data("bodies.json"):
        party, created = Party.objects.get_or_create(
            code=body["acronym"],
            defaults={
                "kind": body["kind"],
                "country": body.get("country") or "",
                "city": body.get("city") or "",
                "zone": body["tz"],
                "language": body["language"],
                **_names("name", dict.fromkeys(("es", "pt", "en"), body["acronym"])),
                **_names("list_name", body["name"]),
                **_names("official_name", body["name"]),
            },
        )
        if created:
            roles = (SeatRole.APPROVER, SeatRole.OFFICER) if body["kind"] == PartyKind.SEGIB else (SeatRole.LIAISON,)
            Seat.objects.bulk_create([Seat(party=party, role=role, opened_at=now) for role in roles])
    protocol, _created = ProtocolList.objects.get_or_create(name=PROTOCOL[0], valid_from=PROTOCOL[1])
    for country in read_data("countries.json"):
        _load_country(country, protocol, now=now)
    for past in read_data("summits.json"):
        _load_record(past)
    return protocol


def _names(field: str, names: dict[str, str]) -> dict[str, str]:
    return {f"{field}_{lang}": names.get(lang) or names["es"] for lang in ("es", "pt", "en")}


def _load_country(country: dict[str, Any], protocol: ProtocolList, *, now: datetime) -> None:
    party, created = Party.objects.get_or_create(
        code=country["iso2"],
        defaults={
            "kind": PartyKind.DELEGATION,
            "country": country["iso2"],
            "city": country["capital"].split(" (")[0],
            "zone": country["tz"],
            "language": country["language"].lower(),
            "courtesy_language": country.get("courtesy_language") or "",
            "foreign_ministry": country.get("foreign_ministry") or "",
            **_names("name", country["name"]),
            **_names("list_name", country.get("list_name") or country["name"]),
            **_names("official_name", country.get("official_name") or country["name"]),
        },
    )
    ProtocolPlace.objects.get_or_create(protocol_list=protocol, party=party, defaults={"position": country["order"]})
    if created:
        roles = (
            SeatRole.NATIONAL_COORDINATOR,
            SeatRole.ALTERNATE_COORDINATOR,
            SeatRole.COOPERATION_OFFICER,
            SeatRole.ALTERNATE_COOPERATION,
        )
        Seat.objects.bulk_create([Seat(party=party, role=role, opened_at=now) for role in roles])


def _load_record(past: dict[str, Any]) -> None:
    host = Party.objects.get(code=past["country"])
    summit, created = Summit.objects.get_or_create(
        number=past["number"],
        defaults={
            "roman": roman(past["number"]),
            "city": past["city"],
            "host": host,
            "zone": host.zone,
            "opening_on": past["start"],
            "closing_on": past["end"],
            "theme_es": past["theme"],
            "declaration": past["declaration"],
            "note": past.get("note") or "",
            "is_record": True,
            "state": SummitState.ARCHIVED,
        },
    )
    if created:
        Chain.objects.create(summit=summit)
