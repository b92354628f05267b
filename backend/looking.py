"""One look at how things stand, for `/readyz`, `/metrics` and `doctor`."""

import shutil
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from backend import wiring
from backend.alerts.conditions import Condition, Rules, What, conditions, of_disk
from backend.channel_book import ChannelBook
from backend.city_file import span
from backend.store import alerts
from backend.store.health import OutboxHealth, outbox_health
from backend.store.standing import Standing, standing
from backend.store.watch import Address

FRESH_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Look:
    """The outbox, the channels, and what is wrong."""

    outbox: OutboxHealth
    standing: Standing
    wrong: Sequence[Condition]


def rules(channels: ChannelBook) -> Mapping[Address, Rules]:
    """What is looked at: channels that are on, of cities that are real."""
    return {
        address: Rules(span(channels.entry(address).silent_after), channels.limits[address])
        for address, channel in channels.items()
        if not channels.is_demo(address[0]) and not channel.missing()
    }


def disk_condition(sqlite_file: Path | None) -> Condition | None:
    """Whether there is too little room where a SQLite database is."""
    if sqlite_file is None:
        return None
    usage = shutil.disk_usage(sqlite_file.absolute().parent)
    return of_disk(usage.free, usage.total)


def look(
    connection: Connection, channels: ChannelBook, sqlite_file: Path | None, now: datetime
) -> Look:
    """How things stand now. Raises what the database raises."""
    stands = standing(connection, now)
    wrong = list(conditions(stands, rules(channels), {}, now))
    # Only a worker sees how many there are in a while; it enters what it sees.
    wrong += [
        Condition(What.SIGNATURES, one.city, one.channel, one.detail)
        for one in alerts.load(connection)
        if one.what == What.SIGNATURES and one.ended_at is None
    ]
    disk = disk_condition(sqlite_file)
    wrong += [disk] if disk else []
    return Look(outbox_health(connection, now), stands, wrong)


class Looks:
    """A process's looks, of which one serves for a few seconds. Threads may share it."""

    def __init__(self, one: wiring.Installation) -> None:
        self._one = one
        self._lock = threading.Lock()
        self._last: tuple[float, Look] | None = None

    def recent(self, seconds: float = FRESH_SECONDS) -> Look:
        """How things stand, or did so many seconds ago. Raises what the database raises."""
        with self._lock:
            ticking = wiring.ticking()
            if self._last is None or ticking - self._last[0] > seconds:
                self._last = (ticking, self._fresh())
            return self._last[1]

    def _fresh(self) -> Look:
        with self._one.store.read() as connection:
            file = self._one.settings.sqlite_file
            return look(connection, self._one.channels, file, wiring.now())
