"""Coding schemes of a city: the list, one of them, and a new version."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from backend import wiring
from backend.api.applying import CODERS, UNKNOWN, Application, application_of
from backend.api.request import NAME, City, Database, Page, Paged, guarded, problems
from backend.api.surveys import TRIES
from backend.api.upload import LARGEST, Upload, body_of, refused
from backend.problems import Problem
from backend.scheme_source import SchemeError, checked_scheme
from backend.store import library, schemes
from backend.store.schemes import Applied, PublishedScheme, Use
from dialogue.faults import Fault
from dialogue.scheme import Scheme

router = APIRouter(tags=["coding"])
EXAMPLE = """slug = "why-unsafe"
title = { en = "Why people feel unsafe" }
[[codes]]
name = "lighting"
code = "L"
label = { en = "Street lighting" }
match = { en = ["street light", "dark"] }
"""

SchemeSlug = Annotated[
    str, Path(pattern=NAME, description="The scheme's slug.", examples=["why-unsafe"])
]


@dataclass(frozen=True, slots=True)
class SchemeBrief:
    """A scheme in its latest version, and what it is applied to."""

    slug: str
    version: int
    title: dict[str, str]
    codes: int
    published_at: datetime
    applied_to: list[Application]


@dataclass(frozen=True, slots=True)
class CodeDetail:
    """A code: labels are keyed by its name. `match` has what suggests it, by language, under ""
    what does in all."""

    name: str
    code: str
    label: dict[str, str]
    match: dict[str, list[str]]
    kind: str
    dimension: str | None


@dataclass(frozen=True, slots=True)
class SchemeDetail:
    """The latest version of a scheme, with its file as it was put in."""

    slug: str
    version: int
    versions: list[int]
    title: dict[str, str]
    published_at: datetime
    codes: list[CodeDetail]
    source: str
    applied_to: list[Application]


@dataclass(frozen=True, slots=True)
class SchemeVersion:
    """What became of an upload."""

    slug: str
    version: int


@router.get(
    "/{city}/schemes",
    dependencies=guarded(CODERS),
    summary="The coding schemes of a city",
    description="Each in its latest version, in the order of their slugs.",
    responses=problems(),
)
def scheme_list(city: City, paging: Paged, database: Database) -> Page[SchemeBrief]:
    """Every scheme, latest version."""
    with database.connect() as connection:
        latest = {one.scheme.slug: one for one in schemes.schemes(connection, city)}
        uses = schemes.uses(connection, city)
    briefs = [_brief(latest[slug], uses) for slug in sorted(latest)]
    return paging.page(briefs, lambda brief: brief.slug)


@router.get(
    "/{city}/schemes/{slug}",
    dependencies=guarded(CODERS),
    summary="One coding scheme",
    description="Its codes in the latest version, and its file.",
    responses=problems(_404=UNKNOWN),
)
def scheme(city: City, slug: SchemeSlug, database: Database) -> SchemeDetail:
    """The latest version."""
    with database.connect() as connection:
        found = schemes.schemes(connection, city, slug)
        uses = schemes.uses(connection, city)
    if not found:
        raise Problem(404, UNKNOWN)
    brief = _brief(found[-1], uses)
    return SchemeDetail(
        slug=slug,
        version=brief.version,
        versions=[one.scheme.version for one in found],
        title=brief.title,
        published_at=brief.published_at,
        codes=_codes(found[-1].scheme),
        source=found[-1].source,
        applied_to=brief.applied_to,
    )


@router.post(
    "/{city}/schemes",
    dependencies=guarded(CODERS),
    status_code=201,
    summary="Publish a coding scheme",
    description=(
        "Takes a scheme's file (TOML, see the guide for coordinators) as the body or as a file of a"
        f" form, of at most {LARGEST:,} bytes. Every fault is told at once. Without faults it is"
        " published as the next version of its slug; the text of the latest version makes no new"
        " one (200). Labels given by an earlier version stay: they are kept by the codes' names."
    ),
    responses={
        200: {"description": "The same text is published already.", "model": SchemeVersion},
        **problems(
            _409="Others are publishing this scheme.",
            _413="The file is too large.",
            _415="The file is no TOML.",
        ),
    },
    openapi_extra=body_of(EXAMPLE),
)
def publish(
    city: City,
    text: Annotated[str, Depends(Upload("scheme"))],
    database: Database,
    response: Response,
) -> SchemeVersion:
    """Checks and publishes."""
    for _ in range(TRIES):
        with suppress(IntegrityError):  # somebody published at the same moment
            slug, version, fresh = _publish(database, city, text)
            response.status_code = 201 if fresh else 200
            return SchemeVersion(slug, version)
    raise Problem(409, "Others are publishing this scheme", "Please try again.")


def _publish(database: Engine, city: str, text: str) -> tuple[str, int, bool]:
    """Slug and number of the version, and whether it is new."""
    with library.writing(database) as connection:
        languages = library.load_profile(connection, city).languages
        slug = _checked(text, languages).slug
        there = len(schemes.schemes(connection, city, slug))
        version = schemes.publish(connection, city, text, wiring.now())
    return slug, version, version > there


def _checked(text: str, languages: Sequence[str]) -> Scheme:
    try:
        return checked_scheme(text, languages)
    except SchemeError as error:
        raise refused(error.faults, "scheme") from None
    except (ValueError, OverflowError, RecursionError):  # numbers and nesting beyond all measure
        raise refused([Fault("file", "cannot be read")], "scheme") from None


def _brief(published: PublishedScheme, uses: Sequence[Use]) -> SchemeBrief:
    found = published.scheme
    return SchemeBrief(
        slug=found.slug,
        version=found.version,
        title=dict(found.title),
        codes=len(found.codes),
        published_at=published.published_at,
        applied_to=[
            application_of(Applied(use, [found])) for use in uses if use.scheme == found.slug
        ],
    )


def _codes(found: Scheme) -> list[CodeDetail]:
    return [
        CodeDetail(
            name=code.name,
            code=code.code,
            label=dict(code.label),
            match={locale: list(values) for locale, values in code.match.items()},
            kind="special" if code.special else "theme",
            dimension=code.dimension,
        )
        for code in found.codes
    ]
