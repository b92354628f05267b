"""From a message with a picture to a sealed row: turns note, a worker fetches, cleans, keeps."""

import asyncio
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import ClassVar

import pytest

from backend.store import library
from backend.vault import SealingVault
from bot.content import LARGEST_PICTURE
from bot.media import AT_ONCE, MOST_TRIES, Fetcher
from bot.outbox import Surroundings
from bot.shelf import FETCH_LEASE, Stored
from bot.writer import Writer
from channels.base import (
    Carries,
    Channel,
    FetchError,
    Media,
    Parsed,
    Sending,
    Sent,
    WebRequest,
    WhenUnknown,
)
from tests.bot.conftest import ANNA, BEN, EAST, NOON, SMS, Bot
from tests.bot.test_content import opened, picture, sample, whereabouts

SURVEY = """
slug = "light"
keywords = ["LIGHT"]
title = { en = "Light", es = "Luz", zu = "Z", xh = "X", af = "A", st = "S" }
[[questions]]
name = "lamp"
type = "photo"
text = { en = "Show us?", es = "E?", zu = "Z?", xh = "X?", af = "A?", st = "S?" }
"""
CLAIMED = "text/html"
"""What the provider says it is, whatever it is."""


@dataclass
class Line:
    """A channel that carries words only; nothing of it is used here."""

    off: tuple[str, ...] = ()
    carries: Carries = SMS
    when_unknown: ClassVar[WhenUnknown] = WhenUnknown.LEAVE

    def missing(self) -> tuple[str, ...]:
        return self.off

    def parse(self, request: WebRequest) -> Parsed:
        raise NotImplementedError

    async def send(self, sending: Sending) -> Sent:
        raise NotImplementedError

    async def find(self, sending: Sending, since: object) -> Sent | None:
        raise NotImplementedError

    async def setup(self, words: Mapping[str, Mapping[str, str]]) -> str:
        raise NotImplementedError


@dataclass
class Shelf(Line):
    """A channel whose media lie here: bytes, or what fetching raises."""

    holds: dict[str, bytes | Exception] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    most: list[int] = field(default_factory=list)
    slow: float = 0
    under_way: int = 0
    most_at_once: int = 0

    async def fetch(self, media: Media, most: int) -> bytes:
        self.asked.append(media.reference)
        self.most.append(most)
        self.under_way += 1
        self.most_at_once = max(self.most_at_once, self.under_way)
        try:
            await asyncio.sleep(self.slow)
        finally:
            self.under_way -= 1
        found = self.holds[media.reference]
        if isinstance(found, Exception):
            raise found
        return found


@dataclass
class Memory:
    """An object store in memory. `away` makes every call fail."""

    held: dict[str, bytes] = field(default_factory=dict)
    away: bool = False
    threads: set[int] = field(default_factory=set)

    def put(self, key: str, content: bytes) -> None:
        self._ask()
        self.held[key] = content

    def get(self, key: str) -> bytes:
        return self.held[key]

    def delete(self, key: str) -> None:
        self._ask()
        self.held.pop(key, None)

    def _ask(self) -> None:
        self.threads.add(threading.get_ident())
        if self.away:
            raise ConnectionError


