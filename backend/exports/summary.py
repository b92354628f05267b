"""The published figures as one table: a row a question, option and group, with its interval or the
reason why it is withheld."""

from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

from backend.exports.neutral import Scalar
from backend.exports.snapshot import Snapshot
from backend.exports.tabular import write_table
from backend.results.groups import GroupResult, grouped
from backend.results.intervals import wilson
from backend.results.report import Cell, QuestionResult, SurveyResults, results
from backend.results.statement import INTERVAL
from backend.results.suppression import Figure, Withheld

HEADER = (
    "survey", "question", "type", "indicator", "group_by", "group", "counted", "code", "name",
    "label", "count", "base", "n", "percent", "low", "high", "suppressed", "reason", "interval",
    "statement",
)  # fmt: skip
EVERYBODY = "all"
Line = tuple[list[Scalar], Figure, float | None, tuple[float, float] | None]


def write_summary(snapshot: Snapshot, out: BinaryIO) -> None:
    """Counts of respondents with percentages and 95 % Wilson intervals, as CSV."""
    source = snapshot.source
    found = results(snapshot.connection, source.profile, source.survey.slug)
    groups = grouped(snapshot.connection, source.profile, source.survey.slug)
    results_of = chain(
        (GroupResult(EVERYBODY, "", question) for question in found.questions), groups
    )
    rows = (
        [source.survey.slug, *row]
        for one in results_of
        for row in _rows(one, found, source.profile.languages)
    )
    write_table(source, HEADER, rows, out)


def _rows(
    one: GroupResult, found: SurveyResults, languages: tuple[str, ...]
) -> Iterator[list[Scalar]]:
    question = one.result
    said = " ".join(found.statements)
    base: list[Scalar] = [question.base, _number(question.n)]
    for about, figure, percent, interval in _figures(question, languages):
        withheld = isinstance(figure, Withheld)
        yield [
            question.question, question.type, question.indicator, one.group_by, one.group,
            *about, _number(figure), *base, percent, *(interval or (None, None)),
            *_reason(figure), INTERVAL if interval else None, None if withheld else said,
        ]  # fmt: skip


def _figures(question: QuestionResult, languages: tuple[str, ...]) -> Iterator[Line]:
    """Every count of a question: what it is of, the share and its interval."""
    for cell in question.cells:
        about: list[Scalar] = [question.counted, cell.code, cell.name, _label(cell, languages)]
        yield about, cell.count, cell.percent, _interval(cell, question.n)
    if not question.cells:
        yield [question.counted, None, "answered", None], question.n, None, None
    for kind, figure in question.non_response.items():
        yield ["non-response", None, kind, None], figure, None, None


def _interval(cell: Cell, n: Figure) -> tuple[float, float] | None:
    """Both ends, in percent."""
    if isinstance(cell.count, Withheld) or isinstance(n, Withheld):
        return None
    around = wilson(cell.count, n)
    return round(100 * around.low, 1), round(100 * around.high, 1)


def _label(cell: Cell, languages: tuple[str, ...]) -> str | None:
    """In the first language of the city that has it, or of no language."""
    return next((cell.label[code] for code in (*languages, "und") if code in cell.label), None)


def _number(figure: Figure) -> int | None:
    return None if isinstance(figure, Withheld) else figure


def _reason(figure: Figure) -> tuple[str, str | None]:
    return ("yes", figure.reason) if isinstance(figure, Withheld) else ("no", None)
