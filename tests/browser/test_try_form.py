"""What a browser without JavaScript sees of the page to try, and sends."""

import html
import json
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from backend.settings import Settings
from backend.try_page import LARGEST_LOG
from backend.webhooks import LARGEST_BODY
from channels.base import LONGEST_TEXT
from tests.browser.demo import REAL, running, settings_in

SMS = "/try/demo-za/sms"
Form = dict[str, str]


@pytest.fixture
async def client(cities: Path, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    shutil.copytree(cities, tmp_path, dirs_exist_ok=True)
    async with running(settings_in(tmp_path)) as (_, client):
        yield client


def form_of(page: httpx.Response) -> Form:
    """The hidden fields of the page."""
    fields = re.findall(r'<input type="hidden" name="(\w+)".*? value="(.*?)">', page.text)
    return {name: html.unescape(value) for name, value in fields}


def bubbles(page: httpx.Response) -> list[str]:
    said = re.findall(r">(?:You|City): </span>(.*?)</p>", page.text, re.S)
    return [html.unescape(text) for text in said]


def pressed(page: httpx.Response) -> list[str]:
    found = re.findall(r'value="([\w-]+)"[^>]*aria-pressed="true"', page.text)
    return [str(value) for value in found]


async def press(client: httpx.AsyncClient, page: httpx.Response, **button: str) -> httpx.Response:
    """Sends the form of a page by one of its buttons, or with a text."""
    [path] = re.findall(r'action="(.*?)#text"', page.text)
    answer = await client.post(path, data=form_of(page) | button)
    assert answer.status_code == 200, answer.text
    return answer


async def test_the_page(client: httpx.AsyncClient) -> None:
    page = await client.get("/try")
    assert page.status_code == 200
    assert "synthetic" in page.text
    assert "no real personal data" in page.text
    assert REAL not in page.text
    assert "set-cookie" not in page.headers
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert pressed(page) == ["demo-za", "sms", "en"]
    static = [await client.get(f"/static/{name}") for name in ("imbizo.css", "try.js", "icon.svg")]
    assert all(file.status_code == 200 for file in static)
    assert sum(len(file.content) for file in (page, *static)) < 30_000


async def test_the_page_takes_wishes(client: httpx.AsyncClient) -> None:
    page = await client.get("/try?city=demo-mx&channel=telegram&language=en")
    assert pressed(page) == ["demo-mx", "telegram", "en"]
    page = await client.get(f"/try?city={REAL}&channel=%00&language=<b>")
    assert pressed(page) == ["demo-za", "sms", "en"]


async def test_the_form_talks(client: httpx.AsyncClient) -> None:
    page = await press(client, await client.get("/try?channel=telegram"), text="Hi")
    assert 'name="tap" value="1 consent"' in page.text
    page = await press(client, page, tap="1 consent")
    page = await press(client, page, text="34")
    shown = bubbles(page)
    assert len(shown) == 6
    assert shown[::2] == ["Hi", "I agree", "34"]
    assert page.text.count("bubble mine new") == 1


async def test_a_segment_count_stands_under_sms_only(client: httpx.AsyncClient) -> None:
    page = await press(client, await client.get("/try?channel=sms"), text="Hi")
    assert re.search(r"Billed as [1-9] SMS", page.text)
    page = await press(client, await client.get("/try?channel=whatsapp"), text="Hi")
    assert "Billed as" not in page.text


async def test_tips_in_the_language_and_sent_at_a_press(client: httpx.AsyncClient) -> None:
    page = await client.get("/try?city=demo-mx")
    assert 'name="say" value="AYUDA"' in page.text
    page = await press(client, page, say="AYUDA")
    assert bubbles(page)[0] == "AYUDA"


async def test_picking_a_language(client: httpx.AsyncClient) -> None:
    page = await press(client, await client.get("/try?city=demo-mx"), language="en")
    assert pressed(page) == ["demo-mx", "sms", "en"]
    assert bubbles(page) == []
    page = await press(client, page, text="Hi")
    assert "Do you agree" in bubbles(page)[1]
    page = await press(client, page, language="es")
    assert pressed(page) == ["demo-mx", "sms", "es"]
    assert bubbles(page)[2] == "Español"
    assert "Acepta" in bubbles(page)[3]


async def test_another_channel_is_the_same_resident(client: httpx.AsyncClient) -> None:
    first = await press(client, await client.get("/try?channel=sms"), text="Hi")
    page = await press(client, first, channel="telegram")
    assert pressed(page) == ["demo-za", "telegram", "en"]
    assert bubbles(page) == bubbles(first)
    assert "How old" in bubbles(await press(client, page, text="1"))[-1]


@pytest.mark.parametrize("button", [{"over": "1"}, {"city": "demo-mx"}])
async def test_a_fresh_start_is_somebody_else(
    client: httpx.AsyncClient, button: dict[str, str]
) -> None:
    first = await press(client, await client.get("/try"), text="Hi")
    page = await press(client, first, **button)
    assert bubbles(page) == []
    assert form_of(page)["who"] != form_of(first)["who"]
    assert pressed(page)[0] == button.get("city", "demo-za")


async def test_silence_is_explained(client: httpx.AsyncClient) -> None:
    page = await client.get("/try")
    for text in ("Hi", "STOP", "Hi"):
        page = await press(client, page, text=text)
    assert "stays silent" in page.text
    assert bubbles(page)[-1] == "Hi"


async def test_what_one_writes_is_never_markup(client: httpx.AsyncClient) -> None:
    page = await press(client, await client.get("/try"), text='"><script>alert(1)</script>')
    assert bubbles(page)[0] == '"><script>alert(1)</script>'
    assert "<script>" not in page.text
    assert json.loads(form_of(page)["log"])[0]["text"] == bubbles(page)[0]


async def test_a_long_conversation_keeps_its_end(client: httpx.AsyncClient) -> None:
    page = await client.get("/try")
    for _ in range(12):
        page = await press(client, page, text="ñ" * 1600)
    assert len(form_of(page)["log"]) < LARGEST_LOG
    assert len(bubbles(page)) > 4


@pytest.mark.parametrize(
    "odd",
    [
        {"who": ""},
        {"who": "<b>" * 20},
        {"log": "[" * 5_000},
        {"log": '[{"text": 5}]'},
        {"log": "null"},
        {"log": '[{"text": "a", "segments": 1e99}]'},
        {"log": '[{"text": "a", "choices": [{"number": "1"}]}]'},
        {"spoken": "tlh"},
        {"language": "\x00"},
        {"channel": "pigeon"},
        {"city": REAL},
        {"tap": ""},
        {"tap": "9999999999999999999999 \x00"},
        {"tap": "1"},
        {"tap": "9" * 6_000 + " x"},
        {"tap": "\x00"},
        {"text": "\x00"},
        {"text": "a" * LONGEST_TEXT * 3},
        {"text": "\ud800".encode("utf-8", "surrogatepass").decode("latin1")},
        {"say": "9" * 5_000},
    ],
    ids=str,
)
async def test_an_odd_form_still_shows_a_phone(
    client: httpx.AsyncClient, odd: dict[str, str]
) -> None:
    first = await press(client, await client.get("/try"), text="Hi")
    page = await press(client, first, **odd)
    assert pressed(page) == ["demo-za", "sms", "en"]
    assert re.fullmatch(r"[\w.-]{1,40}", form_of(page)["who"])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"text=" + b"a" * LARGEST_BODY, 413),
        (b"\xff\xfe", 400),
        (b"a=1&" * 100, 400),
    ],
)
async def test_what_is_no_form_is_refused(
    client: httpx.AsyncClient, body: bytes, status: int
) -> None:
    assert (await client.post(SMS, content=body)).status_code == status


async def test_without_a_demo_city_the_page_says_so(sqlite_url: str) -> None:
    async with running(Settings(database_url=sqlite_url)) as (_, client):
        answer = await client.get("/try")
    assert answer.status_code == 404
    assert "imbizo demo load" in answer.json()["detail"]
