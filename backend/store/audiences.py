"""Saved audiences and named groups of contacts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects import postgresql

from backend.store.tables import AUDIENCE, CONTACT, CONTACT_GROUP


@dataclass(frozen=True, slots=True)
class Saved:
    """An audience under a name."""

    name: str
    definition: Mapping[str, Any]
    saved_by: str
    saved_at: datetime


def saved(connection: Connection, city: str) -> Mapping[str, Saved]:
    """All of a city, by name."""
    columns = [AUDIENCE.c[name] for name in Saved.__slots__]
    some = select(*columns).where(AUDIENCE.c.city == city).order_by(AUDIENCE.c.name)
    return {row["name"]: Saved(**row) for row in connection.execute(some).mappings()}


def save(
    connection: Connection, city: str, name: str, definition: Mapping[str, Any], who: str,
    now: datetime,
) -> None:  # fmt: skip
    """Keeps it, in the place of another of that name."""
    put = postgresql.insert(AUDIENCE).values(
        city=city, name=name, definition=dict(definition), saved_by=who, saved_at=now
    )
    changed = {one: put.excluded[one] for one in ("definition", "saved_by", "saved_at")}
    connection.execute(put.on_conflict_do_update(index_elements=["city", "name"], set_=changed))


def drop(connection: Connection, city: str, name: str) -> bool:
    """Deletes it; False if there is none."""
    which = (AUDIENCE.c.city == city, AUDIENCE.c.name == name)
    return connection.execute(delete(AUDIENCE).where(*which)).rowcount > 0


def groups(connection: Connection, city: str) -> Mapping[str, int]:
    """The named groups of a city, with how many are in each."""
    counted = (
        select(CONTACT_GROUP.c.name, func.count())
        .where(CONTACT_GROUP.c.city == city)
        .group_by(CONTACT_GROUP.c.name)
        .order_by(CONTACT_GROUP.c.name)
    )
    return {name: int(n) for name, n in connection.execute(counted).all()}


def add_to_group(
    connection: Connection, city: str, name: str, contacts: Collection[str]
) -> Sequence[str]:
    """Puts contacts of the city in a group; the ids that are none of it."""
    there = select(CONTACT.c.id).where(CONTACT.c.city == city, CONTACT.c.id.in_(contacts))
    known = connection.execute(there).scalars().all()
    rows = [{"city": city, "name": name, "contact": one} for one in known]
    if rows:
        put = postgresql.insert(CONTACT_GROUP).on_conflict_do_nothing(
            index_elements=["city", "name", "contact"]
        )
        connection.execute(put, rows)
    return sorted(set(contacts) - set(known))


def take_from_group(
    connection: Connection, city: str, name: str, contacts: Collection[str] | None = None
) -> int:
    """Takes these contacts (None: all) out of it; how many were in it."""
    which = [CONTACT_GROUP.c.city == city, CONTACT_GROUP.c.name == name]
    which += [] if contacts is None else [CONTACT_GROUP.c.contact.in_(contacts)]
    return connection.execute(delete(CONTACT_GROUP).where(*which)).rowcount
