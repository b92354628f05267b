"""Where a point lies: even-odd rule over polygons with holes, and distance in metres.

Coordinates stand as in GeoJSON: longitude first. Borders are half open, so that a point on the line
between two neighbours belongs to exactly one of them, always the same.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import cos, hypot, radians

Point = tuple[float, float]
Ring = tuple[Point, ...]
Polygon = tuple[Ring, ...]

METRES_A_DEGREE = 111_320.0
"""Of latitude; of longitude as well, at the equator."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The polygons of one area, and the box around them (west, south, east, north)."""

    polygons: tuple[Polygon, ...]
    box: tuple[float, float, float, float]

    @property
    def size(self) -> float:
        """The box's surface in square degrees: to tell a part from the whole."""
        west, south, east, north = self.box
        return (east - west) * (north - south)

    def holds(self, point: Point) -> bool:
        """Whether the point is inside a polygon and in none of its holes."""
        x, y = point
        west, south, east, north = self.box
        if not (west <= x <= east and south <= y <= north):
            return False
        return any(sum(_crossings(ring, x, y) for ring in p) % 2 for p in self.polygons)

    def metres_to(self, point: Point, most: float) -> float | None:
        """How far the nearest border is; None if farther than `most`."""
        x, y = point
        wide = METRES_A_DEGREE * max(cos(radians(y)), 0.01)
        west, south, east, north = self.box
        aside = max(west - x, x - east, 0.0) * wide
        if hypot(aside, max(south - y, y - north, 0.0) * METRES_A_DEGREE) > most:
            return None
        edges = (edge for polygon in self.polygons for ring in polygon for edge in pairwise(ring))
        plain = (
            (
                (ax - x) * wide,
                (ay - y) * METRES_A_DEGREE,
                (bx - x) * wide,
                (by - y) * METRES_A_DEGREE,
            )
            for (ax, ay), (bx, by) in edges
        )
        nearest = min(_to_origin(*edge) for edge in plain)
        return nearest if nearest <= most else None


def shape(polygons: tuple[Polygon, ...]) -> Shape | None:
    """The polygons with their box; None without any."""
    points = [point for polygon in polygons for ring in polygon for point in ring]
    if not points:
        return None
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return Shape(polygons, (min(xs), min(ys), max(xs), max(ys)))


def _crossings(ring: Ring, x: float, y: float) -> int:
    """How many edges a ray to the east meets."""
    return sum(
        (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax
        for (ax, ay), (bx, by) in pairwise(ring)
    )


def _to_origin(ax: float, ay: float, bx: float, by: float) -> float:
    """Distance of a line from a to b to the origin."""
    dx, dy = bx - ax, by - ay
    length = dx * dx + dy * dy
    along = 0.0 if length == 0 else min(1.0, max(0.0, -(ax * dx + ay * dy) / length))
    return hypot(ax + along * dx, ay + along * dy)
