"""Sends what was committed: claim, send, settle. The only place that decides after a refusal.

Theory of operation. A short transaction claims due parts with a lease and a token; no transaction
is open while a part is on its way; a second short one settles it. Whoever dies in between leaves a
part of unknown fate: the next claim says so, and the provider is asked before it is sent again.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog

from bot import retry
from bot.reports import follow_up, troubled
from bot.store import Claimed, DeliveryState, Settlement, Unit
from bot.writer import Writer
from channels.base import Channel, Fault, Kind, SendError, Sent, WhenUnknown

MOST_AT_ONCE = 50
"""Parts on their way at one time in this process."""

MOST_SECONDS = 45
"""Longest time a part is on its way: well within its lease."""

SETTLE_AGAIN = (0.2, 1.0, 3.0, 8.0)
"""Seconds between attempts to settle: together well within what is left of the lease."""

NOTHING_YET = timedelta(milliseconds=100)
"""Pause after a claim that found nothing to send though something is due: it waits for room."""

UNKNOWN_CHANNEL = timedelta(seconds=5)
"""Pause where the channel is not known here: processes take in changes every few seconds."""

IDLE = timedelta(seconds=20)
"""Longest sleep; a net under the wake-ups, not the way work is noticed."""

T = TypeVar("T")
_Begun = tuple[int, datetime | None]
"""How many parts went on their way, and when there is next something to do."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What comes from outside: time, fresh ids, chance in [0, 1)."""

    now: Callable[[], datetime]
    fresh_id: Callable[[], str]
    chance: Callable[[], float]


