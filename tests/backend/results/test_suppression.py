"""No cell below the threshold is shown, and none can be worked out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.results.suppression import withhold, withhold_apart

TABLES = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 40), min_size=1, max_size=8)
THRESHOLDS = st.integers(1, 20)


@pytest.mark.parametrize(
    ("counts", "gone"),
    [
        ({"a": 50, "b": 30, "c": 20}, ""),
        ({"a": 50, "b": 30, "c": 9}, "bc"),  # a lone one: the next smallest with it
        ({"a": 50, "b": 30, "c": 4, "d": 5}, "bcd"),  # 4 + 5 is below 10
        ({"a": 50, "b": 30, "c": 5, "d": 5}, "cd"),  # 5 + 5 is not
        ({"a": 50, "b": 0, "c": 0}, "abc"),  # zero is a small cell too
        ({"a": 9}, "a"),
        ({"a": 10}, ""),
        ({"a": 5, "b": 4}, "ab"),
        ({}, ""),
    ],
)
def test_what_is_withheld_at_ten(counts: dict[str, int], gone: str) -> None:
    assert withhold(counts, 10) == set(gone)


def test_of_equal_cells_the_first_is_withheld() -> None:
    assert withhold({"a": 20, "b": 20, "c": 1}, 10) == {"a", "c"}


@given(TABLES, THRESHOLDS)
def test_no_shown_cell_is_below_the_threshold(counts: dict[str, int], threshold: int) -> None:
    gone = withhold(counts, threshold)
    assert all(n >= threshold for name, n in counts.items() if name not in gone)


@given(TABLES, THRESHOLDS)
def test_what_is_withheld_hides_in_company(counts: dict[str, int], threshold: int) -> None:
    gone = withhold(counts, threshold)
    total = sum(counts.values())
    if gone and total >= threshold:
        derivable = total - sum(n for name, n in counts.items() if name not in gone)
        assert len(gone) >= 2
        assert derivable >= threshold
    elif gone:
        assert gone == counts.keys()


@given(TABLES, THRESHOLDS)
def test_nothing_is_withheld_without_need(counts: dict[str, int], threshold: int) -> None:
    gone = withhold(counts, threshold)
    assert bool(gone) == any(n < threshold for n in counts.values())
    needless = max((counts[name] for name in gone), default=0)
    if needless >= threshold:
        rest = sorted(counts[name] for name in gone)[:-1]
        assert len(rest) < 2 or sum(rest) < threshold


@given(TABLES, THRESHOLDS, st.integers(0, 40))
def test_apart_both_those_in_a_cell_and_those_not_are_many(
    counts: dict[str, int], threshold: int, more: int
) -> None:
    base = max(counts.values()) + more
    gone = withhold_apart(counts, base, threshold)
    for name, n in counts.items():
        assert (name in gone) == (n < threshold or base - n < threshold)
