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

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Key = tuple[str, ...]
"""What a figure is of."""

Past = Mapping[Key, Mapping[int, int]]
"""Figures by the numbers of the publications they were made public with."""

PRIME = (1 << 61) - 1
"""Coefficients are -1, 0 and 1: a pivot vanishes modulo this prime in no table we could meet."""


@dataclass(frozen=True, slots=True)
class Equation:
    """`whole` is the sum of `parts`. Where it is `loose` it is so only nearly, and tells of its
    parts, but they do not tell of it."""

    whole: Key
    parts: tuple[Key, ...]
    loose: bool = False


@dataclass
class _Cells:
    """The work in hand: `counts` of all figures, which are `gone`, and which may not go."""

    counts: Mapping[Key, int]
    threshold: int
    equations: Sequence[Equation]
    pinned: Collection[Key]
    gone: set[Key]
    dear: Collection[Key] = ()
    past: Past = field(default_factory=dict)
    totals: Mapping[Key, int] = field(default_factory=dict)
    order: Mapping[Key, int] = field(default_factory=dict)
    within: Mapping[Key, Sequence[Equation]] = field(default_factory=dict)
    made_of: Mapping[Key, Sequence[Equation]] = field(default_factory=dict)

    def company(self, among: Iterable[Key]) -> Key | None:
        """The figure to go next: a dear one last, one that shares another equation with a withheld
        one before one that does not, then the smallest, then the last in order."""
        able = [key for key in among if key not in self.gone and key not in self.pinned]
        if not able:
            return None
        return min(able, key=self._cost)

    def _cost(self, key: Key) -> tuple[bool, bool, int, int]:
        return key in self.dear, not self._touched(key), self.size(key), -self.order[key]

    def size(self, key: Key) -> int:
        """How large a figure's change is."""
        return abs(self.counts[key])

    def hidden(self, key: Key) -> int:
        """How much of a withheld figure is not known from its own parts."""
        left = [self.size(key)]
        for one in self.made_of.get(key, ()):
            known = sum(self.counts[part] for part in one.parts if part not in self.gone)
            left.append(abs(self.counts[key] - known))
        return min(left)

    def little_new(self, one: Equation) -> bool:
        """Whether what is hidden of a whole, all together, changed by less than the threshold since
        it was last known: when the same others were all made public at once."""
        shown = [one.whole, *(part for part in one.parts if part not in self.gone)]
        times = [self.past.get(key, {}).keys() for key in shown]
        common = set(times[0]).intersection(*times[1:])
        if not common:
            return False
        then = {key: self.past[key][max(common)] for key in shown}
        change = self.totals[one.whole] - then[one.whole]
        change -= sum(self.totals[key] - then[key] for key in shown[1:])
        return abs(change) < self.threshold

    def _touched(self, key: Key) -> bool:
        others = (e for e in self.within[key] if e.whole not in self.gone)
        return all(any(part in self.gone for part in e.parts if part != key) for e in others)


def protect(
    counts: Mapping[Key, int],
    equations: Sequence[Equation],
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
    order = {key: place for place, key in enumerate(counts)}
    within, made_of = _within(equations), _made_of(equations)
    work = _Cells(
        counts,
        threshold,
        equations,
        known,
        gone,
        dear,
        past or {},
        totals or counts,
        order,
        within,
        made_of,
    )
    while _lines(work) or _fixed(work):
        pass
    return frozenset(work.gone)


def determined(equations: Sequence[Equation], gone: Collection[Key]) -> list[Key]:
    """The withheld figures that the equations fix."""
    return [one for (one, *more) in _known_sums(equations, gone) if not more]


def _known_sums(equations: Sequence[Equation], gone: Collection[Key]) -> list[tuple[Key, ...]]:
    """Withheld figures whose sum all equations together fix."""
    rows: list[dict[Key, int]] = []
    whole = {one.whole for one in equations}
    for one in equations:
        if one.loose and one.whole in gone:
            continue
        row = {part: 1 for part in one.parts if part in gone}
        if one.whole in gone:
            row[one.whole] = PRIME - 1
        if row:
            _reduce(rows, row, whole)
    return [tuple(row) for row in rows if all(times == 1 for times in row.values())]


def _within(
    equations: Sequence[Equation],
) -> Mapping[Key, Sequence[Equation]]:
    found: dict[Key, list[Equation]] = defaultdict(list)
    for one in equations:
        for part in one.parts:
            found[part].append(one)
    return found


def _made_of(equations: Sequence[Equation]) -> Mapping[Key, Sequence[Equation]]:
    found: dict[Key, list[Equation]] = defaultdict(list)
    for one in equations:
        if not one.loose:
            found[one.whole].append(one)
    return found


def _lines(work: _Cells) -> bool:
    """One pass over all equations; whether something went."""
    went = False
    for one in work.equations:
        hidden = [part for part in one.parts if part in work.gone]
        if one.whole in work.gone:
            more = None if hidden or one.loose else work.company(one.parts)
        elif hidden and (_too_few(work, hidden) or work.little_new(one)):
            more = work.company(_parts(work, hidden)) or work.company(one.parts)
            more = more or work.company([one.whole])
        else:
            continue
        if more is not None:
            work.gone.add(more)
            went = True
    return went


def _parts(work: _Cells, hidden: Sequence[Key]) -> list[Key]:
    """What withheld figures are made of: shown parts leave little of them hidden."""
    return [part for key in hidden for one in work.made_of.get(key, ()) for part in one.parts]


def _too_few(work: _Cells, hidden: Sequence[Key]) -> bool:
    return len(hidden) < 2 or sum(map(work.hidden, hidden)) < work.threshold


def _fixed(work: _Cells) -> bool:
    """Company for every figure, or sum below the threshold, that is still fixed; whether something
    went."""
    went = False
    for keys in _known_sums(work.equations, work.gone):
        more = _nearest(work, keys) if _too_few(work, keys) else None
        if more is not None:
            work.gone.add(more)
            went = True
    return went


def _nearest(work: _Cells, keys: Collection[Key]) -> Key | None:
    """What may go of the figures that share an equation with this one, else with those, and so
    on."""
    seen, ring = set(keys), set(keys)
    while ring:
        beside = {
            other
            for one in work.equations
            if ring.intersection((one.whole, *one.parts))
            for other in (one.whole, *one.parts)
        } - seen
        more = work.company(sorted(beside))
        if more is not None:
            return more
        seen |= beside
        ring = beside
    return None


def _reduce(rows: list[dict[Key, int]], row: dict[Key, int], whole: Collection[Key]) -> None:
    """Adds a row to those reduced so far (Gauss and Jordan): afterwards the first figure of each
    row is in no other. Sums come first: what is left then are single cells."""
    for other in rows:
        pivot = next(iter(other))
        if pivot in row:
            _subtract(row, other, row[pivot])
    if not row:
        return
    pivot = next((key for key in row if key in whole), next(iter(row)))
    leading = row.pop(pivot)
    others, row = row, {pivot: leading}
    row |= others
    inverse = pow(leading, -1, PRIME)
    for key in row:
        row[key] = row[key] * inverse % PRIME
    for other in rows:
        if pivot in other:
            _subtract(other, row, other[pivot])
    rows.append(row)


def _subtract(row: dict[Key, int], other: Mapping[Key, int], times: int) -> None:
    """Takes `other` so many times from `row`."""
    for key, n in other.items():
        left = (row.get(key, 0) - times * n) % PRIME
        if left:
            row[key] = left
        else:
            row.pop(key, None)
