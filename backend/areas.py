"""Areas of a city file: GeoJSON geometry to a shape, and what is wrong with a list of areas."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from math import isfinite
from typing import Any, Protocol

from dialogue.answers.geometry import Point, Polygon, Ring, Shape, shape
from dialogue.answers.normalise import fold
from dialogue.answers.place_names import tokens
from dialogue.faults import Fault


class Entry(Protocol):
    """An area, as far as it is checked here."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def parent(self) -> str | None: ...
    @property
    def aliases(self) -> tuple[str, ...]: ...
    @property
    def geometry(self) -> Mapping[str, Any] | None: ...


def read_shape(geometry: Mapping[str, Any] | None) -> Shape | None:
    """The shape of a GeoJSON Polygon or MultiPolygon; None for none. Raises ValueError."""
    if geometry is None:
        return None
    kind, parts = geometry.get("type"), geometry.get("coordinates")
    if kind not in ("Polygon", "MultiPolygon"):
        raise ValueError("is neither a Polygon nor a MultiPolygon")
    try:
        polygons = [parts] if kind == "Polygon" else list(parts or ())
        return shape(tuple(_polygon(polygon) for polygon in polygons))
    except TypeError as error:
        raise ValueError("needs lists of rings of points") from error


def known_shape(geometry: Mapping[str, Any] | None) -> Shape | None:
    """The same of what is loaded already: a broken polygon counts as none."""
    try:
        return read_shape(geometry)
    except ValueError:
        return None


def area_faults(areas: Sequence[Entry], commands: Collection[str]) -> tuple[Fault, ...]:
    """Names that no reply can tell apart, names that are commands, parents that lead nowhere and
    broken polygons."""
    return tuple(
        fault
        for check in (_twins, lambda found: _commands(found, commands), _parents, _polygons)
        for fault in check(areas)
    )


def _twins(areas: Sequence[Entry]) -> Iterator[Fault]:
    taken: dict[tuple[str | None, str], int] = {}
    for n, area in enumerate(areas):
        for name in (area.name, *area.aliases):
            other = taken.setdefault((area.parent, "".join(tokens(name))), n)
            if other != n:
                yield Fault(f"areas[{n}]", f"'{name}' is also a name of {areas[other].code}")


def _commands(areas: Sequence[Entry], commands: Collection[str]) -> Iterator[Fault]:
    for n, area in enumerate(areas):
        for name in (area.name, *area.aliases):
            if fold(name) in commands:
                yield Fault(f"areas[{n}]", f"'{name}' is a command")


def _parents(areas: Sequence[Entry]) -> Iterator[Fault]:
    parent = {area.code: area.parent for area in areas}
    for n, area in enumerate(areas):
        above, seen = area.parent, {area.code}
        while above in parent and above not in seen:
            seen.add(above)
            above = parent[above]
        if above == area.code:
            yield Fault(f"areas[{n}].parent", "leads back to the area itself")


def _polygons(areas: Sequence[Entry]) -> Iterator[Fault]:
    for n, area in enumerate(areas):
        try:
            read_shape(area.geometry)
        except ValueError as error:
            yield Fault(f"areas[{n}].geometry", str(error))


def _polygon(rings: Any) -> Polygon:
    if not rings:
        raise ValueError("has a polygon without a ring")
    return tuple(_ring(ring) for ring in rings)


def _ring(points: Any) -> Ring:
    ring = tuple(_point(point) for point in points)
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise ValueError("has a ring that is not closed or has fewer than four points")
    if len(set(ring)) < 3:
        raise ValueError("has a ring without a surface")
    return ring


def _point(numbers: Any) -> Point:
    if len(numbers) < 2 or not all(isinstance(n, int | float) for n in numbers[:2]):
        raise ValueError("has a point that is no pair of numbers")
    x, y = float(numbers[0]), float(numbers[1])
    if not (isfinite(x) and abs(x) <= 180 and isfinite(y) and abs(y) <= 90):
        raise ValueError("has a point that is not on earth (longitude comes first)")
    return x, y
