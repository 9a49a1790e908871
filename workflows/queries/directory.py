"""The directory: parties in the order of protocol, their seats, who is in post from when to when, and the vacancies."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from django.db.models import Q

from workflows.models import Membership, Participation, Party, ProtocolList, Seat
from workflows.queries.checklist import plain
from workflows.rules.permissions import may_fill_seat
from workflows.states import ROLES_OF, SEVERAL, PartyKind, SeatRole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from workflows.models import Summit
    from workflows.rules.facts import Actor

KINDS = tuple(PartyKind)
"""The order in which kinds of party stand: SEGIB, the SPT, delegations, bodies, observers."""
LAST = 999


@dataclass(frozen=True)
class Post:
    """A seat with its present holder (None while it is vacant), who comes next, and whether the reader fills it."""

    seat: Seat
    term: Membership | None
    coming: Membership | None
    may_fill: bool


@dataclass(frozen=True)
class Entry:
    """A party with its posts."""

    party: Party
    posts: tuple[Post, ...]

    @property
    def vacant(self) -> int:
        """How many of its posts nobody holds."""
        return sum(post.term is None for post in self.posts)


def protocol_positions(summit: Summit | None) -> Mapping[int, int]:
    """Return the place of each party in the order of protocol that a summit follows, else in the latest one."""
    chosen = summit.protocol_list if summit and summit.protocol_list_id else None
    chosen = chosen or ProtocolList.objects.order_by("-valid_from", "-pk").first()
    return dict(chosen.places.values_list("party_id", "position")) if chosen else {}


def list_entries(
    actor: Actor, now: datetime, *, summit: Summit | None = None, q: str = "", kind: str = "", vacant: bool = False
) -> list[Entry]:
    """Return the parties that the actor may see, in the order of protocol, with the posts that match."""
    parties = Party.objects.visible_to(actor).filter(ended_at__isnull=True)
    if kind:
        parties = parties.filter(kind=kind)
    order = protocol_positions(summit)
    rows = sorted(parties, key=lambda p: (KINDS.index(PartyKind(p.kind)), order.get(p.pk, LAST), p.code))
    posts = posts_of(rows, actor, now)
    entries = []
    for party in rows:
        kept = tuple(p for p in posts[party.pk] if _matches(p, q) and (not vacant or p.term is None))
        if kept:
            entries.append(Entry(party, kept))
    return entries


def _matches(post: Post, q: str) -> bool:
    if not q.strip():
        return True
    party, term = post.seat.party, post.term
    said = f"{party.name} {party.list_name} {party.code} {post.seat.title} {post.seat.email}"
    if term is not None:
        said += f" {term.person.name} {term.person.email}"
    return all(word in plain(said) for word in plain(q).split())


def posts_of(parties: Sequence[Party], actor: Actor, now: datetime) -> dict[int, list[Post]]:
    """Return the open posts of each party that the actor may see, in the order of the table of seats (three queries)."""
    seats = list(Seat.objects.visible_to(actor).open().filter(party__in=parties).select_related("party"))
    terms = Membership.objects.filter(seat__in=seats).select_related("person")
    present = {m.seat_id: m for m in terms.current(now)}
    today = now.astimezone(UTC).date()
    coming = {m.seat_id: m for m in terms.filter(starts_on__gt=today).order_by("-starts_on")}
    found: dict[int, list[Post]] = defaultdict(list)
    for seat in sorted(seats, key=_in_order):
        may = may_fill_seat(role=seat.role, party_id=seat.party_id, party_kind=seat.party.kind, actor=actor)
        found[seat.party_id].append(Post(seat, present.get(seat.pk), coming.get(seat.pk), may))
    return found


def _in_order(seat: Seat) -> tuple[int, int]:
    roles = ROLES_OF[PartyKind(seat.party.kind)]
    return (roles.index(SeatRole(seat.role)) if seat.role in roles else LAST, seat.number)


def find_party(actor: Actor, code: str) -> Party | None:
    """Return a party that the actor may see."""
    return Party.objects.visible_to(actor).select_related("summit", "host_delegation").filter(code=code).first()


def list_terms(party: Party, actor: Actor) -> list[Membership]:
    """Return every term in the party's visible seats, the latest first: who was in post, and who will be."""
    return list(
        Membership.objects.visible_to(actor)
        .filter(seat__party=party)
        .select_related("seat__party", "person")
        .order_by("-starts_on", "-pk")
    )


def roles_to_open(party: Party, posts: Sequence[Post], actor: Actor) -> list[SeatRole]:
    """Return the roles of which the actor may open a seat in the party now."""
    taken = {post.seat.role for post in posts}
    roles = [r for r in ROLES_OF[PartyKind(party.kind)] if r in SEVERAL or r not in taken]
    return [r for r in roles if may_fill_seat(role=r, party_id=party.pk, party_kind=party.kind, actor=actor)]


def list_disputes(summits: Sequence[Summit], actor: Actor, party: Party | None = None) -> list[Participation]:
    """Return where two persons claim to speak for a country: to the secretariats, and to the party itself."""
    places = Participation.objects.filter(summit__in=summits, representation_pending_at__isnull=False)
    if actor.party_kind not in {PartyKind.SEGIB, PartyKind.SPT}:
        places = places.filter(party_id=actor.party_id)
    if party is not None:
        places = places.filter(party=party)
    return list(places.select_related("summit", "party").order_by("summit__number", "position"))


def takes_part(party: Party, summits: Sequence[Summit]) -> list[Summit]:
    """Return the summits of a list in which the party takes part today."""
    ids = set(
        Participation.objects.filter(Q(until_on__isnull=True), summit__in=summits, party=party).values_list(
            "summit_id", flat=True
        )
    )
    return [s for s in summits if s.pk in ids]
