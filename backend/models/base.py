"""Column types and names that every table shares. Never import annotations from __future__ here
or in a table's module: SQLModel reads them as they are."""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, DateTime, Enum, Integer, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

# Before the first table: SQLite rebuilds a table to change it and finds constraints by name only.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

BigKey = BigInteger().with_variant(Integer(), "sqlite")
"""A growing key: SQLite counts up in INTEGER only."""


_NAIVE = "a time without a zone is refused"


class UTCDateTime(TypeDecorator[datetime]):
    """An aware time, kept in UTC. Refuses naive ones with ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(_NAIVE)
        in_utc = value if value.tzinfo is UTC else value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """As `process_bind_param` and SQLite's own type in one: a turn binds twenty times."""
        return _as_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database (SQLite keeps no zone)."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


def _as_text(value: datetime | None) -> str | None:
    """As SQLAlchemy writes a time without a zone for SQLite."""
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(_NAIVE)
    in_utc = value if value.tzinfo is UTC else value.astimezone(UTC)
    return in_utc.isoformat(" ", "microseconds")[:26]


class Sealed(TypeDecorator[str]):
    """Text sealed by `privacy.KeyRing.seal`; nothing in clear is ever put here. Comparing makes no
    sense (a fresh nonce each time), except with None or to see whether it changed."""

    impl = Text
    cache_ok = True


def one_of(members: type[StrEnum], name: str) -> Enum:
    """A column for an enum, as text with a CHECK of that name."""
    return Enum(
        members,
        name=name,
        native_enum=False,
        length=24,
        create_constraint=True,
        validate_strings=True,
        values_callable=lambda enum: [member.value for member in enum],
    )
