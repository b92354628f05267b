"""Whether an estimated share is reliable enough to be printed.

Source: NCHS Data Presentation Standards for Proportions (Parker and others, 2017), in the order in
which CDC's surveytable applies them (statistics facts, B2).
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from backend.results.intervals import Interval, exact

LEAST_EFFECTIVE = 30
NARROW, WIDE, WIDEST_RELATIVE = 0.05, 0.30, 1.30
LEAST_FREEDOM = 8


class Verdict(StrEnum):
    """What to do with a share, and why."""

    SHOW = "show"
    TOO_FEW = "too few answers"
    TOO_WIDE = "interval too wide"
    TOO_WIDE_FOR_ITS_SIZE = "interval too wide beside the share"


@dataclass(frozen=True, slots=True)
class Presentation:
    """`footnote`: the complement's interval is too wide. `review`: a statistician should look."""

    verdict: Verdict
    interval: Interval
    footnote: bool = False
    review: bool = False

    @property
    def shown(self) -> bool:
        """Whether the share may be printed."""
        return self.verdict is Verdict.SHOW


@lru_cache(maxsize=100_000)
def present(p: float, n: int, error: float | None = None, freedom: float = 999) -> Presentation:
    """Judges a share p of n answers with a standard `error` (None: of a simple random sample) on
    so many degrees of `freedom`. Raises ValueError where p is not within 0 and 1, or n is 0."""
    if not 0 <= p <= 1:
        raise ValueError("needs a share from 0 to 1")
    effective = _effective(p, n, error)
    interval = exact(p * effective, effective)
    if p in (0, 1):
        interval = Interval(p, p)
    verdict = _verdict(p, effective, interval.width)
    return Presentation(
        verdict,
        interval,
        footnote=p < 1 and interval.width / (1 - p) > WIDEST_RELATIVE,
        review=freedom < LEAST_FREEDOM or p in (0, 1),
    )


def _effective(p: float, n: int, error: float | None) -> float:
    """The effective sample size: at most n; n itself for 0 and 100 %."""
    if error is None or error == 0 or p in (0, 1):
        return n
    return min(float(n), p * (1 - p) / error**2)


def _verdict(p: float, effective: float, width: float) -> Verdict:
    if effective < LEAST_EFFECTIVE:
        return Verdict.TOO_FEW
    if width <= NARROW:
        return Verdict.SHOW
    if width >= WIDE:
        return Verdict.TOO_WIDE
    return Verdict.TOO_WIDE_FOR_ITS_SIZE if width / p > WIDEST_RELATIVE else Verdict.SHOW
