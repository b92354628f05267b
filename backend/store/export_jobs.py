"""Exports that workers make: asked for, claimed with a lease, done or failed, and gone again.

A job is claimed anew when its lease has run out: whoever had claimed it died. The number of its
attempts fences: what an earlier claim still does changes nothing. A file is kept in pieces, so that
no transaction is long and no process holds it whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from backend.models.exports import JobStatus
from backend.privacy import EXPORT_FILE, EXPORT_JOB, RETENTION
from backend.store.tables import DISCARDED_OBJECT
from backend.store.tables import EXPORT_JOB as JOB
from backend.store.tables import EXPORT_PIECE as PIECE
from bot.shelf import FETCH_LEASE, Stored

__all__ = ["JobStatus"]

LEASE = timedelta(seconds=60)
"""How long a job is left to a worker that says nothing."""

PAUSE = timedelta(seconds=30)
"""Until the next attempt after one that failed."""

MOST_ATTEMPTS = 3
GIVEN_UP = (
    "It was begun three times and never finished: ask for it again, or for another format, and tell"
    " whoever runs the installation if that fails too"
)

OPEN = (JobStatus.WAITING, JobStatus.RUNNING)


@dataclass(frozen=True, slots=True)
class Job:
    """An export, as those who asked for it see it."""

    id: int
    survey: str
    format: str
    asked_by: str
    status: JobStatus
    rows_done: int
    rows_total: int | None
    size: int | None
    problem: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job in a worker's hands, with the sealed key of its ids."""

    id: int
    city: str
    survey: str
    format: str
    secret: str
    attempt: int


_SHOWN = [JOB.c[name] for name in Job.__slots__]


# --- asking ------------------------------------------------------------------------------------
def ask(
    connection: Connection,
    city: str,
    survey: str,
    format: str,
    asked_by: str,
    secret: str,
    at: datetime,
) -> int:
    """Notes that somebody wants an export; its id. `secret` is sealed."""
    values = {
        "city": city, "survey": survey, "format": format, "asked_by": asked_by, "secret": secret,
        "status": JobStatus.WAITING, "created_at": at, "due_at": at,
        "attempts": 0, "rows_done": 0,
    }  # fmt: skip
    made = connection.execute(insert(JOB).values(values).returning(JOB.c.id))
    return int(made.scalar_one())


def open_of(connection: Connection, city: str, asked_by: str) -> int:
    """How many exports this key waits for."""
    counted = select(func.count()).where(
        JOB.c.city == city, JOB.c.asked_by == asked_by, JOB.c.status.in_(OPEN)
    )
    return int(connection.execute(counted).scalar_one())


def listed(
    connection: Connection,
    city: str,
    survey: str,
    asked_by: str | None,
    before: int | None,
    limit: int,
) -> Sequence[Job]:
    """Exports of a survey, the newest first: one key's, or everybody's."""
    wanted = [JOB.c.city == city, JOB.c.survey == survey]
    wanted += [] if asked_by is None else [JOB.c.asked_by == asked_by]
    wanted += [] if before is None else [JOB.c.id < before]
    found = connection.execute(
        select(*_SHOWN).where(*wanted).order_by(JOB.c.id.desc()).limit(limit)
    )
    return [_job(row) for row in found.mappings()]


def find(
    connection: Connection, city: str, survey: str, id: int, asked_by: str | None
) -> Job | None:
    """One of them."""
    wanted = [JOB.c.id == id, JOB.c.city == city, JOB.c.survey == survey]
    wanted += [] if asked_by is None else [JOB.c.asked_by == asked_by]
    row = connection.execute(select(*_SHOWN).where(*wanted)).mappings().first()
    return None if row is None else _job(row)


def remove(connection: Connection, id: int) -> None:
    """Calls it off, or takes it away with its file. Whoever is at work on it finds it gone."""
    connection.execute(select(JOB.c.id).where(JOB.c.id == id).with_for_update())
    _drop_pieces(connection, PIECE.c.job == id)
    connection.execute(delete(JOB).where(JOB.c.id == id))


def _job(row: RowMapping) -> Job:
    return Job(**row)


