"""Withheld cells of a table whose margins are known."""

from collections import deque
from collections.abc import Collection, Mapping

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backend.results.grid import Spot, bridges, withheld_spots

THRESHOLD = 10
UNKNOWN = "unknown"


def grid(*rows: tuple[int, ...]) -> dict[Spot, int]:
    """Rows a, b, …; columns 0, 1, …"""
    return {("abcdef"[r], str(c)): n for r, row in enumerate(rows) for c, n in enumerate(row)}


TABLES = st.integers(2, 5).flatmap(
    lambda wide: st.lists(
        st.tuples(*[st.integers(0, 12) | st.integers(0, 40)] * wide), min_size=2, max_size=5
    )
)


def forced_rows(counts: Mapping[Spot, int]) -> list[str]:
    """Rows that the results of all would withhold: the small, and a second where one is alone."""
    totals: dict[str, int] = {}
    for (row, _), n in counts.items():
        totals[row] = totals.get(row, 0) + n
    rising = sorted(totals, key=totals.__getitem__)
    small = [row for row in rising if totals[row] < THRESHOLD]
    return rising[: max(2, len(small))] if small else []


def can_differ(
    spot: Spot, counts: Mapping[Spot, int], gone: Collection[Spot], forced: Collection[str]
) -> bool:
    """Whether the cell could be one more or one less with all that is known: the cells shown, the
    totals of columns and of the rows that are not forced, and that no cell is below zero."""
    values = {cell: counts[cell] for cell in gone} | {(row, UNKNOWN): 99 for row in forced}
    row, column = (0, spot[0]), (1, spot[1])
    more = _reaches(column, row, spot, values)
    return more or (counts[spot] > 0 and _reaches(row, column, spot, values))


def _reaches(
    start: tuple[int, str], goal: tuple[int, str], but: Spot, values: Mapping[Spot, int]
) -> bool:
    """From a row one goes by a cell that grows, from a column by one that shrinks."""
    seen, waiting = {start}, deque([start])
    while waiting:
        side, name = waiting.popleft()
        for cell, n in values.items():
            if cell != but and cell[side] == name and (side == 0 or n > 0):
                across = (1 - side, cell[1 - side])
                if across not in seen:
                    seen.add(across)
                    waiting.append(across)
    return goal in seen


@given(TABLES)
def test_nothing_withheld_can_be_worked_out(rows: list[tuple[int, ...]]) -> None:
    counts = grid(*rows)
    columns = {column for _, column in counts}
    for column in columns:
        assume(sum(n for spot, n in counts.items() if spot[1] == column) >= THRESHOLD)
    forced = forced_rows(counts)
    gone = withheld_spots(counts, forced, THRESHOLD)
    for spot, n in counts.items():
        assert spot in gone or (n >= THRESHOLD and spot[0] not in forced)
    for spot in gone:
        assert can_differ(spot, counts, gone, forced), spot
    for side, names in ((0, {row for row, _ in counts} - set(forced)), (1, columns)):
        for name in names:
            hidden = [spot for spot in gone if spot[side] == name]
            assert not hidden or len(hidden) > 1
            assert not hidden or sum(counts[spot] for spot in hidden) >= THRESHOLD


def test_a_table_of_large_cells_is_shown_whole() -> None:
    assert withheld_spots(grid((10, 20), (30, 40)), (), THRESHOLD) == frozenset()


def test_one_small_cell_takes_three_more_with_it() -> None:
    counts = grid((3, 20, 50), (30, 40, 60), (15, 90, 70))
    gone = withheld_spots(counts, (), THRESHOLD)
    assert gone == {("a", "0"), ("a", "1"), ("c", "0"), ("c", "1")}


def test_two_pairs_with_one_cell_between_them_fix_that_cell() -> None:
    """Each line may have two cells withheld, and yet one of them be fixed by all totals."""
    pairs = [("a", "0"), ("a", "1"), ("b", "0"), ("b", "1")]
    others = [("c", "2"), ("c", "3"), ("d", "2"), ("d", "3")]
    assert list(bridges([*pairs, *others])) == []
    assert list(bridges([*pairs, ("b", "2"), *others])) == [("b", "2")]


def test_such_a_cell_takes_another_with_it() -> None:
    counts = grid((4, 6, 99, 99), (6, 7, 5, 99), (99, 99, 8, 9), (99, 99, 9, 4))
    gone = withheld_spots(counts, (), THRESHOLD)
    small = {spot for spot, n in counts.items() if n < THRESHOLD}
    assert list(bridges(list(small))) == [("b", "2")]
    assert gone > small
    assert list(bridges(list(gone))) == []


@pytest.mark.parametrize("forced", [(), ("a",), ("a", "b")])
def test_forced_rows_are_withheld_whole(forced: tuple[str, ...]) -> None:
    gone = withheld_spots(grid((50, 60), (70, 80), (90, 99)), forced, THRESHOLD)
    assert {spot for spot in gone if spot[0] in forced} == {
        (row, column) for row in forced for column in "01"
    }
