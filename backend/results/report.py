"""A survey's results: participation, live, and every question's figures as last made public."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from backend.city_file import CityProfile
from backend.results import publications
from backend.results.dimensions import sex_question
from backend.results.frames import INSIDE, NONE, OPTION, REACHED, FigureKey
from backend.results.intervals import wilson
from backend.results.merging import versions
from backend.results.participation import participation
from backend.results.presentation import present
from backend.results.publications import Publication, Released
from backend.results.rates import rates, self_selected
from backend.results.statement import SYNTHETIC, sample_statement, suppression_rule
from backend.results.suppression import Figure, Withheld, withheld
from backend.results.tables import NON_RESPONSE, UNLISTED, Cells, Line, cells_of
from backend.results.themes import with_all_themes
from dialogue.questions import Question
from dialogue.survey import Status, Survey

Figures = Mapping[FigureKey, Released]


@dataclass(frozen=True, slots=True)
class Cell:
    """An option, point, band or area, as made public on the day `as_of` (UTC). `percent` is of
    `base`, whom the question was put to by then, with a 95 % Wilson interval; all are None where
    the count is withheld. `presentation` is the verdict of the NCHS standards for proportions:
    "show", or why the share is too unsure to be printed."""

    name: str
    code: str
    label: dict[str, str]
    count: Figure
    base: int | None = None
    percent: float | None = None
    low: float | None = None
    high: float | None = None
    presentation: str | None = None
    as_of: str | None = None


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """What became of one question, in respondents. `counted` says what the cells are, `n` counts
    all whom the question was put to; those who gave no answer are in `non_response` by kind, and
    as one in `no_answer`."""

    question: str
    type: str
    text: dict[str, str]
    indicator: str | None
    counted: str
    n: Figure
    as_of: str | None
    cells: list[Cell]
    no_answer: Figure
    no_answer_as_of: str | None
    non_response: dict[str, Figure]
    non_response_as_of: dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Participation:
    """Respondents, live: each contact once, by the session that counts (`counts`). There is no
    response rate, as nobody was sampled: `completion_rate` is completed by started, and
    `cooperation_rate` by those who have ended, AAPOR's COOP1 (statistics facts, B4). In percent."""

    started: int
    completed: int
    completion_rate: float | None
    cooperation_rate: float | None
    by_status: dict[str, int]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far respondents came, as last made public: how many were asked each question, in the
    order of the survey, and what share that is of those asked the first. Questions under a
    condition are asked fewer."""

    question: str
    asked: Figure
    percent: float | None
    conditional: bool
    as_of: str | None


@dataclass(frozen=True, slots=True)
class Gender:
    """The split by sex of those who told one that is shown: option names to percent; or why there
    is none."""

    split: dict[str, float] | None
    why: str | None


@dataclass(frozen=True, slots=True)
class SurveyResults:
    """Results over all versions of a survey, with what must be said beside them."""

    city: str
    survey: str
    title: dict[str, str]
    versions: list[int]
    synthetic: bool
    participation: Participation
    progress: list[Progress]
    gender: Gender
    threshold: int
    published: Publication | None
    statements: list[str]
    questions: list[QuestionResult]


def results(connection: Connection, profile: CityProfile, slug: str) -> SurveyResults:
    """The results of a survey. Raises SurveyUnknownError."""
    all_versions = versions(connection, profile.slug, slug)
    survey = with_all_themes(connection, profile.slug, all_versions)
    figures = publications.current(connection, profile.slug, slug, "")
    return SurveyResults(
        city=profile.slug,
        survey=slug,
        title=dict(survey.title),
        versions=[version.version for version in all_versions],
        synthetic=profile.demo,
        participation=_participation(participation(connection, profile.slug, slug)),
        progress=_progress(survey, figures, profile.threshold),
        gender=gender(survey, figures),
        threshold=profile.threshold,
        published=publications.last(connection, profile.slug, slug),
        statements=statements(profile),
        questions=[
            question_result(question, figures, profile)
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


def question_result(
    question: Question, figures: Figures, profile: CityProfile, by: str = "", group: str = ""
) -> QuestionResult:
    """What was made public of a question, in all or in a group."""

    threshold = profile.threshold

    def of(row: str) -> Released | None:
        """Of a figure from a time of a lower threshold nothing is left to see."""
        found = figures.get(FigureKey(question.name, row, by, group))
        return found if found and found.n >= threshold else None

    counted = cells_of(question, profile.places())
    reached = of(REACHED)
    return QuestionResult(
        question=question.name,
        type=question.kind,
        text=dict(question.text),
        indicator=question.indicator,
        counted=counted.counted,
        n=_figure(reached, threshold),
        as_of=_day(reached),
        cells=[
            _cell(line, of((INSIDE if counted.apart else OPTION) + line.name), threshold)
            for line in _lines(question, counted, figures)
        ],
        no_answer=_figure(of(NONE), threshold),
        no_answer_as_of=_day(of(NONE)),
        non_response={kind: _figure(of(f"{NONE}:{kind}"), threshold) for kind in NON_RESPONSE},
        non_response_as_of={kind: _day(of(f"{NONE}:{kind}")) for kind in NON_RESPONSE},
    )


def _lines(question: Question, counted: Cells, figures: Figures) -> Sequence[Line]:
    """Its cells; with what fits none, where that was made public."""
    odd = FigureKey(question.name, OPTION + UNLISTED)
    return (*counted.lines, Line(UNLISTED)) if odd in figures else counted.lines


def _figure(released: Released | None, threshold: int) -> Figure:
    return withheld(threshold) if released is None else released.n


def _cell(line: Line, released: Released | None, threshold: int) -> Cell:
    label = dict(line.label)
    if released is None:
        return Cell(line.name, line.code, label, withheld(threshold))
    n, base = released.n, released.base
    if not base or not 0 <= n <= base:
        return Cell(line.name, line.code, label, n, as_of=_day(released))
    around = wilson(n, base)
    return Cell(
        line.name,
        line.code,
        label,
        n,
        base,
        percent(n, base),
        round(100 * around.low, 1),
        round(100 * around.high, 1),
        str(present(n / base, base).verdict),
        _day(released),
    )


def _day(released: Released | None) -> str | None:
    return released.at.date().isoformat() if released else None


def percent(part: int, whole: int) -> float:
    """A share with one decimal."""
    return round(100 * part / whole, 1)


def _progress(survey: Survey, figures: Figures, threshold: int) -> list[Progress]:
    asked = [question for question in survey.questions if question.asks]
    found = [figures.get(FigureKey(question.name, REACHED)) for question in asked]
    first = next((one for one in found if one), None)
    return [
        Progress(
            question.name,
            _figure(one, threshold),
            percent(one.n, first.n) if one and first and one.at == first.at else None,
            question.only_if is not None,
            _day(one),
        )
        for question, one in zip(asked, found, strict=True)
    ]


def gender(survey: Survey, figures: Figures) -> Gender:
    """What every report says of who answered, or why it cannot."""
    asked = sex_question(survey)
    if asked is None:
        return Gender(None, "The survey does not ask for sex or gender.")
    names = [option.name for option in asked.options if option.role not in NON_RESPONSE]
    told = {name: figures.get(FigureKey(asked.name, OPTION + name)) for name in names}
    shown_of = {name: one for name, one in told.items() if one is not None and one.base}
    if not shown_of:
        return Gender(None, "Too few have told it.")
    told_it = sum(one.n for one in shown_of.values())
    return Gender({name: percent(one.n, told_it) for name, one in shown_of.items()}, None)


def _participation(counts: dict[str, int]) -> Participation:
    started, completed = sum(counts.values()), counts[Status.COMPLETED]
    completion = percent(completed, started) if started else None
    cooperation = rates(self_selected(counts))["COOP1"]
    return Participation(
        started,
        completed,
        completion,
        None if cooperation is None else round(100 * cooperation, 1),
        counts,
    )


def shown(figure: Figure) -> int | None:
    """A figure that is not withheld."""
    return None if isinstance(figure, Withheld) else figure
