"""A small city that answers in waves, each followed by a publication."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Engine, func, select, update

from backend.city_file import CityProfile
from backend.results.publishing import publish
from backend.store import library
from backend.store.tables import SESSION
from tests.backend.exports.seed import SLUG, Way, add, plant

PLACES = [
    {"code": "A1", "name": "Riverside", "population": 6000},
    {"code": "A2", "name": "Hill", "population": 3000},
    {"code": "A3", "name": "Far End", "population": 1000},
]
"""Areas that a city of three may have."""


def begin(engine: Engine, profile: CityProfile) -> None:
    """The city and its survey, without any answer."""
    plant(engine, profile, [Way({}, contact=None)])


def wave(
    engine: Engine, profile: CityProfile, ways: Sequence[Way], at: datetime, survey: str = SLUG
) -> None:
    """These residents, each somebody else, answer at a time; then what is due is made public."""
    with library.writing(engine) as connection:
        many = connection.execute(select(func.count()).select_from(SESSION)).scalar_one()
        strangers = [replace(way, contact=None) for way in ways]
        add(connection, profile.slug, strangers, begin=many + 1000)
        names = [f"{profile.slug}-session-{many + 1000 + n}" for n in range(len(ways))]
        connection.execute(
            update(SESSION).where(SESSION.c.id.in_(names)).values(started_at=at, finished_at=at)
        )
    publish(engine, profile, survey, at)
