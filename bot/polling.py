"""Asks channels for what came, where the world cannot reach us.

Theory of operation. One process at a time asks for a channel: it holds a lease. What comes is taken
exactly as if it had been posted to us, each update in a transaction of its own; only once all of it
is committed is the place kept from which to go on. Whoever dies in between, or asks beside another,
is told the same once more, and what was seen before is passed over.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

import structlog

from bot.outbox import Surroundings
from bot.store import Unit
from bot.taking import is_empty, key_of, take
from bot.writer import Writer
from channels.base import Acknowledging, Channel, Parsed, Polled, Polling, SendError

LEASE = timedelta(minutes=2)
"""How long a channel stays with a process that is not heard of any more."""

MOST_SECONDS = 60
"""Longest time that an answer is waited for: well within the lease."""

Address = tuple[str, str]
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds to wait. `after_nothing`: until the next question after an answer that held nothing,
    since a provider that does not hold the question would be asked without end. `beside_another`:
    until the next look at a channel that another process asks for. `longest`: until a refusal is
    tried again at the latest, if nobody asked for more. `look_again`: until channels are looked at
    for changes."""

    after_nothing: float = 0.5
    beside_another: float = 10.0
    longest: float = 60.0
    look_again: float = 2.0

    def after(self, failures: int, asked: timedelta | None) -> float:
        """How long to wait after so many failures in a row, the last of which asked for that."""
        usual = min(2.0 ** min(failures - 1, 10), self.longest)
        return max(usual, asked.total_seconds()) if asked else usual


PACE = Pace()


class Asked(Channel, Polling, Protocol):
    """A channel that can be asked."""


class Poller:
    """Asks one channel until it is cancelled, which ends it at once."""

    def __init__(
        self,
        address: Address,
        channel: Asked,
        writer: Writer,
        surroundings: Surroundings,
        pace: Pace = PACE,
    ) -> None:
        self._pace = pace
        self._city, self._name = address
        self._channel = channel
        self._writer = writer
        self._around = surroundings
        self._lease = f"poll:{self._city}/{self._name}"
        self._holder = surroundings.fresh_id()
        self._failures = 0

    async def run(self) -> None:
        """Asks for ever, and gives the lease back at the end."""
        try:
            while True:
                await asyncio.sleep(await self._round())
        finally:
            now = self._around.now()
            self._writer.submit(lambda unit: unit.lease(self._lease, self._holder, now, now))

    async def _round(self) -> float:
        """Asks once, if it is ours to ask; how many seconds to wait then."""
        try:
            place = await self._writer.run(self._begin)
            if place is None:
                return self._pace.beside_another
            async with asyncio.timeout(MOST_SECONDS):
                polled = await self._channel.poll(place)
            await self._take(polled, place)
        except SendError as error:
            fault = error.fault
            log.warning(
                "poll_refused", city=self._city, channel=self._name,
                kind=str(fault.kind), code=fault.code,
            )  # fmt: skip
            return self._pause(fault.wait)
        except Exception as error:
            # Its text could hold what a resident wrote: only the kind of error is logged.
            log.error(
                "poll_failed", city=self._city, channel=self._name, error=type(error).__name__
            )
            return self._pause(None)
        self._failures = 0
        return 0.0 if polled.parsed else self._pace.after_nothing

    def _pause(self, asked: timedelta | None) -> float:
        self._failures += 1
        return self._pace.after(self._failures, asked)

    def _begin(self, unit: Unit) -> str | None:
        """Takes or prolongs the lease; the place to ask from, None while it is another's."""
        return unit.places.find(self._city, self._name) if self._holds(unit) else None

    def _holds(self, unit: Unit) -> bool:
        now = self._around.now()
        return unit.lease(self._lease, self._holder, now, now + LEASE)

    async def _take(self, polled: Polled, place: str) -> None:
        """Everything in its order, then the place, then the signs that somebody waits for."""
        for parsed in polled.parsed:
            await self._take_one(parsed)
        if polled.place != place:
            await self._writer.run(lambda unit: self._advance(unit, polled.place))
        if isinstance(self._channel, Acknowledging):
            waiting = [id_ for parsed in polled.parsed for id_ in parsed.acknowledge]
            await asyncio.gather(*map(self._channel.acknowledge, waiting))

    async def _take_one(self, parsed: Parsed) -> None:
        if is_empty(parsed):
            return
        at, carries = self._around.now(), self._channel.carries
        turns = [self._around.fresh_id() for _ in parsed.events]

        def work(unit: Unit) -> None:
            take(unit, self._city, self._name, parsed, turns, at, carries, self._around.chance)

        await self._writer.run(work, key_of(parsed))

    def _advance(self, unit: Unit, place: str) -> None:
        """Whoever has lost the lease meanwhile leaves the place to its new holder."""
        if self._holds(unit):
            unit.places.keep(self._city, self._name, place)


class Pollers:
    """Asks every channel that is set to be asked, until it is cancelled."""

    def __init__(
        self,
        writer: Writer,
        channels: Mapping[Address, Channel],
        surroundings: Surroundings,
        pace: Pace = PACE,
    ) -> None:
        self._pace = pace
        self._writer = writer
        self._channels = channels
        self._around = surroundings
        self._at_work: dict[Address, tuple[Channel, asyncio.Task[None]]] = {}

    async def run(self) -> None:
        """Begins and ends with channels as they come, change and go."""
        try:
            while True:
                await self._match()
                await asyncio.sleep(self._pace.look_again)
        finally:
            await self._end(tuple(self._at_work))

    async def _match(self) -> None:
        wanted = {
            address: channel
            for address, channel in self._channels.items()
            if isinstance(channel, Polling) and channel.polls() and not channel.missing()
        }
        gone = [
            address
            for address, (channel, task) in self._at_work.items()
            if wanted.get(address) is not channel or task.done()
        ]
        await self._end(gone)
        for address in wanted.keys() - self._at_work.keys():
            poller = Poller(address, wanted[address], self._writer, self._around, self._pace)
            task = asyncio.create_task(poller.run(), name=f"poll {'/'.join(address)}")
            self._at_work[address] = (wanted[address], task)

    async def _end(self, addresses: Sequence[Address]) -> None:
        tasks = [self._at_work.pop(address)[1] for address in addresses]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
