"""Runs what is ordered: starts, feeds the channels, reminds, closes. Any number of workers may.

Theory of operation. A broadcast is started by whoever claims its row, in the transaction that
expands its audience: once, whoever dies. While it runs, recipients are taken in small transactions
(`bot.broadcasts`), and only as many as each channel sends in a short while.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

import structlog
from sqlalchemy import Connection, Engine, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from backend import wiring
from backend.broadcasts.audience import Audience
from backend.broadcasts.hours import reminders, spread
from backend.broadcasts.lots import share
from backend.broadcasts.reach import Channels, reaches
from backend.broadcasts.series import Repeat, asked_lots, next_wave
from backend.channel_book import ChannelBook
from backend.city_file import CityProfile
from backend.store import broadcasts, library, series
from backend.store.broadcasts import FINAL, Broadcast, BroadcastState
from backend.store.choosing import RECIPIENT_COLUMNS, Choice, people, recipients
from backend.store.tables import RECIPIENT
from bot.broadcasts import take_due
from bot.recipients import RecipientState, Running
from bot.store import Unit

MOST_COHORTS = 144
"""Times among which a spread broadcast's recipients are divided, a minute apart at least."""

AHEAD = timedelta(seconds=20)
"""How much a channel has queued of broadcasts: what it sends in so long."""

ROUND_SECONDS = 5.0
"""After so long a round ends, though there is more to take: others may be due to start or close."""

TAKEN = (RecipientState.WAITING, RecipientState.INVITED)
"""Who is taken: those to be invited, and those to be reminded."""

LEAST_AHEAD, MOST_AHEAD = 50, 5000
"""The same in segments, whatever the rate."""

log = structlog.get_logger(__name__)


# --- starting ------------------------------------------------------------------------------------
def start_due(engine: Engine, channels: Channels, now: datetime) -> int:
    """Starts every broadcast whose time has come; how many."""
    with engine.connect() as connection:  # a look takes nobody's turn to write
        if not broadcasts.is_any_due(connection, now):
            return 0
    started = 0
    while True:
        with library.writing(engine) as connection:
            one = broadcasts.claim_start(connection, now)
            if one is None:
                return started
            try:
                with connection.begin_nested():
                    _start(connection, one, channels, now)
                started += 1
            except SQLAlchemyError:
                raise
            except Exception as error:
                # Paused, it holds up no other, and an official sees that something is wrong.
                log.error("broadcast_not_started", city=one.city, error=type(error).__name__)
                broadcasts.pause(connection, one, now)


def choice_of(connection: Connection, one: Broadcast, channels: Channels, now: datetime) -> Choice:
    """Whom it goes to, as of now."""
    profile = library.load_profile(connection, one.city)
    audience = Audience.model_validate(one.audience)
    ways = reaches(channels, profile, opens=one.survey is not None)
    lots = asked_lots(_repeat(one), one.wave)
    return Choice(profile, audience, ways, now, one.seed, lots)


def _start(connection: Connection, one: Broadcast, channels: Channels, now: datetime) -> None:
    choice = choice_of(connection, one, channels, now)
    times = cohorts(choice.profile, timedelta(seconds=one.spread), one.seed, now)
    rows = recipients(choice, one.id, wiring.fresh_id(), times)
    expansion = insert(RECIPIENT).from_select(RECIPIENT_COLUMNS, rows)
    # Without this SQLAlchemy forgets on PostgreSQL how many an INSERT made, and says -1.
    made = connection.execute(expansion, execution_options={"preserve_rowcount": True})
    if one.approved_by is None and made.rowcount > choice.profile.approval_above:
        broadcasts.wait_for_approval(connection, one)
        log.warning("broadcast_grew", city=one.city, count=made.rowcount)
        return
    exclusions = excluded(connection, choice)
    broadcasts.start(connection, one, exclusions, now)
    _follow(connection, one, now)
    log.info("broadcast_started", city=one.city, count=made.rowcount)


def _repeat(one: Broadcast) -> Repeat | None:
    return None if one.repeat is None else Repeat.model_validate(one.repeat)


def _follow(connection: Connection, one: Broadcast, now: datetime) -> None:
    """Schedules the next wave, where there is one: so a series has always one to cancel."""
    repeat = _repeat(one)
    first = broadcasts.find(connection, one.city, one.series) if one.series else None
    if repeat is None or first is None:
        return
    zone = library.load_profile(connection, one.city).zone()
    wave = next_wave(repeat, first.starts_at, one.closes_at - one.starts_at, zone, now)
    if wave is not None and series.follow(connection, one, wave, wiring.fresh_id(), now):
        log.info("wave_scheduled", city=one.city)


def excluded(connection: Connection, choice: Choice) -> Mapping[str, int]:
    """How many of the audience are left out, by reason."""
    everybody = people(choice)
    counted = select(everybody.c.reason, func.count()).where(everybody.c.reason.is_not(None))
    rows = connection.execute(counted.group_by(everybody.c.reason))
    return {reason: int(n) for reason, n in rows.all()}


