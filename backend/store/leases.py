"""Work that one process at a time may do."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, or_, select
from sqlalchemy.dialects import postgresql

from backend.store.tables import LEASE

_TAKE = (
    postgresql.insert(LEASE)
    .values(name=bindparam("name"), holder=bindparam("holder"), until=bindparam("until"))
    .on_conflict_do_update(
        index_elements=["name"],
        set_={"holder": bindparam("holder"), "until": bindparam("until")},
        where=or_(LEASE.c.holder == bindparam("holder"), LEASE.c.until <= bindparam("now")),
    )
    .returning(LEASE.c.holder)
)
_HELD = select(LEASE.c.holder).where(
    LEASE.c.name == bindparam("of"), LEASE.c.until > bindparam("at")
)
_RELEASE = delete(LEASE).where(LEASE.c.name == bindparam("of"), LEASE.c.holder == bindparam("by"))


def take(connection: Connection, name: str, holder: str, now: datetime, until: datetime) -> bool:
    """Takes or prolongs the lease; False while it is another's."""
    row = {"name": name, "holder": holder, "now": now, "until": until}
    return connection.execute(_TAKE, row).scalar() is not None


def is_held(connection: Connection, name: str, now: datetime) -> bool:
    """Whether anybody holds it."""
    return connection.execute(_HELD, {"of": name, "at": now}).first() is not None


def release(connection: Connection, name: str, holder: str) -> None:
    """Gives it back before its time."""
    connection.execute(_RELEASE, {"of": name, "by": holder})


def release_all(connection: Connection, holder: str | None = None) -> None:
    """Gives back all leases of a holder; without one, everybody's: who alone may have a database
    open knows that whoever held them is dead."""
    theirs = delete(LEASE) if holder is None else delete(LEASE).where(LEASE.c.holder == holder)
    connection.execute(theirs)
