"""Memory must not grow with the rows (contract, "Exports")."""

import tempfile
import tracemalloc
from collections.abc import Iterator

import pyarrow
import pytest
from sqlalchemy import Engine

from backend.exports import FORMATS, export
from backend.store import library, open_engine
from tests.backend.exports.seed import AT, SLUG, Way, add, city, question, said, survey_file

KEY = "synthetic export key"
MOST = 16_000_000
"""Bytes of Python's own memory that an export may take at its peak."""


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


def test_twenty_thousand_responses_take_no_more_memory_than_two_thousand(engine: Engine) -> None:
    numbers = {"first": 1, "few": 2_000, "many": 20_000}  # with the first, caches are paid for
    _, few, many = (peak(engine, slug, n, "csv") for slug, n in numbers.items())
    assert many < MOST
    assert many < 1.9 * few  # 40 bytes a row that are kept would already be more; ids take 100


@pytest.fixture
def sqlite_engine(sqlite_url: str) -> Iterator[Engine]:
    engine = open_engine(sqlite_url)
    yield engine
    engine.dispose()


SMALL = 200
"""Rows that are to be in memory at once, for this test."""

LEAST_ROW = 300
"""Bytes that a row takes at least, if only its ids are kept."""


@pytest.mark.parametrize("format", [name for name, one in FORMATS.items() if one.microdata])
def test_no_format_holds_more_rows_when_there_are_more(
    sqlite_engine: Engine, format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.exports.rows.BATCH", SMALL)
    monkeypatch.setattr("backend.exports.arrow.ROWS", SMALL)
    first, few, many = (
        peak(sqlite_engine, slug, n * SMALL, format) for slug, n in (("a", 1), ("b", 3), ("c", 15))
    )
    assert first > 0, "imports and caches are paid for by now"
    assert many - few < 12 * SMALL * LEAST_ROW
    assert pyarrow.total_allocated_bytes() < MOST


def peak(engine: Engine, slug: str, n: int, format: str) -> int:
    """The most memory that exporting n responses takes."""
    profile = city(slug)
    with library.writing(engine) as connection:
        library.save_city(connection, profile)
        library.publish(connection, slug, survey_file(question("place", "location")), AT)
        add(connection, slug, [Way({"place": said("A1")}, version=1, contact=None)] * n)
    with tempfile.TemporaryFile() as out:
        tracemalloc.start()
        try:
            export(engine, profile, SLUG, format, KEY, out)
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert out.tell() > 0
        out.seek(0)
        assert format != "csv" or sum(1 for _ in out) == n + 1
    return most
