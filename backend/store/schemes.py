"""Coding schemes of a city as kept, and the open questions they are applied to."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection, delete, func, insert, select

from backend.store import library
from backend.store.tables import SCHEME_USE, SCHEME_VERSION
from dialogue.scheme import Code, Scheme, every_code, read_scheme


@dataclass(frozen=True, slots=True)
class PublishedScheme:
    """A version of a scheme with the text it was loaded from."""

    scheme: Scheme
    source: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Use:
    """A scheme applied to a question. Each answer needs labels of so many `coders`, and at least
    two for `twice` percent of them."""

    city: str
    survey: str
    question: str
    scheme: str
    coders: int = 1
    twice: int = 0


@dataclass(frozen=True)
class Applied:
    """A use with all versions of its scheme, oldest first."""

    use: Use
    versions: Sequence[Scheme]

    @property
    def scheme(self) -> Scheme:
        """The version that labels are given by now."""
        return self.versions[-1]

    @cached_property
    def codes(self) -> tuple[Code, ...]:
        """Every code that a label may have."""
        return every_code(self.versions)


def publish(connection: Connection, city: str, source: str, at: datetime) -> int:
    """Publishes a scheme's TOML (already checked) as its next version; the number of the version.
    The same text as the latest version makes no new one."""
    slug = str(tomllib.loads(source)["slug"])
    mine = (SCHEME_VERSION.c.city == city, SCHEME_VERSION.c.slug == slug)
    found = connection.execute(select(func.max(SCHEME_VERSION.c.version)).where(*mine)).scalar()
    latest = int(found or 0)
    same = connection.execute(
        select(SCHEME_VERSION.c.source).where(*mine, SCHEME_VERSION.c.version == latest)
    ).scalar()
    if same == source:
        return latest
    values = {
        "city": city, "slug": slug, "version": latest + 1, "source": source, "published_at": at,
    }  # fmt: skip
    connection.execute(insert(SCHEME_VERSION).values(values))
    library.changed(connection, city)
    return latest + 1


def schemes(connection: Connection, city: str, slug: str | None = None) -> list[PublishedScheme]:
    """Every version of every scheme of a city, or of one, oldest first."""
    wanted = [SCHEME_VERSION.c.city == city]
    wanted += [] if slug is None else [SCHEME_VERSION.c.slug == slug]
    rows = connection.execute(
        select(SCHEME_VERSION.c.version, SCHEME_VERSION.c.source, SCHEME_VERSION.c.published_at)
        .where(*wanted)
        .order_by(SCHEME_VERSION.c.id)
    )
    return [_published(row.version, row.source, row.published_at) for row in rows]


def _published(version: int, source: str, at: datetime) -> PublishedScheme:
    scheme, faults = read_scheme(tomllib.loads(source))
    if scheme is None:
        raise ValueError(f"a published scheme cannot be read: {faults[0]}")
    return PublishedScheme(replace(scheme, version=version), source, at)


def apply(connection: Connection, use: Use) -> None:
    """Applies a scheme of the city to a question of it, in place of another. Labels by the scheme
    that was there stay, and count again should it come back."""
    mine = (
        SCHEME_USE.c.city == use.city,
        SCHEME_USE.c.survey == use.survey,
        SCHEME_USE.c.question == use.question,
    )
    connection.execute(delete(SCHEME_USE).where(*mine))
    values = {
        "city": use.city, "survey": use.survey, "question": use.question, "scheme": use.scheme,
        "coders": use.coders, "twice": use.twice,
    }  # fmt: skip
    connection.execute(insert(SCHEME_USE).values(values))
    library.changed(connection, use.city)


def uses(connection: Connection, city: str, survey: str | None = None) -> list[Use]:
    """What schemes are applied to in a city, or in one of its surveys."""
    wanted = [SCHEME_USE.c.city == city]
    wanted += [] if survey is None else [SCHEME_USE.c.survey == survey]
    columns = [SCHEME_USE.c[name] for name in _USE]
    rows = connection.execute(
        select(*columns).where(*wanted).order_by(SCHEME_USE.c.survey, SCHEME_USE.c.question)
    )
    return [Use(*row) for row in rows]


_USE = ("city", "survey", "question", "scheme", "coders", "twice")


def applied(connection: Connection, city: str, survey: str) -> dict[str, Applied]:
    """The schemes applied in a survey, by question."""
    found = uses(connection, city, survey)
    versions = {
        slug: [one.scheme for one in schemes(connection, city, slug)]
        for slug in {use.scheme for use in found}
    }
    return {use.question: Applied(use, versions[use.scheme]) for use in found}
