"""What of the figures is made public at a moment, given what was made public before.

A figure is made public anew only together with others whose *changes* since then are no smaller
than the threshold and cannot be worked out: to the difference of two publications the same rules
apply as to a table (`backend.results.protection`; before the first, the difference is the figure).
What is not renewed stays as it was, with the day it is of. So no two publications, subtracted, tell
of fewer than the threshold.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from backend.results.frames import REGION, SETTLEMENT, Dimension, FigureKey, Frame
from backend.results.protection import Key, determined, protect


@dataclass(frozen=True, slots=True)
class Grouped:
    """A question's frame by one dimension."""

    dimension: Dimension
    frame: Frame


def renewed(
    everybody: Frame,
    grouped: Iterable[Grouped],
    before: Mapping[FigureKey, int],
    threshold: int,
    *,
    secondary: bool = True,
) -> dict[FigureKey, int]:
    """The figures to be made public now; `before` are those last made public."""
    gone = _gone(everybody, before, threshold, (), (), secondary=secondary)
    new = {key: n for key, n in everybody.counts.items() if key not in gone}
    for one in grouped:
        new |= _in_groups(one, everybody, new, before, threshold, secondary=secondary)
    return new


def _in_groups(
    one: Grouped,
    everybody: Frame,
    new: Mapping[FigureKey, int],
    before: Mapping[FigureKey, int],
    threshold: int,
    *,
    secondary: bool,
) -> dict[FigureKey, int]:
    """A group whose own size is not renewed is not either, nor what is not renewed of everybody."""
    sizes = one.dimension.sizes()
    kept = {of for of, key in sizes.items() if key not in new}
    kept |= _beside(one.dimension, kept)
    shared = {key for key in one.frame.counts if not key.by}
    forced = {key for key in one.frame.counts if (key.by, key.group) in kept}
    known = {key for key in shared if key in new}
    forced |= shared - known
    gone = _gone(one.frame, before, threshold, known, forced, secondary=secondary)
    if secondary and determined(one.frame.equations, gone):
        return {}  # nothing more can go, and something is fixed by what is known of everybody
    return {key: n for key, n in one.frame.counts.items() if key.by and key not in gone}


FEW_REGIONS = 3
"""From so many areas that are shown together with their settlements on, none is told apart."""


def _beside(dimension: Dimension, kept: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """What stays as it was beside groups that do: an area and the settlements in it are shown as
    one where one of them is too few, for any apart would tell of the rest. Where that is so in one
    or two areas only, the types of settlement would tell them apart again."""
    regions = [
        {of, *((dimension.name, member) for member in members)}
        for of, (members, _) in dimension.sums.items()
        if of[0] == REGION
    ]
    rolled_up = [region for region in regions if region & set(kept)]
    beside = {of for region in rolled_up for of in region if of[0] != REGION}
    if 0 < len(rolled_up) < FEW_REGIONS:
        beside |= {of for of in dimension.sums if of[0] == SETTLEMENT}
    return beside


def _gone(
    frame: Frame,
    before: Mapping[FigureKey, int],
    threshold: int,
    known: Collection[FigureKey],
    forced: Collection[FigureKey],
    *,
    secondary: bool,
) -> Collection[Key]:
    changes: dict[Key, int] = {key: n - before.get(key, 0) for key, n in frame.counts.items()}
    return protect(
        changes, frame.equations, threshold, known=known, forced=forced, secondary=secondary
    )
