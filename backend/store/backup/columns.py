"""How a column's values are written in a file that knows no database."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, Date, Table, Text, bindparam, cast, type_coerce
from sqlalchemy.dialects.postgresql import JSONB

from backend.models import metadata
from backend.models.base import UTCDateTime

LEFT_OUT = frozenset({"chart", "lease", "export_job", "export_piece"})
"""Whose turn something is belongs to processes, not to the data. Files of exports go after a day;
in a backup they would stay. Pictures are drawn anew."""


def tables() -> list[Table]:
    """All tables of a backup, each after those it refers to."""
    return [table for table in metadata.sorted_tables if table.name not in LEFT_OUT]


def read_as(column: "Column[Any]", dialect: str) -> ColumnElement[Any]:
    """The column in a query. Documents come as their text: what is NULL and what is JSON's null
    would look the same otherwise."""
    if not _is_document(column):
        return column
    text: ColumnElement[Any] = (
        cast(column, Text) if dialect == "postgresql" else type_coerce(column, Text)
    )
    return text.label(column.name)


def written_as(column: "Column[Any]", dialect: str) -> ColumnElement[Any]:
    """The column's parameter in an INSERT."""
    if not _is_document(column):
        return bindparam(column.name, type_=column.type)
    text = bindparam(column.name, type_=Text())
    return cast(text, JSONB) if dialect == "postgresql" else type_coerce(text, Text)


def plain(value: object) -> object:
    """A value as JSON has it."""
    return value.isoformat() if isinstance(value, date) else value


def back(column: "Column[Any]", value: Any) -> object:
    """The value again."""
    if value is None or _is_document(column):
        return value
    if isinstance(column.type, UTCDateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(column.type, Date) else value


def _is_document(column: "Column[Any]") -> bool:
    return isinstance(column.type, JSON)
