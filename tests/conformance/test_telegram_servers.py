"""A whole survey over Telegram, through the real client and two Bot API servers we did not write:
posted to our webhook by telemelya, asked for at telegram-test-api."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from channels.base import FetchError, Media
from channels.client import Client
from channels.telegram import Telegram
from tests.backend.conftest import Town
from tests.backend.telegram_town import PATH, telegram_town
from tests.backend.test_spine import CODES, count, export
from tests.channels.samples import config
from tests.channels.telegram_samples import SECRET, TELEGRAM
from tests.conformance.conftest import HERE, free_port, running
from tests.conformance.telegram_phones import KEY, Polled, Posted, answer_all, message

pytestmark = pytest.mark.conformance

PULSE = ("/start", "*1", "34", "*2", "*3", "No street lights", "Riverside", "*1")
"""The answers of `tests.backend.test_spine`, most of them tapped."""


def is_the_same_as_by_sms(town: Town) -> bool:
    [row] = export(town)
    codes = {**CODES, "channel": "telegram"}
    return {column: row[column] for column in codes} == codes and row["language"] == "en"


# --- asked for -----------------------------------------------------------------------------------
@pytest.fixture
def test_api(node_modules: Path, tmp_path: Path) -> Iterator[str]:
    """`telegram-test-api`."""
    port = free_port()
    script = [str(HERE / "telegram.cjs"), str(port)]
    environment = {"NODE_PATH": str(node_modules)}
    with running(script, port, tmp_path / "log", environment=environment) as url:
        yield url


async def test_a_survey_by_polling(
    test_api: str, database_url: str, tmp_path: Path, web: httpx.AsyncClient
) -> None:
    phone = Polled(test_api, web)
    async with telegram_town(database_url, tmp_path / "one", test_api, polling="true") as town:
        messages = await answer_all(phone, *PULSE)
        assert is_the_same_as_by_sms(town)
        assert len(messages) == len(PULSE)
        assert count(town, "received") == len(PULSE)


async def test_what_came_while_nobody_asked_is_answered_later(
    test_api: str, database_url: str, tmp_path: Path, web: httpx.AsyncClient
) -> None:
    phone = Polled(test_api, web)
    await phone.write("/start")
    async with telegram_town(database_url, tmp_path / "one", test_api, polling="true") as town:
        assert (await message(phone, 1)).buttons.keys() == {"1", "2"}
        await phone.tap("1|some-old-question")
        assert "understand" in (await message(phone, 2)).text
        assert count(town, "received") == 2


# --- posted --------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def telemelya(peers: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """telemelya, on a Redis and an S3 in Python."""
    logs = tmp_path_factory.mktemp("telemelya")
    redis, s3, own = free_port(), free_port(), free_port()
    python = str(peers / "python")
    fake_redis = [str(HERE / "fake_redis.py"), str(redis)]
    moto = [str(peers / "moto_server"), "-H", "127.0.0.1", "-p", str(s3)]
    server = [str(peers / "telemelya-server")]
    environment = {
        "MOCK_SERVER_HOST": "127.0.0.1",
        "MOCK_SERVER_PORT": str(own),
        "MOCK_SERVER_URL": f"http://127.0.0.1:{own}",
        "REDIS_URL": f"redis://127.0.0.1:{redis}/0",
        "MINIO_ENDPOINT": f"127.0.0.1:{s3}",
        "AUTH_KEYS": KEY["Authorization"].split()[1],
    }
    with ExitStack() as stack:
        stack.enter_context(running(fake_redis, redis, logs / "redis", python, {}))
        stack.enter_context(running(moto, s3, logs / "s3", python, {}))
        yield stack.enter_context(running(server, own, logs / "telemelya", python, environment))


@asynccontextmanager
async def relay(town: Town) -> AsyncIterator[str]:
    """Where telemelya posts to: it adds the secret, which that server does not send, and hands the
    request on to our application."""

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length:")[2].split("\r\n")[0])
        body = await reader.readexactly(length)
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}
        answer = await town.http.post(PATH, content=body, headers=headers)
        writer.write(b"HTTP/1.1 %d OK\r\nContent-Length: 0\r\n\r\n" % answer.status_code)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.fixture
async def phone(telemelya: str, web: httpx.AsyncClient) -> Posted:
    await web.post(f"{telemelya}/api/v1/test/reset", headers=KEY)
    return Posted(telemelya, web)


def channel_at(phone: Posted, http: Client, url: str = "") -> Telegram:
    made = config("telegram", {**TELEGRAM, "api_base": phone.url})
    return Telegram(replace(made, public_url=url), http)


async def test_a_survey_by_webhook(
    phone: Posted, database_url: str, tmp_path: Path, http: Client
) -> None:
    secret = '"$SECRET"'
    async with (
        telegram_town(database_url, tmp_path / "one", phone.url, webhook_secret=secret) as town,
        relay(town) as url,
    ):
        # Without menus, which this server does not know.
        assert url in await channel_at(phone, http, url).setup({})
        messages = await answer_all(phone, *PULSE)
        assert is_the_same_as_by_sms(town)
        assert len(messages) == len(PULSE)
        taps = [step for step in PULSE if step[0] == "*"]
        acknowledged = [c for c in await phone.calls() if c["method"] == "answerCallbackQuery"]
        assert len(acknowledged) == len(taps)
        await phone.write("/start PULSE")
        assert "answered already" in (await message(phone, len(PULSE) + 1)).text


async def test_a_picture_is_fetched(phone: Posted, http: Client) -> None:
    content = bytes(range(256)) * 400
    channel = channel_at(phone, http)
    media = Media(await phone.picture(content), "image/jpeg")
    assert await channel.fetch(media, len(content)) == content
    with pytest.raises(FetchError) as refused:
        await channel.fetch(media, len(content) - 1)
    assert refused.value.final
