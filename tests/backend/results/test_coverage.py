"""Who is heard in a small city, from what was released."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine

from backend.city_file import CityProfile
from backend.results.coverage import CoverageGroup, coverage
from backend.results.indicators.browsing import listed
from backend.store import library, open_engine
from tests.backend.exports.seed import REFUSED, WORDS, Way, city, said
from tests.backend.results.growing import PLACES, begin, wave

AT = datetime(2026, 11, 20, tzinfo=UTC)
TODAY = date(2026, 11, 28)


def of(place: Any, many: int) -> Sequence[Way]:
    return [Way({"safe": said("unsafe"), "place": place, "age": said(30)})] * many


UNKNOWN = [*of(WORDS, 20), *of(REFUSED, 20)]


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


def heard(engine: Engine, ways: Sequence[Way], today: date = TODAY, **more: Any) -> Any:
    profile = city(areas=PLACES, **more)
    begin(engine, profile)
    wave(engine, profile, ways, AT)
    with engine.connect() as connection:
        return coverage(connection, profile, today)


def areas(found: Any) -> dict[str, CoverageGroup]:
    return {group.group: group for group in found.groups if group.by == "area"}


def test_an_area_below_the_floor_and_one_below_its_share(engine: Engine) -> None:
    ways = [*of(said("A1"), 60), *of(said("A2"), 120), *of(said("A3"), 20), *UNKNOWN]
    found = areas(heard(engine, ways))
    first, second, third = found["A1"], found["A2"], found["A3"]
    assert (first.n, first.base, first.population) == (60, 220, 60.0)
    assert first.share == 27.3
    assert first.standing == "below its share"
    assert first.p is not None
    assert first.p < 0.001
    assert second.standing == "enough"
    assert (third.n, third.standing) == (20, "below the floor")


def test_who_is_withheld_is_too_few_to_say_and_never_nought(engine: Engine) -> None:
    ways = [*of(said("A1"), 60), *of(said("A2"), 60), *of(said("A3"), 3), *UNKNOWN]
    third = areas(heard(engine, ways))["A3"]
    assert third.standing == "too few to say"
    assert third.n == heard_of_nobody(engine)
    assert (third.share, third.base, third.p) == (None, None, None)


def heard_of_nobody(engine: Engine) -> object:
    """What stands for an area of which nobody answered."""
    found = heard(engine, [*of(said("A1"), 60), *UNKNOWN], slug="elsewhere")
    return areas(found)["A3"].n


def test_the_floor_is_the_citys(engine: Engine) -> None:
    ways = [*of(said("A1"), 40), *of(said("A2"), 40), *of(said("A3"), 40), *UNKNOWN]
    found = heard(engine, ways, coverage_floor=41, population={"age": {"25-34": 0.9, "65+": 0.1}})
    assert found.floor == 41
    assert {group.standing for group in areas(found).values()} == {"below the floor"}
    ages = {group.group: group.population for group in found.groups if group.by == "age"}
    assert (ages["25-34"], ages["65+"], ages["0-24"]) == (90.0, 10.0, None)


def test_targets_are_reached_missed_or_under_way(engine: Engine) -> None:
    targets = [
        {"by": "area", "number": {"A1": 50, "A2": 500, "A3": 50}, "until": "2026-11-27"},
        {"by": "area", "share": {"A1": 0.9}, "survey": "street", "until": "2026-11-28"},
        {"by": "area", "share": {"A2": 0.1}, "survey": "other"},
        {"by": "sex", "number": {"female": 100}},
    ]
    ways = [*of(said("A1"), 60), *of(said("A2"), 120), *of(said("A3"), 3), *UNKNOWN]
    found = heard(engine, ways, targets=targets)
    progress = [
        (one.group, one.number or one.share, one.now, one.standing) for one in found.targets
    ]
    assert progress[:1] == [("A1", 50, 120.0, "reached")]
    assert progress[1][2:] in ((24.0, "missed"), (None, "too few to say"))
    assert progress[2] == ("A3", 50, None, "too few to say")
    assert progress[3][:2] == ("A1", 90.0)
    assert progress[3][3] == "under way"
    assert len(progress) == 4
    assert found.unknown == ["sex female"]


def test_the_list_of_indicators_has_the_gaps(engine: Engine) -> None:
    profile = city(areas=PLACES)
    begin(engine, profile)
    wave(
        engine,
        profile,
        [*of(said("A1"), 40), *of(said("A2"), 40), *of(said("A3"), 20), *UNKNOWN],
        AT,
    )
    with engine.connect() as connection:
        found = listed(connection, profile, "month").gaps
    assert ("A3", "below the floor") in {(group.group, group.standing) for group in found}
    assert all(group.standing != "enough" for group in found)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"population": {"sex": {"female": 0.4, "male": 0.4}}}, "come to 0.80, not to 1"),
        ({"population": {"age": {"18-24": 1.0}}}, "Input should be '0-24'"),
        ({"targets": [{"by": "sex"}]}, "either in 'number' or in 'share'"),
        ({"targets": [{"by": "area", "number": {"Z9": 5}}]}, "the city has no area Z9"),
        ({"movement": {"points": 0}}, "greater than 0"),
    ],
)
def test_goals_that_cannot_be_are_faults(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said.replace("(", r"\(")):
        city(**wrong)


def test_a_profile_comes_back_from_the_database_as_it_was(engine: Engine) -> None:
    goals: dict[str, Any] = {
        "targets": [{"by": "sex", "share": {"female": 0.5}, "until": "2027-01-01"}]
    }
    profile: CityProfile = city(**goals, population={"sex": {"female": 0.52, "male": 0.48}})
    begin(engine, profile)
    with engine.connect() as connection:
        assert library.load_profile(connection, profile.slug) == profile
