"""When reminders leave: one holiday of each country by hand, outages and moves, and an independent oracle."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.rules.calendars import Calendar
from workflows.rules.ladders import Due, Plan, Recipient, Rung, leaves_at, plan, rung_instant

MADRID, SANTIAGO, HAVANA = "Europe/Madrid", "America/Santiago", "America/Havana"
MICROSECOND, DAY = timedelta(microseconds=1), timedelta(days=1)
SPAIN, PERU = Calendar("ES", MADRID), Calendar("PE", "America/Lima")
LADDER = tuple(Rung(offset, ("responsible",)) for offset in (-14, -7, -3, -1, 0, 1, 3))
COUNTRIES = [
    # country, zone, a holiday of 2027, the next working 09:00 in UTC
    ("AD", "Europe/Andorra", (9, 8), (9, 9, 7)),
    ("AR", "America/Argentina/Buenos_Aires", (5, 25), (5, 26, 12)),
    ("BO", "America/La_Paz", (8, 6), (8, 9, 13)),
    ("BR", "America/Sao_Paulo", (9, 7), (9, 8, 12)),
    ("CO", "America/Bogota", (7, 20), (7, 21, 14)),
    ("CR", "America/Costa_Rica", (9, 15), (9, 16, 15)),
    ("CU", HAVANA, (7, 26), (7, 28, 13)),
    ("CL", SANTIAGO, (9, 17), (9, 20, 12)),
    ("DO", "America/Santo_Domingo", (1, 21), (1, 22, 13)),
    ("EC", "America/Guayaquil", (5, 24), (5, 25, 14)),
    ("SV", "America/El_Salvador", (8, 6), (8, 9, 15)),
    ("ES", MADRID, (10, 12), (10, 13, 7)),
    ("GT", "America/Guatemala", (9, 15), (9, 16, 15)),
    ("HN", "America/Tegucigalpa", (10, 6), (10, 11, 15)),
    ("MX", "America/Mexico_City", (9, 16), (9, 17, 15)),
    ("NI", "America/Managua", (7, 19), (7, 20, 15)),
    ("PA", "America/Panama", (11, 10), (11, 11, 14)),
    ("PY", "America/Asuncion", (5, 14), (5, 17, 12)),
    ("PE", "America/Lima", (7, 28), (7, 30, 14)),
    ("PT", "Europe/Lisbon", (6, 10), (6, 11, 8)),
    ("UY", "America/Montevideo", (8, 25), (8, 26, 12)),
    ("VE", "America/Caracas", (7, 5), (7, 6, 13)),
]
PACKAGE = {country: holidays.country_holidays(country) for country, *_ in COUNTRIES}


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def last(*parts):
    return utc(*parts, 59, 59, 999_999)


# Friday 15 October 2027, end of day in Madrid; Tuesday 12 is a holiday there.
DUE_AT = last(2027, 10, 15, 21)
WHEN = {  # each rung's 09:00 in Madrid
    -14: utc(2027, 10, 1, 7),
    -7: utc(2027, 10, 8, 7),
    -3: utc(2027, 10, 13, 7),  # the 12th is the holiday
    -1: utc(2027, 10, 14, 7),
    0: utc(2027, 10, 15, 7),
    1: utc(2027, 10, 18, 7),
    3: utc(2027, 10, 19, 7),
}


def due(rung, seat=1):
    return Due(rung, seat, WHEN[rung])


def madrid_plan(now, *, due_at=DUE_AT, written=(), rungs=LADDER, recipients=None, opened_at=None):
    return plan(
        due_at=due_at,
        zone=MADRID,
        rungs=rungs,
        recipients=recipients or {"responsible": [Recipient(1, SPAIN)]},
        written=frozenset((due_at, rung, seat) for rung, seat in written),
        now=now,
        opened_at=opened_at,
    )


@pytest.mark.parametrize(
    ("due_at", "offset", "zone", "expected"),
    [
        (last(2027, 3, 26, 22), 3, MADRID, last(2027, 3, 29, 21)),  # 23:59 stays 23:59 in summer time
        (last(2027, 10, 29, 21), 3, MADRID, last(2027, 11, 1, 22)),
        (last(2027, 4, 3, 2), 1, SANTIAGO, last(2027, 4, 4, 3)),  # 3 April ends twice: the second
        (last(2027, 4, 4, 2), 1, SANTIAGO, last(2027, 4, 5, 3)),
        (utc(2027, 9, 4, 4), 1, SANTIAGO, utc(2027, 9, 5, 4)),  # 00:00 on 5 September does not exist: 01:00
        (utc(2027, 3, 13, 5), 1, HAVANA, utc(2027, 3, 14, 5)),  # nor on 14 March in Cuba
    ],
)
def test_a_rung_after_the_deadline_keeps_its_hour_on_the_wall_of_the_host_city(due_at, offset, zone, expected):
    assert rung_instant(due_at, offset, zone, Recipient(1, PERU)) == expected


@pytest.mark.parametrize(
    ("due_at", "offset", "zone", "expected"),
    [
        (last(2027, 3, 30, 21), 0, MADRID, utc(2027, 3, 30, 7)),
        (last(2027, 3, 30, 21), -1, MADRID, utc(2027, 3, 29, 7)),
        (last(2027, 3, 30, 21), -3, MADRID, utc(2027, 3, 27, 8)),  # before summer time
        (last(2027, 11, 1, 22), -3, MADRID, utc(2027, 10, 29, 7)),
        (last(2027, 9, 6, 2), -1, SANTIAGO, utc(2027, 9, 4, 13)),
        (last(2027, 4, 4, 3), 0, SANTIAGO, utc(2027, 4, 3, 12)),  # from the second end of 3 April
        (last(2027, 10, 16, 5), 0, "America/Costa_Rica", utc(2027, 10, 15, 15)),  # there the 15th ends
        (last(2027, 10, 16, 5), -1, "America/Costa_Rica", utc(2027, 10, 14, 15)),
        (last(2027, 10, 16, 5), -1, MADRID, utc(2027, 10, 15, 7)),  # where it is 07:59 on the 16th
        (last(2027, 10, 16, 5), 0, MADRID, last(2027, 10, 16, 5)),
        (utc(2027, 10, 15, 7) - MICROSECOND, 0, MADRID, utc(2027, 10, 15, 7) - MICROSECOND),
        (utc(2027, 10, 15, 7) + MICROSECOND, 0, MADRID, utc(2027, 10, 15, 7)),
    ],
)
def test_a_rung_up_to_the_deadline_asks_for_the_morning_of_its_date_with_the_recipient(due_at, offset, zone, expected):
    assert rung_instant(due_at, offset, SANTIAGO, Recipient(1, Calendar("PE", zone))) == expected


@pytest.mark.parametrize(("country", "zone", "holiday", "working"), COUNTRIES)
def test_a_rung_on_a_holiday_leaves_at_the_next_working_nine(country, zone, holiday, working):
    recipient = Recipient(1, Calendar(country, zone))
    morning = datetime(2027, *holiday, 8, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    assert leaves_at(morning, morning + timedelta(days=20), recipient) == utc(2027, *working)


@pytest.mark.parametrize(("country", "zone", "holiday", "working"), COUNTRIES)
def test_a_rung_after_the_deadline_does_so_too(country, zone, holiday, working):
    noon = datetime(2027, *holiday, 12, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    assert leaves_at(noon, noon - DAY, Recipient(1, Calendar(country, zone))) == utc(2027, *working)


@pytest.mark.parametrize(
    ("rung_at", "expected"),
    [
        (utc(2027, 10, 13, 7) - MICROSECOND, utc(2027, 10, 13, 7)),
        (utc(2027, 10, 13, 7), utc(2027, 10, 13, 7)),
        (utc(2027, 10, 13, 7) + MICROSECOND, utc(2027, 10, 14, 7)),
        (utc(2027, 10, 13, 1), utc(2027, 10, 13, 7)),  # at night
        (utc(2027, 10, 8, 12), utc(2027, 10, 11, 7)),  # a Friday at noon: the Monday
        (utc(2027, 10, 11, 12), utc(2027, 10, 13, 7)),  # the eve of a holiday
    ],
)
def test_the_next_nine_of_madrid(rung_at, expected):
    assert leaves_at(rung_at, DUE_AT, Recipient(1, SPAIN)) == expected


@pytest.mark.parametrize(
    ("due_at", "expected"),
    [
        (utc(2027, 10, 13, 7) - MICROSECOND, utc(2027, 10, 11, 7)),
        (utc(2027, 10, 13, 7), utc(2027, 10, 11, 7)),  # at 09:00 itself is not before the deadline
        (utc(2027, 10, 13, 7) + MICROSECOND, utc(2027, 10, 13, 7)),
    ],
)
def test_the_last_nine_before_the_deadline(due_at, expected):
    assert leaves_at(due_at, due_at, Recipient(1, SPAIN)) == expected


def test_a_deadline_on_a_sunday_is_remembered_on_the_friday():
    sunday = last(2027, 10, 17, 21)
    assert leaves_at(sunday - DAY, sunday, Recipient(1, SPAIN)) == utc(2027, 10, 15, 7)


@pytest.mark.parametrize(
    ("rung_at", "zone", "expected"),
    [
        (utc(2027, 3, 26, 12), MADRID, utc(2027, 3, 29, 7)),  # Good Friday, then the change to summer time
        (utc(2027, 10, 29, 12), MADRID, utc(2027, 11, 2, 8)),  # All Saints, after the change back
        (utc(2027, 9, 3, 14), SANTIAGO, utc(2027, 9, 6, 12)),
        (utc(2027, 4, 2, 14), SANTIAGO, utc(2027, 4, 5, 13)),
        (utc(2027, 3, 12, 15), HAVANA, utc(2027, 3, 15, 13)),
    ],
)
def test_nine_is_nine_after_a_change_of_clocks(rung_at, zone, expected):
    country = {MADRID: "ES", SANTIAGO: "CL", HAVANA: "CU"}[zone]
    assert leaves_at(rung_at, rung_at + timedelta(days=30), Recipient(1, Calendar(country, zone))) == expected


def test_without_a_working_day_within_a_month_a_rung_leaves_at_once():
    closed = Calendar("ES", MADRID, frozenset(date(2027, 8, 1) + DAY * n for n in range(120)))
    rung_at = utc(2027, 10, 1, 3)
    assert leaves_at(rung_at, DUE_AT, Recipient(1, closed)) == rung_at
    assert leaves_at(rung_at, rung_at - DAY, Recipient(1, closed)) == rung_at


@pytest.mark.parametrize(("closed_days", "expected"), [(31, utc(2027, 3, 4, 8)), (32, utc(2027, 2, 1, 8))])
def test_a_month_is_thirty_one_days(closed_days, expected):
    rung_at = utc(2027, 2, 1, 8)  # a Monday; the search ends with Thursday 4 March
    closed = Calendar("ES", MADRID, frozenset(date(2027, 2, 1) + DAY * n for n in range(closed_days)))
    assert leaves_at(rung_at, rung_at - DAY, Recipient(1, closed)) == expected


def test_before_anything_all_rungs_are_ahead():
    ahead = tuple(due(rung) for rung in WHEN)
    assert madrid_plan(utc(2027, 9, 1)) == Plan((), (), ahead, WHEN[-14])


@pytest.mark.parametrize(("microseconds", "sent"), [(-1, ()), (0, (due(-14),)), (1, (due(-14),))])
def test_a_rung_is_sent_from_its_instant_on(microseconds, sent):
    assert madrid_plan(WHEN[-14] + MICROSECOND * microseconds).send == sent


def test_what_is_written_is_not_sent_again():
    result = madrid_plan(WHEN[-14] + DAY, written=[(-14, 1)])
    assert (result.send, result.superseded, result.next_wake_at) == ((), (), WHEN[-7])


def test_after_an_outage_only_the_latest_rung_is_sent():
    result = madrid_plan(utc(2027, 10, 13, 12), written=[(-14, 1)])
    assert (result.send, result.superseded) == ((due(-3),), (due(-7),))
    assert (result.ahead, result.next_wake_at) == ((due(-1), due(0), due(1), due(3)), WHEN[-1])


@pytest.mark.parametrize(
    ("due_at", "leaves"),
    [
        (last(2027, 10, 18, 21), utc(2027, 10, 18, 7)),  # a Monday: -1 asks for the Sunday
        (last(2027, 10, 17, 21), utc(2027, 10, 15, 7)),  # a Sunday: both on the Friday
        (utc(2027, 10, 15, 6, 59), utc(2027, 10, 14, 7)),  # a Friday at 08:59
        (last(2027, 10, 16, 5), utc(2027, 10, 15, 7)),  # a Saturday at 07:59, when the last capital's day ends
    ],
)
def test_rungs_that_share_an_hour_are_one_mail_and_shown_once(due_at, leaves):
    shared = {"due_at": due_at, "rungs": LADDER[3:5]}
    assert madrid_plan(leaves - MICROSECOND, **shared) == Plan((), (), (Due(0, 1, leaves),), leaves)
    assert madrid_plan(leaves, **shared) == Plan((Due(0, 1, leaves),), (Due(-1, 1, leaves),), (), None)


def test_rungs_that_share_an_hour_are_shown_once_to_each_seat():
    seats = {"responsible": [Recipient(1, SPAIN), Recipient(2, Calendar("PT", "Europe/Lisbon"))], "spt": [Recipient(3, SPAIN)]}
    rungs = (Rung(-1, ("responsible", "spt")), Rung(0, ("responsible",)))
    result = madrid_plan(utc(2027, 10, 15), due_at=last(2027, 10, 18, 21), rungs=rungs, recipients=seats)
    monday = utc(2027, 10, 18, 7), utc(2027, 10, 18, 8)
    assert result.ahead == (Due(-1, 3, monday[0]), Due(0, 1, monday[0]), Due(0, 2, monday[1]))


def test_the_eve_and_the_day_of_an_end_of_day_are_two_mails():
    written = [(-14, 1), (-7, 1), (-3, 1)]
    assert madrid_plan(WHEN[-1], written=written).send == (due(-1),)
    assert madrid_plan(WHEN[0], written=[*written, (-1, 1)]).send == (due(0),)


@pytest.mark.parametrize(
    ("microseconds", "sent", "superseded"),
    [(-1, (due(0),), (due(-1),)), (0, (due(0),), (due(-1),)), (1, (), (due(-1), due(0)))],
)
def test_no_rung_up_to_the_deadline_is_sent_after_it(microseconds, sent, superseded):
    result = madrid_plan(DUE_AT + MICROSECOND * microseconds, written=[(-14, 1), (-7, 1), (-3, 1)])
    assert (result.send, result.superseded, result.ahead) == (sent, superseded, (due(1), due(3)))


def test_after_a_long_outage_the_latest_rung_after_the_deadline_is_sent():
    result = madrid_plan(utc(2027, 11, 5))
    assert (result.send, result.ahead, result.next_wake_at) == ((due(3),), (), None)
    assert result.superseded == tuple(due(rung) for rung in (-14, -7, -3, -1, 0, 1))


def test_an_older_rung_never_follows_a_later_one():
    result = madrid_plan(WHEN[-3], written=[(-3, 1)])
    assert (result.send, result.superseded) == ((), (due(-14), due(-7)))


def test_an_older_rung_still_ahead_does_not_follow_a_later_one():
    result = madrid_plan(WHEN[-14], written=[(-3, 1)])
    assert (result.superseded, result.ahead[0]) == ((due(-14), due(-7)), due(-1))


def test_a_deadline_set_late_goes_on_with_the_rungs_still_ahead():
    opened_at = WHEN[-7] + MICROSECOND
    result = madrid_plan(opened_at, opened_at=opened_at)
    assert (result.send, result.superseded) == ((), (due(-14), due(-7)))
    assert (result.ahead[0], result.next_wake_at) == (due(-3), WHEN[-3])


def test_a_rung_at_the_moment_of_setting_is_sent():
    assert madrid_plan(WHEN[-7], opened_at=WHEN[-7]).send == (due(-7),)


def test_a_rung_has_passed_by_the_hour_that_it_asks_for():
    opened_at = utc(2027, 10, 12, 7) + MICROSECOND  # -3 asks for the holiday and would leave on the day after
    result = madrid_plan(opened_at, opened_at=opened_at)
    assert (result.superseded, result.ahead[0]) == ((due(-14), due(-7), due(-3)), due(-1))


def test_set_on_its_own_day_after_nine_a_deadline_has_no_rung_before_it():
    opened_at = WHEN[0] + MICROSECOND
    result = madrid_plan(opened_at, opened_at=opened_at)
    assert (result.send, result.superseded[-1], result.ahead) == ((), due(0), (due(1), due(3)))


@pytest.mark.parametrize(
    ("due_at", "opened_at", "overtaken"),
    [
        (last(2027, 10, 17, 21), utc(2027, 10, 15, 14), -1),  # set on the Friday for the Sunday
        (last(2027, 10, 17, 21), utc(2027, 10, 17, 7), -1),
        (utc(2027, 10, 15, 5, 59), utc(2027, 10, 14, 14), -1),  # set on the eve for 07:59
        (utc(2027, 10, 15, 5, 59), utc(2027, 10, 15, 5, 59), -1),
    ],
)
def test_set_after_the_last_nine_before_it_a_deadline_is_announced_at_once(due_at, opened_at, overtaken):
    result = madrid_plan(opened_at, due_at=due_at, opened_at=opened_at)
    assert (result.send, result.superseded[-1].rung) == ((Due(0, 1, opened_at),), overtaken)


def test_moved_away_and_back_nothing_is_sent_twice():
    back = utc(2027, 10, 13, 12)
    result = madrid_plan(back, written=[(-14, 1), (-7, 1), (-3, 1)], opened_at=back)
    assert (result.send, result.superseded) == ((), ())
    assert result.ahead == (due(-1), due(0), due(1), due(3))


def test_the_ledger_of_another_instant_does_not_count():
    other = frozenset({(DUE_AT + MICROSECOND, -14, 1)})
    result = plan(
        due_at=DUE_AT,
        zone=MADRID,
        rungs=LADDER,
        recipients={"responsible": [Recipient(1, SPAIN)]},
        written=other,
        now=WHEN[-14],
    )
    assert result.send == (due(-14),)


def test_a_seat_with_two_roles_gets_one():
    rungs = (Rung(-14, ("responsible", "coordinator")), Rung(-14, ("spt",)))
    seats = {"responsible": [Recipient(1, SPAIN)], "coordinator": [Recipient(1, PERU), Recipient(2, SPAIN)]}
    result = madrid_plan(WHEN[-14], rungs=rungs, recipients=seats | {"spt": [Recipient(2, SPAIN)]})
    assert (result.send, result.superseded) == ((due(-14, 1), due(-14, 2)), ())


def test_each_seat_has_its_own_hour_and_its_own_latest_rung():
    seats = {"responsible": [Recipient(2, PERU), Recipient(1, SPAIN)]}
    result = madrid_plan(WHEN[-14], recipients=seats, written=[(-14, 1)])
    assert (result.send, result.next_wake_at) == ((), utc(2027, 10, 1, 14))
    assert result.ahead[:3] == (Due(-14, 2, utc(2027, 10, 1, 14)), due(-7, 1), Due(-7, 2, utc(2027, 10, 11, 14)))


def test_a_role_without_seats_is_nobody():
    assert madrid_plan(WHEN[-14], rungs=(Rung(-14, ("segib",)),)) == Plan((), (), (), None)


def test_the_order_of_rungs_and_seats_does_not_matter():
    seats = [Recipient(seat, calendar) for seat, calendar in ((3, SPAIN), (1, PERU), (2, SPAIN))]
    forward = madrid_plan(utc(2027, 10, 5), recipients={"responsible": seats})
    assert forward == madrid_plan(utc(2027, 10, 5), recipients={"responsible": seats[::-1]}, rungs=LADDER[::-1])


# The oracle knows nothing of the rules: it walks the quarters of an hour of UTC and asks the wall and the package.

START = utc(2025, 3, 1)
INSTANTS = st.timedeltas(timedelta(0), DAY * 2000).map(lambda passed: START + passed)
CITIES = st.sampled_from([row[:2] for row in COUNTRIES])
CASES = st.tuples(CITIES, INSTANTS) | st.tuples(CITIES, INSTANTS).map(lambda case: (case[0], midnight(case)))


def midnight(case):
    """The last instant of a local day, as most deadlines are."""
    (_, zone), instant = case
    wall = instant.astimezone(ZoneInfo(zone))
    return wall.replace(hour=23, minute=59, second=59, microsecond=999_999, fold=1).astimezone(UTC)


def oracle_nines(start, end, country, zone):
    """Every working 09:00 from `start` to `end`, in UTC."""
    first = start.replace(minute=0, second=0, microsecond=0)
    quarters = (first + timedelta(minutes=15 * n) for n in range(int((end - first) / timedelta(minutes=15)) + 1))
    walls = ((quarter, quarter.astimezone(ZoneInfo(zone))) for quarter in quarters)
    nines = [(quarter, wall) for quarter, wall in walls if (wall.hour, wall.minute) == (9, 0)]
    worked = [quarter for quarter, wall in nines if wall.isoweekday() < 6 and wall.date() not in PACKAGE[country]]
    return [quarter for quarter in worked if start <= quarter <= end]


def oracle_leaves(rung_at, due_at, country, zone):
    nines = oracle_nines(min(rung_at, due_at) - DAY * 20, max(rung_at, due_at) + DAY * 20, country, zone)
    after = [nine for nine in nines if nine >= rung_at]
    if rung_at > due_at or after[0] < due_at:
        return after[0]
    return [nine for nine in nines if nine < due_at][-1]


@settings(deadline=None, max_examples=60)
@given(case=CASES, ahead=st.timedeltas(timedelta(days=-6), timedelta(days=15)))
def test_a_rung_leaves_when_the_oracle_says(case, ahead):
    (country, zone), rung_at = case
    expected = oracle_leaves(rung_at, rung_at + ahead, country, zone)
    assert leaves_at(rung_at, rung_at + ahead, Recipient(1, Calendar(country, zone))) == expected


def oracle_asks(due_at, offset, zone, host):
    """The instant that a rung asks for: the morning of its date in the recipient's zone, or the host city's wall."""
    if offset > 0:
        wall = due_at.astimezone(ZoneInfo(host)) + DAY * offset
        return max(wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    target = (due_at.astimezone(ZoneInfo(zone)) + DAY * offset).date()
    midday = datetime(target.year, target.month, target.day, 12, tzinfo=UTC)
    quarters = (midday + timedelta(minutes=15 * n) for n in range(-96, 97))
    walls = ((quarter, quarter.astimezone(ZoneInfo(zone))) for quarter in quarters)
    return next(q for q, wall in walls if (wall.date(), wall.hour, wall.minute) == (target, 9, 0))


def oracle_departs(due_at, offset, city, host):
    """When a rung leaves: the first working 09:00 from what it asks for, if it must the last before the deadline."""
    country, zone = city
    asks = oracle_asks(due_at, offset, zone, host)
    nines = oracle_nines(due_at - DAY * 35, due_at + DAY * 20, country, zone)
    fit = [nine for nine in nines if nine >= asks and (offset > 0 or nine < due_at)]
    return fit[0] if fit else [nine for nine in nines if nine < due_at][-1]


SWEEPS = st.lists(st.timedeltas(timedelta(days=-20), timedelta(days=12)), min_size=1, max_size=12).map(sorted)


def sweep_through(due_at, host, recipients, sweeps, opened_at=None):
    """Sweep at each instant as the caller would, writing down what is sent and what is superseded."""
    common = {"due_at": due_at, "zone": host, "rungs": LADDER, "recipients": recipients, "opened_at": opened_at}
    written, sent, dropped = set(), [], []
    for now in [due_at + sweep for sweep in sweeps]:
        result = plan(**common, written=frozenset(written), now=now)
        sent += [(now, entry) for entry in result.send]
        dropped += [(now, entry) for entry in result.superseded]
        written |= {(due_at, entry.rung, entry.seat) for entry in (*result.send, *result.superseded)}
    return sent, dropped


def two_seats(country, zone):
    return {"responsible": [Recipient(1, Calendar(country, zone)), Recipient(2, PERU)]}


@settings(deadline=None, max_examples=60)
@given(case=CASES, sweeps=SWEEPS)
def test_whatever_the_outages_nothing_is_sent_twice_or_late_or_backwards(case, sweeps):
    (country, zone), due_at = case
    sent, _ = sweep_through(due_at, zone, two_seats(country, zone), sweeps)
    for seat in (1, 2):
        rungs = [(now, entry.rung) for now, entry in sent if entry.seat == seat]
        assert [rung for _, rung in rungs] == sorted({rung for _, rung in rungs})
        assert len({now for now, _ in rungs}) == len(rungs)
        assert [now for now, rung in rungs if rung <= 0 and now > due_at] == []


@settings(deadline=None, max_examples=60)
@given(case=CASES, sweeps=SWEEPS)
def test_in_the_end_every_rung_of_every_seat_was_sent_or_superseded_once(case, sweeps):
    (country, zone), due_at = case
    sent, dropped = sweep_through(due_at, zone, two_seats(country, zone), [*sweeps, timedelta(days=40)])
    keys = sorted((entry.rung, entry.seat) for _, entry in [*sent, *dropped])
    assert keys == sorted((rung.offset_days, seat) for rung in LADDER for seat in (1, 2))


@settings(deadline=None, max_examples=60)
@given(case=CASES, now=st.timedeltas(timedelta(days=-30), timedelta(days=12)))
def test_nothing_becomes_due_before_the_next_wake_up(case, now):
    (country, zone), due_at = case
    common = {"due_at": due_at, "zone": zone, "rungs": LADDER, "recipients": two_seats(country, zone)}
    first = plan(**common, written=frozenset(), now=due_at + now)
    written = frozenset((due_at, entry.rung, entry.seat) for entry in (*first.send, *first.superseded))
    wake = first.next_wake_at or due_at + timedelta(days=400)
    assert plan(**common, written=written, now=wake - MICROSECOND).send == ()
    assert bool(plan(**common, written=written, now=wake).send) is (first.next_wake_at is not None)


@settings(deadline=None, max_examples=60)
@given(case=CASES, now=st.timedeltas(DAY * -30, DAY * 12))
def test_what_is_ahead_is_what_will_be_sent(case, now):
    (country, zone), due_at = case
    common = {"due_at": due_at, "zone": MADRID, "rungs": LADDER, "recipients": two_seats(country, zone)}
    result = first = plan(**common, written=frozenset(), now=due_at + now)
    written, sent = set(), []
    while result.next_wake_at:
        written |= {(due_at, entry.rung, entry.seat) for entry in (*result.send, *result.superseded)}
        result = plan(**common, written=frozenset(written), now=result.next_wake_at)
        sent += result.send
    assert tuple(sent) == first.ahead


@settings(deadline=None, max_examples=60)
@given(case=CASES, host=CITIES, now=st.timedeltas(DAY * -20, DAY * 12), opened=st.timedeltas(timedelta(0), DAY * 9))
def test_a_first_sweep_sends_what_the_oracle_says(case, host, now, opened):
    city, due_at = case
    at = due_at + now
    sent, _ = sweep_through(due_at, host[1], {"responsible": [Recipient(1, Calendar(*city))]}, [now], at - opened)
    expected = []
    for offset in (-14, -7, -3, -1, 0, 1, 3):
        usable = oracle_asks(due_at, offset, city[1], host[1]) >= at - opened and (offset > 0 or at <= due_at)
        expected += [offset] if usable and oracle_departs(due_at, offset, city, host[1]) <= at else []
    assert [entry.rung for _, entry in sent] == expected[-1:]


@settings(deadline=None, max_examples=60)
@given(case=CASES, host=CITIES)
def test_the_whole_plan_is_what_the_oracle_says(case, host):
    city, due_at = case
    seats = {"responsible": [Recipient(1, Calendar(*city))]}
    ahead = plan(due_at=due_at, zone=host[1], rungs=LADDER, recipients=seats, written=frozenset(), now=due_at - DAY * 60).ahead
    by_hour = {oracle_departs(due_at, offset, city, host[1]): offset for offset in (-14, -7, -3, -1, 0, 1, 3)}
    assert ahead == tuple(Due(offset, 1, leaves) for leaves, offset in sorted(by_hour.items()))
