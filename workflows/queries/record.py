"""The record as people read it, and its proof: what was changed, what is missing, where it was cut."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from workflows.models import Chain, Event, EventPayload, Party, Seat
from workflows.queries.event import tell
from workflows.queries.names import name_seat
from workflows.rules.chain import CHAINED, event_hash, payload_digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from django.utils.functional import _StrPromise

    from workflows.errors import Ref
    from workflows.models import Summit
    from workflows.rules.facts import Actor

PAGE = 50
"""Events of one page of the record."""

EXPORT_LIMIT = 20_000
"""Events of one file at most; the filters narrow what is asked for."""


# The proof -------------------------------------------------------------------------------------------------------

SENTENCES = {
    "changed": _("Event %(number)d was changed: its content no longer has the hash that it had."),
    "unlinked": _("Event %(number)d does not continue the one before it: it names another hash."),
    "missing": _("Event %(number)d is missing."),
    "missing_several": _("Events %(number)d to %(until)d are missing."),
    "cut": _("The end is cut off: event %(number)d is missing, and the record had reached number %(until)d."),
    "cut_several": _("The end is cut off: the events from %(number)d to %(until)d are missing."),
    "beyond": _("Event %(number)d stands beyond the end of the record, which is number %(until)d."),
    "head_differs": _("The hash kept as the head of the record is not that of its last event, number %(number)d."),
    "payload_changed": _("The reason or the details of event %(number)d were changed."),
    "payload_missing": _("The reason and the details of event %(number)d were taken away without an erasure."),
    "not_as_mailed": _("Event %(number)d has another hash than the one that was mailed."),
    "never_reached": _("The record never reached event %(number)d, whose hash was mailed."),
    "no_chain": _("There is no record under this name."),
    "orphan": _("Event %(number)d belongs to no record."),
}


@dataclass(frozen=True)
class Problem:
    """One place in which a chain does not hold: a stable code, the number of the event, and up to which one."""

    code: str
    number: int = 0
    until: int = 0

    @property
    def sentence(self) -> str:
        """The problem as a whole sentence in the active language."""
        several = f"{self.code}_several" if self.until > self.number and self.code in {"missing", "cut"} else self.code
        return str(SENTENCES[several]) % {"number": self.number, "until": self.until}


@dataclass(frozen=True)
class Verification:
    """What the verification of one chain found; `number` and `head` are its end, `erased` how many payloads were erased."""

    name: str
    number: int
    head: str
    checked: int
    erased: int
    problems: tuple[Problem, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing was changed, taken away or added."""
        return not self.problems


@dataclass(frozen=True)
class Expected:
    """The head of a chain as it was mailed: by name of the chain, number and hash."""

    name: str
    number: int
    hash: str


NO_SUMMIT = "-"
"""The name of the chain of what belongs to no summit."""


def name_of(chain: Chain) -> str:
    """Return the name of a chain: its summit's number in Roman figures."""
    return chain.summit.roman if chain.summit else NO_SUMMIT


def verify_chain(summit: Summit | None, *, expected: Sequence[Expected] = ()) -> Verification:
    """Verify the chain of a summit (`None`: of what belongs to no summit), from its first event to its head."""
    chain = Chain.objects.select_related("summit").get(summit=summit)
    return _verify(chain, expected)


def verify_all(*, expected: Sequence[Expected] = ()) -> list[Verification]:
    """Verify every chain; heads that name no chain, and events of no chain, come as a chain of their own name."""
    chains = Chain.objects.select_related("summit").order_by("summit__number", "pk")
    found = [_verify(chain, [e for e in expected if e.name == name_of(chain)]) for chain in chains]
    known = {v.name for v in found}
    found += [Verification(e.name, 0, "", 0, 0, (Problem("no_chain"),)) for e in expected if e.name not in known]
    strays = Event.objects.exclude(chain_id__in=Chain.objects.values("pk")).order_by("chain_id", "number")
    if orphans := tuple(Problem("orphan", number) for number in strays.values_list("number", flat=True)[:100]):
        found.append(Verification("?", 0, "", len(orphans), 0, orphans))
    return found


def _verify(chain: Chain, expected: Sequence[Expected]) -> Verification:
    asked = {e.number: e.hash for e in expected}
    problems: list[Problem] = []
    before, last, checked, erased = "", 0, 0, 0
    for event in _events_with_payload(chain):
        number = event["number"]
        if number > last + 1:
            problems.append(Problem("missing", last + 1, number - 1))
        elif event["previous_hash"] != before:
            problems.append(Problem("unlinked", number))
        if event_hash(event) != event["hash"]:
            problems.append(Problem("changed", number))
        if (code := _payload_problem(event)) is not None:
            problems.append(Problem(code, number))
        if number in asked and asked[number] != event["hash"]:
            problems.append(Problem("not_as_mailed", number))
        erased += event["erased_at"] is not None
        before, last, checked = event["hash"], number, checked + 1
    problems += _problems_of_end(chain, last, before)
    problems += [Problem("never_reached", number) for number in sorted(asked) if number > last]
    return Verification(name_of(chain), chain.number, chain.head, checked, erased, tuple(problems))


def _events_with_payload(chain: Chain) -> Iterator[dict]:
    payload = EventPayload.objects.filter(event_uuid=OuterRef("uuid"))
    rows = Event.objects.filter(chain_id=chain.pk, number__lte=chain.number).order_by("number")
    beside = {name: Subquery(payload.values(name)[:1]) for name in ("salt", "reason", "data", "erased_at")}
    return rows.annotate(**beside).values(*CHAINED, "hash", *beside).iterator(chunk_size=2000)


