"""How long it takes to work out what of one question is made public by area (CPU of this process),
and how narrowly figures that are withheld as too small can be bounded from the others."""

import random
import time
from collections.abc import Collection, Mapping, Sequence

from backend.results.frames import (
    CLASS,
    OPTION,
    REGION,
    SETTLEMENT,
    Asked,
    Dimension,
    FigureKey,
    by_group,
)
from backend.results.frames import everybody as all_figures
from backend.results.protection import Equation, Key, Past
from backend.results.release import Grouped, Release
from backend.results.tables import NON_RESPONSE, Line, Table
from dialogue.questions import Option
from dialogue.questions.choice import SelectOne

THRESHOLD = 10
WAVES = (1.0, 0.02, 0.15)
"""Respondents of each publication, as shares of the first's."""
OPTIONS = tuple(f"option_{n}" for n in range(6))
CLASSES = {"positive": OPTIONS[:2], "negative": OPTIONS[2:4]}
CELLS = (*OPTIONS, *NON_RESPONSE[:3])
Counts = dict[str, dict[str, int]]


def releases() -> None:
    """Prints a line for each size of a city."""
    print("Releases: areas, respondents, CPU ms of each publication; figures withheld as they are")
    print("small, and how many of these can only be one of fewer numbers than the threshold.")
    for areas, people in ((12, 1_500), (40, 4_000), (240, 20_000)):
        spent, small, narrow = _town(areas, people)
        each = " ".join(f"{1000 * one:.0f}" for one in spent)
        print(f"{areas}  {people}  {each}  {small}  {narrow}", flush=True)


def _town(areas: int, people: int) -> tuple[list[float], int, int]:
    """CPU of each publication; of the first how many figures are small, and how many narrow."""
    chance = random.Random(areas)
    codes = [f"A{n:03}" for n in range(areas)]
    sizes = [chance.paretovariate(1.1) for _ in codes]
    dimension = _areas(codes)
    counts: Counts = {code: dict.fromkeys((*OPTIONS, *NON_RESPONSE), 0) for code in codes}
    before: dict[FigureKey, int] = {}
    past: dict[Key, dict[int, int]] = {}
    spent, small, narrow = [], 0, 0
    for number, share in enumerate(WAVES, 1):
        for code in chance.choices(codes, sizes, k=round(people * share)):
            counts[code][chance.choices(CELLS, (32, 16, 8, 4, 2, 1, 2, 1, 1))[0]] += 1
        new, grouped, seconds = _release(counts, dimension, before, past)
        spent.append(seconds)
        if not before:
            small, narrow = _narrow(grouped, new)
        before |= new
        for key, n in new.items():
            past.setdefault(key, {})[number] = n
    return spent, small, narrow


def _areas(codes: Sequence[str]) -> Dimension:
    """Areas with one settlement or three in them, by turns, every fourth of all informal."""
    regions = {
        (REGION, code): tuple(codes[4 * n : 4 * n + 4 if n % 2 else 4 * n + 2])
        for n, code in enumerate(codes[::4])
    }
    types = {
        (SETTLEMENT, "informal"): tuple(codes[1::4]),
        (SETTLEMENT, "formal"): tuple(code for n, code in enumerate(codes) if n % 4 != 1),
    }
    sums = {
        (by, name): (members, FigureKey("area", f"{CLASS}{by}:{name}"))
        for (by, name), members in (regions | types).items()
    }
    own = {code: FigureKey("area", OPTION + code) for code in codes}
    return Dimension("area", "area", own, sums, [tuple(regions), tuple(types)])


def _release(
    counts: Counts, dimension: Dimension, before: Mapping[FigureKey, int], past: Past
) -> tuple[dict[FigureKey, int], Grouped, float]:
    asked = {code: Asked(_table("safe", OPTIONS, row), (CLASSES,)) for code, row in counts.items()}
    summed = {cell: sum(row[cell] for row in counts.values()) for cell in (*OPTIONS, *NON_RESPONSE)}
    whole = Asked(_table("safe", OPTIONS, summed), (CLASSES,))
    sizes = {code: sum(row.values()) for code, row in counts.items()}
    classes = [
        {f"{by}:{name}": dimension.sums[by, name][0] for by, name in crossing}
        for crossing in dimension.crossing
    ]
    places = Asked(_table("area", tuple(sizes), sizes), classes)
    grouped = Grouped(dimension, by_group(whole, dimension, asked))
    frame = all_figures([whole, places])
    began = time.process_time()
    new = Release(before, THRESHOLD, past=past).renewed(frame, [dimension], [grouped])
    return new, grouped, time.process_time() - began


def _table(name: str, lines: Sequence[str], counts: Mapping[str, int]) -> Table:
    options = tuple(Option(str(n), line, {"en": line}) for n, line in enumerate(lines))
    return Table(
        SelectOne(name=name, text={"en": name}, options=options),
        "options",
        sum(counts[line] for line in lines),
        tuple(map(Line, lines)),
        {line: counts[line] for line in lines},
        {kind: counts.get(kind, 0) for kind in NON_RESPONSE},
    )


def _narrow(grouped: Grouped, new: Collection[FigureKey]) -> tuple[int, int]:
    """How many withheld figures are small, and of how many the sums leave few possible numbers:
    bounds of figures that are no less than nought, narrowed until nothing changes."""
    counts = grouped.frame.counts
    low: dict[Key, int] = {key: n if key in new else 0 for key, n in counts.items()}
    most = max(counts.values())
    high: dict[Key, int] = {key: n if key in new else most for key, n in counts.items()}
    while sum(_tightened(one, low, high) for one in grouped.frame.equations):
        pass
    small = [key for key, n in counts.items() if key not in new and n < THRESHOLD]
    return len(small), sum(high[key] - low[key] < THRESHOLD for key in small)


def _tightened(one: Equation, low: dict[Key, int], high: dict[Key, int]) -> bool:
    """Narrows the bounds of the figures of one equation; whether any was."""
    least, most = sum(low[part] for part in one.parts), sum(high[part] for part in one.parts)
    bounds = {one.whole: (least, most)}
    for part in one.parts:
        bounds[part] = (
            low[one.whole] - (most - high[part]),
            high[one.whole] - (least - low[part]),
        )
    went = False
    for key, (lower, upper) in bounds.items():
        if lower > low[key] or upper < high[key]:
            low[key], high[key] = max(low[key], lower), min(high[key], upper)
            went = True
    return went


if __name__ == "__main__":
    releases()
