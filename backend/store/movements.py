"""Areas that moved, so that any number of workers tell of each once."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, select, update
from sqlalchemy.dialects import postgresql

from backend.store.tables import MOVEMENT


@dataclass(frozen=True, slots=True)
class Moved:
    """An area's indicator in a period that began on `first`, and in words what it did."""

    city: str
    survey: str
    indicator: str
    area: str
    period: str
    first: date
    detail: str


def note(connection: Connection, found: Iterable[Moved], at: datetime) -> None:
    """Keeps those not known yet: of one area, indicator and period the first."""
    for one in found:
        row = {**asdict(one), "at": at}
        connection.execute(postgresql.insert(MOVEMENT).values(row).on_conflict_do_nothing())


def untold(connection: Connection) -> Sequence[Moved]:
    """Those that nobody has been told of, oldest first."""
    columns = [MOVEMENT.c[name] for name in Moved.__dataclass_fields__]
    rows = connection.execute(
        select(*columns).where(MOVEMENT.c.told_at.is_(None)).order_by(MOVEMENT.c.at, *columns)
    )
    return [Moved(**row) for row in rows.mappings()]


def told(connection: Connection, one: Moved, at: datetime) -> None:
    """Notes that somebody was told."""
    key = {**asdict(one)}
    del key["detail"]
    mine: list[ColumnElement[bool]] = [MOVEMENT.c[name] == value for name, value in key.items()]
    connection.execute(update(MOVEMENT).where(*mine).values(told_at=at))
