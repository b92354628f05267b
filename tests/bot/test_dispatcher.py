"""The dispatcher as it runs: woken, cut off from its database, told to end."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from backend.store import SqlStore
from bot.outbox import Dispatcher
from bot.store import Store, Unit
from tests.bot.conftest import ANNA, BEN, CORA, Bot
from tests.bot.posts import Blind, Post

SOON = 10
"""Seconds after which what never happens fails its test instead of hanging it."""


@dataclass
class Held:
    """A store whose next commit waits until it is let go, or that is away."""

    store: SqlStore
    away: bool = False
    hold: bool = False
    reached: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def write(self) -> Iterator[Unit]:
        """As the store does, when it is let."""
        if self.away:
            raise OperationalError("BEGIN", {}, Exception("away"))
        with self.store.write() as unit:
            yield unit
            if self.hold:
                self.hold = False
                self.reached.set()
                self.go_on.wait(SOON)


@pytest.fixture
def bot(bot: Bot) -> Bot:
    """Three residents who are known, with an empty outbox."""
    for number in (ANNA, BEN, CORA):
        bot.say(number, "Hi")
    bot.run("DELETE FROM outbound")
    return bot


@asynccontextmanager
async def running(
    bot: Bot, post: Post, store: Store | None = None
) -> AsyncIterator[tuple[Dispatcher, "asyncio.Task[None]"]]:
    """A dispatcher at work, ended with the block."""
    async with bot.dispatching(post, store) as dispatcher:
        task = asyncio.create_task(dispatcher.run())
        yield dispatcher, task
        await end(task)


async def end(task: "asyncio.Task[None]") -> None:
    """Tells it to end, once, and waits."""
    if not task.cancelling():
        task.cancel()
    async with asyncio.timeout(SOON):
        with suppress(asyncio.CancelledError):
            await task


async def until(bot: Bot, **states: int) -> None:
    """Waits until the outbox looks so."""
    async with asyncio.timeout(SOON):
        while bot.states() != states:
            await asyncio.sleep(0.01)


async def test_what_is_queued_goes_out_when_woken(bot: Bot) -> None:
    post = Post()
    async with running(bot, post) as (dispatcher, _):
        for n, number in enumerate((ANNA, BEN, CORA), 1):
            bot.queue(number, number)
            dispatcher.wake()
            await until(bot, sent=n)
    assert post.texts == [ANNA, BEN, CORA]


async def test_what_becomes_due_goes_out_unasked(bot: Bot) -> None:
    bot.queue(ANNA, "a moment later", at=bot.now + timedelta(milliseconds=30))
    bot.now += timedelta(milliseconds=20)
    async with running(bot, Post()):
        await asyncio.sleep(0)
        bot.now += timedelta(milliseconds=10)
        await until(bot, sent=1)


async def test_it_goes_on_once_the_database_is_back(bot: Bot) -> None:
    held = Held(bot.store, away=True)
    bot.queue(ANNA, "one")
    post = Post()
    async with running(bot, post, held) as (dispatcher, task):
        await asyncio.sleep(0.05)
        assert not task.done()
        held.away = False
        dispatcher.wake()
        await until(bot, sent=1)


async def test_told_to_end_it_lets_what_is_under_way_settle(bot: Bot) -> None:
    post = Post(shut=asyncio.Event())
    bot.queue(ANNA, "one", "two")
    async with running(bot, post) as (_, task):
        async with asyncio.timeout(SOON):
            await post.under_way.wait()
        task.cancel()
        await asyncio.sleep(0.05)
        assert not task.done(), "one part is on its way"
        assert post.shut is not None
        post.shut.set()
        await end(task)
        assert task.cancelled()
    assert post.texts == ["one"]
    assert bot.states() == {"sent": 1, "queued": 1}


async def test_told_to_end_while_it_claims_it_leaves_nothing_claimed(bot: Bot) -> None:
    """A part that was claimed and not sent would be of unknown fate, and here never sent."""
    held = Held(bot.store)
    post = Blind()
    bot.queue(ANNA, "one")
    held.hold = True
    async with running(bot, post, held) as (_, task):
        async with asyncio.timeout(SOON):
            await asyncio.to_thread(held.reached.wait, SOON)
        task.cancel()
        await asyncio.sleep(0.02)
        held.go_on.set()
        await end(task)
    bot.now += timedelta(hours=1)
    async with bot.dispatching(post) as dispatcher:
        await dispatcher.drain()
    assert post.texts == ["one"]
    assert bot.states() == {"sent": 1}


async def test_told_to_end_while_idle_it_ends(bot: Bot) -> None:
    async with running(bot, Post()) as (_, task):
        await asyncio.sleep(0.1)
        await end(task)
        assert task.cancelled()


async def test_woken_and_told_to_end_at_one_moment_it_ends(bot: Bot) -> None:
    """On Python 3.11 `asyncio.wait_for` would now and then swallow the cancellation."""
    post = Post()
    async with bot.dispatching(post) as dispatcher:
        for turn in range(50):
            task = asyncio.create_task(dispatcher.run())
            await asyncio.sleep(0.002 * (turn % 10))
            dispatcher.wake()
            await end(task)
            assert task.cancelled()
            task = asyncio.create_task(dispatcher.run())
            await asyncio.sleep(0.002 * (turn % 10))
            task.cancel()
            dispatcher.wake()
            await end(task)
            assert task.cancelled()


async def test_two_dispatchers_send_each_part_once(postgres_bot: Bot) -> None:
    bot = postgres_bot
    for number in (ANNA, BEN, CORA):
        bot.say(number, "Hi")
    bot.run("DELETE FROM outbound")
    for number in (ANNA, BEN, CORA):
        bot.queue(number, *(f"{number} {n}" for n in range(10)))
    post = Post()
    async with running(bot, post), running(bot, post):
        await until(bot, sent=30)
    assert len(post.texts) == len(set(post.texts)) == 30
    for number in (ANNA, BEN, CORA):
        mine = [text for text in post.texts if text.startswith(number)]
        assert mine == [f"{number} {n}" for n in range(10)]
