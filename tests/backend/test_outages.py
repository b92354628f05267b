"""What happens while something is away, and after: nothing lost, nothing twice, no restart."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy import Pool, event, text

from backend import wiring
from backend.app import create_app
from backend.city_file import read_city
from backend.demo import load_city
from backend.store import migrate, open_engine
from bot.outbox import Dispatcher, Surroundings
from bot.store import Inbound
from bot.turns import take_turn
from channels.base import Fault, Kind, Received, SendError, Sending, Sent
from tests.backend.cli.away import away
from tests.backend.conftest import NOW, Town, settings_for, write_city
from tests.backend.listed import SMS, Listed, installed
from tests.backend.provider import ROOT, message, provider
from tests.postgres import at, server_of_our_own

ANNA, BEN = "+27600005001", "+27600005002"
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def rows(one: wiring.Installation, statement: str) -> list[tuple[object, ...]]:
    with one.store.read() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


async def until_taken(http: httpx.AsyncClient, number: str, said: str, sid: str) -> int:
    """A provider tries again until it gets its 200; how often it got another answer."""
    async with asyncio.timeout(30):
        for tries in range(1000):
            status = (await http.send(message(number, said, sid))).status_code
            if status == 200:
                return tries
            assert status == 503
            await asyncio.sleep(0.05)
    raise AssertionError


@asynccontextmanager
async def at_work(url: str, folder: Path, sink: str) -> AsyncIterator[httpx.AsyncClient]:
    """Web and worker with the city `test-za`."""
    engine = open_engine(url)
    load_city(engine, read_city(write_city(folder / "cities", sink)), NOW)
    engine.dispose()
    app = create_app(settings_for(url), with_worker=True)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ROOT) as http,
    ):
        yield http


async def settled(url: str) -> None:
    """Waits until nothing is on its way: what is stays with its worker for a minute."""
    engine = open_engine(url)
    async with asyncio.timeout(20):
        while True:
            with engine.connect() as connection:
                pending = "SELECT 1 FROM outbound WHERE state IN ('queued', 'claimed')"
                if not connection.execute(text(pending)).first():
                    break
            await asyncio.sleep(0.02)
    engine.dispose()


# --- the database --------------------------------------------------------------------------------
async def test_after_the_database_was_away_the_talk_goes_on(town: Town) -> None:
    await town.text(ANNA, "Hi", "SM1")
    await town.provider.reply_to(ANNA, 1)
    await settled(town.settings.database_url)
    async with away(town.app.state.installation):
        for _ in range(3):
            assert (await town.text(ANNA, "1", "SM2")).status_code == 503
            assert (await town.text(BEN, "Hi", "SM3")).status_code == 503
    assert await until_taken(town.http, ANNA, "1", "SM2") <= 2
    await until_taken(town.http, BEN, "Hi", "SM3")
    assert "old" in await town.provider.reply_to(ANNA, 2)
    assert await town.provider.reply_to(BEN, 1)
    await asyncio.sleep(0.5)
    assert (len(town.provider.to(ANNA)), len(town.provider.to(BEN))) == (2, 1)


IDLE = 5
"""Connections that the pool keeps."""


async def test_connections_that_are_killed_are_replaced(postgres_url: str, tmp_path: Path) -> None:
    name = postgres_url.partition("?")[0].rpartition("/")[2]
    kill = "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s"
    async with provider() as there, at_work(postgres_url, tmp_path, there.url) as http:
        for n in range(5):
            with psycopg.connect(at(postgres_url, "postgres"), autocommit=True) as admin:
                admin.execute(kill, [name])
            number = f"+2760000510{n}"
            # Each idle connection is found dead once, by somebody who is told to come again.
            assert await until_taken(http, number, "Hi", f"SM{n}") <= IDLE + 1
            assert await there.reply_to(number, 1)


async def test_a_server_that_stops_and_starts_needs_no_restart_of_ours(tmp_path: Path) -> None:
    with server_of_our_own() as server:
        migrate(server.url)
        async with provider() as there, at_work(server.url, tmp_path, there.url) as http:
            await until_taken(http, ANNA, "Hi", "SM1")
            await there.reply_to(ANNA, 1)
            await settled(server.url)
            await asyncio.to_thread(server.stop)
            assert (await http.send(message(ANNA, "1", "SM2"))).status_code == 503
            assert (await http.get("/readyz")).json()["status"] == "no database"
            assert (await http.get("/healthz")).status_code == 200
            await asyncio.to_thread(server.start)
            assert await until_taken(http, ANNA, "1", "SM2") <= 2
            assert "old" in await there.reply_to(ANNA, 2)
            assert (await http.get("/readyz")).status_code == 200


class Disk:
    """The database's file may grow by so many pages only, as if the disk were full then."""

    def __init__(self, pages: int) -> None:
        self.pages, self.full, self._most = pages, True, 0

    def limit(self, connection: Any, _record: object, _proxy: object) -> None:
        """Each connection counts for itself, so each is told."""
        [now] = connection.execute("PRAGMA page_count").fetchone()
        self._most = self._most or now + self.pages
        most = self._most if self.full else 2**30
        connection.execute(f"PRAGMA max_page_count={most}")


