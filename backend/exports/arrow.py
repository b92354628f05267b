"""Tables of Arrow, written a batch of rows at a time."""

from collections.abc import Iterator, Sequence
from typing import Any

from backend.exports.typed import Field, Kind, Typed, batches

ROWS = 5_000
"""Rows of a batch: what is in memory at once."""


class StatisticsMissingError(Exception):
    """The libraries of the extra `statistics` are not installed; the message says how to get
    them."""

    def __init__(self, format: str) -> None:
        super().__init__(
            f"the format '{format}' needs more libraries: pip install 'imbizo[statistics]'"
        )


def schema(fields: Sequence[Field], text: Any = None) -> Any:
    """The Arrow schema of these fields; texts are strings unless another type is given."""
    import pyarrow as pa

    types = {
        Kind.TEXT: text or pa.string(),
        Kind.WHOLE: pa.int64(),
        Kind.DECIMAL: pa.float64(),
        Kind.DAY: pa.date32(),
    }
    return pa.schema([pa.field(field.name, types[field.kind]) for field in fields])


def record_batches(rows: Iterator[list[Typed]], schema: Any) -> Iterator[Any]:
    """The rows as record batches."""
    import pyarrow as pa

    for batch in batches(rows, ROWS):
        held = zip(*batch, strict=True)
        arrays = [pa.array(values, of) for values, of in zip(held, schema.types, strict=True)]
        yield pa.record_batch(arrays, schema=schema)
