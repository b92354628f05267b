"""Claims due parts for sending.

Theory of operation. One claim at a time: it holds the rows of all channels that ever sent, so that
rates are shared and no contact is sent two parts at once. A channel at rest is passed over; when
its rest is over, one part goes first, and the others when that was taken. In its city's quiet hours
only replies go; what answers nobody stays where it is until they end, however late it came to its
turn. Of each lane (a contact) at most one part is free to go: the first by priority and age, if
nothing of the lane is on its way.
A claimed part's `due_at` is the end of its lease; once that has passed, it is taken again as one of
unknown fate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import (
    Boolean,
    ColumnElement,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    update,
)

from backend.privacy import SealBrokenError
from backend.store.line import LEASE, Line
from backend.store.prepared import Prepared
from backend.store.spend import drop_forgotten
from backend.store.tables import (
    CHANNEL_RATE,
    CONTACT,
    OPEN_WINDOW,
    OPT_OUT,
    OUTBOUND,
    SENDING,
    URN,
    in_state,
    pending,
    second_lane,
    wiped_if_forgotten,
)
from backend.store.transaction import Transaction
from bot.store import Claimed, DeliveryState
from channels.base import Kind, Sending

UNREADABLE = timedelta(minutes=5)
"""Pause of a part that does not open with the keys at hand: it may with those that come."""

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


def _is_reply() -> ColumnElement[bool]:
    """Whether the hourly budget counts it: helplines and the answer to STOP are beyond it."""
    return and_(OUTBOUND.c.priority == 0, ~OUTBOUND.c.despite_opt_out)


def _next(*parts: ColumnElement[bool]) -> ColumnElement[Any]:
    return (
        select(OUTBOUND.c.due_at)
        .where(
            OUTBOUND.c.city == CHANNEL_RATE.c.city,
            OUTBOUND.c.channel == CHANNEL_RATE.c.channel,
            pending(),
            or_(in_state(DeliveryState.CLAIMED), ~_held_back()),
            *parts,
        )
        .order_by(OUTBOUND.c.due_at)
        .limit(1)
        .scalar_subquery()
    )


_CHANNELS = select(
    CHANNEL_RATE.c.city,
    CHANNEL_RATE.c.channel,
    CHANNEL_RATE.c.tat,
    CHANNEL_RATE.c.budget_tat,
    CHANNEL_RATE.c.failures,
    CHANNEL_RATE.c.paused_until,
    _next().label("due_at"),
).order_by(CHANNEL_RATE.c.city, CHANNEL_RATE.c.channel)
_LOCKED_CHANNELS = Prepared(_CHANNELS.with_for_update(of=CHANNEL_RATE))
_SEEN_CHANNELS = Prepared(_CHANNELS)
_DUE_BY_KIND = Prepared(
    select(
        _next(_is_reply()).label("reply"),
        _next(OUTBOUND.c.priority > 0).label("bulk"),
        _next(OUTBOUND.c.priority == 0, OUTBOUND.c.despite_opt_out).label("other"),
    ).where(
        CHANNEL_RATE.c.city == bindparam("city"), CHANNEL_RATE.c.channel == bindparam("channel")
    )
)
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
        null().label("heard_at"),
    )
    .select_from(OUTBOUND.outerjoin(CONTACT, CONTACT.c.id == OUTBOUND.c.contact))
    .where(
        OUTBOUND.c.city == bindparam("city"),
        OUTBOUND.c.channel == bindparam("channel"),
        pending(),
        OUTBOUND.c.due_at <= _NOW,
        ~_held_back(),
        or_(bindparam("replies", type_=Boolean()), ~_is_reply()),
        OUTBOUND.c.priority <= bindparam("most_priority"),
    )
    .order_by(OUTBOUND.c.priority, OUTBOUND.c.id)
    .limit(bindparam("limit"))
    .with_for_update(of=OUTBOUND, skip_locked=True)
)
_HEARD_AT = (
    select(OPEN_WINDOW.c.heard_at)
    .select_from(OPEN_WINDOW.join(URN))
    .where(
        URN.c.city == OUTBOUND.c.city,
        URN.c.hash == OUTBOUND.c.hash,
        OPEN_WINDOW.c.channel == OUTBOUND.c.channel,
    )
    .scalar_subquery()
    .label("heard_at")
)
_CANDIDATES_OF_WINDOW = _CANDIDATES.with_only_columns(
    *(column for column in _CANDIDATES.selected_columns if column.key != "heard_at"), _HEARD_AT
)
_FREE, _FREE_IN_WINDOW = Prepared(_CANDIDATES), Prepared(_CANDIDATES_OF_WINDOW)
_CLAIM = Prepared(
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
_CLOSE = Prepared(
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
_PUT_OFF = Prepared(
    update(OUTBOUND)
    .where(OUTBOUND.c.id == bindparam("row"))
    .values(
        due_at=bindparam("later"), lane=second_lane(), fault_kind=Kind.CONFIG, fault_code="sealed"
    )
)
_SPEND = Prepared(
    update(CHANNEL_RATE)
    .where(
        CHANNEL_RATE.c.city == bindparam("of_city"),
        CHANNEL_RATE.c.channel == bindparam("of_channel"),
    )
    .values(
        tat=bindparam("new_tat"),
        budget_tat=bindparam("new_budget_tat"),
        paused_until=bindparam("next_look"),
    )
)


def next_due(transaction: Transaction, now: datetime) -> datetime | None:
    """When something may next be claimed; None if nothing waits."""
    times = []
    for row in _SEEN_CHANNELS.all(transaction.connection, {"now": now}):
        line = Line(transaction, row, now)
        if row.due_at is None:
            continue
        if line.has_budget and line.bulk_at <= now:
            times.append(max(row.due_at, line.room_at))
            continue
        where = {"city": row.city, "channel": row.channel, "now": now}
        due = _DUE_BY_KIND.first(transaction.connection, where)
        kinds = (due.reply, line.budget_at), (due.bulk, line.bulk_at), (due.other, now)
        times += [max(at, free_at, line.room_at) for at, free_at in kinds if at is not None]
    return min(times, default=None)


def claim(transaction: Transaction, now: datetime, token: str, limit: int) -> Sequence[Claimed]:
    """Claims up to `limit` parts under the token."""
    lines = {
        (row.city, row.channel): Line(transaction, row, now)
        for row in _LOCKED_CHANNELS.all(transaction.connection, {"now": now})
        if row.due_at is not None and row.due_at <= now
    }
    lines = {channel: line for channel, line in lines.items() if not line.rests}
    taken: list[Any] = []
    ended: list[dict[str, Any]] = []
    sendings: dict[int, Sending] = {}
    full: set[tuple[str, str, bool]] = set()
    unreadable: list[dict[str, Any]] = []
    for row in _candidates(transaction, lines, now, limit):
        line = lines[row.city, row.channel]
        place = (row.city, row.channel, line.is_reply(row))
        end = _end(row, now)
        if end is None and len(taken) < limit and place not in full:
            try:
                sendings[row.id] = sending = _sending(transaction, row)
            except (SealBrokenError, ValidationError) as error:
                log.error("part_unreadable", city=row.city, part=row.id, error=type(error).__name__)
                unreadable.append({"row": row.id, "later": now + UNREADABLE})
            else:
                end = _dead_end(row, sending)
                if end is None and line.take(row):
                    taken.append(row)
                elif end is None:
                    full.add(place)  # nothing smaller overtakes
        if end is not None:
            ended.append({"row": row.id, "at": now, **dict(zip(_ENDING, end, strict=True))})
    if ended:
        _change(transaction, _CLOSE, ended)
        drop_forgotten(transaction.connection)
    _change(transaction, _PUT_OFF, unreadable)
    _change(transaction, _CLAIM, [_lease(row, now, token) for row in taken])
    _change(transaction, _SPEND, [line.spent() for line in lines.values() if line.used])
    return [_claimed(row, sendings[row.id], token, lines) for row in taken]


_Lines = Mapping[tuple[str, str], Line]


def _candidates(
    transaction: Transaction, lines: _Lines, now: datetime, limit: int
) -> Sequence[Any]:
    """Free parts of all channels with something due, the most urgent first."""
    found: list[Any] = []
    for (city, channel), line in lines.items():
        if not line.has_room:
            continue
        row = {"city": city, "channel": channel, "now": now, "limit": limit}
        row |= {"replies": line.has_budget, "most_priority": line.most_priority}
        statement = _FREE_IN_WINDOW if line.window else _FREE
        found += statement.all(transaction.connection, row)
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


def _change(transaction: Transaction, statement: Prepared, rows: list[dict[str, Any]]) -> None:
    if rows:
        statement.run_all(transaction.connection, rows)


def _lease(row: Any, now: datetime, token: str) -> dict[str, Any]:
    return {
        "row": row.id,
        "new_token": token,
        "at": now,
        "lease_ends": now + LEASE,
        "since": row.unknown_since,
    }


def _claimed(row: Any, sending: Sending, token: str, lines: _Lines) -> Claimed:
    line = lines[row.city, row.channel]
    if not line.in_window(row.heard_at):
        sending = replace(sending, in_window=False)
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
        failures=line.failures,
    )


def _sending(transaction: Transaction, row: Any) -> Sending:
    return SENDING_JSON.validate_json(transaction.keys.unseal(row.sending, SENDING))
