"""What is drawn, as data: it knows no library, and is the same for a page and for a chat."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

DRAWING = 1
"""Counts up when the drawing itself changes: pictures kept from before are then drawn anew."""


class Kind(StrEnum):
    """The charts there are."""

    DISTRIBUTION = "distribution"
    GROUPS = "groups"
    TREND = "trend"
    MAP = "map"


class Tone(StrEnum):
    """What a surface means; `of` counts shades from the outermost or darkest."""

    NEGATIVE = "negative"
    POSITIVE = "positive"
    PLAIN = "plain"
    NEUTRAL = "neutral"
    SILENT = "silent"
    STEP = "step"
    WITHHELD = "withheld"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Shade:
    """A tone; where there are several of it, the `place`-th (from 0, the darkest) of `of`."""

    tone: Tone
    place: int = 0
    of: int = 1


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a bar, from one share to another in per cent; left of the middle is below 0."""

    start: float
    end: float
    shade: Shade


@dataclass(frozen=True, slots=True)
class Row:
    """A bar with the words over it (`label` to the left, `value` to the right) and beside it."""

    label: str
    value: str
    pieces: tuple[Piece, ...]
    left: str = ""
    right: str = ""


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars on one axis, from `low` (0, or below 0 left of a middle line) to `high`."""

    rows: tuple[Row, ...]
    low: float
    high: float
    type: Literal["bars"] = "bars"


@dataclass(frozen=True, slots=True)
class Point:
    """A period: its share with the band around it, in per cent; all None where nothing was made
    public. `mark` is said at the point."""

    label: str
    share: float | None = None
    low: float | None = None
    high: float | None = None
    mark: str = ""
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """Periods in order, all of one length, on an axis from 0 to `high` per cent."""

    points: tuple[Point, ...]
    high: float
    type: Literal["line"] = "line"


Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Patch:
    """An area as it lies in the picture: polygons of rings in pixels, outer ones first and wound
    against their holes; what is written in it, where there is room."""

    polygons: tuple[tuple[Ring, ...], ...]
    shade: Shade
    marks: tuple[str, ...] = ()
    at: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Surface:
    """A map of that many pixels, drawn in the order of its patches."""

    patches: tuple[Patch, ...]
    width: float
    height: float
    type: Literal["surface"] = "surface"


@dataclass(frozen=True, slots=True)
class Listing:
    """Lines of words: one to the left, one to the right."""

    lines: tuple[tuple[str, str], ...]
    type: Literal["listing"] = "listing"


Body = Bars | Line | Surface | Listing


@dataclass(frozen=True, slots=True)
class Table:
    """The same in words and numbers, for everybody."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart or map. `alternative` says in words what it shows."""

    kind: Kind
    title: str
    subtitle: str
    legend: tuple[tuple[Shade, str], ...]
    body: tuple[Body, ...]
    foot: tuple[str, ...]
    table: Table
    alternative: str

    def digest(self) -> str:
        """The same for the same picture, drawn by the same program."""
        return hashlib.sha256(f"{DRAWING}{self!r}".encode()).hexdigest()[:32]
