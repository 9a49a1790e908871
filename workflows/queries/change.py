"""The feed of changes: every event that an actor may see, in the order of commits, from a cursor on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from workflows.models import Chain, Event, EventPayload, Party, Seat, Summit
from workflows.queries.event import tell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from workflows.queries.event import Told
    from workflows.rules.facts import Actor

type Position = Mapping[int, int]
"""For each chain (by id) the number up to which its events have been read."""


@dataclass(frozen=True)
class ChangePage:
    """Some events in order, where to go on, and whether there is more already."""

    events: Sequence[Event]
    position: Position
    more: bool


def read_changes(*, actor: Actor, since: Position, limit: int) -> ChangePage:
    """Return what the actor may see after a position, at most `limit` events (two queries; one when nothing is new).

    Numbers have no gaps and are given under the chain's lock, so a commit that comes late cannot be skipped. The heads are
    read before the events: what lies up to a head is there already. Within a chain the order of ids is that of numbers.
    """
    heads = read_heads(actor)
    fresh = {chain: head for chain, head in heads.items() if head > since.get(chain, 0)}
    if not fresh:
        return ChangePage((), {chain: max(head, since.get(chain, 0)) for chain, head in heads.items() if head}, False)
    wanted = Q()
    for chain, head in fresh.items():
        wanted |= Q(chain_id=chain, number__gt=since.get(chain, 0), number__lte=head)
    found = list(Event.objects.visible_to(actor).filter(wanted).order_by("pk")[: limit + 1])
    if len(found) <= limit:
        return ChangePage(found, {chain: head for chain, head in heads.items() if head}, False)
    shown = found[:limit]
    position = {chain: since.get(chain, 0) for chain in heads} | {e.chain_id: e.number for e in shown}
    return ChangePage(shown, {chain: number for chain, number in position.items() if number}, True)


def read_heads(actor: Actor) -> dict[int, int]:
    """Return the last number of each chain of which the actor may see anything: its summits', and that of no summit."""
    visible = Q(summit__isnull=True) | Q(summit__in=Summit.objects.visible_to(actor).values("pk"))
    return dict(Chain.objects.filter(visible).order_by("pk").values_list("pk", "number"))


@dataclass(frozen=True)
class EventLine:
    """An event as the API shows it: its sentence, its office, its summit, and what lies beside the chain."""

    told: Told
    seat: Seat | None
    for_party: str | None
    summit: Summit | None
    reason: str
    data: Mapping[str, Any]
    erased: bool

    @property
    def event(self) -> Event:
        """The event itself."""
        return self.told.event


def event_lines(events: Sequence[Event]) -> list[EventLine]:
    """Return events with what the API shows beside them; the same number of queries for any number of events."""
    seats = {s.pk: s for s in Seat.objects.filter(pk__in={e.actor_seat_id for e in events}).select_related("party")}
    parties = dict(Party.objects.filter(pk__in={e.for_party_id for e in events}).values_list("pk", "code"))
    summits = {s.pk: s for s in Summit.objects.filter(pk__in={e.summit_id for e in events})}
    beside = {p.event_uuid: p for p in EventPayload.objects.filter(event_uuid__in=[e.uuid for e in events])}
    lines = []
    for told in tell(events):
        event, payload = told.event, beside.get(told.event.uuid)
        lines.append(
            EventLine(
                told=told,
                seat=seats.get(event.actor_seat_id or 0),
                for_party=parties.get(event.for_party_id or 0),
                summit=summits.get(event.summit_id or 0),
                reason=payload.reason if payload else "",
                data=payload.data if payload else {},
                erased=payload is not None and payload.erased_at is not None,
            )
        )
    return lines
