"""Results by group: counts, and what of them is shown."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from backend.results import SurveyUnknownError
from backend.results.groups import GroupResult, grouped
from backend.results.suppression import Withheld
from backend.store import open_engine
from tests.backend.exports.seed import SLUG, Way, city, plant, said

FEW = Withheld("fewer than 10")


def ways(n: int, safe: str, place: str = "A1", age: int = 30, locale: str = "en") -> list[Way]:
    answers = {"safe": said(safe), "place": said(place), "age": said(age), "language": said("yes")}
    return [Way(answers, contact=None, locale=locale)] * n


MANY = [
    *ways(20, "yes_safe"),
    *ways(15, "somewhat"),
    *ways(25, "unsafe", locale="es"),
    *ways(30, "yes_safe", "A2", locale="es"),
    *ways(12, "somewhat", "A2"),
    *ways(18, "unsafe", "A2", age=70),
    *ways(16, "yes_safe", "A9", age=20),
    *ways(11, "somewhat", "A9", age=20),
    *ways(14, "unsafe", "A9", age=20),
]
DONT_KNOW = [Way({"safe": ("dont_know", None), "place": said("A1")}, contact=None)] * 13
SILENCE = [
    Way({"safe": (kind, None)}, contact=None) for kind in ("refused", "skipped", "not_coded")
] * 10


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


def found(engine: Engine, question: str = "safe") -> dict[tuple[str, str], GroupResult]:
    with engine.connect() as connection:
        return {
            (one.group_by, one.group): one
            for one in grouped(connection, city(), SLUG)
            if one.result.question == question
        }


def shown(one: GroupResult) -> list[object]:
    return [one.result.n, *(cell.count for cell in one.result.cells)]


def test_counts_by_area_language_and_age(engine: Engine) -> None:
    plant(engine, city(), [*MANY, *DONT_KNOW, *SILENCE])
    safe = found(engine)
    assert [key for key in safe if key[0] == "area"] == [("area", "A1"), ("area", "A2")]
    assert shown(safe["area", "A1"]) == [73, 20, FEW, 25], "15 for company: of A2 none is silent"
    assert safe["area", "A1"].result.base == "reached", "13 did not know"
    assert shown(safe["area", "A2"]) == [60, 30, FEW, 18]
    assert [group for by, group in safe if by == "age"] == [
        "0-24", "25-34", "35-44", "45-54", "55-64", "65+",
    ]  # fmt: skip
    assert safe["age", "25-34"].result.n == 102
    assert shown(safe["age", "65+"]) == [FEW] * 4, "18, withheld in the results of all too"
    assert shown(safe["language", "es"]) == [55, 30, FEW, FEW], "none was silent or said the second"


def test_shares_are_of_those_who_answered_where_that_may_be_known(engine: Engine) -> None:
    plant(engine, city(), [*MANY, *SILENCE, *SILENCE])
    one = found(engine)["language", "en"].result
    for cell in one.cells:
        if not isinstance(cell.count, Withheld):
            assert isinstance(one.n, int)
            assert cell.percent == round(100 * cell.count / one.n, 1)


def test_a_group_below_the_threshold_is_withheld_whole(engine: Engine) -> None:
    plant(engine, city(), [*MANY, *ways(9, "unsafe", locale="xx")])
    for (_, group), one in found(engine).items():
        if group in ("25-34", "A1"):
            continue
        if isinstance(one.result.n, Withheld):
            assert shown(one) == [FEW] * 4


def test_a_row_withheld_in_the_results_of_all_is_withheld_in_every_group(engine: Engine) -> None:
    few = ways(5, "somewhat") + ways(60, "yes_safe") + ways(60, "unsafe", locale="es")
    plant(engine, city(), few)
    for one in found(engine).values():
        assert isinstance(one.result.cells[1].count, Withheld)


def test_no_groups_of_a_question_under_a_condition_or_of_the_one_that_groups(
    engine: Engine,
) -> None:
    plant(engine, city(), MANY)
    assert found(engine, "wrong") == {}
    assert "area" not in {by for by, _ in found(engine, "place")}
    assert "area" in {by for by, _ in found(engine, "age")}
    assert found(engine, "why") == {}


def test_one_group_alone_is_everybody_and_not_shown(engine: Engine) -> None:
    plant(engine, city(), MANY)
    assert shown(found(engine)["channel", "phone"]) == [FEW] * 4


def test_an_unknown_survey(engine: Engine) -> None:
    plant(engine, city())
    with engine.connect() as connection, pytest.raises(SurveyUnknownError):
        list(grouped(connection, city(), "nothing"))
