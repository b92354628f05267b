"""Makes years: at once, as a command does, or beside everything else, as `make run` does."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import structlog

from backend import wiring
from backend.demo_year.plan import ToPlay, demo_cities, plan
from backend.demo_year.releasing import (
    Release,
    hold,
    let_go,
    release,
    with_releases,
)
from backend.demo_year.visits import play
from backend.metrics import Figure
from bot.store import ContactBusyError, Store, Unit

AT_ONCE = 4
"""Visits in one transaction of the command: who is served beside it never waits for long."""

TRIES = 5
START_AFTER = 2.0
"""Seconds from the start until a year is made beside everything else: first come the visitors."""

PAUSE = 1.0
"""How long to rest after a visit, by how long it took: so no more than half of a core is used."""

LEAST_PAUSE, MOST_PAUSE = 0.012, 0.04
"""Seconds; more than the longer is not needed where others keep the machine busy."""

AFTER_A_FAULT = 5.0
MOST_FAULTS = 20
LOGGED = 20
"""Lines of progress in the log, in all."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Progress:
    """How many visits are made, of how many; `total` is 0 until that is known."""

    made: int = 0
    total: int = 0

    def figures(self) -> Sequence[Figure]:
        """For `/metrics`."""
        values = [(("made",), float(self.made)), (("planned",), float(self.total))]
        text = "Visits of made-up residents in the demo cities"
        return [Figure("imbizo_demo_year_visits", text, values, ("state",))]


def load(one: wiring.Installation, visits: Sequence[ToPlay], made: Callable[[int], None]) -> int:
    """Makes these visits now, and releases what they lead to; how many texts were sent in them.
    `made` is told how many are there. Raises ContactBusyError where somebody else holds on to a
    contact."""
    cities = _cities(visits)
    texts, done = 0, 0
    waiting: list[ToPlay] = []

    def commit() -> None:
        nonlocal texts, done
        texts += _commit(one.store, cities, waiting)
        done += len(waiting)
        waiting.clear()
        made(done)

    for step in with_releases(visits):
        if isinstance(step, Release) or len(waiting) == AT_ONCE:
            commit()
        if isinstance(step, Release):
            release(one.engine, step)
        else:
            waiting.append(step)
    with one.store.write() as unit:
        let_go(unit, cities, wiring.now())
    return texts


def _commit(store: Store, cities: Sequence[str], visits: Sequence[ToPlay], tries: int = 1) -> int:
    try:
        with store.write() as unit:
            return _making(cities, visits)(unit)
    except ContactBusyError:
        if tries >= TRIES:
            raise
    return _commit(store, cities, visits, tries + 1)


def _cities(visits: Sequence[ToPlay]) -> Sequence[str]:
    return sorted({one.stage.profile.slug for one in visits})


@asynccontextmanager
async def loading(one: wiring.Installation, progress: Progress) -> AsyncIterator[None]:
    """Makes the years of all demo cities within the block, beside everything else. What is not made
    at its end is made at the next start."""
    task = asyncio.create_task(_load_beside(one, progress), name="demo year")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _load_beside(one: wiring.Installation, progress: Progress) -> None:
    await asyncio.sleep(START_AFTER)
    try:
        left = await asyncio.to_thread(_planned, one, progress)
        await one_by_one(one, left, progress)
    except Exception as error:
        log.error("demo_year_stopped", error=type(error).__name__)


def _planned(one: wiring.Installation, progress: Progress) -> Sequence[ToPlay]:
    """What is left of the years of all demo cities, in the order of time."""
    kinds, now = one.channels.kinds(), wiring.now()
    plans = [plan(one.engine, city, kinds, now) for city in demo_cities(one.engine)]
    left = [visit for found in plans for visit in found.left]
    progress.total = sum(found.total for found in plans)
    progress.made = progress.total - len(left)
    return sorted(left, key=lambda to_play: to_play.visit.begins)


async def one_by_one(
    one: wiring.Installation,
    left: Sequence[ToPlay],
    progress: Progress,
    after_a_fault: float = AFTER_A_FAULT,
) -> None:
    """Makes these visits. One that fails is logged and left; too many, and the last fault is
    raised."""
    every = max(progress.total // LOGGED, 1)
    faults, cities = 0, _cities(left)
    for step in with_releases(left):
        begun = wiring.ticking()
        try:
            await _take(one, cities, step)
        except Exception as error:
            log.error("demo_visit_failed", error=type(error).__name__)
            faults += 1
            if faults >= MOST_FAULTS:
                raise
            await asyncio.sleep(after_a_fault)
            continue
        progress.made += isinstance(step, ToPlay)
        if progress.made % every == 0 or progress.made == progress.total:
            share = 100 * progress.made // progress.total
            log.info("demo_year", count=progress.made, status=f"{share} %")
        pause = PAUSE * (wiring.ticking() - begun)
        await asyncio.sleep(min(max(LEAST_PAUSE, pause), MOST_PAUSE))
    if cities:
        await one.writer.run(lambda unit: let_go(unit, cities, wiring.now()))


async def _take(one: wiring.Installation, cities: Sequence[str], step: ToPlay | Release) -> None:
    if isinstance(step, Release):
        await asyncio.to_thread(release, one.engine, step)
    else:
        await one.writer.run(_making(cities, [step]), step.resident.urn)


def _making(cities: Sequence[str], visits: Sequence[ToPlay]) -> Callable[[Unit], int]:
    """The work that makes these visits; how many texts were sent."""

    def make(unit: Unit) -> int:
        hold(unit, cities, wiring.now())
        return sum(play(unit, one.stage, one.resident, one.visit) for one in visits)

    return make
