"""Units of time: the same number in the unit that a question asks for, where that is exact."""

from collections.abc import Mapping, Set
from dataclasses import replace
from types import MappingProxyType

from dialogue.answers.numbers import Number

EXACT: Mapping[tuple[str, str], int] = MappingProxyType(
    {
        ("hour", "minute"): 60,
        ("day", "hour"): 24,
        ("week", "day"): 7,
        ("year", "month"): 12,
    }
)
"""How many of the second make one of the first. Months and years have no exact number of days."""


def convert(found: Number, asked: Set[str]) -> Number | None:
    """The number in the unit asked; None where the units it names are several, or contradict."""
    if not found.units:
        return found
    if len(found.units) != 1:
        return None
    (said,) = found.units
    if said in asked:
        return found
    if len(asked) != 1 or found.unit is None:
        return None
    (unit,) = asked
    if times := EXACT.get((said, unit)):
        return replace(found, value=found.value * times, rule="converted")
    part = EXACT.get((unit, said))
    if part and found.value % part == 0:
        return replace(found, value=int(found.value // part), rule="converted")
    return None
