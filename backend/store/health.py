"""How the outbox stands, for operators."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, literal_column, select

from backend.models.base import UTCDateTime
from backend.models.exports import JobStatus
from backend.store.inbox import is_waiting
from backend.store.tables import (
    COUNTER,
    EXPORT_JOB,
    MEDIA,
    OUTBOUND,
    RECEIVED,
    in_state,
    pending,
    unsent,
)
from bot.store import DeliveryState, MediaState
from bot.turns import WITHHELD

LATELY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OutboxHealth:
    """`queued` parts wait or are on their way; the oldest reply that is due has been so for
    `oldest_due_seconds` (0 if none is; a broadcast may well wait, for its channel's rate and for
    open hours). `failed` is of the last day, by kind of fault too.
    `waiting` receipts wait for their turn; `failed_receipts` are left for a person, since ever.
    `media_wanted` are still to be fetched, `media_refused` were given up (of those not yet purged).
    `exports` wait for a worker or are being made.
    `withheld` replies were not given, since their contact had used up its budget: by city, ever.
    """

    queued: int
    oldest_due_seconds: float
    failed: int
    failed_by_kind: Mapping[str, int]
    waiting: int
    failed_receipts: int
    media_wanted: int
    media_refused: int
    exports: int
    withheld: Mapping[str, int]


_QUEUED = select(func.count()).select_from(OUTBOUND).where(pending())
_OLDEST = select(func.min(OUTBOUND.c.due_at)).where(
    unsent(),
    OUTBOUND.c.priority == 0,
    OUTBOUND.c.due_at <= bindparam("now", type_=UTCDateTime()),
)
_FAILED = (
    select(OUTBOUND.c.fault_kind, func.count())
    .where(in_state(DeliveryState.FAILED), OUTBOUND.c.settled_at >= bindparam("since"))
    .group_by(OUTBOUND.c.fault_kind)
)

_WAITING = select(func.count()).select_from(RECEIVED).where(is_waiting())
_FAILED_RECEIPTS = (
    select(func.count()).select_from(RECEIVED).where(literal_column("received.status = 'failed'"))
)
_MEDIA = (
    select(MEDIA.c.state, func.count().label("n"))
    .where(MEDIA.c.state != MediaState.KEPT)
    .group_by(MEDIA.c.state)
)
_EXPORTS = (
    select(func.count())
    .select_from(EXPORT_JOB)
    .where(EXPORT_JOB.c.status.in_((JobStatus.WAITING, JobStatus.RUNNING)))
)
_WITHHELD = select(COUNTER.c.city, COUNTER.c.n).where(COUNTER.c.name == WITHHELD)


def outbox_health(connection: Connection, now: datetime) -> OutboxHealth:
    """The outbox as of now."""
    oldest = connection.execute(_OLDEST, {"now": now}).scalar()
    failed = {
        str(kind or "none"): n for kind, n in connection.execute(_FAILED, {"since": now - LATELY})
    }
    media = {row.state: row.n for row in connection.execute(_MEDIA)}
    return OutboxHealth(
        queued=connection.execute(_QUEUED).scalar_one(),
        oldest_due_seconds=(now - oldest).total_seconds() if oldest else 0.0,
        failed=sum(failed.values()),
        failed_by_kind=failed,
        waiting=connection.execute(_WAITING).scalar_one(),
        failed_receipts=connection.execute(_FAILED_RECEIPTS).scalar_one(),
        media_wanted=media.get(MediaState.WANTED, 0),
        media_refused=media.get(MediaState.REFUSED, 0),
        exports=connection.execute(_EXPORTS).scalar_one(),
        withheld={row.city: row.n for row in connection.execute(_WITHHELD)},
    )
