"""Whether a value moved: a test, not just a line.

The tests take two samples as drawn at random and apart from each other. Respondents selected
themselves, so that they help to tell chance from change and prove nothing (AAPOR 2016: method and
assumption are stated). As INEGI does with ENSU, only a significant change is called one.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from backend.results.indicators.values import Value
from backend.results.intervals import Z95, Interval, difference

LEVEL = 0.05
"""Below this (after Holm's correction) a change is called one."""

Verdict = Literal["up", "down", "no change that could not be chance"]

ASSUMPTION = (
    "A change is called one where a two-sided score test of two independent proportions is below"
    " 5 %, after Holm's correction over the groups looked at together. The test takes respondents"
    " as drawn at random in each period; they selected themselves, and may be others than before."
    " It helps to tell chance from change and proves nothing."
)
"""What must be said beside every test."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The later value less the earlier, with a 95 % interval and a two-sided p."""

    by: float
    around: Interval
    p: float


def between(earlier: Value, later: Value) -> Difference:
    """Two shares: Newcombe's interval (1998, method 10) and the score test with the pooled share.
    Means: normal, with the standard errors of the values."""
    by = later.share - earlier.share
    if earlier.positive is not None and later.positive is not None:
        around = difference(earlier.positive, earlier.n, later.positive, later.n)
        pooled = (earlier.positive + later.positive) / (earlier.n + later.n)
        error = math.sqrt(pooled * (1 - pooled) * (1 / earlier.n + 1 / later.n))
    else:
        error = math.hypot(earlier.error, later.error)
        around = Interval(max(-1.0, by - Z95 * error), min(1.0, by + Z95 * error))
    return Difference(by, around, two_sided(by, error))


def two_sided(by: float, error: float) -> float:
    """How likely so large a difference is by chance, were there none; 1 where nothing varies."""
    return math.erfc(abs(by) / error / math.sqrt(2)) if error else 1.0


def below(k: int, n: int, expected: float) -> float:
    """How likely so small a share of n is by chance, were the true one as expected: one-sided
    score test. Raises ValueError where `expected` is no share between 0 and 1."""
    if not 0 < expected < 1:
        raise ValueError("needs an expected share between 0 and 1")
    error = math.sqrt(expected * (1 - expected) / n)
    return 0.5 * math.erfc((expected - k / n) / error / math.sqrt(2))


def holm(p: Sequence[float]) -> list[float]:
    """Each p corrected for having looked at all of them. Source: Holm 1979, step down."""
    order = sorted(range(len(p)), key=lambda n: p[n])
    corrected = [1.0] * len(p)
    least = 0.0
    for place, n in enumerate(order):
        least = max(least, min(1.0, (len(p) - place) * p[n]))
        corrected[n] = least
    return corrected


def verdict(by: float, p: float, level: float = LEVEL) -> Verdict:
    """A change in words."""
    if p >= level:
        return "no change that could not be chance"
    return "up" if by > 0 else "down"
