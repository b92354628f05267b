"""Sending with the real client, against a Bot API of ours that fails by the id of the chat."""

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from channels.base import Fault, Kind, SendError, Sending, Sent, WhenUnknown
from channels.client import Client
from channels.rendering import CARRIES
from channels.telegram import Telegram
from channels.telegram.buttons import LONGEST_DATA, data, read_data
from channels.telegram.commands import menu
from channels.telegram.errors import CONFLICTS, SENTENCES
from channels.telegram.webhook import UPDATES
from dialogue.locale import COMMAND_KEYS
from dialogue.messages import Choice
from dialogue.open_question import tag
from dialogue.phrases import PHRASES
from dialogue.survey import Session, Status
from tests.channels import telegram_fake as fakes
from tests.channels.faults import BRIEF, PATIENT, RESET, SILENCE, Answer, FaultServer
from tests.channels.samples import config
from tests.channels.telegram_fake import TelegramFake, failed
from tests.channels.telegram_samples import BOT_TOKEN, RESIDENT_ID, SECRET, TELEGRAM, WEBHOOK

SENDING = Sending(f"telegram:{RESIDENT_ID}", "How <safe> do *you* feel_? 😀")
MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
TAG = "0123456789ab:safe_dark"
YES_NO = (Choice("1", "Yes"), Choice("2", "No"), Choice("9", "Don't know"))


@pytest.fixture
async def fake() -> AsyncIterator[TelegramFake]:
    async with TelegramFake() as server:
        yield server


def telegram(api_base: str, http: Client, **settings: object) -> Telegram:
    fast = {"api_base": api_base, "timeout": PATIENT}
    return Telegram(config("telegram", {**TELEGRAM, **fast, **settings}), http)


async def fault(channel: Telegram, chat: int = RESIDENT_ID) -> Fault:
    with pytest.raises(SendError) as failure:
        await channel.send(Sending(f"telegram:{chat}", SENDING.text))
    assert BOT_TOKEN not in repr(failure.value)
    assert failure.value.__cause__ is None
    return failure.value.fault


# --- what is sent --------------------------------------------------------------------------------
async def test_send(fake: TelegramFake, http: Client) -> None:
    assert await telegram(fake.url, http).send(SENDING) == Sent("41")
    assert fake.told("sendMessage") == [{"chat_id": str(RESIDENT_ID), "text": SENDING.text}]
    assert len(fake.requests) == 1  # nothing is asked first


async def rows(
    choices: tuple[Choice, ...], fake: TelegramFake, http: Client
) -> list[list[dict[str, str]]]:
    await telegram(fake.url, http).send(Sending(SENDING.urn, "Well?", choices, TAG))
    (sent,) = fake.told("sendMessage")
    shown: list[list[dict[str, str]]] = json.loads(sent["reply_markup"])["inline_keyboard"]
    return shown


async def test_short_choices_stand_two_in_a_row(fake: TelegramFake, http: Client) -> None:
    assert await rows(YES_NO, fake, http) == [
        [
            {"text": "Yes", "callback_data": f"1|{TAG}"},
            {"text": "No", "callback_data": f"2|{TAG}"},
        ],
        [{"text": "Don't know", "callback_data": f"9|{TAG}"}],
    ]


async def test_long_choices_stand_alone(fake: TelegramFake, http: Client) -> None:
    long = Choice("3", "Neither safe nor unsafe")
    assert [len(row) for row in await rows((*YES_NO, long), fake, http)] == [1, 1, 1, 1]


@pytest.mark.parametrize("number", ["1", "a|b", "ñandú", ""])
@pytest.mark.parametrize("question", [TAG, "consent", None])
def test_a_tap_brings_back_its_number_and_question(number: str, question: str | None) -> None:
    assert read_data(data(Choice(number, ""), question)) == (number, question)


@pytest.mark.parametrize("length", [1, 40, 41, 63])
def test_every_number_and_tag_fit_behind_a_button(length: int) -> None:
    session = Session("f" * 32, "pulse", 1, Status.ACTIVE, MOMENT, question="x" * length)
    sent = data(Choice("999999", ""), tag(session))
    assert len(sent.encode()) <= LONGEST_DATA
    assert read_data(sent) == ("999999", tag(session))


async def test_the_most_buttons_fit(fake: TelegramFake, http: Client) -> None:
    most = CARRIES["telegram"].buttons
    choices = tuple(Choice(str(n), f"Ward {n}") for n in range(most))
    assert len(await rows(choices, fake, http)) == most / 2


