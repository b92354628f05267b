"""Writes a backup: one snapshot, row by row, beside an installation at work."""

import gzip
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection, Engine, Table, func, select, text

from backend.store.backup.columns import plain, read_as, tables
from backend.store.backup.file import Header, Out

PIECE = 1000
Progress = Callable[[int, int], None]
"""Called with the rows done and the rows in all."""


def write_backup(engine: Engine, path: Path, now: datetime, progress: Progress) -> Header:
    """Writes the file whole or not at all, readable by its owner only."""
    draft = path.with_name(path.name + ".part")
    draft.unlink(missing_ok=True)
    try:
        with snapshot(engine) as connection, _fresh(draft) as file:
            with gzip.GzipFile("", "wb", 6, file) as packed:
                header = _write(connection, Out(packed), now, progress)
            file.flush()
            os.fsync(file.fileno())  # else a power cut may leave the name without the content
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return header


def _fresh(path: Path) -> BinaryIO:
    """A file that was not there: what somebody else put in its place is not written through."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the database as of one moment, and changes nothing."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        yield connection


def revision(connection: Connection) -> str:
    """The revision of the tables."""
    found: str = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    return found


def _write(connection: Connection, out: Out, now: datetime, progress: Progress) -> Header:
    counts = {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in tables()
    }
    header = Header(revision(connection), now, counts)
    out.header(header)
    done = 0
    for table in tables():
        out.line({"table": table.name, "columns": [column.name for column in table.columns]})
        for rows in _rows(connection, table):
            for row in rows:
                out.line(row)
            done += len(rows)
            progress(done, header.rows)
    out.seal()
    return header


def _rows(connection: Connection, table: Table) -> Iterator[list[list[object]]]:
    columns = [read_as(column, connection.dialect.name) for column in table.columns]
    query = select(*columns).order_by(*table.primary_key.columns)
    found = connection.execute(query, execution_options={"yield_per": PIECE})
    for piece in found.partitions():
        yield [[plain(value) for value in row] for row in piece]
