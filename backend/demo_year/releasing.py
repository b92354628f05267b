"""Results of a year that is being made: released as they would have been, month by month.

An answer belongs to the period in which it was first made public. So while a year is made nothing
of its city is released by today's clock (a lease says so, in any process), and the months are, at
their ends.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Engine

from backend.city_file import CityProfile
from backend.demo_year.plan import ToPlay
from backend.demo_year.visits import Stage
from backend.results import publications
from backend.results.publishing import MAKING, publish
from backend.store import library
from bot.store import Unit

LEASE = timedelta(minutes=2)
HOLDER = "demo year"
"""The same in all processes: two may make one year, and neither waits for the other."""


@dataclass(frozen=True, slots=True)
class Release:
    """Results of a city are to be released, as of a time."""

    profile: CityProfile
    at: datetime


def with_releases(visits: Sequence[ToPlay]) -> Iterator[ToPlay | Release]:
    """The visits in their order, and behind each month of a city, and its year, a release."""
    months: dict[str, date] = {}
    stages: dict[str, Stage] = {}
    for one in visits:
        profile, zone = one.stage.profile, one.stage.profile.zone()
        month = one.visit.begins.astimezone(zone).date().replace(day=1)
        if months.setdefault(profile.slug, month) != month:
            yield Release(profile, datetime.combine(month, time(), zone))
        months[profile.slug], stages[profile.slug] = month, one.stage
        yield one
    for stage in stages.values():
        yield Release(stage.profile, stage.year.end)


def release(engine: Engine, due: Release) -> None:
    """Makes the results of all surveys public that changed enough, unless later ones are."""
    with engine.connect() as connection:
        slugs = sorted({p.survey.slug for p in library.surveys(connection, due.profile.slug)})
        last = {slug: publications.last(connection, due.profile.slug, slug) for slug in slugs}
    for slug, before in last.items():
        if before is None or before.at < due.at:
            publish(engine, due.profile, slug, due.at, making=True)


def hold(unit: Unit, cities: Sequence[str], now: datetime) -> None:
    """Says for a while that the years of these cities are being made."""
    for city in cities:
        unit.lease(MAKING + city, HOLDER, now, now + LEASE)


def let_go(unit: Unit, cities: Sequence[str], now: datetime) -> None:
    """Says that they are made."""
    for city in cities:
        unit.lease(MAKING + city, HOLDER, now, now)
