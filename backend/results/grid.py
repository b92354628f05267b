"""Which cells of a table of rows and columns must be withheld so that none of them can be worked
out, when every row's and column's total is known (rules: `backend.results.groups`)."""

from collections.abc import Collection, Iterator, Mapping

Spot = tuple[str, str]
"""A row and a column."""


def withheld_spots(
    counts: Mapping[Spot, int], forced: Collection[str], threshold: int
) -> frozenset[Spot]:
    """The cells to be withheld; `forced` are rows that must be, whole. A further cell is one whose
    other line has cells withheld already, if there is one, and of those the smallest."""
    gone = {spot for spot, n in counts.items() if n < threshold or spot[0] in forced}
    while more := _lone(counts, gone, threshold) or _determined(counts, gone):
        gone.add(more)
    return frozenset(gone)


def _lone(counts: Mapping[Spot, int], gone: Collection[Spot], threshold: int) -> Spot | None:
    """A cell to go with what is withheld in its line, where that is one cell or too small."""
    for line in _lines(counts):
        hidden = [spot for spot in line if spot in gone]
        rest = [spot for spot in line if spot not in gone]
        small = len(hidden) < 2 or sum(counts[spot] for spot in hidden) < threshold
        if hidden and rest and small:
            touched = {name for spot in gone for name in enumerate(spot)}
            return min(
                rest, key=lambda spot: (not touched.issuperset(enumerate(spot)), counts[spot])
            )
    return None


def _lines(counts: Mapping[Spot, int]) -> Iterator[list[Spot]]:
    for side in (0, 1):
        lines: dict[str, list[Spot]] = {}
        for spot in counts:
            lines.setdefault(spot[side], []).append(spot)
        yield from lines.values()


def _determined(counts: Mapping[Spot, int], gone: Collection[Spot]) -> Spot | None:
    """A cell to go with one that could be worked out over several lines: beside it, if any is
    left there."""
    left = [spot for spot in counts if spot not in gone]
    bridge = next(bridges([spot for spot in counts if spot in gone]), None)
    if bridge is None or not left:
        return None
    beside = [spot for spot in left if spot[0] == bridge[0] or spot[1] == bridge[1]]
    return min(beside or left, key=counts.__getitem__)


def bridges(spots: list[Spot]) -> Iterator[Spot]:
    """Cells that are on no cycle of cells, each in one line with the next: those, and only those,
    are fixed by the totals of their lines (Tarjan 1974; Gusfield 1988)."""
    beside: dict[tuple[int, str], list[Spot]] = {}
    for spot in spots:
        for side in (0, 1):
            beside.setdefault((side, spot[side]), []).append(spot)
    seen: dict[tuple[int, str], int] = {}
    low: dict[tuple[int, str], int] = {}

    def visit(line: tuple[int, str], came: Spot | None) -> Iterator[Spot]:
        seen[line] = low[line] = len(seen)
        for spot in beside[line]:
            if spot == came:
                continue
            across = (1 - line[0], spot[1 - line[0]])
            if across in seen:
                low[line] = min(low[line], seen[across])
                continue
            yield from visit(across, spot)
            low[line] = min(low[line], low[across])
            if low[across] > seen[line]:
                yield spot

    for line in beside:
        if line not in seen:
            yield from visit(line, None)
