"""Puts the parts together, and makes what the rest takes as data: time, ids, chance."""

import asyncio
import random
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache

from sqlalchemy import Engine

from backend.catalogues import load_locales
from backend.channel_book import ChannelBook
from backend.city_file import CityProfile
from backend.desks import build_desk
from backend.privacy import KeyRing
from backend.settings import Settings
from backend.store import SqlStore, library, open_engine
from backend.store.engine import SERVING
from backend.store.keycheck import check_keys
from backend.store.listener import Listener
from backend.vault import SealingVault, open_vault
from backend.watch import Watch
from bot.language import LanguageGuesser
from bot.outbox import Surroundings
from bot.writer import Writer
from channels.client import Client

_CHANCE = random.SystemRandom()


def now() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(UTC)


def ticking() -> float:
    """Seconds on a clock that nobody sets, for comparing only."""
    return time.monotonic()


_IDS_AT_ONCE = 256
_ids: list[str] = []


def fresh_id() -> str:
    """A random id: 32 hexadecimal digits. They are drawn many at once, since each call of the
    system hands the interpreter to another thread."""
    try:
        return _ids.pop()
    except IndexError:
        drawn = secrets.token_hex(16 * _IDS_AT_ONCE)
        _ids.extend(drawn[n : n + 32] for n in range(32, len(drawn), 32))
        return drawn[:32]


def fresh_secret() -> str:
    """A random secret of 256 bits, as text safe in an address."""
    return secrets.token_urlsafe(32)


SURROUNDINGS = Surroundings(now, fresh_id, _CHANCE.random)


def key_ring(settings: Settings) -> KeyRing:
    """The keys that are set, or those in the private file beside a SQLite database, made once."""
    if settings.secret_keys or settings.key_file is None:
        return KeyRing(settings.secret_keys)
    return KeyRing.from_file(settings.key_file, fresh_secret)


@cache
def guesser() -> LanguageGuesser:
    """Guesses the language of texts; its profiles are read with the first, once a process."""
    locales = load_locales()
    names = (one.danger.names for one in locales.values() if one.danger is not None)
    words = {code: locale.words for code, locale in locales.items()}
    return LanguageGuesser(words, names=frozenset[str]().union(*names))


@dataclass(frozen=True, slots=True)
class Installation:
    """One process's view of an installation: its database, keys, cities and channels."""

    settings: Settings
    engine: Engine
    keys: KeyRing
    store: SqlStore
    channels: ChannelBook
    writer: Writer
    vault: SealingVault
    watch: Watch = field(default_factory=Watch)

    @contextmanager
    def listening(self, told: Callable[[str], None]) -> Iterator[None]:
        """Calls `told` with every topic told in any process (on whatever thread) in the block."""
        with ExitStack() as stack:
            self.store.listen(told)
            if self.engine.dialect.name == "postgresql":
                stack.enter_context(Listener(self.settings.database_url, told))
            yield


@asynccontextmanager
async def installation(settings: Settings) -> AsyncIterator[Installation]:
    """Opens everything, and closes it again. The database must be migrated."""
    async with Client() as http:
        one = assemble(settings, http)
        one.writer.start()
        try:
            yield one
        finally:
            await asyncio.to_thread(one.writer.stop)
            one.engine.dispose()


def assemble(settings: Settings, http: Client) -> Installation:
    """The parts, put together; nothing runs yet."""
    engine = open_engine(settings.database_url, name=SERVING)
    keys = key_ring(settings)
    check_keys(engine, keys)
    channels = ChannelBook(settings, http, lambda: profiles(engine))
    channels.refresh()
    store = SqlStore(engine, keys, build_desk, channels.limits, guesser())
    vault = open_vault(settings.media_store, keys, fresh_id)
    return Installation(settings, engine, keys, store, channels, Writer(store), vault)


def profiles(engine: Engine) -> Mapping[str, tuple[int, CityProfile]]:
    """Every city's profile with its revision."""
    with engine.connect() as connection:
        revisions = library.revisions(connection)
        return {
            city: (revision, library.load_profile(connection, city))
            for city, revision in revisions.items()
        }
