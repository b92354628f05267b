"""Waves at one local time, and panels that rotate."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.broadcasts.waves import MOST_GROUPS, Period, Recurrence, Rotation
from tests.backend.broadcasts.test_hours import ZONES

HOUR = timedelta(hours=1)


def recurrence(
    first: str, zone: str, every: int = 1, period: str = "weeks", waves: int | None = None
) -> Recurrence:
    return Recurrence(datetime.fromisoformat(first), ZoneInfo(zone), every, Period(period), waves)


def shown(of: Recurrence, wave: int) -> str:
    return of.starts_at(wave).astimezone(of.zone).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("of", "waves"),
    [
        (
            recurrence("2026-11-30T17:00", "Africa/Johannesburg"),
            {0: "2026-11-30 17:00", 1: "2026-12-07 17:00", 52: "2027-11-29 17:00"},
        ),
        (
            recurrence("2022-03-28T18:00", "America/Mexico_City", 2),
            {0: "2022-03-28 18:00", 1: "2022-04-11 18:00", 16: "2022-11-07 18:00"},
        ),
        (
            recurrence("2026-01-31T09:30", "Africa/Johannesburg", period="months"),
            {1: "2026-02-28 09:30", 2: "2026-03-31 09:30", 3: "2026-04-30 09:30",
             25: "2028-02-29 09:30"},
        ),
        (
            recurrence("2026-11-30T09:30", "Africa/Casablanca", 3, "months"),
            {1: "2027-02-28 09:30", 2: "2027-05-30 09:30", 4: "2027-11-30 09:30"},
        ),
        # The wave of the 4th of October 2026 falls into the half hour that is left out.
        (
            recurrence("2026-09-27T02:15", "Australia/Lord_Howe"),
            {0: "2026-09-27 02:15", 1: "2026-10-04 02:45", 2: "2026-10-11 02:15"},
        ),
        # A Friday that Samoa never had.
        (
            recurrence("2011-12-23T10:00", "Pacific/Apia"),
            {0: "2011-12-23 10:00", 1: "2011-12-31 10:00", 2: "2012-01-06 10:00"},
        ),
        (
            recurrence("2026-02-11T10:00", "Africa/Casablanca"),
            {0: "2026-02-11 10:00", 1: "2026-02-18 10:00", 5: "2026-03-18 10:00",
             6: "2026-03-25 10:00"},
        ),
    ],
)  # fmt: skip
def test_the_local_time_stays(of: Recurrence, waves: dict[int, str]) -> None:
    assert {wave: shown(of, wave) for wave in waves} == waves


def test_it_is_the_moment_that_moves_with_the_clocks() -> None:
    of = recurrence("2022-03-28T18:00", "America/Mexico_City")
    assert [of.starts_at(wave).hour for wave in (0, 1, 30, 31)] == [0, 23, 23, 0]


def test_of_a_time_that_comes_twice_the_first_is_meant() -> None:
    of = recurrence("2026-10-25T01:30", "America/Tijuana")
    assert of.starts_at(1) == datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
    assert of.starts_at(2) == datetime(2026, 11, 8, 9, 30, tzinfo=UTC)


@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2009, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 (local times)
    st.integers(1, 13),
    st.sampled_from(Period),
    st.one_of(st.none(), st.integers(1, 40)),
    st.integers(0, 60),
)
def test_the_latest_wave_is_the_last_that_began(
    zone: str, first: datetime, every: int, period: Period, waves: int | None, wave: int
) -> None:
    of = Recurrence(first, ZoneInfo(zone), every, period, waves)
    starts = [of.starts_at(k) for k in range(62)]
    assert all(a < b for a, b in pairwise(starts))
    last = wave if waves is None else min(wave, waves - 1)
    assert of.latest(starts[wave]) == last
    assert of.latest(starts[wave + 1] - timedelta(microseconds=1)) == last
    assert of.following(starts[wave]) == (last + 1 if last == wave and last + 1 != waves else None)
    assert of.latest(starts[0] - timedelta(microseconds=1)) is None
    assert of.following(starts[0] - timedelta(days=400)) == 0


@pytest.mark.parametrize(("every", "waves"), [(0, None), (-1, None), (1, 0)])
def test_what_never_comes_is_refused(every: int, waves: int | None) -> None:
    with pytest.raises(ValueError, match="one at least"):
        recurrence("2026-01-01T10:00", "UTC", every, waves=waves)
    with pytest.raises(ValueError, match="local time"):
        Recurrence(datetime(2026, 1, 1, tzinfo=UTC), ZoneInfo("UTC"))


def test_a_panel_of_four_groups_asks_everybody_once_in_four_waves() -> None:
    panel = Rotation(4)
    assert [panel.asked_in(wave) for wave in range(6)] == [(0,), (1,), (2,), (3,), (0,), (1,)]


def test_a_group_is_asked_in_some_waves_in_a_row_and_then_rests() -> None:
    panel = Rotation(5, 2)
    asked = "".join("x" if 3 in panel.asked_in(wave) else "." for wave in range(10))
    assert asked == "..xx...xx."


@given(st.integers(1, MOST_GROUPS), st.data())
def test_one_group_goes_and_one_comes_and_none_is_forgotten(
    groups: int, data: st.DataObject
) -> None:
    asked = data.draw(st.integers(1, groups))
    panel = Rotation(groups, asked)
    counted = Counter(group for wave in range(groups) for group in panel.asked_in(wave))
    assert counted == dict.fromkeys(range(groups), asked)
    for wave in range(groups):
        now, then = (set(panel.asked_in(w)) for w in (wave, wave + 1))
        assert len(now) == asked
        assert len(now & then) == (asked if asked == groups else asked - 1)


@given(st.integers(1, MOST_GROUPS), st.text(max_size=8), st.text(min_size=1, max_size=40))
def test_everybody_is_in_one_group(groups: int, seed: str, contact: str) -> None:
    panel = Rotation(groups)
    group = panel.group_of(seed, contact)
    assert group in range(groups)
    assert group == panel.group_of(seed, contact)


def test_groups_are_of_about_one_size_and_another_seed_makes_others() -> None:
    panel = Rotation(7)
    people = [str(n) for n in range(7000)]
    sizes = Counter(panel.group_of("seed", one) for one in people)
    # 1000 each, give or take five standard deviations.
    assert all(abs(size - 1000) < 150 for size in sizes.values())
    moved = sum(panel.group_of("seed", one) != panel.group_of("other", one) for one in people)
    assert abs(moved - 6000) < 150


def test_the_lots_of_the_groups_leave_no_gap() -> None:
    for groups in (1, 3, 7, MOST_GROUPS):
        bounds = [Rotation(groups).lots(group) for group in range(groups)]
        assert bounds[0][0] == "00000000"
        assert bounds[-1][1] > "f" * 32
        assert all(high == low for (_, high), (low, _) in pairwise(bounds))


@pytest.mark.parametrize(("groups", "asked"), [(0, 0), (4, 0), (4, 5), (MOST_GROUPS + 1, 1)])
def test_a_rotation_that_asks_nobody_is_refused(groups: int, asked: int) -> None:
    with pytest.raises(ValueError, match="a wave asks some of them"):
        Rotation(groups, asked)
