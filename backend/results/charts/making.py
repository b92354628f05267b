"""From what was made public to a picture: reads the figures, and hands them to who draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from sqlalchemy import Connection

from backend.areas import known_shape
from backend.city_file import CityProfile
from backend.results import publications
from backend.results.charts import by_group, ward_map
from backend.results.charts.distribution import distribution
from backend.results.charts.frame import Setting
from backend.results.charts.measure import Measure, measure
from backend.results.charts.picture import Kind, Picture
from backend.results.charts.scales import sides
from backend.results.charts.shares import Figures, Share, of_cell, of_released, silent
from backend.results.charts.trend import trend
from backend.results.charts.wording import LANGUAGES, Words
from backend.results.dimensions import partitions
from backend.results.frames import CLASS, OPTION, REGION, FigureKey
from backend.results.groups import GroupResult, grouped
from backend.results.merging import merged, versions
from backend.results.periods import Length, moments, periods
from backend.results.report import QuestionResult, question_result, shown
from backend.results.tables import Line, cells_of
from backend.results.themes import THEME, with_all_themes
from dialogue.answers.geometry import Shape, shape
from dialogue.questions import Question
from dialogue.questions.place import Location
from dialogue.survey import Survey

GROUPINGS = ("area", "sex", "age", "disability", "channel", "language", "settlement")
LENGTHS = ("week", "month", "quarter")
MAY_BE: Mapping[Kind, tuple[str, ...]] = {
    Kind.DISTRIBUTION: (),
    Kind.GROUPS: GROUPINGS,
    Kind.TREND: LENGTHS,
    Kind.MAP: (),
}
"""What each chart may be by; the first unless it is said."""

NORMALLY = {Kind.GROUPS: "area", Kind.TREND: "month"}


class ChartUnfitError(Exception):
    """This question has no such chart; the message says why, `where` which part of the wish."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(message)
        self.where = where


class QuestionUnknownError(Exception):
    """The survey has no question of that name, or it asks nothing."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A chart that somebody asks for. `by` is a grouping or a length of time, `option` the answer
    whose share is shown; "" for what is usual."""

    survey: str
    kind: Kind
    question: str
    by: str = ""
    option: str = ""
    language: str = LANGUAGES[0]


@dataclass(frozen=True, slots=True)
class Source:
    """What a picture is made from."""

    connection: Connection
    profile: CityProfile
    wish: Wish
    survey: Survey
    question: Question
    setting: Setting
    themes: bool = False
    """Whether the question is not one that was asked, but the themes of answers in words."""

    @property
    def words(self) -> Words:
        """Those of the language asked for."""
        return self.setting.words

    @property
    def title(self) -> str:
        """The question, as residents were asked."""
        return self.words.best(self.question.text, self.question.name)

    def lines(self) -> Sequence[Line]:
        """The question's cells."""
        return cells_of(self.question, self.profile.places()).lines

    def figures(self, by: str = "") -> dict[FigureKey, publications.Released]:
        """Those that count now: of everybody, or by a dimension."""
        return publications.current(self.connection, self.profile.slug, self.wish.survey, by)


def published(connection: Connection, city: str, wish: Wish) -> publications.Publication | None:
    """The publication that a picture is of: one of themes alone changes those of themes only."""
    themes = wish.question.endswith(THEME)
    return publications.last(connection, city, wish.survey, themes=themes)


def usual(wish: Wish) -> str:
    """What a chart is by. Raises ChartUnfitError where it cannot be by that."""
    by = wish.by or NORMALLY.get(wish.kind, "")
    if by and by not in MAY_BE[wish.kind]:
        able = ", ".join(MAY_BE[wish.kind]) or "nothing"
        raise ChartUnfitError("query.by", f"a {wish.kind} chart can be by: {able}")
    return by


def picture(connection: Connection, profile: CityProfile, wish: Wish) -> Picture:
    """The picture of what was made public. Raises SurveyUnknownError, QuestionUnknownError and
    ChartUnfitError."""
    usual(wish)
    every = versions(connection, profile.slug, wish.survey)
    survey = with_all_themes(connection, profile.slug, every)
    found = [q for q in survey.questions if q.name == wish.question and q.asks]
    if not found:
        raise QuestionUnknownError(wish.question)
    setting = Setting(Words(wish.language), profile.threshold, profile.demo)
    themes = wish.question not in {q.name for q in merged(every).questions}
    if themes and wish.kind is not Kind.DISTRIBUTION:
        raise ChartUnfitError("query.question", "of themes there is a distribution only")
    source = Source(connection, profile, wish, survey, found[0], setting, themes)
    match wish.kind:
        case Kind.DISTRIBUTION:
            return _distribution(source)
        case Kind.GROUPS:
            return _groups(source)
        case Kind.TREND:
            return _trend(source)
        case Kind.MAP:
            return _map(source)


def _distribution(source: Source) -> Picture:
    figures = source.figures()
    result = question_result(source.question, figures, source.profile)
    if not result.cells:
        raise ChartUnfitError("query.question", "its answers are only counted")
    no_answer = None if source.themes else silent(figures, source.question.name)
    return distribution(result, sides(source.question), no_answer, source.setting)


def _measured(source: Source, figures: Figures) -> Measure:
    found = measure(source.question, source.lines(), figures, source.wish.option, source.words)
    if found is None and source.wish.option:
        raise ChartUnfitError("query.option", "the question has no such answer")
    if found is None:
        raise ChartUnfitError("query.question", "its answers are only counted")
    return found


