"""Results by group (area, age, channel, language), and which of their figures may be shown.

A question's table by group has a row an option, a row for all who did not answer, and a column a
group; those of no group, or of one that is withheld, are a further column that is never shown. Its
margins count as known to everybody: the results of all, and how many of each group reached the
question. So a cell is withheld (statistics facts, B2)

* if it is below the threshold, or its row is withheld in the results of all;
* together with the next smallest of its row or column, as long as one alone is withheld there or
  those that are sum below the threshold;
* together with a further one, as long as it could be worked out over several rows and columns: in
  the graph of withheld cells between rows and columns it would be a bridge (Gusfield 1988).

A group is withheld where its own figure is, and of a question that fewer than the threshold of it
reached. Questions asked under a condition have no groups: how many of a group reached them would
tell what they answered before.

What this does not guard against yet: a range that all sums together leave a withheld cell may be
narrower than the threshold (it is never one number), how many of a group break off between two
questions, and two readings compared over time.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from backend.city_file import CityProfile
from backend.results.counts import Column, Count, by_answer, by_column, by_question, sizes
from backend.results.grid import Spot, withheld_spots
from backend.results.merging import merged
from backend.results.report import Cell, QuestionResult, percent, versions
from backend.results.suppression import Published, publish, withheld, withhold
from backend.results.tables import IN_WORDS, UNLISTED, Table, cells_of, table
from dialogue.questions import Question
from dialogue.questions.number import Age
from dialogue.questions.place import Location
from dialogue.survey import Survey

SILENT, REST = "no answer", "rest"
OTHERS = ""
"""The column of those who are in no group that is shown."""


@dataclass(frozen=True, slots=True)
class GroupResult:
    """A question's results in one group. There is no non-response by kind."""

    group_by: str
    group: str
    result: QuestionResult


@dataclass(slots=True)
class Dimension:
    """What respondents are grouped by: all its groups, those that may be shown, and counts by
    question and group. `question` is the one that tells the group."""

    name: str
    groups: Sequence[str]
    shown: Sequence[str]
    question: str | None = None
    counts: dict[str, dict[str, list[Count]]] = field(default_factory=dict)

    def take(self, found: Iterable[tuple[str, str, Count]]) -> None:
        """Adds counts of a group and question."""
        for group, question, count in found:
            column = group if group in self.shown else OTHERS
            self.counts.setdefault(question, {}).setdefault(column, []).append(count)


def grouped(connection: Connection, profile: CityProfile, slug: str) -> Iterator[GroupResult]:
    """Every group's results of every question without a condition. Raises SurveyUnknownError."""
    every = versions(connection, profile.slug, slug)
    survey = merged(every)
    conditional = {q.name for v in every for q in v.questions if q.only_if}
    answers = by_answer(connection, profile.slug, slug)
    for dimension in _dimensions(connection, profile, survey, answers):
        for question in survey.questions:
            if question.name in conditional or question.name == dimension.question:
                continue
            whole = table(question, answers.get(question.name, ()), profile.places())
            if whole.lines:
                yield from _by_group(dimension, whole, profile)


# --- dimensions ---------------------------------------------------------------------------------
def _dimensions(
    connection: Connection,
    profile: CityProfile,
    survey: Survey,
    answers: Mapping[str, Sequence[Count]],
) -> Iterator[Dimension]:
    """By the first question for a place, the first for an age, the channel, the language."""
    for name, kind in (("area", Location), ("age", Age)):
        question = next((q for q in survey.questions if isinstance(q, kind)), None)
        if question is not None:
            yield _by_answer(connection, profile, survey.slug, name, question, answers)
    channels = [channel.name for channel in profile.channels]
    yield _by_column(connection, profile, survey.slug, "channel", channels)
    yield _by_column(connection, profile, survey.slug, "locale", profile.languages)


def _by_column(
    connection: Connection, profile: CityProfile, slug: str, column: Column, groups: Sequence[str]
) -> Dimension:
    found = sizes(connection, profile.slug, slug, column)
    known = {group: found.get(group, 0) for group in groups}
    rest = sum(found.values()) - sum(known.values())
    gone = withhold({**known, OTHERS: rest} if rest else known, profile.threshold)
    name = "language" if column == "locale" else column
    dimension = Dimension(name, groups, [group for group in groups if group not in gone])
    dimension.take(by_column(connection, profile.slug, slug, column))
    return dimension


def _by_answer(
    connection: Connection,
    profile: CityProfile,
    slug: str,
    name: str,
    question: Question,
    answers: Mapping[str, Sequence[Count]],
) -> Dimension:
    whole = table(question, answers.get(question.name, ()), profile.places())
    may = _published(whole, profile.threshold)
    groups = [line.name for line in whole.lines if line.name not in (IN_WORDS, UNLISTED)]
    shown = [] if may.n is None else [group for group in groups if group not in may.gone]
    dimension = Dimension(name, groups, shown, question.name)
    cells = cells_of(question, profile.places())
    found = by_question(connection, profile.slug, slug, question.name)
    dimension.take(
        (OTHERS if value is None else next(iter(cells.of(value)), OTHERS), asked, count)
        for value, asked, count in found
    )
    return dimension


