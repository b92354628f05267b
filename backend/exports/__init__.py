"""A survey as files: microdata for those who may have it, published figures for others; with
codebook and methodology note. Every format is one function over one row iterator."""

from backend.exports.arrow import StatisticsMissingError
from backend.exports.audit import note_export
from backend.exports.codebook import codebook
from backend.exports.formats import (
    FORMATS,
    SHORTEST_KEY,
    FormatUnknownError,
    KeyTooShortError,
    export,
)
from backend.exports.methodology import methodology

__all__ = [
    "FORMATS",
    "SHORTEST_KEY",
    "FormatUnknownError",
    "KeyTooShortError",
    "StatisticsMissingError",
    "codebook",
    "export",
    "methodology",
    "note_export",
]
