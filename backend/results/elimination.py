"""Elimination after Gauss and Jordan over a finite field: many equations of few figures each."""

from collections import defaultdict
from collections.abc import Collection

PRIME = (1 << 61) - 1
"""Coefficients are -1, 0 and 1: a pivot vanishes modulo this prime in no table we could meet."""

Row = dict[int, int]
"""Coefficients by the number of a figure, none of them 0."""


class Elimination:
    """Rows reduced so far: each has 1 at its pivot, the figure it begins with, which is in no other
    row. A figure that is among `sums` is a pivot before others: what is left then are single cells.

    It is known which rows a figure is in, so that a row is compared only with those it meets.
    """

    def __init__(self, sums: Collection[int]) -> None:
        self.rows: list[Row] = []
        self._sums = sums
        self._pivots: dict[int, int] = {}
        self._within: dict[int, set[int]] = defaultdict(set)

    def add(self, row: Row) -> None:
        """Adds a row; nothing if those that are there say it already."""
        for place in sorted(self._pivots[key] for key in row if key in self._pivots):
            other = self.rows[place]
            _subtract(row, other, row[next(iter(other))])
        if not row:
            return
        pivot = next((key for key in row if key in self._sums), next(iter(row)))
        leading = row.pop(pivot)
        inverse = pow(leading, -1, PRIME)
        row = {pivot: 1, **{key: n * inverse % PRIME for key, n in row.items()}}
        for place in self._within.pop(pivot, ()):
            self._clear(place, pivot, row)
        self._pivots[pivot] = len(self.rows)
        for key in row:
            self._within[key].add(len(self.rows))
        self.rows.append(row)

    def _clear(self, place: int, pivot: int, row: Row) -> None:
        """Takes the pivot out of an earlier row."""
        other = self.rows[place]
        _subtract(other, row, other[pivot])
        for key in row:
            if key in other:
                self._within[key].add(place)
            elif key != pivot:
                self._within[key].discard(place)


def _subtract(row: Row, other: Row, times: int) -> None:
    """Takes `other` so many times from `row`."""
    for key, n in other.items():
        left = (row.get(key, 0) - times * n) % PRIME
        if left:
            row[key] = left
        else:
            row.pop(key, None)
