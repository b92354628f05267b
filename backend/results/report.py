"""A survey's results: participation, and every question's table with what may be shown of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from backend.city_file import CityProfile
from backend.results.counts import by_answer, respondents_by_status
from backend.results.merging import merged
from backend.results.statement import SYNTHETIC, sample_statement, suppression_rule
from backend.results.suppression import Figure, publish, shown, withheld
from backend.results.tables import Line, Table, table
from backend.store import library
from dialogue.survey import Status, Survey


class SurveyUnknownError(Exception):
    """The city has no survey of that name."""


@dataclass(frozen=True, slots=True)
class Cell:
    """An option, point, band or area. `percent` is of the question's `n`; None where the count
    is withheld."""

    name: str
    code: str
    label: dict[str, str]
    count: Figure
    percent: float | None


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """What became of one question, in respondents. `counted` says what the cells are, `base` whom
    `n` counts: those who answered or, where a small non-response must stay hidden, all who reached
    the question. Those who did not answer are in `non_response` by kind."""

    question: str
    type: str
    text: dict[str, str]
    indicator: str | None
    counted: str
    base: Literal["answered", "reached"]
    n: Figure
    cells: list[Cell]
    non_response: dict[str, Figure]


@dataclass(frozen=True, slots=True)
class Participation:
    """Respondents, live: each contact once, by the session that counts (`counts`). There is no
    response rate, as nobody was sampled: `completion_rate` is completed by started (statistics
    facts, B4)."""

    started: int
    completed: int
    completion_rate: float | None
    by_status: dict[str, int]


@dataclass(frozen=True, slots=True)
class SurveyResults:
    """Results over all versions of a survey, with what must be said beside them."""

    city: str
    survey: str
    title: dict[str, str]
    versions: list[int]
    synthetic: bool
    participation: Participation
    threshold: int
    statements: list[str]
    questions: list[QuestionResult]


def versions(connection: Connection, city: str, slug: str) -> Sequence[Survey]:
    """Every version of a survey, oldest first. Raises SurveyUnknownError."""
    found = [p.survey for p in library.surveys(connection, city) if p.survey.slug == slug]
    if not found:
        raise SurveyUnknownError(slug)
    return found


def results(connection: Connection, profile: CityProfile, slug: str) -> SurveyResults:
    """The results of a survey. Raises SurveyUnknownError."""
    all_versions = versions(connection, profile.slug, slug)
    survey = merged(all_versions)
    answers = by_answer(connection, profile.slug, slug)
    areas = profile.places()
    return SurveyResults(
        city=profile.slug,
        survey=slug,
        title=dict(survey.title),
        versions=[version.version for version in all_versions],
        synthetic=profile.demo,
        participation=_participation(respondents_by_status(connection, profile.slug, slug)),
        threshold=profile.threshold,
        statements=statements(profile),
        questions=[
            question_result(
                table(question, answers.get(question.name, ()), areas), profile.threshold
            )
            for question in survey.questions
            if question.asks
        ],
    )


def statements(profile: CityProfile) -> list[str]:
    """What must be said beside every figure of a city."""
    said = [
        sample_statement(profile.name, profile.minimum_age),
        suppression_rule(profile.threshold),
    ]
    return [SYNTHETIC, *said] if profile.demo else said


def question_result(counted: Table, threshold: int) -> QuestionResult:
    """What may be shown of a table."""
    question = counted.question
    may = publish(
        counted.counts, counted.base, counted.non_response, threshold, apart=counted.apart
    )
    return QuestionResult(
        question=question.name,
        type=question.kind,
        text=dict(question.text),
        indicator=question.indicator,
        counted=counted.counted,
        base="reached" if may.reached else "answered",
        n=withheld(threshold) if may.n is None else may.n,
        cells=[
            _cell(
                line, counted.counts[line.name], None if line.name in may.gone else may.n, threshold
            )
            for line in counted.lines
        ],
        non_response={
            kind: shown(n, may.silent, threshold) for kind, n in counted.non_response.items()
        },
    )


def _cell(line: Line, count: int, base: int | None, threshold: int) -> Cell:
    """A cell; withheld without a base."""
    label = dict(line.label)
    if base is None:
        return Cell(line.name, line.code, label, withheld(threshold), None)
    return Cell(line.name, line.code, label, count, percent(count, base))


def percent(part: int, whole: int) -> float:
    """A share with one decimal."""
    return round(100 * part / whole, 1)


def _participation(counts: dict[str, int]) -> Participation:
    started, completed = sum(counts.values()), counts[Status.COMPLETED]
    rate = percent(completed, started) if started else None
    return Participation(started, completed, rate, counts)
