"""What runs beside the work of a process: notes what came, asks providers for what we missed, tells
operators, and keeps scheduled jobs in time when the machine's clock is set.

Loops of their own, not jobs of the scheduler: those wait for a time of day, and would wait for an
hour if the clock went back by one.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta
from functools import partial

import httpx
import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from backend import wiring
from backend.alerts.alarm import EVERY_SECONDS, Alarm
from backend.alerts.movements import Movements
from backend.alerts.telling import SECONDS, tell
from backend.clock import Clock
from backend.reconcile import EVERY, reconcile_all
from backend.store import leases, library, watch
from backend.store.watch import Address, Noted

NOTE_SECONDS = 5
SET_BACK = timedelta(seconds=-2)
"""A clock that goes back by more was set; less is a clock being kept in time."""

log = structlog.get_logger(__name__)


@asynccontextmanager
async def watching(one: wiring.Installation, scheduler: AsyncIOScheduler) -> AsyncIterator[None]:
    """In the block what came is noted, and the scheduler's jobs run though the clock is set. In
    every process."""
    clock = Clock(wiring.now(), wiring.ticking())
    async with AsyncExitStack() as stack:
        stack.push_async_callback(_note_the_rest, one)
        for job in (partial(_note, one), partial(_keep_in_time, clock, scheduler)):
            await stack.enter_async_context(_every(NOTE_SECONDS, job))
        yield


@asynccontextmanager
async def caring(one: wiring.Installation) -> AsyncIterator[None]:
    """In the block providers are asked for what we missed, at once and from time to time, operators
    are told what goes wrong, and cities which areas moved. In every worker."""
    holder = wiring.fresh_id()
    at_start = [True]
    if one.engine.dialect.name == "sqlite":  # one process, so the holders are dead
        await asyncio.to_thread(_release, one, None)

    async def take_up() -> None:
        await reconcile_all(one, holder, at_start=at_start[0])
        at_start[0] = False

    async with httpx.AsyncClient(timeout=SECONDS, follow_redirects=False) as http:
        telling = partial(tell, http, one.settings.smtp_url)
        alarm, moves = Alarm(one, telling, holder), Movements(one, telling, holder)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(_every(EVERY.total_seconds(), take_up))
            for job in (alarm.tick, moves.tick):
                await stack.enter_async_context(_every(EVERY_SECONDS, job))
            yield
    with suppress(Exception):  # else they run out by themselves
        await asyncio.to_thread(_release, one, holder)


def _release(one: wiring.Installation, holder: str | None) -> None:
    with library.writing(one.engine) as connection:
        leases.release_all(connection, holder)


@asynccontextmanager
async def _every(seconds: float, job: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Does the job at once and then again and again; a fault is logged."""

    async def go_on() -> None:
        while True:
            try:
                await job()
            except Exception as error:
                name = getattr(job, "func", job).__name__
                log.error("job_failed", job=name, error=type(error).__name__)
            await asyncio.sleep(seconds)

    task = asyncio.create_task(go_on())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _note(one: wiring.Installation) -> None:
    noted = one.watch.take()
    if not noted:
        return
    try:
        await asyncio.to_thread(_write_down, one, noted)
    except Exception:
        one.watch.put_back(noted)
        raise


async def _note_the_rest(one: wiring.Installation) -> None:
    """At the end. A pooled connection may have died since it was used last: then another one is
    had. A database that is away must not keep us from ending."""
    for _ in range(2):
        try:
            await _note(one)
        except Exception as error:
            log.warning("not_noted", error=type(error).__name__)


def _write_down(one: wiring.Installation, noted: Mapping[Address, Noted]) -> None:
    with library.writing(one.engine) as connection:
        watch.note(connection, noted)


async def _keep_in_time(clock: Clock, scheduler: AsyncIOScheduler) -> None:
    """Jobs wait for a time of day; once the clock was set back they are due at once instead."""
    now = wiring.now()
    if clock.jump(now, wiring.ticking()) > SET_BACK:
        return
    log.warning("clock_set_back")
    for job in scheduler.get_jobs():
        if isinstance(job.trigger, IntervalTrigger):
            job.modify(next_run_time=now)
