"""Asks providers, from time to time and at start, for what we missed while we were away."""

import asyncio
import re
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo

import structlog

from backend import wiring
from backend.channel_book import ChannelBook
from backend.city_file import SPAN, span
from backend.store import library, watch
from backend.store.watch import Address
from bot.reconciling import Reconciled, Source, reconcile
from channels.base import Reconciling, SendError

EVERY = timedelta(minutes=10)
OVERLAP = timedelta(hours=1)
"""Asked for again before where the last pass began: providers list a message late at times."""

LEASE = timedelta(minutes=5)
SLACK = timedelta(minutes=1)

log = structlog.get_logger(__name__)


def sources(channels: ChannelBook) -> Iterator[Source]:
    """The channels whose provider may be asked: none of a demo city, none that is off."""
    for (city, name), channel in channels.items():
        if channels.is_demo(city) or channel.missing():
            continue
        if isinstance(channel, Reconciling):
            yield Source(city, name, channel, channel.carries)


async def reconcile_all(
    one: wiring.Installation, holder: str, *, at_start: bool = False
) -> Reconciled:
    """One pass over all channels that are due (at the start all are). A channel whose provider
    cannot be asked is left for the next pass, and logged."""
    seen = missed = 0
    for source in sources(one.channels):
        try:
            found = await _pass(one, source, holder, at_start)
        except SendError as error:
            log.warning(
                "not_reconciled", city=source.city, channel=source.channel,
                kind=str(error.fault.kind), code=error.fault.code,
            )  # fmt: skip
            continue
        seen, missed = seen + found.seen, missed + found.missed
    return Reconciled(seen, missed)


async def _pass(
    one: wiring.Installation, source: Source, holder: str, at_start: bool
) -> Reconciled:
    """A channel's pass, unless it is another process's now or was done just before."""
    began, address = wiring.now(), (source.city, source.channel)
    since = await asyncio.to_thread(_since, one, address, began, at_start)
    if since is None or not await _lease(one, address, holder, began + LEASE):
        return Reconciled()

    async def prolong(_: Reconciled) -> None:
        await _lease(one, address, holder, wiring.now() + LEASE)

    try:
        found = await reconcile(one.writer, source, since, wiring.SURROUNDINGS, prolong)
        await asyncio.to_thread(_note, one, address, began)
    finally:
        await _lease(one, address, holder, began)
    if found.missed:
        one.watch.heard(address, began)
        log.warning("missed_messages", city=source.city, channel=source.channel, count=found.missed)
    return found


def _since(
    one: wiring.Installation, address: Address, now: datetime, at_start: bool
) -> datetime | None:
    """From when on to ask; None if it was done just before."""
    with one.store.read() as connection:
        last = watch.reconciled_at(connection, address)
        if last is None:
            newest = watch.newest_receipt(connection, address)
            return min(newest or now, now) - OVERLAP
    # Both ways: a clock set back must not put us off until it is there again.
    if not at_start and abs(now - last) < EVERY - SLACK:
        return None
    return min(last, now) - OVERLAP


def _note(one: wiring.Installation, address: Address, at: datetime) -> None:
    with library.writing(one.engine) as connection:
        watch.note_reconciled(connection, address, at)


async def _lease(one: wiring.Installation, address: Address, holder: str, until: datetime) -> bool:
    """Takes or prolongs the channel's lease; with a time that is over it is given back."""
    name, now = f"reconcile:{address[0]}:{address[1]}", wiring.now()
    return await one.writer.run(lambda unit: unit.lease(name, holder, now, until))


def moment(text: str, now: datetime, zone: tzinfo) -> datetime:
    """`2h` or `3d` before now, or an ISO time (in `zone` where it names none). Raises
    ValueError."""
    if re.fullmatch(SPAN, text):
        return now - span(text)
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=zone)
