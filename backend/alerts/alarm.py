"""Tells operators what goes wrong, once, whatever the number of workers.

Theory of operation. One worker at a time (a lease) looks each minute at how things stand and enters
it in the table `alert`. What only a process itself can know (its disk and clock, a database that is
away) it enters in a ledger of its own. Both are told the same way.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from backend import wiring
from backend.alerts.conditions import (
    LARGEST_JUMP,
    LATELY,
    MANY_REFUSED,
    Condition,
    What,
    conditions,
)
from backend.alerts.ledger import entered, to_tell
from backend.alerts.telling import SECONDS, Telling, words
from backend.clock import Clock
from backend.looking import disk_condition, rules
from backend.store import alerts as table
from backend.store import leases, library
from backend.store.alerts import Kept
from backend.store.standing import ChannelStanding, Standing, standing
from backend.store.watch import Address

EVERY_SECONDS = 60
LEASE = timedelta(seconds=3 * EVERY_SECONDS)
AWAY_TICKS = 2
"""Ticks in a row that find no database before anybody is told: a restart is none of their cares."""

KEEP_TRYING = 60
"""Ticks for which a target that cannot be reached, while another one was, is tried again."""

Tell = Callable[[str, Telling], Awaitable[None]]

log = structlog.get_logger(__name__)


class Alarm:
    """Looks and tells; call `tick` each minute, on the event loop."""

    def __init__(self, one: wiring.Installation, tell: Tell, holder: str) -> None:
        self._one, self._tell, self._holder = one, tell, holder
        self._clock = Clock(wiring.now(), wiring.ticking())
        self._jumps: deque[tuple[float, timedelta]] = deque()
        self._refused: deque[tuple[float, Mapping[Address, int]]] = deque()
        self._away = 0
        self._own: Sequence[Kept] = ()
        self._owed: list[tuple[str, Telling, int]] = []

    async def tick(self) -> None:
        """One look, and whatever is to be told. Raises nothing that a later tick would not mend."""
        now, ticking = wiring.now(), wiring.ticking()
        await self._retry()
        try:
            shared = await asyncio.to_thread(self._look, now, ticking)
            self._away = 0
        except Exception as error:
            log.warning("alerts_without_database", error=type(error).__name__)
            shared, self._away = (), self._away + 1
        told = [one for one in shared if await self._told(one)]
        if told:
            await asyncio.to_thread(self._note_told, told, now)
        await self._tell_own(now, ticking)

    async def _tell_own(self, now: datetime, ticking: float) -> None:
        own = {one.key: one for one in self._own}
        ledger = entered(own.values(), self._of_this_process(now, ticking), now)
        own = {one.key: one for one in ledger.kept}
        for one in to_tell(ledger.kept, now):
            if not await self._told(one):
                continue
            if one.ended_at is not None:
                del own[one.key]
            else:
                own[one.key] = replace(one, told_at=now)
        self._own = tuple(own.values())

    async def _told(self, one: Kept) -> bool:
        """Whether anybody took it (or nobody is to be told). Who did not is tried again."""
        telling = words(one)
        log.warning(
            "alert", kind=one.what, city=one.city, channel=one.channel,
            status="over" if one.ended_at else "on",
        )  # fmt: skip
        targets = (*self._one.settings.alerts, *self._one.channels.alerts(one.city))
        failed = [target for target in targets if not await self._reached(target, telling)]
        if targets and len(failed) == len(targets):
            return False
        self._owed += [(target, telling, KEEP_TRYING) for target in failed]
        return True

    async def _retry(self) -> None:
        owed, self._owed = self._owed, []
        for target, telling, tries in owed:
            if not await self._reached(target, telling) and tries > 1:
                self._owed.append((target, telling, tries - 1))

    async def _reached(self, target: str, telling: Telling) -> bool:
        try:
            async with asyncio.timeout(2 * SECONDS):
                await self._tell(target, telling)
        except Exception as error:
            kind = "hook" if "://" in target else "mail"
            log.warning("alert_not_sent", kind=kind, error=type(error).__name__)
            return False
        return True

    def _look(self, now: datetime, ticking: float) -> Sequence[Kept]:
        """Enters how things stand, if it is this process's turn; what is to be told."""
        with library.writing(self._one.engine) as connection:
            if not leases.take(connection, "alerts", self._holder, now, now + LEASE):
                return ()
            stands, kept = standing(connection, now), table.load(connection)
            refused = self._refused_lately(stands, kept, now, ticking)
            found = conditions(stands, rules(self._one.channels), refused, now)
            ledger = entered(kept, found, now)
            table.drop(connection, ledger.dropped)
            table.save(connection, ledger.changed)
            return to_tell(ledger.kept, now)

    def _note_told(self, told: Iterable[Kept], now: datetime) -> None:
        with library.writing(self._one.engine) as connection:
            for one in told:
                if one.ended_at is not None:
                    table.drop(connection, [one])
                else:
                    table.save(connection, [replace(one, told_at=now)])

    def _refused_lately(
        self, stands: Standing, kept: Iterable[Kept], now: datetime, ticking: float
    ) -> Mapping[Address, int]:
        """How many requests each channel refused in ten minutes, as far as this process saw."""
        counts = {address: one.refused for address, one in stands.channels.items()}
        self._refused.append((ticking, counts))
        while ticking - self._refused[0][0] > LATELY.total_seconds():
            self._refused.popleft()
        oldest = self._refused[0][1]
        lately = {address: n - oldest.get(address, 0) for address, n in counts.items()}
        for one in kept:
            # Entered by a process that saw more of it: it lasts while there are any.
            address = (one.city, one.channel)
            last = stands.channels.get(address, ChannelStanding()).refused_at
            if one.what == What.SIGNATURES and last is not None and now - last < LATELY:
                lately[address] = max(lately.get(address, 0), MANY_REFUSED)
        return lately

    def _of_this_process(self, now: datetime, ticking: float) -> Sequence[Condition]:
        """What needs no database to be known."""
        found = []
        if self._away >= AWAY_TICKS:
            found.append(Condition(What.DATABASE, "", "", "the database does not answer"))
        disk = disk_condition(self._one.settings.sqlite_file)
        if disk is not None:
            found.append(disk)
        jump = self._clock.jump(now, ticking)
        if abs(jump) > LARGEST_JUMP:
            self._jumps.append((ticking, jump))
        while self._jumps and ticking - self._jumps[0][0] > LATELY.total_seconds():
            self._jumps.popleft()
        if self._jumps:
            seconds = f"{self._jumps[-1][1].total_seconds():+.0f} s"
            found.append(Condition(What.CLOCK, "", "", f"the clock jumped by {seconds}"))
        return found
