"""The published figures as one table: a row a question, option and group, with its interval or the
reason why it is withheld."""

from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

from backend.exports.neutral import Scalar
from backend.exports.snapshot import Snapshot
from backend.exports.tabular import write_table
from backend.results.groups import GroupResult, grouped
from backend.results.report import Cell, QuestionResult, SurveyResults, results, shown
from backend.results.statement import INTERVAL
from backend.results.suppression import Figure, Withheld

HEADER = (
    "survey", "question", "type", "indicator", "group_by", "group", "group_name", "counted", "code",
    "name", "label", "count", "n", "percent", "low", "high", "presentation", "as_of", "suppressed",
    "reason", "interval", "statement",
)  # fmt: skip
EVERYBODY = "all"


def write_summary(snapshot: Snapshot, out: BinaryIO) -> None:
    """Counts of respondents with percentages of those asked and 95 % Wilson intervals, as CSV."""
    source = snapshot.source
    slug = source.survey.slug
    found = results(snapshot.connection, source.profile, slug)
    every = chain(
        (GroupResult(EVERYBODY, "", "", [], question) for question in found.questions),
        grouped(snapshot.connection, source.profile, slug),
    )
    rows = ([slug, *row] for one in every for row in _rows(one, found, source.profile.languages))
    write_table(source, HEADER, rows, out)


def _rows(
    one: GroupResult, found: SurveyResults, languages: tuple[str, ...]
) -> Iterator[list[Scalar]]:
    question = one.result
    said = " ".join(found.statements)
    for about, figure, estimate in _figures(question, languages):
        withheld = isinstance(figure, Withheld)
        yield [
            question.question, question.type, question.indicator,
            one.group_by, one.group, one.name,
            *about, shown(figure), *estimate, *_reason(figure),
            INTERVAL if estimate[2] is not None else None, None if withheld else said,
        ]  # fmt: skip


def _figures(
    question: QuestionResult, languages: tuple[str, ...]
) -> Iterator[tuple[list[Scalar], Figure, list[Scalar]]]:
    """Every count of a question: what it is of, the share with its interval, and as of when."""
    for cell in question.cells:
        about: list[Scalar] = [question.counted, cell.code, cell.name, _label(cell, languages)]
        yield about, cell.count, [
            cell.base, cell.percent, cell.low, cell.high, cell.presentation, cell.as_of,
        ]  # fmt: skip
    for kind, figure in question.non_response.items():
        yield _counted("non-response", kind, figure, question.non_response_as_of[kind])
    yield _counted("non-response", "all", question.no_answer, question.no_answer_as_of)
    yield _counted("asked", "all", question.n, question.as_of)


def _counted(
    what: str, kind: str, figure: Figure, as_of: str | None
) -> tuple[list[Scalar], Figure, list[Scalar]]:
    """A count without a share: who was asked by that day may be others than by now."""
    return [what, None, kind, None], figure, [None, None, None, None, None, as_of]


def _label(cell: Cell, languages: tuple[str, ...]) -> str | None:
    """In the first language of the city that has it, or of no language."""
    return next((cell.label[code] for code in (*languages, "und") if code in cell.label), None)


def _reason(figure: Figure) -> tuple[str, str | None]:
    return ("yes", figure.reason) if isinstance(figure, Withheld) else ("no", None)
