"""Puts the parts together, and makes what the rest takes as data: time, ids, chance."""

import asyncio
import random
import secrets
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
from sqlalchemy import Engine

from backend.channel_book import ChannelBook
from backend.desks import DeskLoader
from backend.privacy import KeyRing
from backend.settings import Settings
from backend.store import SqlStore, open_engine
from bot.outbox import Dispatcher, Surroundings
from bot.turns import OUTBOX
from bot.writer import Writer

_CHANCE = random.SystemRandom()


def now() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(UTC)


def fresh_id() -> str:
    """A random id: 32 hexadecimal digits."""
    return uuid.uuid4().hex


def fresh_secret() -> str:
    """A random secret of 256 bits, as text safe in an address."""
    return secrets.token_urlsafe(32)


SURROUNDINGS = Surroundings(now, fresh_id, _CHANCE.random)


def key_ring(settings: Settings) -> KeyRing:
    """The keys that are set, or those in the private file beside a SQLite database, made once."""
    if settings.secret_keys:
        return KeyRing.from_setting(settings.secret_keys)
    assert settings.key_file is not None  # noqa: S101 (`read_settings` demands keys elsewhere)
    return KeyRing.from_file(settings.key_file, fresh_secret)


@dataclass(frozen=True, slots=True)
class Installation:
    """One process' view of an installation: its database, keys, cities and channels."""

    settings: Settings
    engine: Engine
    keys: KeyRing
    store: SqlStore
    channels: ChannelBook
    writer: Writer


@asynccontextmanager
async def installation(settings: Settings) -> AsyncIterator[Installation]:
    """Opens everything, and closes it again; the writer's thread runs within."""
    timeout = httpx.Timeout(15, connect=5)
    async with httpx.AsyncClient(timeout=timeout, follow_redirects=False) as http:
        with opened(settings, http) as one:
            one.writer.start()
            try:
                yield one
            finally:
                await asyncio.to_thread(one.writer.stop)
