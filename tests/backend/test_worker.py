"""Web and worker as processes of their own, which meet in a PostgreSQL database only."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from backend.store import open_engine
from tests.backend.cli.processes import Running, environment, running
from tests.backend.conftest import write_city
from tests.backend.provider import Provider, provider

NUMBER = "+27600007001"


@dataclass
class Street:
    """A provider, and the settings of an installation that uses it."""

    provider: Provider
    settings: dict[str, str]
    folder: Path

    @asynccontextmanager
    async def web(self) -> AsyncIterator[Running]:
        """A web process that answers."""
        async with running("web", "--port", "0", settings=self.settings, folder=self.folder) as one:
            await one.until("Stop with")
            yield one

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[Running]:
        """A worker at work."""
        async with running("worker", settings=self.settings, folder=self.folder) as one:
            await one.until("Stop with")
            yield one


@pytest.fixture
async def street(postgres_url: str, tmp_path: Path) -> AsyncIterator[Street]:
    async with provider() as there:
        cities = tmp_path / "cities"
        write_city(cities, there.url)
        yield Street(there, environment(postgres_url, cities), tmp_path)


def settled(street: Street) -> None:
    """Waits until nothing is on its way: a part in hand is left alone for a minute."""
    engine = open_engine(street.settings["IMBIZO_DATABASE_URL"])
    for _ in range(1000):
        with engine.connect() as connection:
            if not connection.execute(text("SELECT 1 FROM outbound WHERE state <> 'sent'")).first():
                break
        time.sleep(0.01)
    engine.dispose()


def is_clean(one: Running) -> bool:
    """Whether its log holds nothing personal and no traceback."""
    return not any(word in one.log for word in (NUMBER.lstrip("+"), "Traceback", "hello you"))


async def test_a_text_to_web_is_answered_by_the_worker_who_is_told_of_it(street: Street) -> None:
    async with street.web() as web, street.worker() as worker:
        for n, said in enumerate(("hello you", "1", "34"), 1):
            answer = await web.text(NUMBER, said, f"SM{n:032d}")
            assert answer.status_code == 200, web.log
            # An idle worker would look by itself after 20 s only: it was told.
            async with asyncio.timeout(15 if n == 1 else 10):
                assert await street.provider.reply_to(NUMBER, n)
            await asyncio.sleep(0.3)
        assert await web.end() in (0, -signal.SIGTERM)
        assert await worker.end() == 0
    assert is_clean(web), web.log
    assert is_clean(worker), worker.log


async def test_a_worker_that_starts_later_answers_what_came_before(street: Street) -> None:
    async with street.web() as web:
        assert (await web.text(NUMBER, "hello you", "SM" + "1" * 32)).status_code == 200
        assert street.provider.sent == []
        async with street.worker() as first, street.worker() as second:
            assert await street.provider.reply_to(NUMBER, 1)
            await web.text(NUMBER, "1", "SM" + "2" * 32)
            assert await street.provider.reply_to(NUMBER, 2)
            for worker in (first, second):
                assert await worker.end(signal.SIGINT) == 0
    assert len(street.provider.sent) == 2


async def test_what_a_killed_worker_left_is_answered_by_another(street: Street) -> None:
    async with street.web() as web:
        async with street.worker() as worker:
            await web.text(NUMBER, "hello you", "SM" + "1" * 32)
            await street.provider.reply_to(NUMBER, 1)
            await asyncio.to_thread(settled, street)
            worker.process.kill()
            await worker.process.wait()
        await web.text(NUMBER, "1", "SM" + "2" * 32)
        async with street.worker():
            assert await street.provider.reply_to(NUMBER, 2)


async def test_web_hears_of_a_city_that_is_loaded_while_it_runs(street: Street) -> None:
    async with street.web() as web:
        assert (await web.text(NUMBER, "Hi", "SM1", "new-za")).status_code == 404
        folder = write_city(street.folder / "more", street.provider.url, "new-za")
        load = ("city", "load", str(folder))
        async with running(*load, settings=street.settings, folder=street.folder) as loading:
            assert await loading.process.wait() == 0, loading.log
        async with asyncio.timeout(20):
            while (await web.text(NUMBER, "Hi", "SM1", "new-za")).status_code == 404:
                await asyncio.sleep(0.2)
        assert (await web.text(NUMBER, "Hi", "SM2", "new-za")).status_code == 200
