"""Intervals of a proportion, and of the difference of two."""

import math
from dataclasses import dataclass

Z95 = 1.959963985
"""The normal quantile of a 95 % interval (statistics facts, B1)."""

_TINY = 1e-300
_STEPS = 10_000


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`, both shares from 0 to 1 (or differences from -1 to 1)."""

    low: float
    high: float

    @property
    def width(self) -> float:
        """How far apart its ends are."""
        return self.high - self.low


def wilson(k: float, n: float, z: float = Z95) -> Interval:
    """The score interval of k of n. For weighted data n is the effective sample size and k is the
    share times that. Raises ValueError where k is not within 0 and n, or n is not positive.

    Source: Wilson 1927; recommended by Brown, Cai and DasGupta 2001 (statistics facts, B1).
    """
    if n <= 0 or not 0 <= k <= n:
        raise ValueError("needs 0 <= k <= n and n > 0")
    p, spread = k / n, z * z / n
    centre = (p + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(p * (1 - p) / n + spread / (4 * n))
    return Interval(max(0.0, centre - half), min(1.0, centre + half))


def sampling_margin(p: float, n: float, z: float = Z95) -> float:
    """Half the width of the normal interval of a simple random sample: to say what a figure would
    be worth had people been drawn, never printed beside volunteers (AAPOR)."""
    return z * math.sqrt(p * (1 - p) / n)


def exact(k: float, n: float, level: float = 0.95) -> Interval:
    """The interval of Clopper and Pearson (1934), which Korn and Graubard adapt to surveys by
    taking effective numbers for k and n. Raises ValueError as `wilson`."""
    if n <= 0 or not 0 <= k <= n:
        raise ValueError("needs 0 <= k <= n and n > 0")
    tail = (1 - level) / 2
    low = 0.0 if k == 0 else _beta_quantile(tail, k, n - k + 1)
    high = 1.0 if k == n else _beta_quantile(1 - tail, k + 1, n - k)
    return Interval(low, high)


def difference(k1: float, n1: float, k2: float, n2: float) -> Interval:
    """The interval of the second share less the first, of independent samples: square-and-add of
    two Wilson intervals. Source: Newcombe 1998, method 10."""
    first, second = wilson(k1, n1), wilson(k2, n2)
    p1, p2 = k1 / n1, k2 / n2
    below = math.hypot(p2 - second.low, first.high - p1)
    above = math.hypot(second.high - p2, p1 - first.low)
    return Interval(p2 - p1 - below, p2 - p1 + above)


def _beta_quantile(share: float, a: float, b: float) -> float:
    """Where the beta distribution reaches a share, by Newton's method kept between bounds."""
    low, high, x = 0.0, 1.0, a / (a + b)
    for _ in range(100):
        beyond = _beta_share(x, a, b) - share
        low, high = (low, x) if beyond > 0 else (x, high)
        after = x - beyond / max(_beta_density(x, a, b), _TINY)
        if not low < after < high:
            after = (low + high) / 2
        if abs(after - x) <= 1e-14:
            return after
        x = after
    return x


def _beta_density(x: float, a: float, b: float) -> float:
    return math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
        + (a - 1) * math.log(x) + (b - 1) * math.log1p(-x)
    )  # fmt: skip


def _beta_share(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by its continued fraction (Abramowitz and Stegun
    26.5.8), evaluated by Lentz's method."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):  # there it converges fast only from the other end
        return 1 - _beta_share(1 - x, b, a)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
        + a * math.log(x) + b * math.log1p(-x)
    )  # fmt: skip
    return front * _fraction(x, a, b) / a


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1 / _off_zero(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _off_zero(1 + term * d)
            c = _off_zero(1 + term / c)
            value *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return value


def _off_zero(x: float) -> float:
    return x if abs(x) > _TINY else _TINY
