"""Memory must not grow with the rows (contract, "Exports")."""

import tracemalloc
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from backend.exports import export
from backend.store import library, open_engine
from tests.backend.exports.seed import AT, SLUG, Way, add, city, question, said, survey_file

KEY = "synthetic export key"
MOST = 16_000_000
"""Bytes of Python's own memory that an export may take at its peak."""


class Counting:
    """A file that keeps nothing."""

    lines = 0

    def write(self, text: str) -> int:
        self.lines += text.count("\n")
        return len(text)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


def test_fifty_thousand_responses_take_no_more_memory_than_five_thousand(engine: Engine) -> None:
    few, many = (peak(engine, slug, n) for slug, n in (("few", 5_000), ("many", 50_000)))
    assert many < MOST
    assert many < 3 * few  # sorting ids in memory would take ten times as much


def peak(engine: Engine, slug: str, n: int) -> int:
    """The most memory that exporting n responses takes."""
    profile = city(slug)
    with library.writing(engine) as connection:
        library.save_city(connection, profile)
        library.publish(connection, slug, survey_file(question("place", "location")), AT)
        add(connection, slug, [Way({"place": said("A1")}, version=1, contact=None)] * n)
    out = Counting()
    tracemalloc.start()
    try:
        export(engine, profile, SLUG, "csv", KEY, out)  # type: ignore[arg-type]
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        assert out.lines == n + 1