def cohorts(profile: CityProfile, over: timedelta, seed: str, now: datetime) -> Sequence[datetime]:
    """The times at which parts of the recipients are due, within open hours."""
    hours = profile.hours()
    if not over:
        return [hours.next_open(now)]
    count = min(MOST_COHORTS, max(1, ceil(over / timedelta(minutes=1))))
    return spread(count, now, over, hours, seed)


def resume(connection: Connection, one: Broadcast, now: datetime) -> bool:
    """It goes on; who still waits is spread over what is left of its span. False if it is not
    paused."""
    if not broadcasts.resume(connection, one, now):
        return False
    left, of = broadcasts.waiting(connection, one)
    if one.spread and left:
        profile = library.load_profile(connection, one.city)
        over = timedelta(seconds=one.spread) * (left / of)
        broadcasts.spread_anew(connection, one, cohorts(profile, over, one.seed, now))
    return True


def close_due(engine: Engine, now: datetime) -> int:
    """Closes every broadcast whose time is over; how many."""
    closed = 0
    with engine.connect() as connection:
        over = [one for one in _unfinished(connection) if one.closes_at <= now]
    for one in over:
        with library.writing(engine) as connection:
            if broadcasts.close(connection, one, now):
                closed += 1
                if one.started_at is None:  # nothing has scheduled the next wave yet
                    _follow(connection, one, now)
    return closed


def _unfinished(connection: Connection) -> Sequence[Broadcast]:
    states = [state for state in BroadcastState if state not in FINAL]
    return broadcasts.in_states(connection, states)


# --- feeding -------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Feed:
    """One broadcast that runs, and what its recipients are taken with."""

    one: Broadcast
    profile: CityProfile
    channels: ChannelBook
    now: datetime

    def is_open(self) -> bool:
        """Whether its city may write now."""
        return self.profile.hours().is_open(self.now)

    def running(self) -> Running:
        """As `bot` sees it."""
        one, audience = self.one, Audience.model_validate(self.one.audience)
        return Running(
            id=one.id,
            city=one.city,
            survey=one.survey,
            version=one.version,
            texts=one.texts or {},
            closes_at=one.closes_at,
            may_change=one.change,
            shuffle=one.seed if one.shuffle else None,
            comment=one.comment,
            channels=frozenset(audience.channels),
            rested_since=self.now - audience.resting(self.profile),
        )

    def next_reminder(self, invited_at: datetime, given: int) -> datetime | None:
        """See `bot.broadcasts.NextReminder`."""
        after = (timedelta(seconds=one) for one in self.one.reminders)
        # Those that wait for one morning are spread as the invitations were.
        place = self.one.spread * share(self.one.seed, invited_at.isoformat())
        hours, closes_at = self.profile.hours(), self.one.closes_at
        times = reminders(invited_at, after, closes_at, hours, timedelta(seconds=place))
        return times[given] if given < len(times) else None

    def take(self, unit: Unit, state: RecipientState) -> int:
        """Takes some recipients; how many."""
        room = frozenset(
            name
            for city, name in self.channels
            if city == self.one.city and self._has_room(unit, name)
        )
        if not room:
            return 0
        return take_due(
            unit, self.running(), state, room, self.channels, self.next_reminder, self.now
        )

    def _has_room(self, unit: Unit, channel: str) -> bool:
        rate = self.channels.entry((self.one.city, channel)).rate
        most = int(min(MOST_AHEAD, max(LEAST_AHEAD, rate * AHEAD.total_seconds())))
        return unit.recipients.backlog(self.one.city, channel, most) < most


async def run_broadcasts(one: wiring.Installation) -> None:
    """One round of the worker: starts, closes, feeds."""
    await asyncio.to_thread(start_due, one.engine, one.channels, wiring.now())
    await asyncio.to_thread(close_due, one.engine, wiring.now())
    running = await asyncio.to_thread(_running, one.engine)
    busy = [(each, state) for each in running for state in TAKEN]
    until = wiring.ticking() + ROUND_SECONDS
    while busy and wiring.ticking() < until:
        busy = [(each, state) for each, state in busy if await _take_some(one, each, state)]


def _running(engine: Engine) -> Sequence[Broadcast]:
    with engine.connect() as connection:
        return broadcasts.in_states(connection, [BroadcastState.RUNNING])


async def _take_some(one: wiring.Installation, running: Broadcast, state: RecipientState) -> int:
    now = wiring.now()
    try:
        feed = Feed(running, one.channels.profile(running.city), one.channels, now)
        if not feed.is_open() or running.closes_at <= now:
            return 0
        return await one.writer.run(lambda unit: feed.take(unit, state))
    except Exception as error:  # it holds up no other; the next round tries again
        log.error("broadcast_not_fed", city=running.city, error=type(error).__name__)
        return 0
