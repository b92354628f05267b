"""When a survey's tables are made public anew, and doing it.

Due (contract: only after at least `threshold` new responses) is what has that many new respondents
and either a hundredth of all are new or a day has passed: a large survey is not counted anew for
every tenth answer, nor does a small one wait. Themes are due as well once as many answers were
labelled since; then only they are made public, and everything else stays as it was.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError, OperationalError

from backend.city_file import CityProfile
from backend.results import counts, participation, publications
from backend.results.frames import FigureKey
from backend.results.measuring import measure, measure_themes
from backend.results.protection import Past
from backend.results.publications import Publication
from backend.results.release import Release
from backend.store import labels, leases, library
from backend.store.engine import one_moment

log = structlog.get_logger(__name__)

DAY = timedelta(days=1)
SHARE = 100
"""A publication is due at once when one in so many respondents is new."""

MAKING = "demo year of "
"""Before a demo city's slug the name of a lease: held while its synthetic year is being made, whose
results are released with it and not by today's clock."""


def publish_due(engine: Engine, now: datetime, *, demo: bool = True) -> int:
    """Makes public what is due in all cities; how many surveys were. Without `demo`, real cities
    only."""
    with engine.connect() as connection:
        slugs = list(library.city_slugs(connection))
        skipped = () if demo else library.demo_slugs(connection)
    published = 0
    for slug in slugs:
        if slug in skipped:
            continue
        try:
            published += _publish_city(engine, slug, now)
        except Exception as error:  # the next city is not to wait for this one
            log.error("not_published", city=slug, error=type(error).__name__)
    return published


def _publish_city(engine: Engine, slug: str, now: datetime) -> int:
    with engine.connect() as connection:
        profile = library.load_profile(connection, slug)
        surveys = {one.survey.slug for one in library.surveys(connection, slug)}
    published = 0
    for one in sorted(surveys):
        published += publish(engine, profile, one, now) is not None
        participation.keep(engine, slug, one, now)
    return published


def publish_if_small(engine: Engine, profile: CityProfile, survey: str, now: datetime) -> None:
    """Makes a survey public that is due, unless counting it would keep whoever reads it waiting."""
    with engine.connect() as connection:
        large = participation.is_large(connection, profile.slug, survey)
    if not large:
        with suppress(OperationalError):  # the writer is busy: the worker will do it
            publish(engine, profile, survey, now)


def publish_small(engine: Engine, profile: CityProfile, now: datetime) -> None:
    """Makes every survey of a city public that is due and small."""
    with engine.connect() as connection:
        slugs = {one.survey.slug for one in library.surveys(connection, profile.slug)}
    for slug in sorted(slugs):
        publish_if_small(engine, profile, slug, now)


def publish(
    engine: Engine, profile: CityProfile, survey: str, now: datetime, *, making: bool = False
) -> Publication | None:
    """Makes a survey's tables public if that is due; None if not, or if somebody else just did.
    `making` is for who makes a demo city's year. Raises SurveyUnknownError."""
    city = profile.slug
    with one_moment(engine) as connection:
        if profile.demo and not making and leases.is_held(connection, MAKING + city, now):
            return None
        last = publications.last(connection, city, survey)
        due = _due(connection, profile, survey, last, now)
        if due is None:
            return None
        before = publications.current(connection, city, survey)
        shown = {key: one.n for key, one in before.items() if one.n >= profile.threshold}
        past: Past = dict(publications.past(connection, city, survey).items())
        release = Release(shown, profile.threshold, past=past)
        number = last.number + 1 if last else 1
        figures: dict[FigureKey, int] = {}
        if due == "themes" and last:
            new = replace(last, number=number, at=now)
        else:
            measured = measure(connection, profile, survey)
            figures = release.renewed(measured.everybody, measured.dimensions, measured.grouped)
            new = Publication(number, now, measured.responses, now)
        public = shown | figures
        themes = measure_themes(connection, profile, survey, new.answers_at, public, past)
        figures |= release.renewed(themes, (), ())
    try:
        with library.writing(engine) as connection:
            publications.add(connection, city, survey, new, figures)
    except IntegrityError:
        return None
    return new


Due = Literal["answers", "themes"]
"""What is made public: all there is, or themes alone."""


def _due(
    connection: Connection,
    profile: CityProfile,
    survey: str,
    last: Publication | None,
    now: datetime,
) -> Due | None:
    city = profile.slug
    if last is None:
        enough = counts.responses(connection, city, survey) >= profile.threshold
        return "answers" if enough else None
    new = counts.responses_since(connection, city, survey, last.answers_at)
    if new >= _least(profile, last, now - last.answers_at):
        return "answers"
    # What a demo city's year brings may be older than what was published before it.
    more = profile.demo and counts.responses(connection, city, survey) - last.responses
    if more >= _least(profile, last, now - last.answers_at):
        return "answers"
    labelled = labels.new_since(connection, city, survey, last.at)
    return "themes" if labelled >= _least(profile, last, now - last.at) else None


def _least(profile: CityProfile, last: Publication, passed: timedelta) -> int:
    """How many must be new, so much time after they were last made public."""
    return max(profile.threshold, last.responses // SHARE) if passed < DAY else profile.threshold
