"""Which figures must be withheld so that none below the threshold can be worked out.

Figures are linked by equations: a whole is the sum of its parts (a column of its rows, a city of
its areas, those who were asked of those who answered and those who did not). Whoever reads all that
is published knows every equation. A figure is withheld (statistics facts, B2)

* if it is below the threshold (primary suppression);
* for company: if in an equation whose whole is known a single part is withheld, or parts that sum
  to less than the threshold;
* as long as a withheld figure, or a sum of some below the threshold, is still fixed by all
  equations together: the smallest beside it goes as well. That is found by elimination over a
  finite field, for any shape of tables, nested and crossing ones too; for single figures surely,
  for sums as far as elimination shows them.

What this does not say: a *range* may be narrower than the threshold (that counts are no less than
nought limits a withheld figure from both sides), but it is never a single number.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from backend.results.elimination import PRIME, Elimination

Key = tuple[str, ...]
"""What a figure is of."""

Past = Mapping[Key, Mapping[int, int]]
"""Figures by the numbers of the publications they were made public with."""


@dataclass(frozen=True, slots=True)
class Equation:
    """`whole` is the sum of `parts`. Where it is `loose` it is so only nearly, and tells of its
    parts, but they do not tell of it."""

    whole: Key
    parts: tuple[Key, ...]
    loose: bool = False


@dataclass(frozen=True, slots=True)
class _Sum:
    """An equation between numbered figures."""

    whole: int
    parts: tuple[int, ...]
    loose: bool


class Linked:
    """Figures, numbered in order, with the equations between them. Made once for several looks at
    the same figures: what it has worked out is kept."""

    def __init__(self, keys: Iterable[Key], equations: Iterable[Equation]) -> None:
        self.numbers: Mapping[Key, int] = {key: number for number, key in enumerate(keys)}
        self.equations = [
            _Sum(
                self.numbers[one.whole], tuple(map(self.numbers.__getitem__, one.parts)), one.loose
            )
            for one in equations
        ]
        self.within: list[list[_Sum]] = [[] for _ in self.numbers]
        self.made_of: list[list[_Sum]] = [[] for _ in self.numbers]
        for one in self.equations:
            for part in one.parts:
                self.within[part].append(one)
            if not one.loose:
                self.made_of[one.whole].append(one)
        self._known: dict[frozenset[int], Sequence[tuple[int, ...]]] = {}

    def of(self, keys: Iterable[Key]) -> set[int]:
        """The numbers of figures."""
        return {self.numbers[key] for key in keys}

    def known_sums(self, gone: Collection[int]) -> Sequence[tuple[int, ...]]:
        """Withheld figures whose sum all equations together fix."""
        withheld = frozenset(gone)
        if withheld not in self._known:
            rows = self._reduced(withheld)
            sums = [tuple(row) for row in rows if all(times == 1 for times in row.values())]
            self._known[withheld] = sums
        return self._known[withheld]

    def _reduced(self, gone: Collection[int]) -> Sequence[Mapping[int, int]]:
        found = Elimination({one.whole for one in self.equations})
        for one in self.equations:
            if one.loose and one.whole in gone:
                continue
            row = {part: 1 for part in one.parts if part in gone}
            if one.whole in gone:
                row[one.whole] = PRIME - 1
            if row:
                found.add(row)
        return found.rows


@dataclass
class _Cells:
    """The work in hand: `counts` of all figures, which are `gone`, and which may not go."""

    linked: Linked
    counts: Sequence[int]
    threshold: int
    pinned: Collection[int]
    gone: set[int]
    dear: Collection[int]
    past: Sequence[Mapping[int, int]]
    totals: Sequence[int]

    def company(self, among: Iterable[int]) -> int | None:
        """The figure to go next: a dear one last, one that shares another equation with a withheld
        one before one that does not, then the smallest, then the last in order."""
        able = [key for key in among if key not in self.gone and key not in self.pinned]
        return min(able, key=self._cost) if able else None

    def _cost(self, key: int) -> tuple[bool, bool, int, int]:
        return key in self.dear, not self._touched(key), abs(self.counts[key]), -key

    def hidden(self, key: int) -> int:
        """How much of a withheld figure is not known from its own parts."""
        left = abs(self.counts[key])
        for one in self.linked.made_of[key]:
            known = sum(self.counts[part] for part in one.parts if part not in self.gone)
            left = min(left, abs(self.counts[key] - known))
        return left

    def little_new(self, one: _Sum) -> bool:
        """Whether what is hidden of a whole, all together, changed by less than the threshold since
        it was last known: when the same others were all made public at once."""
        shown = [one.whole, *(part for part in one.parts if part not in self.gone)]
        times = [self.past[key].keys() for key in shown]
        common = set(times[0]).intersection(*times[1:])
        if not common:
            return False
        last = max(common)
        whole, *parts = (self.totals[key] - self.past[key][last] for key in shown)
        return abs(whole - sum(parts)) < self.threshold

    def _touched(self, key: int) -> bool:
        """Whether it shares every equation whose whole is known with another withheld figure."""
        others = (e for e in self.linked.within[key] if e.whole not in self.gone)
        return all(any(part in self.gone for part in e.parts if part != key) for e in others)


def protect(
    linked: Linked,
    counts: Mapping[Key, int],
    threshold: int,
    *,
    known: Collection[Key] = (),
    forced: Collection[Key] = (),
    dear: Collection[Key] = (),
    past: Past | None = None,
    totals: Mapping[Key, int] | None = None,
    secondary: bool = True,
) -> frozenset[Key]:
    """The figures to be withheld. `known` are so already and stay, `forced` must go whatever they
    count, `dear` go for company only where nothing else can. Where `counts` are changes, `totals`
    are the figures themselves and `past` what was made public of them. With `secondary` off only
    what is small goes: to show what the rest is for.

    Where everything else is known already a small figure may stay determined: callers withhold the
    whole table then (`determined` tells).
    """
    small = {key for key, n in counts.items() if abs(n) < threshold and key not in known}
    gone = small | set(forced)
    if not secondary:
        return frozenset(gone)
    keys = list(linked.numbers)
    work = _Cells(
        linked,
        counts=[counts[key] for key in keys],
        threshold=threshold,
        pinned=linked.of(known),
        gone=linked.of(gone),
        dear=linked.of(dear),
        past=[(past or {}).get(key, {}) for key in keys],
        totals=[(totals or counts)[key] for key in keys],
    )
    while _lines(work) or _fixed(work):
        pass
    return frozenset(keys[number] for number in work.gone)


def determined(linked: Linked, gone: Collection[Key]) -> list[Key]:
    """The withheld figures that the equations fix."""
    keys = list(linked.numbers)
    return [keys[one] for (one, *more) in linked.known_sums(linked.of(gone)) if not more]


def _lines(work: _Cells) -> bool:
    """One pass over all equations; whether something went."""
    went = False
    for one in work.linked.equations:
        if one.whole not in work.gone and work.gone.isdisjoint(one.parts):
            continue
        hidden = [part for part in one.parts if part in work.gone]
        if one.whole in work.gone:
            more = None if hidden or one.loose else work.company(one.parts)
        elif _too_few(work, hidden) or work.little_new(one):
            more = work.company(_parts(work, hidden))
            more = work.company(one.parts) if more is None else more
            more = work.company([one.whole]) if more is None else more
        else:
            continue
        if more is not None:
            work.gone.add(more)
            went = True
    return went


def _parts(work: _Cells, hidden: Sequence[int]) -> list[int]:
    """What withheld figures are made of: shown parts leave little of them hidden."""
    return [part for key in hidden for one in work.linked.made_of[key] for part in one.parts]


def _too_few(work: _Cells, hidden: Sequence[int]) -> bool:
    """Whether figures that are withheld together are one alone, or hide less than the threshold."""
    left = work.threshold
    for key in hidden if len(hidden) > 1 else ():
        left -= work.hidden(key)
        if left <= 0:
            return False
    return True


def _fixed(work: _Cells) -> bool:
    """Company for every figure, or sum below the threshold, that is still fixed; whether something
    went."""
    went = False
    for keys in work.linked.known_sums(work.gone):
        more = _nearest(work, keys) if _too_few(work, keys) else None
        if more is not None:
            work.gone.add(more)
            went = True
    return went


def _nearest(work: _Cells, keys: Collection[int]) -> int | None:
    """What may go of the figures that share an equation with this one, else with those, and so
    on."""
    seen, ring = set(keys), set(keys)
    while ring:
        beside = {
            other
            for one in work.linked.equations
            if one.whole in ring or not ring.isdisjoint(one.parts)
            for other in (one.whole, *one.parts)
        } - seen
        more = work.company(beside)
        if more is not None:
            return more
        seen |= beside
        ring = beside
    return None
