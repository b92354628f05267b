"""The export formats: one function each over the one row iterator. A new format is a function and
an entry here (contract, "Exports")."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TextIO

from sqlalchemy import Engine

from backend.city_file import CityProfile
from backend.exports.rows import Response, responses
from backend.exports.source import Source, load, one_moment
from backend.exports.tabular import write_long, write_wide

SHORTEST_KEY = 16
"""Characters an export's key has at least: who could guess it could undo the ids of a short list
of sessions."""


class FormatUnknownError(Exception):
    """There is no such format; the message lists those there are."""


class KeyTooShortError(Exception):
    """The export's key is too easily guessed."""


@dataclass(frozen=True, slots=True)
class Format:
    """How responses are written down."""

    write: Callable[[Source, Iterable[Response], TextIO], None]
    media_type: str
    suffix: str


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "csv": Format(write_wide, "text/csv; charset=utf-8", "csv"),
        "long": Format(write_long, "text/csv; charset=utf-8", "csv"),
    }
)


def export(
    engine: Engine, profile: CityProfile, slug: str, format: str, key: str, out: TextIO
) -> None:
    """Writes every response to a survey to `out` (opened as UTF-8 with newline=""), row by row.
    The same data and key give the same bytes.

    Raises SurveyUnknownError, FormatUnknownError or KeyTooShortError before anything is written.
    """
    chosen = FORMATS.get(format)
    if chosen is None:
        raise FormatUnknownError(f"'{format}' is none of {', '.join(FORMATS)}")
    if len(key) < SHORTEST_KEY:
        raise KeyTooShortError(f"an export's key has at least {SHORTEST_KEY} characters")
    with one_moment(engine) as connection:
        source = load(connection, profile, slug, key)
        chosen.write(source, responses(connection, source), out)
