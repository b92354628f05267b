"""Cities are told once of an area that moved, in letters that hold released figures only."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from backend import wiring
from backend.alerts.movements import Movements
from backend.alerts.telling import tell
from backend.city_file import CityProfile
from backend.store import library
from tests.backend.alerts.postbox import Postbox, postbox
from tests.backend.exports.seed import SECRET, city
from tests.backend.listed import Listed, installed
from tests.backend.results.growing import PLACES, begin, wave
from tests.backend.results.test_indicators import everywhere

DUTY = "duty@example.org"


def last_month(now: datetime) -> datetime:
    return now.replace(day=1) - timedelta(days=3)


@pytest.fixture
async def one(database_url: str, tmp_path: Path) -> AsyncIterator[wiring.Installation]:
    async with installed(database_url, tmp_path, Listed()) as one:
        yield one


@pytest.fixture
async def box() -> AsyncIterator[Postbox]:
    async with postbox() as box:
        yield box


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as http:
        yield http


def grown(one: wiring.Installation, *then: int, **more: Any) -> CityProfile:
    """A city where so many of a hundred feel safe this month, and half did last month."""
    now = wiring.now()
    profile = city(**{"areas": PLACES, "alerts": [DUTY], **more})
    begin(one.engine, profile)
    wave(one.engine, profile, everywhere(50, 50, 50), last_month(now))
    wave(one.engine, profile, everywhere(*then), now - timedelta(minutes=1))
    one.channels.refresh()
    return profile


def worker(
    one: wiring.Installation, http: httpx.AsyncClient, box: Postbox, name: str = "a"
) -> Movements:
    return Movements(one, partial(tell, http, f"smtp://127.0.0.1:{box.port}"), name)


async def test_an_area_that_fell_is_told_once_by_any_number_of_workers(
    one: wiring.Installation, http: httpx.AsyncClient, box: Postbox
) -> None:
    grown(one, 50, 42, 20)
    several = [worker(one, http, box, name) for name in ("a", "b", "c")]
    for _ in range(3):
        await asyncio.gather(*(each.tick() for each in several))
    [(to, letter)] = box.letters
    assert to == DUTY
    flat = letter.replace("=\n", "").replace("\n ", " ")
    assert "Far End (A3)" in flat
    assert "50.0 % (n 100)" in flat
    assert "20.0 % (n 100)" in flat
    assert "worse" in flat
    assert "respondents selected themselves" in flat
    assert SECRET not in letter
    with library.writing(one.engine) as connection:
        connection.execute(text("DELETE FROM lease"))  # it died; another looks at all again
    await worker(one, http, box, "d").tick()
    assert len(box.letters) == 1


async def test_who_could_not_be_told_is_told_later(
    one: wiring.Installation, http: httpx.AsyncClient, box: Postbox
) -> None:
    grown(one, 50, 50, 80)
    box.broken = True
    mine = worker(one, http, box)
    await mine.tick()
    assert box.letters == []
    box.broken = False
    await mine.tick()
    assert len(box.letters) == 1
    assert "better" in box.letters[0][1].replace("=\n", "")
    await mine.tick()
    assert len(box.letters) == 1


@pytest.mark.parametrize(
    ("then", "more"),
    [
        ((50, 45, 41), {}),  # not sure
        ((50, 50, 20), {"movement": {"points": 40}}),  # not far enough for this city
        ((50, 50, 20), {"demo": True}),
        ((50, 50, 20), {"alerts": []}),
    ],
)
async def test_nobody_is_told_of_what_is_unsure_or_small_or_made_up(
    one: wiring.Installation,
    http: httpx.AsyncClient,
    box: Postbox,
    then: tuple[int, ...],
    more: dict[str, Any],
) -> None:
    grown(one, *then, **more)
    await worker(one, http, box).tick()
    assert box.letters == []
    with one.store.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM movement")).scalar() == 0


async def test_what_is_long_ago_is_told_to_nobody(
    one: wiring.Installation,
    http: httpx.AsyncClient,
    box: Postbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    grown(one, 50, 50, 20)
    real = wiring.now
    monkeypatch.setattr(wiring, "now", lambda: real() + timedelta(days=8))
    await worker(one, http, box).tick()
    assert box.letters == []
