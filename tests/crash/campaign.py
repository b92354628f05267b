"""A crash test: residents text, a provider repeats, programs are killed, everything drains."""

import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks.servers import free_port
from tests.backend.cli.processes import environment
from tests.backend.conftest import write_city
from tests.crash.checks import Found, check, is_drained
from tests.crash.killer import Moment, Program
from tests.crash.provider import Provider, serving
from tests.crash.residents import Resident, residents

AIMS = (Moment.TURN, Moment.SEND, Moment.TURN, Moment.SEND, Moment.ANY)
"""What the kills are aimed at, in turn."""

SEED = 20261124
PACE = 0.02
"""Seconds between two new texts while programs are killed."""

LONGEST_LIFE = 15
"""Seconds after which a program is killed, whatever it is doing."""


@dataclass(frozen=True)
class Plan:
    """How large it is; the first of the residents is left in peace. `lease` shortens the minute for
    which a part that was cut off is left alone (0: as it is); `patience` is how long a resident
    waits for a reply, in seconds."""

    residents: int
    kills: int
    lists: bool = True
    lease: float = 0
    patience: float = 600
    planted: str = ""
    aims: Sequence[Moment] = AIMS


@dataclass(frozen=True)
class Outcome:
    """What happened, and what was found wrong."""

    found: Found
    cuts: Counter[Moment]
    messages: int
    posts: int
    looked_up: int
    seconds: float
    logs: str

    def __str__(self) -> str:
        cuts = ", ".join(f"{self.cuts[moment]} {moment}" for moment in Moment)
        return (
            f"{self.messages} messages, {self.posts} webhooks, {self.cuts.total()} kills ({cuts}),"
            f" {self.found.claimed_again} parts claimed again, {self.looked_up} questions to the"
            f" provider's list, {self.found.repeated} repeated sends,"
            f" {len(self.found.wrong)} things wrong, {self.seconds:.0f} s"
        )


async def run(plan: Plan, database_url: str, folder: Path) -> Outcome:
    """Carries it out."""
    begun = time.monotonic()
    people = residents(plan.residents, SEED)
    async with serving(plan.lists, SEED) as provider:
        programs = programs_of(plan, database_url, folder, provider)
        town = Town(plan, provider, programs, people)
        with _attentive():
            try:
                await town.live_through()
                async with asyncio.timeout(plan.patience):
                    while not await asyncio.to_thread(is_drained, database_url):
                        await asyncio.sleep(0.2)
            except TimeoutError:
                pass  # the checks say what is missing
            finally:
                for program in programs:
                    program.end()
        return Outcome(
            check(database_url, people, provider),
            Counter(cut for program in programs for cut in program.cuts),
            sum(len(one.texts) for one in people),
            provider.posts,
            provider.looked_up,
            time.monotonic() - begun,
            "".join(program.log for program in programs),
        )


def programs_of(plan: Plan, url: str, folder: Path, provider: Provider) -> Sequence[Program]:
    """`run` on SQLite, `web` and `worker` on PostgreSQL."""
    write_city(folder / "cities", provider.url)
    port = str(free_port())
    provider.inbound = f"http://127.0.0.1:{port}"
    settings = environment(
        url,
        folder / "cities",
        CRASH_LEASE=str(plan.lease),
        CRASH_PLANTED=plan.planted,
        CRASH_SINK=provider.url,
    )
    commands: list[tuple[str, ...]] = [("run", "--port", port)]
    if url.startswith("postgresql"):
        commands = [("web", "--port", port), ("worker",)]
    return [Program(command, settings, folder) for command in commands]


@contextmanager
def _attentive() -> Iterator[None]:
    """The thread that strikes is not kept waiting by the one that serves."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(0.0002)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


class Town:
    """Residents, provider and programs at one time."""

    def __init__(
        self,
        plan: Plan,
        provider: Provider,
        programs: Sequence[Program],
        people: Sequence[Resident],
    ) -> None:
        self._plan, self._provider = plan, provider
        self._programs, self._people = programs, people
        self._chance = random.Random(SEED)
        self._may_text = asyncio.Semaphore(0)
        self._left = sum(len(one.texts) for one in people)

    async def live_through(self) -> None:
        """The first resident in peace, all others while programs are killed, then until everybody
        has an answer or has lost patience."""
        async with self._http() as http:
            for program in self._programs:  # the first one loads the city
                program.start()
                await self._up(program)
            self._let(len(self._people[0].texts))
            await self._converse(self._people[0], http)
            talks = [asyncio.create_task(self._converse(one, http)) for one in self._people[1:]]
            for number in range(self._plan.kills):
                await self._life(self._plan.aims[number % len(self._plan.aims)])
            self._let(self._left)
            await asyncio.gather(*talks)

    @asynccontextmanager
    async def _http(self) -> AsyncIterator[httpx.AsyncClient]:
        limits = httpx.Limits(max_connections=100, max_keepalive_connections=100)
        async with httpx.AsyncClient(limits=limits, trust_env=False) as http:
            yield http

    async def _converse(self, resident: Resident, http: httpx.AsyncClient) -> None:
        """Each text as soon as the reply to the last one is there, whether or not the last one was
        answered with 200 by then."""
        posts = []
        for count, text in enumerate(resident.texts, 1):
            await self._may_text.acquire()
            posts.append(asyncio.create_task(self._provider.deliver(text, http)))
            try:
                async with asyncio.timeout(self._plan.patience):
                    await self._provider.replies(resident.number, count)
            except TimeoutError:
                break  # the checks say whose reply is missing
        await asyncio.gather(*posts)

    def _let(self, count: int) -> None:
        """So many more texts may be written."""
        for _ in range(min(count, self._left)):
            self._may_text.release()
            self._left -= 1

    async def _life(self, aim: Moment) -> None:
        """One program lives until it is killed at the moment, while new texts come in."""
        program = self._target(aim)
        if aim is not Moment.ANY or self._chance.random() < 0.5:  # else perhaps while it starts
            for one in self._programs:
                await self._up(one)
        share = self._left / max(self._plan.kills - self._struck, 1)
        await self._feed(int(self._chance.uniform(0, 1.8) * share))
        killed = asyncio.create_task(self._kill(program, aim))
        while not killed.done():
            self._let(1)
            await asyncio.sleep(PACE)
        await killed
        program.start()

    @property
    def _struck(self) -> int:
        return sum(len(program.cuts) for program in self._programs)

    def _target(self, aim: Moment) -> Program:
        """Turns are taken in the first program, sends in the last."""
        if aim is Moment.ANY:
            return self._chance.choice(self._programs)
        return self._programs[0 if aim is Moment.TURN else -1]

    async def _kill(self, program: Program, aim: Moment) -> None:
        if not await asyncio.to_thread(program.strike, aim, LONGEST_LIFE):
            program.kill()

    async def _feed(self, count: int) -> None:
        """Lets so many texts be written, one after another, until as many replies have come, as
        far as that depends on us: a part that a kill cut off is left alone for its lease."""
        until = time.monotonic() + LONGEST_LIFE
        wanted = len(self._provider.taken) + count
        while len(self._provider.taken) < wanted and time.monotonic() < until:
            if count > 0:
                self._let(1)
                count -= 1
            await asyncio.sleep(PACE)

    async def _up(self, program: Program) -> None:
        async with asyncio.timeout(60):
            while not program.is_up:
                await asyncio.sleep(0.02)
