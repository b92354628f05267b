"""Results as somebody looks at them: of all, by groups, by weeks, between two days."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import cast

from sqlalchemy import Connection

from backend.city_file import CityProfile
from backend.results import publications
from backend.results.frames import REGION, FigureKey
from backend.results.groups import grouped
from backend.results.merging import versions
from backend.results.periods import Length, moments, periods, within
from backend.results.publications import Released
from backend.results.report import QuestionResult, SurveyResults, question_result, results
from backend.results.themes import with_all_themes
from dialogue.questions import Question

LENGTHS = ("week", "month", "quarter")


@dataclass(frozen=True, slots=True)
class Group:
    """One group's results. By week or month, `group` is its first day, and what was made public
    after `since` (None: from the beginning) up to `until` is counted."""

    by: str
    group: str
    name: str
    of: list[str]
    questions: list[QuestionResult]
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Results(SurveyResults):
    """A survey's results, with those by group where they were asked for."""

    groups: list[Group] | None = None


def browse(
    connection: Connection,
    profile: CityProfile,
    slug: str,
    by: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Results:
    """A survey's results. `by` is a dimension or a length of time. Raises SurveyUnknownError."""
    whole = results(connection, profile, slug)
    between = (since and aware(since), until and aware(until))
    if any(between):
        whole = replace(whole, questions=_between(connection, profile, slug, between))
    groups = None
    if by in LENGTHS:
        groups = list(_by_time(connection, profile, slug, cast(Length, by)))
    elif by is not None:
        groups = list(_by_group(connection, profile, slug, by, between))
    kept = {name: getattr(whole, name) for name in SurveyResults.__dataclass_fields__}
    return Results(**kept, groups=groups)


def aware(at: datetime) -> datetime:
    """A time without a zone is in UTC."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)


Between = tuple[datetime | None, datetime | None]


def _asked(connection: Connection, profile: CityProfile, slug: str) -> Sequence[Question]:
    every = versions(connection, profile.slug, slug)
    survey = with_all_themes(connection, profile.slug, every)
    return [question for question in survey.questions if question.asks]


def _between(
    connection: Connection, profile: CityProfile, slug: str, between: Between
) -> list[QuestionResult]:
    found = []
    for question in _asked(connection, profile, slug):
        history = publications.history(connection, profile.slug, slug, question.name)
        found.append(_of_period(profile, question, history, between, "", ""))
    return found


def _of_period(
    profile: CityProfile,
    question: Question,
    history: Mapping[FigureKey, Sequence[Released]],
    between: Between,
    by: str,
    group: str,
) -> QuestionResult:
    column = {key: found for key, found in history.items() if (key.by, key.group) == (by, group)}
    found = within(moments(column), *between, profile.threshold)
    figures: Mapping[FigureKey, Released] = found.figures if found else {}
    return question_result(question, figures, profile, by, group)


def _by_group(
    connection: Connection, profile: CityProfile, slug: str, by: str, between: Between
) -> Iterator[Group]:
    asked = {question.name: question for question in _asked(connection, profile, slug)}
    kept = {by, REGION} if by == "area" else {by}
    histories = {
        name: publications.history(connection, profile.slug, slug, name, *kept)
        for name in (asked if any(between) else ())
    }
    found: dict[tuple[str, str], Group] = {}
    for one in grouped(connection, profile, slug, by):
        result = one.result
        if any(between):
            of = (
                (REGION, one.group.removesuffix("+"))
                if one.of and by == "area"
                else (by, one.group)
            )
            name = result.question
            result = _of_period(profile, asked[name], histories[name], between, *of)
        group = Group(by, one.group, one.name, one.of, [])
        found.setdefault((by, one.group), group).questions.append(result)
    yield from found.values()


def _by_time(
    connection: Connection, profile: CityProfile, slug: str, length: Length
) -> Iterator[Group]:
    found: dict[str, Group] = {}
    for question in _asked(connection, profile, slug):
        history = publications.history(connection, profile.slug, slug, question.name)
        for period in periods(moments(history), length, profile.zone(), profile.threshold):
            day = period.first.isoformat()
            group = Group(length, day, day, [], [], period.since, period.until)
            result = question_result(question, period.figures, profile)
            found.setdefault(day, group).questions.append(result)
    yield from (found[day] for day in sorted(found))
