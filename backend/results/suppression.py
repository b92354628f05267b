"""Which figures may be shown (contract: no published cell below the city's threshold).

A withheld cell must not be worked out from what is shown: the total of a table is known, so that a
lone withheld cell is total minus the rest, and several that sum below the threshold are, together,
one small cell. Then the next smallest cell is withheld too (statistics facts, B2).

What this does not guard against yet: sums across questions (the base of a question asked after one
option is at most that option's count), and two results compared over time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Withheld:
    """In place of a figure. It looks the same whether the figure is small or protects another."""

    reason: str
    withheld: Literal[True] = True


Figure = int | Withheld


def withhold(counts: Mapping[str, int], threshold: int) -> frozenset[str]:
    """Cells of one table to be withheld; every respondent is in exactly one of them and their
    total is known.

    No cell that stays is below the threshold. If any is withheld, at least two are, and together
    they reach the threshold; only where the whole table does not reach it, all of it is withheld.
    """
    order = {name: place for place, name in enumerate(counts)}
    rising = sorted(counts, key=lambda name: (counts[name], order[name]))
    gone = [name for name in rising if counts[name] < threshold]
    rest = rising[len(gone) :]
    while gone and rest and (len(gone) < 2 or sum(counts[name] for name in gone) < threshold):
        gone.append(rest.pop(0))
    return frozenset(gone)


def withhold_apart(counts: Mapping[str, int], base: int, threshold: int) -> frozenset[str]:
    """Cells to be withheld where a respondent may be in several: each is a table of its own, of
    those in it and those not."""
    return frozenset(
        name for name, n in counts.items() if withhold({"in": n, "out": base - n}, threshold)
    )


def withheld(threshold: int) -> Withheld:
    """What stands in a withheld cell."""
    return Withheld(f"fewer than {threshold}")


def shown(count: int, gone: bool, threshold: int) -> Figure:
    """The figure, or what stands in its place."""
    return withheld(threshold) if gone else count
