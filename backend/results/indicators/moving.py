"""Which areas' indicators moved so far that the city is to be told."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from backend.city_file import CityProfile
from backend.city_goals import Movement
from backend.results.groups import Column
from backend.results.indicators.browsing import by_group
from backend.results.indicators.catalogue import Indicator
from backend.results.indicators.series import Span
from backend.results.indicators.shown import percent
from backend.results.indicators.values import asked, parts
from backend.results.merging import surveys
from backend.store.movements import Moved

FRESH = timedelta(days=7)
"""What was made public longer ago nobody is told of any more."""


def moved(
    connection: Connection, profile: CityProfile, survey: str, now: datetime
) -> Iterator[Moved]:
    """The areas of a survey that moved in the latest period, by the city's rule (`[movement]`)."""
    rule = profile.movement
    of = next((one for one in surveys(connection, profile.slug) if one.slug == survey), None)
    for indicator in asked(of) if of else ():
        if of is None or indicator.better == "neither" or indicator.variant_of:
            continue
        for column, spans, _ in by_group(
            connection, profile, of, parts(indicator, of), "area", rule.period
        ):
            if spans and now - spans[-1].until < FRESH and far(spans[-1], rule):
                first, detail = spans[-1].first, words(indicator, column, spans)
                yield Moved(
                    profile.slug, survey, indicator.code, column.label, rule.period, first, detail
                )


def far(span: Span, rule: Movement) -> bool:
    """Whether a change is both sure and large enough."""
    change = span.change
    if change is None:
        return False
    return change.p < rule.level and round(100 * abs(change.difference.by), 6) >= rule.points


def words(indicator: Indicator, column: Column, spans: Sequence[Span]) -> str:
    """What an area did. Every figure in it was made public."""
    later = spans[-1]
    change = later.change
    earlier = next((s for s in spans if change and s.first == change.since), None)
    if change is None or earlier is None or earlier.value is None or later.value is None:
        raise ValueError("needs a change")
    up = change.difference.by > 0
    way = "better" if up == (indicator.better == "higher") else "worse"
    unit = "" if later.value.positive is None else " %"
    return (
        f"{column.name} ({column.label}), {indicator.title['en']}:"
        f" {percent(earlier.value.share)}{unit} (n {earlier.value.n}) in the period from"
        f" {earlier.first.isoformat()}, {percent(later.value.share)}{unit} (n {later.value.n})"
        f" in that from {later.first.isoformat()}: {way}"
    )
