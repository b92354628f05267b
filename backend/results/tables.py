"""From counted answers to a table of cells, by type of question."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from backend.catalogues import load_locales
from backend.results.counts import Count
from dialogue.answers.places import Area
from dialogue.outcomes import Value
from dialogue.questions import Option, Question
from dialogue.questions.choice import Choosing, Rank, SelectMany
from dialogue.questions.number import Age, Numeric, Scale
from dialogue.questions.place import Location
from dialogue.survey_file import worded

NON_RESPONSE = ("dont_know", "refused", "skipped", "not_coded")
"""Outcomes that are no answer, kept apart (answer interpretation, section 1)."""

THEMES = "themes"
"""What the cells of a table of coded answers are."""

SPECIAL = "special"
"""The role of a code that is no theme."""

AGE_BANDS = (0, 25, 35, 45, 55, 65)
"""Least age of each band: the six of SDG 16.6.2 (instruments facts)."""

NUMBER_BANDS = (0, 1, 2, 3, 6, 11, 21, 51, 101, 1001)
"""Least number of each band; the first also takes what is below it."""

MOST_POINTS = 101
"""A scale with more points is counted in bands."""

IN_WORDS, UNLISTED = "in_words", "unlisted"


@dataclass(frozen=True, slots=True)
class Line:
    """One cell's name, with the code and the words for it, where it has any."""

    name: str
    code: str = ""
    label: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """Counts of one question. `base` answered it; `counted` says what the cells are. In cells that
    are `apart` a respondent may be in several, else in exactly one."""

    question: Question
    counted: str
    base: int
    lines: Sequence[Line]
    counts: Mapping[str, int]
    non_response: Mapping[str, int]
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Cells:
    """How a type of question is counted: the cells in order, and which a value belongs to."""

    counted: str
    lines: tuple[Line, ...] = ()
    of: Callable[[Value | None], Sequence[str]] = lambda _: ()
    apart: bool = False


def table(question: Question, answers: Sequence[Count], areas: Sequence[Area]) -> Table:
    """The table of one question."""
    cells = cells_of(question, areas)
    counts = {line.name: 0 for line in cells.lines}
    answered = [count for count in answers if count.outcome == "answered"]
    for count in answered if cells.lines else ():
        for cell in cells.of(count.value):
            name = cell if cell in counts else UNLISTED
            counts[name] = counts.get(name, 0) + count.n
    # Only where the question had another type, or the city other areas, once.
    lines = cells.lines + ((Line(UNLISTED),) if UNLISTED in counts else ())
    silent = {
        kind: sum(count.n for count in answers if count.outcome == kind) for kind in NON_RESPONSE
    }
    base = sum(count.n for count in answered)
    return Table(question, cells.counted, base, lines, counts, silent, cells.apart)


def cells_of(question: Question, areas: Sequence[Area]) -> Cells:
    """How this question is counted. Texts, dates and pictures are only counted, never shown; an
    area's name is of no one language (`und`)."""
    match question:
        case Rank():
            return Cells("ranked first", _options(question), lambda value: _names(value)[:1])
        case SelectMany():
            return Cells("options, several each", _options(question), _names, apart=True)
        case Scale():
            low, high = question.bounds()
            if high - low < MOST_POINTS:
                return Cells("points", _points(question, low, high), lambda v: (str(v),))
            return Cells("bands", _bands(NUMBER_BANDS), lambda v: _band(NUMBER_BANDS, v))
        case Choosing():
            return Cells("options", _options(question), _names)
        case Age():
            return Cells("age bands", _bands(AGE_BANDS), lambda v: _band(AGE_BANDS, v))
        case Numeric():
            return Cells("bands", _bands(NUMBER_BANDS), lambda v: _band(NUMBER_BANDS, v))
        case Location():
            places = tuple(Line(area.code, area.code, {"und": area.name}) for area in areas)
            return Cells("areas", (*places, Line(IN_WORDS)), _place)
        case _:
            return Cells("only how many answered")


def labels(question: Question, option: Option) -> dict[str, str]:
    """An option's words by language; ours for a plain yes or no."""
    if option.label or not worded(question, option):
        return dict(option.label)
    return {code: locale.say(option.name) for code, locale in load_locales().items()}


def _options(question: Question) -> tuple[Line, ...]:
    """The options that are answers: don't know and refusal are counted as non-response."""
    return tuple(
        Line(option.name, option.code, labels(question, option))
        for option in question.options
        if option.role not in (*NON_RESPONSE, SPECIAL)
    )


def _points(question: Scale, low: int, high: int) -> tuple[Line, ...]:
    by_code = {option.code: option for option in question.options if option.role is None}
    points = []
    for point in map(str, range(low, high + 1)):
        label = dict(by_code[point].label) if point in by_code else {}
        points.append(Line(point, point, label))
    beside = [line for line in _options(question) if question.role(line.name) is not None]
    return (*points, *beside)


def _bands(edges: Sequence[int]) -> tuple[Line, ...]:
    """`0-24`, `25-34`, …, `65+`: whole numbers as people write them. What is not whole belongs to
    the band of the whole number below it."""
    names = [
        str(low) if low == following - 1 else f"{low}-{following - 1}"
        for low, following in pairwise(edges)
    ]
    return tuple(map(Line, (*names, f"{edges[-1]}+")))


def _band(edges: Sequence[int], value: Value | None) -> Sequence[str]:
    if not isinstance(value, int | float):
        return (UNLISTED,)
    place = max((n for n, low in enumerate(edges) if low <= value), default=0)
    return (_bands(edges)[place].name,)


def _names(value: Value | None) -> Sequence[str]:
    return value if isinstance(value, tuple) else (str(value),)


def _place(value: Value | None) -> Sequence[str]:
    return (IN_WORDS if value is None else str(value),)
