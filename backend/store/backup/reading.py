"""Restores a backup: whole, into a database of the same revision, in one transaction."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Insert, Table, func, insert, select, text, update

from backend.models import metadata
from backend.privacy import KeyRing
from backend.store.backup.columns import back, tables, written_as
from backend.store.backup.file import BackupError, Header, lines, read_header
from backend.store.backup.writing import PIECE, Progress, revision
from backend.store.engine import for_writing
from backend.store.keycheck import check_keys_of
from backend.store.tables import OUTBOUND, in_state
from bot.store import DeliveryState

LOOKS = 10
LOOK_SECONDS = 0.1

_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND application_name = 'imbizo' AND pid <> pg_backend_pid()"
)


def restore(
    engine: Engine, path: Path, keys: KeyRing, progress: Progress, *, replace: bool = False
) -> Header:
    """Restores the file. Raises BackupError, KeysUnusableError (the keys are not those it was
    written under), and then has changed nothing.

    What had not been sent yet may have gone out since: it becomes of unknown fate, so that the
    provider is asked before it is sent.
    """
    header = read_header(path)
    _be_alone(engine)
    with for_writing(engine).begin() as connection:
        _check(connection, header, replace)
        if replace:
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())
        _load(connection, path, header, progress)
        connection.execute(
            update(OUTBOUND)
            .where(in_state(DeliveryState.QUEUED, DeliveryState.CLAIMED))
            .values(
                state=DeliveryState.UNKNOWN,
                token=None,
                unknown_since=func.coalesce(OUTBOUND.c.unknown_since, OUTBOUND.c.queued_at),
            )
        )
        if connection.dialect.name == "postgresql":
            _reset_sequences(connection)
        check_keys_of(connection, keys)
    return header


def _be_alone(engine: Engine) -> None:
    """On PostgreSQL: that no other process of ours is connected. (On SQLite a lock says so.)"""
    if engine.dialect.name != "postgresql":
        return
    engine.dispose()  # our own idle connections; the server takes a moment to see them gone
    for _ in range(LOOKS):
        with engine.connect() as connection:
            if not connection.execute(_OTHERS).scalar_one():
                return
        time.sleep(LOOK_SECONDS)
    raise BackupError("Imbizo is running on this database: stop web and worker first")


def _check(connection: Connection, header: Header, replace: bool) -> None:
    there = revision(connection)
    if there != header.revision:
        raise BackupError(
            f"The backup has the tables of revision {header.revision}, the database those of"
            f" {there}: restore it with the version of Imbizo that made it, then upgrade"
        )
    if replace:
        return
    for table in tables():
        if connection.execute(select(table.primary_key.columns[0]).limit(1)).first():
            raise BackupError(
                "The database is not empty: restore into a fresh one (imbizo db upgrade makes it),"
                " or add --replace to lose what is in it"
            )


def _load(connection: Connection, path: Path, header: Header, progress: Progress) -> None:
    known = {table.name: table for table in tables()}
    done, loading = 0, None
    for value in lines(path):
        if isinstance(value, dict):
            done += loading.rest() if loading else 0
            loading = _Loading(connection, known[value["table"]], value["columns"])
        elif loading is not None:
            done += loading.add(value)
        progress(done, header.rows)
    done += loading.rest() if loading else 0
    progress(done, header.rows)
    if done != header.rows:
        raise BackupError("The backup holds another number of rows than it says")


class _Loading:
    """Puts rows into one table."""

    def __init__(self, connection: Connection, table: Table, columns: Sequence[str]) -> None:
        self._connection = connection
        self._columns = [table.columns[name] for name in columns]
        dialect = connection.dialect.name
        values = {column.name: written_as(column, dialect) for column in self._columns}
        self._insert: Insert = insert(table).inline().values(values)
        self._waiting: list[Mapping[str, object]] = []

    def add(self, row: Sequence[Any]) -> int:
        """How many rows went in by this one."""
        self._waiting.append(self._row(row))
        return self.rest() if len(self._waiting) == PIECE else 0

    def rest(self) -> int:
        """Puts in what waits; how many there were."""
        rows, self._waiting = self._waiting, []
        if rows:
            self._connection.execute(self._insert, rows)
        return len(rows)

    def _row(self, row: Sequence[Any]) -> Mapping[str, object]:
        return {
            column.name: back(column, value)
            for column, value in zip(self._columns, row, strict=True)
        }


def _reset_sequences(connection: Connection) -> None:
    for table in tables():
        key = table.autoincrement_column
        if key is None:
            continue
        sequence = select(func.pg_get_serial_sequence(table.name, key.name))
        if connection.execute(sequence).scalar() is None:
            continue
        highest = select(func.coalesce(func.max(key), 0) + 1).scalar_subquery()
        name = sequence.scalar_subquery()
        connection.execute(select(func.setval(name, highest, False)))
