"""When an address was last heard from on a channel that has a window (`Carries.window`)."""

from datetime import datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql

from backend.store.prepared import Prepared
from backend.store.tables import OPEN_WINDOW, URN
from backend.store.transaction import Transaction

_THEIRS = (URN.c.city == bindparam("of_city"), URN.c.hash == bindparam("of_hash"))
_AT = bindparam("at", type_=OPEN_WINDOW.c.heard_at.type)
_ADD = postgresql.insert(OPEN_WINDOW).from_select(
    ["urn", "channel", "heard_at"],
    select(URN.c.id, bindparam("by"), _AT).where(*_THEIRS),
)
_OPEN = Prepared(
    _ADD.on_conflict_do_update(
        index_elements=["urn", "channel"], set_={"heard_at": _ADD.excluded.heard_at}
    )
)
_CLOSE = delete(OPEN_WINDOW).where(
    OPEN_WINDOW.c.channel == bindparam("by"),
    OPEN_WINDOW.c.urn.in_(select(URN.c.id).where(*_THEIRS)),
)


def open_(transaction: Transaction, city: str, channel: str, urn: str, at: datetime) -> None:
    """It wrote on that channel."""
    row = {"of_city": city, "of_hash": transaction.keys.index(city, urn), "by": channel, "at": at}
    _OPEN.run(transaction.connection, row)


def close(transaction: Transaction, city: str, channel: str, urn: str) -> None:
    """The provider says that its window has closed."""
    row = {"of_city": city, "of_hash": transaction.keys.index(city, urn), "by": channel}
    transaction.connection.execute(_CLOSE, row)
