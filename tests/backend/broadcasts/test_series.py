"""A pulse panel, week after week."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from backend.broadcasts.series import Repeat, Wave, next_wave
from backend.broadcasts.waves import Period
from tests.backend.broadcasts.towns import JOHANNESBURG, local, shown, town

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)


def test_each_wave_is_scheduled_by_the_one_before() -> None:
    first = local(JOHANNESBURG, "2026-11-30 17:00")
    repeat = Repeat(waves=4, groups=4)
    waves: list[Wave] = []
    now = first
    while (wave := next_wave(repeat, first, 3 * DAY, JOHANNESBURG.zone, now)) is not None:
        waves.append(wave)
        now = wave.starts_at
    assert [wave.number for wave in waves] == [1, 2, 3]
    assert [shown(JOHANNESBURG, wave.starts_at) for wave in waves] == [
        "2026-12-07 17:00",
        "2026-12-14 17:00",
        "2026-12-21 17:00",
    ]
    assert all(wave.closes_at == wave.starts_at + 3 * DAY for wave in waves)
    asked = [repeat.rotation().asked_in(n) for n in range(4)]
    assert asked == [(0,), (1,), (2,), (3,)]


def test_an_outage_leaves_waves_out_and_never_sends_two_at_once() -> None:
    first = local(JOHANNESBURG, "2026-11-30 17:00")
    late = first + 3 * WEEK + 2 * DAY
    wave = next_wave(Repeat(), first, DAY, JOHANNESBURG.zone, late)
    assert wave == Wave(4, first + 4 * WEEK, first + 4 * WEEK + DAY)


def test_the_local_time_stays_when_the_clocks_change() -> None:
    morocco = town("Africa/Casablanca", "20:00-08:00")
    first = local(morocco, "2026-02-11 10:00")
    repeat = Repeat(every=1, period=Period.MONTHS)
    for now, then in [(first, "2026-03-11 10:00"), (first + 30 * DAY, "2026-04-11 10:00")]:
        wave = next_wave(repeat, first, DAY, morocco.zone, now)
        assert wave is not None
        assert shown(morocco, wave.starts_at) == then


@pytest.mark.parametrize(
    "wrong",
    [{"every": 0}, {"period": "days"}, {"waves": 1}, {"groups": 2, "asked": 3}, {"groups": 53},
     {"how": "often"}],
)  # fmt: skip
def test_what_is_no_series_is_a_fault(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Repeat.model_validate(wrong)