# --- groups ------------------------------------------------------------------------------------
def _groups(source: Source) -> Picture:
    by = usual(source.wish)
    whole = source.figures()
    measured = _measured(source, whole)
    columns = [
        _column(source, one, figures, measured) for one, figures in _told(_grouped(source, by))
    ]
    if not columns:
        raise ChartUnfitError("query.by", "the question has no groups of that kind")
    everybody = question_result(source.question, whole, source.profile)
    labels = {line.name: source.words.best(line.label, line.name) for line in source.lines()}
    heading = by_group.Heading(source.title, by, labels, shown(everybody.n))
    ordered = None if source.wish.option else sides(source.question)
    return by_group.groups(columns, heading, ordered, measured, source.setting)


def _grouped(source: Source, by: str) -> list[tuple[GroupResult, Figures]]:
    """The groups of one question, each with the figures of its dimension."""
    name = source.question.name
    figures: dict[FigureKey, publications.Released] = {}
    for dimension in (by, REGION) if by == "area" else (by,):
        figures |= source.figures(dimension)
    every = grouped(source.connection, source.profile, source.wish.survey, by)
    return [(one, figures) for one in every if one.result.question == name]


def _told(every: Sequence[tuple[GroupResult, Figures]]) -> list[tuple[GroupResult, Figures]]:
    """Every group, an area with its settlements before the area, and only where one of those is
    withheld."""
    place = {one.group: n for n, (one, _) in enumerate(every)}
    hidden = {one.group for one, _ in every if shown(one.result.n) is None}
    kept = [
        (one, figures)
        for one, figures in every
        if one.group_by != "area" or not one.of or (one.group not in hidden and hidden & {*one.of})
    ]
    return sorted(kept, key=lambda of: (place.get(_key(of[0])[1], 0), not of[0].of))


def _key(one: GroupResult) -> tuple[str, str]:
    """Under which its figures are kept."""
    if one.group_by == "area" and one.of:
        return REGION, one.group.removesuffix("+")
    return one.group_by, one.group


def _column(
    source: Source, one: GroupResult, figures: Figures, measured: Measure
) -> by_group.Column:
    result: QuestionResult = one.result
    name = f"{one.name} +" if one.of and one.group_by == "area" else one.name
    return by_group.Column(
        name,
        {cell.name: of_cell(cell) for cell in result.cells},
        silent(figures, source.question.name, *_key(one)),
        shown(result.n),
        measured.share(figures, *_key(one)),
    )


# --- trend -------------------------------------------------------------------------------------
def _trend(source: Source) -> Picture:
    length = cast(Length, usual(source.wish))
    measured = _measured(source, source.figures())
    name, zone = source.question.name, source.profile.zone()
    history = publications.history(source.connection, source.profile.slug, source.wish.survey, name)
    shares: dict[date, Share] = {
        period.first: measured.share(period.figures)
        for period in periods(
            moments(history), length, zone, source.profile.threshold, measured.rows()
        )
    }
    return trend(shares, length, source.title, measured, source.setting)


# --- map ---------------------------------------------------------------------------------------
def _map(source: Source) -> Picture:
    if not source.profile.areas:
        raise ChartUnfitError("query.kind", "the city has no areas")
    if isinstance(source.question, Location):
        return _map_of_counts(source)
    whole = source.figures()
    measured = _measured(source, whole)
    shares = {
        one.group: (measured.share(figures, *_key(one)), tuple(one.of))
        for one, figures in _grouped(source, "area")
    }
    if not shares:
        raise ChartUnfitError("query.question", "the question has no results by area")
    everybody = question_result(source.question, whole, source.profile)
    about = source.words.say("share_of", what=measured.label)
    heading = ward_map.Heading(source.title, about, counts=False, asked=shown(everybody.n))
    return ward_map.ward_map(_places(source, shares), heading, source.setting)


def _map_of_counts(source: Source) -> Picture:
    figures = source.figures()
    name = source.question.name
    shares: dict[str, tuple[Share, tuple[str, ...]]] = {
        area.code: (of_released(figures.get(FigureKey(name, OPTION + area.code))), ())
        for area in source.profile.areas
    }
    for partition in partitions(source.question, source.profile):
        for label, members in partition.items():
            by, _, code = label.partition(":")
            if by == REGION:
                whole = figures.get(FigureKey(name, CLASS + label))
                shares[f"{code}+"] = (of_released(whole), members)
    result = question_result(source.question, figures, source.profile)
    heading = ward_map.Heading(
        source.title, source.words.say("counts"), counts=True, asked=shown(result.n)
    )
    return ward_map.ward_map(_places(source, shares), heading, source.setting)


def _places(
    source: Source, shares: Mapping[str, tuple[Share, tuple[str, ...]]]
) -> list[ward_map.Place]:
    """Every area of the city, whether there is a figure of it or not; then those made of others."""
    names = {area.code: area.name for area in source.profile.areas}
    shapes = {area.code: known_shape(area.geometry) for area in source.profile.areas}
    nothing: tuple[Share, tuple[str, ...]] = (Share(), ())
    places = [
        ward_map.Place(code, name, shares.get(code, nothing)[0], shapes[code])
        for code, name in names.items()
    ]
    for code, (share, members) in shares.items():
        if members:
            own = code.removesuffix("+")
            all_of_it = _joined([shapes[one] for one in members])
            places.append(ward_map.Place(code, names[own], share, all_of_it, members))
    return places


def _joined(shapes: Sequence[Shape | None]) -> Shape | None:
    return shape(tuple(polygon for one in shapes if one for polygon in one.polygons))
