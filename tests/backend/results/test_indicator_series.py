"""Which publications a value is of. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis.strategies import datetimes, just, sampled_from

from backend.results.frames import FigureKey
from backend.results.indicators.series import Histories, Span, corrected, so_far, spans
from backend.results.indicators.shown import period_shown
from backend.results.indicators.values import Part
from backend.results.periods import Length
from backend.results.publications import Released
from tests.backend.exports.seed import city

ALL = ("", "")
DAYS = [datetime(2026, month, 15, tzinfo=UTC) for month in (8, 9, 10, 11)]
FIRST, SECOND = (Part(name, {"class:positive": 1.0}, ("reached",)) for name in ("a", "b"))


def history(question: str, **rows: Mapping[int, int]) -> dict[FigureKey, list[Released]]:
    """Figures by the publication (from 1) they were renewed with."""
    return {
        FigureKey(question, row.replace("_", ":")): [
            Released(n, None, number, DAYS[number - 1]) for number, n in given.items()
        ]
        for row, given in rows.items()
    }


def by_month(parts: Sequence[Part], histories: Histories) -> list[Span]:
    return spans(parts, histories, ALL, "month", ZoneInfo("UTC"), 10)


def test_a_value_is_of_one_publication() -> None:
    one = history("a", reached={1: 100, 2: 200, 3: 300}, class_positive={1: 40, 3: 150})
    found = so_far([FIRST], {"a": one}, ALL)
    assert found is not None
    assert (found[0].share, found[0].n, found[1]) == (0.5, 300, DAYS[2])
    first, third = by_month([FIRST], {"a": one})
    assert (first.first, third.first) == (date(2026, 8, 1), date(2026, 10, 1))
    assert third.since == DAYS[0], "September is part of October"
    assert third.value is not None
    assert (third.value.positive, third.value.n) == (110, 200)


def test_a_mean_is_of_the_publications_that_all_its_questions_have() -> None:
    one = history("a", reached={1: 100, 2: 200, 3: 300}, class_positive={1: 40, 2: 90, 3: 150})
    other = history("b", reached={1: 100, 2: 200, 3: 300}, class_positive={1: 60, 2: 120})
    found = so_far([FIRST, SECOND], {"a": one, "b": other}, ALL)
    assert found is not None
    assert found[0].share == pytest.approx((0.45 + 0.60) / 2)
    assert found[1] == DAYS[1]
    months = by_month([FIRST, SECOND], {"a": one, "b": other})
    assert [span.first.month for span in months] == [8, 9]
    assert months[1].change is not None
    assert months[1].change.since == date(2026, 8, 1)


def test_a_change_goes_over_a_period_whose_figures_do_not_fit() -> None:
    one = history("a", reached={1: 100, 2: 115, 3: 300}, class_positive={1: 40, 2: 45, 3: 150})
    august, september, october = by_month([FIRST], {"a": one})
    assert september.value is None, "only five more of those it counts"
    assert september.change is None
    assert october.change is not None
    assert october.change.since == august.first


def test_nothing_released_is_nothing() -> None:
    assert so_far([FIRST], {}, ALL) is None
    assert by_month([FIRST], {}) == []
    assert corrected({ALL: []}) == {ALL: []}


def test_what_is_made_public_at_midnight_is_of_the_month_that_ended() -> None:
    """The city's midnight: in UTC it is still the evening before."""
    zone = ZoneInfo("Africa/Johannesburg")
    days = [datetime(2025, 12, 1, tzinfo=zone), datetime(2026, 1, 1, tzinfo=zone)]
    rows = {"reached": (100, 200), "class:positive": (40, 90)}
    one = {
        FigureKey("a", row): [
            Released(n, None, number, at.astimezone(UTC))
            for number, (n, at) in enumerate(zip(counts, days, strict=True), 1)
        ]
        for row, counts in rows.items()
    }
    found = spans([FIRST], {"a": one}, ALL, "month", zone, 10)
    shown = [period_shown(span, city(timezone=zone.key)) for span in found]
    assert [(one.first, one.since, one.until) for one in shown] == [
        ("2025-11-01", None, "2025-11-30"),
        ("2025-12-01", "2025-12-01", "2025-12-31"),
    ]


@given(
    at=datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=just(UTC)),  # noqa: DTZ001
    length=sampled_from(["week", "month", "quarter", "year"]),
    zone=sampled_from(["UTC", "Africa/Johannesburg", "America/Mexico_City", "Pacific/Auckland"]),
)
def test_no_period_begins_after_it_ends(at: datetime, length: Length, zone: str) -> None:
    one = {
        FigureKey("a", row): [Released(n, None, 1, at)]
        for row, n in (("reached", 100), ("class:positive", 40))
    }
    [span] = spans([FIRST], {"a": one}, ALL, length, ZoneInfo(zone), 10)
    shown = period_shown(span, city(timezone=zone))
    assert shown.first <= shown.until
