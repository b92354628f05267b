"""How every channel stands, for operators: a few small queries, no personal data."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, literal_column, select, text

from backend.models.base import UTCDateTime
from backend.store import spend
from backend.store.tables import (
    CHANNEL_RATE,
    CHANNEL_WATCH,
    OUTBOUND,
    RECEIVED,
    in_state,
    unsent,
)
from backend.store.watch import Address
from bot.store import DeliveryState

LATELY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ChannelStanding:
    """One channel. `oldest_due` is since when its oldest due reply waits; `failed` parts and
    `failed_receipts` are of the last day; `refused`, `parts` and `segments` are since ever."""

    heard_at: datetime | None = None
    refused: int = 0
    refused_at: datetime | None = None
    reconciled_at: datetime | None = None
    paused_until: datetime | None = None
    pause_code: str | None = None
    failures: int = 0
    budget_tat: datetime | None = None
    oldest_due: datetime | None = None
    unknown: int = 0
    failed: int = 0
    failed_receipts: int = 0
    parts: int = 0
    segments: int = 0
    parts_today: int = 0
    segments_today: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """All channels that there is anything to say of, as of a time. `clock_off` is how far this
    process's clock is ahead of the database's, where that has one of its own."""

    at: datetime
    channels: Mapping[Address, ChannelStanding] = field(default_factory=dict)
    clock_off: timedelta | None = None


_BY_CHANNEL = (OUTBOUND.c.city, OUTBOUND.c.channel)
_NOW = bindparam("now", type_=UTCDateTime())
_SINCE = bindparam("since", type_=UTCDateTime())
_WATCHES = select(
    CHANNEL_WATCH.c.city,
    CHANNEL_WATCH.c.channel,
    CHANNEL_WATCH.c.heard_at,
    CHANNEL_WATCH.c.refused,
    CHANNEL_WATCH.c.refused_at,
    CHANNEL_WATCH.c.reconciled_at,
)
_RATES = select(
    CHANNEL_RATE.c.city,
    CHANNEL_RATE.c.channel,
    CHANNEL_RATE.c.paused_until,
    CHANNEL_RATE.c.pause_code,
    CHANNEL_RATE.c.failures,
    CHANNEL_RATE.c.budget_tat,
)
_DUE = (
    select(*_BY_CHANNEL, func.min(OUTBOUND.c.due_at, type_=UTCDateTime()).label("oldest_due"))
    .where(unsent(), OUTBOUND.c.priority == 0, OUTBOUND.c.due_at <= _NOW)
    .group_by(*_BY_CHANNEL)
)
_UNKNOWN = (
    select(*_BY_CHANNEL, func.count().label("unknown"))
    .where(in_state(DeliveryState.UNKNOWN))
    .group_by(*_BY_CHANNEL)
)
_FAILED = (
    select(*_BY_CHANNEL, func.count().label("failed"))
    .where(in_state(DeliveryState.FAILED), OUTBOUND.c.settled_at >= _SINCE)
    .group_by(*_BY_CHANNEL)
)
_FAILED_RECEIPTS = (
    select(RECEIVED.c.city, RECEIVED.c.channel, func.count().label("failed_receipts"))
    .where(literal_column("received.status = 'failed'"), RECEIVED.c.at >= _SINCE)
    .group_by(RECEIVED.c.city, RECEIVED.c.channel)
)
_CLOCK = text("SELECT clock_timestamp()")


def standing(connection: Connection, now: datetime) -> Standing:
    """How all channels stand."""
    found: dict[Address, dict[str, Any]] = {}
    values = {"now": now, "since": now - LATELY}
    for statement in (_WATCHES, _RATES, _DUE, _UNKNOWN, _FAILED, _FAILED_RECEIPTS):
        for row in connection.execute(statement, values).mappings():
            one = dict(row)
            found.setdefault((one.pop("city"), one.pop("channel")), {}).update(one)
    channels = {address: ChannelStanding(**one) for address, one in found.items()}
    for address, (parts, segments) in spend.totals(connection, now).items():
        one_ = channels.get(address, ChannelStanding())
        channels[address] = replace(one_, parts=parts, segments=segments)
    for day in spend.spent(connection, now.date(), now):
        address = (day.city, day.channel)
        channels[address] = replace(
            channels.get(address, ChannelStanding()),
            parts_today=day.parts,
            segments_today=day.segments,
        )
    return Standing(now, channels, _clock_off(connection, now))


def _clock_off(connection: Connection, now: datetime) -> timedelta | None:
    if connection.dialect.name != "postgresql":
        return None
    theirs: datetime = connection.execute(_CLOCK).scalar_one()
    return now - theirs
