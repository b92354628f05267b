"""How often residents told of danger: counted, shown late and never small."""

from datetime import UTC, date, datetime

import pytest

from backend.store.risks import RiskFigure, shown
from dialogue.danger import Risk
from tests.backend.store.conftest import World

OCTOBER, NOVEMBER = datetime(2026, 10, 31, 23, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
TODAY = date(2026, 11, 28)


def tell(world: World, times: int, risk: Risk, area: str, at: datetime, city: str = "east") -> None:
    for _ in range(times):
        with world.store.write() as unit:
            unit.count_risk(city, risk, area, at)


def figures(world: World, by: str = "risk", today: date = TODAY) -> list[RiskFigure]:
    with world.store.read() as connection:
        return list(shown(connection, "east", "area" if by == "area" else "risk", 10, today))


def test_a_month_that_is_over_is_shown_rounded_down_and_this_one_is_not(world: World) -> None:
    tell(world, 9, Risk.VIOLENCE, "E1", OCTOBER)
    tell(world, 4, Risk.VIOLENCE, "", OCTOBER)
    tell(world, 12, Risk.VIOLENCE, "E1", NOVEMBER)
    october, november = date(2026, 10, 1), date(2026, 11, 1)
    assert figures(world) == [RiskFigure(october, "violence", 10)]
    later = figures(world, today=date(2026, 12, 1))
    assert later == [RiskFigure(october, "violence", 10), RiskFigure(november, "violence", 10)]


@pytest.mark.parametrize(("n", "seen"), [(9, []), (10, [10]), (14, [10]), (15, [15])])
def test_no_figure_is_below_the_threshold(world: World, n: int, seen: list[int]) -> None:
    tell(world, n, Risk.DANGER, "", OCTOBER)
    assert [figure.at_least for figure in figures(world)] == seen


def test_by_area_all_classes_are_together_and_unknown_areas_left_out(world: World) -> None:
    tell(world, 6, Risk.DANGER, "E1", OCTOBER)
    tell(world, 6, Risk.CHILD, "E1", OCTOBER)
    tell(world, 20, Risk.CHILD, "", OCTOBER)
    tell(world, 9, Risk.CHILD, "E2", OCTOBER)
    assert [(one.of, one.at_least) for one in figures(world, "area")] == [("E1", 10)]


def test_another_citys_are_not_seen(world: World) -> None:
    tell(world, 20, Risk.DANGER, "", OCTOBER, city="west")
    assert figures(world) == []
