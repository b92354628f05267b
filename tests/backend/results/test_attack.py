"""An attacker with a solver against random surveys: no small figure can be derived, in any week."""

from collections.abc import Mapping, Sequence
from random import Random

import pytest

from backend.results.frames import (
    ELSEWHERE,
    OPTION,
    Asked,
    Dimension,
    FigureKey,
    Frame,
    by_group,
    everybody,
)
from backend.results.protection import Equation, Key
from backend.results.release import Grouped, Release
from backend.results.tables import NON_RESPONSE, Line, Table
from dialogue.questions.choice import SelectOne
from tests.backend.results.attacker import Attacker, small

THRESHOLD = 10
WEEKS = 6
OPTIONS = ("very_safe", "safe", "unsafe", "very_unsafe", "never_out")
AREAS = ("W01", "W02", "W03", "W04", "S05", "S06")
REGION = {"region:W04": ("W04", "S05", "S06")}
SETTLEMENT = {"settlement:formal": AREAS[:4], "settlement:informal": AREAS[4:]}
CLASSES = {"positive": OPTIONS[:2], "negative": OPTIONS[2:]}
Person = tuple[str, str]
"""An answer (or a kind of none) and an area (or elsewhere)."""


def town(random: Random) -> Sequence[Sequence[Person]]:
    """Everybody who has answered by the end of each week: volunteers, some weeks hardly any."""
    liking = [random.choice((0.02, 0.2, 1, 2)) for _ in OPTIONS]
    living = [random.choice((0.03, 0.3, 1, 2)) for _ in AREAS]
    people: list[Person] = []
    weeks = []
    for _ in range(WEEKS):
        for _ in range(random.choice((11, 20, 60, 150))):
            silent = random.random() < 0.05
            said = random.choice(NON_RESPONSE) if silent else random.choices(OPTIONS, liking)[0]
            nowhere = random.random() < 0.06
            people.append((said, ELSEWHERE if nowhere else random.choices(AREAS, living)[0]))
        weeks.append(list(people))
    return weeks


def counted(name: str, said: Sequence[str], options: Sequence[str], **more: object) -> Asked:
    counts = {option: said.count(option) for option in options}
    silent = {kind: said.count(kind) for kind in NON_RESPONSE}
    if ELSEWHERE in said:
        silent["skipped"] += said.count(ELSEWHERE)
    lines = tuple(Line(option) for option in options)
    base = sum(counts.values())
    found = Table(SelectOne(name=name), "options", base, lines, counts, silent)
    return Asked(found, **more)  # type: ignore[arg-type]  # what more a test says


def figures(people: Sequence[Person]) -> tuple[Frame, Sequence[Grouped]]:
    """The declared set: two questions, of which one tells the area, and one by the other."""
    safe = counted("safe", [said for said, _ in people], OPTIONS, partitions=[CLASSES])
    areas = [area for _, area in people]
    area = counted("area", areas, AREAS, partitions=[REGION, SETTLEMENT])
    frame = everybody([safe, area])
    sums = {
        (by, group): (members, FigureKey("area", f"class:{by}:{group}"))
        for partition in (REGION, SETTLEMENT)
        for label, members in partition.items()
        for by, group in [label.split(":")]
    }
    dimension = Dimension(
        "area",
        "area",
        {one: FigureKey("area", OPTION + one) for one in AREAS},
        sums,
        [(("settlement", "formal"), ("settlement", "informal")), (("region", "W04"),)],
    )
    inside = {
        one: counted("safe", [s for s, a in people if a == one], OPTIONS, partitions=[CLASSES])
        for one in (*AREAS, ELSEWHERE)
    }
    return frame, [Grouped(dimension, by_group(safe, dimension, inside))]


def hidden_sums(
    known: Sequence[Mapping[FigureKey, int]], equations: Sequence[Equation]
) -> list[int]:
    """What all that is hidden of a whole changed by, between two publications that show the rest
    of it."""
    found = []
    for one in equations:
        for later, now in enumerate(known):
            shown = [part for part in one.parts if part in now]
            if one.whole not in now or len(shown) == len(one.parts):
                continue
            same = [old for old in known[:later] if {one.whole, *shown} <= old.keys()]
            if same:
                change = {key: now[FigureKey(*key)] - same[-1][FigureKey(*key)] for key in shown}
                whole = now[FigureKey(*one.whole)] - same[-1][FigureKey(*one.whole)]
                found.append(whole - sum(change.values()))
    return found


def released(
    random: Random, *, secondary: bool
) -> tuple[
    Sequence[tuple[Frame, Sequence[Grouped]]], list[Mapping[FigureKey, int]], list[Equation]
]:
    """A town's figures by week, what was made public of them, and what links them."""
    weeks = [figures(people) for people in town(random)]
    shown: dict[FigureKey, int] = {}
    known: list[Mapping[FigureKey, int]] = []
    for frame, grouped in weeks:
        past: dict[Key, dict[int, int]] = {}
        for number, renewed in enumerate(known):
            for key, n in renewed.items():
                past.setdefault(key, {})[number] = n
        release = Release(shown, THRESHOLD, secondary, past)
        known.append(release.renewed(frame, [one.dimension for one in grouped], grouped))
        shown |= known[-1]
    equations = [e for frame, grouped in weeks[-1:] for e in frame.equations]
    equations += [e for one in weeks[-1][1] for e in one.frame.equations]
    return weeks, known, equations


def attack(seed: int, *, secondary: bool, most: int = 60) -> tuple[int, int]:
    """How many of (at most so many) small figures were derived, and how many were tried."""
    random = Random(seed)
    weeks, known, equations = released(random, secondary=secondary)
    truth = [
        {**frame.counts, **{k: n for one in grouped for k, n in one.frame.counts.items()}}
        for frame, grouped in weeks
    ]
    attacker = Attacker(equations, known)
    secrets = list(small(truth, THRESHOLD))
    wanted = random.sample(secrets, min(most, len(secrets)))
    return sum(attacker.derives([one]) is not None for one in wanted), len(wanted)


@pytest.mark.parametrize("seed", range(8))
def test_nothing_small_can_be_derived(seed: int) -> None:
    derived, tried = attack(seed, secondary=True)
    assert tried > 20
    assert derived == 0


def test_without_secondary_suppression_it_can() -> None:
    assert sum(attack(seed, secondary=False)[0] for seed in range(3)) > 0


@pytest.mark.parametrize("seed", range(20, 30))
def test_what_is_hidden_of_a_whole_changes_by_no_few(seed: int) -> None:
    _, known, equations = released(Random(seed), secondary=True)
    assert all(abs(change) >= THRESHOLD for change in hidden_sums(known, equations))
