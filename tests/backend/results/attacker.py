"""Somebody who has every publication of a survey and a solver, and wants the small figures.

What is known: each figure as it was renewed, with the publication it was renewed in; that a whole
is the sum of its parts at every publication; that nothing is negative and figures do not fall. A
figure is derived if the smallest and the largest value that fit all this are the same whole number.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import ceil, floor

import numpy
from scipy.optimize import linprog
from scipy.sparse import csr_array

from backend.results.frames import FigureKey
from backend.results.protection import Equation, Key

Known = Sequence[Mapping[FigureKey, int]]
"""What was renewed, by publication."""

CLOSE = 1e-6


class Attacker:
    """Works on the figures of some equations over all publications."""

    def __init__(self, equations: Iterable[Equation], known: Known) -> None:
        self.equations = [one for one in equations if not one.loose]
        keys = dict.fromkeys(k for e in self.equations for k in (e.whole, *e.parts))
        self.keys = {key: place for place, key in enumerate(keys)}
        self.times = len(known)
        self.matrix, self.right = self._knowledge(known)

    def _column(self, key: Key, time: int) -> int:
        return time * len(self.keys) + self.keys[key]

    def _knowledge(self, known: Known) -> tuple[csr_array, Sequence[float]]:
        """Unknown are the changes between publications, each at least nought."""
        rows: list[dict[int, float]] = []
        right: list[float] = []
        for time, renewed in enumerate(known):
            for one in self.equations:
                row = {self._column(part, time): 1.0 for part in one.parts}
                rows.append({**row, self._column(one.whole, time): -1.0})
                right.append(0)
            for key, n in renewed.items():
                if key in self.keys:
                    rows.append({self._column(key, past): 1.0 for past in range(time + 1)})
                    right.append(n)
        places = [(r, c, v) for r, row in enumerate(rows) for c, v in row.items()]
        at, columns, values = (numpy.array(part) for part in zip(*places, strict=True))
        shape = (len(rows), self.times * len(self.keys))
        return csr_array((values, (at, columns)), shape=shape), right

    def derives(self, wanted: Sequence[tuple[Key, int, int]]) -> int | None:
        """The value of a sum of changes (key, first publication, last), or None if several fit."""
        goal = numpy.zeros(self.times * len(self.keys))
        for key, first, last in wanted:
            for time in range(first, last + 1):
                goal[self._column(key, time)] = 1
        ends = []
        for sign in (1, -1):
            found = linprog(sign * goal, A_eq=self.matrix, b_eq=self.right, method="highs")
            if found.status == 3:
                return None
            assert found.status == 0, found.message
            ends.append(sign * found.fun)
        low, high = ceil(ends[0] - CLOSE), floor(ends[1] + CLOSE)
        return low if low == high else None


def small(
    truth: Sequence[Mapping[FigureKey, int]], threshold: int
) -> Iterator[tuple[FigureKey, int, int]]:
    """All figures and changes that nobody may learn: below the threshold (of changes, those of
    nobody are no secret where a figure itself is known)."""
    for time, figures in enumerate(truth):
        for key, n in figures.items():
            if n < threshold:
                yield key, 0, time
            before = truth[time - 1].get(key, 0) if time else n
            if 0 < n - before < threshold:
                yield key, time, time
