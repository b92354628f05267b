"""The worker: sends what is queued, asks for what came, wakes contacts, makes exports, cleans up at
night.

APScheduler is only the clock. Every job claims its work in the database, so any number of workers
may run, and a restart loses nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from backend import wiring
from backend.broadcasts.running import run_broadcasts
from backend.exporting import Exporter
from backend.results.charts.kept import forget_old
from backend.results.charts.rendering import draw_wanted
from backend.results.publishing import publish_due
from backend.watching import caring, watching
from bot.media import Fetcher
from bot.outbox import Dispatcher
from bot.polling import Pollers
from bot.turns import OUTBOX
from bot.wakeups import take_waiting, wake_contacts

TICK_SECONDS = 5
BROADCAST_SECONDS = 1
PUBLISH_SECONDS = 30
NIGHT_HOUR = 1
"""Hour (UTC) at which what is kept too long is deleted."""

log = structlog.get_logger(__name__)


@asynccontextmanager
async def working(one: wiring.Installation) -> AsyncIterator[Dispatcher]:
    """Runs the worker within the block."""
    loop = asyncio.get_running_loop()
    dispatcher = Dispatcher(one.writer, one.channels, wiring.SURROUNDINGS)

    def told(topic: str) -> None:
        if topic == OUTBOX:
            with suppress(RuntimeError):  # the loop may be closing
                loop.call_soon_threadsafe(dispatcher.wake)

    scheduler = AsyncIOScheduler(timezone="UTC")
    jobs = {_refresh: TICK_SECONDS, _wake: TICK_SECONDS, _waiting: TICK_SECONDS}
    jobs |= {_media: TICK_SECONDS, _draw: TICK_SECONDS, _publish: PUBLISH_SECONDS}
    jobs |= {run_broadcasts: BROADCAST_SECONDS}
    for job, seconds in jobs.items():
        scheduler.add_job(
            _run, "interval", args=(one, job), seconds=seconds, coalesce=True, max_instances=1
        )
    # However late: by default a job that is late by a second is left out, this one for a day.
    scheduler.add_job(
        _run, "cron", args=(one, _purge), hour=NIGHT_HOUR, coalesce=True, misfire_grace_time=None
    )
    # A fault of ours may be mended by now; what is a day old nobody waits for any more. (Receipts
    # after which the talk went on are left to a person.)
    since = wiring.now() - timedelta(days=1)
    await one.writer.run(lambda unit: unit.inbox.reconsider(since))
    with one.listening(told):
        scheduler.start()
        pollers = Pollers(one.writer, one.channels, wiring.SURROUNDINGS, one.watch.heard)
        tasks = [
            asyncio.create_task(dispatcher.run(), name="dispatcher"),
            asyncio.create_task(pollers.run(), name="pollers"),
            asyncio.create_task(Exporter(one.engine, one.keys, one.vault).run(), name="exporter"),
        ]
        try:
            async with watching(one, scheduler), caring(one):
                yield dispatcher
        finally:
            scheduler.shutdown(wait=False)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def refreshing(one: wiring.Installation) -> AsyncIterator[None]:
    """Takes in what changes in cities and their channels within the block, where no worker does."""
    scheduler = AsyncIOScheduler(timezone="UTC")
    scheduler.add_job(
        _run, "interval", args=(one, _refresh), seconds=TICK_SECONDS, coalesce=True, max_instances=1
    )
    scheduler.start()
    try:
        async with watching(one, scheduler):
            yield
    finally:
        scheduler.shutdown(wait=False)


async def _run(
    one: wiring.Installation, job: Callable[[wiring.Installation], Awaitable[None]]
) -> None:
    """One job; a fault is logged, and the next tick tries again."""
    try:
        await job(one)
    except Exception as error:
        log.error("job_failed", job=job.__name__, error=type(error).__name__)


async def _refresh(one: wiring.Installation) -> None:
    await asyncio.to_thread(one.channels.refresh)


async def _wake(one: wiring.Installation) -> None:
    now, kinds = wiring.now(), one.channels.kinds()
    while await one.writer.run(lambda u: wake_contacts(u, now, wiring.fresh_id, kinds)):
        pass


async def _waiting(one: wiring.Installation) -> None:
    kinds = one.channels.kinds()
    while await one.writer.run(lambda unit: take_waiting(unit, kinds)):
        pass


async def _media(one: wiring.Installation) -> None:
    """Nothing of a demo city is ever asked of a provider."""
    real = {a: channel for a, channel in one.channels.items() if not one.channels.is_demo(a[0])}
    fetcher = Fetcher(one.writer, real, one.vault, wiring.SURROUNDINGS)
    await fetcher.fetch_due()
    await fetcher.delete_discarded()


async def _publish(one: wiring.Installation) -> None:
    """Counting is the database's work; it keeps no turn waiting."""
    await asyncio.to_thread(publish_due, one.engine, wiring.now())


async def _draw(one: wiring.Installation) -> None:
    """Another process draws: it keeps no turn waiting either."""
    await draw_wanted(one.engine, wiring.now)


async def _purge(one: wiring.Installation) -> None:
    await asyncio.to_thread(one.store.purge, wiring.now())
    await asyncio.to_thread(forget_old, one.engine, wiring.now())
