"""Columns with types, for formats that have them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from backend.exports.neutral import Scalar
from backend.exports.rows import Response
from backend.exports.source import Source
from backend.exports.tabular import (
    FIRST,
    LAST,
    Column,
    columns,
    marked,
    wide_row,
)
from dialogue.questions import Question
from dialogue.questions.choice import Choosing, SelectMany
from dialogue.questions.date import Date
from dialogue.questions.number import Numeric


class Kind(StrEnum):
    """What a column holds. Beside it nothing, where there is no answer of that kind."""

    TEXT = "text"
    WHOLE = "whole"
    DECIMAL = "decimal"
    DAY = "day"


Typed = str | int | float | date | None

FIRST_KINDS = {"version": Kind.WHOLE, "started_at": Kind.DAY, "completed_at": Kind.DAY}
GREATEST = 2**53
"""Beyond it a decimal cannot hold every whole number."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column with its type; `column` is None for those that every export has."""

    name: str
    kind: Kind
    column: Column | None = None


def fields(source: Source) -> tuple[Field, ...]:
    """The columns of the wide table, typed."""
    always = [Field(name, FIRST_KINDS.get(name, Kind.TEXT)) for name in FIRST]
    asked = [Field(c.header, kind_of(source, c), c) for c in columns(source.survey)]
    mark = [Field(LAST, Kind.TEXT)] if source.profile.demo else []
    return (*always, *asked, *mark)


def typed_row(source: Source, response: Response, wanted: Sequence[Field]) -> list[Typed]:
    """A response under these fields. What does not fit its column's type is left out: the long
    table has it."""
    asked = [field.column for field in wanted if field.column is not None]
    row = marked(source, wide_row(source, response, asked))
    return [fitted(field.kind, value) for field, value in zip(wanted, row, strict=True)]


def kind_of(source: Source, column: Column) -> Kind:
    """The type that holds a column's answers from every version."""
    if column.option is not None:
        return Kind.WHOLE
    name = column.question.name
    kinds = {
        _kind(source, q) for s in source.versions.values() for q in s.questions if q.name == name
    }
    if kinds == {Kind.WHOLE, Kind.DECIMAL}:
        return Kind.DECIMAL
    return kinds.pop() if len(kinds) == 1 else Kind.TEXT


def fitted(kind: Kind, value: Scalar) -> Typed:
    """The value as this type, or None."""
    match kind:
        case Kind.TEXT:
            return None if value in (None, "") else str(value)
        case Kind.WHOLE:
            return _whole(value)
        case Kind.DECIMAL:
            return float(value) if isinstance(value, int | float) else None
        case Kind.DAY:
            return _day(value)


def _kind(source: Source, question: Question) -> Kind:
    match question:
        case SelectMany():
            return Kind.TEXT
        case Choosing():
            codes = [code for (name, _), code in source.codes.items() if name == question.name]
            return Kind.WHOLE if all(_whole(code) is not None for code in codes) else Kind.TEXT
        case Numeric():
            low, high = question.bounds()
            whole = not question.decimal and max(abs(low), abs(high)) < GREATEST
            return Kind.WHOLE if whole else Kind.DECIMAL
        case Date():
            return Kind.DAY
        case _:
            return Kind.TEXT


def _whole(value: Scalar) -> int | None:
    """A whole number as itself, and a code that is one as it is printed."""
    if isinstance(value, str):
        plain = value.isascii() and value.isdigit() and len(value) < len(str(GREATEST))
        return int(value) if plain and str(int(value)) == value else None
    return value if isinstance(value, int) and abs(value) < GREATEST else None


def _day(value: Scalar) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def batches(rows: Iterator[list[Typed]], size: int) -> Iterator[list[list[Typed]]]:
    """So many rows at a time."""
    batch: list[list[Typed]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
