"""What elimination finds to be fixed is what plain arithmetic with fractions finds."""

from collections.abc import Sequence
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as some

from backend.results.elimination import PRIME, Elimination

FIGURES = 7
EQUATIONS = some.lists(
    some.lists(some.sampled_from((-1, 0, 0, 1)), min_size=FIGURES, max_size=FIGURES), max_size=9
)


def reduced(equations: Sequence[Sequence[int]]) -> list[list[Fraction]]:
    """The reduced row echelon form, as in a textbook."""
    rows = [[Fraction(n) for n in row] for row in equations]
    done = 0
    for column in range(FIGURES):
        place = next((n for n in range(done, len(rows)) if rows[n][column]), None)
        if place is None:
            continue
        rows[done], rows[place] = rows[place], rows[done]
        rows[done] = [n / rows[done][column] for n in rows[done]]
        for n in range(len(rows)):
            if n != done:
                times = rows[n][column]
                rows[n] = [a - times * b for a, b in zip(rows[n], rows[done], strict=True)]
        done += 1
    return rows[:done]


@given(EQUATIONS, some.sets(some.integers(0, FIGURES - 1)))
def test_the_same_figures_are_fixed(equations: list[list[int]], sums: set[int]) -> None:
    found = Elimination(sums)
    for row in equations:
        found.add({key: n % PRIME for key, n in enumerate(row) if n})
    plain = reduced(equations)
    fixed = {
        next(n for n, one in enumerate(row) if one) for row in plain if sum(map(bool, row)) == 1
    }
    assert len(found.rows) == len(plain)
    assert {key for row in found.rows if len(row) == 1 for key in row} == fixed


@given(EQUATIONS, some.sets(some.integers(0, FIGURES - 1)))
def test_a_pivot_is_in_its_own_row_only(equations: list[list[int]], sums: set[int]) -> None:
    found = Elimination(sums)
    for row in equations:
        found.add({key: n % PRIME for key, n in enumerate(row) if n})
    pivots = [next(iter(row)) for row in found.rows]
    for pivot, of in zip(pivots, found.rows, strict=True):
        assert of[pivot] == 1
        assert [row for row in found.rows if pivot in row] == [of]
        assert all(of.values())
