"""The calendars of a summit's parties: zone, public holidays, and the days that a country overrides."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflows.models import DayOverride, Party
from workflows.rules.calendars import Calendar
from workflows.rules.deadlines import Resolved, Rule, Setting, resolve
from workflows.states import PartyKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from workflows.models import Deadline, Summit


def overrides() -> Mapping[str, dict[bool, set[date]]]:
    """Return the days that each country declares off (True) or worked (False)."""
    days: Mapping[str, dict[bool, set[date]]] = defaultdict(lambda: {True: set(), False: set()})
    for country, day, is_off in DayOverride.objects.values_list("country", "day", "is_off"):
        days[country][is_off].add(day)
    return days


@dataclass(frozen=True)
class CalendarBook:
    """Every calendar that a summit's deadlines and reminders need, loaded once."""

    days: Mapping[str, dict[bool, set[date]]]
    members: tuple[Calendar, ...]
    host: Calendar

    def of(self, country: str, zone: str) -> Calendar:
        """Return the calendar of a country seen in a zone."""
        days = self.days[country]
        return Calendar(country, zone, frozenset(days[True]), frozenset(days[False]))

    def of_party(self, party: Party) -> Calendar:
        """Return the calendar that a party keeps."""
        return self.of(party.country, party.zone)


def calendar_book(summit: Summit) -> CalendarBook:
    """Load the calendars of the summit's host city and of its member countries in protocol order (two queries)."""
    days = overrides()
    parties = Party.objects.filter(
        kind=PartyKind.DELEGATION, participations__summit=summit, participations__until_on__isnull=True
    ).order_by("participations__position")

    def calendar(country: str, zone: str) -> Calendar:
        return Calendar(country, zone, frozenset(days[country][True]), frozenset(days[country][False]))

    host = calendar(summit.host.country if summit.host else "ES", summit.zone)
    return CalendarBook(days=days, members=tuple(calendar(p.country, p.zone) for p in parties), host=host)


def rule_of(deadline: Deadline) -> Rule:
    """Return the rule by which a deadline is set."""
    return Rule(
        offset=deadline.offset,
        unit=deadline.unit,  # type: ignore[arg-type]
        calendar=deadline.calendar,  # type: ignore[arg-type]
        time_of_day=deadline.time_of_day,  # type: ignore[arg-type]
        exact_time=deadline.exact_time,
        exact_zone=deadline.exact_zone or None,
        later=deadline.later,
    )


def resolve_deadline(deadline: Deadline, book: CalendarBook) -> Resolved | None:
    """Return the instant that a deadline's rule gives now; None while its anchor has no date.

    `deadline.summit`, `deadline.anchor` and `deadline.task.responsible` must be loaded.
    """
    anchor_on = deadline.anchor.held_on if deadline.anchor else deadline.summit.opening_on
    if anchor_on is None:
        return None
    party = deadline.task.responsible if deadline.task else None
    addressee = book.of_party(party) if party else None
    return resolve(anchor_on, rule_of(deadline), Setting(host=book.host, addressee=addressee, members=book.members))
