"""Pairs in order, in memory that does not grow with them."""

import sqlite3
from collections.abc import Generator, Iterable
from contextlib import closing


def in_order(
    pairs: Iterable[tuple[str, str]], batch: int
) -> Generator[list[tuple[str, str]], None, None]:
    """The pairs sorted by their first texts, which are unique, in batches. They wait in a temporary
    file of SQLite's, which has no name and goes by itself."""
    with closing(sqlite3.connect("")) as scratch:
        scratch.execute(
            "CREATE TABLE pair (first TEXT PRIMARY KEY, second TEXT NOT NULL) WITHOUT ROWID"
        )
        scratch.executemany("INSERT INTO pair VALUES (?, ?)", pairs)
        ordered = scratch.execute("SELECT first, second FROM pair ORDER BY first")
        while found := ordered.fetchmany(batch):
            yield found
