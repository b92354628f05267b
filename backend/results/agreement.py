"""How far coders agree who labelled the same answers: pure arithmetic.

A unit is what coders gave to one answer, by coder; who did not label it is left out. Values are
nominal: two are the same or they are not.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

Unit = Mapping[str, Hashable]


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


def agreement(units: Sequence[Unit]) -> Agreement:
    """All figures of these units, those of one coder left out."""
    shared = [unit for unit in units if len(unit) > 1]
    coders = sorted({coder for unit in shared for coder in unit})
    observed = percent_agreement(shared)
    pairs = [(unit[coders[0]], unit[coders[1]]) for unit in shared] if len(coders) == 2 else []
    return Agreement(
        units=len(shared),
        coders=len(coders),
        percent=None if observed is None else round(100 * observed, 1),
        kappa=_rounded(cohen_kappa(pairs)),
        alpha=_rounded(krippendorff_alpha(shared)),
    )


def whether_given(units: Sequence[Mapping[str, Collection[str]]], code: str) -> list[Unit]:
    """Units of several codes each, asked of one code: whether each coder gave it."""
    return [{coder: code in codes for coder, codes in unit.items()} for unit in units]


def percent_agreement(units: Sequence[Unit]) -> float | None:
    """The share of pairs of labels on the same unit that agree; None without a pair."""
    agreed = [a == b for unit in units for a, b in combinations(unit.values(), 2)]
    return sum(agreed) / len(agreed) if agreed else None


def cohen_kappa(pairs: Sequence[tuple[Hashable, Hashable]]) -> float | None:
    """Cohen's kappa of what two coders gave to the same units: (po - pe) / (1 - pe), where pe is
    how often they would agree if each kept their own shares (Cohen, A Coefficient of Agreement for
    Nominal Scales, Educational and Psychological Measurement 20, 1960). None where pe is 1."""
    n = len(pairs)
    if n == 0:
        return None
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    observed = sum(a == b for a, b in pairs) * n
    expected = sum(first[value] * second[value] for value in first)
    return None if expected == n * n else (observed - expected) / (n * n - expected)


def krippendorff_alpha(units: Sequence[Unit]) -> float | None:
    """Krippendorff's alpha for nominal data, any number of coders, labels missing: 1 - Do / De over
    the coincidences of pairs within units (Krippendorff, Computing Krippendorff's Alpha-
    Reliability, 2011). None where only one value was given."""
    totals: Counter[Hashable] = Counter()
    disagreed = 0.0
    for unit in units:
        counts = Counter(unit.values())
        of_unit = counts.total()
        if of_unit < 2:
            continue
        totals += counts
        disagreed += sum(n * (of_unit - n) for n in counts.values()) / (of_unit - 1)
    n = totals.total()
    expected = sum(count * (n - count) for count in totals.values())
    return None if expected == 0 else 1 - (n - 1) * disagreed / expected


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 4)
