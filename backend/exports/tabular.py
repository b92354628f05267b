"""The two tables as CSV: UTF-8, RFC 4180, text that a spreadsheet would run made harmless."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import BinaryIO, TextIO

from backend.exports.coding import asked, chosen, coded
from backend.exports.neutral import Scalar, cell
from backend.exports.rows import Response
from backend.exports.snapshot import Snapshot
from backend.exports.source import Source
from dialogue.questions import Option, Question
from dialogue.questions.choice import Choosing, Rank, SelectMany
from dialogue.survey import Survey

FIRST = (
    "response_id", "respondent_id", "survey", "version", "channel", "language", "area_code",
    "area_name", "started_at", "completed_at", "disposition",
)  # fmt: skip
LONG = (
    "response_id", "respondent_id", "survey", "version", "channel", "language", "area_code",
    "started_at", "question", "type", "revision", "outcome", "rule", "code", "name", "value",
)  # fmt: skip
LAST = "synthetic"
"""The last column of both, for demo cities only."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the wide table: a question, or one option of a question with several answers."""

    header: str
    question: Question
    option: Option | None = None


def columns(survey: Survey) -> tuple[Column, ...]:
    """A column a question, or one an option, in the survey's order. A question named like one of
    the columns that are always there is `name.answer`."""
    found: list[Column] = []
    for question in survey.questions:
        if isinstance(question, SelectMany) and not isinstance(question, Rank):
            found += [Column(f"{question.name}.{o.name}", question, o) for o in question.options]
        elif question.asks:
            taken = question.name in (*FIRST, LAST)
            found.append(Column(f"{question.name}.answer" if taken else question.name, question))
    return tuple(found)


def write_wide(snapshot: Snapshot, out: BinaryIO) -> None:
    """One row a response: codes, numbers, days and areas; 1 and 0 for each option that was
    offered of a question with several answers; `sealed` for words; nothing for no answer."""
    source = snapshot.source
    wanted = columns(source.survey)
    rows = (wide_row(source, response, wanted) for response in snapshot.responses())
    write_table(source, wide_header(wanted), rows, out)


def write_long(snapshot: Snapshot, out: BinaryIO) -> None:
    """One row an answer, non-response included, in the survey's order. Several options stand side
    by side, with spaces between."""
    source = snapshot.source
    rows = (row for response in snapshot.responses() for row in long_rows(source, response))
    write_table(source, LONG, rows, out)


def write_table(
    source: Source, header: Sequence[str], rows: Iterable[Sequence[Scalar]], out: BinaryIO
) -> None:
    """A header and rows, marked as synthetic where the city is a demo."""
    write_lines(chain([marked_header(source, header)], (marked(source, r) for r in rows)), out)


def write_lines(rows: Iterable[Sequence[Scalar]], out: BinaryIO) -> None:
    """Rows as CSV."""
    with as_text(out) as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerows([cell(value) for value in row] for row in rows)


@contextmanager
def as_text(out: BinaryIO) -> Iterator[TextIO]:
    """A binary file to write UTF-8 to, with line ends as given; it stays open."""
    file = io.TextIOWrapper(out, encoding="utf-8", newline="")
    try:
        yield file
    finally:
        file.detach()


def marked_header(source: Source, header: Sequence[str]) -> tuple[str, ...]:
    """A header with the column that says synthetic, where the city is a demo."""
    return (*header, LAST) if source.profile.demo else tuple(header)


def marked(source: Source, row: Sequence[Scalar]) -> tuple[Scalar, ...]:
    """A row under such a header."""
    return (*row, "yes") if source.profile.demo else tuple(row)


def wide_header(wanted: Sequence[Column]) -> tuple[str, ...]:
    """The header over `wide_row`."""
    return (*FIRST, *(column.header for column in wanted))


def wide_row(source: Source, response: Response, wanted: Sequence[Column]) -> list[Scalar]:
    """A response as one row."""
    return [
        response.id,
        response.respondent,
        source.survey.slug,
        response.version,
        response.channel,
        response.language,
        response.area,
        source.areas.get(response.area),
        _day(response.started_on),
        _day(response.completed_on),
        response.disposition.value,
        *(answer(source, response, column) for column in wanted),
    ]


def answer(source: Source, response: Response, column: Column) -> Scalar:
    """What a response has in a column."""
    given = response.answers.get(column.question.name)
    if given is None:
        return None
    if column.option is None:
        return coded(source, response.version, given).short
    question = asked(source, response.version, given.question)
    offered = question.options if isinstance(question, Choosing) else ()
    if given.value is None or column.option.name not in [option.name for option in offered]:
        return None
    return int(column.option.name in chosen(given.value))


def long_rows(source: Source, response: Response) -> Iterator[list[Scalar]]:
    """A response as a row an answer."""
    for question in source.survey.questions:
        given = response.answers.get(question.name)
        if given is None:
            continue
        shown = coded(source, response.version, given)
        then = asked(source, response.version, question.name) or question
        yield [
            response.id,
            response.respondent,
            source.survey.slug,
            response.version,
            response.channel,
            response.language,
            response.area,
            _day(response.started_on),
            question.name,
            then.kind,
            given.revision,
            given.outcome,
            given.rule,
            shown.code,
            shown.name,
            shown.value,
        ]


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
