"""Changing keys: everything sealed anew under the first key, or hashed anew under another."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Column, Connection, Table, Update, bindparam, func, select, text, update

from backend.models import metadata
from backend.models.base import Sealed
from backend.privacy import KeyRing
from backend.store.claiming import SENDING_JSON
from backend.store.engine import for_writing
from backend.store.inbox import CONTENT_JSON
from backend.store.tables import (
    ADDRESS,
    BODY,
    CONTENT,
    EXPORT_CONTENT,
    MEDIA_CONTENT,
    OPT_OUT,
    OPT_OUT_ADDRESS,
    OUTBOUND,
    RECEIVED,
    SENDING,
    URN,
)
from backend.store.unit import SqlStore

PIECE = 500
FEW = 4
"""Rows at a time of a column that holds pictures or files."""

Progress = Callable[[int, int], None]
"""Told how many rows were looked at, and of how many."""


def sealed_columns() -> Iterator[tuple[Table, "Column[Any]"]]:
    """Every column that holds sealed values."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, Sealed):
                yield table, column


def reseal(store: SqlStore, progress: Progress) -> int:
    """Seals every value anew that is not under the first key; how many there were. It may run
    beside a working installation, and again."""
    total = changed = done = 0
    with store.read() as connection:
        for table, column in sealed_columns():
            total += _count(connection, table, column)
    for table, column in sealed_columns():
        for rows, resealed in _reseal_column(store, table, column):
            done, changed = done + rows, changed + resealed
            progress(done, total)
    return changed


def _count(connection: Connection, table: Table, column: "Column[Any]") -> int:
    counting = select(func.count()).select_from(table).where(column.is_not(None))
    return connection.execute(counting).scalar_one()


def _reseal_column(
    store: SqlStore, table: Table, column: "Column[Any]"
) -> Iterator[tuple[int, int]]:
    """Piece by piece: rows seen, values sealed anew."""
    key, name = table.primary_key.columns[0], f"{table.name}.{column.name}"
    most = FEW if name in (MEDIA_CONTENT, EXPORT_CONTENT) else PIECE
    piece = select(key, column).where(column.is_not(None)).order_by(key).limit(most)
    # Only if nobody changed or emptied it meanwhile.
    change = (
        update(table)
        .where(key == bindparam("row"), column == bindparam("old"))
        .values({column.name: bindparam("new")})
    )
    last = 0
    while True:
        with for_writing(store.engine).begin() as connection:
            rows = connection.execute(piece.where(key > last)).all()
            changes = [
                {"row": row, "old": old, "new": _resealed(store.keys, old, name)}
                for row, old in rows
                if not store.keys.is_current(old)
            ]
            if changes:
                connection.execute(change, changes)
        if not rows:
            return
        last = rows[-1][0]
        yield len(rows), len(changes)


def _resealed(keys: KeyRing, old: str, name: str) -> str:
    return keys.seal_bytes(keys.unseal_bytes(old, name), name)


def reindex(store: SqlStore, hashing: KeyRing, progress: Progress) -> int:
    """Hashes every address anew as `hashing` does, in one transaction; how many there were.

    Nobody else may be working on the database: a process with the old keys would find nobody any
    more, and take everyone for a stranger.
    """
    done = 0
    with for_writing(store.engine).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("LOCK TABLE urn, opt_out, body, outbound IN EXCLUSIVE MODE"))
        plans = _plans(connection, store.keys)
        total = sum(len(rows) for _, rows in plans)
        for statement, rows in plans:
            for start in range(0, len(rows), PIECE):
                piece = [_hashed(row, hashing) for row in rows[start : start + PIECE]]
                connection.execute(statement, piece)
                done += len(piece)
                progress(done, total)
    return done


def _hashed(row: dict[str, Any], hashing: KeyRing) -> dict[str, Any]:
    new = hashing.index(row["in_city"], row["urn"])
    # A part without a contact waits in the lane of its address.
    lane = new if row["lane"] == row["old"] else row["lane"]
    return {"row": row["row"], "new": new, "new_lane": lane}


def _plans(connection: Connection, keys: KeyRing) -> list[tuple[Update, list[dict[str, Any]]]]:
    """Each table's change, with its rows and their addresses in clear."""
    plans = []
    for table, address in ((URN, ADDRESS), (OPT_OUT, OPT_OUT_ADDRESS)):
        found = connection.execute(select(table.c.id, table.c.city, table.c.hash, table.c.address))
        rows = [
            _row(row, city, old, keys.unseal(sealed, address)) for row, city, old, sealed in found
        ]
        plans.append((_changing(table), rows))
    bodies = connection.execute(
        select(BODY.c.received, RECEIVED.c.city, BODY.c.hash, BODY.c.content)
        .select_from(BODY.join(RECEIVED))
        .where(BODY.c.hash.is_not(None))
    )
    rows = [
        _row(row, city, old, CONTENT_JSON.validate_json(keys.unseal(sealed, CONTENT)).received.urn)
        for row, city, old, sealed in bodies
    ]
    plans.append((_changing(BODY), rows))
    parts = connection.execute(
        select(
            OUTBOUND.c.id, OUTBOUND.c.city, OUTBOUND.c.hash, OUTBOUND.c.sending, OUTBOUND.c.lane
        ).where(OUTBOUND.c.sending.is_not(None))
    )
    rows = [
        _row(row, city, old, SENDING_JSON.validate_json(keys.unseal(sealed, SENDING)).urn, lane)
        for row, city, old, sealed, lane in parts
    ]
    plans.append((_changing(OUTBOUND).values(lane=bindparam("new_lane")), rows))
    return plans


def _row(row: int, city: str, old: str, urn: str, lane: str = "") -> dict[str, Any]:
    return {"row": row, "in_city": city, "old": old, "urn": urn, "lane": lane}


def _changing(table: Table) -> Update:
    key = table.primary_key.columns[0]
    return update(table).where(key == bindparam("row")).values(hash=bindparam("new"))
