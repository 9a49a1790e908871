"""How parties, offices and summits are named in a sentence, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from workflows.states import PartyKind, SeatRole

if TYPE_CHECKING:
    from workflows.models import Party, Seat, Summit

WITH_ARTICLE = {
    "pt": {
        "o": frozenset({"BR", "CL", "EC", "MX", "PA", "PY", "PE", "UY"}),
        "a": frozenset({"AR", "BO", "CO", "CR", "ES", "GT", "NI", "DO", "VE"}),
    },
}
"""Countries whose name takes an article in Portuguese, by the article; the rest take none."""


def of_country(party: Party) -> str:
    """Return "of Brazil", "de Brasil" or "do Brasil": a country's name as it follows "the delegation"."""
    language = (get_language() or "es").split("-")[0]
    if language == "pt":
        article = next((a for a, codes in WITH_ARTICLE["pt"].items() if party.code in codes), "")
        return f"d{article or 'e'} {party.name}"
    if language == "es":
        return f"de la {party.name}" if party.code == "DO" else f"de {party.name}"
    return f"of the {party.name}" if party.code == "DO" else f"of {party.name}"


def name_party(party: Party) -> str:
    """Return a party as the subject of a sentence: "The delegation of Brazil", "SEGIB"."""
    if party.kind == PartyKind.DELEGATION:
        return _("The delegation %(of_country)s") % {"of_country": of_country(party)}
    if party.kind == PartyKind.SPT:
        return _("The Pro Tempore Secretariat")
    return party.name


def in_sentence(party: Party) -> str:
    """Return a party as it stands inside a sentence: "the delegation of Brazil", "SEGIB"."""
    if party.kind == PartyKind.DELEGATION:
        return _("the delegation %(of_country)s") % {"of_country": of_country(party)}
    if party.kind == PartyKind.SPT:
        return _("the Pro Tempore Secretariat")
    return party.name


def name_seat(seat: Seat) -> str:
    """Return an office with its party ("Officer, SEGIB"), as the head of the page shows the reader's own."""
    return name_office(seat.role, seat.party, title=seat.title)


def name_office(role: str, party: Party, *, title: str = "") -> str:
    """Return a role in a party: "National Coordinator, Paraguay"; there is one Pro Tempore Secretary."""
    office = title or str(SeatRole(role).label)
    if role == SeatRole.SECRETARY:
        return office
    name = pgettext("short", "SPT") if party.kind == PartyKind.SPT else party.name
    return _("%(office)s, %(party)s") % {"office": office, "party": name}


def name_summit(summit: Summit) -> str:
    """Return "XXXI Ibero-American Summit"."""
    return _("%(roman)s Ibero-American Summit") % {"roman": summit.roman}


def name_summit_at(summit: Summit) -> str:
    """Return "XXXI Ibero-American Summit, Madrid 2027", with what is known of place and year."""
    year = str(summit.opening_on.year) if summit.opening_on else ""
    where = " ".join(part for part in (summit.city, year) if part)
    return f"{name_summit(summit)}, {where}" if where else name_summit(summit)
