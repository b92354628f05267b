"""A year that comes beside everything else, and one whose making was killed."""

import asyncio
import signal
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from backend import wiring
from backend.app import create_app
from backend.demo import load_demo
from backend.demo_year.loading import MOST_FAULTS, Progress, one_by_one
from backend.demo_year.plan import plan
from backend.store import open_engine
from channels.client import Client
from tests.backend.cli.conftest import SECRET
from tests.backend.cli.processes import environment, running
from tests.backend.conftest import KEYS, settings_for
from tests.backend.demo_year.conftest import NOW


def left_of(url: str, keys: tuple[str, ...] = KEYS) -> tuple[int, int]:
    """Visits of demo-za that are still to be made, and all."""
    one = wiring.assemble(replace(settings_for(url), secret_keys=keys), Client())
    found = plan(one.engine, "demo-za", one.channels.kinds(), wiring.now())
    one.engine.dispose()
    return len(found.left), found.total


def number(url: str, what: str) -> int:
    engine = open_engine(url)
    with engine.connect() as connection:
        found = int(connection.execute(text(f"SELECT {what} FROM received")).scalar_one())
    engine.dispose()
    return found


async def test_a_year_comes_beside_the_visitors(database_url: str) -> None:
    engine = open_engine(database_url)
    load_demo(engine, NOW)
    engine.dispose()
    app = create_app(settings_for(database_url), with_worker=True, demo_year=True)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://here") as http,
    ):
        before = (await http.get("/readyz")).json()
        assert (before["status"], before["demo_year"]["made"]) == ("ready", 0)
        async with asyncio.timeout(60):
            while app.state.demo_year.made < 10:
                await asyncio.sleep(0.05)
        said = {"from": "anna", "text": "Hi"}
        answer = await http.post("/try/demo-za/sms/messages", json=said)
        assert "Do you agree?" in answer.json()["replies"][-1]["text"]
        ready = (await http.get("/readyz")).json()
        assert ready["status"] == "ready"
        assert 10 <= ready["demo_year"]["made"] < ready["demo_year"]["planned"]
        metrics = (await http.get("/metrics")).text
        assert 'imbizo_demo_year_visits{state="planned"}' in metrics
        progress = app.state.demo_year
    assert 10 <= progress.made < progress.total
    assert number(database_url, "count(*) - sum(CASE status WHEN 'taken' THEN 1 END)") == 0
    left, total = await asyncio.to_thread(left_of, database_url)
    assert 0 < left < total


async def test_a_visit_that_fails_is_left_for_the_next_start(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    load_demo(engine, NOW)
    engine.dispose()
    async with wiring.installation(settings_for(sqlite_url)) as one:
        left = list(plan(one.engine, "demo-za", one.channels.kinds(), wiring.now(), 40).left)
        broken = [replace(v, stage=replace(v.stage, kinds={})) for v in left[:2]]
        progress = Progress(0, len(left))
        await one_by_one(one, [*broken, *left[2:]], progress, after_a_fault=0)
        assert progress.made == len(left) - 2
        again = plan(one.engine, "demo-za", one.channels.kinds(), wiring.now())
        assert [v.visit for v in again.left] == [v.visit for v in left[:2]]
        with pytest.raises(KeyError):
            await one_by_one(one, broken * MOST_FAULTS, progress, after_a_fault=0)


async def test_without_being_asked_for_no_year_comes(sqlite_url: str) -> None:
    app = create_app(settings_for(sqlite_url), with_worker=False)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://here") as http,
    ):
        assert "demo_year" not in (await http.get("/readyz")).json()


async def test_a_killed_command_is_gone_on_with(sqlite_url: str, tmp_path: Path) -> None:
    settings = environment(sqlite_url, IMBIZO_SECRET_KEYS=SECRET)
    command = ("demo", "load", "--year", "--city", "demo-za")
    async with running(*command, "--residents", "150", settings=settings, folder=tmp_path) as one:
        async with asyncio.timeout(60):
            while not await asyncio.to_thread(number, sqlite_url, "count(*)"):
                await asyncio.sleep(0.02)
        assert await one.end(signal.SIGKILL) == -signal.SIGKILL
    left, total = await asyncio.to_thread(left_of, sqlite_url, (SECRET,))
    assert 0 < left < total
    async with running(*command, settings=settings, folder=tmp_path) as one:
        await one.until("all of them synthetic")
    assert await asyncio.to_thread(left_of, sqlite_url, (SECRET,)) == (0, total)
    assert number(sqlite_url, "count(*) - sum(CASE status WHEN 'taken' THEN 1 END)") == 0