@pytest.mark.parametrize("pages", [0, 3, 10])
async def test_a_full_disk_stores_nothing_half_and_is_over_when_there_is_room(
    sqlite_url: str, tmp_path: Path, pages: int
) -> None:
    disk = Disk(pages)
    async with provider() as there, at_work(sqlite_url, tmp_path, there.url) as http:
        await until_taken(http, ANNA, "Hi", "SM1")
        await there.reply_to(ANNA, 1)
        await settled(sqlite_url)
        event.listen(Pool, "checkout", disk.limit)
        try:
            statuses: list[int] = []
            while statuses.count(503) < 3:
                number = f"+2760000520{len(statuses) % 10}"
                sid = f"SMb{len(statuses)}"
                answer = await http.send(message(number, "x" * 1500, sid))
                statuses.append(answer.status_code)
                assert len(statuses) < 200
            assert set(statuses) <= {200, 503}
            disk.full = False
            # Who was told to come again is taken, and so is everyone else.
            for n, status in enumerate(statuses):
                if status == 503:
                    await until_taken(http, f"+2760000520{n % 10}", "x" * 1500, f"SMb{n}")
            await until_taken(http, ANNA, "1", "SM2")
            assert "old" in await there.reply_to(ANNA, 2)
        finally:
            event.remove(Pool, "checkout", disk.limit)
    engine = open_engine(sqlite_url)
    with engine.connect() as connection:
        receipts = connection.execute(text("SELECT provider_id, status FROM received")).all()
        bodies = connection.execute(text("SELECT count(*) FROM body")).scalar_one()
        sound = connection.execute(text("PRAGMA integrity_check")).scalar_one()
    engine.dispose()
    taken = {"SM1", "SM2", *(f"SMb{n}" for n in range(len(statuses)))}
    assert {tuple(row) for row in receipts} == {(sid, "taken") for sid in taken}
    assert (bodies, sound) == (len(taken), "ok")


# --- the provider, the worker, the clock ---------------------------------------------------------
@dataclass
class Days:
    """A clock given as data."""

    now: datetime = NOW
    n: int = 0

    def around(self) -> Surroundings:
        return Surroundings(lambda: self.now, self.fresh_id, random.Random(1).random)

    def fresh_id(self) -> str:
        self.n += 1
        return f"{self.n:032x}"


class Away(Listed):
    """A provider that is away as long as `away`; `took` although it never said so, if `mute`."""

    away: bool = False
    mute: bool = False

    async def send(self, sending: Sending) -> Sent:
        if self.away:
            raise SendError(Fault(Kind.RETRY, "503", whole=True))
        sent = await super().send(sending)
        if self.mute:
            raise SendError(Fault(Kind.UNKNOWN, "timeout"))
        return sent


@pytest.fixture
def days() -> Days:
    return Days()


@pytest.fixture
def channel() -> Away:
    return Away()


@pytest.fixture
async def one(
    database_url: str, tmp_path: Path, channel: Away
) -> AsyncIterator[wiring.Installation]:
    async with installed(database_url, tmp_path, channel) as one:
        yield one


async def say(one: wiring.Installation, channel: Away, days: Days, said: str) -> None:
    """A resident writes."""
    n = days.fresh_id()
    inbound = Inbound(*SMS, Received(f"SM{n}", f"tel:{ANNA}", said), n, days.now)
    await one.writer.run(lambda unit: take_turn(unit, inbound, channel.carries))


async def send(one: wiring.Installation, days: Days) -> None:
    """A worker's round, from start to end."""
    await Dispatcher(one.writer, one.channels, days.around()).drain()


async def pass_time(one: wiring.Installation, days: Days, time: timedelta) -> None:
    """Time passes, and a worker looks every minute."""
    for _ in range(time // MINUTE):
        days.now += MINUTE
        await send(one, days)


async def test_a_provider_away_for_an_hour_gets_everything_once_in_order(
    one: wiring.Installation, channel: Away, days: Days
) -> None:
    channel.away = True
    await say(one, channel, days, "Hi")
    await pass_time(one, days, HOUR)
    assert channel.sent == []
    channel.away = False
    await pass_time(one, days, HOUR)
    assert len(channel.sent) == 1
    await say(one, channel, days, "1")
    await pass_time(one, days, MINUTE)
    assert len(channel.sent) == 2
    assert rows(one, "SELECT DISTINCT state FROM outbound") == [("sent",)]


async def test_a_worker_that_died_leaves_nothing_behind(
    one: wiring.Installation, channel: Away, days: Days
) -> None:
    """It claimed, perhaps sent, and died: after the lease somebody asks the provider first."""
    await say(one, channel, days, "Hi")
    claimed = await one.writer.run(lambda unit: unit.outbox.claim(days.now, "dead", 10))
    await channel.send(claimed[0].sending)
    await send(one, days)
    assert len(channel.sent) == 1  # it is the dead one's for a minute
    await pass_time(one, days, 3 * MINUTE)
    assert len(channel.sent) == 1
    assert rows(one, "SELECT state FROM outbound") == [("sent",)]


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
@pytest.mark.parametrize("when", ["queued", "claimed", "waiting to be tried again"])
async def test_a_clock_that_jumps_sends_nothing_twice_and_holds_nothing_up_for_longer(
    one: wiring.Installation, channel: Away, days: Days, jump: timedelta, when: str
) -> None:
    channel.away = when == "waiting to be tried again"
    await say(one, channel, days, "Hi")
    if when == "claimed":
        [claimed] = await one.writer.run(lambda unit: unit.outbox.claim(days.now, "dead", 10))
        await channel.send(claimed.sending)
    elif channel.away:
        await send(one, days)
        channel.away = False
    days.now += jump
    await pass_time(one, days, HOUR + 15 * MINUTE)
    assert len(channel.sent) == 1
    assert rows(one, "SELECT state FROM outbound") == [("sent",)]
    days.now -= jump
    await say(one, channel, days, "1")
    await pass_time(one, days, HOUR + 15 * MINUTE)
    assert len(channel.sent) == 2
