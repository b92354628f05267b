"""A survey begun by SMS goes on by Telegram in the middle, because the resident says so."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from backend.app import create_app
from backend.city_file import read_city
from backend.demo import load_city
from backend.store import open_engine
from tests.backend.conftest import NOW, Town, settings_for, write_city
from tests.backend.provider import ROOT, provider
from tests.backend.test_spine import CODES, count, export
from tests.channels.telegram_fake import TelegramFake
from tests.channels.telegram_samples import BOT_TOKEN, SECRET, SECRET_HEADER, message, tap

NUMBER = "+27600004000"
TELEGRAM = """
[[channels]]
name = "telegram"
kind = "telegram"
bot_token = "$BOT"
webhook_secret = "$SECRET"
api_base = "{url}"
"""


class Phone:
    """The resident's Telegram: updates in, what the bot said out."""

    def __init__(self, town: Town, fake: TelegramFake) -> None:
        self.town, self.fake, self.updates = town, fake, 100

    async def post(self, update: dict[str, object]) -> dict[str, Any]:
        """Telegram posts the update; the bot's next message."""
        seen = len(self.fake.told("sendMessage"))
        self.updates += 1
        answer = await self.town.http.post(
            "/webhooks/test-za/telegram",
            json={**update, "update_id": self.updates},
            headers={SECRET_HEADER: SECRET},
        )
        assert answer.status_code == 200
        async with asyncio.timeout(20):
            while len(said := self.fake.told("sendMessage")) == seen:
                await asyncio.sleep(0.02)
        return dict(said[-1])

    async def press(self, said: dict[str, Any], label: str) -> dict[str, Any]:
        """Taps the button of that label."""
        rows = json.loads(said["reply_markup"])["inline_keyboard"]
        [data] = [b["callback_data"] for row in rows for b in row if b["text"] == label]
        return await self.post(tap(data))


@pytest.fixture
async def fake() -> AsyncIterator[TelegramFake]:
    async with TelegramFake() as server:
        yield server


@pytest.fixture
async def town(fake: TelegramFake, database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with provider() as there:
        folder = write_city(tmp_path / "cities", there.url, extra=TELEGRAM.format(url=fake.url))
        engine = open_engine(database_url)
        load_city(engine, read_city(folder), NOW)
        engine.dispose()
        own = settings_for(database_url)
        secrets = {**own.environment, "BOT": BOT_TOKEN, "SECRET": SECRET}
        own = replace(own, environment=secrets)
        app = create_app(own, with_worker=True)
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url=ROOT) as http,
        ):
            yield Town(app, http, there, own)


async def test_moved_by_a_link_the_codes_are_the_same(town: Town, fake: TelegramFake) -> None:
    for n, said in enumerate(("English", "1", "34", "Safe", "LINK"), 1):
        await town.text(NUMBER, said, f"SMlink{n:027d}")
        told = await town.provider.reply_to(NUMBER, n)
    found = re.search(r"LINK (\d{4}) (\d{4})", told)
    assert found is not None
    phone = Phone(town, fake)
    asked = await phone.post(message(text=f"/start link_{found[1]}{found[2]}"))
    assert "Linked" in asked["text"]
    why = await phone.press(asked, "Unsafe")
    assert "reply_markup" not in why
    where = await phone.post(message(text="No street lights"))
    assert "area" in where["text"]
    sex = await phone.post(message(text="Riverside"))
    end = await phone.press(sex, "Woman")
    assert "Thank you" in end["text"]
    assert len(town.provider.to(NUMBER)) == 5
    [row] = export(town)
    assert {column: row[column] for column in CODES} == CODES
    assert count(town, "contact") == 1


async def test_after_linking_stop_on_one_is_stop_on_both(town: Town, fake: TelegramFake) -> None:
    for n, said in enumerate(("English", "1", "34", "LINK"), 1):
        await town.text(NUMBER, said, f"SMstop{n:027d}")
        told = await town.provider.reply_to(NUMBER, n)
    phone = Phone(town, fake)
    code = "".join(re.findall(r"\d{4}", told)[:2])
    await phone.post(message(text=f"link {code}"))
    stopped = await phone.post(message(text="/stop"))
    assert "no more messages" in stopped["text"]
    await town.text(NUMBER, "2", "SMstopafter")
    await asyncio.sleep(0.5)
    assert len(town.provider.to(NUMBER)) == 4
