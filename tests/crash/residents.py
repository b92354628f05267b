"""Residents who each go through a whole survey, with answers of their own."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.crash.provider import Text

FELT = ("very_safe", "safe", "unsafe", "very_unsafe", "never_out")
SEX = ("female", "male")


@dataclass(frozen=True)
class Resident:
    """Who texts what, in order, and the answers that must come of it, by question."""

    number: str
    texts: tuple[Text, ...]
    answers: Mapping[str, object]


def resident(n: int, chance: random.Random) -> Resident:
    """The n-th of them: notice, agreement, age, then the questions of safety-pulse."""
    number = f"+2760{n:07d}"
    age, day, dark = chance.randint(18, 90), chance.randint(1, 5), chance.randint(3, 4)
    why, sex = f"no lights near house {n}", chance.randint(1, 2)
    said = ("Hi", "1", str(age), str(day), str(dark), why, "Riverside", str(sex))
    texts = tuple(Text(number, one, f"SM{n:026d}{k:06d}") for k, one in enumerate(said))
    answers = {
        "safe_day": FELT[day - 1],
        "safe_dark": FELT[dark - 1],
        "why_unsafe": why,
        "area": "W01",
        "age": age,
        "sex": SEX[sex - 1],
    }
    return Resident(number, texts, answers)


def residents(count: int, seed: int) -> Sequence[Resident]:
    """So many of them, the first being number 1."""
    chance = random.Random(seed)
    return [resident(n, chance) for n in range(1, count + 1)]
