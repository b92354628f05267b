"""Channels that fail by themselves rest, in all processes, instead of failing their queue."""

from datetime import datetime

from sqlalchemy import bindparam, update

from backend.store.tables import CHANNEL_RATE
from backend.store.transaction import Transaction

_IT = (
    CHANNEL_RATE.c.city == bindparam("of_city"),
    CHANNEL_RATE.c.channel == bindparam("of_channel"),
)
_AS_KNOWN = CHANNEL_RATE.c.failures == bindparam("known")
_COUNT = (
    update(CHANNEL_RATE)
    .where(*_IT)
    .values(failures=CHANNEL_RATE.c.failures + 1)
    .returning(CHANNEL_RATE.c.failures)
)
_COUNT_NEW = _COUNT.where(_AS_KNOWN)
_REST = (
    update(CHANNEL_RATE)
    .where(*_IT)
    .values(paused_until=bindparam("until"), pause_code=bindparam("code"))
)
_WAKE = (
    update(CHANNEL_RATE)
    .where(*_IT, _AS_KNOWN)
    .values(failures=0, paused_until=None, pause_code=None)
)


def count_failure(
    transaction: Transaction, city: str, channel: str, known: int | None
) -> int | None:
    """One more failure of the channel itself; how many there were in a row. None where others were
    counted since: parts on their way together are one failure. Without `known` it always counts."""
    row = {"of_city": city, "of_channel": channel}
    if known is None:
        return transaction.connection.execute(_COUNT, row).scalar()
    return transaction.connection.execute(_COUNT_NEW, row | {"known": known}).scalar()


def rest(transaction: Transaction, city: str, channel: str, until: datetime, code: str) -> None:
    """Nothing of the channel is claimed until then."""
    row = {"of_city": city, "of_channel": channel, "until": until, "code": code}
    transaction.connection.execute(_REST, row)


def wake(transaction: Transaction, city: str, channel: str, known: int) -> None:
    """The channel works, unless it failed since."""
    row = {"of_city": city, "of_channel": channel, "known": known}
    transaction.connection.execute(_WAKE, row)
