"""Takes what a provider kept for us while we were away, as if it came now.

Theory of operation. A provider lists what was sent to us; each message of the list goes the way of
a webhook's. What came before ends at its receipt, so asking for too much, or twice, is harmless.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime

from bot.outbox import Surroundings
from bot.store import Inbound, Unit
from bot.turns import Taken, take_turn
from bot.writer import Writer
from channels.base import Carries, Received, Reconciling

PIECE = 20
"""Messages given to the writer together: they share its commits."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """How many messages the provider listed, and how many of them had been missed."""

    seen: int = 0
    missed: int = 0


Told = Callable[[Reconciled], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Source:
    """A channel whose provider can be asked, by its city and name."""

    city: str
    channel: str
    asked: Reconciling
    carries: Carries


async def reconcile(
    writer: Writer, source: Source, since: datetime, around: Surroundings, told: Told
) -> Reconciled:
    """Takes every message that came since then and was missed, the oldest first. `told` is awaited
    after each piece. Raises SendError where the provider cannot be asked, and what the database
    raises; what was taken until then stays."""
    so_far = Reconciled()
    piece: list[Received] = []
    async for message in source.asked.received_since(since):
        piece.append(message)
        if len(piece) == PIECE:
            so_far = await _taken(writer, source, piece, around, so_far)
            piece = []
            await told(so_far)
    if piece:
        so_far = await _taken(writer, source, piece, around, so_far)
        await told(so_far)
    return so_far


async def _taken(
    writer: Writer,
    source: Source,
    piece: Sequence[Received],
    around: Surroundings,
    so_far: Reconciled,
) -> Reconciled:
    turns = [_submitted(writer, source, one, around) for one in piece]
    # All of them are waited for: one that fails does not leave the others to chance.
    done = await asyncio.gather(*map(asyncio.wrap_future, turns), return_exceptions=True)
    missed = 0
    for one in done:
        if isinstance(one, BaseException):
            raise one
        missed += not one.repeat
    return Reconciled(so_far.seen + len(piece), so_far.missed + missed)


def _submitted(
    writer: Writer, source: Source, received: Received, around: Surroundings
) -> "Future[Taken]":
    inbound = Inbound(source.city, source.channel, received, around.fresh_id(), around.now())

    def take(unit: Unit) -> Taken:
        return take_turn(unit, inbound, source.carries)

    return writer.submit(take, received.urn)
