"""Polling within a whole installation: the worker asks, and begins and ends with its channel."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backend import wiring
from backend.city_file import read_city
from backend.demo import load_city
from tests.backend.conftest import NOW, Town, write_city
from tests.backend.telegram_town import PATH, telegram_town
from tests.backend.test_spine import count
from tests.channels.telegram_fake import TelegramFake, failed
from tests.channels.telegram_samples import GROUP_ADDED, SECRET, SECRET_HEADER, message, tap


@pytest.fixture
async def fake() -> AsyncIterator[TelegramFake]:
    async with TelegramFake() as server:
        yield server


@pytest.fixture
async def town(fake: TelegramFake, database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with telegram_town(database_url, tmp_path / "one", fake.url, polling="true") as town:
        yield town


async def told(fake: TelegramFake, method: str, n: int) -> None:
    """Waits until a method was called so often."""
    async with asyncio.timeout(20):
        while len(fake.told(method)) < n:
            await asyncio.sleep(0.02)


async def test_a_text_and_a_tap_are_answered(fake: TelegramFake, town: Town) -> None:
    fake.waiting = [message(text="/start")]
    await told(fake, "sendMessage", 1)
    assert "Do you agree?" in fake.told("sendMessage")[0]["text"]
    fake.waiting = [tap("1|consent")]
    await told(fake, "sendMessage", 2)
    await told(fake, "answerCallbackQuery", 1)
    async with asyncio.timeout(10):
        while fake.told("getUpdates")[-1].get("offset") != "9000003":
            await asyncio.sleep(0.02)
    assert count(town, "received") == 2


async def test_a_group_is_left_without_a_word(fake: TelegramFake, town: Town) -> None:
    fake.waiting = [GROUP_ADDED]
    await told(fake, "leaveChat", 1)
    assert fake.told("sendMessage") == []
    assert count(town, "received") == 0


async def test_nobody_can_post_to_a_channel_that_is_asked(town: Town) -> None:
    for secret in ("", SECRET):
        answer = await town.http.post(
            PATH, json=message(text="Hi"), headers={SECRET_HEADER: secret}
        )
        assert answer.status_code == 403
    assert count(town, "received") == 0


async def test_it_ends_when_the_channel_is_asked_no_more(
    fake: TelegramFake, town: Town, tmp_path: Path
) -> None:
    await told(fake, "getUpdates", 1)
    one: wiring.Installation = town.app.state.installation
    load_city(one.engine, read_city(write_city(tmp_path / "two", fake.url)), NOW)
    one.channels.refresh()
    await asyncio.sleep(3)
    asked = len(fake.told("getUpdates"))
    await asyncio.sleep(1.5)
    assert len(fake.told("getUpdates")) == asked


async def test_a_refused_question_does_not_stop_what_is_sent(
    fake: TelegramFake, town: Town
) -> None:
    fake.refuses["getUpdates"] = failed(409, "Conflict: terminated by other getUpdates request")
    await told(fake, "getUpdates", 2)
    del fake.refuses["getUpdates"]
    fake.waiting = [message(text="/start")]
    await told(fake, "sendMessage", 1)