@dataclass
class Town:
    """A bot with a survey that asks for a picture, a channel and a vault."""

    bot: Bot
    shelf: Shelf = field(default_factory=Shelf)
    memory: Memory | None = None

    def __post_init__(self) -> None:
        numbers = count(1)
        self.vault = SealingVault(
            self.bot.store.keys, self.memory, lambda: f"object{next(numbers)}"
        )

    def with_objects(self) -> "Town":
        return Town(self.bot, self.shelf, Memory())

    def asked(self, number: str = ANNA) -> "Town":
        """A resident who is asked for a picture."""
        with library.writing(self.bot.store.engine) as connection:
            library.publish(connection, EAST, SURVEY, NOON)
        self.bot.say(number, "LIGHT", "1", "34")
        return self

    def sends(self, *references: str, said: str = "", number: str = ANNA) -> None:
        media = tuple(Media(reference, CLAIMED) for reference in references)
        self.bot.take(self.bot.inbound(number, said, media=media))

    @asynccontextmanager
    async def fetcher(
        self, channel: Channel | None = None, most_seconds: float = 20
    ) -> AsyncIterator[Fetcher]:
        writer = Writer(self.bot.store)
        writer.start()
        around = Surroundings(lambda: self.bot.now, str, lambda: 0.99)
        channels: dict[tuple[str, str], Channel] = {(EAST, "sms"): channel or self.shelf}
        try:
            yield Fetcher(writer, channels, self.vault, around, most_seconds)
        finally:
            await asyncio.to_thread(writer.stop)

    async def fetch(self, channel: Channel | None = None, most_seconds: float = 20) -> int:
        async with self.fetcher(channel, most_seconds) as fetcher:
            return await fetcher.fetch_due()

    async def delete(self) -> int:
        async with self.fetcher() as fetcher:
            return await fetcher.delete_discarded()

    def row(self) -> tuple[object, ...]:
        [row] = self.bot.rows("SELECT state, media_type, fault, attempts FROM media")
        return row

    def content(self) -> bytes:
        [(sealed, key)] = self.bot.rows("SELECT content, key FROM media")
        return self.vault.open(Stored(str(sealed), None if key is None else str(key)))


@pytest.fixture
def town(bot: Bot) -> Town:
    return Town(bot)


# --- the turn --------------------------------------------------------------------------------
def test_a_picture_that_answers_is_noted_with_its_question(town: Town) -> None:
    town.asked().sends("a", "b")
    assert town.bot.rows(
        "SELECT m.number, m.question, m.state, s.survey, m.contact IS NOT NULL"
        " FROM media m JOIN session s ON s.id = m.session ORDER BY m.number"
    ) == [(0, "lamp", "wanted", "light", True), (1, "lamp", "wanted", "light", True)]
    [(value, raw)] = town.bot.rows("SELECT value, raw FROM answer WHERE question = 'lamp'")
    assert (value, raw) == ('"sent"', None)


def test_nothing_of_a_stranger_is_noted_or_ever_fetched(town: Town) -> None:
    for said in ("", "Hi", "1", "34"):
        town.sends("a", said=said)
    assert town.bot.one("SELECT count(*) FROM media") == 0


def test_what_comes_unasked_is_noted_by_itself(town: Town) -> None:
    town.asked().sends("a", said="SKIP")
    assert town.bot.one("SELECT count(*) FROM media") == 0, "with a command"
    town.sends("a", said="look at this")
    assert town.bot.rows("SELECT session, question FROM media") == [(None, None)]


# --- fetching --------------------------------------------------------------------------------
async def test_a_picture_is_kept_clean_and_sealed(town: Town) -> None:
    taken = picture("PNG", exif=whereabouts())
    town.asked().sends("a")
    town.shelf.holds["a"] = taken
    assert await town.fetch() == 1
    assert town.row() == ("kept", "image/jpeg", None, 1)
    assert b"SECRET" not in town.content()
    assert dict(opened(town.content()).getexif()) == {}
    stored = str(town.bot.one("SELECT content FROM media"))
    assert "JFIF" not in stored
    assert stored.split(".")[0] in str(town.bot.store.keys.seal("x", "y")), "under the first key"
    assert town.shelf.most == [LARGEST_PICTURE]
    assert await town.fetch() == 0


async def test_a_voice_note_is_kept(town: Town) -> None:
    town.asked().sends("a")
    town.shelf.holds["a"] = sample("tone.ogg")
    await town.fetch()
    assert town.row() == ("kept", "audio/ogg", None, 1)
    assert town.content().startswith(b"OggS")


