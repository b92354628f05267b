"""What operators were told, so that any number of workers tell it once."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects import postgresql

from backend.store.tables import ALERT


@dataclass(frozen=True, slots=True)
class Kept:
    """An alert: since when, when it was last told, when it was first seen to be over."""

    what: str
    city: str
    channel: str
    detail: str
    since: datetime
    told_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is about."""
        return self.what, self.city, self.channel


_ALL = select(ALERT).order_by(ALERT.c.what, ALERT.c.city, ALERT.c.channel)
_INSERT = postgresql.insert(ALERT).values({c.name: bindparam(c.name) for c in ALERT.c})
_SAVE = _INSERT.on_conflict_do_update(
    index_elements=["what", "city", "channel"],
    set_={name: _INSERT.excluded[name] for name in ("detail", "since", "told_at", "ended_at")},
)
_DROP = delete(ALERT).where(
    ALERT.c.what == bindparam("of_what"),
    ALERT.c.city == bindparam("of_city"),
    ALERT.c.channel == bindparam("of_channel"),
)


def load(connection: Connection) -> Sequence[Kept]:
    """All alerts that are not over and told to be."""
    return [Kept(**row) for row in connection.execute(_ALL).mappings()]


def save(connection: Connection, alerts: Iterable[Kept]) -> None:
    """Keeps them as they are now."""
    for one in alerts:
        connection.execute(_SAVE, asdict(one))


def drop(connection: Connection, alerts: Iterable[Kept]) -> None:
    """Forgets them."""
    for one in alerts:
        row = dict(zip(("of_what", "of_city", "of_channel"), one.key, strict=True))
        connection.execute(_DROP, row)
