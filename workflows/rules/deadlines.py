"""From a rule and an anchor to the one instant of a deadline, and the last instant of a local date."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from workflows.rules.calendars import (
    ONE_DAY,
    Calendar,
    add_working_days,
    is_common_working_day,
    is_weekend,
    next_working_day,
    previous_working_day,
    who_is_off,
)

Unit = Literal["days", "working_days", "weeks"]
Calendars = tuple[Calendar, ...]
CalendarPolicy = Literal["none", "host", "addressee", "all_members"]
TimePolicy = Literal["end_of_day_host", "end_of_day_addressee", "last_capital", "exact"]

LAST_TIME = time(23, 59, 59, 999_999)


@dataclass(frozen=True)
class Rule:
    """How a deadline follows from its anchor: T plus or minus so many days, whose days off count, when the day ends."""

    offset: int
    unit: Unit = "days"
    calendar: CalendarPolicy = "none"
    time_of_day: TimePolicy = "end_of_day_host"
    exact_time: time | None = None
    exact_zone: str | None = None
    later: bool = False  # a day off moves the date later instead of earlier

    def __post_init__(self) -> None:
        """Refuse an exact hour without its hour or its zone."""
        if self.time_of_day == "exact" and (self.exact_time is None or self.exact_zone is None):
            raise ValueError("A rule with an exact hour needs both the hour and the zone.")


@dataclass(frozen=True)
class Setting:
    """The countries around a deadline: the host, the one asked (None when many are), the members in protocol order."""

    host: Calendar
    addressee: Calendar | None
    members: tuple[Calendar, ...]


@dataclass(frozen=True)
class DayOff:
    """A day that the date was moved over: a weekend, or the days off of these countries."""

    on: date
    weekend: bool
    countries: tuple[str, ...]


@dataclass(frozen=True)
class Resolved:
    """A deadline's instant and how it was found."""

    due_at: datetime  # UTC
    on: date  # the local date in which it falls by the rule, after calendars
    counted_on: date  # the same before days off moved it (working days: counted by Monday to Friday alone)
    moved_by: tuple[str, ...]  # countries whose own day off moved it, in the setting's order; a weekend names none
    zone: str  # the zone in which it is written: the host city's, the addressee's, or the exact hour's
    ends_in: str  # the zone whose day ends at `due_at`: as `zone`, but for the last capital
    passed: tuple[DayOff, ...] = ()  # the days off that it was moved over, nearest to `counted_on` first


def wall_instant(day: date, clock: time, zone: str) -> datetime:
    """Return the UTC instant at which a clock on the wall in the zone shows that date and time.

    An hour that comes twice is its last occurrence, so that nobody who reads the wall is late; an hour that does not
    exist is the instant it would have been without the change (02:30 is then 03:30).
    """
    wall = datetime.combine(day, clock, ZoneInfo(zone))
    first, last = wall.replace(fold=0).astimezone(UTC), wall.replace(fold=1).astimezone(UTC)
    return max(first, last)


def end_of_day(day: date, zone: str) -> datetime:
    """Return the last instant of the local date, in UTC: 23:59:59.999999, the second one where it comes twice."""
    return wall_instant(day, LAST_TIME, zone)


def local_day(instant: datetime, zone: str) -> date:
    """Return the local date of an instant in the zone."""
    return instant.astimezone(ZoneInfo(zone)).date()


def resolve(anchor_on: date, rule: Rule, setting: Setting) -> Resolved:
    """Return the instant that follows from the rule when its anchor falls on `anchor_on`, a date of the host city.

    Days and weeks count every day; the days off of the policy's countries then move the date earlier, later only when
    the rule says so. Working days are counted over days off, in the direction of the offset. Raises ValueError where
    the rule asks for an addressee or for members and the setting has none.
    """
    calendars = _calendars(rule.calendar, setting)
    counted_on, on, passed = _date(anchor_on, rule, calendars)
    due_at, zone, ends_in = _instant(on, rule, setting)
    off = {country for day in passed if not day.weekend for country in day.countries}
    moved_by = tuple(calendar.country for calendar in calendars if calendar.country in off)
    return Resolved(due_at, on, counted_on, moved_by, zone, ends_in, passed)


def _calendars(policy: CalendarPolicy, setting: Setting) -> Calendars:
    match policy:
        case "host":
            return (setting.host,)
        case "addressee":
            return (_addressee(setting),)
        case "all_members":
            return _members(setting)
        case _:
            return ()


def _date(anchor_on: date, rule: Rule, calendars: Calendars) -> tuple[date, date, tuple[DayOff, ...]]:
    if rule.unit == "working_days" and rule.offset:
        return _counted_over(anchor_on, rule.offset, calendars)
    counted_on = anchor_on + timedelta(days=rule.offset * (7 if rule.unit == "weeks" else 1))
    if _stays(counted_on, rule, calendars):
        return counted_on, counted_on, ()
    on = (next_working_day if rule.later else previous_working_day)(counted_on, calendars)
    return counted_on, on, tuple(_day_off(day, calendars) for day in _from(counted_on, on))


def _stays(counted_on: date, rule: Rule, calendars: Calendars) -> bool:
    counts_every_day = rule.calendar == "none" and rule.unit != "working_days"
    return counts_every_day or is_common_working_day(counted_on, calendars)


def _counted_over(anchor_on: date, offset: int, calendars: Calendars) -> tuple[date, date, tuple[DayOff, ...]]:
    on = add_working_days(anchor_on, offset, calendars)
    between = [day for day in _from(on, anchor_on) if not is_weekend(day) and not is_common_working_day(day, calendars)]
    return add_working_days(anchor_on, offset, ()), on, tuple(_day_off(day, calendars) for day in between)


def _from(start: date, end: date) -> list[date]:
    """List the days from `start`, included, towards `end`, excluded."""
    step = ONE_DAY if end > start else -ONE_DAY
    return [start + step * distance for distance in range(abs((end - start).days))]


def _day_off(day: date, calendars: Calendars) -> DayOff:
    return DayOff(day, is_weekend(day), who_is_off(day, calendars))


def _instant(on: date, rule: Rule, setting: Setting) -> tuple[datetime, str, str]:
    match rule.time_of_day:
        case "end_of_day_addressee":
            zone = _addressee(setting).zone
        case "last_capital":
            last = max(_members(setting), key=lambda member: end_of_day(on, member.zone))
            return end_of_day(on, last.zone), setting.host.zone, last.zone
        case "exact" if rule.exact_time is not None and rule.exact_zone is not None:
            return wall_instant(on, rule.exact_time, rule.exact_zone), rule.exact_zone, rule.exact_zone
        case _:
            zone = setting.host.zone
    return end_of_day(on, zone), zone, zone


def _addressee(setting: Setting) -> Calendar:
    if setting.addressee is None:
        raise ValueError("The rule goes by the addressee, and this deadline is asked of nobody in particular.")
    return setting.addressee


def _members(setting: Setting) -> Calendars:
    if not setting.members:
        raise ValueError("The rule goes by the members, and the setting names none.")
    return setting.members
