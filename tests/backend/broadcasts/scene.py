"""A city with residents who agreed, its channels, and broadcasts that run there."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import select

from backend import wiring
from backend.broadcasts.audience import Audience
from backend.broadcasts.order import Plan, plan, read_order
from backend.broadcasts.running import Feed, close_due, start_due
from backend.channel_book import ChannelBook
from backend.store import broadcasts, library
from backend.store.broadcasts import Broadcast, BroadcastState
from backend.store.tables import RECIPIENT
from bot.recipients import RecipientState
from channels.client import Client
from dialogue.memory import Conversation, Gate, dump
from dialogue.survey import Survey
from tests.backend.conftest import settings_for
from tests.bot.conftest import EAST, NOON, Bot, open_bot

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TALK = dump(Conversation("en", gate=Gate.OPEN, age=34, age_on=NOON.date(), agreed_on=NOON.date()))
"""What is remembered of somebody who agreed and is in no survey."""


@dataclass
class Scene:
    """What a test needs of it; the clock is the bot's."""

    bot: Bot
    book: ChannelBook
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def surveys(self) -> Mapping[str, Survey]:
        with self.bot.store.read() as connection:
            return {p.survey.slug: p.survey for p in library.surveys(connection, EAST)}

    def plan(self, **order: Any) -> Plan:
        wanted = read_order({"survey": "city-safety"} | order)
        profile, now = self.book.profile(EAST), self.bot.now
        return plan(wanted, profile, self.surveys(), (), {}, now, "seed")

    def order(self, **order: Any) -> Broadcast:
        """Ordered and, if its time has come, started."""
        id_ = f"{next(self.numbers):032x}"
        with library.writing(self.bot.store.engine) as connection:
            made = broadcasts.order(
                connection, EAST, self.plan(**order), BroadcastState.SCHEDULED, "key", id_, id_,
                "digest", {}, self.bot.now,
            )  # fmt: skip
        self.tick()
        return made

    def tick(self, after: timedelta = timedelta()) -> None:
        """What a worker does in a round, after some time."""
        self.bot.now += after
        start_due(self.bot.store.engine, self.book, self.bot.now)
        close_due(self.bot.store.engine, self.bot.now)
        with self.bot.store.read() as connection:
            running = broadcasts.in_states(connection, [BroadcastState.RUNNING])
        for one in running:
            feed = Feed(one, self.book.profile(one.city), self.book, self.bot.now)
            for state in (RecipientState.WAITING, RecipientState.INVITED):
                while feed.is_open() and self._take(feed, state):
                    pass

    def _take(self, feed: Feed, state: RecipientState) -> int:
        with self.bot.store.write() as unit:
            return feed.take(unit, state)

    def now(self, one: Broadcast) -> Broadcast:
        """It, as it stands."""
        with self.bot.store.read() as connection:
            found = broadcasts.find(connection, EAST, one.id)
        assert found is not None
        return found

    def recipients(self, one: Broadcast) -> dict[str, tuple[str, str | None]]:
        """State and reason of each, by contact."""
        with self.bot.store.read() as connection:
            rows = connection.execute(select(RECIPIENT).where(RECIPIENT.c.broadcast == one.id))
            return {row.contact: (row.state.value, row.reason) for row in rows}

    def queued(self) -> list[str]:
        """Whom something of a broadcast is queued for, in order."""
        rows = self.bot.rows(
            "SELECT contact FROM outbound WHERE priority > 0 AND state = 'queued' ORDER BY id"
        )
        return [str(contact) for (contact,) in rows]

    def contact(self, number: str) -> str:
        found = self.bot.store.find_contact(EAST, f"tel:{number}")
        assert found is not None
        return found

    def resident(self, number: str) -> str:
        """Somebody who agreed, and left the first survey off long ago; their id."""
        self.bot.say(number, "Hi", "1", "34")
        contact = self.contact(number)
        self.bot.run(
            "UPDATE contact SET conversation = :talk, busy = false, wake_at = NULL WHERE id = :of",
            talk=TALK,
            of=contact,
        )
        self.bot.run("UPDATE outbound SET state = 'sent', status = 3, sent_at = queued_at")
        return contact


@contextmanager
def open_scene(url: str, folder: Path) -> Iterator[Scene]:
    """The city east, at noon of a working day."""
    with open_bot(url, folder) as bot:
        engine = bot.store.engine
        book = ChannelBook(settings_for(url), Client(), lambda: wiring.profiles(engine))
        book.refresh()
        bot.limits.update(book.limits)
        yield Scene(bot, book)


def audience(**definition: Any) -> Audience:
    return Audience.model_validate(definition)


def at(hour: int, day: int = 24) -> datetime:
    """A time in the city, which is two hours ahead of UTC."""
    return datetime.fromisoformat(f"2026-11-{day}T{hour:02}:00+02:00")
