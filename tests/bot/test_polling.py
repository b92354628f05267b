"""Channels that are asked for what came: by one process at a time, nothing lost, nothing twice."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
import structlog

from bot.outbox import Surroundings
from bot.polling import LEASE, Pace, Poller, Pollers
from bot.store import Store, Unit
from bot.writer import Writer
from channels.base import Channel, Fault, Kind, Parsed, Polled, Received, SendError, WebAnswer
from tests.bot.conftest import ANNA, BEN, EAST, Bot
from tests.bot.posts import Post

STORED = WebAnswer(200)
ADDRESS = (EAST, "sms")
QUICK = Pace(0.02, 0.02, 0.02, 0.02)
PLACE = "SELECT place FROM channel_watch"


def unheard(address: tuple[str, str], at: datetime) -> None:
    """Nobody watches here."""


def said(n: int, number: str = ANNA, text: str = "Hi", **more: object) -> Parsed:
    """One text, the n-th that the provider has."""
    event = Received(f"U{n}", f"tel:{number}", text)
    return replace(Parsed((event,), STORED), **more)  # type: ignore[arg-type]  # names and types are the test's


@dataclass
class Asked(Post):
    """A channel whose provider holds `line`, in order, and tells from the place on; `faults` come
    first. It remembers the places it was asked from and the signs it was to give."""

    line: list[Parsed] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    signs: list[str] = field(default_factory=list)
    asked: bool = True

    def polls(self) -> bool:
        return self.asked

    async def poll(self, after: str) -> Polled:
        self.places.append(after)
        await asyncio.sleep(0.01)
        if self.faults:
            raise self.faults.pop(0)
        new = tuple(self.line[int(after or 0) :])
        return Polled(new, str(len(self.line)) if new else after)

    async def acknowledge(self, id_: str) -> None:
        self.signs.append(id_)


@dataclass
class Away:
    """A store whose database is away after so many commits, until it is `back`."""

    store: Store
    commits: int
    back: bool = False

    @contextmanager
    def write(self) -> Iterator[Unit]:
        if self.commits <= 0 and not self.back:
            raise ConnectionError("the database is away")
        with self.store.write() as unit:
            yield unit
        self.commits -= 1


@asynccontextmanager
async def writing(
    bot: Bot, store: Store | None = None
) -> AsyncIterator[tuple[Writer, Surroundings]]:
    writer = Writer(store or bot.store)
    writer.start()
    try:
        yield (
            writer,
            Surroundings(lambda: bot.now, lambda: f"{next(bot.numbers):032x}", lambda: 0.5),
        )
    finally:
        await asyncio.to_thread(writer.stop)


@asynccontextmanager
async def asking(bot: Bot, channel: Asked, store: Store | None = None) -> AsyncIterator[None]:
    """Asks the channel; ends at once."""
    async with writing(bot, store) as (writer, around):
        task = asyncio.create_task(Poller(ADDRESS, channel, writer, around, unheard, QUICK).run())
        try:
            yield
        finally:
            task.cancel()
            async with asyncio.timeout(2):
                with pytest.raises(asyncio.CancelledError):
                    await task


async def until(bot: Bot, statement: str, value: object) -> None:
    async with asyncio.timeout(20):
        while await asyncio.to_thread(bot.rows, statement) != [(value,)]:
            await asyncio.sleep(0.01)


async def test_what_came_is_taken_in_order_and_the_place_kept(bot: Bot) -> None:
    channel = Asked(line=[said(1), said(2, text="1"), said(3, BEN), said(4, text="34")])
    async with asking(bot, channel):
        await until(bot, PLACE, "4")
    assert bot.one("SELECT count(*) FROM received") == 4
    assert bot.one("SELECT count(*) FROM contact") == 2
    assert bot.one("SELECT count(*) FROM session") == 1, "gate and age passed: in that order"


async def test_another_process_goes_on_from_the_place(bot: Bot) -> None:
    channel = Asked(line=[said(1)])
    async with asking(bot, channel):
        await until(bot, PLACE, "1")
    channel.line.append(said(2, text="1"))
    channel.places.clear()
    async with asking(bot, channel):
        await until(bot, PLACE, "2")
    assert channel.places[0] == "1"
    assert bot.one("SELECT count(*) FROM received") == 2


async def test_what_is_told_again_is_taken_once(bot: Bot) -> None:
    channel = Asked(line=[said(1)])
    async with asking(bot, channel):
        await until(bot, PLACE, "1")
    bot.run("UPDATE channel_watch SET place = ''")
    async with asking(bot, channel):
        await until(bot, PLACE, "1")
    assert bot.one("SELECT count(*) FROM received") == 1
    assert bot.one("SELECT count(*) FROM outbound") == 1


async def test_the_place_stays_until_everything_is_committed(bot: Bot) -> None:
    channel = Asked(line=[said(1), said(2, BEN)])
    store = Away(bot.store, commits=2)  # the lease, and the first text
    async with asking(bot, channel, store):
        await until(bot, "SELECT count(*) FROM received", 1)
        await asyncio.sleep(0.1)
        assert bot.rows(PLACE) == []
        store.back = True
        await until(bot, PLACE, "2")
    assert channel.places[:2] == ["", ""]
    assert bot.one("SELECT count(*) FROM received") == 2


async def test_poison_is_kept_and_passed(bot: Bot) -> None:
    channel = Asked(line=[Parsed((), STORED, poison=b"\xffodd"), Parsed((), STORED), said(1)])
    async with asking(bot, channel):
        await until(bot, PLACE, "3")
    assert bot.one("SELECT count(*) FROM received WHERE status = 'failed'") == 1
    assert bot.one("SELECT count(*) FROM contact") == 1


async def test_signs_are_given_after_the_commit(bot: Bot) -> None:
    channel = Asked(line=[said(1, acknowledge=("a", "b")), said(2, acknowledge=("c",))])
    async with asking(bot, channel):
        async with asyncio.timeout(10):
            while len(channel.signs) < 3:
                await asyncio.sleep(0.01)
    assert channel.signs == ["a", "b", "c"]
    assert bot.one(PLACE) == "2"


async def test_one_process_asks_and_another_takes_over(bot: Bot) -> None:
    first, second = Asked(line=[said(1)]), Asked(line=[said(1), said(2, BEN)])
    async with writing(bot) as (writer, around):
        one = asyncio.create_task(Poller(ADDRESS, first, writer, around, unheard, QUICK).run())
        await until(bot, PLACE, "1")
        two = asyncio.create_task(Poller(ADDRESS, second, writer, around, unheard, QUICK).run())
        await asyncio.sleep(0.2)
        assert second.places == []
        one.cancel()
        await asyncio.gather(one, return_exceptions=True)
        await until(bot, PLACE, "2")  # given back: nobody waits for the end of the lease
        two.cancel()
        await asyncio.gather(two, return_exceptions=True)


async def test_who_lost_the_lease_leaves_the_place_alone(bot: Bot) -> None:
    channel = Asked(line=[said(1)])
    async with writing(bot) as (writer, around):

        class Late(Asked):
            async def poll(self, after: str) -> Polled:
                bot.now += LEASE + timedelta(seconds=1)  # as if it had been held that long
                until_ = bot.now + LEASE
                name = "poll:east/sms"
                await writer.run(lambda unit: unit.lease(name, "another", bot.now, until_))
                return await channel.poll(after)

        poller = Poller(ADDRESS, Late(), writer, around, unheard, QUICK)
        task = asyncio.create_task(poller.run())
        await until(bot, "SELECT count(*) FROM received", 1)
        await asyncio.sleep(0.1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert bot.rows(PLACE) == []
    assert bot.one("SELECT holder FROM lease") == "another"


@pytest.mark.parametrize(
    ("error", "event", "told"),
    [
        (
            SendError(Fault(Kind.CONFIG, "webhook is active", whole=True)),
            "poll_refused",
            {"kind": "config", "code": "webhook is active"},
        ),
        (
            SendError(Fault(Kind.THROTTLE, "429", wait=timedelta(seconds=0.05))),
            "poll_refused",
            {"kind": "throttle", "code": "429"},
        ),
        (ValueError("what a resident wrote"), "poll_failed", {"error": "ValueError"}),
    ],
)
async def test_a_refusal_is_logged_and_tried_again(
    bot: Bot, error: Exception, event: str, told: dict[str, str]
) -> None:
    channel = Asked(line=[said(1)], faults=[error, error])
    with structlog.testing.capture_logs() as logs:
        async with asking(bot, channel):
            await until(bot, PLACE, "1")
    found = [line for line in logs if line["event"] == event]
    assert len(found) == 2
    assert told.items() <= found[0].items()
    assert "resident" not in repr(logs)


def test_pauses_grow_and_heed_what_the_provider_asks() -> None:
    pauses = [Pace().after(failures, None) for failures in range(1, 2000)]
    assert pauses[:3] == [1, 2, 4]
    assert max(pauses) == 60
    assert Pace().after(1, timedelta(seconds=90)) == 90
    assert Pace().after(7, timedelta(seconds=1)) == 60


async def test_channels_are_asked_as_they_come_change_and_go(bot: Bot) -> None:
    silent, first, second = Asked(asked=False), Asked(line=[said(1)]), Asked(line=[said(1)])
    off = Asked(off=("token",))
    book: dict[tuple[str, str], Channel] = {("west", "sms"): silent, ("west", "x"): off}
    book["west", "y"] = Post()
    async with writing(bot) as (writer, around):
        task = asyncio.create_task(Pollers(writer, book, around, unheard, QUICK).run())
        await asyncio.sleep(0.1)
        book[ADDRESS] = first
        await until(bot, PLACE, "1")
        book[ADDRESS] = second
        async with asyncio.timeout(10):
            while not second.places:
                await asyncio.sleep(0.01)
        assert second.places[0] == "1"
        asked = len(first.places)
        del book[ADDRESS]
        await asyncio.sleep(0.1)
        left = len(second.places)
        await asyncio.sleep(0.1)
        assert (len(first.places), len(second.places)) == (asked, left)
        assert silent.places == off.places == []
        task.cancel()
        async with asyncio.timeout(2):
            await asyncio.gather(task, return_exceptions=True)


async def test_a_poller_that_ended_by_itself_is_begun_again(bot: Bot) -> None:
    channel = Asked(faults=[asyncio.CancelledError()], line=[said(1)])  # type: ignore[list-item]  # it is no Exception, and that is the point
    async with writing(bot) as (writer, around):
        task = asyncio.create_task(
            Pollers(writer, {ADDRESS: channel}, around, unheard, QUICK).run()
        )
        await until(bot, PLACE, "1")
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
