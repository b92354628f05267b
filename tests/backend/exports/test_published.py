"""The formats that everybody who sees results may have: counts as published, and nothing more."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from backend.exports import FORMATS, export
from backend.results import results
from backend.results.groups import grouped
from backend.results.publishing import publish
from backend.results.suppression import Withheld
from backend.store import library, open_engine
from tests.backend.exports.seed import AT, SLUG, Way, add, city, plant, said

KEY = "synthetic export key"
MANY = (
    *[Way({"safe": said("yes_safe"), "place": said("A1")}, contact=None)] * 15,
    *[Way({"safe": said("somewhat"), "place": said("A1")}, contact=None)] * 35,
    *[Way({"safe": said("unsafe"), "place": said("A2"), "age": said(30)}, contact=None)] * 40,
    *[Way({"safe": ("dont_know", "unsure"), "age": said(70)}, contact=None)] * 12,
    *[Way({"safe": ("refused", None)}, contact=None)] * 10,
    *[Way({"safe": ("skipped", None)}, contact=None)] * 10,
    *[Way({"safe": ("not_coded", None)}, contact=None)] * 10,
)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A city with 132 synthetic respondents."""
    engine = open_engine(database_url)
    plant(engine, city(), MANY)
    yield engine
    engine.dispose()


def written(engine: Engine, format: str, **more: Any) -> str:
    publish(engine, city(**more), SLUG, AT + timedelta(days=1))
    out = io.BytesIO()
    export(engine, city(**more), SLUG, format, KEY, out)
    return out.getvalue().decode()


def summary(engine: Engine, group_by: str = "all") -> list[dict[str, str]]:
    rows = csv.DictReader(io.StringIO(written(engine, "summary"), newline=""))
    return [row for row in rows if row["group_by"] == group_by]


def test_the_summary_has_counts_shares_and_intervals(engine: Engine) -> None:
    safe = [row for row in summary(engine) if row["question"] == "safe"]
    shown = [
        (row["name"], row["count"], row["n"], row["percent"], row["low"], row["high"])
        for row in safe
    ]
    assert shown[:3] == [
        ("yes_safe", "15", "132", "11.4", "7.0", "17.9"),
        ("somewhat", "35", "132", "26.5", "19.7", "34.6"),
        ("unsafe", "40", "132", "30.3", "23.1", "38.6"),
    ]
    assert [(row["counted"], row["name"], row["count"]) for row in safe[3:]] == [
        ("non-response", "dont_know", "12"),
        ("non-response", "refused", "10"),
        ("non-response", "skipped", "10"),
        ("non-response", "not_coded", "10"),
        ("non-response", "all", "42"),
        ("asked", "all", "132"),
    ]
    for row in safe:
        assert "no estimates of sampling error can be calculated" in row["statement"]
        assert row["as_of"] in ("", "2026-11-03")
        assert ("margin of error" in row["interval"]) == bool(row["low"])
        assert (row["group_by"], row["suppressed"], row["reason"]) == ("all", "no", "")


def test_the_summary_says_the_same_as_the_results(engine: Engine) -> None:
    rows = iter(summary(engine))
    with engine.connect() as connection:
        found = results(connection, city(), SLUG)
    for question in found.questions:
        figures = [cell.count for cell in question.cells]
        for figure in (*figures, *question.non_response.values(), question.no_answer, question.n):
            row = next(rows)
            assert row["question"] == question.question
            if isinstance(figure, Withheld):
                assert (row["count"], row["percent"], row["low"]) == ("", "", "")
                assert (row["suppressed"], row["reason"]) == ("yes", figure.reason)
            else:
                assert (row["count"], row["suppressed"]) == (str(figure), "no")
    assert list(rows) == []


def test_the_summary_has_groups_as_far_as_they_may_be_shown(engine: Engine) -> None:
    with library.writing(engine) as connection:
        for n, name in enumerate(("yes_safe", "somewhat", "unsafe")):
            spanish = [Way({"safe": said(name)}, contact=None, locale="es")] * 30
            add(connection, "smalltown", spanish, 500 + 100 * n)
    rows = [row for row in summary(engine, "language") if row["question"] == "safe"]
    assert {row["group"] for row in rows} == {"en", "es"}
    with engine.connect() as connection:
        groups = list(grouped(connection, city(), SLUG))
    by_language = [g.result for g in groups if g.group_by == "language"]
    [english, other] = [result for result in by_language if result.question == "safe"]
    rows = [row for row in rows if row["counted"] == "options"]
    for row, cell in zip(rows, (*english.cells, *other.cells), strict=True):
        assert row["name"] == cell.name
        assert row["count"] == ("" if isinstance(cell.count, Withheld) else str(cell.count))
        assert (row["low"] != "") == (row["suppressed"] == "no")
    assert [row["count"] for row in rows] == ["15", "35", "", "30", "30", ""], (
        "none was silent in Spanish"
    )


def test_nothing_that_is_withheld_is_in_the_summary(engine: Engine) -> None:
    with library.writing(engine) as connection:
        add(connection, "smalltown", [Way({"dog": said("yes")}, version=1, contact=None)] * 9, 500)
    dog = [row for row in summary(engine) if row["question"] == "dog"]
    assert {row["reason"] for row in dog} == {"fewer than 10, or to protect so few"}
    assert {row["count"] + row["n"] + row["percent"] + row["low"] for row in dog} == {""}


def test_areas_have_their_counts_and_their_geometry(engine: Engine) -> None:
    square = [[[24.0, -36.0], [24.1, -36.0], [24.1, -35.9], [24.0, -36.0]]]
    areas = [
        {"code": "A1", "name": "Hill", "geometry": {"type": "Polygon", "coordinates": square}},
        {"code": "A2", "name": "Ñandú", "population": 900},
        {"code": "A3", "name": "Far"},
    ]
    found = json.loads(written(engine, "geojson", areas=areas))
    assert found["type"] == "FeatureCollection"
    assert [feature["id"] for feature in found["features"]] == ["A1", "A2", "A3"]
    assert found["features"][0]["geometry"]["coordinates"] == square
    assert found["features"][1]["geometry"] is None
    counts = {f["id"]: f["properties"]["place.count"] for f in found["features"]}
    assert counts == {"A1": 50, "A2": None, "A3": None}
    few = found["features"][2]["properties"]
    assert (few["place.percent"], few["place.withheld"]) == (
        None,
        "fewer than 10, or to protect so few",
    )
    assert "no estimates of sampling error" in found["statements"][0]
    assert found["synthetic"] is False
    assert json.loads(written(engine, "geojson", areas=areas, demo=True))["synthetic"] is True


def test_published_formats_are_those_without_microdata() -> None:
    assert {name for name, one in FORMATS.items() if not one.microdata} == {"geojson", "summary"}
