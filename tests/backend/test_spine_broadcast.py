"""An official's order becomes one message a resident, and their answer a count."""

import asyncio
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from backend.app import create_app
from backend.auth import Role, make_key
from backend.city_file import read_city
from backend.demo import load_city
from backend.store import library, open_engine
from tests.backend.conftest import NOW, Town, settings_for, write_city
from tests.backend.provider import ROOT, provider
from tests.backend.test_spine import SCRIPTS

NO_QUIET_HOURS = """
[quiet_hours]
weekday = "none"
saturday = "none"
sunday = "none"
holidays = "none"
"""
NUMBERS = [f"+2760000500{n}" for n in range(3)]


@pytest.fixture
async def town(database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    """Web and worker, in a city that is awake whenever this test runs."""
    settings = settings_for(database_url)
    async with provider() as there:
        engine = open_engine(database_url)
        folder = write_city(tmp_path / "cities", there.url, extra=NO_QUIET_HOURS)
        load_city(engine, read_city(folder), NOW)
        engine.dispose()
        app = create_app(settings, with_worker=True)
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url=ROOT) as http,
        ):
            yield Town(app, http, there, settings)


def key(town: Town) -> dict[str, str]:
    engine = open_engine(town.settings.database_url)
    numbers = count()

    def fresh() -> str:
        return f"synthetic-secret-number-{next(numbers)}"

    with library.writing(engine) as connection:
        made = make_key(connection, "test-za", Role.OFFICIAL, "", fresh, NOW)
    engine.dispose()
    return {"Authorization": f"Bearer {made}", "Idempotency-Key": "once"}


async def look(town: Town, headers: dict[str, str]) -> dict[str, Any]:
    found = await town.http.get("/api/v1/test-za/broadcasts/1", headers=headers)
    body: dict[str, Any] = found.json()
    return body


async def until(town: Town, headers: dict[str, str], **counts: int) -> dict[str, Any]:
    """Waits until the broadcast stands like that."""
    async with asyncio.timeout(30):
        while True:
            body = await look(town, headers)
            if all(body["counts"][name] == n for name, n in counts.items()):
                return body
            await asyncio.sleep(0.2)


async def test_from_the_order_to_the_answer(town: Town) -> None:
    script = SCRIPTS["en"]
    for number in NUMBERS:
        for n, said in enumerate(script, 1):
            await town.text(number, said, f"SM{number[-2:]}{n:030d}")
            await town.provider.reply_to(number, n)
    headers = key(town)
    order = {"survey": "city-safety", "closes_at": "2099-01-01T00:00:00Z"}
    refused = await town.http.post("/api/v1/test-za/broadcasts", json=order, headers=headers)
    assert refused.status_code == 422, "it is open for more than a year"
    body = {"survey": "city-safety"}
    for _ in range(2):
        made = await town.http.post("/api/v1/test-za/broadcasts", json=body, headers=headers)
        assert made.status_code == 201, made.text
    assert made.json()["preview"]["recipients"] == 3
    invited = [await town.provider.reply_to(number, len(script) + 1) for number in NUMBERS]
    assert all("Test Council" in text and "STOP" in text for text in invited)
    assert invited[0] == made.json()["preview"]["messages"][0]["text"]
    await until(town, headers, sent=3, waiting=0)
    await town.text(NUMBERS[0], "1", "SM" + "d" * 32)
    await town.text(NUMBERS[1], "STOP", "SM" + "e" * 32)
    standing = await until(town, headers, answered=1, opted_out=1)
    assert standing["counts"]["sent"] == standing["counts"]["recipients"] == 3
    assert [len(town.provider.to(number)) for number in NUMBERS] == [10, 10, 9]
