"""The nightly purge: deletes what `privacy.RETENTION` says was kept long enough, and logs it.

In pieces, each in its own transaction, so that nobody who writes in meanwhile waits for long.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import (
    Connection,
    Delete,
    Engine,
    Update,
    bindparam,
    delete,
    exists,
    insert,
    select,
    update,
)

from backend.privacy import (
    EXPORT_FILE,
    EXPORT_JOB,
    MEDIA,
    OUTBOUND_TEXT,
    RAW_ANSWER,
    RETENTION,
    STRANGER,
    STRAY_REPORT,
)
from backend.store import erasure, export_jobs, spend
from backend.store import media as media_store
from backend.store.engine import for_writing
from backend.store.inbox import is_waiting
from backend.store.tables import (
    ANSWER,
    BODY,
    CONSENT,
    CONTACT,
    DELIVERY_REPORT,
    OUTBOUND,
    PURGE_LOG,
    RECEIVED,
    SESSION,
)
from bot.store import ReceiptStatus, Retention
from dialogue.effects import Agreement

PIECE = 1000
FEW = 50
"""Contacts erased in one transaction: each takes several statements, and is locked meanwhile."""


def _bodies(retention: Retention) -> Delete:
    old = (
        select(BODY.c.received)
        .where(BODY.c.retention == retention, BODY.c.delete_after <= bindparam("now"))
        .limit(PIECE)
    )
    return delete(BODY).where(BODY.c.received.in_(old))


_TEXTS = (
    update(OUTBOUND)
    .where(
        OUTBOUND.c.id.in_(
            select(OUTBOUND.c.id)
            .where(OUTBOUND.c.sending.is_not(None), OUTBOUND.c.settled_at <= bindparam("before"))
            .limit(PIECE)
        )
    )
    .values(sending=None, hash=None, lane="")
)
_RAW_ANSWERS = (
    update(ANSWER)
    .where(
        ANSWER.c.id.in_(
            select(ANSWER.c.id)
            .where(ANSWER.c.raw.is_not(None), ANSWER.c.at <= bindparam("before"))
            .limit(PIECE)
        )
    )
    .values(raw=None)
)
_STRAY_REPORTS = delete(DELIVERY_REPORT).where(
    DELIVERY_REPORT.c.id.in_(
        select(DELIVERY_REPORT.c.id)
        .where(
            DELIVERY_REPORT.c.at <= bindparam("before"),
            ~exists().where(
                OUTBOUND.c.provider_id == DELIVERY_REPORT.c.provider_id,
                OUTBOUND.c.city == DELIVERY_REPORT.c.city,
                OUTBOUND.c.channel == DELIVERY_REPORT.c.channel,
            ),
        )
        .limit(PIECE)
    )
)
# Whoever agreed has a line that says so, also after STOP, which ends the agreement.
_STRANGERS = (
    select(CONTACT.c.id)
    .where(
        CONTACT.c.last_heard_at <= bindparam("before"),
        ~exists().where(CONSENT.c.contact == CONTACT.c.id, CONSENT.c.agreement == Agreement.GIVEN),
        ~exists().where(SESSION.c.contact == CONTACT.c.id),
    )
    .limit(FEW)
    .with_for_update(of=CONTACT, skip_locked=True)
)
_PURGES: Mapping[str, Delete | Update] = {
    **{retention.value: _bodies(retention) for retention in Retention},
    OUTBOUND_TEXT: _TEXTS,
    RAW_ANSWER: _RAW_ANSWERS,
    STRAY_REPORT: _STRAY_REPORTS,
}
# Whose body went before anybody took the turn: never to be taken.
_LOST = (
    update(RECEIVED)
    .where(is_waiting(), ~exists().where(BODY.c.received == RECEIVED.c.id))
    .values(status=ReceiptStatus.FAILED)
)
_LOG = insert(PURGE_LOG).inline()


def purge(writing: Engine, now: datetime) -> Mapping[str, int]:
    """Purges every class; how many of each went. A body's day was fixed when it came; the others
    are counted back from `now`."""
    gone = {}
    with writing.begin() as connection:
        spend.close_days(connection, now)
    for what, statement in _PURGES.items():
        gone[what] = _in_pieces(writing, statement, now, now - timedelta(days=RETENTION[what]))
    gone[MEDIA] = _few_by_few(writing, media_store.purge, now)
    gone[EXPORT_FILE] = _few_by_few(writing, export_jobs.expire, now)
    gone[EXPORT_JOB] = _few_by_few(writing, export_jobs.forget, now)
    gone[STRANGER] = _strangers(writing, now - timedelta(days=RETENTION[STRANGER]))
    with writing.begin() as connection:
        connection.execute(_LOST)
        connection.execute(_LOG, [{"what": what, "n": n, "at": now} for what, n in gone.items()])
    return gone


def _in_pieces(writing: Engine, statement: Delete | Update, now: datetime, before: datetime) -> int:
    total = 0
    while True:
        with writing.begin() as connection:
            n = connection.execute(statement, {"now": now, "before": before}).rowcount
        total += n
        if n < PIECE:
            return total


def expire_exports(engine: Engine, now: datetime) -> int:
    """Deletes the files of exports whose day is over, which cannot wait for the night; how many."""
    writing = for_writing(engine)
    gone = _few_by_few(writing, export_jobs.expire, now)
    if gone:
        with writing.begin() as connection:
            connection.execute(_LOG, [{"what": EXPORT_FILE, "n": gone, "at": now}])
    return gone


def _few_by_few(
    writing: Engine, purge_few: Callable[[Connection, datetime, int], int], now: datetime
) -> int:
    """Deletes what takes several statements and whose day has come, a few in a transaction."""
    total = 0
    while True:
        with writing.begin() as connection:
            n = purge_few(connection, now, FEW)
        total += n
        if n < FEW:
            return total


def _strangers(writing: Engine, before: datetime) -> int:
    """Erases contacts that never agreed to anything and fell silent."""
    total = 0
    while True:
        with writing.begin() as connection:
            strangers = connection.execute(_STRANGERS, {"before": before}).scalars().all()
            for contact in strangers:
                erasure.erase(connection, contact)
        total += len(strangers)
        if len(strangers) < FEW:
            return total