URNS = ["tel:+27600000001", "try:anna", "telegram:-100", "telegram:0", "telegram:x", "7000001"]


@pytest.mark.parametrize("urn", URNS)
async def test_only_private_chats_are_written_to(
    urn: str, fake: TelegramFake, http: Client
) -> None:
    with pytest.raises(SendError) as failure:
        await telegram(fake.url, http).send(Sending(urn, "Hi"))
    assert failure.value.fault.kind is Kind.DEAD
    assert fake.requests == []


async def test_it_cannot_be_asked(http: Client) -> None:
    channel = telegram("http://127.0.0.1:1", http)
    assert await channel.find(SENDING, datetime(2026, 11, 22, 12, tzinfo=UTC)) is None
    assert channel.when_unknown is WhenUnknown.RESEND


# --- what goes wrong -----------------------------------------------------------------------------
FAULTS = [
    (fakes.BLOCKED, Fault(Kind.OPT_OUT, "bot was blocked by the user")),
    (fakes.DEACTIVATED, Fault(Kind.DEAD, "user is deactivated")),
    (fakes.STRANGER, Fault(Kind.DEAD, "bot can't initiate conversation with a user")),
    (fakes.KICKED, Fault(Kind.DEAD, "bot was kicked from")),
    (fakes.NEW_403, Fault(Kind.CONTENT, "403")),
    (fakes.NOT_FOUND, Fault(Kind.DEAD, "chat not found")),
    (fakes.TOO_LONG, Fault(Kind.CONTENT, "message is too long")),
    (fakes.BAD_BUTTON, Fault(Kind.CONTENT, "button_data_invalid")),
    (fakes.MIGRATED, Fault(Kind.DEAD, "chat migrated")),
    (fakes.NEW_400, Fault(Kind.CONTENT, "400")),
    (fakes.FLOODED, Fault(Kind.THROTTLE, "429", wait=timedelta(seconds=7), whole=True)),
    (fakes.FLOODED_BARE, Fault(Kind.THROTTLE, "429", whole=True)),
    (fakes.BROKEN, Fault(Kind.UNKNOWN, "500", whole=True)),
    (fakes.GATEWAY, Fault(Kind.UNKNOWN, "502", whole=True)),
    (fakes.UNAUTHORISED, Fault(Kind.CONFIG, "invalid token", whole=True)),
    (fakes.CONFLICT, Fault(Kind.CONFIG, "terminated by other getupdates request", whole=True)),
    (fakes.LATE, Fault(Kind.UNKNOWN, "SocketTimeoutError", tries=3, whole=True)),
    (fakes.CUT, Fault(Kind.UNKNOWN, "ClientOSError", tries=3, whole=True)),
    (fakes.PROXY, Fault(Kind.CONFIG, "403", whole=True)),
    (fakes.MOVED, Fault(Kind.CONFIG, "307", whole=True)),
    (fakes.HOTEL, Fault(Kind.UNKNOWN, "JSONDecodeError", tries=3, whole=True)),
    (fakes.EMPTY, Fault(Kind.UNKNOWN, "KeyError", tries=3, whole=True)),
]


@pytest.mark.parametrize(("chat", "expected"), FAULTS)
async def test_faults(chat: int, expected: Fault, fake: TelegramFake, http: Client) -> None:
    channel = telegram(fake.url, http, timeout=BRIEF if chat == fakes.LATE else PATIENT)
    assert await fault(channel, chat) == expected
    assert len(fake.requests) == 1  # nothing is ever sent twice by itself


WORDED = [
    (403, "Forbidden: bot was blocked by the user", Kind.OPT_OUT),
    (403, "Forbidden: user is deactivated", Kind.DEAD),
    (403, "Forbidden: bot was kicked from the group chat", Kind.DEAD),
    (403, "Forbidden: bot is not a member of the channel chat", Kind.DEAD),
    (403, "Forbidden: the group chat was deleted", Kind.DEAD),
    (403, "Forbidden: bot can't initiate conversation with a user", Kind.DEAD),
    (403, "Forbidden: bot can't send messages to bots", Kind.DEAD),
    (400, "Bad Request: chat not found", Kind.DEAD),
    (400, "Bad Request: PEER_ID_INVALID", Kind.DEAD),
    (400, "Bad Request: INPUT_USER_DEACTIVATED", Kind.DEAD),
    (400, "Bad Request: USER_IS_BLOCKED", Kind.OPT_OUT),
    (400, "Bad Request: query is too old and response timeout expired", Kind.IGNORE),
    (400, "Bad Request: message is not modified: new content is the same", Kind.IGNORE),
    (400, "Bad Request: can't parse entities: unsupported tag", Kind.CONTENT),
    (400, "Bad Request: message is too long", Kind.CONTENT),
    (400, "Bad Request: message text is empty", Kind.CONTENT),
    (400, "Bad Request: BUTTON_DATA_INVALID", Kind.CONTENT),
    (400, "Bad Request: reply markup is too long", Kind.CONTENT),
    (400, "Logged out", Kind.CONFIG),
    (401, "Unauthorized", Kind.CONFIG),
    (404, "Not Found", Kind.CONFIG),
    (409, "Conflict: terminated by other getUpdates request", Kind.CONFIG),
]


