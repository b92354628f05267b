"""What was spent: parts and segments that providers took, by channel and day (UTC).

Theory of operation. Days that are over and closed are in `spend`; of the days since, the rows of
`outbound` are counted where they are. A row that is deleted before its day is closed is added to
`spend` by whoever deletes it. Closing days adds their rows once: `purge_log` says until when days
are closed, in the same transaction.

A row stands for one sending, its last: `sent_at` says when, and is emptied when the row is queued
once more; that sending goes to `spend` then, as that of a row that is deleted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Row,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
)
from sqlalchemy.dialects import postgresql

from backend.models.base import UTCDateTime
from backend.store import leases
from backend.store.tables import (
    DELIVERY_REPORT,
    OUTBOUND,
    PURGE_LOG,
    SPEND,
    in_state,
    pending,
    reports_of,
    to_day,
)
from bot.store import DeliveryState

CLOSED = "spend"
"""What `purge_log` calls it."""

_LOCK = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Spent:
    """What a provider took on a channel in a day."""

    city: str
    channel: str
    day: date
    parts: int
    segments: int


def _at(name: str) -> Any:
    return bindparam(name, type_=UTCDateTime())


_DAY = to_day(OUTBOUND.c.sent_at)
_LIVE = (
    select(
        OUTBOUND.c.city,
        OUTBOUND.c.channel,
        _DAY.label("day"),
        func.count().label("parts"),
        func.sum(OUTBOUND.c.segments).label("segments"),
    )
    .where(
        OUTBOUND.c.sent_at.is_not(None),
        OUTBOUND.c.sent_at >= _at("since"),
        OUTBOUND.c.sent_at < _at("until"),
    )
    .group_by(OUTBOUND.c.city, OUTBOUND.c.channel, _DAY)
)
_CLOSED_UNTIL = select(func.max(PURGE_LOG.c.at)).where(PURGE_LOG.c.what == CLOSED)
_FIRST = select(func.min(OUTBOUND.c.sent_at)).where(OUTBOUND.c.sent_at.is_not(None))
_INSERT = postgresql.insert(SPEND)
_ADD = _INSERT.on_conflict_do_update(
    index_elements=["city", "channel", "day"],
    set_={
        "parts": SPEND.c.parts + _INSERT.excluded.parts,
        "segments": SPEND.c.segments + _INSERT.excluded.segments,
    },
)
_LOG = insert(PURGE_LOG).inline()
_KEPT = select(SPEND).where(SPEND.c.day >= bindparam("day"))
_SENDING: Executable = (
    select(OUTBOUND.c.city, OUTBOUND.c.channel, OUTBOUND.c.sent_at, OUTBOUND.c.segments)
    .where(OUTBOUND.c.id == bindparam("of_part"), in_state(DeliveryState.SENT))
    .with_for_update()
)
_LOCK_KEY = 0x7370656E64
_WHILE_OPEN = select(func.pg_advisory_xact_lock_shared(_LOCK_KEY))
_CLOSING = select(func.pg_advisory_xact_lock(_LOCK_KEY))
_TOTALS = select(
    SPEND.c.city,
    SPEND.c.channel,
    func.sum(SPEND.c.parts).label("parts"),
    func.sum(SPEND.c.segments).label("segments"),
).group_by(SPEND.c.city, SPEND.c.channel)


def close_days(connection: Connection, now: datetime) -> int:
    """Adds the days that are over to `spend`; how many parts they had. Repeated, or done by two at
    once, it adds nothing twice."""
    # One holder for all: its row is only the lock that makes them go one after another.
    leases.take(connection, CLOSED, CLOSED, now, now + _LOCK)
    if connection.dialect.name == "postgresql":
        connection.execute(_CLOSING)
    until = _midnight(now.date())
    since = _closed_until(connection) or connection.execute(_FIRST).scalar()
    if since is not None and since >= until:
        return 0
    found = _live(connection, since, until) if since else []
    _keep(connection, found)
    parts = sum(one.parts for one in found)
    connection.execute(_LOG, {"what": CLOSED, "n": parts, "at": until})
    return parts


def spent(connection: Connection, since: date, now: datetime) -> Sequence[Spent]:
    """What each channel sent on each day from `since` to now, by day."""
    found: dict[tuple[date, str, str], Spent] = {}
    kept = [
        Spent(row.city, row.channel, row.day, row.parts, row.segments)
        for row in connection.execute(_KEPT, {"day": since})
    ]
    open_since = max(_closed_until(connection) or _midnight(date(1, 1, 2)), _midnight(since))
    for one in (*kept, *_live(connection, open_since, now + timedelta(days=1))):
        key = (one.day, one.city, one.channel)
        so_far = found.get(key)
        found[key] = _sum(so_far, one) if so_far else one
    return [found[key] for key in sorted(found)]


def totals(connection: Connection, now: datetime) -> Mapping[tuple[str, str], tuple[int, int]]:
    """Parts and segments that each channel ever sent."""
    found = {
        (row.city, row.channel): (int(row.parts), int(row.segments))
        for row in connection.execute(_TOTALS)
    }
    since = _closed_until(connection) or _midnight(date(1, 1, 2))
    for one in _live(connection, since, now + timedelta(days=1)):
        parts, segments = found.get((one.city, one.channel), (0, 0))
        found[one.city, one.channel] = (parts + one.parts, segments + one.segments)
    return found


def deleting(*parts: ColumnElement[bool]) -> Executable:
    """A statement for `delete_outbound`."""
    return (
        delete(OUTBOUND)
        .where(*parts)
        .returning(
            OUTBOUND.c.city,
            OUTBOUND.c.channel,
            OUTBOUND.c.sent_at,
            OUTBOUND.c.segments,
        )
    )


def delete_outbound(
    connection: Connection, statement: Executable, values: Mapping[str, object]
) -> None:
    """Deletes outbound rows; what they cost is kept."""
    _keep_sent(connection, connection.execute(statement, values).all())


def keep_sending(connection: Connection, part: int) -> None:
    """For a part that is about to be queued once more: what it cost until now is kept. In the
    transaction that empties its `sent_at`; a part that is on its way has nothing to keep."""
    _keep_sent(connection, connection.execute(_SENDING, {"of_part": part}).all())


def _keep_sent(connection: Connection, rows: Sequence[Row[Any]]) -> None:
    """Adds them to `spend`, but for those of days that are closed, where they are already."""
    sent = [row for row in rows if row.sent_at is not None]
    if not sent:
        return
    if connection.dialect.name == "postgresql":
        # Whoever closes days meanwhile has counted these rows, or finds them here.
        connection.execute(_WHILE_OPEN)
    closed = _closed_until(connection)
    _keep(
        connection,
        [
            Spent(row.city, row.channel, row.sent_at.date(), 1, row.segments)
            for row in sent
            if closed is None or row.sent_at >= closed
        ],
    )


# As its index says it.
_FORGOTTEN: tuple[ColumnElement[bool], ...] = (literal_column("outbound.forget"), ~pending())
_THEIR_REPORTS = delete(DELIVERY_REPORT).where(reports_of(*_FORGOTTEN))
_DROP = deleting(*_FORGOTTEN)


def drop_forgotten(connection: Connection) -> None:
    """Deletes parts that were to be forgotten and are settled for good. A provider knows by their
    ids who got them, and what they belong to is in the same row."""
    connection.execute(_THEIR_REPORTS)
    delete_outbound(connection, _DROP, {})


def _closed_until(connection: Connection) -> datetime | None:
    found: datetime | None = connection.execute(_CLOSED_UNTIL).scalar()
    return found


def _live(connection: Connection, since: datetime, until: datetime) -> list[Spent]:
    rows = connection.execute(_LIVE, {"since": since, "until": until})
    return [
        Spent(row.city, row.channel, row.day.date(), int(row.parts), int(row.segments))
        for row in rows
    ]


def _keep(connection: Connection, found: Sequence[Spent]) -> None:
    for one in sorted(found, key=lambda one: (one.day, one.city, one.channel)):
        row = {"city": one.city, "channel": one.channel, "day": one.day}
        connection.execute(_ADD, row | {"parts": one.parts, "segments": one.segments})


def _sum(one: Spent, other: Spent) -> Spent:
    parts, segments = one.parts + other.parts, one.segments + other.segments
    return Spent(one.city, one.channel, one.day, parts, segments)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
