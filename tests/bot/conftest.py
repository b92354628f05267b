"""Two cities in a real store, and residents who text them; what was said is looked at in tables."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from backend.city_file import read_city
from backend.demo import INSTRUMENTS
from backend.desks import build_desk
from backend.models import metadata
from backend.privacy import KeyRing
from backend.store import SqlStore, library, open_engine
from bot.allowance import Limits
from bot.outbox import MOST_SECONDS, Dispatcher, Surroundings
from bot.store import Inbound, Known, Outbound, ReceiptStatus, Store
from bot.turns import Taken, take_turn
from bot.wakeups import take_waiting
from bot.writer import Writer
from channels.base import Carries, Channel, Part, Received
from channels.rendering import CARRIES
from dialogue.desk import Desk
from tests.backend.conftest import KEYS, write_city

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
EAST, WEST = "east", "west"
ANNA, BEN, CORA = "+27600001001", "+27600001002", "+27600001003"
SMS: Carries = CARRIES["sms"]
KINDS: Mapping[tuple[str, str], Carries] = {(city, "sms"): SMS for city in (EAST, WEST)}
TO_THE_FIRST_QUESTION = ("Hi", "1", "34")
HOUR = timedelta(hours=1)


class BrokenError(Exception):
    """What a broken city raises."""


@dataclass
class Bot:
    """A store with the cities east and west. No desk is made for a city while it is `broken`, as
    after an update with a bug; `now` is the time on everybody's clock."""

    store: SqlStore
    limits: dict[tuple[str, str], Limits]
    broken: set[str] = field(default_factory=set)
    now: datetime = NOON
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def inbound(self, number: str, said: str, city: str = EAST, **more: object) -> Inbound:
        """A text on its way."""
        n = next(self.numbers)
        values = {"provider_id": f"SM{n}", "urn": f"tel:{number}", "text": said} | more
        received = Received(**values)  # type: ignore[arg-type]  # names and types are the test's
        return Inbound(city, "sms", received, f"{n:032x}", self.now)

    def take(self, inbound: Inbound) -> Taken:
        """Its turn, in a transaction of its own."""
        with self.store.write() as unit:
            return take_turn(unit, inbound, SMS)

    def say(self, number: str, *texts: str, city: str = EAST) -> str:
        """A resident texts; what was answered to the last of it."""
        said = ""
        for one in texts:
            taken = self.take(self.inbound(number, one, city))
            assert taken.status is ReceiptStatus.TAKEN
            said = "\n".join(part.text for part in taken.parts)
        return said

    def known(self, number: str, city: str = EAST) -> Known:
        """The contact, as the store knows it."""
        contact = self.store.find_contact(city, f"tel:{number}")
        assert contact is not None
        with self.store.write() as unit:
            return unit.contacts.load(self.inbound(number, "", city))

    def queue(self, number: str, *texts: str, **more: object) -> None:
        """Queues a message to somebody known, as a broadcast does."""
        known = self.known(number)
        values = {"expires_at": self.now + timedelta(days=1), "at": self.now} | more
        parts = tuple(Part(one, (), None, 1) for one in texts)
        turn = f"{next(self.numbers):032x}"
        with self.store.write() as unit:
            unit.outbox.queue(
                Outbound(turn, EAST, "sms", known.contact, known.urn, parts, **values)  # type: ignore[arg-type]  # as above
            )

    def take_waiting(self) -> int:
        """What the worker does with receipts left waiting; how many were taken."""
        with self.store.write() as unit:
            return take_waiting(unit, KINDS)

    def rows(self, statement: str, **values: object) -> list[tuple[object, ...]]:
        """What the database says."""
        with self.store.read() as connection:
            return [tuple(row) for row in connection.execute(text(statement), values)]

    def one(self, statement: str, **values: object) -> object:
        """The one value the database says."""
        [[value]] = self.rows(statement, **values)
        return value

    @property
    def sql_now(self) -> object:
        """The time as this database keeps it."""
        return str(self.now)[:19] if self.store.engine.name == "sqlite" else self.now

    def run(self, statement: str, **values: object) -> None:
        """Changes the database behind everybody's back."""
        with library.writing(self.store.engine) as connection:
            connection.execute(text(statement), values)

    def counts(self) -> dict[str, int]:
        """How many rows each table has that turns write to."""
        tables = ("received", "body", "contact", "urn", "session", "answer", "consent", "outbound")
        return {name: int(str(self.one(f"SELECT count(*) FROM {name}"))) for name in tables}

    def everything(self) -> dict[str, Sequence[object]]:
        """All rows of all tables."""
        names = sorted(metadata.tables)
        return {name: sorted(map(repr, self.rows(f'SELECT * FROM "{name}"'))) for name in names}

    def states(self) -> dict[object, int]:
        """How many parts are in each state of the outbox."""
        counted = self.rows("SELECT state, count(*) FROM outbound GROUP BY state")
        return {state: int(str(n)) for state, n in counted}

    @asynccontextmanager
    async def dispatching(
        self, channel: Channel, store: Store | None = None, most_seconds: float = MOST_SECONDS
    ) -> AsyncIterator[Dispatcher]:
        """A dispatcher that sends everything of east by this channel."""
        writer = Writer(store or self.store)
        writer.start()
        fresh = Surroundings(lambda: self.now, lambda: f"t{next(self.numbers)}", lambda: 0.5)
        try:
            yield Dispatcher(writer, {(EAST, "sms"): channel}, fresh, most_seconds)
        finally:
            await asyncio.to_thread(writer.stop)


@contextmanager
def open_bot(url: str, folder: Path) -> Iterator[Bot]:
    """East and west in a migrated database."""
    engine = open_engine(url)
    for city in (EAST, WEST):
        profile = read_city(write_city(folder / "cities", "http://127.0.0.1:9", city))
        with library.writing(engine) as connection:
            library.save_city(connection, profile)
            for slug in profile.surveys:
                library.publish(
                    connection, city, (INSTRUMENTS / f"{slug}.toml").read_text("utf-8"), NOON
                )
    broken: set[str] = set()

    def build(connection: Connection, city: str) -> Desk:
        if city in broken:
            raise BrokenError(f"no desk for {city}")
        return build_desk(connection, city)

    limits: dict[tuple[str, str], Limits] = {}
    yield Bot(SqlStore(engine, KeyRing(KEYS), build, limits), limits, broken)
    engine.dispose()


@pytest.fixture
def bot(database_url: str, tmp_path: Path) -> Iterator[Bot]:
    """On SQLite, then on PostgreSQL."""
    with open_bot(database_url, tmp_path) as bot:
        yield bot


@pytest.fixture
def postgres_bot(postgres_url: str, tmp_path: Path) -> Iterator[Bot]:
    """On PostgreSQL alone, for what SQLite cannot have."""
    with open_bot(postgres_url, tmp_path) as bot:
        yield bot
