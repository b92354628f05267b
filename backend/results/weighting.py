"""Weights that bring a sample to known margins, and what they cost in precision.

Sources: raking as iterative post-stratification (Deming and Stephan 1940); Kish 1965, effective
sample size and design effect (statistics facts, B5).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LEAST_ANSWERS = 100
"""Below this nothing is weighted."""

GREATEST_EFFECT = 3.0
"""A larger design effect is not worth what it costs."""

MOST_ROUNDS, STOP = 100, 1e-6

Cell = tuple[str, ...]


class NotRakedError(Exception):
    """The margins cannot be met; the message says which group is the reason."""


@dataclass(frozen=True, slots=True)
class Weighted:
    """A weight for every cell, with a mean of 1 over the sample."""

    weights: Mapping[Cell, float]
    effective: float
    effect: float


def rake(
    counts: Mapping[tuple[str, ...], int],
    margins: Sequence[Mapping[str, float]],
    cap: float | None = None,
) -> Weighted:
    """Weights by cell so that each dimension has its margin (shares that sum to 1).

    `counts` are answers by cell, one group a dimension; `cap` is the greatest weight as a multiple
    of the mean. Raises NotRakedError where a group with a share has no answers.
    """
    total = sum(counts.values())
    weights = dict.fromkeys((cell for cell, n in counts.items() if n), 1.0)
    for dimension, margin in enumerate(margins):
        lacking = [g for g, share in margin.items() if share and not _of(counts, dimension, g)]
        if lacking:
            raise NotRakedError(f"no answers of {', '.join(lacking)}: join it to another")
    for _ in range(MOST_ROUNDS):
        before = dict(weights)
        for dimension, margin in enumerate(margins):
            _adjust(weights, counts, dimension, margin, total)
        if cap is not None:
            weights = {cell: min(weight, cap) for cell, weight in weights.items()}
        if all(abs(weights[cell] / before[cell] - 1) < STOP for cell in weights):
            break
    effective, effect = kish([w for cell, w in weights.items() for _ in range(counts[cell])])
    return Weighted(weights, effective, effect)


def kish(weights: Sequence[float]) -> tuple[float, float]:
    """The effective sample size (sum of weights, squared, by the sum of their squares) and the
    design effect. Raises ValueError without weights."""
    if not weights:
        raise ValueError("needs weights")
    effective = sum(weights) ** 2 / sum(w * w for w in weights)
    return effective, len(weights) / effective


def _of(counts: Mapping[Cell, float], dimension: int, group: str) -> float:
    return sum(n for cell, n in counts.items() if cell[dimension] == group)


def _adjust(
    weights: dict[Cell, float],
    counts: Mapping[tuple[str, ...], int],
    dimension: int,
    margin: Mapping[str, float],
    total: int,
) -> None:
    weighted = {cell: weights[cell] * counts[cell] for cell in weights}
    for group, share in margin.items():
        have = _of(weighted, dimension, group)
        if have:
            for cell in weights:
                if cell[dimension] == group:
                    weights[cell] *= share * total / have
