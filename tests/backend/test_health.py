"""What operators' programs ask: alive, ready, figures."""

import asyncio
from datetime import date, timedelta

import httpx
from sqlalchemy import bindparam, event, text

from backend import wiring
from backend.health import AT_ONCE_SECONDS, LATE_SECONDS
from backend.models.base import UTCDateTime
from backend.store import library
from bot.turns import WITHHELD
from tests.backend.cli.away import away
from tests.backend.conftest import Town

NUMBER = "+27600006001"


def one(town: Town) -> wiring.Installation:
    found: wiring.Installation = town.app.state.installation
    return found


def figures(answer: httpx.Response) -> dict[str, float]:
    """Names and values of a page for Prometheus."""
    lines = (line.rpartition(" ") for line in answer.text.splitlines() if line[:1] != "#")
    return {name: float(value) for name, _, value in lines}


async def queue_late(town: Town, seconds: int) -> None:
    """A message that nobody sends has been due for so long."""
    await town.text(NUMBER, "Hi", "SM1")
    await town.provider.reply_to(NUMBER, 1)
    store = one(town).store
    async with asyncio.timeout(20):
        while store.outbox_health(wiring.now()).queued:
            await asyncio.sleep(0.01)
    due = wiring.now() - timedelta(seconds=seconds)
    with store.write() as unit:
        # No worker looks at a channel that never sent anything.
        unit.transaction.connection.execute(
            text("UPDATE outbound SET state = 'queued', due_at = :due"),
            {"due": due.replace(tzinfo=None) if store.engine.name == "sqlite" else due},
        )
        unit.transaction.connection.execute(text("DELETE FROM channel_rate"))


async def test_a_process_that_answers_is_alive(town: Town) -> None:
    answer = await town.http.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


async def test_an_installation_in_order_is_ready(town: Town) -> None:
    answer = await town.http.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")


async def test_a_queue_that_stands_still_is_not_in_order(town: Town) -> None:
    await queue_late(town, LATE_SECONDS + 60)
    answer = await town.http.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["status"] == "queue is late"
    assert answer.json()["queued"] >= 1


async def test_a_queue_that_is_a_little_late_is_in_order(town: Town) -> None:
    await queue_late(town, LATE_SECONDS - 60)
    assert (await town.http.get("/readyz")).status_code == 200


async def test_receipts_that_wait_or_failed_are_told(town: Town) -> None:
    await town.text(NUMBER, "Hi", "SM1")
    with library.writing(one(town).engine) as connection:
        connection.execute(text("UPDATE received SET status = 'failed'"))
    body = (await town.http.get("/readyz")).json()
    assert (body["waiting"], body["failed_receipts"]) == (0, 1)
    told = figures(await town.http.get("/metrics"))
    assert (told["imbizo_receipts_waiting"], told["imbizo_receipts_failed"]) == (0, 1)


async def test_media_on_their_way_and_refused_are_told(town: Town) -> None:
    await town.text(NUMBER, "Hi", "SM1")
    with library.writing(one(town).engine) as connection:
        for n, state in enumerate(("wanted", "wanted", "refused", "kept")):
            connection.execute(
                text(
                    "INSERT INTO media (city, channel, received, number, state, attempts, at,"
                    " due_at, delete_after) SELECT city, channel, id, :n, :state, 0, at, :far, at"
                    " FROM received"
                ).bindparams(bindparam("far", type_=UTCDateTime())),
                {"n": n, "state": state, "far": wiring.now() + timedelta(days=1)},
            )
    told = figures(await town.http.get("/metrics"))
    assert (told["imbizo_media_wanted"], told["imbizo_media_refused"]) == (2, 1)


async def test_replies_that_were_withheld_are_told(town: Town) -> None:
    with library.writing(one(town).engine) as connection:
        connection.execute(
            text("INSERT INTO counter (city, name, n) VALUES ('test-za', :name, 7)"),
            {"name": WITHHELD},
        )
    told = figures(await town.http.get("/metrics"))
    assert told['imbizo_replies_withheld_total{city="test-za"}'] == 7
    assert (await town.http.get("/readyz")).json()["replies_withheld"] == 7


async def test_helplines_that_nobody_called_for_long_are_told(town: Town) -> None:
    stale = (await town.http.get("/readyz")).json()["stale_helplines"]
    assert stale == one(town).channels.stale_helplines(date(2026, 11, 28))
    assert stale > 0


async def test_who_asks_again_at_once_costs_nothing(town: Town) -> None:
    asked: list[str] = []

    def note(_a: object, _b: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(one(town).engine, "before_cursor_execute", note)
    await asyncio.sleep(AT_ONCE_SECONDS + 0.1)
    answers = await asyncio.gather(*(town.http.get("/readyz") for _ in range(20)))
    event.remove(one(town).engine, "before_cursor_execute", note)
    assert {answer.status_code for answer in answers} == {200}
    assert sum("media.state" in statement for statement in asked) <= 2


async def test_figures_count_webhooks_by_what_became_of_them(town: Town) -> None:
    before = figures(await town.http.get("/metrics"))
    await town.text(NUMBER, "Hi", "SM1")
    await town.http.post("/webhooks/nowhere/sms")
    await town.http.post("/webhooks/test-za/sms", data={"MessageSid": "SM2"})
    after = figures(await town.http.get("/metrics"))
    for result in ("stored", "unknown", "refused"):
        name = f'imbizo_webhooks_total{{result="{result}"}}'
        assert after[name] == before.get(name, 0) + 1
    assert after["imbizo_database_up"] == 1


async def test_figures_hold_nothing_of_residents(town: Town) -> None:
    await town.text(NUMBER, "a secret text", "SM1")
    page = (await town.http.get("/metrics")).text
    assert NUMBER.lstrip("+") not in page
    assert "secret" not in page


async def test_while_the_database_is_away_a_process_is_alive_but_not_ready(town: Town) -> None:
    async with away(one(town)):
        assert (await town.http.get("/healthz")).status_code == 200
        ready, page = await town.http.get("/readyz"), await town.http.get("/metrics")
        assert page.status_code == 200
        if one(town).engine.name == "postgresql":  # SQLite is read while somebody else writes
            assert ready.status_code == 503
            assert ready.json()["status"] == "no database"
            assert figures(page)["imbizo_database_up"] == 0
    assert (await town.http.get("/readyz")).status_code == 200
