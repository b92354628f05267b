"""Cities and their surveys as kept: the truth once loaded. Every change raises the city's revision,
which tells whoever holds a desk in memory to make it anew."""

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from backend.city_file import ChannelEntry, CityProfile
from backend.store.engine import for_writing
from backend.store.tables import AREA, CITY, SURVEY_VERSION
from dialogue.faults import Fault
from dialogue.survey import Survey
from dialogue.survey_file import read_survey

Templates = Mapping[str, str | Mapping[str, str]]
"""What a channel's entry says of its templates: by purpose, an id or ids by language."""


@dataclass(frozen=True, slots=True)
class Published:
    """A survey version with the text it was loaded from."""

    survey: Survey
    source: str
    published_at: datetime
    retired: bool


class CityUnknownError(Exception):
    """There is no such city in the database."""


def save_city(connection: Connection, profile: CityProfile) -> None:
    """Inserts or replaces a city and its areas."""
    slug = profile.slug
    document = profile.model_dump(mode="json", exclude={"areas"})
    changed = connection.execute(
        update(CITY)
        .where(CITY.c.slug == slug)
        .values(profile=document, demo=profile.demo, revision=CITY.c.revision + 1)
    )
    if not changed.rowcount:
        values = {"slug": slug, "profile": document, "demo": profile.demo, "revision": 1}
        connection.execute(insert(CITY).values(values))
    connection.execute(delete(AREA).where(AREA.c.city == slug))
    rows = [{"city": slug, **area.model_dump(mode="json")} for area in profile.areas]
    if rows:
        connection.execute(insert(AREA), rows)


def keep_templates(
    connection: Connection, city: str, channel: str, merge: Callable[[ChannelEntry], Templates]
) -> Templates | None:
    """Puts a channel's templates, as `merge` makes them of what its entry says now, in its city's
    profile; None if the city has no such channel any more. In a write transaction. Raises
    CityUnknownError."""
    connection.execute(select(CITY.c.slug).where(CITY.c.slug == city).with_for_update())
    profile = load_profile(connection, city)
    entry = next((entry for entry in profile.channels if entry.name == channel), None)
    if entry is None:
        return None
    table = merge(entry)
    changed = [
        one.model_dump(mode="json") | ({"templates": dict(table)} if one is entry else {})
        for one in profile.channels
    ]
    document = profile.model_dump(mode="json", exclude={"areas"}) | {"channels": changed}
    connection.execute(
        update(CITY)
        .where(CITY.c.slug == city)
        .values(profile=document, revision=CITY.c.revision + 1)
    )
    return table


def load_profile(connection: Connection, city: str) -> CityProfile:
    """A city's profile with its areas. Raises CityUnknownError."""
    row = connection.execute(select(CITY.c.profile).where(CITY.c.slug == city)).first()
    if row is None:
        raise CityUnknownError(city)
    columns = [AREA.c[name] for name in _AREA_FIELDS]
    areas = connection.execute(
        select(*columns).where(AREA.c.city == city).order_by(AREA.c.id)
    ).mappings()
    return CityProfile.model_validate({**row.profile, "areas": [dict(area) for area in areas]})


_AREA_FIELDS = ("code", "name", "parent", "aliases", "population", "informal", "geometry")


def city_slugs(connection: Connection) -> Sequence[str]:
    """Every city, in order of its slug."""
    return connection.execute(select(CITY.c.slug).order_by(CITY.c.slug)).scalars().all()


def demo_slugs(connection: Connection) -> Sequence[str]:
    """The cities that are only to try, in order of their slugs."""
    demo = select(CITY.c.slug).where(CITY.c.demo).order_by(CITY.c.slug)
    return connection.execute(demo).scalars().all()


def revision(connection: Connection, city: str) -> int:
    """The revision of a city. Raises CityUnknownError."""
    found: int | None = connection.execute(
        select(CITY.c.revision).where(CITY.c.slug == city)
    ).scalar()
    if found is None:
        raise CityUnknownError(city)
    return found


def revisions(connection: Connection) -> dict[str, int]:
    """The revision of every city."""
    rows = connection.execute(select(CITY.c.slug, CITY.c.revision))
    return {row.slug: row.revision for row in rows}


def changed(connection: Connection, city: str) -> None:
    """Tells whoever holds something of a city in memory that it is another now."""
    connection.execute(update(CITY).where(CITY.c.slug == city).values(revision=CITY.c.revision + 1))


def publish(connection: Connection, city: str, source: str, at: datetime) -> int:
    """Publishes a survey's TOML (already checked) as its next version; the number of the version.
    The same text as the latest version makes no new one."""
    slug = slug_of(source)
    mine = (SURVEY_VERSION.c.city == city, SURVEY_VERSION.c.slug == slug)
    latest = (
        connection.execute(select(func.max(SURVEY_VERSION.c.version)).where(*mine)).scalar() or 0
    )
    if latest:
        same = connection.execute(
            select(SURVEY_VERSION.c.source).where(*mine, SURVEY_VERSION.c.version == latest)
        ).scalar()
        if same == source:
            return latest
    values = {
        "city": city, "slug": slug, "version": latest + 1, "source": source,
        "published_at": at, "retired": False,
    }  # fmt: skip
    connection.execute(insert(SURVEY_VERSION).values(values))
    changed(connection, city)
    return latest + 1


def surveys(connection: Connection, city: str) -> Sequence[Published]:
    """Every version of every survey of a city, oldest first."""
    rows = connection.execute(
        select(
            SURVEY_VERSION.c.version, SURVEY_VERSION.c.source,
            SURVEY_VERSION.c.published_at, SURVEY_VERSION.c.retired,
        ).where(SURVEY_VERSION.c.city == city).order_by(SURVEY_VERSION.c.id)
    )  # fmt: skip
    return [_published(row.version, row.source, row.published_at, row.retired) for row in rows]


def _published(version: int, source: str, at: datetime, retired: bool) -> Published:
    return Published(replace(_survey(source), version=version), source, at, retired)


@lru_cache(maxsize=256)
def read(source: str) -> tuple[Survey | None, tuple[Fault, ...]]:
    """What `read_survey` says of a survey's TOML. A text is read once: parsing takes longer than
    anything else that is done with it."""
    return read_survey(tomllib.loads(source))


def slug_of(source: str) -> str:
    """The slug of a survey's TOML (already checked)."""
    return _survey(source).slug


def _survey(source: str) -> Survey:
    survey, faults = read(source)
    if survey is None:
        raise ValueError(f"a published survey cannot be read: {faults[0]}")
    return survey


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A write transaction for commands that load cities and surveys."""
    with for_writing(engine).begin() as connection:
        yield connection
