"""Pictures of what a database holds as made public."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from backend.labelling import give
from backend.privacy import KeyRing
from backend.results.charts.making import ChartUnfitError, Wish, picture
from backend.results.charts.picture import Kind, Line, Picture, Surface, Tone
from backend.results.publishing import publish
from backend.store import library, open_engine
from tests.backend.exports.seed import AT, DONT_KNOW, SLUG, WORDS, Way, add, city, plant, said
from tests.backend.words import apply_scheme, write


def square(x: float) -> dict[str, object]:
    ring = [[x, 0.0], [x + 1, 0.0], [x + 1, 1.0], [x, 1.0], [x, 0.0]]
    return {"type": "Polygon", "coordinates": [ring]}


TOWN = city(
    areas=[
        {"code": "A1", "name": "Riverside", "geometry": square(0)},
        {"code": "A2", "name": "Hill", "geometry": square(1)},
        {"code": "A3", "name": "Dunes"},
    ]
)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url)
    plant(engine, TOWN, [Way({"dog": said("yes")}, version=1)])
    yield engine
    engine.dispose()


def answer(engine: Engine, area: str, unsafe: int, yes_safe: int, begin: int) -> None:
    """So many say so in an area (or nowhere known), and enough something else: nothing need be
    withheld."""
    place = said(area) if area else WORDS
    counts = {"unsafe": unsafe, "yes_safe": yes_safe, "somewhat": 20}
    ways = [
        Way({"safe": said(name), "place": place}, contact=None)
        for name, count in counts.items()
        for _ in range(count)
    ]
    ways += [Way({"safe": DONT_KNOW, "place": place}, contact=None)] * 20
    with library.writing(engine) as connection:
        add(connection, TOWN.slug, ways, begin=begin)


def draw(engine: Engine, kind: Kind, question: str, **more: str) -> Picture:
    with engine.connect() as connection:
        return picture(connection, TOWN, Wish(SLUG, kind, question, **more))


def test_a_map_of_shares_and_one_of_counts(engine: Engine) -> None:
    answer(engine, "A1", 60, 50, 1000)
    answer(engine, "A2", 45, 65, 2000)
    answer(engine, "A3", 30, 80, 3000)
    answer(engine, "", 30, 30, 4000)
    assert publish(engine, TOWN, SLUG, AT + timedelta(days=1)) is not None
    shares = draw(engine, Kind.MAP, "safe", option="unsafe")
    assert [row[:5] for row in shares.table.rows[:2]] == [
        ("A1", "Riverside", "60", "150", "40.0"),
        ("A2", "Hill", "45", "150", "30.0"),
    ]
    surface = shares.body[0]
    assert isinstance(surface, Surface)
    assert {patch.shade.tone for patch in surface.patches} == {Tone.STEP}
    assert shares.table.rows[2][:2] == ("A3", "Dunes")
    counts = draw(engine, Kind.MAP, "place")
    assert [row[2] for row in counts.table.rows[:2]] == ["150", "150"]
    grouped = draw(engine, Kind.GROUPS, "safe", by="area", option="unsafe")
    assert [row[3] for row in grouped.table.rows[:2]] == ["40.0", "30.0"]


def test_a_trend_is_of_what_came_between_two_publications(engine: Engine) -> None:
    answer(engine, "A1", 60, 50, 1000)
    assert publish(engine, TOWN, SLUG, AT + timedelta(hours=1)) is not None
    answer(engine, "A1", 90, 20, 2000)
    later = AT + timedelta(days=60)
    assert publish(engine, TOWN, SLUG, later) is not None
    made = draw(engine, Kind.TREND, "safe", by="month", option="unsafe")
    line = made.body[0]
    assert isinstance(line, Line)
    assert [point.share for point in line.points] == [40, None, 60]


def test_themes_have_a_distribution(engine: Engine) -> None:
    apply_scheme(engine, TOWN.slug)
    answers = write(engine, KeyRing(["o" * 40]), TOWN.slug, [f"words {n}" for n in range(40)])
    with library.writing(engine) as connection:
        for n, one in enumerate(answers):
            codes = ["lighting"] if n < 18 else ["gangs"]
            give(connection, TOWN.slug, one, "ann", codes, AT)
    assert publish(engine, TOWN, SLUG, AT + timedelta(days=3)) is not None
    made = draw(engine, Kind.DISTRIBUTION, "why@theme")
    assert [row[1] for row in made.table.rows] == ["18", "22"]
    assert made.subtitle.startswith("40 with a theme")
    with pytest.raises(ChartUnfitError, match="a distribution only"):
        draw(engine, Kind.TREND, "why@theme")
