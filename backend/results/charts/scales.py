"""Which answers to a question are drawn to the left, to the right, or apart."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from backend.results.tables import NON_RESPONSE
from dialogue.questions import Question
from dialogue.questions.choice import Choosing
from dialogue.questions.number import Scale

_FILE = Path(__file__).with_name("scales.toml")
MOST_POINTS = 11
"""Points of a scale that still has two sides: 0 to 10."""


class _Known(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    negative: tuple[str, ...]
    positive: tuple[str, ...]
    apart: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sides:
    """Names of a question's cells on each side, the outermost first; `apart` are on neither."""

    negative: tuple[str, ...]
    positive: tuple[str, ...]
    apart: tuple[str, ...] = ()


@cache
def _known() -> Sequence[_Known]:
    entries = tomllib.loads(_FILE.read_text(encoding="utf-8"))["scales"]
    return [_Known.model_validate(entry) for entry in entries]


def sides(question: Question) -> Sides | None:
    """The sides of an ordered question; None for any other. A scale's low points are to the left,
    its middle one is apart."""
    if isinstance(question, Scale):
        return _of_points(question)
    if not isinstance(question, Choosing) or question.kind != "select_one":
        return None
    names = [option.name for option in question.options if option.role not in NON_RESPONSE]
    for known in _known():
        negative = tuple(name for name in known.negative if name in names)
        positive = tuple(name for name in known.positive if name in names)
        apart = tuple(name for name in known.apart if name in names)
        if negative and positive and set(names) == {*negative, *positive, *apart}:
            return Sides(negative, positive, apart)
    return None


def _of_points(question: Scale) -> Sides | None:
    low, high = (int(bound) for bound in question.bounds())
    points = [str(point) for point in range(low, high + 1)] if high - low < MOST_POINTS else []
    half = len(points) // 2
    if not half:
        return None
    beside = tuple(o.name for o in question.options if o.role in ("none", "other"))
    middle = tuple(points[half : len(points) - half])
    return Sides(tuple(points[:half]), tuple(reversed(points[-half:])), (*middle, *beside))