class Dispatcher:
    """Sends until it is cancelled. `wake` may be called from the event loop's thread only."""

    def __init__(
        self,
        writer: Writer,
        channels: Mapping[tuple[str, str], Channel],
        surroundings: Surroundings,
        most_seconds: float = MOST_SECONDS,
    ) -> None:
        self._most_seconds = most_seconds
        self._writer = writer
        self._channels = channels
        self._around = surroundings
        self._woken = asyncio.Event()
        self._under_way: set[asyncio.Task[Any]] = set()
        self._parts: set[int] = set()

    def wake(self) -> None:
        """Something was queued or has become due."""
        self._woken.set()

    async def run(self) -> None:
        """Claims and sends for ever; on cancellation waits for what is under way."""
        try:
            while True:
                self._woken.clear()
                await self._round()
        finally:
            while self._under_way:  # a claim under way starts more
                await asyncio.wait(self._under_way)

    async def drain(self) -> None:
        """Sends until a claim finds nothing to send (commands and tests)."""
        while (await self._claim_and_start())[0] or self._under_way:
            if self._under_way:
                await asyncio.wait(self._under_way)

    async def _round(self) -> None:
        try:
            begun, due = await self._claim_and_start()
        except Exception as error:
            log.error("outbox_unavailable", error=type(error).__name__)
            begun, due = 0, self._around.now() + timedelta(seconds=1)
        pause = min(due - self._around.now(), IDLE) if due else IDLE
        if not begun:
            pause = max(pause, NOTHING_YET)
        # Not `wait_for`: on Python 3.11 it can swallow the cancellation that ends us.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(pause.total_seconds(), 0.005)):
                await self._woken.wait()

    async def _claim_and_start(self) -> _Begun:
        room = MOST_AT_ONCE - len(self._under_way)
        if room <= 0:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
            room = MOST_AT_ONCE - len(self._under_way)
        # Told to end meanwhile, we still send what was claimed: left, it would be of unknown fate.
        return await asyncio.shield(self._begin(self._claim(room)))

    async def _claim(self, room: int) -> _Begun:
        now, token = self._around.now(), self._around.fresh_id()

        def claim(unit: Unit) -> tuple[Sequence[Claimed], datetime | None]:
            parts = unit.outbox.claim(now, token, room)
            # As many as asked for: there may be more, so look again at once.
            return parts, now if len(parts) == room else unit.outbox.next_due(now)

        claimed, due = await self._writer.run(claim)
        for part in claimed:
            if part.id in self._parts:
                # Its lease ran out under us. Settled with the old token it stays claimed, and once
                # the new lease has run out too, the provider is asked.
                log.error("still_under_way", part=part.id)
                continue
            self._parts.add(part.id)
            self._begin(self._send_and_settle(part))
        return len(claimed), due

    def _begin(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    async def _send_and_settle(self, claimed: Claimed) -> None:
        try:
            settlement = await self._send(claimed)
            more = await self._keep(claimed, settlement)
        finally:
            self._parts.discard(claimed.id)
        if more:
            self.wake()

    async def _keep(self, claimed: Claimed, settlement: Settlement) -> bool:
        """Settles, again and again while the lease lasts: a database that is away for a moment must
        not make of a message that was sent one of unknown fate."""
        now = self._around.now()
        for pause in (*SETTLE_AGAIN, None):
            try:
                return await self._writer.run(
                    lambda unit: self._settle(unit, claimed, settlement, now)
                )
            except Exception as error:
                log.error("settle_failed", part=claimed.id, error=type(error).__name__)
                if pause is not None:
                    await asyncio.sleep(pause)
        return True  # the lease runs out, and where it can be asked the provider is

    def _settle(self, unit: Unit, claimed: Claimed, settlement: Settlement, now: datetime) -> bool:
        """Keeps what became of a part; whether there is something new to claim or to wait for."""
        chance, fault = self._around.chance, settlement.fault
        more = unit.outbox.lane_waits(claimed.id)
        late = unit.outbox.settle(claimed, settlement, now)
        if settlement.state is DeliveryState.SENT and not claimed.sending.in_window:
            # It asked the resident to write; the rest would only ask the same again.
            unit.outbox.cancel_behind(claimed.id, now)
        if late is not None:
            follow_up(unit, late, now, chance)
        if fault is not None and fault.whole:
            known = claimed.failures
            troubled(unit, claimed.city, claimed.channel, fault, now, chance, known)
        elif claimed.failures:
            unit.outbox.channel_works(claimed.city, claimed.channel, claimed.failures)
            more = True
        return more or late is not None or settlement.state is not DeliveryState.SENT

    async def _send(self, claimed: Claimed) -> Settlement:
        channel = self._channels.get((claimed.city, claimed.channel))
        try:
            if channel is None:  # of a city that this process has not taken in yet
                raise SendError(
                    Fault(Kind.RETRY, "channel unknown", wait=UNKNOWN_CHANNEL, whole=True)
                )
            if channel.missing():
                raise SendError(Fault(Kind.CONFIG, "channel off", whole=True))
            sent = await self._in_time(channel, claimed)
        except SendError as error:
            log.warning(
                "send_refused", city=claimed.city, channel=claimed.channel, part=claimed.id,
                kind=str(error.fault.kind), code=error.fault.code,
            )  # fmt: skip
            return retry.after(error.fault, claimed, self._around.now(), self._around.chance)
        except Exception as error:
            log.error("send_failed", part=claimed.id, error=type(error).__name__)
            fault = Fault(Kind.UNKNOWN, type(error).__name__)
            return retry.after(fault, claimed, self._around.now(), self._around.chance)
        if sent is None:
            return Settlement(DeliveryState.FAILED, fault=Fault(Kind.UNKNOWN, "left"))
        return Settlement(DeliveryState.SENT, provider_id=sent.provider_id)

    async def _in_time(self, channel: Channel, claimed: Claimed) -> Sent | None:
        try:
            async with asyncio.timeout(self._most_seconds):
                return await self._find_or_send(channel, claimed)
        except TimeoutError as error:
            raise SendError(Fault(Kind.UNKNOWN, "too slow")) from error

    async def _is_anothers(self, claimed: Claimed, found: Sent) -> bool:
        """Whether what was found is an earlier message of the same words."""
        return await self._writer.run(
            lambda unit: unit.outbox.is_taken(claimed.city, claimed.channel, found.provider_id)
        )

    async def _find_or_send(self, channel: Channel, claimed: Claimed) -> Sent | None:
        """Looks an unknown one up first. None: not found, and this channel says to leave it."""
        if claimed.unknown_since is not None:
            try:
                found = await channel.find(claimed.sending, claimed.unknown_since)
            except SendError as error:
                # Whatever it was, the part's fate is as unknown as before.
                raise SendError(replace(error.fault, kind=Kind.UNKNOWN)) from error
            if found is not None and not await self._is_anothers(claimed, found):
                return found
            if channel.when_unknown is WhenUnknown.LEAVE:
                return None
        return await channel.send(claimed.sending)
