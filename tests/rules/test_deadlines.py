"""From rule to instant: the days on which clocks change by hand, the rest against an independent oracle."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.rules.calendars import Calendar
from workflows.rules.deadlines import DayOff, Rule, Setting, end_of_day, local_day, resolve, wall_instant

MADRID, SANTIAGO, HAVANA = "Europe/Madrid", "America/Santiago", "America/Havana"
SPAIN, PERU, MEXICO = Calendar("ES", MADRID), Calendar("PE", "America/Lima"), Calendar("MX", "America/Mexico_City")
PORTUGAL = Calendar("PT", "Europe/Lisbon")
SETTING = Setting(host=SPAIN, addressee=PERU, members=(SPAIN, MEXICO, PERU, PORTUGAL))
ZONES = [
    "Europe/Andorra",
    "America/Argentina/Buenos_Aires",
    "America/La_Paz",
    "America/Sao_Paulo",
    "America/Bogota",
    "America/Costa_Rica",
    "America/Havana",
    "America/Santiago",
    "America/Santo_Domingo",
    "America/Guayaquil",
    "America/El_Salvador",
    "Europe/Madrid",
    "America/Guatemala",
    "America/Tegucigalpa",
    "America/Mexico_City",
    "America/Managua",
    "America/Panama",
    "America/Asuncion",
    "America/Lima",
    "Europe/Lisbon",
    "America/Montevideo",
    "America/Caracas",
]
DAYS = st.dates(date(2025, 1, 2), date(2032, 12, 30))
MICROSECOND = timedelta(microseconds=1)
POLICIES = {"none": (), "host": ("ES",), "addressee": ("PE",), "all_members": ("ES", "MX", "PE", "PT")}
PACKAGE = {country: holidays.country_holidays(country) for country in ("ES", "PE", "MX", "PT")}


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def last(*parts):
    return utc(*parts, 59, 59, 999_999)


@pytest.mark.parametrize(
    ("day", "zone", "expected"),
    [
        (date(2027, 9, 4), SANTIAGO, last(2027, 9, 5, 3)),  # the last day of winter time, UTC-4
        (date(2027, 9, 5), SANTIAGO, last(2027, 9, 6, 2)),  # begins at 01:00, UTC-3
        (date(2027, 4, 2), SANTIAGO, last(2027, 4, 3, 2)),
        (date(2027, 4, 3), SANTIAGO, last(2027, 4, 4, 3)),  # 23:00 to 24:00 comes twice: the second, UTC-4
        (date(2027, 4, 4), SANTIAGO, last(2027, 4, 5, 3)),
        (date(2027, 3, 13), HAVANA, last(2027, 3, 14, 4)),
        (date(2027, 3, 14), HAVANA, last(2027, 3, 15, 3)),  # begins at 01:00, UTC-4
        (date(2027, 11, 7), HAVANA, last(2027, 11, 8, 4)),  # 00:00 to 01:00 comes twice
        (date(2027, 3, 27), MADRID, last(2027, 3, 27, 22)),
        (date(2027, 3, 28), MADRID, last(2027, 3, 28, 21)),
        (date(2027, 10, 30), MADRID, last(2027, 10, 30, 21)),
        (date(2027, 10, 31), MADRID, last(2027, 10, 31, 22)),
        (date(2027, 3, 28), "Europe/Lisbon", last(2027, 3, 28, 22)),
        (date(2027, 10, 31), "Europe/Andorra", last(2027, 10, 31, 22)),
    ],
)
def test_end_of_day_when_clocks_change(day, zone, expected):
    assert end_of_day(day, zone) == expected


@pytest.mark.parametrize(
    ("day", "zone"), [(date(2027, 4, 3), SANTIAGO), (date(2027, 9, 5), SANTIAGO), (date(2027, 3, 14), HAVANA)]
)
def test_the_day_ends_a_microsecond_before_the_next(day, zone):
    around = [end_of_day(day, zone) + MICROSECOND * n for n in (-1, 0, 1)]
    assert [local_day(instant, zone) for instant in around] == [day, day, day + timedelta(days=1)]


@pytest.mark.parametrize(
    ("day", "clock", "expected"),
    [
        (date(2027, 3, 28), time(2, 30), utc(2027, 3, 28, 1, 30)),  # does not exist: 03:30 in summer time
        (date(2027, 10, 31), time(2, 30), utc(2027, 10, 31, 1, 30)),  # twice: the second
        (date(2027, 10, 31), time(1, 59, 59, 999_999), utc(2027, 10, 30, 23, 59, 59, 999_999)),
        (date(2027, 10, 31), time(2, 0), utc(2027, 10, 31, 1, 0)),
        (date(2027, 10, 31), time(3, 0), utc(2027, 10, 31, 2, 0)),
    ],
)
def test_an_hour_on_the_wall_of_madrid(day, clock, expected):
    assert wall_instant(day, clock, MADRID) == expected


def test_midnight_that_does_not_exist_stays_in_its_day():
    instant = wall_instant(date(2027, 9, 5), time(0, 0), SANTIAGO)
    assert (instant, local_day(instant, SANTIAGO)) == (utc(2027, 9, 5, 4, 0), date(2027, 9, 5))


def test_seventy_days_before_the_summit_count_local_dates():
    resolved = resolve(date(2026, 11, 4), Rule(-70), SETTING)
    assert (resolved.on, resolved.due_at) == (date(2026, 8, 26), last(2026, 8, 26, 21))
    assert (resolved.counted_on, resolved.zone) == (date(2026, 8, 26), MADRID)
    assert (resolved.moved_by, resolved.passed) == ((), ())


def test_weeks_are_seven_days():
    assert resolve(date(2026, 11, 4), Rule(-10, "weeks"), SETTING) == resolve(date(2026, 11, 4), Rule(-70), SETTING)


@pytest.mark.parametrize(("anchor", "offset"), [(date(2027, 3, 29), -1), (date(2027, 3, 27), 1)])
def test_a_day_is_counted_over_a_change_of_clocks(anchor, offset):
    assert resolve(anchor, Rule(offset), SETTING).due_at == last(2027, 3, 28, 21)


def test_the_end_of_day_of_the_addressee():
    resolved = resolve(date(2026, 7, 10), Rule(0, time_of_day="end_of_day_addressee"), SETTING)
    assert (resolved.due_at, resolved.zone, resolved.ends_in) == (last(2026, 7, 11, 4), "America/Lima", "America/Lima")


def test_the_last_capital_is_one_instant_written_in_the_host_city():
    resolved = resolve(date(2026, 7, 10), Rule(0, time_of_day="last_capital"), SETTING)
    assert (resolved.due_at, resolved.on) == (last(2026, 7, 11, 5), date(2026, 7, 10))
    assert (resolved.zone, resolved.ends_in) == (MADRID, "America/Mexico_City")
    assert f"{resolved.due_at.astimezone(ZoneInfo(MADRID)):%d/%m/%Y, %H:%M}" == "11/07/2026, 07:59"


def test_of_capitals_whose_day_ends_together_the_first_in_protocol_order_is_named():
    setting = Setting(SPAIN, None, (PERU, Calendar("EC", "America/Guayaquil"), Calendar("PA", "America/Panama")))
    assert resolve(date(2026, 7, 10), Rule(0, time_of_day="last_capital"), setting).ends_in == "America/Lima"


def test_an_exact_hour_in_a_named_zone():
    rule = Rule(-1, time_of_day="exact", exact_time=time(12, 0), exact_zone="America/Lima")
    resolved = resolve(date(2026, 7, 10), rule, SETTING)
    assert (resolved.due_at, resolved.on, resolved.zone) == (utc(2026, 7, 9, 17, 0), date(2026, 7, 9), "America/Lima")


def test_a_day_off_moves_the_date_earlier_and_names_who():
    resolved = resolve(date(2027, 7, 29), Rule(0, calendar="addressee"), SETTING)  # Peru: 28 and 29 July
    assert (resolved.counted_on, resolved.on, resolved.moved_by) == (date(2027, 7, 29), date(2027, 7, 27), ("PE",))
    assert resolved.passed == (DayOff(date(2027, 7, 29), False, ("PE",)), DayOff(date(2027, 7, 28), False, ("PE",)))


def test_a_day_off_moves_the_date_later_only_when_the_rule_says_so():
    resolved = resolve(date(2027, 7, 28), Rule(0, calendar="addressee", later=True), SETTING)
    assert (resolved.counted_on, resolved.on, resolved.moved_by) == (date(2027, 7, 28), date(2027, 7, 30), ("PE",))


def test_a_plain_weekend_moves_the_date_and_names_nobody():
    resolved = resolve(date(2027, 7, 18), Rule(0, calendar="host"), SETTING)
    assert (resolved.on, resolved.moved_by) == (date(2027, 7, 16), ())
    assert resolved.passed == (DayOff(date(2027, 7, 18), True, ("ES",)), DayOff(date(2027, 7, 17), True, ("ES",)))


def test_all_members_are_named_in_protocol_order():
    resolved = resolve(date(2027, 11, 1), Rule(0, calendar="all_members"), SETTING)  # All Saints, a Monday
    assert (resolved.on, resolved.moved_by) == (date(2027, 10, 29), ("ES", "PE", "PT"))


def test_the_policy_none_moves_nothing():
    assert resolve(date(2027, 12, 25), Rule(0), SETTING).on == date(2027, 12, 25)


def test_a_correction_of_the_calendar_moves_the_date():
    spain = Calendar("ES", MADRID, frozenset({date(2027, 10, 11)}))
    resolved = resolve(date(2027, 10, 12), Rule(0, calendar="host"), Setting(spain, None, ()))
    assert (resolved.on, resolved.moved_by) == (date(2027, 10, 8), ("ES",))


def test_working_days_are_counted_over_days_off():
    resolved = resolve(date(2027, 10, 14), Rule(-3, "working_days", "host"), SETTING)  # 12 October is off in Spain
    assert (resolved.counted_on, resolved.on, resolved.moved_by) == (date(2027, 10, 11), date(2027, 10, 8), ("ES",))
    assert resolved.passed == (DayOff(date(2027, 10, 12), False, ("ES",)),)


def test_working_days_after_the_anchor():
    resolved = resolve(date(2027, 10, 11), Rule(2, "working_days", "host"), SETTING)
    assert (resolved.counted_on, resolved.on, resolved.moved_by) == (date(2027, 10, 13), date(2027, 10, 14), ("ES",))


@pytest.mark.parametrize(("later", "expected"), [(False, date(2027, 10, 11)), (True, date(2027, 10, 13))])
def test_zero_working_days_from_a_day_off(later, expected):
    assert resolve(date(2027, 10, 12), Rule(0, "working_days", "host", later=later), SETTING).on == expected


def test_working_days_of_no_country_are_monday_to_friday():
    assert resolve(date(2027, 10, 14), Rule(-3, "working_days"), SETTING).on == date(2027, 10, 11)
    assert resolve(date(2027, 10, 16), Rule(0, "working_days"), SETTING).on == date(2027, 10, 15)


@pytest.mark.parametrize("rule", [Rule(0, calendar="addressee"), Rule(0, time_of_day="end_of_day_addressee")])
def test_a_rule_by_addressee_needs_one(rule):
    with pytest.raises(ValueError, match="asked of nobody in particular"):
        resolve(date(2027, 1, 4), rule, Setting(SPAIN, None, (SPAIN,)))


@pytest.mark.parametrize("rule", [Rule(0, calendar="all_members"), Rule(0, time_of_day="last_capital")])
def test_a_rule_by_members_needs_some(rule):
    with pytest.raises(ValueError, match="the setting names none"):
        resolve(date(2027, 1, 4), rule, Setting(SPAIN, PERU, ()))


@pytest.mark.parametrize("given_", [{}, {"exact_time": time(12)}, {"exact_zone": MADRID}])
def test_an_exact_hour_needs_hour_and_zone(given_):
    with pytest.raises(ValueError, match="needs both the hour and the zone"):
        Rule(0, time_of_day="exact", **given_)


def oracle_end_of_day(day, zone):
    """Walk UTC in quarters of an hour, on which all these clocks change, and end with the last within the day."""
    quarters = (utc(day.year, day.month, day.day) + timedelta(minutes=15 * n) for n in range(-96, 3 * 96))
    inside = [quarter for quarter in quarters if quarter.astimezone(ZoneInfo(zone)).date() == day]
    return inside[-1] + timedelta(minutes=15) - MICROSECOND


def oracle_off(day, countries):
    return bool(countries) and (day.isoweekday() > 5 or any(day in PACKAGE[country] for country in countries))


@settings(deadline=None)
@given(day=DAYS, zone=st.sampled_from(ZONES))
def test_end_of_day_is_what_the_oracle_says(day, zone):
    assert end_of_day(day, zone) == oracle_end_of_day(day, zone)


def test_the_end_of_every_day_of_2025_to_2032_is_a_microsecond_before_the_next():
    days = [date(2025, 1, 1) + timedelta(days=n) for n in range(8 * 365)]
    wrong = [
        (day, zone)
        for zone in ("Europe/Andorra", SANTIAGO, HAVANA, MADRID, "Europe/Lisbon")
        for day in days
        if local_day(end_of_day(day, zone), zone) != day or local_day(end_of_day(day, zone) + MICROSECOND, zone) <= day
    ]
    assert wrong == []


@settings(deadline=None)
@given(
    anchor=DAYS,
    offset=st.integers(-120, 60),
    policy=st.sampled_from(list(POLICIES.items())),
    later=st.booleans(),
)
def test_the_date_is_what_the_oracle_says(anchor, offset, policy, later):
    calendar, countries = policy
    expected = anchor + timedelta(days=offset)
    while oracle_off(expected, countries):
        expected += timedelta(days=1 if later else -1)
    resolved = resolve(anchor, Rule(offset, calendar=calendar, later=later), SETTING)
    assert (resolved.on, resolved.due_at) == (expected, oracle_end_of_day(expected, MADRID))


@settings(deadline=None)
@given(day=DAYS, zones=st.sets(st.sampled_from(ZONES), min_size=1))
def test_the_last_capital_is_the_latest_end_of_the_day(day, zones):
    members = tuple(Calendar("XX", zone) for zone in sorted(zones))
    resolved = resolve(day, Rule(0, time_of_day="last_capital"), Setting(SPAIN, None, members))
    assert resolved.due_at == max(oracle_end_of_day(day, zone) for zone in zones)
    assert local_day(resolved.due_at, resolved.ends_in) == day
