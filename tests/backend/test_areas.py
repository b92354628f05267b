"""Areas of a city file. All of them are made up."""

from typing import Any

import pytest

from backend.areas import area_faults, known_shape, read_shape
from backend.city_file import AreaEntry, read_city
from backend.demo import CITIES, profile_faults

SQUARE = [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]


def polygon(coordinates: Any, kind: str = "Polygon") -> dict[str, Any]:
    return {"type": kind, "coordinates": coordinates}


def area(code: str, name: str, *aliases: str, **more: Any) -> AreaEntry:
    return AreaEntry(code=code, name=name, aliases=aliases, **more)


def told(*areas: AreaEntry) -> list[str]:
    return [str(fault) for fault in area_faults(areas, {"stop", "help"})]


def test_a_polygon_several_and_none() -> None:
    one = read_shape(polygon(SQUARE))
    several = read_shape(polygon([SQUARE, SQUARE], "MultiPolygon"))
    assert one is not None
    assert several is not None
    assert (len(one.polygons), len(several.polygons)) == (1, 2)
    assert read_shape(None) is None
    assert read_shape(polygon([], "MultiPolygon")) is None


@pytest.mark.parametrize(
    ("geometry", "what"),
    [
        (polygon([1, 2], "Point"), "neither a Polygon"),
        (polygon(None), "without a ring"),
        (polygon([[1, 2, 3, 1]]), "lists of rings"),
        (polygon([]), "without a ring"),
        (polygon([[[0, 0], [1, 0], [1, 1], [0, 1]]]), "not closed"),
        (polygon([[[0, 0], [1, 0], [0, 0]]]), "not closed"),
        (polygon([[[0, 0], [1, 0], [0, 0], [0, 0]]]), "without a surface"),
        (polygon([[["a", 0], [1, 0], [1, 1], ["a", 0]]]), "no pair of numbers"),
        (polygon([[[0], [1, 0], [1, 1], [0]]]), "no pair of numbers"),
        (polygon([[[0, 91], [1, 0], [1, 1], [0, 91]]]), "not on earth"),
        (polygon([[[0, float("nan")], [1, 0], [1, 1], [0, 0]]]), "not on earth"),
    ],
)
def test_a_broken_polygon_is_refused_and_counts_as_none_once_loaded(
    geometry: dict[str, Any], what: str
) -> None:
    with pytest.raises(ValueError, match=what):
        read_shape(geometry)
    assert known_shape(geometry) is None
    assert len(told(area("A", "Hilltop", geometry=geometry))) == 1


def test_names_that_no_reply_can_tell_apart_are_a_fault_unless_the_parent_differs() -> None:
    faults = told(area("A", "Hill Top"), area("B", "Corner", "HILL-TOP"))
    assert len(faults) == 1
    assert "also a name of A" in faults[0]
    assert told(area("A", "Hilltop", parent="N"), area("B", "Hilltop", parent="S")) == []
    assert told(area("A", "Hilltop", "hilltop")) == []


def test_a_name_that_is_a_command_is_a_fault() -> None:
    assert "is a command" in told(area("A", "Hilltop", "Stop"))[0]


def test_parents_may_be_nested_but_not_in_a_circle() -> None:
    assert told(area("A", "One", parent="B"), area("B", "Two", parent="Far Away")) == []
    assert len(told(area("A", "One", parent="B"), area("B", "Two", parent="A"))) == 2
    circle = [area("A", "One", parent="B"), area("B", "Two", parent="C")]
    assert len(told(*circle, area("C", "Three", parent="B"))) == 2
    assert len(told(area("A", "One", parent="A"))) == 1


def test_a_demo_city_has_shapes_and_an_informal_settlement_without() -> None:
    for folder in sorted(path.parent for path in CITIES.glob("*/city.toml")):
        places = read_city(folder).places()
        assert sum(one.shape is None for one in places) == 1
        assert all(one.informal for one in places if one.shape is None)


def test_a_city_whose_areas_are_alike_is_not_loaded() -> None:
    profile = read_city(CITIES / "demo-za")
    alike = profile.model_copy(update={"areas": (*profile.areas, area("W99", "Old Harbour"))})
    assert any("also a name of W01" in str(fault) for fault in profile_faults(alike, []))
