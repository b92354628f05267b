"""Parquet: the wide table with types, with codebook and methodology note in its metadata."""

import json
from collections.abc import Mapping
from typing import Any, BinaryIO

from backend.exports.arrow import StatisticsMissingError, record_batches, schema
from backend.exports.codebook import codebook_header, codebook_lines
from backend.exports.methodology import methodology_of
from backend.exports.snapshot import Snapshot
from backend.exports.typed import fields, typed_row


def write_parquet(snapshot: Snapshot, out: BinaryIO) -> None:
    """One row a response. Numbers and codes are numbers, days are dates; residents' own words are
    `sealed`. Raises StatisticsMissingError before anything is written."""
    try:
        from pyarrow.parquet import ParquetWriter
    except ImportError:
        raise StatisticsMissingError("parquet") from None
    source = snapshot.source
    wanted = fields(source)
    described = schema(wanted).with_metadata(_notes(snapshot))
    rows = (typed_row(source, response, wanted) for response in snapshot.responses())
    with ParquetWriter(out, described, compression="zstd") as writer:
        for batch in record_batches(rows, described):
            writer.write_batch(batch)


def _notes(snapshot: Snapshot) -> Mapping[str, Any]:
    codebook = [
        dict(zip(codebook_header(snapshot.source), line, strict=True))
        for line in codebook_lines(snapshot.source)
    ]
    notes = {"codebook": codebook, "methodology": methodology_of(snapshot)}
    return {
        f"imbizo.{name}": json.dumps(note, ensure_ascii=False, sort_keys=True)
        for name, note in notes.items()
    }
