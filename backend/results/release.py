"""What of the figures is made public at a moment, given what was made public before.

A figure is made public anew only together with others whose *changes* since then are no smaller
than the threshold and cannot be worked out: to the difference of two publications the same rules
apply as to a table (`backend.results.protection`; before the first, the difference is the figure).
What is not renewed stays as it was, with the day it is of. So no two publications, subtracted, tell
of fewer than the threshold.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from backend.results.frames import CLASS, REACHED, REGION, SETTLEMENT, Dimension, FigureKey, Frame
from backend.results.protection import Key, Linked, Past, determined, protect


@dataclass(frozen=True, slots=True)
class Grouped:
    """A question's frame by one dimension."""

    dimension: Dimension
    frame: Frame


@dataclass(frozen=True, slots=True)
class Release:
    """`before` are the figures last made public, `past` all of late with their publications. With
    `secondary` off only what is small is kept back: to show what the rest is for."""

    before: Mapping[FigureKey, int]
    threshold: int
    secondary: bool = True
    past: Past = field(default_factory=dict)

    def renewed(
        self, everybody: Frame, dimensions: Iterable[Dimension], grouped: Iterable[Grouped]
    ) -> dict[FigureKey, int]:
        """The figures to be made public now."""
        forced = {key for one in dimensions for key in self._rolled_up(one, everybody)}
        forced |= everybody.unlinked
        linked = Linked(everybody.counts, everybody.equations)
        gone = self._gone(everybody, linked, (), forced if self.secondary else ())
        new = {key: n for key, n in everybody.counts.items() if key not in gone}
        for one in grouped:
            new |= self._in_groups(one, new)
        return new

    def _rolled_up(self, dimension: Dimension, everybody: Frame) -> set[FigureKey]:
        """The sizes of groups that are shown only together with others."""
        sizes = dimension.sizes()
        small = {of for of, key in sizes.items() if self._small(key, everybody)}
        return {sizes[of] for of in _beside(dimension, small)}

    def _small(self, key: FigureKey, frame: Frame) -> bool:
        return abs(frame.counts.get(key, 0) - self.before.get(key, 0)) < self.threshold

    def _in_groups(self, one: Grouped, new: Mapping[FigureKey, int]) -> dict[FigureKey, int]:
        """A group whose own size is not renewed is not either, nor what is not of everybody."""
        kept = {of for of, key in one.dimension.sizes().items() if key not in new}
        kept |= _beside(one.dimension, kept)
        shared = {key for key in one.frame.counts if not key.by}
        known = {key for key in shared if key in new}
        forced = {key for key in one.frame.counts if (key.by, key.group) in kept}
        linked = Linked(one.frame.counts, one.frame.equations)
        gone = self._gone(one.frame, linked, known, forced | (shared - known))
        if self.secondary and determined(linked, gone):
            return {}  # nothing more can go, and something is fixed by what is known of everybody
        return {key: n for key, n in one.frame.counts.items() if key.by and key not in gone}

    def _gone(
        self,
        frame: Frame,
        linked: Linked,
        known: Collection[FigureKey],
        forced: Collection[FigureKey],
    ) -> Collection[Key]:
        """What is not renewed is either unknown now or, as participation may tell, known to be as
        it was: the rest is safe in both cases."""
        counts = frame.counts
        changes: dict[Key, int] = {key: n - self.before.get(key, 0) for key, n in counts.items()}
        small = {key for key, n in counts.items() if n < self.threshold} - set(known)
        as_before = {key for key in self.before if key in counts and self._is_known(key, changes)}
        as_before -= small
        totals: dict[Key, int] = dict(counts.items())
        dear = {key for key in counts if key.row == HEADLINE}

        def gone(known: Collection[Key], forced: Collection[Key]) -> Collection[Key]:
            return protect(
                linked,
                changes,
                self.threshold,
                known=known,
                forced=forced,
                dear=dear,
                past=self.past,
                totals=totals,
                secondary=self.secondary,
            )

        kept: set[Key] = {*forced, *small} if self.secondary else set(forced)
        while True:
            unknown = kept | set(gone(known, kept))
            if not self.secondary:
                return unknown
            both = unknown | set(gone({*known, *as_before}, unknown - as_before))
            if both == unknown:  # nothing more goes in either case
                return both
            kept = both

    def _is_known(self, key: FigureKey, changes: Mapping[Key, int]) -> bool:
        """Whether it may be known that a figure is (nearly) what it was: nothing changed, or it
        says how many were asked."""
        return changes[key] == 0 or (key.row == REACHED and abs(changes[key]) < self.threshold)


HEADLINE = f"{CLASS}positive"
"""What an indicator counts: the last to go with another figure, for it is what is looked at."""

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
