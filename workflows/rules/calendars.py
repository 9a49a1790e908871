"""Working days of the countries: Monday to Friday, less national public holidays, with each country's own corrections.

Source of the holidays: the `holidays` package, category PUBLIC only (no bank, government, optional or religious ones),
no subdivision (so no regional or municipal days), with the day on which a holiday is observed where the law moves it.
It is not an official calendar: Uruguay and Mexico give the mandatory days only, and bridges decreed in the year are
missing. That is what `days_off` and `days_worked` are for. Saturdays are never worked unless a country says so, in
Paraguay and Venezuela too, where the package counts them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays
from holidays.constants import PUBLIC

ONE_DAY = timedelta(days=1)
SATURDAY = 5
SEARCH_LIMIT = 366  # days; a calendar without a working day in a year is a mistake in its corrections


@dataclass(frozen=True)
class Calendar:
    """A country's working time in the zone of its capital; its corrections come first, `days_off` before all."""

    country: str  # ISO 3166-1 alpha-2
    zone: str  # IANA name
    days_off: frozenset[date] = frozenset()
    days_worked: frozenset[date] = frozenset()


@lru_cache(maxsize=1024)
def public_holidays(country: str, year: int) -> frozenset[date]:
    """Return the national public holidays of one country in one year, weekends included.

    Raises NotImplementedError for a country that the package does not know.
    """
    return frozenset(holidays.country_holidays(country, years=year, expand=False, observed=True, categories=(PUBLIC,)))


def is_weekend(day: date) -> bool:
    """Tell whether the day is a Saturday or a Sunday."""
    return day.weekday() >= SATURDAY


def is_working_day(day: date, calendar: Calendar) -> bool:
    """Tell whether the country works on that local date."""
    if day in calendar.days_off:
        return False
    if day in calendar.days_worked:
        return True
    return not is_weekend(day) and day not in public_holidays(calendar.country, day.year)


def who_is_off(day: date, calendars: Sequence[Calendar]) -> tuple[str, ...]:
    """Return the countries that do not work on that day, in the order given; on a weekend that is everybody."""
    return tuple(calendar.country for calendar in calendars if not is_working_day(day, calendar))


def is_common_working_day(day: date, calendars: Sequence[Calendar]) -> bool:
    """Tell whether all the countries work on that day; with no country at all, whether it is Monday to Friday."""
    if not calendars:
        return not is_weekend(day)
    return all(is_working_day(day, calendar) for calendar in calendars)


def previous_working_day(day: date, calendars: Sequence[Calendar]) -> date:
    """Return the last day strictly before `day` on which all the countries work."""
    return next(_working_days(day, -ONE_DAY, calendars))


def next_working_day(day: date, calendars: Sequence[Calendar]) -> date:
    """Return the first day strictly after `day` on which all the countries work."""
    return next(_working_days(day, ONE_DAY, calendars))


def add_working_days(day: date, n: int, calendars: Sequence[Calendar]) -> date:
    """Count `n` common working days after `day` (before it when negative); zero gives `day` itself, working or not.

    `day` is never counted: from a Sunday, one working day back is the Friday, one on is the Monday.
    """
    counted = day
    for _ in range(abs(n)):
        counted = next_working_day(counted, calendars) if n > 0 else previous_working_day(counted, calendars)
    return counted


def _working_days(day: date, step: timedelta, calendars: Sequence[Calendar]) -> Iterator[date]:
    for distance in range(1, SEARCH_LIMIT + 1):
        candidate = day + step * distance
        if is_common_working_day(candidate, calendars):
            yield candidate
    raise ValueError(f"No common working day within {SEARCH_LIMIT} days of {day.isoformat()}.")
