"""What came while we were away is fetched from those providers that list it, and answered."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from backend import wiring
from backend.reconcile import EVERY, OVERLAP, moment, reconcile_all, sources
from backend.store import library, watch
from bot.reconciling import PIECE, Reconciled, Source, reconcile
from channels.base import Received, SendError
from channels.rendering import CARRIES
from tests.backend.conftest import Town
from tests.backend.listed import SMS, Listed, installed

ANNA, BEN = "+27600009001", "+27600009002"
A_LITTLE = timedelta(minutes=1)


@pytest.fixture
def listed() -> Listed:
    return Listed()


@pytest.fixture
async def one(
    database_url: str, tmp_path: Path, listed: Listed
) -> AsyncIterator[wiring.Installation]:
    async with installed(database_url, tmp_path, listed) as one:
        yield one


async def fetch(one: wiring.Installation) -> tuple[Reconciled, list[Reconciled]]:
    """Everything of the only channel; and what was told on the way."""
    told: list[Reconciled] = []

    async def tell(so_far: Reconciled) -> None:
        told.append(so_far)

    [source] = sources(one.channels)
    return await reconcile(one.writer, source, wiring.now(), wiring.SURROUNDINGS, tell), told


def rows(one: wiring.Installation, statement: str) -> list[tuple[object, ...]]:
    with one.store.read() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


async def test_what_was_missed_is_taken_once_in_the_order_it_came(
    one: wiring.Installation, listed: Listed
) -> None:
    for said in ("Hi", "1", "34"):
        listed.came(ANNA, said)
    listed.came(BEN, "Hi")
    found, _ = await fetch(one)
    assert found == Reconciled(seen=4, missed=4)
    assert rows(one, "SELECT provider_id FROM received ORDER BY id") == [
        (message.provider_id,) for message in listed.inbox
    ]
    # Whether they agree, how old they are, and the first question: nobody is asked twice.
    assert rows(one, "SELECT count(DISTINCT turn) FROM outbound") == [(4,)]
    assert rows(one, "SELECT agreement FROM consent") == [("given",)]
    again, _ = await fetch(one)
    assert again == Reconciled(seen=4, missed=0)
    assert rows(one, "SELECT count(*) FROM outbound") == [(4,)]


async def test_what_webhooks_brought_is_left_alone(town: Town) -> None:
    one: wiring.Installation = town.app.state.installation
    await town.text(ANNA, "Hi", "SM1")
    await town.provider.reply_to(ANNA, 1)
    listed = Listed([Received("SM1", f"tel:{ANNA}", "Hi"), Received("SM2", f"tel:{ANNA}", "1")])
    source = Source(*SMS, listed, listed.carries)

    async def tell(_: Reconciled) -> None:
        pass

    found = await reconcile(one.writer, source, wiring.now(), wiring.SURROUNDINGS, tell)
    assert found == Reconciled(seen=2, missed=1)
    assert "old" in await town.provider.reply_to(ANNA, 2)
    assert len(town.provider.to(ANNA)) == 2


async def test_what_was_sent_before_we_went_on_is_no_answer_to_what_is_asked_now(
    town: Town,
) -> None:
    """An "1" that never reached us, sent before the age was asked, is not taken for an age."""
    one: wiring.Installation = town.app.state.installation
    before = wiring.now()
    for n, said in enumerate(("Hi", "1", "34", "2"), 1):
        await town.text(ANNA, said, f"SM{n}")
        await town.provider.reply_to(ANNA, n)
    answered = rows(one, "SELECT question, value FROM answer ORDER BY id")
    missed = Received("SM9", f"tel:{ANNA}", "1", sent_at=before)
    source = Source(*SMS, Listed([missed]), CARRIES["sms"])

    async def tell(_: Reconciled) -> None:
        pass

    await reconcile(one.writer, source, wiring.now(), wiring.SURROUNDINGS, tell)
    assert "late" in await town.provider.reply_to(ANNA, 5)
    assert rows(one, "SELECT question, value FROM answer ORDER BY id") == answered


async def test_progress_is_told_piece_by_piece(one: wiring.Installation, listed: Listed) -> None:
    for n in range(PIECE + 5):
        listed.came(f"+2760001{n:04d}", "Hi")
    _, told = await fetch(one)
    assert [so_far.seen for so_far in told] == [PIECE, PIECE + 5]


async def test_a_provider_that_breaks_off_leaves_what_was_taken(
    one: wiring.Installation, listed: Listed
) -> None:
    for n in range(PIECE + 5):
        listed.came(f"+2760001{n:04d}", "Hi")
    listed.breaks_after = PIECE + 2
    with pytest.raises(SendError):
        await fetch(one)
    assert rows(one, "SELECT count(*) FROM received") == [(PIECE,)]
    listed.breaks_after = None
    found, _ = await fetch(one)
    assert found == Reconciled(seen=PIECE + 5, missed=5)


# --- the pass of a worker ------------------------------------------------------------------------
async def test_a_pass_goes_on_from_the_last_one_with_an_overlap(
    one: wiring.Installation, listed: Listed
) -> None:
    listed.came(ANNA, "Hi")
    before = wiring.now()
    assert await reconcile_all(one, "first") == Reconciled(1, 1)
    # Nothing had ever come: an hour ago is early enough.
    assert abs(listed.asked[0] - (before - OVERLAP)) < A_LITTLE
    assert await reconcile_all(one, "second") == Reconciled()  # it was done just before
    with library.writing(one.engine) as connection:
        watch.note_reconciled(connection, SMS, before - EVERY)
    await reconcile_all(one, "second")
    assert listed.asked[1:] == [before - EVERY - OVERLAP]
    # A start is no reason to wait.
    await reconcile_all(one, "third", at_start=True)
    assert len(listed.asked) == 3


async def test_the_first_pass_begins_where_the_newest_message_came(
    one: wiring.Installation, listed: Listed
) -> None:
    listed.came(ANNA, "Hi")
    await fetch(one)
    ago = datetime(2026, 11, 20, 8, tzinfo=UTC)
    with library.writing(one.engine) as connection:
        column = "at = :at"
        value = ago.replace(tzinfo=None) if one.engine.dialect.name == "sqlite" else ago
        connection.execute(text(f"UPDATE received SET {column}"), {"at": str(value)})
    await reconcile_all(one, "first")
    assert listed.asked[1:] == [ago - OVERLAP]


async def test_one_worker_at_a_time_asks(one: wiring.Installation, listed: Listed) -> None:
    now = wiring.now()
    name = f"reconcile:{SMS[0]}:{SMS[1]}"
    await one.writer.run(lambda unit: unit.lease(name, "another", now, now + timedelta(hours=1)))
    assert await reconcile_all(one, "first", at_start=True) == Reconciled()
    assert listed.asked == []
    await one.writer.run(lambda unit: unit.lease(name, "another", now, now))
    await reconcile_all(one, "first", at_start=True)
    assert len(listed.asked) == 1


async def test_a_provider_that_is_away_is_asked_again_from_the_same_time(
    one: wiring.Installation, listed: Listed
) -> None:
    listed.came(ANNA, "Hi")
    listed.breaks_after = 0
    assert await reconcile_all(one, "first") == Reconciled()
    listed.breaks_after = None
    assert await reconcile_all(one, "second") == Reconciled(1, 1)


async def test_a_clock_that_was_set_back_puts_nothing_off(
    one: wiring.Installation, listed: Listed
) -> None:
    with library.writing(one.engine) as connection:
        watch.note_reconciled(connection, SMS, wiring.now() + timedelta(hours=1))
    await reconcile_all(one, "first")
    assert len(listed.asked) == 1
    assert listed.asked[0] < wiring.now()


async def test_a_channel_that_is_off_or_demo_is_never_asked(
    one: wiring.Installation, listed: Listed
) -> None:
    listed.off = True
    assert list(sources(one.channels)) == []
    listed.off = False
    with one.store.read() as connection:
        profile = library.load_profile(connection, "test-za")
    channel = profile.channels[0].model_copy(update={"kind": "simulator"})
    profile = profile.model_copy(update={"demo": True, "channels": (channel,)})
    with library.writing(one.engine) as connection:
        library.save_city(connection, profile)
    one.channels.refresh()
    assert list(sources(one.channels)) == []


# --- since when ----------------------------------------------------------------------------------
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2h", NOON - timedelta(hours=2)),
        ("3d", NOON - timedelta(days=3)),
        ("45m", NOON - timedelta(minutes=45)),
        ("2026-11-24T08:00Z", NOON - timedelta(hours=4)),
        ("2026-11-24T08:00", NOON - timedelta(hours=6)),  # the city's own time
        ("2026-11-24", datetime(2026, 11, 23, 22, tzinfo=UTC)),
    ],
)
def test_a_time_is_said_as_people_say_it(said: str, meant: datetime) -> None:
    assert moment(said, NOON, ZoneInfo("Africa/Johannesburg")) == meant


@pytest.mark.parametrize("said", ["", "h", "2 weeks", "-2h", "٣h", "yesterday"])
def test_anything_else_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match=r"isoformat"):
        moment(said, NOON, ZoneInfo("UTC"))
