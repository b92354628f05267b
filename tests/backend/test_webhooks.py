"""What a provider gets for what it posts; and that nothing is told of what was written."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text
from twilio.request_validator import RequestValidator

from backend import wiring
from backend.app import create_app
from backend.city_file import read_city
from backend.demo import load_city
from backend.settings import Settings
from backend.store import library, open_engine
from backend.webhooks import LARGEST_BODY
from tests.backend.cli.away import away
from tests.backend.cli.processes import environment, running
from tests.backend.conftest import NOW, Town, settings_for, write_city
from tests.backend.provider import ROOT, TOKEN, message, provider

NUMBER = "+27600008001"


def one(town: Town) -> wiring.Installation:
    found: wiring.Installation = town.app.state.installation
    return found


def rows(town: Town, statement: str) -> list[tuple[object, ...]]:
    with one(town).store.read() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def report(sid: str, status: str, **more: str) -> httpx.Request:
    """A signed delivery report."""
    url = f"{ROOT}/webhooks/test-za/sms/status"
    form = {"AccountSid": "AC" + "0" * 32, "MessageSid": sid, "MessageStatus": status, **more}
    signature = RequestValidator(TOKEN).compute_signature(url, form)
    return httpx.Request("POST", url, data=form, headers={"X-Twilio-Signature": signature})


async def settled(town: Town) -> None:
    """Waits until nothing is on its way."""
    async with asyncio.timeout(20):
        while rows(town, "SELECT 1 FROM outbound WHERE state IN ('queued', 'claimed')"):
            await asyncio.sleep(0.01)


# --- who is let in -------------------------------------------------------------------------------
async def test_a_stored_message_is_answered_as_its_provider_wants(town: Town) -> None:
    answer = await town.text(NUMBER, "Hi", "SM1")
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, "text/xml")
    assert "Message" not in answer.text
    assert await town.provider.reply_to(NUMBER, 1)


@pytest.mark.parametrize("change", ["text", "signature", "account", "url"])
async def test_what_was_not_signed_as_it_is_is_forged(town: Town, change: str) -> None:
    real = message(NUMBER, "Hi", "SM1")
    content, url, headers = real.read(), str(real.url), dict(real.headers)
    match change:
        case "text":
            content = content.replace(b"Body=Hi", b"Body=Ho")
        case "signature":
            headers["x-twilio-signature"] = "AAAA"
        case "account":
            other = message(NUMBER, "Hi", "SM1", AccountSid="AC" + "1" * 32)
            content, headers = other.read(), dict(other.headers)
        case _:
            url += "?x=1"
    answer = await town.http.post(url, content=content, headers=headers)
    assert (answer.status_code, answer.content) == (403, b"")
    assert rows(town, "SELECT * FROM received") == []


async def test_nobody_reaches_a_demo_city_this_way(town: Town, tmp_path: Path) -> None:
    folder = write_city(tmp_path / "demo", town.provider.url, "demo-town")
    profile = read_city(folder)
    channel = profile.channels[0].model_copy(update={"kind": "simulator"})
    demo = profile.model_copy(update={"demo": True, "channels": (channel,)})
    load_city(one(town).engine, demo, NOW)
    one(town).channels.refresh()
    answer = await town.http.send(message(NUMBER, "Hi", "SM1", "demo-town"))
    assert answer.status_code == 404
    assert rows(town, "SELECT * FROM received") == []


async def test_a_body_is_too_large_whatever_its_head_says(town: Town) -> None:
    async def body() -> AsyncIterator[bytes]:
        for _ in range(LARGEST_BODY // 1000 + 2):
            yield b"x" * 1000

    for path in ("sms", "sms/status"):
        url = f"/webhooks/test-za/{path}"
        assert (await town.http.post(url, content=body())).status_code == 413
        large = {"Content-Length": "9" * 30}
        assert (await town.http.post(url, content=b"", headers=large)).status_code in (400, 403)


async def test_other_methods_are_refused(town: Town) -> None:
    assert (await town.http.get("/webhooks/test-za/sms")).status_code == 405


async def test_an_answer_is_as_safe_as_any_page(town: Town) -> None:
    answer = await town.text(NUMBER, "Hi", "SM1")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"


async def test_a_channel_without_its_secrets_is_off_and_comes_back_with_them(
    database_url: str, tmp_path: Path
) -> None:
    settings = settings_for(database_url)
    async with provider() as there:
        engine = open_engine(database_url)
        load_city(engine, read_city(write_city(tmp_path / "cities", there.url)), NOW)
        engine.dispose()
        off = replace(settings, environment={"TWILIO_ACCOUNT_SID": "AC" + "0" * 32})
        assert await posted(off) == 503
        assert await posted(settings) == 200


async def posted(settings: Settings) -> int:
    """What an installation with these settings answers to a text."""
    app = create_app(settings, with_worker=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ROOT) as http,
    ):
        return (await http.send(message(NUMBER, "Hi", "SM1"))).status_code


async def test_while_the_database_is_away_the_provider_is_told_to_come_again(town: Town) -> None:
    await town.text(NUMBER, "Hi", "SM1")
    await town.provider.reply_to(NUMBER, 1)
    await settled(town)
    async with away(one(town)):
        for _ in range(2):
            answer = await town.text(NUMBER, "1", "SM2")
            assert (answer.status_code, answer.content) == (503, b"")
        ready = await town.http.get("/readyz")
        assert ready.status_code in (200, 503)  # SQLite can still be read while somebody writes
    assert (await town.text(NUMBER, "1", "SM2")).status_code == 200
    assert "How old are you" in await town.provider.reply_to(NUMBER, 2)
    assert rows(town, "SELECT count(*) FROM received") == [(2,)]


# --- delivery reports ----------------------------------------------------------------------------
async def sent(town: Town) -> str:
    """A message of ours that the provider took; its id there."""
    await town.text(NUMBER, "Hi", "SM1")
    await town.provider.reply_to(NUMBER, 1)
    await settled(town)
    [[sid]] = rows(town, "SELECT provider_id FROM outbound")
    return str(sid)


STATUS = "SELECT status, delivered_at IS NOT NULL FROM outbound"


async def test_reports_only_ever_raise_the_status_in_whatever_order_they_come(town: Town) -> None:
    sid = await sent(town)
    seen = []
    for status in ("sending", "sent", "delivered", "sent", "undelivered", "delivered", "queued"):
        assert (await town.http.send(report(sid, status))).status_code == 204
        seen.append(rows(town, STATUS)[0])
    assert [(rank, bool(delivered)) for rank, delivered in seen] == [
        (3, False),
        (3, False),
        (5, True),
        (5, True),
        (5, True),
        (5, True),
        (5, True),
    ]


async def test_a_repeated_report_is_kept_once(town: Town) -> None:
    sid = await sent(town)
    for _ in range(3):
        assert (await town.http.send(report(sid, "delivered"))).status_code == 204
    assert rows(town, "SELECT count(*) FROM delivery_report") == [(1,)]


async def test_a_report_of_an_unknown_message_or_status_is_taken(town: Town) -> None:
    for request in (report("SMother", "delivered"), report("SMother", "flown")):
        assert (await town.http.send(request)).status_code == 204
    assert rows(town, "SELECT provider_id FROM delivery_report") == [("SMother",)]


async def test_a_report_that_overtakes_its_message_counts_once_that_is_settled(town: Town) -> None:
    await town.http.send(report(f"SM{1:032d}", "delivered"))
    assert await sent(town) == f"SM{1:032d}"
    assert [(rank, bool(done)) for rank, done in rows(town, STATUS)] == [(5, True)]


@pytest.mark.parametrize("first", [True, False])
async def test_an_opt_out_learnt_from_a_report_holds(town: Town, first: bool) -> None:
    request = report(f"SM{1:032d}", "undelivered", ErrorCode="21610")
    if first:
        await town.http.send(request)
    await sent(town)
    if not first:
        await town.http.send(request)
    assert rows(town, "SELECT opted_out FROM contact") in ([(True,)], [(1,)])
    await town.text(NUMBER, "1", "SM2")
    await settled(town)
    assert len(town.provider.sent) == 1
    await town.text(NUMBER, "START", "SM3")
    assert await town.provider.reply_to(NUMBER, 2)


# --- odd messages --------------------------------------------------------------------------------
LONG = "9" * 5000
ODD = {
    "empty": {"Body": ""},
    "spaces": {"Body": "   \n\t "},
    "media only": {"Body": "", "NumMedia": "3"},
    "very long": {"Body": "help me " * 1250},
    "control characters": {"Body": "\x01\x07\x1b[31m\x7f\x85\u2028"},
    "NUL": {"Body": "a\x00b\x00"},
    "5,000 digits": {"Body": LONG},
    "a huge number": {"Body": "1e99999"},
    "other digits": {"Body": "٣٤² Ⅷ"},
    "emoji": {"Body": "👍🏽👨‍👩‍👧‍👦🏳️‍🌈"},
    "right to left": {"Body": "\u202e\u200f123"},
    "a lone surrogate's bytes": {"Body": "x\ufffdx"},
    "a formula": {"Body": '=HYPERLINK("x")'},
    "markup": {"Body": "<Response><Message>x</Message></Response>{{ x }}%s{0}"},
    "SQL": {"Body": "'; DROP TABLE contact; --"},
    "odd media count": {"Body": "x", "NumMedia": LONG},
    "odd place": {"Body": "", "Latitude": "nan", "Longitude": "1e400"},
    "a place": {"Body": "", "Latitude": "-26.2", "Longitude": "28.04"},
    "odd command": {"Body": "x", "OptOutType": "ODD"},
}


def refill_budgets(town: Town) -> None:
    """As if every contact had been silent for a while."""
    engine = open_engine(town.settings.database_url)
    with library.writing(engine) as connection:
        connection.execute(text("UPDATE contact SET reply_tat = NULL"))
    engine.dispose()


async def test_whatever_comes_at_whatever_stage_meets_a_kind_reply(town: Town) -> None:
    replies = 0
    for stage in (("Hi",), ("1",), ("34",), ("Safe",), ()):
        for n, (name, form) in enumerate(ODD.items()):
            sid = f"SM{len(stage)}{replies}x{n}"
            answer = await town.text(NUMBER, "", sid, **form)
            assert answer.status_code == 200, name
            replies += 1
            assert await town.provider.reply_to(NUMBER, replies), name
        for said in stage:
            assert (await town.text(NUMBER, said, f"SMs{replies}")).status_code == 200
            replies += 1
            assert await town.provider.reply_to(NUMBER, replies)
        refill_budgets(town)  # nobody answers so often by hand
    assert rows(town, "SELECT DISTINCT status FROM received") == [("taken",)]


@pytest.mark.parametrize("number", ["12345", "MTN", "+0", "+" + LONG, "anonymous", "+27 60 000"])
async def test_a_sender_that_nobody_can_answer_is_taken_and_passed_over(
    town: Town, number: str
) -> None:
    assert (await town.text(number, "Hi", "SM1")).status_code == 200
    assert rows(town, "SELECT * FROM contact") == []


@pytest.mark.parametrize("missing", ["MessageSid", "From"])
async def test_what_lacks_what_is_always_there_is_refused(town: Town, missing: str) -> None:
    answer = await town.text(NUMBER, "Hi", "SM1", **{missing: ""})
    assert (answer.status_code, answer.content) == (400, b"")


@pytest.mark.parametrize(
    "kind", ["application/json", "multipart/form-data; boundary=x", "text/plain", ""]
)
async def test_what_is_no_form_is_refused(town: Town, kind: str) -> None:
    real = message(NUMBER, "Hi", "SM1")
    headers = {"X-Twilio-Signature": real.headers["X-Twilio-Signature"], "Content-Type": kind}
    answer = await town.http.post(real.url, content=real.read(), headers=headers)
    assert (answer.status_code, answer.content) == (400, b"")


@pytest.mark.parametrize("body", [b"\xff\xfe%ff%%%zz&&&===", b"&" * 300, b"a=1&" * 250])
async def test_a_form_out_of_order_is_refused(town: Town, body: bytes) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": "x"}
    answer = await town.http.post("/webhooks/test-za/sms", content=body, headers=headers)
    assert answer.status_code in (400, 403)


# --- logs ----------------------------------------------------------------------------------------
async def test_logs_tell_neither_who_wrote_nor_what(database_url: str, tmp_path: Path) -> None:
    """In a process as operators run it, with turns that go well, fail, and are refused."""
    secret = "the man next door hits her"
    async with provider() as there:
        write_city(tmp_path / "cities", there.url)
        settings = environment(database_url, tmp_path / "cities")
        async with running("run", "--port", "0", settings=settings, folder=tmp_path) as process:
            await process.until("Stop with")
            assert (await process.text(NUMBER, secret, "SM1")).status_code == 200
            await there.reply_to(NUMBER, 1)
            await asyncio.to_thread(break_city, database_url)
            assert (await process.text(NUMBER, secret, "SM2")).status_code == 200
            assert (await process.text("+27600008002", secret, "SM3")).status_code == 200
            assert (await process.text(NUMBER, secret, "SM4", "nowhere")).status_code == 404
            await process.end()
    assert '"event": "turn_failed"' in process.log
    assert "Traceback" not in process.log
    for word in (NUMBER.lstrip("+"), "27600008002", secret, "next door", TOKEN):
        assert word not in process.log
        assert word not in "".join(process.printed)


def break_city(database_url: str) -> None:
    """From now on no turn of the city goes well, as after an update with a bug."""
    engine = open_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE survey_version SET source = 'slug = \"odd\"'"))
        connection.execute(text("UPDATE city SET revision = revision + 1"))
    engine.dispose()
