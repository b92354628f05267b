"""A page of a Flow Results package costs the same wherever it is."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, insert

from backend.exports.flow_pages import PagedSource, Place, Wanted, page, place_of
from backend.exports.source import load
from backend.models import Session
from backend.store import library, open_engine
from dialogue.survey import Status
from tests.backend.exports.seed import AT, SLUG, Way, add, city, plant, said

MANY = 5_000
SIZE = 50


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url)
    plant(engine, city())
    yield engine
    engine.dispose()


def source_of(connection: Connection) -> PagedSource:
    source = load(connection, city(), SLUG)
    return PagedSource(source.profile, source.versions, b"i" * 32, sealing=b"s" * 32)


def elsewhere(n: int) -> dict[str, object]:
    return {
        "id": f"smalltown-session-{10_000 + n % MANY}-{n}", "city": "othertown", "survey": SLUG,
        "contact": None, "version": 2, "status": Status.ACTIVE, "locale": "en",
        "channel": "phone", "started_at": AT, "finished_at": None,
    }  # fmt: skip


def fill(engine: Engine) -> None:
    plant(engine, city("othertown"))
    with library.writing(engine) as connection:
        # Ids are random in life: sessions of another city lie between these.
        others = [elsewhere(n) for n in range(3 * MANY)]
        connection.execute(insert(Session), others)
        ways = [Way({"safe": said("unsafe"), "place": said("A1")}, contact=None)] * MANY
        add(connection, "smalltown", ways, 10_000)


KINDS = {
    "first": Wanted(SIZE),
    "after": Wanted(SIZE, after=Place("smalltown-session-14000", 0)),
    "before": Wanted(SIZE, before=Place("smalltown-session-14000", 0)),
    "days": Wanted(SIZE, after=Place("smalltown-session-14000", 0), since=date(2026, 11, 1)),
}
SCANNED = re.compile(
    r"SCAN (session|answer)\b|USE TEMP B-TREE|Seq Scan on (session|answer)\b|\bSort\b"
)


@contextmanager
def statements(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """What reaches the driver in the block."""
    found: list[tuple[str, Any]] = []

    def note(*given: Any) -> None:
        found.append((given[2], given[3]))

    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_page_is_found_by_an_index(engine: Engine, kind: str) -> None:
    fill(engine)
    with engine.connect() as connection:
        source = source_of(connection)
        with statements(engine) as asked:
            assert len(page(connection, source, KINDS[kind]).rows) == SIZE
        assert len(asked) == 3, "the window, its sessions, their answers"
        explain = "EXPLAIN QUERY PLAN"
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("ANALYZE session")
            connection.exec_driver_sql("ANALYZE answer")
            explain = "EXPLAIN"
        [window, sessions, answers] = [
            "\n".join(str(tuple(step)) for step in connection.exec_driver_sql(f"{explain} {s}", v))
            for s, v in asked
        ]
    assert "ix_session_survey_id" in window
    for plan in (window, sessions):
        assert not SCANNED.search(plan), plan
    # The answers of a few sessions are put in order; they are found by their sessions.
    assert not re.search(r"SCAN answer|Seq Scan on answer", answers), answers


def step(counter: "count[int]") -> int:
    """Counts a hundred steps of SQLite, and lets it go on."""
    next(counter)
    return 0


def test_the_last_page_takes_no_more_steps_than_the_first(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    plant(engine, city())
    fill(engine)
    with engine.connect() as connection:
        source, steps = source_of(connection), []
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        for start in ("smalltown-session-10001", "smalltown-session-14000"):
            counter = count()
            driver.set_progress_handler(partial(step, counter), 100)
            wanted = Wanted(SIZE, after=Place(start, 9))
            assert len(page(connection, source, wanted).rows) == SIZE
            driver.set_progress_handler(None, 0)
            steps.append(next(counter))
    engine.dispose()
    assert 0 < steps[1] <= steps[0] * 1.1


def test_only_ids_of_the_package_are_cursors(engine: Engine) -> None:
    with engine.connect() as connection:
        source = source_of(connection)
    cursor = f"{source.response_id('a session')}-wrong"
    names = [question.name for question in source.survey.questions]
    assert place_of(source, cursor) == Place("a session", names.index("wrong"))
    other = PagedSource(source.profile, source.versions, b"i" * 32, sealing=b"o" * 32)
    assert place_of(other, cursor) is None
    for broken in (
        "",
        "-wrong",
        cursor[:-1],
        cursor[1:],
        cursor.replace("-wrong", "-odd"),
        "\0-wrong",
    ):
        assert place_of(source, broken) is None
