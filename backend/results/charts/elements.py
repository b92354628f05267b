"""What a picture is made of once everything has its place, in pixels from the top left."""

from dataclasses import dataclass, field
from typing import Literal

from backend.results.charts.lettering import SMALL, width
from backend.results.charts.palette import GRID, INK, QUIET_INK
from backend.results.charts.picture import Surface

WIDTH, PADDING = 360, 12
INNER = WIDTH - 2 * PADDING

Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Text:
    """Words in one line; y is that of its middle."""

    x: float
    y: float
    text: str
    size: int = SMALL
    colour: str = INK
    align: Align = "left"
    bold: bool = False
    halo: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle."""

    x: float
    y: float
    x2: float
    y2: float
    fill: str
    outlined: bool = False


@dataclass(frozen=True, slots=True)
class Stroke:
    """A straight line."""

    x: float
    y: float
    x2: float
    y2: float
    colour: str = GRID


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of a line; `hollow` where it is unsure."""

    x: float
    y: float
    hollow: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """Points that follow each other without a gap, with the band around them: x, y, low, high."""

    points: tuple[tuple[float, float, float, float], ...]


@dataclass(slots=True)
class Block:
    """Part of a picture, INNER wide. `surface` is a map's."""

    height: float = 0.0
    boxes: list[Box] = field(default_factory=list)
    strokes: list[Stroke] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    dots: list[Dot] = field(default_factory=list)
    surface: Surface | None = None


# --- axes --------------------------------------------------------------------------------------
def ticks(low: float, high: float) -> list[float]:
    """Round shares on an axis, 0 among them."""
    reach = max(high, -low)
    for step in (1, 2, 5, 10, 20, 25, 50, 100):
        if reach / step <= (2 if low < 0 else 4):
            break
    first = -int(-low // step) * step
    return [float(tick) for tick in range(first, int(high // step) * step + 1, step)]


def tick_text(x: float, y: float, share: float) -> Text:
    """Without a sign: to the left is more of something, too."""
    text = f"{abs(share):.0f}\N{NO-BREAK SPACE}%"
    half = width(text, SMALL) / 2
    return Text(min(max(x, half), INNER - half), y, text, SMALL, QUIET_INK, "center")
