"""A line over time in pixels: the band around it, hatched gaps, and numbers where there is room."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from backend.results.charts.elements import INNER, Block, Box, Dot, Run, Stroke, Text, ticks
from backend.results.charts.lettering import SMALL, width
from backend.results.charts.palette import QUIET_INK, fill
from backend.results.charts.picture import Line, Point, Shade, Tone

PLOT, LEFT, TOP, LABELS = 190, 40, 14, 34
"""Height of the plot; room for the numbers to the left of it, over it, and under it."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A point that has a figure: its middle, and where its share and its band are."""

    point: Point
    x: float
    y: float
    low: float
    high: float


def timeline(line: Line) -> Block:
    """The line's part of a picture."""
    block = Block(height=TOP + PLOT + LABELS)
    step = (INNER - LEFT) / max(len(line.points), 1)
    for tick in ticks(0, line.high):
        block.strokes.append(Stroke(LEFT, _y(tick, line), INNER, _y(tick, line)))
        text = f"{tick:.0f}\N{NO-BREAK SPACE}%"
        block.texts.append(Text(LEFT - 6, _y(tick, line), text, SMALL, QUIET_INK, "right"))
    every = [_placed(n, point, step, line) for n, point in enumerate(line.points)]
    at = 0
    for missing, some in groupby(every, lambda placed: placed is None):
        run = list(some)
        if missing:
            start, end = LEFT + at * step + 1, LEFT + (at + len(run)) * step - 1
            block.boxes.append(Box(start, TOP, end, TOP + PLOT, fill(Shade(Tone.WITHHELD))))
        else:
            points = ((p.x, p.y, p.low, p.high) for p in run if p is not None)
            block.runs.append(Run(tuple(points)))
        at += len(run)
    known = [placed for placed in every if placed is not None]
    block.dots += (Dot(p.x, p.y, hollow=not p.point.sure) for p in known)
    block.texts += _marks(known)
    block.texts += _periods(line.points, step)
    return block


def _y(share: float, line: Line) -> float:
    return round(TOP + PLOT * (1 - share / line.high), 1)


def _placed(n: int, point: Point, step: float, line: Line) -> _Placed | None:
    if point.share is None or point.low is None or point.high is None:
        return None
    x = round(LEFT + (n + 0.5) * step, 1)
    return _Placed(point, x, _y(point.share, line), _y(point.low, line), _y(point.high, line))


HALF_LINE = 9
"""Pixels from the middle of a line of words to what it must not touch."""


def _marks(known: Sequence[_Placed]) -> Iterator[Text]:
    """Numbers over or under the bands around them, the latest first; where neither is free, none:
    the table has them all."""
    taken: list[tuple[float, float, float]] = []
    for placed in reversed(known):
        mark = placed.point.mark
        half = width(mark, SMALL) / 2
        x = min(max(placed.x, LEFT + half), INNER - half)
        near = [other for other in known if abs(other.x - x) < half + 6]
        for y in (max(placed.high - HALF_LINE, 7.0), placed.low + HALF_LINE) if mark else ():
            clear = all(y <= other.high - HALF_LINE / 2 or y >= other.low for other in near)
            free = all(abs(x - tx) > half + th or abs(y - ty) > 15 for tx, ty, th in taken)
            if clear and free and y < TOP + PLOT:
                taken.append((x, y, half))
                yield Text(x, y, mark, align="center", halo=True)
                break


def _periods(points: Sequence[Point], step: float) -> Iterator[Text]:
    """Labels under the axis, as many as fit; every year that begins."""
    widest = max((width(p.label.split("\n")[0], SMALL) for p in points), default=0.0)
    every = max(1, -int(-(widest + 6) // step))
    for n, point in enumerate(points):
        for row, text in enumerate(point.label.split("\n")):
            if row == 0 and n % every:
                continue
            half = width(text, SMALL) / 2
            x = min(max(LEFT + (n + 0.5) * step, half), INNER - half)
            yield Text(x, TOP + PLOT + 10 + row * 15, text, SMALL, QUIET_INK, "center")
