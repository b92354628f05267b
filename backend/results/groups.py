"""Results by group, as last made public (rules: `backend.results.release`)."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from backend.city_file import CityProfile
from backend.results import publications
from backend.results.dimensions import dimensions, telling
from backend.results.frames import REGION, Dimension
from backend.results.merging import merged, versions
from backend.results.report import QuestionResult, question_result


@dataclass(frozen=True, slots=True)
class GroupResult:
    """A question's results in one group; `name` where the group has one. A group that is made of
    others lists them in `of`: an area with the settlements in it, which is shown where they alone
    are too few."""

    group_by: str
    group: str
    name: str
    of: list[str]
    result: QuestionResult


def grouped(
    connection: Connection, profile: CityProfile, slug: str, by: str | None = None
) -> Iterator[GroupResult]:
    """Every group's results of every question that has any, by one dimension or all. Raises
    SurveyUnknownError."""
    every = versions(connection, profile.slug, slug)
    survey = merged(every)
    figures = publications.current(connection, profile.slug, slug)
    conditional = {q.name for version in every for q in version.questions if q.only_if}
    for dimension in dimensions(survey, profile):
        none_of_these = conditional | telling(dimension, survey)
        asked = [q for q in survey.questions if q.asks and q.name not in none_of_these]
        for column in columns(dimension, profile):
            if by not in (None, column.shown_by):
                continue
            for question in asked:
                result = question_result(question, figures, profile, column.by, column.group)
                yield GroupResult(column.shown_by, column.label, column.name, column.of, result)


@dataclass(frozen=True, slots=True)
class Column:
    """One group as its figures are kept (`by`, `group`) and as it is shown; see `GroupResult`."""

    by: str
    group: str
    shown_by: str
    label: str
    name: str
    of: list[str]


def columns(dimension: Dimension, profile: CityProfile) -> Iterator[Column]:
    """Every group of a dimension, those that are made of others last."""
    names = {area.code: area.name for area in profile.areas}
    for group in dimension.groups:
        named = names.get(group, group) if dimension.name == "area" else group
        yield Column(dimension.name, group, dimension.name, group, named, [])
    for (by, group), (members, _) in dimension.sums.items():
        if by == REGION:
            yield Column(by, group, "area", f"{group}+", names.get(group, group), list(members))
        else:
            yield Column(by, group, by, group, group, list(members))
