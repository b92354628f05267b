"""Agreement between coders, against figures that others have published."""

from collections.abc import Hashable, Mapping, Sequence
from itertools import combinations

import pytest

from backend.results.agreement import (
    Pair,
    agreement,
    cohen_kappa,
    krippendorff_alpha,
    percent_agreement,
    whether_given,
)

Table = Sequence[Sequence[int]]


def pairs(table: Table) -> list[Pair]:
    """What two coders gave, from how often each pair of values came."""
    return [
        Pair("a", "b", (first, second), times=n)
        for first, row in enumerate(table)
        for second, n in enumerate(row)
        if n
    ]


def units(*given: Mapping[str, Hashable]) -> list[Pair]:
    """The pairs of units, each with what its coders gave."""
    return [
        Pair(one, two, (unit[one], unit[two]), len(unit))
        for unit in given
        for one, two in combinations(sorted(unit), 2)
    ]


def rows(*observers: str) -> list[Pair]:
    """Pairs from a row of values an observer; a dot is none."""
    names = "ABCD"
    return units(
        *(
            {name: value for name, value in zip(names, column, strict=False) if value != "."}
            for column in zip(*observers, strict=True)
        )
    )


KAPPA = [
    # Landis & Koch, Biometrics 33 (1977): patients of Winnipeg and New Orleans; as R's vcd has it.
    ([[38, 5, 0, 1], [33, 11, 3, 0], [10, 14, 5, 6], [3, 7, 3, 10]], 0.2079),
    ([[5, 3, 0, 0], [3, 11, 4, 0], [2, 13, 3, 4], [1, 2, 4, 14]], 0.2965),
    # Hout, Duncan & Sobel (1987), in Agresti's Categorical Data Analysis.
    ([[7, 7, 2, 3], [2, 8, 3, 7], [1, 5, 4, 9], [2, 8, 9, 14]], 0.1293),
    # Gwet, Handbook of Inter-Rater Reliability (4th edition, 2014).
    ([[75, 1, 4], [5, 4, 1], [0, 0, 10]], 0.6765),
    # Gwet (2008), the paradox: hardly any disagreement, and less than chance.
    ([[118, 5], [2, 0]], -0.0234),
]


@pytest.mark.parametrize(("table", "kappa"), KAPPA)
def test_cohens_kappa(table: Table, kappa: float) -> None:
    assert cohen_kappa(pairs(table)) == pytest.approx(kappa, abs=0.00006)


ALPHA = [
    # Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), sections A, B and C.
    (rows("0100000010", "1110010000"), 0.095),
    (rows("aabbdcccedda", "babbbccceddd"), 0.692),
    (rows("123321412...", "1233224125..", ".33323422513", "12332441251."), 0.743),
    # Gwet (2014) and (2008), as above.
    (pairs([[75, 1, 4], [5, 4, 1], [0, 0, 10]]), 0.6769),
    (pairs([[118, 5], [2, 0]]), -0.0247),
]


@pytest.mark.parametrize(("of", "alpha"), ALPHA)
def test_krippendorffs_alpha(of: Sequence[Pair], alpha: float) -> None:
    assert krippendorff_alpha(of) == pytest.approx(alpha, abs=0.0006)


def test_percent_agreement() -> None:
    assert percent_agreement(pairs([[75, 1, 4], [5, 4, 1], [0, 0, 10]])) == pytest.approx(0.89)
    assert percent_agreement(rows("1", "1", "2")) == pytest.approx(1 / 3)
    assert percent_agreement(units({"a": 1})) is None


def test_what_is_not_defined_is_no_figure() -> None:
    """All the same value: nobody can tell whether the coders would notice another."""
    same = pairs([[10, 0], [0, 0]])
    found = agreement(same)
    assert (found.percent, found.kappa, found.alpha) == (100.0, None, None)
    nothing = agreement(units({"a": 1}))
    assert (nothing.units, nothing.coders) == (0, 0)
    assert (nothing.percent, nothing.kappa, nothing.alpha) == (None, None, None)


def test_all_figures_at_once() -> None:
    two = agreement(pairs([[75, 1, 4], [5, 4, 1], [0, 0, 10]]))
    assert (two.units, two.coders, two.percent) == (100, 2, 89.0)
    assert (two.kappa, two.alpha) == (0.6765, 0.6769)
    several = agreement(rows("12", "12", "1."))
    assert (several.coders, several.percent, several.kappa, several.alpha) == (3, 100.0, None, 1.0)


def test_each_code_is_a_question_of_its_own() -> None:
    given = units({"a": ("x", "y"), "b": ("x",)}, {"a": ("y",), "b": ("y",)})
    assert whether_given(given, "x") == units({"a": True, "b": True}, {"a": False, "b": False})
    assert agreement(whether_given(given, "x")).kappa == 1.0
    assert agreement(whether_given(given, "y")).percent == 50.0


def test_units_are_counted_by_their_pairs() -> None:
    of_three = agreement(
        units({"a": 1, "b": 1, "c": 2}, {"a": 1, "b": 1, "c": 1}, {"a": 2, "c": 2})
    )
    assert (of_three.units, of_three.coders) == (3, 3)
    assert of_three.percent == round(100 * 5 / 7, 1)
