"""The export formats: one function each over one snapshot. A new format is a function and an entry
here (contract, "Exports")."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import BinaryIO

from sqlalchemy import Engine

from backend.city_file import CityProfile
from backend.exports.flow_results import write_flow_results
from backend.exports.geojson import write_geojson
from backend.exports.hxl import write_hxl
from backend.exports.json_lines import write_json
from backend.exports.parquet import write_parquet
from backend.exports.snapshot import Snapshot, silent
from backend.exports.source import load
from backend.exports.spss import write_sav
from backend.exports.summary import write_summary
from backend.exports.tabular import write_long, write_wide
from backend.exports.workbook import write_xlsx
from backend.store.engine import one_moment
from backend.store.rotation import Progress

SHORTEST_KEY = 16
"""Characters an export's key has at least: who could guess it could undo the ids of a short list
of sessions."""


class FormatUnknownError(Exception):
    """There is no such format; the message lists those there are."""


class KeyTooShortError(Exception):
    """The export's key is too easily guessed."""


@dataclass(frozen=True, slots=True)
class Format:
    """How responses are written down. `microdata` tells of single responses, and is not for
    everybody; what is not, are published figures."""

    write: Callable[[Snapshot, BinaryIO], None]
    media_type: str
    suffix: str
    microdata: bool = True


CSV = "text/csv; charset=utf-8"
SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "csv": Format(write_wide, CSV, "csv"),
        "long": Format(write_long, CSV, "csv"),
        "xlsx": Format(write_xlsx, SHEETS, "xlsx"),
        "json": Format(write_json, "application/jsonl", "jsonl"),
        "geojson": Format(write_geojson, "application/geo+json", "geojson", microdata=False),
        "flow-results": Format(write_flow_results, "application/zip", "zip"),
        "hxl": Format(write_hxl, CSV, "csv"),
        "sav": Format(write_sav, "application/x-spss-sav", "sav"),
        "parquet": Format(write_parquet, "application/vnd.apache.parquet", "parquet"),
        "summary": Format(write_summary, CSV, "csv", microdata=False),
    }
)


def export(
    engine: Engine,
    profile: CityProfile,
    slug: str,
    format: str,
    key: str,
    out: BinaryIO,
    progress: Progress = silent,
) -> None:
    """Writes a survey to `out` in a format, row by row. The same data and key give the same bytes.

    Raises SurveyUnknownError, FormatUnknownError, KeyTooShortError or StatisticsMissingError before
    anything is written.
    """
    chosen = FORMATS.get(format)
    if chosen is None:
        raise FormatUnknownError(f"'{format}' is none of {', '.join(FORMATS)}")
    if len(key) < SHORTEST_KEY:
        raise KeyTooShortError(f"an export's key has at least {SHORTEST_KEY} characters")
    with one_moment(engine) as connection:
        source = load(connection, profile, slug, key)
        chosen.write(Snapshot(connection, source, progress), out)
