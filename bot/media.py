"""Fetches the pictures and recordings that turns noted.

Theory of operation. A turn only notes what the core wants taken. A worker claims it with a lease,
fetches, cleans and puts it away with no transaction open, and keeps or refuses it in a second short
one. Who dies in between leaves a lease that runs out; what two of them left is given up. Nothing of
this is ever told to the resident.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from bot.content import LARGEST_PICTURE, Clean, ContentError, cleaned
from bot.outbox import Surroundings
from bot.shelf import Vault, Wanted
from bot.store import Unit
from bot.writer import Writer
from channels.base import Channel, FetchError, Fetching

AT_ONCE = 4
"""Media fetched at one time in this process: what is held in memory is so many times the largest,
and its pixels once."""

MOST_SECONDS = 90
"""Longest time one of them takes; with what a put may take beyond, within its lease."""

MOST_TRIES = 10
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)

log = structlog.get_logger(__name__)


class Fetcher:
    """Takes media from their channels to the vault."""

    def __init__(
        self,
        writer: Writer,
        channels: Mapping[tuple[str, str], Channel],
        vault: Vault,
        surroundings: Surroundings,
        most_seconds: float = MOST_SECONDS,
    ) -> None:
        self._writer, self._channels, self._vault = writer, channels, vault
        self._around = surroundings
        self._most_seconds = most_seconds
        self._cleaning = asyncio.Semaphore(1)

    async def fetch_due(self) -> int:
        """Takes what is due, a few at a time; how many were claimed."""
        total = 0
        while claimed := await self._claim():
            await asyncio.gather(*map(self._take, claimed))
            total += len(claimed)
        return total

    async def delete_discarded(self) -> int:
        """Deletes objects that belong to nobody any more; how many went."""
        total = 0
        while keys := await self._discarded():
            total += await self._delete(keys)
        return total

    async def _claim(self) -> Sequence[Wanted]:
        now, key = self._around.now(), self._vault.fresh_key
        return await self._writer.run(lambda unit: unit.media.due(now, AT_ONCE, key))

    async def _take(self, wanted: Wanted) -> None:
        try:
            await self._fetch_and_settle(wanted)
        except Exception as error:
            # The lease runs out, and it is fetched again.
            log.error("media_not_settled", media=wanted.id, error=type(error).__name__)

    async def _fetch_and_settle(self, wanted: Wanted) -> None:
        final = wanted.attempt >= MOST_TRIES
        try:
            async with asyncio.timeout(self._most_seconds):
                clean = await self._fetched(wanted)
                stored = await asyncio.to_thread(self._vault.put, clean.content, wanted.key)
        except ContentError as error:
            fault, final = str(error), True
        except FetchError as error:
            fault, final = str(error), final or error.final
        except Exception as error:
            fault = type(error).__name__
            log.warning("media_not_fetched", media=wanted.id, error=fault)
        else:
            now, size = self._around.now(), len(clean.content)
            await self._writer.run(
                lambda unit: unit.media.keep(wanted, stored, clean.media_type, size, now)
            )
            return
        await self._writer.run(lambda unit: self._fail(unit, wanted, fault, final))

    def _fail(self, unit: Unit, wanted: Wanted, fault: str, final: bool) -> None:
        now = self._around.now()
        if final:
            unit.media.refuse(wanted, fault, now)
        else:
            unit.media.postpone(wanted, fault, self._again(wanted.attempt, now))

    def _again(self, attempt: int, now: datetime) -> datetime:
        """Four times as long after each attempt, capped, with jitter of a half."""
        longer: int = 4 ** (attempt - 1)
        pause = min(FIRST_PAUSE * longer, LONGEST_PAUSE)
        return now + pause * (0.5 + self._around.chance() / 2)

    async def _fetched(self, wanted: Wanted) -> Clean:
        channel = self._channels.get((wanted.city, wanted.channel))
        if channel is None or channel.missing():
            raise FetchError("channel off", final=False)
        if not isinstance(channel, Fetching):
            raise FetchError("channel has no media", final=True)
        content = await channel.fetch(wanted.media, LARGEST_PICTURE)
        async with self._cleaning:
            return await asyncio.to_thread(cleaned, content)

    async def _discarded(self) -> Sequence[str]:
        now = self._around.now()
        return await self._writer.run(lambda unit: unit.media.discarded(now, AT_ONCE))

    async def _delete(self, keys: Sequence[str]) -> int:
        gone = [key for key in keys if await self._deleted(key)]
        await self._writer.run(lambda unit: unit.media.gone(gone))
        return len(gone)

    async def _deleted(self, key: str) -> bool:
        try:
            await asyncio.to_thread(self._vault.delete, key)
        except Exception as error:
            log.warning("object_not_deleted", error=type(error).__name__)
            return False
        return True
