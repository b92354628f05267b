"""Where polling goes on, by channel."""

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql

from backend.store.tables import CHANNEL_WATCH
from backend.store.transaction import Transaction

_OF = (
    CHANNEL_WATCH.c.city == bindparam("of_city"),
    CHANNEL_WATCH.c.channel == bindparam("of_channel"),
)
_FIND = select(CHANNEL_WATCH.c.place).where(*_OF)
_KEEP = (
    postgresql.insert(CHANNEL_WATCH)
    .values(
        city=bindparam("of_city"),
        channel=bindparam("of_channel"),
        refused=0,
        place=bindparam("now_at"),
    )
    .on_conflict_do_update(index_elements=["city", "channel"], set_={"place": bindparam("now_at")})
)


class SqlPlaces:
    """See `bot.store.Places`."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def find(self, city: str, channel: str) -> str:
        """The place kept last; "" for none."""
        row = {"of_city": city, "of_channel": channel}
        return self._transaction.connection.execute(_FIND, row).scalar() or ""

    def keep(self, city: str, channel: str, place: str) -> None:
        """Goes on from there."""
        row = {"of_city": city, "of_channel": channel, "now_at": place}
        self._transaction.connection.execute(_KEEP, row)
