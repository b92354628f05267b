"""Where a point lies. All coordinates are made up, out at sea."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogue.answers.gazetteer import Gazetteer
from dialogue.answers.geometry import Polygon, Shape, shape
from dialogue.answers.places import Area, Found


def square(west: float, south: float, size: float = 1.0) -> Polygon:
    east, north = west + size, south + size
    ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return (ring,)


def made(*polygons: Polygon) -> Shape:
    found = shape(polygons)
    assert found is not None
    return found


RING = made((*square(0, 0, 3), *square(1, 1)))
"""A square with a hole in the middle."""


@pytest.mark.parametrize(
    ("point", "inside"),
    [((0.5, 0.5), True), ((1.5, 1.5), False), ((2.5, 1.5), True), ((3.5, 1.5), False)],
)
def test_a_hole_is_outside(point: tuple[float, float], inside: bool) -> None:
    assert RING.holds(point) is inside


def test_an_area_may_have_several_parts() -> None:
    two = made(square(0, 0), square(5, 5))
    assert [two.holds(p) for p in ((0.5, 0.5), (5.5, 5.5), (3, 3))] == [True, True, False]
    assert two.size == 36


@given(st.sampled_from([0.0, 0.25, 1.0, 1.5, 2.0]), st.sampled_from([0.0, 0.5, 1.0, 2.0]))
def test_a_point_on_a_border_belongs_to_one_neighbour_at_most(x: float, y: float) -> None:
    squares = [made(square(a, b)) for a in (0, 1) for b in (0, 1)]
    holding = sum(one.holds((x, y)) for one in squares)
    assert holding == (1 if x < 2 and y < 2 else 0)


def test_no_polygon_is_no_shape() -> None:
    assert shape(()) is None


def test_the_distance_is_that_to_the_nearest_border_in_metres() -> None:
    one = made(square(0, 60))
    south = one.metres_to((0.5, 59.999), 300)
    east = one.metres_to((1.001, 60.5), 300)
    corner = one.metres_to((1.001, 61.001), 300)
    assert south == pytest.approx(111, abs=1)
    assert east == pytest.approx(55, abs=1)  # a degree of longitude is half as long up there
    assert corner == pytest.approx(124, abs=2)
    assert one.metres_to((0.5, 59.99), 300) is None


def test_far_from_every_edge_though_near_the_box() -> None:
    corner = made((((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)),))
    assert corner.metres_to((0.9, 0.9), 300) is None


def test_an_edge_without_length_is_a_point() -> None:
    odd = made((((0.0, 0.0), (0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0)),))
    assert odd.metres_to((-0.001, 0.0), 300) == pytest.approx(111, abs=1)


# --- a shared place ------------------------------------------------------------------------------
TOWN = Gazetteer(
    [
        Area("A", "Whole", shape=made(square(0, 0, 2))),
        Area("B", "Part", parent="A", shape=made(square(0, 0))),
        Area("C", "Apart", shape=made(square(5, 0))),
        Area("D", "Over", shape=made(square(5.5, 0))),
        Area("E", "Camp", informal=True),
    ]
)


@pytest.mark.parametrize(
    ("latitude", "longitude", "found"),
    [
        (0.5, 0.5, Found(("B",), "pin", True)),
        (1.5, 1.5, Found(("A",), "pin", True)),
        (0.5, 5.7, Found(("C", "D"), "pin")),
        (0.5, 2.001, Found(("A",), "pin nearby", True)),
        (0.5, 2.01, Found()),
        (float("nan"), 0.5, Found()),
    ],
)
def test_a_point_is_in_the_innermost_area_or_beside_a_near_one(
    latitude: float, longitude: float, found: Found
) -> None:
    assert TOWN.locate(latitude, longitude) == found
