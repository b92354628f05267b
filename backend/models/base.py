"""Column types and names that every table shares. Never import annotations from __future__ here
or in a table's module: SQLModel reads them as they are."""

from datetime import UTC, datetime
from enum import StrEnum

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


class UTCDateTime(TypeDecorator[datetime]):
    """An aware time, kept in UTC. Refuses naive ones with ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone is refused")
        in_utc = value if value.tzinfo is UTC else value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database (SQLite keeps no zone)."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


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
