"""Claims due parts for sending.

Theory of operation. One claim at a time: it holds the rows of all channels that ever sent, so that
rates are shared and no contact is sent two parts at once. Of each lane (a contact) at most one part
is free to go: the first by priority and age, if nothing of the lane is on its way. A claimed part's
`due_at` is the end of its lease; once that has passed, it is taken again as one of unknown fate.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)

from backend.store.rates import Allowance
from backend.store.tables import (
    CHANNEL_RATE,
    CONTACT,
    OPT_OUT,
    OUTBOUND,
    SENDING,
    URN,
    in_state,
    pending,
    wiped_if_forgotten,
)
from backend.store.transaction import Transaction
from bot.store import Claimed, DeliveryState
from channels.base import Kind, Sending

LEASE = timedelta(seconds=60)
"""How long a claimed part is left alone; sending must take less."""

SENDING_JSON = TypeAdapter(Sending)

_NOW = bindparam("now", type_=OUTBOUND.c.due_at.type)


def _held_back() -> ColumnElement[bool]:
    """Whether another part of the lane goes first, or is on its way."""
    other = OUTBOUND.alias("other")
    first = or_(
        other.c.priority < OUTBOUND.c.priority,
        and_(other.c.priority == OUTBOUND.c.priority, other.c.id < OUTBOUND.c.id),
    )
    on_its_way = and_(in_state(DeliveryState.CLAIMED, of=other), other.c.due_at > _NOW)
    return exists().where(
        other.c.lane == OUTBOUND.c.lane,
        pending(other),
        other.c.id != OUTBOUND.c.id,
        or_(first, on_its_way),
    )


_NEXT = (
    select(OUTBOUND.c.due_at)
    .where(
        OUTBOUND.c.city == CHANNEL_RATE.c.city,
        OUTBOUND.c.channel == CHANNEL_RATE.c.channel,
        pending(),
        or_(in_state(DeliveryState.CLAIMED), ~_held_back()),
    )
    .order_by(OUTBOUND.c.due_at)
    .limit(1)
    .scalar_subquery()
)
_CHANNELS = select(
    CHANNEL_RATE.c.city, CHANNEL_RATE.c.channel, CHANNEL_RATE.c.tat, _NEXT.label("due_at")
).order_by(CHANNEL_RATE.c.city, CHANNEL_RATE.c.channel)
_LOCKED_CHANNELS = _CHANNELS.with_for_update(of=CHANNEL_RATE)
_CANDIDATES = (
    select(
        OUTBOUND.c.id,
        OUTBOUND.c.city,
        OUTBOUND.c.channel,
        OUTBOUND.c.priority,
        OUTBOUND.c.sending,
        OUTBOUND.c.segments,
        OUTBOUND.c.attempts,
        OUTBOUND.c.expires_at,
        OUTBOUND.c.despite_opt_out,
        case(
            (
                in_state(DeliveryState.CLAIMED),
                func.coalesce(OUTBOUND.c.unknown_since, OUTBOUND.c.claimed_at),
            ),
            else_=OUTBOUND.c.unknown_since,
        ).label("unknown_since"),
        func.coalesce(CONTACT.c.opted_out, literal(False)).label("opted_out"),
        exists()
        .where(OPT_OUT.c.city == OUTBOUND.c.city, OPT_OUT.c.hash == OUTBOUND.c.hash)
        .label("listed"),
        select(URN.c.dead)
        .where(URN.c.city == OUTBOUND.c.city, URN.c.hash == OUTBOUND.c.hash)
        .scalar_subquery()
        .label("dead"),
    )
    .select_from(OUTBOUND.outerjoin(CONTACT, CONTACT.c.id == OUTBOUND.c.contact))
    .where(
        OUTBOUND.c.city == bindparam("city"),
        OUTBOUND.c.channel == bindparam("channel"),
        pending(),
        OUTBOUND.c.due_at <= _NOW,
        ~_held_back(),
    )
    .order_by(OUTBOUND.c.priority, OUTBOUND.c.id)
    .limit(bindparam("limit"))
    .with_for_update(of=OUTBOUND, skip_locked=True)
)
_CLAIM = (
    update(OUTBOUND)
    .where(OUTBOUND.c.id == bindparam("row"))
    .values(
        state=DeliveryState.CLAIMED,
        token=bindparam("new_token"),
        claimed_at=bindparam("at"),
        due_at=bindparam("lease_ends"),
        attempts=OUTBOUND.c.attempts + 1,
        unknown_since=bindparam("since"),
    )
)
_CLOSE = (
    update(OUTBOUND)
    .where(OUTBOUND.c.id == bindparam("row"))
    .values(
        state=bindparam("to"),
        settled_at=bindparam("at"),
        token=None,
        fault_kind=bindparam("kind"),
        **wiped_if_forgotten(),
    )
)
_SPEND = (
    update(CHANNEL_RATE)
    .where(
        CHANNEL_RATE.c.city == bindparam("of_city"),
        CHANNEL_RATE.c.channel == bindparam("of_channel"),
    )
    .values(tat=bindparam("new_tat"))
)


def next_due(transaction: Transaction, now: datetime) -> datetime | None:
    """When something may next be claimed; None if nothing waits."""
    times = [
        max(row.due_at, _allowance(transaction, row, now).room_at)
        for row in transaction.connection.execute(_CHANNELS, {"now": now})
        if row.due_at is not None
    ]
    return min(times, default=None)


def claim(transaction: Transaction, now: datetime, token: str, limit: int) -> Sequence[Claimed]:
    """Claims up to `limit` parts under the token."""
    channels = transaction.connection.execute(_LOCKED_CHANNELS, {"now": now}).all()
    allowances = {
        (row.city, row.channel): _allowance(transaction, row, now)
        for row in channels
        if row.due_at is not None and row.due_at <= now
    }
    before = {channel: allowance.tat for channel, allowance in allowances.items()}
    claimed, claims, closed = [], [], []
    for row in _candidates(transaction, allowances, now, limit):
        ended = _ended(transaction, row, now)
        if ended is not None:
            closed.append({"row": row.id, "at": now, "to": ended[0], "kind": ended[1]})
        elif len(claims) < limit and (row.city, row.channel) in allowances:
            if allowances[row.city, row.channel].take(row.segments):
                claimed.append(_claimed(transaction, row, token))
                claims.append(_lease(row, now, token))
            else:
                # Nothing smaller overtakes on this channel.
                _spend(transaction, allowances, before, (row.city, row.channel))
    for statement, rows in ((_CLOSE, closed), (_CLAIM, claims)):
        if rows:
            transaction.connection.execute(statement, rows)
    for channel in tuple(allowances):
        _spend(transaction, allowances, before, channel)
    return claimed
