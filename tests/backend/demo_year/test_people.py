"""Made-up residents: who they are, when they write, what they think. No database."""

import tomllib
from collections import Counter
from collections.abc import Sequence
from datetime import date

import pytest

from backend.city_file import CityProfile, read_city
from backend.demo import CITIES, INSTRUMENTS
from backend.demo_year.dice import Dice
from backend.demo_year.opinions import LIGHTS_FROM, Mood, Story, opinion
from backend.demo_year.people import CHANNELS, LANGUAGES, MANNERS, Resident, resident
from backend.demo_year.year import WEEKS, Year
from dialogue.survey import Survey
from dialogue.survey_file import read_survey

MANY = 4000
CITY = {slug: read_city(CITIES / slug) for slug in ("demo-za", "demo-mx")}


def surveys() -> Sequence[Survey]:
    texts = [(INSTRUMENTS / f"{slug}.toml").read_text() for slug in ("safety-pulse", "city-safety")]
    return [found for text in texts if (found := read_survey(tomllib.loads(text))[0])]


def year(profile: CityProfile) -> Year:
    return Year(date(2026, 11, 23), profile.zone())


@pytest.fixture(scope="module", params=sorted(CITY))
def people(request: pytest.FixtureRequest) -> tuple[CityProfile, Sequence[Resident]]:
    """A city's residents."""
    profile = CITY[request.param]
    known, whole = surveys(), year(profile)
    return profile, [resident(profile, known, whole, 3, n) for n in range(MANY)]


def shares(things: Sequence[object]) -> dict[object, float]:
    return {thing: n / len(things) for thing, n in Counter(things).items()}


def test_throws_follow_from_their_seed_alone() -> None:
    first, again, other = Dice(1, "a"), Dice(1, "a"), Dice(1, "b")
    thrown = [first.share() for _ in range(1000)]
    assert thrown == [again.share() for _ in range(1000)]
    assert thrown != [other.share() for _ in range(1000)]
    assert 0 <= min(thrown) < 0.01 < 0.99 < max(thrown) < 1
    assert sum(thrown) / 1000 == pytest.approx(0.5, abs=0.03)
    # Written down: what was thrown once is thrown for ever, on any machine.
    assert round(Dice("seed").share(), 6) == 0.123057
    assert Dice("x").weighted({"never": 0.0, "always": 1.0}) == "always"


def test_residents_are_as_planned(people: tuple[CityProfile, Sequence[Resident]]) -> None:
    profile, crowd = people
    assert shares([one.channel for one in crowd]) == pytest.approx(CHANNELS, abs=0.03)
    languages = LANGUAGES[profile.country]
    assert shares([one.language for one in crowd]) == pytest.approx(languages, abs=0.03)
    whole = sum(area.population or 0 for area in profile.areas)
    planned = {area.code: (area.population or 0) / whole for area in profile.areas}
    assert shares([one.area.code for one in crowd]) == pytest.approx(planned, abs=0.03)
    assert shares([one.manner for one in crowd]) == pytest.approx(MANNERS, abs=0.03)
    women = shares([one.sex for one in crowd])["female"]
    assert women == pytest.approx(0.515, abs=0.03)
    young = [one for one in crowd if one.age < profile.minimum_age]
    assert 0 < len(young) < 0.03 * MANY


def test_visits_lie_in_the_year_and_mostly_in_the_evening(
    people: tuple[CityProfile, Sequence[Resident]],
) -> None:
    profile, crowd = people
    whole = year(profile)
    begins = [visit.begins for one in crowd for visit in one.visits]
    assert whole.first <= min(begins).date()
    assert max(begins) < whole.end
    local = [at.astimezone(profile.zone()) for at in begins]
    hours = shares([at.hour for at in local])
    assert hours[19] > 2 * hours[10] > 10 * hours.get(3, 0)
    days = shares([at.weekday() for at in local])
    assert days[6] < days[5] < days[1]
    weeks = Counter((at.date() - whole.first).days // 7 for at in local)
    assert set(weeks) == set(range(WEEKS))
    assert weeks[31] > 1.3 * sorted(weeks.values())[WEEKS // 2]
    for one in crowd:
        apart = [b.begins - a.begins for a, b in zip(one.visits, one.visits[1:], strict=False)]
        assert all(gap.days >= 24 for gap in apart)  # the one before has expired by then


def said(
    question: str, profile: CityProfile, crowd: Sequence[Resident], at: float | None = None
) -> dict[object, float]:
    """What they think, at a time of the year or at their own."""
    story, whole = Story.of(profile), year(profile)
    return shares(
        [
            opinion(
                question,
                Mood(one, story, whole.share(one.visits[0].begins) if at is None else at),
                Dice(question, one.number),
            )
            for one in crowd
        ]
    )


def safe(found: dict[object, float]) -> float:
    return found["very_safe"] + found["safe"]


def test_levels_are_those_of_the_countries_own_surveys(
    people: tuple[CityProfile, Sequence[Resident]],
) -> None:
    profile, crowd = people
    assert 0.37 < safe(said("safe_dark", profile, crowd)) < 0.45
    assert 0.80 < safe(said("safe_day", profile, crowd)) < 0.86
    assert said("city_safe", profile, crowd)["unsafe"] == pytest.approx(0.586, abs=0.03)
    women = [one for one in crowd if one.sex == "female"]
    men = [one for one in crowd if one.sex == "male"]
    assert said("city_safe", profile, women)["unsafe"] == pytest.approx(0.64, abs=0.04)
    assert said("city_safe", profile, men)["unsafe"] == pytest.approx(0.522, abs=0.04)


def test_the_story_is_seen_in_its_areas(people: tuple[CityProfile, Sequence[Resident]]) -> None:
    profile, crowd = people
    story = Story.of(profile)
    lit = [one for one in crowd if one.area.code == story.lights]
    dim = [one for one in crowd if one.area.code == story.worse]
    informal = [one for one in crowd if one.area.informal]

    def dark(of: Sequence[Resident], at: float) -> float:
        return safe(said("safe_dark", profile, of, at))

    assert dark(lit, 0.9) > dark(lit, LIGHTS_FROM - 0.01) + 0.2
    assert dark(dim, 0.95) < dark(dim, 0.05) - 0.1
    assert dark(informal, 0.5) < dark(crowd, 0.5) - 0.08
    days = [safe(said("safe_day", profile, lit, at)) for at in (0.4, 0.6)]
    assert abs(days[0] - days[1]) < 0.06  # lamps change nothing by day


def test_nothing_is_known_of_a_question_that_is_not_ours(
    people: tuple[CityProfile, Sequence[Resident]],
) -> None:
    profile, crowd = people
    assert said("favourite_colour", profile, crowd[:3]) == {None: 1.0}


def test_a_city_of_another_country_has_residents_too() -> None:
    plain = CITY["demo-za"].model_copy(update={"country": "KE", "languages": ("en", "zu")})
    known = surveys()
    crowd = [resident(plain, known, year(plain), 1, n) for n in range(1000)]
    languages = shares([one.language for one in crowd])
    assert languages == pytest.approx({"en": 0.6, "zu": 0.4}, abs=0.06)