@pytest.mark.parametrize(("status", "said", "kind"), WORDED)
async def test_faults_as_telegram_words_them(
    status: int, said: str, kind: Kind, provider: FaultServer, http: Client
) -> None:
    provider.answers = [failed(status, said)]
    found = await fault(telegram(provider.url, http))
    assert (found.kind, found.whole) == (kind, kind is Kind.CONFIG)


async def test_no_room_among_the_connections_is_certainly_not_sent(provider: FaultServer) -> None:
    provider.answers = [SILENCE]
    async with Client(most=1) as http:
        waiting = asyncio.create_task(fault(telegram(provider.url, http, timeout=PATIENT)))
        while not provider.requests:
            await asyncio.sleep(0.01)
        found = await fault(telegram(provider.url, http, timeout=BRIEF))
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    assert found == Fault(Kind.RETRY, "ConnectionTimeoutError", whole=True)
    assert len(provider.requests) == 1


ODD = [
    (Answer(200, ["a", "list"]), Kind.UNKNOWN),
    (Answer(200, {"ok": True, "result": True}), Kind.UNKNOWN),
    (Answer(400, ["a", "list"]), Kind.CONFIG),
    (Answer(400, {"ok": False, "description": "No", "parameters": ["odd"]}), Kind.UNKNOWN),
    (Answer(413, {"ok": False, "description": "Too large"}), Kind.CONTENT),
    (failed(409, "Conflict: a reason that is new"), Kind.CONFIG),
    (Answer(408, ""), Kind.UNKNOWN),
    (Answer(429, "<html>", {"Retry-After": "9"}), Kind.THROTTLE),
    (failed(429, "Too Many Requests", retry_after=10**8), Kind.THROTTLE),
    (failed(404, "Not Found"), Kind.CONFIG),
    (RESET, Kind.UNKNOWN),
]


@pytest.mark.parametrize(("answer", "kind"), ODD)
async def test_odd_answers(
    answer: Answer | str, kind: Kind, provider: FaultServer, http: Client
) -> None:
    provider.answers = [answer]
    found = await fault(telegram(provider.url, http))
    assert found.kind is kind
    assert found.wait is None or timedelta(seconds=9) <= found.wait <= timedelta(days=1)


async def test_nobody_there(http: Client) -> None:
    with socket.socket() as taken:  # bound, but not listening
        taken.bind(("127.0.0.1", 0))
        channel = telegram(f"http://127.0.0.1:{taken.getsockname()[1]}", http)
        assert await fault(channel) == Fault(Kind.RETRY, "ClientConnectorError", whole=True)
        await channel.acknowledge("4001")
        assert "ClientConnectorError" in await channel.setup(WORDS)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1", "http://127.0.0.1:port"])
async def test_an_address_that_cannot_be(url: str, http: Client) -> None:
    assert (await fault(telegram(url, http))).kind is Kind.CONFIG


async def test_a_client_that_is_closed(fake: TelegramFake, http: Client) -> None:
    await http.aclose()
    assert (await fault(telegram(fake.url, http))).kind is Kind.UNKNOWN


async def test_without_a_token_nothing_is_asked(fake: TelegramFake, http: Client) -> None:
    channel = telegram(fake.url, http, bot_token="")
    assert await fault(channel) == Fault(Kind.CONFIG, "no token", whole=True)
    await channel.acknowledge("4001")
    assert "bot_token" in await channel.setup(WORDS)
    assert fake.requests == []


def test_sentences_are_as_the_library_hands_them_on() -> None:
    assert [said for said in (*SENTENCES, *CONFLICTS) if said != said.lower()] == []


