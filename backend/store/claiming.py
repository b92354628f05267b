"""Claims due parts for sending.

Theory of operation. One claim at a time: it holds the rows of all channels that ever sent, so that
rates are shared and no contact is sent two parts at once. Of each lane (a contact) at most one part
is free to go: the first by priority and age, if nothing of the lane is on its way. A claimed part's
`due_at` is the end of its lease; once that has passed, it is taken again as one of unknown fate.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import (
    ColumnElement,
    Update,
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

from backend.privacy import SealBrokenError
from backend.store.limits import Allowance, Limits
from backend.store.spend import drop_forgotten
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

log = structlog.get_logger(__name__)

End = tuple[DeliveryState, Kind | None, str | None]
"""How a part ends that is not sent: state, kind and code of the fault."""

_ENDING = ("to", "kind", "code")
_NOW = bindparam("now", type_=OUTBOUND.c.due_at.type)


def _held_back() -> ColumnElement[bool]:
    """Whether another part of the lane goes first, or is on its way."""
    other = OUTBOUND.alias("other")
    first = or_(
        other.c.priority < OUTBOUND.c.priority,
        and_(other.c.priority == OUTBOUND.c.priority, other.c.id < OUTBOUND.c.id),
    )
    on_its_way = and_(in_state(DeliveryState.CLAIMED, of="other"), other.c.due_at > _NOW)
    return exists().where(
        other.c.lane == OUTBOUND.c.lane,
        pending("other"),
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
        fault_code=bindparam("code"),
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
    allowances = {
        (row.city, row.channel): _allowance(transaction, row, now)
        for row in transaction.connection.execute(_LOCKED_CHANNELS, {"now": now})
        if row.due_at is not None and row.due_at <= now
    }
    before = {channel: allowance.tat for channel, allowance in allowances.items()}
    free: list[Any] = []
    ended: list[dict[str, Any]] = []
    sendings: dict[int, Sending] = {}
    for row in _candidates(transaction, allowances, now, limit):
        end = _end(row, now)
        if end is None and len(free) < limit:
            try:
                sendings[row.id] = sending = _sending(transaction, row)
            except (SealBrokenError, ValidationError) as error:
                log.error("part_unreadable", city=row.city, part=row.id, error=type(error).__name__)
                end = DeliveryState.FAILED, Kind.CONFIG, "sealed"
            else:
                end = _dead_end(row, sending)
                if end is None:
                    free.append(row)
        if end is not None:
            ended.append({"row": row.id, "at": now, **dict(zip(_ENDING, end, strict=True))})
    taken = _within(allowances, free)
    if ended:
        _change(transaction, _CLOSE, ended)
        drop_forgotten(transaction.connection)
    _change(transaction, _CLAIM, [_lease(row, now, token) for row in taken])
    _change(transaction, _SPEND, _spent(allowances, before))
    return [_claimed(row, sendings[row.id], token) for row in taken]


def _allowance(transaction: Transaction, row: Any, now: datetime) -> Allowance:
    limits = transaction.limits.get((row.city, row.channel), Limits())
    return Allowance(row.tat, limits.rate, now)


def _candidates(
    transaction: Transaction, channels: Iterable[tuple[str, str]], now: datetime, limit: int
) -> Sequence[Any]:
    """Free parts of all channels with something due, the most urgent first."""
    found: list[Any] = []
    for city, channel in channels:
        row = {"city": city, "channel": channel, "now": now, "limit": limit}
        found += transaction.connection.execute(_CANDIDATES, row)
    return sorted(found, key=lambda row: (row.priority, row.id))


def _end(row: Any, now: datetime) -> End | None:
    """How a part ends that must not be sent; None if it may."""
    if row.sending is None:  # erased while it was on its way
        return DeliveryState.CANCELLED, None, None
    if row.expires_at <= now:
        return DeliveryState.EXPIRED, None, None
    if (row.opted_out or row.listed) and not row.despite_opt_out:
        return DeliveryState.CANCELLED, Kind.OPT_OUT, None
    return None


def _dead_end(row: Any, sending: Sending) -> End | None:
    """How a part ends whose address is known to be dead."""
    if row.dead and sending.urn.startswith(f"{row.dead}:"):
        return DeliveryState.CANCELLED, Kind.DEAD, None
    return None


def _within(allowances: dict[tuple[str, str], Allowance], rows: Iterable[Any]) -> list[Any]:
    """Those that their channels have room for. Where one has none, nothing smaller overtakes."""
    taken = []
    full: set[tuple[str, str]] = set()
    for row in rows:
        channel = (row.city, row.channel)
        if channel not in full and allowances[channel].take(row.segments):
            taken.append(row)
        else:
            full.add(channel)
    return taken


def _spent(
    allowances: dict[tuple[str, str], Allowance], before: dict[tuple[str, str], datetime]
) -> list[dict[str, Any]]:
    return [
        {"of_city": city, "of_channel": channel, "new_tat": allowance.tat}
        for (city, channel), allowance in allowances.items()
        if allowance.tat != before[city, channel]
    ]


def _change(transaction: Transaction, statement: Update, rows: list[dict[str, Any]]) -> None:
    if rows:
        transaction.connection.execute(statement, rows)


def _lease(row: Any, now: datetime, token: str) -> dict[str, Any]:
    return {
        "row": row.id,
        "new_token": token,
        "at": now,
        "lease_ends": now + LEASE,
        "since": row.unknown_since,
    }


def _claimed(row: Any, sending: Sending, token: str) -> Claimed:
    return Claimed(
        id=row.id,
        token=token,
        city=row.city,
        channel=row.channel,
        sending=sending,
        segments=row.segments,
        attempt=row.attempts + 1,
        expires_at=row.expires_at,
        unknown_since=row.unknown_since,
    )


def _sending(transaction: Transaction, row: Any) -> Sending:
    return SENDING_JSON.validate_json(transaction.keys.unseal(row.sending, SENDING))
