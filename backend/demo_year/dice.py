"""Chance that repeats itself: the same seed throws the same, on any machine and any Python."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from math import cos, log, pi, sqrt
from typing import TypeVar

T = TypeVar("T")

_BYTES = 8
_SCALE = 1 / (1 << 8 * _BYTES)


class Dice:
    """Throws that follow from a seed: digests of the seed and a count."""

    def __init__(self, *seed: object) -> None:
        self._seed = "\0".join(map(str, seed)).encode()
        self._block = 0
        self._rest = b""

    def share(self) -> float:
        """Evenly from [0, 1)."""
        if not self._rest:
            self._rest = blake2b(self._seed + b"\0%d" % self._block).digest()
            self._block += 1
        number, self._rest = self._rest[:_BYTES], self._rest[_BYTES:]
        return min(int.from_bytes(number) * _SCALE, 1 - 1e-12)

    def happens(self, probability: float) -> bool:
        """Whether something that likely happens."""
        return self.share() < probability

    def between(self, low: float, high: float) -> float:
        """Evenly from [low, high)."""
        return low + (high - low) * self.share()

    def among(self, things: Sequence[T]) -> T:
        """One of them, each as likely."""
        return things[int(self.share() * len(things))]

    def weighted(self, weights: Mapping[T, float]) -> T:
        """One of the keys, as likely as its weight says."""
        left = self.share() * sum(weights.values())
        for thing, weight in weights.items():
            left -= weight
            if left < 0:
                return thing
        return next(reversed(list(weights)))

    def normal(self) -> float:
        """From the standard normal distribution (Box and Muller's transform)."""
        return sqrt(-2 * log(1 - self.share())) * cos(2 * pi * self.share())

    def logistic(self) -> float:
        """From the standard logistic distribution (by its quantile function)."""
        share = min(max(self.share(), 1e-9), 1 - 1e-9)
        return log(share / (1 - share))