# --- claiming ----------------------------------------------------------------------------------
_DUE = (
    select(JOB.c.id, JOB.c.city, JOB.c.survey, JOB.c.format, JOB.c.secret, JOB.c.attempts)
    .where(JOB.c.status.in_(OPEN), JOB.c.due_at <= bindparam("now"))
    .order_by(JOB.c.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)


def claim(connection: Connection, now: datetime) -> Claimed | None:
    """Claims the first job that is due, from its beginning. One that was claimed too often is
    given up."""
    while True:
        row = connection.execute(_DUE, {"now": now}).first()
        if row is None:
            return None
        _drop_pieces(connection, PIECE.c.job == row.id)
        if row.attempts >= MOST_ATTEMPTS or row.secret is None:
            _end(connection, JOB.c.id == row.id, now, JobStatus.FAILED, problem=GIVEN_UP)
            continue
        attempt = row.attempts + 1
        connection.execute(
            update(JOB)
            .where(JOB.c.id == row.id)
            .values(
                status=JobStatus.RUNNING,
                attempts=attempt,
                rows_done=0,
                rows_total=None,
                started_at=now,
                due_at=now + LEASE,
            )
        )
        return Claimed(row.id, row.city, row.survey, row.format, row.secret, attempt)


def hold(connection: Connection, claimed: Claimed, done: int, total: int, now: datetime) -> bool:
    """Prolongs the lease, and notes how far it is. False if it is no longer this worker's: another
    one has it, or it was called off."""
    rows = {"rows_done": done, "rows_total": total or None}
    held = update(JOB).where(_held(claimed)).values(**rows, due_at=now + LEASE)
    return connection.execute(held).rowcount > 0


def give_back(connection: Connection, claimed: Claimed, now: datetime) -> None:
    """Leaves it to another worker at once: this one ends, and its attempt does not count."""
    left = {"status": JobStatus.WAITING, "due_at": now, "attempts": claimed.attempt - 1}
    connection.execute(update(JOB).where(_held(claimed)).values(left))


def try_later(connection: Connection, claimed: Claimed, now: datetime) -> None:
    """Leaves it for a later attempt, or gives it up."""
    if claimed.attempt >= MOST_ATTEMPTS:
        fail(connection, claimed, GIVEN_UP, now)
    else:
        later = {"status": JobStatus.WAITING, "due_at": now + PAUSE}
        connection.execute(update(JOB).where(_held(claimed)).values(later))


def fail(connection: Connection, claimed: Claimed, problem: str, now: datetime) -> None:
    """Gives it up for good; `problem` is what those who asked are told."""
    if _end(connection, _held(claimed), now, JobStatus.FAILED, problem=problem):
        _drop_pieces(connection, PIECE.c.job == claimed.id)


def finish(connection: Connection, claimed: Claimed, rows: int, size: int, now: datetime) -> bool:
    """The file is whole. False if the claim no longer holds."""
    until = now + timedelta(days=RETENTION[EXPORT_FILE])
    more = {"rows_done": rows, "rows_total": rows, "size": size, "expires_at": until}
    return _end(connection, _held(claimed), now, JobStatus.DONE, **more)


def _held(claimed: Claimed) -> ColumnElement[bool]:
    own: ColumnElement[bool] = JOB.c.attempts == claimed.attempt
    return (JOB.c.id == claimed.id) & own & (JOB.c.status == JobStatus.RUNNING)


def _end(
    connection: Connection,
    which: ColumnElement[bool],
    now: datetime,
    status: JobStatus,
    **more: Any,
) -> bool:
    """Ends a job; the key of its ids is kept no longer."""
    ended = {"status": status, "secret": None, "finished_at": now, **more}
    return connection.execute(update(JOB).where(which).values(ended)).rowcount > 0


# --- the file ----------------------------------------------------------------------------------
def reserve(
    connection: Connection, claimed: Claimed, number: int, key: str | None, now: datetime
) -> bool:
    """Makes room for a piece, before its object is put anywhere. False if the claim no longer
    holds."""
    held = select(JOB.c.id).where(_held(claimed)).with_for_update()
    if connection.execute(held).first() is None:
        return False
    values = {"job": claimed.id, "number": number, "key": key, "due_at": now + FETCH_LEASE}
    connection.execute(insert(PIECE).values(values))
    return True


def keep(connection: Connection, claimed: Claimed, number: int, stored: Stored) -> bool:
    """Keeps a piece. False if the claim no longer holds; its object is then discarded in time."""
    held = select(JOB.c.id).where(_held(claimed)).with_for_update()
    if connection.execute(held).first() is None:
        return False
    kept = update(PIECE).where(PIECE.c.job == claimed.id, PIECE.c.number == number)
    return connection.execute(kept.values(content=stored.sealed)).rowcount > 0


def piece(connection: Connection, job: int, number: int) -> Stored | None:
    """A piece of a file, counted from 0; None behind the last one."""
    found = select(PIECE.c.content, PIECE.c.key).where(
        PIECE.c.job == job, PIECE.c.number == number, PIECE.c.content.is_not(None)
    )
    row = connection.execute(found).first()
    return None if row is None else Stored(row.content, row.key)


def _drop_pieces(connection: Connection, which: ColumnElement[bool]) -> None:
    """Deletes pieces, and notes their objects for deletion."""
    objects = select(PIECE.c.key, PIECE.c.due_at).where(PIECE.c.key.is_not(None), which)
    connection.execute(insert(DISCARDED_OBJECT).from_select(["key", "due_at"], objects))
    connection.execute(delete(PIECE).where(which))


# --- what is old -------------------------------------------------------------------------------
def expire(connection: Connection, now: datetime, limit: int) -> int:
    """Deletes the files whose time is over; how many."""
    over = (JOB.c.status == JobStatus.DONE, JOB.c.expires_at <= now)
    ids = _some(connection, limit, *over)
    _drop_pieces(connection, PIECE.c.job.in_(ids))
    connection.execute(update(JOB).where(JOB.c.id.in_(ids)).values(status=JobStatus.EXPIRED))
    return len(ids)


def forget(connection: Connection, now: datetime, limit: int) -> int:
    """Deletes what is left of exports that ended long ago; how many."""
    ended = (JobStatus.FAILED, JobStatus.EXPIRED)
    before = now - timedelta(days=RETENTION[EXPORT_JOB])
    ids = _some(connection, limit, JOB.c.status.in_(ended), JOB.c.finished_at <= before)
    connection.execute(delete(JOB).where(JOB.c.id.in_(ids)))
    return len(ids)


def _some(connection: Connection, limit: int, *which: ColumnElement[bool]) -> Sequence[int]:
    some = select(JOB.c.id).where(*which).limit(limit).with_for_update(skip_locked=True)
    return connection.execute(some).scalars().all()
