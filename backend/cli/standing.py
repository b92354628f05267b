"""What `doctor` says of an installation at work: what is wrong in words, and what to do."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, Engine

from backend import wiring
from backend.alerts.conditions import WAY_OUT, minute
from backend.channel_book import ChannelBook
from backend.looking import look, rules
from backend.settings import Settings
from backend.store.standing import ChannelStanding
from backend.store.watch import Address
from channels.client import Client

Finding = tuple[bool, str]


def findings(settings: Settings, engine: Engine) -> Iterator[Finding]:
    """What works and what does not, of queue, channels, disk and clock."""
    yield (
        True,
        f"alerts go to {len(settings.alerts)} addresses"
        if settings.alerts
        else "alerts go to the log only: set IMBIZO_ALERT_WEBHOOK or IMBIZO_ALERT_EMAIL",
    )
    # Nothing is sent by this client.
    channels = ChannelBook(settings, Client(), lambda: wiring.profiles(engine))
    channels.refresh()
    with engine.connect() as connection:
        yield from _looked(connection, settings, channels, wiring.now())


def _looked(
    connection: Connection, settings: Settings, channels: ChannelBook, now: datetime
) -> Iterator[Finding]:
    found = look(connection, channels, settings.sqlite_file, now)
    outbox = found.outbox
    yield True, f"queue: {outbox.queued} parts to be sent, {outbox.waiting} turns to be taken"
    for city, n in sorted(outbox.withheld.items()):
        yield (
            True,
            f"{city}: {n} replies withheld since ever, as contacts had used up theirs",
        )
    for address in rules(channels):
        one = found.standing.channels.get(address, ChannelStanding())
        yield True, f"{' '.join(address)}: {_activity(one, address, channels)}"
    for condition in found.wrong:
        yield False, f"{condition}: {WAY_OUT[condition.what]}"


def _activity(one: ChannelStanding, address: Address, channels: ChannelBook) -> str:
    """When it was heard from and asked, and what it cost today."""
    entry = channels.entry(address)
    cost = f"{entry.cost(one.segments_today):.2f} {entry.currency}".strip()
    said = [
        f"last heard {minute(one.heard_at)}" if one.heard_at else "never heard from",
        f"today {one.parts_today} parts, {one.segments_today} segments, {cost}",
    ]
    if one.reconciled_at is not None:
        said.insert(1, f"last reconciled {minute(one.reconciled_at)}")
    return "; ".join(said)
