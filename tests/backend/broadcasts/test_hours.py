"""Quiet hours on the clocks of many zones."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise, takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.broadcasts.hours import Hours, finish, reminders, spread
from backend.city_hours import QuietHours
from tests.backend.broadcasts.towns import JOHANNESBURG, MEXICO_CITY, local, shown, town

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("at", "next_open"),
    [
        ("2026-06-01 12:00", "2026-06-01 12:00"),
        ("2026-06-01 19:59", "2026-06-01 19:59"),
        ("2026-06-01 20:00", "2026-06-02 08:00"),
        ("2026-06-02 00:00", "2026-06-02 08:00"),
        ("2026-06-02 07:59", "2026-06-02 08:00"),
        ("2026-06-02 08:00", "2026-06-02 08:00"),
        ("2026-06-05 20:00", "2026-06-06 09:00"),  # Friday evening: Saturday begins at nine
        ("2026-06-06 08:30", "2026-06-06 09:00"),
        ("2026-06-06 12:59", "2026-06-06 12:59"),
        ("2026-06-06 13:00", "2026-06-08 08:00"),  # never on a Sunday
        ("2026-06-07 10:00", "2026-06-08 08:00"),
        ("2026-06-15 20:00", "2026-06-17 08:00"),  # Youth Day is a Tuesday
        ("2026-04-02 20:00", "2026-04-04 09:00"),  # Good Friday
        ("2026-04-04 13:00", "2026-04-07 08:00"),  # Easter, and Family Day after it
        ("2026-08-08 13:00", "2026-08-11 08:00"),  # Women's Day, a Sunday, is observed on Monday
        ("2026-12-24 20:00", "2026-12-28 08:00"),  # Christmas, the Day of Goodwill, a Sunday
        ("2026-12-31 20:00", "2027-01-02 09:00"),
    ],
)
def test_the_rule_of_south_africa(at: str, next_open: str) -> None:
    hours = JOHANNESBURG
    assert shown(hours, hours.next_open(local(hours, at))) == next_open
    assert hours.is_open(local(hours, at)) == (at == next_open)


@pytest.mark.parametrize(
    ("at", "next_open", "utc"),
    [
        ("2022-04-02 20:00", "2022-04-03 09:00", 14),  # the clocks went on in that night
        ("2022-10-29 20:00", "2022-10-30 09:00", 15),  # and back, for good
        ("2023-04-02 20:00", "2023-04-03 09:00", 15),
        ("2026-04-05 20:00", "2026-04-06 09:00", 15),
        ("2026-07-01 08:59", "2026-07-01 09:00", 15),
        ("2026-09-16 12:00", "2026-09-16 12:00", 18),  # holidays are as other days there
    ],
)
def test_mexico_before_and_after_its_last_change_of_the_clock(
    at: str, next_open: str, utc: int
) -> None:
    found = MEXICO_CITY.next_open(local(MEXICO_CITY, at))
    assert (shown(MEXICO_CITY, found), found.hour) == (next_open, utc)


@pytest.mark.parametrize(
    ("zone", "quiet", "at", "next_open", "offset"),
    [
        # Half an hour: 02:00 becomes 02:30 in October, 02:00 becomes 01:30 in April.
        ("Australia/Lord_Howe", "20:00-02:15", "2026-10-03 21:00", "2026-10-04 02:30", 11),
        ("Australia/Lord_Howe", "20:00-08:00", "2026-10-03 21:00", "2026-10-04 08:00", 11),
        ("Australia/Lord_Howe", "20:00-08:00", "2026-04-04 21:00", "2026-04-05 08:00", 10.5),
        # Samoa had no 30th of December 2011.
        ("Pacific/Apia", "20:00-08:00", "2011-12-29 20:00", "2011-12-31 08:00", 14),
        ("Pacific/Apia", "08:00-20:00", "2011-12-29 23:59", "2011-12-29 23:59", -10),
        # Morocco goes back for Ramadan, and on again.
        ("Africa/Casablanca", "20:00-08:00", "2026-02-14 20:00", "2026-02-15 08:00", 0),
        ("Africa/Casablanca", "20:00-08:00", "2026-03-21 20:00", "2026-03-22 08:00", 1),
        ("Africa/Casablanca", "22:00-02:30", "2026-03-21 22:00", "2026-03-22 03:00", 1),
        # Where midnight is left out, and where the evening comes twice.
        ("Asia/Beirut", "20:00-00:00", "2026-03-28 23:59", "2026-03-29 01:00", 3),
        ("Asia/Beirut", "23:30-08:00", "2026-10-24 22:59", "2026-10-24 22:59", 3),
        ("America/Tijuana", "20:00-08:00", "2026-03-07 20:00", "2026-03-08 08:00", -7),
    ],
)
def test_zones_with_odd_rules(
    zone: str, quiet: str, at: str, next_open: str, offset: float
) -> None:
    hours = town(zone, quiet)
    found = hours.next_open(local(hours, at))
    assert shown(hours, found) == next_open
    assert found.astimezone(hours.zone).utcoffset() == offset * HOUR


def test_an_hour_that_comes_twice_is_quiet_twice_and_open_twice() -> None:
    hours = town("America/Tijuana", "20:00-01:30")
    first, second = (local(hours, "2026-11-01 01:30", fold) for fold in (0, 1))
    assert second - first == HOUR
    assert hours.next_open(local(hours, "2026-11-01 00:10")) == first
    assert hours.next_open(first + 30 * MINUTE) == second  # the clock shows 01:00 again
    assert hours.open_time(first, second) == 30 * MINUTE


def test_a_change_of_the_clock_is_met_to_the_second_from_any_moment() -> None:
    hours = town("Africa/Casablanca", "22:00-02:30")
    at = local(hours, "2026-03-21 23:00") + timedelta(seconds=0.25)
    assert hours.next_open(at) == local(hours, "2026-03-22 03:00")


def test_a_day_left_out_has_no_open_hour() -> None:
    hours = town("Pacific/Apia", "20:00-08:00")
    week = local(hours, "2011-12-28 00:00"), local(hours, "2012-01-01 00:00")
    assert hours.open_time(*week) == 3 * 12 * HOUR


def test_open_time_grows_and_shrinks_with_the_clock() -> None:
    hours = town("Australia/Lord_Howe", "08:00-20:00")  # open at night
    spring = local(hours, "2026-10-03 20:00"), local(hours, "2026-10-04 08:00")
    autumn = local(hours, "2026-04-04 20:00"), local(hours, "2026-04-05 08:00")
    assert hours.open_time(*spring) == 11.5 * HOUR
    assert hours.open_time(*autumn) == 12.5 * HOUR
    assert hours.open_time(spring[1], spring[0]) == timedelta()


def test_a_second_before_it_closes_is_open_and_the_moment_itself_is_not() -> None:
    closes = local(JOHANNESBURG, "2026-06-01 20:00")
    assert JOHANNESBURG.is_open(closes - timedelta(microseconds=1))
    assert not JOHANNESBURG.is_open(closes)


ZONES = ["Africa/Johannesburg", "America/Mexico_City", "America/Tijuana", "Australia/Lord_Howe",
         "Pacific/Apia", "Africa/Casablanca", "Asia/Beirut", "America/St_Johns",
         "Pacific/Kwajalein", "Asia/Kathmandu", "America/Sao_Paulo"]  # fmt: skip
# Near the odd changes of these zones, and anywhere.
NEAR = ["2026-10-03", "2026-04-04", "2011-12-29", "2026-02-14", "2026-03-21", "2010-11-06",
        "2010-03-13", "1993-08-19", "2022-10-29", "2026-10-31", "2018-11-03"]  # fmt: skip


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@st.composite
def ranges(draw: st.DrawFn) -> str:
    start, end = draw(st.lists(st.integers(0, 1439), min_size=2, max_size=2, unique=True))
    return f"{_clock(start)}-{_clock(end)}"


@st.composite
def times(draw: st.DrawFn) -> datetime:
    anywhen = st.dates(date(1990, 1, 1), date(2035, 1, 1))
    day = draw(st.one_of(st.sampled_from(NEAR).map(date.fromisoformat), anywhen))
    return datetime.combine(day, time(), UTC) + draw(st.timedeltas(timedelta(), timedelta(days=3)))


@st.composite
def towns(draw: st.DrawFn) -> Hours:
    quiet = QuietHours(
        weekday=draw(ranges()),
        saturday=draw(st.one_of(ranges(), st.sampled_from(["none", "00:00-24:00"]))),
        sunday=draw(st.one_of(ranges(), st.sampled_from(["none", "00:00-24:00"]))),
        holidays=draw(st.one_of(ranges(), st.sampled_from(["none", "00:00-24:00"]))),
    )
    zone = town(draw(st.sampled_from(ZONES)), "20:00-08:00").zone
    return quiet.hours(draw(st.sampled_from(["ZA", "MX", "XX"])), zone)


@given(towns(), times())
def test_the_open_stretches_are_the_moments_that_are_open(hours: Hours, at: datetime) -> None:
    """Walked through minute by minute, the clock says the same."""
    end = at + timedelta(days=2)
    stretches = list(takewhile(lambda one: one[0] < end, hours.openings(at)))
    assert all(a[0] < a[1] <= b[0] < b[1] for a, b in pairwise(stretches))
    for minute in range(2 * 24 * 60):
        now = at.replace(second=0, microsecond=0) + (minute + 1) * MINUTE
        if now < end:
            assert any(a <= now < b for a, b in stretches) == hours.is_open(now)


@given(towns(), times(), st.integers(0, 200))
def test_the_next_open_moment_is_open_and_nothing_before_it_is(
    hours: Hours, at: datetime, part: int
) -> None:
    found = hours.next_open(at)
    assert hours.is_open(found)
    assert found >= at
    assert found == at or not hours.is_open(at + (found - at) * part / 201)
    assert hours.next_open(found) == found
    assert hours.open_time(at, found) == timedelta()


@given(towns(), times(), st.integers(1, 60), st.integers(0, 72 * 60), st.text("abc", max_size=3))
def test_all_of_a_spread_are_due_in_open_hours_and_evenly(
    hours: Hours, start: datetime, n: int, minutes: int, seed: str
) -> None:
    over = minutes * MINUTE
    due = spread(n, start, over, hours, seed)
    assert len(due) == n
    assert due == sorted(due) == spread(n, start, over, hours, seed)
    assert all(hours.is_open(at) for at in due)
    slack = timedelta(milliseconds=1)  # times are kept in microseconds
    for place, at in enumerate(due):
        gone = hours.open_time(start, at)
        assert over * place / n - slack <= gone <= over * (place + 1) / n + slack


def test_another_seed_spreads_otherwise() -> None:
    start = local(JOHANNESBURG, "2026-06-01 10:00")
    one, other = (spread(50, start, 2 * HOUR, JOHANNESBURG, seed) for seed in ("a", "b"))
    assert one != other


def test_a_spread_goes_on_the_next_morning() -> None:
    start = local(JOHANNESBURG, "2026-06-05 19:00")  # a Friday
    due = spread(6, start, 6 * HOUR, JOHANNESBURG, "s")
    hours = [shown(JOHANNESBURG, at)[5:13] for at in due]
    assert hours == ["06-05 19", "06-06 09", "06-06 10", "06-06 11", "06-06 12", "06-08 08"]


def test_without_a_spread_all_are_due_at_once() -> None:
    start = local(JOHANNESBURG, "2026-06-07 10:00")
    assert {shown(JOHANNESBURG, at) for at in spread(9, start, timedelta(), JOHANNESBURG, "")} == {
        "2026-06-08 08:00"
    }
    assert spread(0, start, HOUR, JOHANNESBURG, "") == []


@pytest.mark.parametrize(
    ("segments", "rate", "start", "over", "last"),
    [
        (0, 10, "2026-06-01 06:00", 0, "2026-06-01 08:00"),
        (1, 10, "2026-06-01 12:00", 0, "2026-06-01 12:00"),
        (36_000, 10, "2026-06-01 12:00", 0, "2026-06-01 12:59"),
        (36_000, 1, "2026-06-01 12:00", 0, "2026-06-02 09:59"),
        (36_000, 10, "2026-06-01 12:00", 3, "2026-06-01 14:59"),  # the spread is slower
        (36_000, 10, "2026-06-05 19:30", 0, "2026-06-06 09:29"),
        (288_000, 10, "2026-06-01 12:00", 0, "2026-06-01 19:59"),  # all of what is left of the day
        (288_001, 10, "2026-06-01 12:00", 0, "2026-06-02 08:00"),
    ],
)
def test_when_the_last_segment_goes_out(
    segments: int, rate: float, start: str, over: int, last: str
) -> None:
    found = finish(segments, rate, local(JOHANNESBURG, start), JOHANNESBURG, over * HOUR)
    assert shown(JOHANNESBURG, found) == last


@pytest.mark.parametrize(
    ("invited", "after", "closes", "reminded"),
    [
        ("2026-06-01 10:00", [24, 72], None, ["2026-06-02 10:00", "2026-06-04 10:00"]),
        ("2026-06-01 10:00", [72, 24, 24], None, ["2026-06-02 10:00", "2026-06-04 10:00"]),
        ("2026-06-05 14:00", [24], None, ["2026-06-08 08:00"]),
        ("2026-06-05 14:00", [24, 48], None, ["2026-06-08 08:00", "2026-06-09 08:00"]),
        ("2026-06-01 10:00", [24, 72], "2026-06-04 10:00", ["2026-06-02 10:00"]),
        ("2026-06-05 14:00", [24], "2026-06-08 08:00", []),
        ("2026-06-01 10:00", [], None, []),
    ],
)
def test_reminders_wait_for_open_hours_and_keep_their_distance(
    invited: str, after: list[int], closes: str | None, reminded: list[str]
) -> None:
    hours = JOHANNESBURG
    closes_at = local(hours, closes) if closes else None
    found = reminders(local(hours, invited), [HOUR * n for n in after], closes_at, hours)
    assert [shown(hours, at) for at in found] == reminded


def test_reminders_that_wait_for_one_morning_do_not_all_come_at_eight() -> None:
    hours = JOHANNESBURG
    friday = local(hours, "2026-06-05 14:00")
    found = [
        [shown(hours, at) for at in reminders(friday, [24 * HOUR, 48 * HOUR], None, hours, place)]
        for place in (10 * MINUTE, 100 * MINUTE, 12 * HOUR)
    ]
    assert found == [
        ["2026-06-08 08:10", "2026-06-09 08:10"],
        ["2026-06-08 09:40", "2026-06-09 09:40"],
        ["2026-06-09 08:00", "2026-06-10 08:00"],
    ]
    monday = local(hours, "2026-06-01 10:00")
    assert reminders(monday, [24 * HOUR], None, hours, 5 * HOUR) == (monday + 24 * HOUR,)


def test_hours_that_never_open_are_refused() -> None:
    with pytest.raises(ValueError, match="nothing could ever be sent"):
        Hours(UTC, (0, 1440), (0, 1440), (0, 1440))
    assert Hours(UTC, (0, 1440), None, (0, 1440)).next_open(
        datetime(2026, 6, 1, tzinfo=UTC)
    ) == datetime(2026, 6, 6, tzinfo=UTC)
