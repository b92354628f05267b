"""A database that is away for a while, and then back as it was."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from typing import Any

import psycopg
from sqlalchemy import event

from backend.wiring import Installation
from tests.postgres import at

SHUT = "alter database {} allow_connections {}"


@asynccontextmanager
async def away(one: Installation) -> AsyncIterator[None]:
    """In the block the installation's database answers nobody who wants to write."""
    keep_out = _locked if one.engine.dialect.name == "sqlite" else _shut
    block = keep_out(one)
    await asyncio.to_thread(block.__enter__)
    try:
        yield
    finally:
        await asyncio.to_thread(block.__exit__, None, None, None)


@contextmanager
def _locked(one: Installation) -> Iterator[None]:
    """Somebody else holds the file's write lock; to wait for it is cut short."""

    def be_impatient(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout=50")

    event.listen(one.engine, "connect", be_impatient)
    one.engine.dispose()
    database = str(one.engine.url.database)
    with closing(sqlite3.connect(database, check_same_thread=False)) as other:
        other.isolation_level = None
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def _shut(one: Installation) -> Iterator[None]:
    """As while the server restarts: connections break, and no new one is had."""
    url = one.settings.database_url
    name = str(one.engine.url.database)
    with psycopg.connect(at(url, "postgres"), autocommit=True) as admin:
        admin.execute(SHUT.format(f'"{name}"', "false"))
        admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name]
        )
        yield
        admin.execute(SHUT.format(f'"{name}"', "true"))
