"""Indicators as somebody looks at them: what a city asks, and one by group and period."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection

from backend.city_file import CityProfile
from backend.results import publications
from backend.results.coverage import gaps
from backend.results.dimensions import DISABILITY, dimensions, telling
from backend.results.frames import REACHED, REGION
from backend.results.groups import Column, columns
from backend.results.indicators.catalogue import Indicator, catalogue
from backend.results.indicators.change import ASSUMPTION
from backend.results.indicators.series import (
    Group,
    Histories,
    Span,
    corrected,
    so_far,
    spans,
)
from backend.results.indicators.shown import (
    IndicatorGroup,
    IndicatorList,
    IndicatorResult,
    IndicatorSeries,
    IndicatorSummary,
    defined,
    period_shown,
    value_shown,
)
from backend.results.indicators.values import Part, asked, parts
from backend.results.merging import surveys, versions
from backend.results.periods import Length
from backend.results.report import statements
from backend.results.statement import INTERVAL
from dialogue.survey import Survey


class IndicatorUnknownError(Exception):
    """The catalogue has no indicator of that code."""


def listed(connection: Connection, profile: CityProfile, length: Length) -> IndicatorList:
    """Everything the city has, by the catalogue's order within each survey."""
    items = [
        _summary(one, survey, parts(one, survey), histories, profile, length)
        for survey in surveys(connection, profile.slug)
        for histories in [_histories(connection, profile, survey)]
        for one in asked(survey)
    ]
    unheard = gaps(connection, profile)
    return IndicatorList(profile.slug, profile.demo, length, items, unheard, said(profile))


def browse(
    connection: Connection, profile: CityProfile, code: str, by: str | None, length: Length
) -> IndicatorResult:
    """One indicator in all, or by the groups of a dimension. Raises IndicatorUnknownError."""
    indicator = catalogue().get(code)
    if indicator is None:
        raise IndicatorUnknownError(code)
    series = [
        _series(connection, profile, survey, needed, by, length)
        for survey in surveys(connection, profile.slug)
        if (needed := parts(indicator, survey))
    ]
    return IndicatorResult(
        profile.slug, profile.demo, length, defined(indicator), series, said(profile)
    )


def said(profile: CityProfile) -> list[str]:
    """What must be said beside every indicator."""
    return [*statements(profile), INTERVAL, ASSUMPTION]


def by_group(
    connection: Connection,
    profile: CityProfile,
    survey: Survey,
    needed: Sequence[Part],
    by: str,
    length: Length,
) -> Iterator[tuple[Column, Sequence[Span], IndicatorGroup]]:
    """Every group's spans, their changes corrected for all groups, and as they are shown; nothing
    where a question is asked under a condition, or tells the group itself."""
    shown = dict(_groups(connection, profile, survey, needed, by))
    if not shown:
        return
    keys = {REGION, by} if by == "area" else {by}
    histories = _histories(connection, profile, survey, *keys, needed=needed)
    every = corrected(
        {
            group: spans(needed, histories, group, length, profile.zone(), profile.threshold)
            for group in shown
        }
    )
    for group, column in shown.items():
        made = _group(column, needed, histories, group, every[group], profile)
        yield column, every[group], made


def _groups(
    connection: Connection, profile: CityProfile, survey: Survey, needed: Sequence[Part], by: str
) -> Iterator[tuple[Group, Column]]:
    every = versions(connection, profile.slug, survey.slug)
    conditional = {q.name for version in every for q in version.questions if q.only_if}
    for dimension in dimensions(survey, profile):
        none_of_these = {*conditional, *telling(dimension, survey), DISABILITY}
        if not none_of_these & {part.question for part in needed}:
            for column in columns(dimension, profile):
                if column.shown_by == by:
                    yield (column.by, column.group), column


def _histories(
    connection: Connection,
    profile: CityProfile,
    survey: Survey,
    *by: str,
    needed: Sequence[Part] | None = None,
) -> Histories:
    if needed is None:
        needed = [part for one in asked(survey) for part in parts(one, survey)]
    rows: dict[str, set[str]] = {}
    for part in needed:
        rows.setdefault(part.question, {REACHED}).update(part.rows)
    city, slug = profile.slug, survey.slug
    return {
        name: publications.history(connection, city, slug, name, *by, rows=of)
        for name, of in rows.items()
    }


def _series(
    connection: Connection,
    profile: CityProfile,
    survey: Survey,
    needed: Sequence[Part],
    by: str | None,
    length: Length,
) -> IndicatorSeries:
    if by is not None:
        groups = [made for _, _, made in by_group(connection, profile, survey, needed, by, length)]
        return IndicatorSeries(survey.slug, groups, "" if groups else NO_GROUPS)
    everybody = Column("", "", "", "", "", [])
    histories = _histories(connection, profile, survey, needed=needed)
    found = spans(needed, histories, EVERYBODY, length, profile.zone(), profile.threshold)
    return IndicatorSeries(
        survey.slug, [_group(everybody, needed, histories, EVERYBODY, found, profile)]
    )


EVERYBODY: Group = ("", "")
NO_GROUPS = (
    "The survey does not ask for these groups, or asks a question of the indicator under a"
    " condition or to tell the group: then how many of a group it was put to would tell what they"
    " answered before."
)


def _group(
    column: Column,
    needed: Sequence[Part],
    histories: Histories,
    group: Group,
    found: Sequence[Span],
    profile: CityProfile,
) -> IndicatorGroup:
    latest = so_far(needed, histories, group)
    return IndicatorGroup(
        column.shown_by,
        column.label,
        column.name,
        column.of,
        value_shown(latest[0] if latest else None, profile),
        latest[1].date().isoformat() if latest else None,
        [period_shown(span, profile) for span in found],
    )


def _summary(
    indicator: Indicator,
    survey: Survey,
    needed: Sequence[Part],
    histories: Histories,
    profile: CityProfile,
    length: Length,
) -> IndicatorSummary:
    latest = so_far(needed, histories, EVERYBODY)
    found = spans(needed, histories, EVERYBODY, length, profile.zone(), profile.threshold)
    return IndicatorSummary(
        defined(indicator),
        survey.slug,
        value_shown(latest[0] if latest else None, profile),
        latest[1].date().isoformat() if latest else None,
        period_shown(found[-1], profile) if found else None,
    )
