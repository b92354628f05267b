"""From areas' polygons to pixels: an even projection, true in the middle of the city."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, radians

from backend.results.charts.picture import Ring
from dialogue.answers.geometry import Shape

WIDE, HIGH = 336.0, 420.0
"""The room there is, in pixels."""

EDGE = 2.0
"""Room for the line around the outermost."""

FINE = 0.6
"""Pixels: points nearer to the one before are left out."""

SPECK = 3.0
"""Pixels of an area that is too small to be seen: no area is missing."""

Polygons = tuple[tuple[Ring, ...], ...]


@dataclass(frozen=True, slots=True)
class Laid:
    """Shapes as they lie in a picture of that many pixels."""

    polygons: Mapping[str, Polygons]
    width: float
    height: float


def lay(shapes: Mapping[str, Shape]) -> Laid:
    """All shapes in one frame, north up, none outside of it. Outer rings run one way round and
    holes the other, however they came, so that a hole is one for whoever fills it."""
    if not shapes:
        return Laid({}, WIDE, 0.0)
    boxes = [shape.box for shape in shapes.values()]
    west, south = min(box[0] for box in boxes), min(box[1] for box in boxes)
    east, north = max(box[2] for box in boxes), max(box[3] for box in boxes)
    narrow = max(cos(radians((south + north) / 2)), 0.01)
    across, down = max((east - west) * narrow, 1e-9), max(north - south, 1e-9)
    scale = min((WIDE - 2 * EDGE) / across, (HIGH - 2 * EDGE) / down)
    aside = (WIDE - across * scale) / 2

    def place(point: tuple[float, float]) -> tuple[float, float]:
        x = aside + (point[0] - west) * narrow * scale
        y = EDGE + (north - point[1]) * scale
        return round(x, 1), round(y, 1)

    laid = {
        code: tuple(
            _polygon([[place(point) for point in ring] for ring in polygon])
            for polygon in one.polygons
        )
        for code, one in shapes.items()
    }
    return Laid(laid, WIDE, round(down * scale + 2 * EDGE, 1))


def _polygon(rings: Sequence[Sequence[tuple[float, float]]]) -> tuple[Ring, ...]:
    """Outer ring and holes; one too small to be seen is a speck, a hole like that is none."""
    outer, *holes = (_thinned(ring) for ring in rings)
    if not signed_area(outer):
        return (_speck(outer[0]),)
    kept = [_wound(hole, outer=False) for hole in holes if signed_area(hole)]
    return (_wound(outer, outer=True), *kept)


def _thinned(points: Sequence[tuple[float, float]]) -> Ring:
    kept: list[tuple[float, float]] = []
    for point in points:
        if not kept or max(abs(point[0] - kept[-1][0]), abs(point[1] - kept[-1][1])) >= FINE:
            kept.append(point)
    if kept[0] != kept[-1]:
        kept.append(kept[0])
    return tuple(kept)


def _speck(at: tuple[float, float]) -> Ring:
    x, y = max(at[0] - SPECK / 2, 0.0), max(at[1] - SPECK / 2, 0.0)
    right, bottom = x + SPECK, y + SPECK
    return ((x, y), (right, y), (right, bottom), (x, bottom), (x, y))


def signed_area(ring: Ring) -> float:
    """Above 0 where a ring runs clockwise on a screen, whose y grows downward."""
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairwise(ring)) / 2


def _wound(ring: Ring, *, outer: bool) -> Ring:
    return ring if (signed_area(ring) > 0) == outer else tuple(reversed(ring))


def surface(polygons: Polygons) -> float:
    """Square pixels, without holes."""
    return sum(signed_area(ring) for polygon in polygons for ring in polygon)


def room(polygons: Polygons) -> tuple[tuple[float, float], float]:
    """The middle of the widest stretch inside the largest part, and how wide it is: where words
    may stand."""
    best: tuple[float, float, float] = (0.0, 0.0, 0.0)
    largest = max(polygons, key=lambda polygon: abs(signed_area(polygon[0])))
    ys = [y for _, y in largest[0]]
    low, high = min(ys), max(ys)
    for part in (0.5, 0.42, 0.58, 0.35, 0.65, 0.27, 0.73):
        y = low + part * (high - low) + 0.013
        for start, end in _stretches(largest, y):
            if end - start > best[2] * 1.15:  # the middle, unless it is much wider elsewhere
                best = ((start + end) / 2, y, end - start)
    return (round(best[0], 1), round(best[1], 1)), best[2]


def _stretches(polygon: Sequence[Ring], y: float) -> Iterator[tuple[float, float]]:
    """Where a level line is inside (even-odd)."""
    crossed = sorted(
        ax + (y - ay) * (bx - ax) / (by - ay)
        for ring in polygon
        for (ax, ay), (bx, by) in pairwise(ring)
        if (ay > y) != (by > y)
    )
    yield from zip(crossed[::2], crossed[1::2], strict=False)
