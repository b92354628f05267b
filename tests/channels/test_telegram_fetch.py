"""Fetching files, and asking for updates, with the real client against a Bot API of ours."""

import asyncio
import gzip
import logging
from collections.abc import AsyncIterator

import pytest

from channels.base import (
    Fault,
    FetchError,
    Fetching,
    Kind,
    Media,
    Polling,
    Received,
    SendError,
)
from channels.client import Client
from channels.telegram import Telegram
from tests.channels.faults import BRIEF, PATIENT, RESET, Answer, FaultServer
from tests.channels.samples import config
from tests.channels.telegram_fake import TelegramFake, failed
from tests.channels.telegram_samples import BOT_TOKEN, TELEGRAM, message, tap

PICTURE = Media("f1", "image/jpeg")


@pytest.fixture
async def fake() -> AsyncIterator[TelegramFake]:
    async with TelegramFake() as server:
        server.files = {"f1": b"x" * 100_000}
        yield server


def telegram(api_base: str, http: Client, **settings: object) -> Telegram:
    fast = {"api_base": api_base, "timeout": PATIENT}
    return Telegram(config("telegram", {**TELEGRAM, **fast, **settings}), http)


def polled(api_base: str, http: Client) -> Telegram:
    return telegram(api_base, http, polling=True, webhook_secret="")


# --- files ---------------------------------------------------------------------------------------
async def refused(channel: Telegram, media: Media = PICTURE, most: int = 200_000) -> FetchError:
    with pytest.raises(FetchError) as failure:
        await channel.fetch(media, most)
    assert BOT_TOKEN not in repr(failure.value)
    assert failure.value.__cause__ is None
    return failure.value


async def test_a_file_is_fetched_whole(fake: TelegramFake, http: Client) -> None:
    channel = telegram(fake.url, http)
    assert isinstance(channel, Fetching)
    assert await channel.fetch(PICTURE, 100_000) == fake.files["f1"]
    assert fake.told("getFile") == [{"file_id": "f1"}]


async def test_a_file_is_read_no_further_than_allowed(fake: TelegramFake, http: Client) -> None:
    failure = await refused(telegram(fake.url, http), most=99_999)
    assert (str(failure), failure.final) == ("too large", True)


async def test_a_file_that_is_told_to_be_too_large_is_not_asked_for(
    fake: TelegramFake, http: Client
) -> None:
    known = {"file_id": "f1", "file_unique_id": "u", "file_size": 201, "file_path": "a/b"}
    fake.refuses["getFile"] = Answer(200, {"ok": True, "result": known})
    assert (await refused(telegram(fake.url, http), most=200)).final
    assert len(fake.requests) == 1


async def test_what_is_no_file_is_not_asked_for(fake: TelegramFake, http: Client) -> None:
    assert (await refused(telegram(fake.url, http), Media(""))).final
    assert fake.requests == []


UNAVAILABLE = "Bad Request: wrong file_id or the file is temporarily unavailable"
LOCAL = {"file_id": "f1", "file_unique_id": "u", "file_path": "/elsewhere/photo"}
WITHOUT = [
    ("getFile", failed(400, "Bad Request: file is too big"), True),
    ("getFile", failed(400, "Bad Request: invalid file_id"), True),
    ("getFile", failed(400, UNAVAILABLE), False),
    ("getFile", failed(401, "Unauthorized"), False),
    ("getFile", failed(429, "Too Many Requests", retry_after=3), False),
    ("getFile", failed(500, "Internal Server Error"), False),
    ("getFile", Answer(200, "<html>Welcome</html>"), False),
    ("getFile", Answer(200, {"ok": True, "result": 5}), False),
    ("getFile", Answer(200, {"ok": True, "result": LOCAL}), False),
    ("file", failed(404, "Not Found"), False),
    ("file", Answer(200, gzip.compress(bytes(9_000_000)), {"Content-Encoding": "gzip"}), False),
    ("file", Answer(302, "", {"Location": "/elsewhere"}), False),
]


@pytest.mark.parametrize(("method", "answer", "final"), WITHOUT)
async def test_a_file_that_cannot_be_had(
    method: str, answer: Answer, final: bool, fake: TelegramFake, http: Client
) -> None:
    fake.refuses[method] = answer
    assert (await refused(telegram(fake.url, http))).final is final


async def test_nobody_there_to_fetch_from(provider: FaultServer, http: Client) -> None:
    provider.answers = [RESET]
    assert not (await refused(telegram(provider.url, http))).final
    known = {"file_id": "f1", "file_unique_id": "u", "file_path": "a/b"}
    provider.answers = [Answer(200, {"ok": True, "result": known}), RESET]
    assert not (await refused(telegram(provider.url, http))).final