# --- one question -------------------------------------------------------------------------------
def _by_group(dimension: Dimension, whole: Table, profile: CityProfile) -> Iterator[GroupResult]:
    question, threshold = whole.question, profile.threshold
    counts = dimension.counts.get(question.name, {})
    tables = {
        group: table(question, counts.get(group, ()), profile.places())
        for group in (*dimension.shown, OTHERS)
    }
    may = _published(whole, threshold)
    reached = {group: _reached(one) for group, one in tables.items()}
    shown = [] if may.n is None else _columns(dimension, reached, threshold)
    columns = _joined(whole, tables, shown)
    gone = (
        _apart(whole, columns, may, threshold)
        if whole.apart
        else withheld_spots(_spots(whole, columns), _forced(may), threshold)
    )
    for group in dimension.groups:
        column = columns[group] if group in shown else None
        result = _result(whole, group, column, gone, threshold)
        yield GroupResult(dimension.name, group, result)


def _reached(one: Table) -> int:
    return one.base + sum(one.non_response.values())


def _columns(dimension: Dimension, reached: Mapping[str, int], threshold: int) -> list[str]:
    """The groups to be shown: the others, all together, are none or reach the threshold."""
    shown = [group for group in dimension.shown if reached[group] >= threshold]
    others = sum(reached.values()) - sum(reached[group] for group in shown)
    everybody = dimension.question is None and len(shown) == len(dimension.groups) and not others
    while shown and others < threshold and not everybody:
        smallest = min(shown, key=reached.__getitem__)
        shown.remove(smallest)
        others += reached[smallest]
    return shown if len(shown) > 1 or not everybody else []


def _joined(
    whole: Table, tables: Mapping[str, Table], shown: Sequence[str]
) -> dict[str, dict[str, int]]:
    """Counts by column and row; those in no group that is shown are `OTHERS`, if any."""
    columns: dict[str, dict[str, int]] = {}
    rows = [line.name for line in whole.lines]
    for group, one in tables.items():
        column = columns.setdefault(group if group in shown else OTHERS, {})
        silent = sum(one.non_response.values())
        for row, n in (*((row, one.counts.get(row, 0)) for row in rows), (SILENT, silent)):
            column[row] = column.get(row, 0) + n
        column[REST] = column.get(REST, 0) + one.base
    everybody = columns.get(OTHERS, {})
    if shown and not everybody.get(REST, 0) + everybody.get(SILENT, 0):
        columns.pop(OTHERS, None)
    return columns


def _published(whole: Table, threshold: int) -> Published:
    return publish(whole.counts, whole.base, whole.non_response, threshold, apart=whole.apart)


def _forced(may: Published) -> frozenset[str]:
    return may.gone | {SILENT} if may.silent else may.gone


def _spots(whole: Table, columns: Mapping[str, Mapping[str, int]]) -> dict[Spot, int]:
    rows = [*(line.name for line in whole.lines), SILENT]
    return {(row, group): column[row] for row in rows for group, column in columns.items()}


def _apart(
    whole: Table, columns: Mapping[str, Mapping[str, int]], may: Published, threshold: int
) -> frozenset[Spot]:
    """Where a respondent may be in several rows, each is a table of its own: of those in it and
    the rest of those who reached the question."""
    gone: set[Spot] = {(SILENT, group) for group in columns}
    for line in whole.lines:
        spots = {(line.name, group): column[line.name] for group, column in columns.items()}
        for group, column in columns.items():
            spots[REST, group] = column[REST] + column[SILENT] - column[line.name]
        forced = (line.name, REST) if line.name in may.gone else ()
        gone |= {spot for spot in withheld_spots(spots, forced, threshold) if spot[0] != REST}
    return frozenset(gone)


def _result(
    whole: Table,
    group: str,
    column: Mapping[str, int] | None,
    gone: frozenset[Spot],
    threshold: int,
) -> QuestionResult:
    question = whole.question
    reached = (SILENT, group) in gone
    n = None
    if column is not None:
        n = column[REST] + (column[SILENT] if reached else 0)
    return QuestionResult(
        question=question.name,
        type=question.kind,
        text=dict(question.text),
        indicator=question.indicator,
        counted=whole.counted,
        base="reached" if reached else "answered",
        n=withheld(threshold) if n is None else n,
        cells=[
            Cell(line.name, line.code, dict(line.label), withheld(threshold), None)
            if column is None or n is None or (line.name, group) in gone
            else Cell(
                line.name,
                line.code,
                dict(line.label),
                column[line.name],
                percent(column[line.name], n),
            )
            for line in whole.lines
        ],
        non_response={},
    )
