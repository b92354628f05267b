"""A store on a fresh database of each kind, with two cities in it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import Connection, insert, text

from backend.privacy import KeyRing
from backend.store import SqlStore, open_engine
from backend.store.tables import CITY
from bot.allowance import Limits
from bot.store import Claimed, DeliveryState, Inbound, Known, Outbound, Settlement, Undelivered
from channels.base import Part, Received
from dialogue.desk import City, Desk

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
OLD_KEY, NEW_KEY = "o" * 40, "n" * 40
ANNA, BEN = "tel:+27600000001", "tel:+27600000002"


def make_desk(connection: Connection, city: str) -> Desk:
    """A desk that says which revision it was made of."""
    statement = text("SELECT revision FROM city WHERE slug = :city")
    revision = connection.execute(statement, {"city": city}).scalar()
    return Desk(
        City(city, f"revision {revision}", "ZA", "UTC", (), 16, "LEMON", "", "", ()), {}, ()
    )


@dataclass
class World:
    """A store, and short ways to do with it what `bot` does."""

    store: SqlStore
    limits: dict[tuple[str, str], Limits]
    numbers: Iterator[int]
    late: list[Undelivered] = field(default_factory=list)

    def message(self, urn: str = ANNA, at: datetime = NOON, **changes: object) -> Inbound:
        n = next(self.numbers)
        city = str(changes.pop("city", "east"))
        channel = str(changes.pop("channel", "sms"))
        values = {"provider_id": f"SM{n}", "urn": urn, "text": f"text {n}"} | changes
        received = Received(**values)  # type: ignore[arg-type]  # names and types are the test's
        return Inbound(city, channel, received, f"{n:032x}", at)

    def come(self, urn: str = ANNA, at: datetime = NOON, **changes: object) -> Known:
        """A message is received and its contact loaded."""
        inbound = self.message(urn, at, **changes)
        with self.store.write() as unit:
            unit.inbox.receive(inbound)
            return unit.contacts.load(inbound)

    def say(
        self,
        known: Known,
        *texts: str,
        at: datetime = NOON,
        city: str = "east",
        question: str | None = None,
        segments: int = 1,
        **changes: object,
    ) -> str:
        """Queues a message; its turn's id."""
        turn = f"{next(self.numbers):032x}"
        values: dict[str, object] = {
            "channel": known.channel,
            "contact": known.contact,
            "urn": known.urn,
        }
        values |= {"expires_at": at + timedelta(days=1)} | changes
        parts = tuple(Part(one, (), question, segments) for one in texts)
        with self.store.write() as unit:
            unit.outbox.queue(Outbound(turn=turn, city=city, parts=parts, at=at, **values))  # type: ignore[arg-type]  # as above
        return turn

    def claim(self, at: datetime = NOON, token: str = "t", limit: int = 100) -> list[Claimed]:
        with self.store.write() as unit:
            return list(unit.outbox.claim(at, token, limit))

    def texts(self, at: datetime = NOON, token: str = "t", limit: int = 100) -> list[str]:
        return [claimed.sending.text for claimed in self.claim(at, token, limit)]

    def settle(
        self,
        claimed: Claimed,
        state: DeliveryState = DeliveryState.SENT,
        at: datetime = NOON,
        **changes: object,
    ) -> None:
        if state is DeliveryState.SENT:
            changes = {"provider_id": f"out{claimed.id}"} | changes
        with self.store.write() as unit:
            settlement = Settlement(state, **changes)  # type: ignore[arg-type]  # as above
            late = unit.outbox.settle(claimed, settlement, at)
        self.late += [late] if late else []

    def rows(self, statement: str, **values: object) -> list[tuple[object, ...]]:
        with self.store.read() as connection:
            return [tuple(row) for row in connection.execute(text(statement), values)]

    def one(self, statement: str, **values: object) -> object:
        [[value]] = self.rows(statement, **values)
        return value


@contextmanager
def open_world(url: str) -> Iterator[World]:
    """A store on a migrated database, with the cities east and west."""
    engine = open_engine(url, pool_size=50)
    cities: list[dict[str, object]] = [
        {"slug": slug, "profile": {}, "revision": 1, "demo": False} for slug in ("east", "west")
    ]
    with engine.begin() as connection:
        connection.execute(insert(CITY), cities)
    limits: dict[tuple[str, str], Limits] = {}
    yield World(SqlStore(engine, KeyRing([OLD_KEY]), make_desk, limits), limits, count(1))
    engine.dispose()


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """A world on SQLite, then one on PostgreSQL."""
    with open_world(database_url) as world:
        yield world


@pytest.fixture
def postgres_world(postgres_url: str) -> Iterator[World]:
    """A world on PostgreSQL alone, for what SQLite cannot have."""
    with open_world(postgres_url) as world:
        yield world


def states(world: World) -> Mapping[object, int]:
    """How many outbound parts are in each state."""
    counted = world.rows("SELECT state, count(*) FROM outbound GROUP BY state")
    return {state: int(str(n)) for state, n in counted}