# --- updates -------------------------------------------------------------------------------------
def test_only_who_is_set_to_is_asked(http: Client) -> None:
    assert isinstance(telegram("", http), Polling)
    assert not telegram("", http).polls()
    assert not telegram("", http, polling="no").polls()
    assert polled("", http).polls()
    assert polled("", http).missing() == ()
    assert telegram("", http, polling=True, bot_token="").missing() == ("bot_token",)


async def test_updates_are_read_as_if_posted(fake: TelegramFake, http: Client) -> None:
    fake.waiting = [message(text="Hi"), tap("1|consent"), {"update_id": 9000009, "message": "odd"}]
    found = await polled(fake.url, http).poll("")
    (said,), (tapped,), nothing = (one.events for one in found.parsed)
    assert isinstance(said, Received)
    assert isinstance(tapped, Received)
    assert (said.provider_id, said.text) == ("9000001", "Hi")
    assert (tapped.choice, tapped.question) == ("1", "consent")
    assert nothing == ()
    assert found.parsed[2].poison == b'{"update_id": 9000009, "message": "odd"}'
    assert [one.acknowledge for one in found.parsed] == [(), ("4001",), ()]
    assert found.place == "9000010"


async def test_the_place_is_asked_from(fake: TelegramFake, http: Client) -> None:
    fake.waiting = [message(text="Hi"), tap("1|consent")]
    channel = polled(fake.url, http)
    assert len((await channel.poll("9000002")).parsed) == 1
    last = await channel.poll("9000003")
    assert (last.parsed, last.place) == ((), "9000003")
    first, second = fake.told("getUpdates")
    assert (first["offset"], second["offset"]) == ("9000002", "9000003")
    assert first["allowed_updates"] == (
        '["message", "edited_message", "callback_query", "my_chat_member"]'
    )
    assert int(first["timeout"]) >= 20


async def test_a_question_is_held_longer_than_other_calls_may_be_silent(
    fake: TelegramFake, http: Client
) -> None:
    fake.held = 2 * BRIEF
    channel = telegram(fake.url, http, polling=True, webhook_secret="", timeout=BRIEF)
    assert (await channel.poll("5")).place == "5"


WEBHOOK = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first"
ANOTHER = "Conflict: terminated by other getUpdates request; make sure that only one bot runs"
REFUSALS = [
    (failed(409, WEBHOOK), Fault(Kind.CONFIG, "webhook is active", whole=True)),
    (
        failed(409, ANOTHER),
        Fault(Kind.CONFIG, "terminated by other getupdates request", whole=True),
    ),
    (failed(401, "Unauthorized"), Fault(Kind.CONFIG, "invalid token", whole=True)),
    (failed(502, "Bad Gateway"), Fault(Kind.UNKNOWN, "502", whole=True)),
    (
        Answer(200, {"ok": True, "result": 5}),
        Fault(Kind.UNKNOWN, "TypeError", tries=3, whole=True),
    ),
    (
        Answer(200, {"ok": True, "result": ["odd", {"update_id": "5"}]}),
        Fault(Kind.UNKNOWN, "updates without numbers", whole=True),
    ),
]


@pytest.mark.parametrize(("answer", "fault"), REFUSALS)
async def test_a_question_that_is_refused(
    answer: Answer, fault: Fault, fake: TelegramFake, http: Client
) -> None:
    fake.refuses["getUpdates"] = answer
    with pytest.raises(SendError) as failure:
        await polled(fake.url, http).poll("5")
    assert failure.value.fault == fault
    assert BOT_TOKEN not in repr(failure.value)


async def test_without_a_token_nobody_is_asked(fake: TelegramFake, http: Client) -> None:
    with pytest.raises(SendError):
        await telegram(fake.url, http, polling=True, bot_token="").poll("")
    assert fake.requests == []


async def test_a_question_that_is_called_off_ends_at_once(fake: TelegramFake, http: Client) -> None:
    fake.held = 5
    asking = asyncio.create_task(polled(fake.url, http).poll(""))
    async with asyncio.timeout(2):
        while not fake.requests:
            await asyncio.sleep(0.01)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking


async def test_no_token_is_logged(
    fake: TelegramFake, http: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    channel = polled(fake.url, http)
    await channel.fetch(PICTURE, 200_000)
    fake.waiting = [message(text="the man next door")]
    await channel.poll("")
    fake.refuses["getUpdates"] = failed(409, WEBHOOK)
    with pytest.raises(SendError):
        await channel.poll("")
    assert BOT_TOKEN not in caplog.text
    assert "next door" not in caplog.text


async def test_a_group_is_left(fake: TelegramFake, http: Client) -> None:
    await telegram(fake.url, http).acknowledge("leave:-1001")
    assert fake.told("leaveChat") == [{"chat_id": "-1001"}]
    fake.refuses["leaveChat"] = failed(403, "Forbidden: bot was kicked from the group chat")
    await telegram(fake.url, http).acknowledge("leave:-1001")
