"""Workers look, and tell once between them."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from backend import wiring
from backend.alerts.alarm import AWAY_TICKS, Alarm
from backend.alerts.telling import Telling
from backend.store import library, watch
from backend.store.watch import Noted
from tests.backend.cli.away import away
from tests.backend.listed import SMS, Listed, installed

CITYS = "duty@example.org"
OURS = "https://ops.example.org/hook"
EXTRA = "silent_after = '2h'"


class Told:
    """Who was told what. Those in `deaf` cannot be reached."""

    def __init__(self) -> None:
        self.all: list[tuple[str, str, bool]] = []
        self.deaf: set[str] = set()

    async def __call__(self, target: str, telling: Telling) -> None:
        if target in self.deaf:
            raise ConnectionError
        self.all.append((target, str(telling.data["what"]), telling.data["ended"] is not None))

    def take(self) -> list[tuple[str, str, bool]]:
        told, self.all = self.all, []
        return sorted(told)


@pytest.fixture
async def one(database_url: str, tmp_path: Path) -> AsyncIterator[wiring.Installation]:
    async with installed(database_url, tmp_path, Listed(), EXTRA) as one:
        with library.writing(one.engine) as connection:
            profile = library.load_profile(connection, "test-za")
            library.save_city(connection, profile.model_copy(update={"alerts": (CITYS,)}))
        one.channels.refresh()
        # A disk that is nearly full is no concern of these tests.
        yield replace(one, settings=replace(one.settings, alerts=(OURS,)))


@pytest.fixture
def told() -> Told:
    return Told()


def heard(one: wiring.Installation, ago: timedelta) -> None:
    with library.writing(one.engine) as connection:
        connection.execute(text("DELETE FROM channel_watch"))
        watch.note(connection, {SMS: Noted(wiring.now() - ago)})


def refuse(one: wiring.Installation, times: int) -> None:
    with library.writing(one.engine) as connection:
        watch.note(connection, {SMS: Noted(refused=times, refused_at=wiring.now())})


def age(one: wiring.Installation, **ago: timedelta) -> None:
    """Makes what is kept of alerts older."""
    with library.writing(one.engine) as connection:
        for column, span in ago.items():
            at = wiring.now() - span
            value = at.replace(tzinfo=None) if one.engine.dialect.name == "sqlite" else at
            connection.execute(
                text(f"UPDATE alert SET {column} = :value WHERE {column} IS NOT NULL"),
                {"value": str(value)},
            )


async def test_several_workers_tell_once_from_start_to_end(
    one: wiring.Installation, told: Told
) -> None:
    workers = [Alarm(one, told, name) for name in ("a", "b", "c")]
    heard(one, timedelta(hours=3))
    for _ in range(3):
        await asyncio.gather(*(worker.tick() for worker in workers))
    assert told.take() == [(CITYS, "silent", False), (OURS, "silent", False)]
    age(one, told_at=timedelta(hours=24))
    for worker in workers:
        await worker.tick()
    assert told.take() == [(CITYS, "silent", False), (OURS, "silent", False)]
    heard(one, timedelta())
    for worker in workers:
        await worker.tick()
    assert told.take() == []
    age(one, ended_at=timedelta(minutes=6))
    for worker in workers:
        await worker.tick()
    assert told.take() == [(CITYS, "silent", True), (OURS, "silent", True)]
    with one.store.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM alert")).scalar() == 0


async def test_another_worker_goes_on_where_one_died(one: wiring.Installation, told: Told) -> None:
    heard(one, timedelta(hours=3))
    await Alarm(one, told, "dead").tick()
    told.take()
    with library.writing(one.engine) as connection:
        connection.execute(text("DELETE FROM lease"))  # it ran out
    await Alarm(one, told, "other").tick()
    assert told.take() == []


async def test_who_could_not_be_reached_is_tried_again_alone(
    one: wiring.Installation, told: Told
) -> None:
    heard(one, timedelta(hours=3))
    worker = Alarm(one, told, "a")
    told.deaf = {CITYS, OURS}
    await worker.tick()
    told.deaf = {OURS}
    await worker.tick()
    assert told.take() == [(CITYS, "silent", False)]
    await worker.tick()
    told.deaf = set()
    await worker.tick()
    assert told.take() == [(OURS, "silent", False)]
    await worker.tick()
    assert told.take() == []


async def test_bad_signatures_count_in_ten_minutes(one: wiring.Installation, told: Told) -> None:
    refuse(one, 50)  # long ago, as far as this worker knows
    worker = Alarm(one, told, "a")
    await worker.tick()
    refuse(one, 9)
    await worker.tick()
    assert told.take() == []
    refuse(one, 1)
    await worker.tick()
    assert [what for _, what, _ in told.take()] == 2 * ["signatures"]
    # A worker that starts now has seen none of them; it goes on all the same.
    with library.writing(one.engine) as connection:
        connection.execute(text("DELETE FROM lease"))
    await Alarm(one, told, "b").tick()
    with one.store.read() as connection:
        kept = connection.execute(text("SELECT what, ended_at FROM alert")).all()
    assert [tuple(row) for row in kept] == [("signatures", None)]


async def test_a_database_that_is_away_is_told_from_the_process(
    one: wiring.Installation, told: Told
) -> None:
    worker = Alarm(one, told, "a")
    await worker.tick()
    async with away(one):
        for _ in range(AWAY_TICKS - 1):
            await worker.tick()
            assert told.take() == []
        for _ in range(3):
            await worker.tick()
        assert told.take() == [(OURS, "database", False)]
    await worker.tick()
    assert told.take() == []  # gone for minutes first


async def test_a_clock_that_jumps_is_told(
    one: wiring.Installation, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = Alarm(one, told, "a")
    await worker.tick()
    real = wiring.ticking
    monkeypatch.setattr(wiring, "ticking", lambda: real() + 3600)
    await worker.tick()
    await worker.tick()
    assert told.take() == [(OURS, "clock", False)]


async def test_without_anybody_to_tell_the_log_has_it(
    one: wiring.Installation, told: Told, capsys: pytest.CaptureFixture[str]
) -> None:
    one = replace(one, settings=replace(one.settings, alerts=()))
    with library.writing(one.engine) as connection:
        profile = library.load_profile(connection, "test-za")
        library.save_city(connection, profile.model_copy(update={"alerts": ()}))
    one.channels.refresh()
    heard(one, timedelta(hours=3))
    worker = Alarm(one, told, "a")
    await worker.tick()
    await worker.tick()
    assert told.take() == []
    with one.store.read() as connection:
        kept = connection.execute(text("SELECT told_at FROM alert")).scalar()
    assert kept is not None
