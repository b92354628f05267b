"""A picture as rectangles, lines, shapes and words in pixels: what is left is to draw them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from backend.results.charts.lettering import BODY, SMALL, TITLE, clipped, flowing, width, wrapped
from backend.results.charts.palette import (
    GRID,
    INK,
    OUTLINE,
    PAPER,
    QUIET_INK,
    fill,
    ink_on,
)
from backend.results.charts.picture import (
    Bars,
    Body,
    Line,
    Listing,
    Picture,
    Point,
    Row,
    Shade,
    Surface,
    Tone,
)

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


def blocks(picture: Picture) -> Iterator[Block]:
    """A picture from top to bottom, without what is empty."""
    every = (_head(picture), _legend(picture.legend), *map(_body, picture.body), _foot(picture))
    yield from (block for block in every if block.height)


def _body(body: Body) -> Block:
    match body:
        case Bars():
            return _bars(body)
        case Line():
            return _line(body)
        case Surface():
            return _surface(body)
        case Listing():
            return _listing(body)


# --- words around ------------------------------------------------------------------------------
def _head(picture: Picture) -> Block:
    block = Block()
    for line in wrapped(picture.title, INNER, TITLE, bold=True):
        block.texts.append(Text(0, block.height + 10, line, TITLE, bold=True))
        block.height += 20
    _paragraph(block, picture.subtitle)
    return block


def _foot(picture: Picture) -> Block:
    block = Block()
    for line in picture.foot:
        _paragraph(block, line)
    return block


def _paragraph(block: Block, text: str) -> None:
    for line in wrapped(text, INNER, SMALL):
        block.texts.append(Text(0, block.height + 9, line, SMALL, QUIET_INK))
        block.height += 16


SWATCH, GAP, ENTRY = 16, 12, 18


def _legend(entries: Sequence[tuple[Shade, str]]) -> Block:
    texts = [clipped(text, INNER - SWATCH - 6, SMALL) for _, text in entries]
    widths = [SWATCH + 5 + width(text, SMALL) for text in texts]
    block = Block()
    for (shade, _), text, (x, line) in zip(
        entries, texts, flowing(widths, INNER, GAP), strict=True
    ):
        y = line * ENTRY
        block.boxes.append(Box(x, y + 3, x + SWATCH, y + 15, fill(shade), outlined=True))
        block.texts.append(Text(x + SWATCH + 5, y + 9, text))
        block.height = y + ENTRY
    return block


# --- bars --------------------------------------------------------------------------------------
ROW, BAR = 40, 15
"""Heights of a row, and of the bar in it under its words."""

ENDS = 44
"""Room for the numbers beside a bar."""

AXIS = 20


def _bars(bars: Bars) -> Block:
    ends = ENDS if any(row.left or row.right for row in bars.rows) else 0
    span = (bars.high - bars.low) or 1.0

    def x(share: float) -> float:
        return round(ends + (share - bars.low) / span * (INNER - 2 * ends), 1)

    block = Block(height=len(bars.rows) * ROW + AXIS)
    bottom = len(bars.rows) * ROW
    for tick in ticks(bars.low, bars.high):
        colour = OUTLINE if tick == 0 else GRID
        block.strokes.append(Stroke(x(tick), 0, x(tick), bottom, colour))
        block.texts.append(_tick(x(tick), bottom + 10, tick))
    for n, row in enumerate(bars.rows):
        _row(block, row, n * ROW)
        for piece in row.pieces:
            left, right = sorted((x(piece.start), x(piece.end)))
            top = n * ROW + 20
            shape = Box(left, top, right, top + BAR, fill(piece.shade), outlined=True)
            block.boxes.append(shape)
    return block


def _row(block: Block, row: Row, y: float) -> None:
    room = INNER - width(row.value, SMALL) - 8
    label = clipped(row.label, room, BODY)
    block.texts.append(Text(0, y + 11, label, BODY, halo=True))
    block.texts.append(Text(INNER, y + 11, row.value, SMALL, align="right", halo=True))
    middle = y + 20 + BAR / 2
    if row.left:
        block.texts.append(Text(ENDS - 6, middle, row.left, SMALL, align="right"))
    if row.right:
        block.texts.append(Text(INNER - ENDS + 6, middle, row.right, SMALL))


def ticks(low: float, high: float) -> list[float]:
    """Round shares on an axis, 0 among them."""
    reach = max(high, -low)
    for step in (1, 2, 5, 10, 20, 25, 50, 100):
        if reach / step <= (2 if low < 0 else 4):
            break
    first = -int(-low // step) * step
    return [float(tick) for tick in range(first, int(high // step) * step + 1, step)]


def _tick(x: float, y: float, share: float) -> Text:
    """Without a sign: to the left is more of something, too."""
    text = f"{abs(share):.0f}\N{NO-BREAK SPACE}%"
    half = width(text, SMALL) / 2
    return Text(min(max(x, half), INNER - half), y, text, SMALL, QUIET_INK, "center")


# --- a line over time --------------------------------------------------------------------------
PLOT, LEFT, TOP, LABELS = 190, 40, 14, 34


def _line(line: Line) -> Block:
    block = Block(height=TOP + PLOT + LABELS)
    step = (INNER - LEFT) / max(len(line.points), 1)

    def y(share: float) -> float:
        return round(TOP + PLOT * (1 - share / line.high), 1)

    for tick in ticks(0, line.high):
        block.strokes.append(Stroke(LEFT, y(tick), INNER, y(tick)))
        text = f"{tick:.0f}\N{NO-BREAK SPACE}%"
        block.texts.append(Text(LEFT - 6, y(tick), text, SMALL, QUIET_INK, "right"))
    run: list[tuple[float, float, float, float]] = []
    for n, point in enumerate(line.points):
        middle = round(LEFT + (n + 0.5) * step, 1)
        if point.share is None or point.low is None or point.high is None:
            around = (LEFT + n * step + 1, TOP, LEFT + (n + 1) * step - 1, TOP + PLOT)
            block.boxes.append(Box(*around, fill(Shade(Tone.WITHHELD))))
            block.runs.append(Run(tuple(run)))
            run = []
            continue
        run.append((middle, y(point.share), y(point.low), y(point.high)))
        block.dots.append(Dot(middle, y(point.share), hollow=not point.sure))
        if point.mark:
            half = width(point.mark, SMALL) / 2
            at = min(max(middle, LEFT + half), INNER - half)
            near = [
                other.high
                for m, other in enumerate(line.points)
                if other.high is not None and abs(LEFT + (m + 0.5) * step - at) < half + 6
            ]
            above = y(max(near)) - 9  # above the bands beside it, too
            block.texts.append(Text(at, max(above, 7), point.mark, align="center", halo=True))
    block.runs.append(Run(tuple(run)))
    block.runs = [one for one in block.runs if one.points]
    _periods(block, line.points, step)
    return block


def _periods(block: Block, points: Sequence[Point], step: float) -> None:
    """Labels under the axis, as many as fit."""
    widest = max((width(p.label.split("\n")[0], SMALL) for p in points), default=0.0)
    every = max(1, -int(-(widest + 6) // step))
    for n, point in enumerate(points):
        if n % every and "\n" not in point.label:
            continue
        x = LEFT + (n + 0.5) * step
        for row, text in enumerate(point.label.split("\n")):
            if n % every and row == 0:
                continue
            half = width(text, SMALL) / 2
            at = min(max(x, half), INNER - half)
            y = TOP + PLOT + 10 + row * 15
            block.texts.append(Text(at, y, text, SMALL, QUIET_INK, "center"))


# --- a map -------------------------------------------------------------------------------------
def _surface(surface: Surface) -> Block:
    block = Block(height=surface.height, surface=surface)
    for patch in surface.patches:
        colour = ink_on(patch.shade)
        patterned = patch.shade.tone in (Tone.WITHHELD, Tone.UNSURE)
        x, y = patch.at
        for n, mark in enumerate(patch.marks):
            line = y + (n - (len(patch.marks) - 1) / 2) * 15
            if patterned:
                half = width(mark, SMALL) / 2 + 2
                block.boxes.append(Box(x - half, line - 8, x + half, line + 8, PAPER))
            block.texts.append(Text(x, line, mark, SMALL, colour, "center"))
    return block


def _listing(listing: Listing) -> Block:
    block = Block()
    for left, right in listing.lines:
        room = INNER - width(right, SMALL) - 8
        block.texts.append(Text(0, block.height + 9, clipped(left, room, SMALL), SMALL))
        block.texts.append(Text(INNER, block.height + 9, right, SMALL, align="right"))
        block.height += 18
    return block
