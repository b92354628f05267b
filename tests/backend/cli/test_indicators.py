"""`imbizo indicators`: as a table, CSV or JSON, or why not."""

import csv
import io
import json
from datetime import UTC, datetime

import pytest

from backend.store import open_engine
from tests.backend.cli.conftest import Desk
from tests.backend.exports.seed import city
from tests.backend.results.growing import PLACES, begin, wave
from tests.backend.results.test_indicators import everywhere

ASK = ("indicators", "smalltown")


@pytest.fixture
def grown(desk: Desk) -> Desk:
    """A desk with a city that answered in two months."""
    engine = open_engine(desk.settings["IMBIZO_DATABASE_URL"])
    profile = city(areas=PLACES)
    begin(engine, profile)
    wave(engine, profile, everywhere(50, 50, 50), datetime(2026, 10, 20, tzinfo=UTC))
    wave(engine, profile, everywhere(50, 50, 20), datetime(2026, 11, 20, tzinfo=UTC))
    engine.dispose()
    return desk


def test_indicators_as_table_csv_and_json(grown: Desk) -> None:
    done = grown.imbizo(*ASK)
    assert done.code == 0
    assert done.out.startswith("indicator")
    assert "50.0" in done.out
    assert "self-selected" in done.err
    asked = (*ASK, "sdg-16.1.4", "--by", "area", "--format")
    rows = list(csv.DictReader(io.StringIO(grown.well(*asked, "csv"))))
    [fell] = [row for row in rows if row["verdict"] == "down"]
    assert (fell["group"], fell["period"], fell["change"]) == ("A3", "2026-11-01", "-30.0")
    [found] = json.loads(grown.well(*asked, "json"))
    assert {group["group"] for group in found["series"][0]["groups"]} == {"A1", "A2", "A3"}
    assert found["indicator"]["code"] == "sdg-16.1.4"


def test_what_cannot_be_shown_is_said_with_a_way_out(grown: Desk) -> None:
    assert "lists those that the city asks" in grown.refused(*ASK, "sdg-0")
    assert "needs the code" in grown.refused(*ASK, "--by", "area")
    assert "smallville" in grown.refused("indicators", "smallville")
