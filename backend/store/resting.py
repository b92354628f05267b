"""Channels that fail by themselves rest, in all processes, instead of failing their queue."""

from datetime import datetime

from sqlalchemy import bindparam, update

from backend.store.tables import CHANNEL_RATE
from backend.store.transaction import Transaction

_IT = (
    CHANNEL_RATE.c.city == bindparam("of_city"),
    CHANNEL_RATE.c.channel == bindparam("of_channel"),
)
_COUNT = (
    update(CHANNEL_RATE)
    .where(*_IT)
    .values(failures=CHANNEL_RATE.c.failures + 1)
    .returning(CHANNEL_RATE.c.failures)
)
_REST = (
    update(CHANNEL_RATE)
    .where(*_IT)
    .values(paused_until=bindparam("until"), pause_code=bindparam("code"))
)
_WAKE = update(CHANNEL_RATE).where(*_IT).values(failures=0, paused_until=None, pause_code=None)


def count_failure(transaction: Transaction, city: str, channel: str) -> int:
    """One more failure of the channel itself; how many there were in a row."""
    row = {"of_city": city, "of_channel": channel}
    return transaction.connection.execute(_COUNT, row).scalar() or 0


def rest(transaction: Transaction, city: str, channel: str, until: datetime, code: str) -> None:
    """Nothing of the channel is claimed until then."""
    row = {"of_city": city, "of_channel": channel, "until": until, "code": code}
    transaction.connection.execute(_REST, row)


def wake(transaction: Transaction, city: str, channel: str) -> None:
    """The channel works."""
    transaction.connection.execute(_WAKE, {"of_city": city, "of_channel": channel})
