"""Which figures may be shown (contract: no published cell below the city's threshold).

A withheld cell must not be worked out from what is shown: the total of a table is known, so that a
lone withheld cell is total minus the rest, and several that sum below the threshold are, together,
one small cell. Then the next smallest cell is withheld too (statistics facts, B2).

Those who reached a question are one table too: its answers and the kinds of non-response. How many
reached it can be known from participation, so that an exact base tells how many did not answer.
Three rules, made so that knowing them does not help either (`publish`):

* if one kind of non-response is below the threshold, all kinds are withheld;
* if all kinds together are below it, the base counts them in ("reached"), the last option in the
  order of the survey is withheld whatever its count, and further ones before it until those
  withheld reach the threshold. Choosing the smallest option would tell that it is at most the
  smallest shown, and so how many did not answer;
* if moreover fewer than twice the threshold less one reached the question, nothing is shown: that
  the threshold answered would leave too few numbers for those who did not.

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


@dataclass(frozen=True, slots=True)
class Published:
    """What may be shown of a question. `n` is whom the percentages are of: those who answered or,
    if `reached`, all who reached the question; None where nothing is shown. `gone` are the cells
    withheld, `silent` says that all non-response is."""

    n: int | None
    reached: bool
    gone: frozenset[str]
    silent: bool


def publish(
    counts: Mapping[str, int],
    base: int,
    non_response: Mapping[str, int],
    threshold: int,
    *,
    apart: bool = False,
) -> Published:
    """What may be shown of the cells of a question that `base` respondents answered."""
    silent = any(n < threshold for n in non_response.values())
    unanswered = sum(non_response.values())
    reached = base + unanswered
    mixed = silent and unanswered < threshold
    if base < threshold or (mixed and reached < 2 * threshold - 1):
        return Published(None, mixed, frozenset(counts), True)
    if mixed:
        gone = _withhold_mixed(counts, reached, unanswered, threshold, apart=apart)
        return Published(reached, True, gone, True)
    if apart:
        return Published(base, False, withhold_apart(counts, base, threshold), silent)
    return Published(base, False, withhold(counts, threshold), silent)


def _withhold_mixed(
    counts: Mapping[str, int], reached: int, unanswered: int, threshold: int, *, apart: bool
) -> frozenset[str]:
    """Cells to be withheld where the base hides a small non-response."""
    last = frozenset(list(counts)[-1:])
    if apart:
        # As if as many as can be hidden had not answered: no choice depends on how many did not.
        return last | withhold_apart(counts, reached - (threshold - 1), threshold)
    gone = last | {name for name, n in counts.items() if n < threshold}
    for name in reversed(list(counts)):
        if unanswered + sum(counts[cell] for cell in gone) >= threshold:
            break
        gone |= {name}
    return gone


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
