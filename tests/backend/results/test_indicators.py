"""Indicators of a small city over months, from what was released."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from backend.city_file import CityProfile
from backend.results.indicators.browsing import IndicatorUnknownError, browse, listed
from backend.results.periods import Length
from backend.store import library, open_engine
from tests.backend.exports.seed import (
    REFUSED,
    SECRET,
    WORDS,
    Way,
    city,
    option,
    question,
    said,
    survey_file,
)
from tests.backend.results.growing import PLACES, begin, wave

OCTOBER = datetime(2026, 10, 20, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 20, tzinfo=UTC)
FEELS = "sdg-16.1.4"
LENGTHS: Sequence[Length] = ("week", "quarter", "year")


def people(safe: int, unsafe: int, silent: int = 0, place: str = "A1") -> Sequence[Way]:
    def one(answer: Any) -> Way:
        return Way({"safe": answer, "place": said(place)})

    return [
        *[one(said("yes_safe"))] * safe,
        *[one(said("unsafe"))] * unsafe,
        *[one(("dont_know", "unsure"))] * silent,
    ]


ELSEWHERE: Sequence[Way] = (
    *[Way({"safe": said("yes_safe"), "place": WORDS})] * 10,
    *[Way({"safe": said("unsafe"), "place": WORDS})] * 10,
    *[Way({"safe": said("yes_safe"), "place": REFUSED})] * 10,
    *[Way({"safe": said("unsafe"), "place": REFUSED})] * 10,
)
"""Who names no area; were there few of them, an area would be withheld for their sake."""


def everywhere(*safe_of_100: int) -> Sequence[Way]:
    """A hundred residents of each area, so many of whom feel safe."""
    areas = [area["code"] for area in PLACES]
    there = [
        people(n, 100 - n, place=str(code)) for n, code in zip(safe_of_100, areas, strict=True)
    ]
    return [*(way for ways in there for way in ways), *ELSEWHERE]


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def town(engine: Engine) -> CityProfile:
    profile = city(areas=PLACES)
    begin(engine, profile)
    return profile


def series(
    engine: Engine, town: CityProfile, by: str | None = None, length: Length = "month"
) -> dict[str, Any]:
    """By group, as plain data."""
    with engine.connect() as connection:
        found = asdict(browse(connection, town, FEELS, by, length))
    assert SECRET not in str(found)
    [one] = found["series"]
    return {group["group"]: group for group in one["groups"]}


def test_a_period_is_of_those_who_answered_in_it_and_its_change_is_tested(
    engine: Engine, town: CityProfile
) -> None:
    wave(engine, town, people(60, 30, 10), OCTOBER)
    wave(engine, town, people(40, 50, 10), NOVEMBER)
    everybody = series(engine, town)[""]
    october, november = everybody["periods"]
    assert (october["first"], november["first"]) == ("2026-10-01", "2026-11-01")
    assert (october["value"]["value"], october["value"]["n"]) == (60.0, 100), "of all, 10 unsure"
    assert (november["value"]["value"], november["value"]["positive"]) == (40.0, 40)
    assert october["change"] is None
    change = november["change"]
    assert (change["points"], change["verdict"]) == (-20.0, "down")
    assert change["since"] == "2026-10-01"
    assert change["p"] == pytest.approx(0.004678, abs=1e-6)
    assert change["low"] < -20 < change["high"] < 0
    assert (everybody["so_far"]["value"], everybody["as_of"]) == (50.0, "2026-11-20")


def test_a_small_change_is_not_called_one(engine: Engine, town: CityProfile) -> None:
    wave(engine, town, people(60, 40), OCTOBER)
    wave(engine, town, people(55, 45), NOVEMBER)
    change = series(engine, town)[""]["periods"][1]["change"]
    assert change["points"] == -5.0
    assert change["verdict"] == "no change that could not be chance"


def test_what_was_withheld_has_no_value_and_says_why(engine: Engine, town: CityProfile) -> None:
    wave(engine, town, people(60, 40), OCTOBER)
    wave(engine, town, people(5, 60), NOVEMBER)
    everybody = series(engine, town)[""]
    assert [period["first"] for period in everybody["periods"]] == ["2026-10-01"]
    assert everybody["as_of"] == "2026-10-20", "the figures of five stay as they were"
    none = series(engine, town, "area")["A2"]
    assert none["periods"] == []
    assert none["so_far"]["withheld"] is True
    assert "fewer than 10" in none["so_far"]["reason"]


def test_areas_are_corrected_for_having_looked_at_all(engine: Engine, town: CityProfile) -> None:
    wave(engine, town, everywhere(50, 50, 50), OCTOBER)
    wave(engine, town, everywhere(64, 50, 20), NOVEMBER)
    alone = series(engine, town)[""]["periods"][1]["change"]
    assert alone["verdict"] == "no change that could not be chance"
    areas = {
        name: one["periods"][1]["change"] for name, one in series(engine, town, "area").items()
    }
    assert areas["A3"]["verdict"] == "down"
    assert areas["A1"]["p"] == pytest.approx(2 * 0.045500, abs=0.001)
    assert areas["A1"]["verdict"] == "no change that could not be chance", "4.6 % but of three"
    assert areas["A2"]["p"] == 1.0


def test_quarters_weeks_and_years_are_periods_too(engine: Engine, town: CityProfile) -> None:
    for n in range(3):
        wave(engine, town, people(60, 40), OCTOBER + timedelta(days=7 * n))
    wave(engine, town, people(60, 40), datetime(2027, 1, 2, tzinfo=UTC))
    firsts = {
        length: [one["first"] for one in series(engine, town, None, length)[""]["periods"]]
        for length in LENGTHS
    }
    assert firsts["week"] == ["2026-10-19", "2026-10-26", "2026-11-02", "2026-12-28"]
    assert firsts["quarter"] == ["2026-10-01", "2027-01-01"]
    assert firsts["year"] == ["2026-01-01", "2027-01-01"]


def test_groups_a_survey_does_not_ask_for_are_none(engine: Engine, town: CityProfile) -> None:
    with engine.connect() as connection:
        [found] = browse(connection, town, FEELS, "sex", "month").series
        assert found.groups == []
        assert "does not ask for these groups" in found.why
        with pytest.raises(IndicatorUnknownError):
            browse(connection, town, "sdg-0", None, "month")
        assert browse(connection, town, "ensu-1.1", None, "month").series == []


def test_the_list_has_what_is_asked_with_its_source(engine: Engine, town: CityProfile) -> None:
    wave(engine, town, people(60, 40), OCTOBER)
    with engine.connect() as connection:
        found = asdict(listed(connection, town, "month"))
    codes = [one["indicator"]["code"] for one in found["items"]]
    assert codes == [FEELS, "sdg-16.1.4-without-5-99"]
    first = found["items"][0]
    assert first["indicator"]["source"].startswith("SDG indicator 16.1.4")
    assert first["so_far"]["value"] == first["latest"]["value"]["value"] == 60.0
    assert first["so_far"]["presentation"] == "show"
    assert any("selected themselves" in text for text in found["statements"])
    assert any("Holm" in text for text in found["statements"])


def test_a_demo_says_that_it_is_synthetic(engine: Engine) -> None:
    demo = city("demotown", demo=True)
    begin(engine, demo)
    with engine.connect() as connection:
        found = listed(connection, demo, "month")
    assert found.synthetic
    assert "synthetic" in found.statements[0]


SIX = [f"wg{n}" for n in range(6)]


def functioning(engine: Engine, profile: CityProfile) -> None:
    """The Washington Group's six questions, as the survey's next version."""
    codes = [option(str(n), f"d{n}") for n in range(1, 5)]
    asks = [question(name, "select_one", *codes, indicator='"washington-group"') for name in SIX]
    with library.writing(engine) as connection:
        library.publish(connection, profile.slug, survey_file(*asks), OCTOBER)


def six(*codes: int) -> Way:
    """Answers to as many of the six."""
    return Way({name: said(f"d{n}") for name, n in zip(SIX, codes, strict=False)}, version=3)


def test_washington_group_partly_answered_is_unknown_unless_a_3_or_4_was_seen(
    engine: Engine, town: CityProfile
) -> None:
    functioning(engine, town)
    crowd = [
        *[six(1, 1, 2, 1, 1, 1)] * 60,  # some difficulty is none
        *[six(1, 1, 3, 1, 1, 1)] * 10,
        *[six(4)] * 10,  # seen, though the rest is lacking
        *[six(1, 2, 1)] * 15,  # unknown
    ]
    wave(engine, town, crowd, OCTOBER)
    with engine.connect() as connection:
        found = asdict(browse(connection, town, "washington-group", None, "month"))
    [everybody] = found["series"][0]["groups"]
    assert (everybody["so_far"]["positive"], everybody["so_far"]["n"]) == (20, 80)
    assert everybody["so_far"]["value"] == 25.0
