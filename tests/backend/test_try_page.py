"""Messages as JSON to the page to try, with the demo cities and one real city in a database."""

import asyncio
import json
import re
import shutil
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from backend.settings import Settings
from backend.webhooks import LARGEST_BODY
from bot.store import ReceiptStatus, Unit
from bot.turns import Taken
from tests.browser.demo import REAL, make_cities, running, settings_in

SMS, TELEGRAM = "/try/demo-za/sms", "/try/demo-za/telegram"

Reply = Mapping[str, object]


@pytest.fixture(scope="module")
def cities(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database of the cities."""
    folder = tmp_path_factory.mktemp("cities")
    make_cities(sqlite_template, folder)
    return folder


@pytest.fixture
def settings(cities: Path, tmp_path: Path) -> Settings:
    """Settings of an installation with a fresh copy of it."""
    shutil.copytree(cities, tmp_path, dirs_exist_ok=True)
    return settings_in(tmp_path)


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with running(settings) as (_, client):
        yield client


async def said(client: httpx.AsyncClient, path: str = SMS, **sent: object) -> list[Reply]:
    """The replies to one message of Anna's."""
    answer = await client.post(f"{path}/messages", json={"from": "anna", **sent})
    assert answer.status_code == 200, answer.text
    replies: list[Reply] = answer.json()["replies"]
    return replies


def words(replies: list[Reply]) -> str:
    return "\n".join(str(reply["text"]) for reply in replies)


async def test_a_conversation_in_numbers(client: httpx.AsyncClient) -> None:
    notice = await said(client, text="Hi")
    assert "\n1 I agree\n2 No" in words(notice)
    assert "How old are you" in words(await said(client, text="1"))
    assert "during the day" in words(await said(client, text="34"))
    assert "after dark" in words(await said(client, text="safe"))


async def test_a_conversation_in_buttons(client: httpx.AsyncClient) -> None:
    notice = (await said(client, TELEGRAM, text="Hi"))[-1]
    assert notice["choices"] == [
        {"number": "1", "label": "I agree"},
        {"number": "2", "label": "No"},
    ]
    age = await said(client, TELEGRAM, choice="1", question=notice["question"])
    assert "How old are you" in words(age)
    question = (await said(client, TELEGRAM, text="34"))[-1]
    labels = [choice["label"] for choice in question["choices"]]  # type: ignore[attr-defined]  # it is JSON
    assert labels[:2] == ["Very safe", "Safe"]
    assert "after dark" in words(await said(client, TELEGRAM, choice=2))


async def test_replies_have_the_promised_form(client: httpx.AsyncClient) -> None:
    for path in (SMS, TELEGRAM):
        for reply in await said(client, path, text="Hi"):
            assert set(reply) == {"text", "choices", "question", "segments"}
            assert isinstance(reply["segments"], int)


async def test_an_old_tap_is_passed_over(client: httpx.AsyncClient) -> None:
    first = (await said(client, TELEGRAM, text="Hi"))[-1]
    for text in ("1", "34"):
        await said(client, TELEGRAM, text=text)
    again = await said(client, TELEGRAM, choice="2", question=first["question"])
    assert "closed" in words(again)


async def test_one_resident_on_two_channels(client: httpx.AsyncClient) -> None:
    await said(client, SMS, text="Hi")
    assert "How old are you" in words(await said(client, TELEGRAM, text="1"))


async def test_residents_and_cities_are_kept_apart(client: httpx.AsyncClient) -> None:
    await said(client, text="Hi")
    other = await client.post(f"{SMS}/messages", json={"from": "ben", "text": "1"})
    assert "Do you agree" in other.json()["replies"][0]["text"]
    assert "Do you agree" not in words(await said(client, text="1"))
    assert "Acepta" in words(await said(client, "/try/demo-mx/sms", text="1"))


async def test_language_is_a_hint_for_a_stranger(client: httpx.AsyncClient) -> None:
    assert "Acepta" in words(await said(client, "/try/demo-mx/sms", text="Hi"))
    hinted = {"from": "ben", "text": "Hi", "language": "en"}
    answer = await client.post("/try/demo-mx/sms/messages", json=hinted)
    assert "Do you agree" in answer.json()["replies"][0]["text"]
    assert "Do you agree" in words(await said(client, text="Hi", language="tlh"))


async def test_a_place_is_taken(client: httpx.AsyncClient) -> None:
    assert await said(client, location=[-26.2, 28.04])


async def test_a_photo_is_only_said_to_be_there(client: httpx.AsyncClient) -> None:
    for text in ("Hi", "1", "34"):
        await said(client, text=text)
    assert "cannot open pictures" in words(await said(client, photo=True))
    assert await said(client, text="Safe", photo=True)


async def test_silence_after_stop_is_no_fault(client: httpx.AsyncClient) -> None:
    await said(client, text="Hi")
    assert await said(client, text="STOP")
    assert await said(client, text="hello?") == []


async def test_it_is_counted(client: httpx.AsyncClient) -> None:
    before = await _tries(client)
    await said(client, text="Hi")
    assert await _tries(client) == before + 1


async def _tries(client: httpx.AsyncClient) -> float:
    metrics = (await client.get("/metrics")).text
    return float(re.findall(r"^imbizo_try_messages_total (.+)$", metrics, re.M)[0])


ODD = {
    "empty": "",
    "blank": " \n\t ",
    "long": "a" * 10_000,
    "long in emoji": "🙂" * 10_000,
    "many lines": "\n" * 10_000,
    "control characters": "\x00\x07\x1b[31mHi\x7f\x9b",
    "huge number": "9" * 10_000,
    "many digits of another script": "٣" * 5_000,
    "emoji": "👩🏽‍🦽👍🏿🇿🇦",
    "accents piled up": "e" + "\u0301" * 3_000,
    "right to left": "\u202e\u200fשלום",
    "markup": "<script>alert(1)</script>{{ 7*7 }}%s",
    "not a character": "\ufffe\uffff\U0010ffff",
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
async def test_an_odd_text_gets_a_kind_reply(client: httpx.AsyncClient, text: str) -> None:
    assert await said(client, text=text)
    assert await said(client, text=text)
    await said(client, text="1")
    assert await said(client, text=text)
    await said(client, text="34")
    assert await said(client, TELEGRAM, text=text)
    assert await said(client, choice=text[:200])


SECRET = "sw0rdf1sh"
HI: Mapping[str, object] = {"from": "anna", "text": "Hi"}
WRONG: list[dict[str, object]] = [
    {"from": None},
    {"from": ""},
    {"from": 7},
    {"from": ["sw0rdf1sh"]},
    {"from": "sw0rdf1sh" * 5},
    {"from": "sw0rdf1sh\n"},
    {"from": "sw0rdf1sh\x00"},
    {"from": "+27821234567"},
    {"from": "sw0rdf1sh/../x"},
    {"text": 5},
    {"text": {"sw0rdf1sh": 1}},
    {"text": None},
    {"choice": ["sw0rdf1sh"]},
    {"choice": -1},
    {"choice": True},
    {"choice": "sw0rdf1sh" * 30},
    {"question": 5},
    {"question": "sw0rdf1sh" * 30},
    {"location": "sw0rdf1sh"},
    {"location": []},
    {"location": [1]},
    {"location": [1, 2, 3]},
    {"location": [91, 0]},
    {"location": [0, -180.5]},
    {"location": ["1", "2"]},
    {"language": 5},
    {"language": "sw0rdf1sh" * 5},
]
BAD: Mapping[str, tuple[bytes, int]] = {
    "no JSON": (b"from=sw0rdf1sh", 400),
    "nothing": (b"", 400),
    "no UTF-8": (b'{"from": "sw0rdf1sh\xff", "text": "Hi"}', 400),
    "half a character": (rb'{"from": "anna", "text": "\ud800 sw0rdf1sh"}', 400),
    "deep": (b"[" * 30_000, 400),
    "too large": (b'{"from": "anna", "text": "' + b"a" * LARGEST_BODY + b'"}', 413),
    "a list": (b'["sw0rdf1sh"]', 422),
    "a number": (b"1", 422),
    "null": (b"null", 422),
    "huge number": (b'{"from": "anna", "text": ' + b"9" * 20_000 + b"}", 400),
    "huge choice": (b'{"from": "anna", "choice": ' + b"9" * 20_000 + b"}", 400),
    "infinite": (b'{"from": "anna", "location": [1e999, 0]}', 422),
    "no number": (b'{"from": "anna", "location": [NaN, 0]}', 422),
    **{str(wrong): (json.dumps({**HI, **wrong}).encode(), 422) for wrong in WRONG},
    "nobody": (b'{"text": "Hi"}', 422),
    "no message": (b'{"from": "anna"}', 422),
}


@pytest.mark.parametrize(("body", "status"), BAD.values(), ids=BAD)
async def test_a_bad_message_is_a_problem(
    client: httpx.AsyncClient, body: bytes, status: int
) -> None:
    answer = await client.post(f"{SMS}/messages", content=body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert SECRET not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/try/nowhere/sms",
        "/try/demo-za/pigeon",
        f"/try/{REAL}/sms",
        "/try/%00/sms",
        "/try/demo-za%0a/sms",
    ],
)
async def test_only_channels_of_demo_cities(client: httpx.AsyncClient, path: str) -> None:
    answers = [
        await client.post(f"{path}/messages", json={"from": "anna", "text": "Hi"}),
        await client.post(path, data={"text": "Hi"}),
    ]
    for answer in answers:
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"


async def test_replies_pass_through_the_outbox(settings: Settings) -> None:
    async with running(settings, with_worker=False) as (_, client):
        await said(client, text="Hi")
        assert (await client.get("/readyz")).json()["queued"] == 1
    async with running(settings) as (_, client), asyncio.timeout(10):
        while (await client.get("/readyz")).json()["queued"]:
            await asyncio.sleep(0.01)
        assert "imbizo_outbox_failed 0.0" in (await client.get("/metrics")).text


@dataclass(frozen=True, slots=True)
class Answering:
    """A writer that never writes: it answers this, or raises it."""

    answer: object

    async def run(self, work: Callable[[Unit], Any], key: str = "") -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (Taken(status=ReceiptStatus.WAITING), 202),
        (Taken(status=ReceiptStatus.FAILED), 503),
        (OSError("sw0rdf1sh"), 503),
    ],
    ids=["waiting", "failed", "no database"],
)
async def test_a_turn_not_taken_is_no_reply(
    settings: Settings, answer: object, status: int
) -> None:
    async with running(settings) as (app, client):
        whole = app.state.installation
        app.state.installation = replace(whole, writer=Answering(answer))
        got = await client.post(f"{SMS}/messages", json={"from": "anna", "text": "Hi"})
        app.state.installation = whole
    assert got.status_code == status
    assert got.json().get("replies", []) == []
    assert SECRET not in got.text
