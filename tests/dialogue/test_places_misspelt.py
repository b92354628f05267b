"""How well misspelt names of areas are read: bounds on what `python -m benchmarks places` shows."""

import pytest

from benchmarks.places import Town, alike, measure, strangers, towns

TOWNS = list(towns())


@pytest.mark.parametrize("town", TOWNS, ids=lambda town: town.name)
def test_a_misspelt_name_is_found_or_asked_and_hardly_ever_taken_for_another(town: Town) -> None:
    shares = measure(town)
    assert shares.replies > 300
    assert shares.wrong <= 0.5, shares.examples
    assert shares.found + shares.asked >= 95
    assert shares.found >= 75


@pytest.mark.parametrize("town", TOWNS, ids=lambda town: town.name)
def test_no_other_place_is_taken_for_an_area(town: Town) -> None:
    assert strangers(town).wrong == 0, strangers(town).examples


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_bounds_do_not_hang_on_one_draw(seed: int) -> None:
    assert measure(alike(200, 50), seed).wrong <= 0.5