@pytest.mark.parametrize(
    ("held", "fault"),
    [
        (b"<script>", "another kind"),
        (picture("JPEG")[:200], "broken picture"),
        (picture("PNG").ljust(LARGEST_PICTURE + 1), "too large"),
        (FetchError("gone", final=True), "gone"),
    ],
)
async def test_what_is_not_taken_is_refused_and_nobody_is_told(
    town: Town, held: bytes | Exception, fault: str
) -> None:
    town.asked().sends("a")
    said = town.bot.one("SELECT count(*) FROM outbound")
    town.shelf.holds["a"] = held
    await town.fetch()
    assert town.row() == ("refused", None, fault, 1)
    assert town.bot.one("SELECT count(*) FROM media WHERE reference IS NOT NULL") == 0
    assert town.bot.one("SELECT count(*) FROM outbound") == said


@pytest.mark.parametrize(
    ("held", "fault"),
    [(FetchError("busy", final=False), "busy"), (ValueError("secret"), "ValueError")],
)
async def test_what_could_not_be_had_is_tried_again_and_then_given_up(
    town: Town, held: Exception, fault: str
) -> None:
    town.asked().sends("a")
    town.shelf.holds["a"] = held
    for n in range(1, MOST_TRIES):
        assert await town.fetch() == 1
        assert town.row() == ("wanted", CLAIMED, fault, n)
        assert await town.fetch() == 0, "not before its time"
        town.bot.now += timedelta(hours=6)
    await town.fetch()
    assert town.row() == ("refused", None, fault, MOST_TRIES)


async def test_it_is_had_at_last(town: Town) -> None:
    town.asked().sends("a")
    town.shelf.holds["a"] = FetchError("busy", final=False)
    await town.fetch()
    town.shelf.holds["a"] = picture("JPEG")
    town.bot.now += timedelta(minutes=1)
    await town.fetch()
    assert town.row() == ("kept", "image/jpeg", None, 2)


async def test_one_that_is_too_slow_is_left_for_later(town: Town) -> None:
    town.asked().sends("a")
    town.shelf.holds["a"], town.shelf.slow = picture("JPEG"), 5
    await town.fetch(most_seconds=0.05)
    assert town.row() == ("wanted", CLAIMED, "TimeoutError", 1)


async def test_several_are_fetched_at_once_and_one_harms_no_other(town: Town) -> None:
    town.asked().sends(*"abcdef")
    town.shelf.holds = dict.fromkeys("abdef", picture("JPEG"))
    town.shelf.slow = 0.3
    assert await town.fetch() == 6
    assert town.shelf.most_at_once > 1
    assert town.bot.rows("SELECT state, count(*) FROM media GROUP BY state ORDER BY state") == [
        ("kept", 5),
        ("wanted", 1),
    ]


async def test_a_channel_that_is_off_and_one_that_has_no_media(town: Town) -> None:
    town.asked().sends("a")
    await town.fetch(Shelf(off=("token",)))
    assert town.row() == ("wanted", CLAIMED, "channel off", 1)
    town.bot.now += timedelta(hours=1)
    await town.fetch(Line())
    assert town.row() == ("refused", None, "channel has no media", 2)


async def test_who_dies_between_fetching_and_keeping_loses_nothing(town: Town) -> None:
    town.asked().sends("a")
    town.shelf.holds["a"], town.shelf.slow = picture("JPEG"), 30
    async with town.fetcher() as fetcher:
        dying = asyncio.create_task(fetcher.fetch_due())
        while not town.shelf.asked:
            await asyncio.sleep(0.01)
        dying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await dying
    town.shelf.slow = 0
    assert await town.fetch() == 0, "its lease holds"
    town.bot.now += timedelta(minutes=5)
    assert await town.fetch() == 1
    assert town.row() == ("kept", "image/jpeg", None, 2)


