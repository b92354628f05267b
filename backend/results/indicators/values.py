"""An indicator's value from released figures: which rows of which question it needs, and the sum.

Pure. `Part` is one question's contribution; an indicator that is the mean of others has several.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from backend.results.dimensions import DISABILITY, functioning
from backend.results.frames import CLASS, OPTION, REACHED
from backend.results.indicators.catalogue import Indicator, catalogue
from backend.results.intervals import Z95, Interval, wilson
from backend.results.tables import cells_of
from dialogue.questions import Question
from dialogue.questions.choice import Choosing
from dialogue.survey import Survey


@dataclass(frozen=True, slots=True)
class Part:
    """What of a question is counted: `worth` says what a respondent in a row counts (0 to 1), the
    base is the sum of the rows in `base` without those in `less`."""

    question: str
    worth: Mapping[str, float]
    base: tuple[str, ...]
    less: tuple[str, ...] = ()

    @property
    def rows(self) -> frozenset[str]:
        """The rows that must have been released together."""
        return frozenset((*self.worth, *self.base, *self.less))

    @property
    def is_share(self) -> bool:
        """Whether every respondent counts either wholly or not at all."""
        return set(self.worth.values()) <= {0.0, 1.0}


@dataclass(frozen=True, slots=True)
class Value:
    """From 0 to 1. `positive` is None where it is no single share; `error` is the standard error
    of a simple random sample, at most that where the value is a mean of several questions."""

    share: float
    positive: int | None
    n: int
    around: Interval
    error: float


def parts(indicator: Indicator, survey: Survey) -> Sequence[Part]:
    """What a survey asks of an indicator; nothing unless it asks all of it."""
    codes = indicator.mean_of or (indicator.code,)
    found = [part for code in codes if (part := _part(catalogue()[code], survey)) is not None]
    return found if len(found) == len(codes) else ()


def asked(survey: Survey) -> Iterator[Indicator]:
    """The indicators that a survey has all questions of, in the catalogue's order."""
    return (one for one in catalogue().values() if parts(one, survey))


def _part(indicator: Indicator, survey: Survey) -> Part | None:
    if indicator.measure == "prevalence":
        return _prevalence(survey)
    question = next((q for q in survey.questions if q.indicator == indicator.asked_as), None)
    if question is None:
        return None
    return (
        _points(indicator, question)
        if indicator.measure == "points"
        else _share(indicator, question)
    )


def _prevalence(survey: Survey) -> Part | None:
    """Of those of whom it is known (instruments facts, A11: a set answered in part is unknown
    unless a great difficulty was told)."""
    if len(functioning(survey)) != 6:
        return None
    groups = (OPTION + "with", OPTION + "without")
    return Part(DISABILITY, {groups[0]: 1.0}, groups)


def _share(indicator: Indicator, question: Question) -> Part | None:
    """By classes (`dimensions.partitions`); a variant leaves out some options besides."""
    if not isinstance(question, Choosing):
        return None
    positive, negative = CLASS + "positive", CLASS + "negative"
    parent = catalogue()[indicator.asked_as]
    less = tuple(
        OPTION + line.name
        for line in cells_of(question, ()).lines
        if indicator.counts(line.code) == "left_out" and parent.counts(line.code) == "negative"
    )
    base = (REACHED,) if indicator.base == "asked" else (positive, negative)
    return Part(question.name, {positive: 1.0}, base, less)


def _points(indicator: Indicator, question: Question) -> Part | None:
    worth = {
        OPTION + line.name: int(line.code) / indicator.most
        for line in cells_of(question, ()).lines
        if line.code.isdecimal() and int(line.code) <= indicator.most
    }
    return Part(question.name, worth, tuple(worth)) if worth else None


def measured(part: Part, n_by_row: Mapping[str, int]) -> Value | None:
    """A part's value; None where a row is lacking, or they do not fit together (as two figures of
    a period may not when answers were read anew)."""
    if not part.rows <= n_by_row.keys():
        return None
    n = sum(n_by_row[row] for row in part.base) - sum(n_by_row[row] for row in part.less)
    total = sum(worth * n_by_row[row] for row, worth in part.worth.items())
    if n <= 0 or total > n:
        return None
    share = total / n
    square = sum(worth * worth * n_by_row[row] for row, worth in part.worth.items()) / n
    error = math.sqrt(max(0.0, square - share * share) / n)
    if part.is_share:
        return Value(share, round(total), n, wilson(total, n), error)
    around = Interval(max(0.0, share - Z95 * error), min(1.0, share + Z95 * error))
    return Value(share, None, n, around, error)


def mean(values: Collection[Value]) -> Value:
    """The simple average. The same people answered all of it, and how their answers go together is
    not released: interval and error are those of the worst case, in which all go the same way."""
    if len(values) == 1:
        return next(iter(values))

    def average(of: Sequence[float]) -> float:
        return math.fsum(of) / len(of)

    return Value(
        share=average([one.share for one in values]),
        positive=None,
        n=min(one.n for one in values),
        around=Interval(
            average([one.around.low for one in values]),
            average([one.around.high for one in values]),
        ),
        error=average([one.error for one in values]),
    )