async def test_nothing_is_logged_of_a_resident_or_the_token(
    fake: TelegramFake, http: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    channel = telegram(fake.url, http)
    await channel.send(SENDING)
    for chat in (fakes.BLOCKED, fakes.GATEWAY, fakes.HOTEL, fakes.PROXY):
        await fault(channel, chat)
    await channel.setup(WORDS)
    for secret in (BOT_TOKEN, str(RESIDENT_ID), SENDING.text, "hotel"):
        assert secret not in caplog.text


# --- taps ----------------------------------------------------------------------------------------
async def test_a_tap_is_acknowledged(fake: TelegramFake, http: Client) -> None:
    await telegram(fake.url, http).acknowledge("4001")
    assert fake.told("answerCallbackQuery") == [{"callback_query_id": "4001"}]


OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


@pytest.mark.parametrize("answer", [failed(400, OLD), Answer(502, "<html>"), Answer(200, "odd")])
async def test_a_tap_that_cannot_be_acknowledged_is_left(
    answer: Answer, fake: TelegramFake, http: Client
) -> None:
    fake.refuses["answerCallbackQuery"] = answer
    await telegram(fake.url, http).acknowledge("4001")
    assert len(fake.requests) == 1


# --- setup ---------------------------------------------------------------------------------------
WORDS = {
    "es": {"help": "Llame al 911.", "menu_start": "Participar", "menu_stop": "Salir"},
    "en": {"help": "Call 911.", "menu_start": "Take part", "menu_stop": "Leave"},
    "nso": {"help": "Call 911.", "menu_start": "Tšea karolo"},
}


async def test_setup(fake: TelegramFake, http: Client) -> None:
    told = await telegram(fake.url, http).setup(WORDS)
    (webhook,) = fake.told("setWebhook")
    assert (webhook["url"], webhook["secret_token"]) == (WEBHOOK, SECRET)
    assert json.loads(webhook["allowed_updates"]) == [*UPDATES]
    assert WEBHOOK in told
    assert "https://t.me/imbizo_example_bot?start=" in told
    assert BOT_TOKEN not in told
    assert SECRET not in told


async def test_the_menu_is_in_every_language_that_telegram_can_tell(
    fake: TelegramFake, http: Client
) -> None:
    await telegram(fake.url, http).setup(WORDS)
    spanish = [
        {"command": "start", "description": "Participar"},
        {"command": "stop", "description": "Salir"},
    ]
    menus = {c.get("language_code"): json.loads(c["commands"]) for c in fake.told("setMyCommands")}
    assert set(menus) == {None, "es", "en"}
    assert menus[None] == menus["es"] == spanish


def test_the_menu_has_only_commands_that_there_are() -> None:
    listed = menu(PHRASES)
    assert {name for name, _ in listed} == set(COMMAND_KEYS)
    assert all(1 <= len(text) <= 256 for _, text in listed)


async def test_setup_of_a_bot_that_is_asked_deletes_its_webhook(
    fake: TelegramFake, http: Client
) -> None:
    told = await telegram(fake.url, http, polling=True, webhook_secret="").setup(WORDS)
    assert len(fake.told("deleteWebhook")) == 1
    assert fake.told("setWebhook") == []
    assert "polling" in told
    assert "deleted" in told


REFUSALS = [
    ("getMe", failed(401, "Unauthorized"), "@BotFather"),
    ("setWebhook", failed(400, "Bad Request: bad webhook: An HTTPS URL must be provided"), "https"),
    ("setMyCommands", failed(429, "Too Many Requests", retry_after=9), "0:00:09"),
    ("setMyCommands", failed(500, "Internal Server Error"), "500"),
    ("getMe", Answer(200, "<html>Welcome</html>"), "api_base"),
    ("getMe", Answer(200, {"ok": True, "result": 5}), "api_base"),
]


@pytest.mark.parametrize(("method", "answer", "words"), REFUSALS)
async def test_a_setup_that_fails_says_why_in_a_sentence(
    method: str, answer: Answer, words: str, fake: TelegramFake, http: Client
) -> None:
    fake.refuses[method] = answer
    told = await telegram(fake.url, http).setup(WORDS)
    assert words in told
    assert told.endswith(".")
    assert "\n" not in told
    assert BOT_TOKEN not in told


async def test_a_secret_that_telegram_would_not_take(fake: TelegramFake, http: Client) -> None:
    told = await telegram(fake.url, http, webhook_secret="two words").setup(WORDS)
    assert "webhook_secret" in told
    assert fake.requests == []