async def test_one_of_which_workers_die_is_given_up_and_harms_no_other(town: Town) -> None:
    town.asked().sends(*"abc")
    town.shelf.holds = dict.fromkeys("abc", picture("JPEG"))

    def died() -> int:
        """A worker claims, and is gone; of how many."""
        with town.bot.store.write() as unit:
            claimed = unit.media.due(town.bot.now, AT_ONCE, lambda: None)
        town.bot.now += FETCH_LEASE
        return len(claimed)

    assert died() == 3
    assert died() == 1, "the one it may have died of is taken alone"
    assert await town.fetch() == 2
    assert town.bot.rows("SELECT state, fault, attempts FROM media ORDER BY number") == [
        ("refused", "given up", 3),
        ("kept", None, 2),
        ("kept", None, 2),
    ]
    assert len(town.shelf.asked) == 2


async def test_a_fault_that_was_told_is_no_lost_claim(town: Town) -> None:
    town.asked().sends("a")
    for _ in range(3):
        with town.bot.store.write() as unit:
            [claimed] = unit.media.due(town.bot.now, AT_ONCE, lambda: None)
            unit.media.postpone(claimed, "busy", town.bot.now)
    assert town.row() == ("wanted", CLAIMED, "busy", 3)


async def test_erasing_while_it_is_under_way(town: Town) -> None:
    town.asked().sends("a")
    town.shelf.holds["a"], town.shelf.slow = picture("JPEG"), 0.3
    async with town.fetcher() as fetcher:
        fetching = asyncio.create_task(fetcher.fetch_due())
        while not town.shelf.asked:
            await asyncio.sleep(0.01)
        await asyncio.to_thread(town.bot.say, ANNA, "DELETE ME", "1")
        await fetching
    assert town.bot.one("SELECT count(*) FROM contact") == 0
    assert town.bot.one("SELECT count(*) FROM media") == 0


async def test_two_workers_fetch_each_once(town: Town) -> None:
    town.asked().sends(*"abcdefgh")
    town.shelf.holds = dict.fromkeys("abcdefgh", picture("JPEG", (9, 9)))
    both = await asyncio.gather(town.fetch(), town.fetch())
    assert sum(both) == 8
    assert sorted(town.shelf.asked) == list("abcdefgh")


# --- an object store -------------------------------------------------------------------------
async def test_an_object_is_closed_with_a_key_of_its_own(town: Town) -> None:
    town = town.with_objects()
    memory = town.memory
    assert memory is not None
    town.asked().sends("a")
    town.shelf.holds["a"] = picture("JPEG")
    await town.fetch()
    assert town.row() == ("kept", "image/jpeg", None, 1)
    [(key, lies)] = memory.held.items()
    assert key == town.bot.one("SELECT key FROM media")
    assert b"JFIF" not in lies
    assert len(str(town.bot.one("SELECT content FROM media"))) < 150, "only what opens it"
    assert opened(town.content()).size == (40, 20)
    assert memory.threads.isdisjoint({threading.get_ident()}), "not on the event loop"


async def test_a_store_that_is_away_is_waited_for(town: Town) -> None:
    town = town.with_objects()
    memory = town.memory
    assert memory is not None
    town.asked().sends("a")
    town.shelf.holds["a"], memory.away = picture("JPEG"), True
    await town.fetch()
    assert town.row() == ("wanted", CLAIMED, "ConnectionError", 1)
    memory.away = False
    town.bot.now += timedelta(minutes=1)
    await town.fetch()
    assert town.row() == ("kept", "image/jpeg", None, 2)


async def test_erasing_deletes_the_object_whenever_the_store_is_back(town: Town) -> None:
    town = town.with_objects()
    memory = town.memory
    assert memory is not None
    town.asked(BEN).sends("a", number=BEN)
    town.shelf.holds["a"] = picture("JPEG")
    await town.fetch()
    assert town.bot.store.erase(EAST, f"tel:{BEN}", town.bot.now)
    town.bot.now += timedelta(minutes=5)
    memory.away = True
    assert await town.delete() == 0
    assert len(memory.held) == 1
    memory.away = False
    assert await town.delete() == 0, "left alone for a while"
    town.bot.now += timedelta(minutes=5)
    assert await town.delete() == 1
    assert memory.held == {}
    assert town.bot.one("SELECT count(*) FROM discarded_object") == 0
