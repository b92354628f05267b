"""No cell below the threshold is shown, and none can be worked out."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.results.suppression import Published, publish, withhold, withhold_apart

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


KINDS = ("dont_know", "refused", "skipped", "not_coded")
SILENT = st.fixed_dictionaries(dict.fromkeys(KINDS, st.integers(0, 15)))


@pytest.mark.parametrize(
    ("counts", "silent", "published"),
    [
        ((15, 14), (0, 1, 0, 0), Published(30, True, frozenset("b"), True)),  # base 29 would tell
        ((15, 14), (12, 1, 0, 0), Published(29, False, frozenset(), True)),  # 13 are company
        ((15, 14), (10, 10, 10, 10), Published(29, False, frozenset(), False)),
        ((15, 14), (9, 10, 10, 10), Published(29, False, frozenset(), True)),
        ((15, 4), (0, 1, 0, 0), Published(20, True, frozenset("ab"), True)),  # 1 + 4 are not
        ((15, 9), (0, 1, 0, 0), Published(25, True, frozenset("b"), True)),  # 1 + 9 are
        ((10, 1), (0, 1, 0, 0), Published(None, True, frozenset("ab"), True)),  # 10 answered of 12
        ((9, 0), (0, 20, 0, 0), Published(None, False, frozenset("ab"), True)),
    ],
)
def test_what_is_published_at_ten(
    counts: tuple[int, ...], silent: tuple[int, ...], published: Published
) -> None:
    cells, kinds = dict(zip("ab", counts, strict=True)), dict(zip(KINDS, silent, strict=True))
    assert publish(cells, sum(counts), kinds, 10) == published


@given(TABLES, SILENT, THRESHOLDS)
def test_no_small_non_response_can_be_worked_out(
    counts: dict[str, int], kinds: dict[str, int], threshold: int
) -> None:
    base, unanswered = sum(counts.values()), sum(kinds.values())
    may = publish(counts, base, kinds, threshold)
    if all(n >= threshold for n in kinds.values()):
        return
    assert may.silent
    # Participation tells at most how many reached the question. What is shown is taken from it.
    told = sum(n for name, n in counts.items() if name not in may.gone)
    if may.n is not None and not may.reached:
        told = may.n
    assert base + unanswered - told >= min(threshold, base + unanswered)


def worlds(threshold: int, *, apart: bool) -> Iterator[tuple[tuple[int, ...], int, dict[str, int]]]:
    """Every small question: counts of three options, the base, two kinds of non-response."""
    most = 3 * threshold
    for counts in product(range(most), repeat=3):
        for base in range(max(counts), sum(counts) + 1) if apart else [sum(counts)]:
            for refused, skipped in product(range(most), repeat=2):
                if base + refused + skipped < most:
                    yield counts, base, {"refused": refused, "skipped": skipped}


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("threshold", [1, 2, 3])
def test_nor_by_somebody_who_knows_the_rules_and_how_many_reached_the_question(
    threshold: int, *, apart: bool
) -> None:
    seen: dict[tuple[int, Published, object, object], list[dict[str, int]]] = defaultdict(list)
    for counts, base, kinds in worlds(threshold, apart=apart):
        cells = dict(zip("abc", counts, strict=True))
        may = publish(cells, base, kinds, threshold, apart=apart)
        shown = tuple(None if name in may.gone else n for name, n in cells.items())
        open_kinds = None if may.silent else tuple(kinds.values())
        seen[base + sum(kinds.values()), may, shown, open_kinds].append(kinds)
    for (reached, _, _, _), alike in seen.items():
        for kind in ("refused", "skipped"):
            possible = {kinds[kind] for kinds in alike}
            if min(possible) < threshold:
                assert max(possible) - min(possible) + 1 >= min(threshold, reached + 1)
