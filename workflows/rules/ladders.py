"""Which reminder leaves when: rungs, the recipient's own 09:00, and the plan of one deadline.

`due_at` is the last instant in time: a deadline has passed only after it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workflows.rules.calendars import ONE_DAY, Calendar, is_working_day
from workflows.rules.deadlines import local_day, wall_instant

OPENING = time(9, 0)
SEARCH_LIMIT = 31  # days; nobody is reminded a month early, or late, because of a calendar


@dataclass(frozen=True)
class Rung:
    """A reminder so many days from the deadline (before it when negative), and the roles that it reaches."""

    offset_days: int
    reach: tuple[str, ...]


@dataclass(frozen=True)
class Recipient:
    """A seat and the working time of the country in which it is held."""

    seat: int
    calendar: Calendar


@dataclass(frozen=True)
class Due:
    """One reminder to one seat; `rung` is the offset in days, `leaves_at` in UTC."""

    rung: int
    seat: int
    leaves_at: datetime


@dataclass(frozen=True)
class Plan:
    """What to send now, what to write down as overtaken, what is ahead, and when to look again."""

    send: tuple[Due, ...]
    superseded: tuple[Due, ...]
    ahead: tuple[Due, ...]
    next_wake_at: datetime | None


def rung_instant(due_at: datetime, offset_days: int, zone: str, recipient: Recipient) -> datetime:
    """Return the instant that a rung asks for, in UTC.

    Up to the deadline: the recipient's 09:00, so many days before the deadline's date in the recipient's own zone, or
    the deadline itself where it falls before that. After it: the deadline's hour on the wall of `zone`, the host
    city's, so many local days later.
    """
    if offset_days > 0:
        wall = due_at.astimezone(ZoneInfo(zone))
        return wall_instant(wall.date() + timedelta(days=offset_days), wall.time(), zone)
    own_zone = recipient.calendar.zone
    morning = wall_instant(local_day(due_at, own_zone) + timedelta(days=offset_days), OPENING, own_zone)
    return min(morning, due_at)


def leaves_at(rung_at: datetime, due_at: datetime, recipient: Recipient) -> datetime:
    """Return when a rung leaves for one recipient, in UTC.

    `rung_at` is the instant that it asks for. Up to the deadline: the first 09:00 of the recipient's own working time
    at or after it if that is before the deadline, else the last such hour before the deadline. After the deadline: the
    next such hour. At once (at the instant that it asks for) where there is none within a month.
    """
    first = _first_opening(rung_at, recipient.calendar)
    if rung_at > due_at:
        return first or rung_at
    if first is not None and first < due_at:
        return first
    return _last_opening(due_at, recipient.calendar) or rung_at


def plan(
    *,
    due_at: datetime,
    zone: str,
    rungs: Sequence[Rung],
    recipients: Mapping[str, Sequence[Recipient]],
    written: frozenset[tuple[datetime, int, int]],
    now: datetime,
    opened_at: datetime | None = None,
) -> Plan:
    """Sort the rungs of one deadline into what is sent now, what is overtaken and what is ahead.

    `zone` is the host city's; `recipients` holds the seats of each role; `written` the ledger's keys (due instant,
    rung, seat); `opened_at` is when the deadline was set or last moved: rungs that asked for an earlier instant are
    overtaken. A seat gets the latest rung that is due, once, whatever the number of its roles, and nothing older after
    it; a rung up to the deadline is never sent after it. Of the rungs that would leave for a seat at the same instant,
    `ahead` holds the latest only; the others are overtaken when it leaves.
    """
    entries = _entries(due_at, zone, rungs, recipients, opened_at)
    unwritten = [entry for entry in entries if (due_at, entry.due.rung, entry.due.seat) not in written]
    current = [entry.due for entry in unwritten if not entry.is_overtaken(due_at, now, opened_at)]
    latest = _latest([(rung, seat) for instant, rung, seat in written if instant == due_at], current, now)
    send = [due for due in current if due.leaves_at <= now and due.rung == latest[due.seat]]
    ahead = [due for due in current if due.seat not in latest or due.rung > latest[due.seat]]
    return Plan(
        send=_in_order(send),
        superseded=_in_order([entry.due for entry in unwritten if entry.due not in {*send, *ahead}]),
        ahead=_in_order(_once_an_instant(ahead)),
        next_wake_at=min((due.leaves_at for due in ahead), default=None),
    )


@dataclass(frozen=True)
class _Entry:
    due: Due
    rung_at: datetime

    def is_overtaken(self, due_at: datetime, now: datetime, opened_at: datetime | None) -> bool:
        """Tell whether the rung had passed when the deadline was set, or speaks of a deadline that has passed since."""
        if opened_at is not None and self.rung_at < opened_at:
            return True
        return now > due_at >= self.rung_at


def _entries(
    due_at: datetime,
    zone: str,
    rungs: Sequence[Rung],
    recipients: Mapping[str, Sequence[Recipient]],
    opened_at: datetime | None,
) -> list[_Entry]:
    """List each rung for each seat once, by rung and order of roles; none still ahead leaves before it was set."""
    entries: dict[tuple[int, int], _Entry] = {}
    for rung in sorted(rungs, key=lambda rung: rung.offset_days):
        for recipient in (recipient for role in rung.reach for recipient in recipients.get(role, ())):
            rung_at = rung_instant(due_at, rung.offset_days, zone, recipient)
            leaves = leaves_at(rung_at, due_at, recipient)
            if opened_at is not None and leaves < opened_at <= rung_at:
                leaves = opened_at
            due = Due(rung.offset_days, recipient.seat, leaves)
            entries.setdefault((due.rung, due.seat), _Entry(due, rung_at))
    return list(entries.values())


def _latest(written: Sequence[tuple[int, int]], current: Sequence[Due], now: datetime) -> dict[int, int]:
    """Return for each seat the latest rung that it has been given or is due."""
    latest: dict[int, int] = {}
    for rung, seat in [*written, *((due.rung, due.seat) for due in current if due.leaves_at <= now)]:
        latest[seat] = max(rung, latest.get(seat, rung))
    return latest


def _once_an_instant(dues: Sequence[Due]) -> list[Due]:
    """Leave out what a later rung for the same seat overtakes by leaving at the same instant."""
    latest: dict[tuple[int, datetime], Due] = {}
    for due in sorted(dues, key=lambda due: due.rung):
        latest[due.seat, due.leaves_at] = due
    return list(latest.values())


def _in_order(dues: Sequence[Due]) -> tuple[Due, ...]:
    return tuple(sorted(dues, key=lambda due: (due.leaves_at, due.rung, due.seat)))


def _openings(start: date, step: timedelta, calendar: Calendar) -> Iterator[datetime]:
    days = (start + step * distance for distance in range(SEARCH_LIMIT + 1))
    return (wall_instant(day, OPENING, calendar.zone) for day in days if is_working_day(day, calendar))


def _first_opening(instant: datetime, calendar: Calendar) -> datetime | None:
    """Return the first working 09:00 at or after the instant."""
    hours = _openings(local_day(instant, calendar.zone), ONE_DAY, calendar)
    return next((hour for hour in hours if hour >= instant), None)


def _last_opening(instant: datetime, calendar: Calendar) -> datetime | None:
    """Return the last working 09:00 before the instant."""
    hours = _openings(local_day(instant, calendar.zone), -ONE_DAY, calendar)
    return next((hour for hour in hours if hour < instant), None)
