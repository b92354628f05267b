"""A database with the demo cities and one real city, and a way to make their year."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from backend import wiring
from backend.city_file import read_city
from backend.demo import load_city, load_demo
from backend.demo_year.loading import load
from backend.demo_year.plan import Plan, plan
from backend.store import open_engine
from channels.client import Client
from tests.backend.conftest import settings_for, write_city

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


@dataclass
class Demo:
    """An installation in which nothing runs."""

    one: wiring.Installation

    def plan(
        self,
        residents: int | None = None,
        seed: int | None = None,
        now: datetime = NOW,
        city: str = "demo-za",
    ) -> Plan:
        return plan(self.one.engine, city, self.one.channels.kinds(), now, residents, seed)

    def make(self, planned: Plan) -> int:
        return load(self.one, planned.left, lambda _: None)

    def rows(self, statement: str) -> Sequence[tuple[object, ...]]:
        with self.one.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement))]

    def count(self, what: str) -> int:
        [[n]] = self.rows(f"SELECT count(*) FROM {what}")
        return int(str(n))

    def answers(self) -> Sequence[tuple[object, ...]]:
        """All that was answered, with its time."""
        return sorted(
            self.rows(
                "SELECT session, question, revision, outcome, coalesce(value, ''), rule,"
                " CAST(at AS text) FROM answer"
            )
        )


@contextmanager
def demo_in(url: str, folder: Path) -> Iterator[Demo]:
    """The cities in a migrated database."""
    engine = open_engine(url)
    load_demo(engine, NOW)
    load_city(engine, read_city(write_city(folder / "cities", "http://127.0.0.1:9")), NOW)
    engine.dispose()
    one = wiring.assemble(settings_for(url), Client())
    yield Demo(one)
    one.engine.dispose()


@pytest.fixture
def demo(database_url: str, tmp_path: Path) -> Iterator[Demo]:
    """On SQLite, then on PostgreSQL."""
    with demo_in(database_url, tmp_path) as demo:
        yield demo


@pytest.fixture
def demo_on_sqlite(sqlite_url: str, tmp_path: Path) -> Iterator[Demo]:
    """On SQLite alone."""
    with demo_in(sqlite_url, tmp_path) as demo:
        yield demo
