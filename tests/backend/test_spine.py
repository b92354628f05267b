"""A resident's signed SMS becomes stored answers, a reply, and a row in an export."""

import asyncio
import csv
import io

import pytest
from sqlalchemy import text

from backend.city_file import CityProfile
from backend.exports import export as write_export
from backend.store import library, open_engine
from tests.backend.conftest import Town

EXPORT_KEY = "synthetic export key"
SCRIPTS = {
    "en": ("English", "1", "34", "Safe", "3", "No street lights", "Riverside", "1"),
    "es": ("Español", "1", "34", "Seguro", "3", "No hay luz", "Riverside", "1"),
    "zu": ("isiZulu", "1", "34", "2", "3", "Akukho zibani", "Riverside", "1"),
}
CODES = {
    "survey": "safety-pulse",
    "channel": "sms",
    "area_code": "W01",
    "disposition": "completed",
    "safe_day": "2",
    "safe_dark": "3",
    "if_went_out": "",
    "age": "34",
    "sex": "1",
}


def export(town: Town, form: str = "csv") -> list[dict[str, str]]:
    engine = open_engine(town.settings.database_url)
    with engine.connect() as connection:
        profile: CityProfile = library.load_profile(connection, "test-za")
    out = io.BytesIO()
    write_export(engine, profile, "safety-pulse", form, EXPORT_KEY, out)
    engine.dispose()
    return list(csv.DictReader(io.StringIO(out.getvalue().decode())))


def count(town: Town, table: str) -> int:
    engine = open_engine(town.settings.database_url)
    with engine.connect() as connection:
        found = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
    engine.dispose()
    return int(found)


async def test_the_same_codes_in_every_language(town: Town) -> None:
    for place, (locale, script) in enumerate(SCRIPTS.items()):
        number = f"+2760000100{place}"
        for n, said in enumerate(script, 1):
            answer = await town.text(number, said, f"SM{locale}{n:030d}")
            assert (answer.status_code, answer.headers["content-type"][:8]) == (200, "text/xml")
            await town.provider.reply_to(number, n)
    rows = export(town)
    assert len(rows) == 3
    assert {row["language"] for row in rows} == set(SCRIPTS)
    for row in rows:
        assert {column: row[column] for column in CODES} == CODES
        for word in ("lights", "luz", "zibani"):
            assert word not in str(row)


async def test_forty_replies_of_one_contact_at_once_are_each_recorded_once(town: Town) -> None:
    number = "+27600002000"
    for n, said in enumerate(("Hi", "1", "34"), 1):
        await town.text(number, said, f"SMa{n:031d}")
        await town.provider.reply_to(number, n)
    answers = await asyncio.gather(*(town.text(number, "2", f"SMb{n:031d}") for n in range(40)))
    assert {answer.status_code for answer in answers} == {200}
    rows = [r for r in export(town, "long") if r["survey"] == "safety-pulse"]
    keys = [(r["response_id"], r["question"], r["revision"]) for r in rows]
    assert len(keys) == len(set(keys))
    assert count(town, "received") == 43
    assert [r["code"] for r in rows if r["question"] == "safe_day"] == ["2"]
    sessions = {r["response_id"] for r in rows}
    assert len(sessions) <= 2, "the pulse once, then city-safety"


async def test_one_message_ten_times_at_once_is_one_turn(town: Town) -> None:
    number = "+27600003000"
    answers = await asyncio.gather(*(town.text(number, "Hi", "SM" + "c" * 32) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {200}
    await town.provider.reply_to(number, 1)
    await asyncio.sleep(0.2)
    assert len(town.provider.to(number)) == 1
    assert count(town, "received") == 1


@pytest.mark.parametrize("path", ["/webhooks/test-za/sms", "/webhooks/test-za/sms/status"])
async def test_a_forged_webhook_stores_and_tells_nothing(town: Town, path: str) -> None:
    answer = await town.http.post(path, data={"MessageSid": "SM1", "From": "+27600000009"})
    assert (answer.status_code, answer.content) == (403, b"")
    assert count(town, "received") == 0


async def test_unknown_channels_and_large_bodies_are_refused(town: Town) -> None:
    assert (await town.http.post("/webhooks/test-za/fax")).status_code == 404
    assert (await town.http.post("/webhooks/nowhere/sms")).status_code == 404
    large = await town.http.post("/webhooks/test-za/sms", content=b"x" * 70_000)
    assert large.status_code == 413
