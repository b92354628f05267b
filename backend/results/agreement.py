"""How far coders agree who labelled the same answers: pure arithmetic.

What is looked at are pairs of labels on the same answer. Values are nominal: two are the same or
they are not.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Pair:
    """What two coders gave to the same answers, so many `times`, on each of which there are so many
    `labels` in all. `first` comes before `second` in one order of all coders."""

    first: str
    second: str
    values: tuple[Hashable, Hashable]
    labels: int = 2
    times: int = 1

    @property
    def agrees(self) -> bool:
        """Whether both gave the same."""
        return self.values[0] == self.values[1]


@dataclass(frozen=True, slots=True)
class Agreement:
    """`units` were labelled by at least two coders; `percent` is the share of pairs of labels that
    agree, in percent with one decimal. `kappa` is Cohen's, where there are exactly two coders;
    `alpha` Krippendorff's. A figure is None where it is not defined: no unit, or one value only."""

    units: int
    coders: int
    percent: float | None
    kappa: float | None
    alpha: float | None


def agreement(pairs: Sequence[Pair]) -> Agreement:
    """All figures of these pairs."""
    coders = {coder for pair in pairs for coder in (pair.first, pair.second)}
    observed = percent_agreement(pairs)
    return Agreement(
        units=round(sum(2 * pair.times / (pair.labels * (pair.labels - 1)) for pair in pairs)),
        coders=len(coders),
        percent=None if observed is None else round(100 * observed, 1),
        kappa=_rounded(cohen_kappa(pairs)) if len(coders) == 2 else None,
        alpha=_rounded(krippendorff_alpha(pairs)),
    )


def whether_given(pairs: Sequence[Pair], code: str) -> list[Pair]:
    """Pairs of several codes each, asked of one code: whether each coder gave it."""
    return [replace(pair, values=(_has(pair, 0, code), _has(pair, 1, code))) for pair in pairs]


def _has(pair: Pair, of: int, code: str) -> bool:
    codes = pair.values[of]
    return isinstance(codes, Collection) and code in codes


def percent_agreement(pairs: Sequence[Pair]) -> float | None:
    """The share of pairs of labels on the same unit that agree; None without a pair."""
    agreed = sum(pair.times for pair in pairs if pair.agrees)
    every = sum(pair.times for pair in pairs)
    return agreed / every if every else None


def cohen_kappa(pairs: Sequence[Pair]) -> float | None:
    """Cohen's kappa of what two coders gave to the same units: (po - pe) / (1 - pe), where pe is
    how often they would agree if each kept their own shares (Cohen, A Coefficient of Agreement for
    Nominal Scales, Educational and Psychological Measurement 20, 1960). None where pe is 1."""
    first: Counter[Hashable] = Counter()
    second: Counter[Hashable] = Counter()
    for pair in pairs:
        first[pair.values[0]] += pair.times
        second[pair.values[1]] += pair.times
    n = first.total()
    observed = sum(pair.times for pair in pairs if pair.agrees) * n
    expected = sum(first[value] * second[value] for value in first)
    return None if expected == n * n else (observed - expected) / (n * n - expected)


def krippendorff_alpha(pairs: Sequence[Pair]) -> float | None:
    """Krippendorff's alpha for nominal data, any number of coders, labels missing: 1 - Do / De over
    the coincidences of pairs within units, where a unit of m labels gives each of its pairs the
    weight 1 / (m - 1) (Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011). None where
    only one value was given."""
    totals: dict[Hashable, float] = defaultdict(float)
    disagreed = 0.0
    for pair in pairs:
        weight = pair.times / (pair.labels - 1)
        for value in pair.values:
            totals[value] += weight
        disagreed += 0 if pair.agrees else 2 * weight
    n = sum(totals.values())
    expected = sum(count * (n - count) for count in totals.values())
    return None if len(totals) < 2 else 1 - (n - 1) * disagreed / expected


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 4)
