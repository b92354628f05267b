"""What demo cities need of the store: parts that nobody has to carry, receipts by their ids."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Text, bindparam, cast, literal, select, update

from backend.store.prepared import Prepared
from backend.store.spend import drop_forgotten
from backend.store.tables import OUTBOUND, RECEIVED, in_state, wiped_if_forgotten
from backend.store.transaction import Transaction
from bot.store import DeliveryState
from channels.base import Status

_SETTLE = Prepared(
    update(OUTBOUND)
    .where(OUTBOUND.c.turn == bindparam("of_turn"), in_state(DeliveryState.QUEUED))
    .values(
        state=DeliveryState.SENT,
        status=int(Status.SENT),
        claimed_at=bindparam("at"),
        sent_at=bindparam("at"),
        settled_at=bindparam("at"),
        attempts=OUTBOUND.c.attempts + 1,
        sends=OUTBOUND.c.sends + 1,
        provider_id=literal("try-") + OUTBOUND.c.turn + "-" + cast(OUTBOUND.c.part, Text),
        **wiped_if_forgotten(),
    )
    .returning(OUTBOUND.c.forget)
)
_IDS = (
    select(RECEIVED.c.provider_id)
    .where(
        RECEIVED.c.city == bindparam("of_city"),
        RECEIVED.c.provider_id.like(bindparam("pattern")),
    )
    .limit(bindparam("limit"))
)


def settle_at_once(transaction: Transaction, turn: str, at: datetime) -> None:
    """Settles the queued parts of a turn as sent at that time, as claiming and sending would have
    done then. A claim cannot be had for a past time: rates and leases only go forward."""
    rows = _SETTLE.all(transaction.connection, {"of_turn": turn, "at": at})
    if any(forget for (forget,) in rows):
        drop_forgotten(transaction.connection)


def received_ids(connection: Connection, city: str, pattern: str, limit: int) -> Sequence[str]:
    """Ids of messages received by a city, of those that a pattern of LIKE fits; at most so many."""
    row = {"of_city": city, "pattern": pattern, "limit": limit}
    found: Sequence[str] = connection.execute(_IDS, row).scalars().all()
    return found
