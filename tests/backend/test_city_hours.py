"""Quiet hours as a profile writes them."""

import tomllib
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from backend.broadcasts.calendars import public_holidays
from backend.broadcasts.hours import Hours
from backend.city_file import CityProfile, read_city
from backend.city_hours import QuietHours
from tests.conftest import ROOT

ZONE = ZoneInfo("Africa/Johannesburg")

NIGHT, MEXICO = (20 * 60, 8 * 60), (20 * 60, 9 * 60)
WHOLE_DAY = (0, 24 * 60)
SATURDAY = (13 * 60, 9 * 60)


def kinds(hours: Hours) -> tuple[object, ...]:
    return hours.weekday, hours.saturday, hours.sunday, hours.holidays


@pytest.mark.parametrize(
    ("country", "written", "kept"),
    [
        ("ZA", "", (NIGHT, SATURDAY, WHOLE_DAY, WHOLE_DAY)),
        ("ZA", 'weekday = "18:00-10:00"', ((1080, 600), SATURDAY, WHOLE_DAY, WHOLE_DAY)),
        ("ZA", 'sunday = "none"', (NIGHT, SATURDAY, None, WHOLE_DAY)),
        ("MX", "", (MEXICO, MEXICO, MEXICO, MEXICO)),
        ("MX", 'saturday = "14:00-10:00"', (MEXICO, (840, 600), (840, 600), (840, 600))),
        ("MX", 'holidays = "00:00-24:00"', (MEXICO, MEXICO, MEXICO, WHOLE_DAY)),
        ("KE", "", (NIGHT, NIGHT, NIGHT, NIGHT)),
        ("KE", 'weekday = "none"', (None, None, None, None)),
        ("KE", 'weekday = "none"\nsunday = "12:00-13:00"', (None, None, (720, 780), (720, 780))),
    ],
)
def test_what_is_left_out_is_the_country_s_rule_or_the_day_before(
    country: str, written: str, kept: tuple[object, ...]
) -> None:
    quiet = QuietHours.model_validate(tomllib.loads(written))
    assert kinds(quiet.hours(country, ZONE)) == kept


@pytest.mark.parametrize(
    "wrong", ["8-20", "20:00", "24:30-08:00", "25:00-08:00", "20:60-08:00", "20:00-20:00", ""]
)
def test_what_is_no_range_is_a_fault(wrong: str) -> None:
    with pytest.raises(ValidationError):
        QuietHours(weekday=wrong)


def test_a_city_s_own_holidays_are_kept_besides() -> None:
    quiet = QuietHours.model_validate(tomllib.loads("extra_holidays = [2026-06-02]"))
    hours = quiet.hours("ZA", ZONE)
    noon = [datetime(2026, 6, day, 12, tzinfo=ZONE) for day in range(1, 9)]
    assert [at.day for at in noon if hours.is_open(at)] == [1, 3, 4, 5, 6, 8]


def test_a_profile_whose_hours_never_open_is_refused() -> None:
    profile = read_city(ROOT / "backend" / "cities" / "demo-za").model_dump()
    never = profile | {"quiet_hours": {"weekday": "00:00-24:00", "saturday": "00:00-24:00"}}
    with pytest.raises(ValidationError, match="quiet_hours: no day has an hour"):
        CityProfile.model_validate(never)


def test_the_cities_that_ship_write_down_what_would_hold_anyhow() -> None:
    for folder in (ROOT / "backend" / "cities").glob("demo-*"):
        profile = read_city(folder)
        bare = QuietHours().hours(profile.country, profile.zone())
        assert kinds(profile.hours()) == kinds(bare)


def test_holidays_of_an_unknown_country_are_none() -> None:
    assert public_holidays("XX", 2026) == frozenset()
    assert len(public_holidays("ZA", 2026)) >= 12