def _payload_problem(event: dict) -> str | None:
    """Tell what is wrong with what lies beside the chain; what was erased, with its reason kept, is not wrong."""
    if event["erased_at"] is not None:
        return None
    if event["salt"] is None:
        return "payload_missing"
    digest = payload_digest(salt=event["salt"], reason=event["reason"], data=event["data"])
    return None if digest == event["payload_digest"] else "payload_changed"


def _problems_of_end(chain: Chain, last: int, head: str) -> list[Problem]:
    present = Chain.objects.filter(pk=chain.pk).values("number")
    beyond = Event.objects.filter(chain_id=chain.pk, number__gt=Subquery(present)).order_by("number")
    problems = [Problem("beyond", number, chain.number) for number in beyond.values_list("number", flat=True)[:100]]
    if last < chain.number:
        return [Problem("cut", last + 1, chain.number), *problems]
    if chain.head != head:
        return [Problem("head_differs", last), *problems]
    return problems


# The reading -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RecordFilters:
    """By what the record is narrowed; days are local dates of the summit's city, `office` a party's code."""

    verb: str = ""
    label: str = ""
    office: str = ""
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True)
class RecordLine:
    """An event with what lies beside the chain and with its offices in words; people are never named."""

    event: Event
    sentence: str
    ref: Ref | None
    office: str
    for_party: str
    reason: str
    details: Mapping[str, object]
    erased: bool


@dataclass(frozen=True)
class RecordPage:
    """Some lines of the record, the latest first, and the numbers between which it goes on."""

    lines: Sequence[RecordLine]
    older_than: int | None
    newer_than: int | None


def filter_events(summit: Summit, *, actor: Actor, filters: RecordFilters):  # type: ignore[no-untyped-def]
    """Return the events of a summit that the actor may see and that match, the latest first."""
    events = Event.objects.visible_to(actor).filter(summit_id=summit.pk)
    if filters.verb:
        events = events.filter(verb=filters.verb)
    if filters.label:
        events = events.filter(object_label__icontains=filters.label)
    if filters.office:
        party = Party.objects.filter(code=filters.office).values("pk")
        events = events.filter(Q(actor_party_id__in=party) | Q(for_party_id__in=party))
    zone = ZoneInfo(summit.zone)
    if filters.from_on:
        events = events.filter(at__gte=_midnight(filters.from_on, zone))
    if filters.until_on:
        events = events.filter(at__lt=_midnight(filters.until_on + timedelta(days=1), zone))
    return events.order_by("-number", "-pk")


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(0), zone).astimezone(UTC)


def read_record(
    summit: Summit,
    *,
    actor: Actor,
    filters: RecordFilters | None = None,
    before: int | None = None,
    after: int | None = None,
) -> RecordPage:
    """Return one page of the record: the latest, those before a number, or those after one."""
    events = filter_events(summit, actor=actor, filters=filters or RecordFilters())
    if after is not None:
        rows = list(events.filter(number__gt=after).order_by("number")[: PAGE + 1])
        more, rows = len(rows) > PAGE, rows[:PAGE][::-1]
        newer, older = more, bool(rows)
    else:
        rows = list(events.filter(number__lt=before)[: PAGE + 1] if before is not None else events[: PAGE + 1])
        more, rows = len(rows) > PAGE, rows[:PAGE]
        newer, older = before is not None and bool(rows), more
    return RecordPage(
        lines=lines_of(rows),
        older_than=rows[-1].number if rows and older else None,
        newer_than=rows[0].number if rows and newer else None,
    )


def lines_of(events: Sequence[Event]) -> list[RecordLine]:
    """Return events with their offices and payloads (as many queries for all as for one)."""
    seats = {s.pk: s for s in Seat.objects.filter(pk__in={e.actor_seat_id for e in events}).select_related("party")}
    parties = {p.pk: p for p in Party.objects.filter(pk__in={e.for_party_id for e in events})}
    beside = {p.event_uuid: p for p in EventPayload.objects.filter(event_uuid__in=[e.uuid for e in events])}
    lines = []
    for event, told in zip(events, tell(events), strict=True):
        seat = seats.get(event.actor_seat_id) if event.actor_seat_id else None
        payload = beside.get(event.uuid)
        lines.append(
            RecordLine(
                event=event,
                sentence=told.sentence,
                ref=told.ref,
                office=name_seat(seat) if seat else str(SYSTEM),
                for_party=parties[event.for_party_id].name if event.for_party_id in parties else "",
                reason=payload.reason if payload else "",
                details=payload.data if payload else {},
                erased=payload is not None and payload.erased_at is not None,
            )
        )
    return lines


SYSTEM: _StrPromise = pgettext_lazy("who acted", "The system")


def list_verbs(summit: Summit, *, actor: Actor) -> list[str]:
    """Return the verbs that occur among the events that the actor may see."""
    events = Event.objects.visible_to(actor).filter(summit_id=summit.pk)
    return sorted(events.order_by("verb").values_list("verb", flat=True).distinct())


def list_offices(summit: Summit, *, actor: Actor) -> list[Party]:
    """Return the parties that acted, or for which somebody acted, among the events that the actor may see."""
    events = Event.objects.visible_to(actor).filter(summit_id=summit.pk)
    acted = Q(pk__in=events.values("actor_party_id")) | Q(pk__in=events.values("for_party_id"))
    return list(Party.objects.filter(acted).order_by("kind", "code"))
