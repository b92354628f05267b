"""Opens the database, SQLite or PostgreSQL, as the transaction rules ask (design §4)."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection

LOCK_SECONDS = 2
"""How long PostgreSQL waits for a row's lock, a contact's for one."""

BUSY_MS = 10_000
"""How long SQLite waits for another process's transaction."""


SERVING = "imbizo serving"
"""The name of connections of web and worker, by which others see that they are there."""


class UnknownDatabaseError(ValueError):
    """The address names a database that is neither SQLite nor PostgreSQL."""


def driver_url(url: str) -> str:
    """The address with our driver named in it. Raises UnknownDatabaseError."""
    if url.startswith("sqlite:///"):
        return url
    for prefix in ("postgresql+psycopg://", "postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    raise UnknownDatabaseError("a database is sqlite:///FILE or postgresql://…")


def plain_url(url: str) -> str:
    """A PostgreSQL address as the driver itself takes it."""
    return "postgresql://" + driver_url(url).partition("://")[2]


def open_engine(
    url: str, pool_size: int = 5, foreign_keys: bool = True, name: str = "imbizo"
) -> Engine:
    """An engine; nothing is connected yet. PostgreSQL shows its connections under `name`. On SQLite
    its transactions are for reading unless taken from `for_writing`. Parameters are kept out of its
    errors: they may be personal."""
    address = make_url(driver_url(url))
    if address.get_backend_name() == "sqlite":
        engine = create_engine(address, pool_size=pool_size, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite(foreign_keys))
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    options = f"-c lock_timeout={LOCK_SECONDS}s -c timezone=UTC"
    return create_engine(
        address,
        pool_size=pool_size,
        pool_pre_ping=False,
        hide_parameters=True,
        connect_args={"options": options, "application_name": name},
    )


def for_writing(engine: Engine) -> Engine:
    """The same engine, whose transactions on SQLite take the write lock at once: one that reads and
    then writes would fail half of the time."""
    return engine.execution_options(sqlite_begin="IMMEDIATE")


def _prepare_sqlite(foreign_keys: bool) -> Any:
    pragmas = (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"foreign_keys={'ON' if foreign_keys else 'OFF'}",
        f"busy_timeout={BUSY_MS}",
    )

    def prepare(connection: DBAPIConnection, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin by itself
        # PostgreSQL has it: orders and ids that both draw alike (see `store.expanding`).
        driver: Any = connection
        driver.create_function("md5", 1, _md5, deterministic=True)
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return prepare


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


@contextmanager
def one_moment(engine: Engine) -> Iterator[Connection]:
    """A connection on which everything is read as of one moment, however long it takes."""
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with engine.begin() as connection:
        yield connection
