"""Working days of the 22 countries, against dates written by hand and an independent oracle."""

from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.rules.calendars import (
    Calendar,
    add_working_days,
    is_common_working_day,
    is_working_day,
    next_working_day,
    previous_working_day,
    public_holidays,
    who_is_off,
)

ZONES = {
    "AD": "Europe/Andorra",
    "AR": "America/Argentina/Buenos_Aires",
    "BO": "America/La_Paz",
    "BR": "America/Sao_Paulo",
    "CO": "America/Bogota",
    "CR": "America/Costa_Rica",
    "CU": "America/Havana",
    "CL": "America/Santiago",
    "DO": "America/Santo_Domingo",
    "EC": "America/Guayaquil",
    "SV": "America/El_Salvador",
    "ES": "Europe/Madrid",
    "GT": "America/Guatemala",
    "HN": "America/Tegucigalpa",
    "MX": "America/Mexico_City",
    "NI": "America/Managua",
    "PA": "America/Panama",
    "PY": "America/Asuncion",
    "PE": "America/Lima",
    "PT": "Europe/Lisbon",
    "UY": "America/Montevideo",
    "VE": "America/Caracas",
}
ALL = tuple(Calendar(country, zone) for country, zone in ZONES.items())
BY_COUNTRY = {calendar.country: calendar for calendar in ALL}
DAYS = st.dates(date(2025, 1, 1), date(2030, 12, 31))
PACKAGE = {country: holidays.country_holidays(country) for country in ZONES}


def oracle_works(day, country):
    return day.isoweekday() <= 5 and day not in PACKAGE[country]


def oracle_count(day, n, countries):
    step, left = timedelta(days=1 if n > 0 else -1), abs(n)
    while left:
        day += step
        left -= all(oracle_works(day, country) for country in countries)
    return day


def test_a_weekday_without_holiday_is_worked():
    assert is_working_day(date(2027, 10, 13), BY_COUNTRY["ES"]) is True


@pytest.mark.parametrize("day", [date(2027, 10, 16), date(2027, 10, 17)])
@pytest.mark.parametrize("country", ["ES", "PY", "VE"])
def test_nobody_works_on_saturday_and_sunday(day, country):
    assert is_working_day(day, BY_COUNTRY[country]) is False


def test_the_observed_day_is_off_and_a_regional_one_is_not():
    assert is_working_day(date(2027, 12, 24), BY_COUNTRY["EC"]) is False  # Christmas, a Saturday, kept on the Friday
    assert is_working_day(date(2027, 3, 25), BY_COUNTRY["ES"]) is True  # Maundy Thursday: most regions, not the State


def test_optional_and_bank_days_are_worked():
    assert is_working_day(date(2027, 2, 9), BY_COUNTRY["BR"]) is True  # Carnival is optional in Brazil
    assert is_working_day(date(2027, 12, 31), BY_COUNTRY["CL"]) is True  # banks only


def test_new_year_kept_in_the_year_before_belongs_to_that_year():
    assert date(2027, 12, 31) in public_holidays("EC", 2027)


def test_a_country_corrects_its_calendar():
    off, worked = frozenset({date(2027, 10, 11)}), frozenset({date(2027, 10, 12), date(2027, 10, 16)})
    spain = Calendar("ES", "Europe/Madrid", off, worked)
    week = [date(2027, 10, day) for day in (11, 12, 13, 16, 17)]
    assert [is_working_day(day, spain) for day in week] == [False, True, True, True, False]


def test_a_day_off_outweighs_the_same_day_worked():
    day = date(2027, 10, 13)
    assert is_working_day(day, Calendar("ES", "Europe/Madrid", frozenset({day}), frozenset({day}))) is False


def test_who_is_off_keeps_the_order_given():
    independence = date(2027, 9, 15)
    assert who_is_off(independence, ALL) == ("CR", "SV", "GT", "HN", "NI")
    assert who_is_off(independence, ALL[::-1]) == ("NI", "HN", "GT", "SV", "CR")


def test_everybody_is_off_on_a_sunday():
    assert who_is_off(date(2027, 9, 19), ALL) == tuple(ZONES)


def test_177_of_the_261_weekdays_of_2027_are_worked_by_all():
    weekdays = [day for day in (date(2027, 1, 1) + timedelta(days=n) for n in range(365)) if day.weekday() < 5]
    assert (len(weekdays), sum(is_common_working_day(day, ALL) for day in weekdays)) == (261, 177)


def test_previous_and_next_are_strict():
    spain = (BY_COUNTRY["ES"],)
    assert previous_working_day(date(2027, 10, 13), spain) == date(2027, 10, 11)
    assert next_working_day(date(2027, 10, 11), spain) == date(2027, 10, 13)


def test_counting_starts_beside_the_day():
    spain, sunday = (BY_COUNTRY["ES"],), date(2027, 10, 10)
    assert add_working_days(sunday, -1, spain) == date(2027, 10, 8)
    assert add_working_days(sunday, 2, spain) == date(2027, 10, 13)
    assert add_working_days(sunday, 0, spain) == sunday


def test_without_countries_monday_to_friday_count():
    assert add_working_days(date(2027, 10, 8), 3, ()) == date(2027, 10, 13)


def test_a_country_that_never_works_is_an_error_and_not_an_endless_loop():
    idle = Calendar("ES", "Europe/Madrid", frozenset(date(2027, 1, 1) + timedelta(days=n) for n in range(800)))
    with pytest.raises(ValueError, match=r"^No common working day within 366 days of 2027-01-04\.$"):
        next_working_day(date(2027, 1, 4), (idle,))


@given(day=DAYS, country=st.sampled_from(sorted(ZONES)))
def test_a_working_day_is_what_the_oracle_says(day, country):
    assert is_working_day(day, BY_COUNTRY[country]) is oracle_works(day, country)


@settings(deadline=None)
@given(day=DAYS, n=st.integers(-15, 15), countries=st.sets(st.sampled_from(sorted(ZONES)), min_size=1, max_size=5))
def test_counting_is_what_the_oracle_says(day, n, countries):
    calendars = tuple(BY_COUNTRY[country] for country in countries)
    assert add_working_days(day, n, calendars) == oracle_count(day, n, countries)
