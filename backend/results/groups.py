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
    names = {area.code: area.name for area in profile.areas}
    conditional = {q.name for version in every for q in version.questions if q.only_if}
    for dimension in dimensions(survey, profile):
        none_of_these = conditional | telling(dimension, survey)
        asked = [q for q in survey.questions if q.asks and q.name not in none_of_these]
        for group_by, group, of in _groups(dimension):
            shown_by = "area" if group_by == REGION else group_by
            if by not in (None, shown_by):
                continue
            named = names.get(group, group) if shown_by == "area" else group
            for question in asked:
                result = question_result(question, figures, profile, group_by, group)
                label = f"{group}+" if of and group_by == REGION else group
                yield GroupResult(shown_by, label, named, list(of), result)


def _groups(dimension: Dimension) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for group in dimension.groups:
        yield dimension.name, group, ()
    for (by, group), (members, _) in dimension.sums.items():
        yield by, group, members
