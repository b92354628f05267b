"""What came is noted at intervals, and scheduled jobs go on though the clock is set."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import event, text

from backend import watching, wiring
from backend.clock import Clock
from backend.store.watch import Noted
from backend.watch import Watch
from tests.backend.cli.away import away
from tests.backend.conftest import Town
from tests.backend.listed import SMS, Listed, installed

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
async def one(database_url: str, tmp_path: Path) -> AsyncIterator[wiring.Installation]:
    async with installed(database_url, tmp_path, Listed()) as one:
        yield one


def watched(one: wiring.Installation) -> list[tuple[object, ...]]:
    with one.store.read() as connection:
        rows = connection.execute(
            text("SELECT refused, heard_at IS NOT NULL, refused_at IS NOT NULL FROM channel_watch")
        )
        return [tuple(int(value) for value in row) for row in rows]


async def test_a_flood_of_forged_requests_costs_no_statement(town: Town) -> None:
    one: wiring.Installation = town.app.state.installation
    statements: list[str] = []

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        if "channel_watch" in statement:
            statements.append(statement)

    event.listen(one.engine, "before_cursor_execute", note)
    for _ in range(100):
        answer = await town.http.post("/webhooks/test-za/sms", data={"MessageSid": "SM1"})
        assert answer.status_code == 403
    async with asyncio.timeout(20):
        while watched(one) != [(100, 0, 1)]:
            await asyncio.sleep(0.1)
    assert sum(statement.startswith("INSERT") for statement in statements) <= 3


async def test_what_could_not_be_written_is_written_later(one: wiring.Installation) -> None:
    scheduler = AsyncIOScheduler(timezone="UTC")
    one.watch.refused(SMS, NOON, 3)
    async with watching.watching(one, scheduler), away(one):
        await asyncio.sleep(0.3)
        one.watch.heard(SMS, NOON)
        one.watch.refused(SMS, NOON, 2)
    assert watched(one) == [(5, 1, 1)]


def test_what_is_put_back_is_added_to_what_came_since() -> None:
    watch = Watch()
    watch.refused(SMS, NOON)
    watch.heard(SMS, NOON)
    taken = watch.take()
    assert watch.take() == {}
    watch.heard(SMS, NOON + HOUR)
    watch.put_back(taken)
    assert watch.take() == {SMS: Noted(NOON + HOUR, 1, NOON)}


def test_a_clock_is_compared_with_one_that_nobody_sets() -> None:
    clock = Clock(NOON, 100.0)
    assert clock.jump(NOON + timedelta(seconds=5), 105.0) == timedelta()
    assert clock.jump(NOON - HOUR + timedelta(seconds=10), 110.0) == -HOUR
    assert clock.jump(NOON - HOUR + timedelta(seconds=15), 115.0) == timedelta()
    assert clock.jump(NOON + timedelta(seconds=20), 120.0) == HOUR


async def test_jobs_go_on_at_once_when_the_clock_was_set_back(
    one: wiring.Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = asyncio.Event()

    async def job() -> None:
        ran.set()

    scheduler = AsyncIOScheduler(timezone="UTC")
    # As it stands after the clock went back by an hour: everything is due in an hour.
    scheduler.add_job(job, "interval", seconds=5, next_run_time=wiring.now() + HOUR)
    scheduler.start()
    ticks = iter([0.0, 0.0, 3600.0])
    monkeypatch.setattr(wiring, "ticking", lambda: next(ticks, 3600.0))
    monkeypatch.setattr(watching, "NOTE_SECONDS", 0.05)
    async with watching.watching(one, scheduler), asyncio.timeout(5):
        await ran.wait()
    scheduler.shutdown(wait=False)
