"""What came in by each channel, and how far its provider was asked for what we missed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, case, func, select
from sqlalchemy.dialects import postgresql

from backend.store.tables import CHANNEL_WATCH, RECEIVED

Address = tuple[str, str]
"""A city's slug and a channel's name."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What a process noted since it last said so: when it last heard from a channel, how many
    requests it refused for their signature, the last one when."""

    heard_at: datetime | None = None
    refused: int = 0
    refused_at: datetime | None = None


_INSERT = postgresql.insert(CHANNEL_WATCH).values(
    city=bindparam("city"),
    channel=bindparam("channel"),
    heard_at=bindparam("heard_at"),
    refused=bindparam("refused"),
    refused_at=bindparam("refused_at"),
    reconciled_at=bindparam("reconciled_at"),
    place="",
)
_NEW = _INSERT.excluded
_NOTE = _INSERT.on_conflict_do_update(
    index_elements=["city", "channel"],
    set_={
        # Several processes note; the later time counts.
        "heard_at": case(
            (CHANNEL_WATCH.c.heard_at.is_(None), _NEW.heard_at),
            (_NEW.heard_at > CHANNEL_WATCH.c.heard_at, _NEW.heard_at),
            else_=CHANNEL_WATCH.c.heard_at,
        ),
        "refused": CHANNEL_WATCH.c.refused + _NEW.refused,
        "refused_at": func.coalesce(_NEW.refused_at, CHANNEL_WATCH.c.refused_at),
    },
)
_RECONCILED = _INSERT.on_conflict_do_update(
    index_elements=["city", "channel"], set_={"reconciled_at": _NEW.reconciled_at}
)
_ONE = (CHANNEL_WATCH.c.city == bindparam("city"), CHANNEL_WATCH.c.channel == bindparam("channel"))
_RECONCILED_AT = select(CHANNEL_WATCH.c.reconciled_at).where(*_ONE)
_NEWEST = (
    select(RECEIVED.c.at)
    .where(RECEIVED.c.city == bindparam("city"), RECEIVED.c.channel == bindparam("channel"))
    .order_by(RECEIVED.c.id.desc())
    .limit(1)
)
_NOTHING: Mapping[str, object] = {
    "heard_at": None,
    "refused": 0,
    "refused_at": None,
    "reconciled_at": None,
}


def note(connection: Connection, noted: Mapping[Address, Noted]) -> None:
    """Keeps what was noted, in an order that is the same everywhere."""
    for (city, channel), one in sorted(noted.items(), key=lambda item: item[0]):
        row = {"city": city, "channel": channel, "reconciled_at": None, **asdict(one)}
        connection.execute(_NOTE, row)


def note_reconciled(connection: Connection, address: Address, at: datetime) -> None:
    """Keeps that everything which came before then was asked for."""
    row = {**_NOTHING, "city": address[0], "channel": address[1], "reconciled_at": at}
    connection.execute(_RECONCILED, row)


def reconciled_at(connection: Connection, address: Address) -> datetime | None:
    """Until when everything was asked for; None if it never was."""
    row = {"city": address[0], "channel": address[1]}
    found: datetime | None = connection.execute(_RECONCILED_AT, row).scalar()
    return found


def newest_receipt(connection: Connection, address: Address) -> datetime | None:
    """When something last came; None if nothing ever did."""
    row = {"city": address[0], "channel": address[1]}
    found: datetime | None = connection.execute(_NEWEST, row).scalar()
    return found
