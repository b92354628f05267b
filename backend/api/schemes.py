"""Coding schemes of a city: the list, one of them, a new version, and what each is applied to."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from backend import wiring
from backend.api.request import NAME, City, Database, Page, Paged, Slug, guarded, problems
from backend.api.surveys import TRIES
from backend.api.surveys import UNKNOWN as SURVEY_UNKNOWN
from backend.api.upload import LARGEST, Upload, body_of, refused
from backend.auth import Role, require
from backend.problems import Problem
from backend.results.merging import merged
from backend.results.report import SurveyUnknownError, versions
from backend.scheme_source import SchemeError, checked_scheme
from backend.store import library, schemes
from backend.store.schemes import Applied, PublishedScheme, Use
from dialogue.faults import Fault
from dialogue.questions import Question
from dialogue.questions.words import Open
from dialogue.scheme import Scheme

router = APIRouter(tags=["coding"])
CODERS = require(Role.COORDINATOR, Role.ADMINISTRATOR)
UNKNOWN = "There is no such scheme"
QUESTION_UNKNOWN = "The survey has no such question"
NOT_APPLIED = "No scheme is applied to the question"
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
QuestionName = Annotated[
    str,
    Path(
        pattern=r"^[a-z][a-z0-9_]{0,62}$",
        description="The question's name.",
        examples=["why_unsafe"],
    ),
]


@dataclass(frozen=True, slots=True)
class Application:
    """A scheme applied to an open question of a survey: each answer needs labels of so many
    `coders`, and at least two for `twice_percent` of them."""

    survey: str
    question: str
    scheme: str
    version: int
    coders: int
    twice_percent: int


class Apply(BaseModel):
    """What to apply, and how many coders each answer needs."""

    model_config = ConfigDict(extra="forbid", strict=True)

    scheme: str = Field(pattern=NAME, examples=["why-unsafe"])
    coders: int = Field(default=1, ge=1, le=9)
    twice_percent: int = Field(
        default=0, ge=0, le=100, description="Share of answers that need at least two coders."
    )


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


@router.put(
    "/{city}/surveys/{slug}/questions/{name}/scheme",
    dependencies=guarded(CODERS),
    summary="Apply a coding scheme to an open question",
    description=(
        "In place of the one that is there, if any. `coders` labels are needed on each answer, and"
        " at least two on `twice_percent` of the answers, always the same ones. Labels by another"
        " scheme are kept, and count again if it is applied again."
    ),
    responses=problems(_404=f"{SURVEY_UNKNOWN}; or: {QUESTION_UNKNOWN}"),
)
def apply(
    city: City,
    slug: Slug,
    name: QuestionName,
    wanted: Annotated[Apply, Body()],
    database: Database,
) -> Application:
    """Applies it."""
    with library.writing(database) as connection:
        question = the_question(connection, city, slug, name)
        if not isinstance(question, Open):
            raise Problem(
                422,
                "Only answers to an open question are coded by a scheme",
                faults=[Fault("path.name", f"is of type {question.kind}")],
            )
        if not schemes.schemes(connection, city, wanted.scheme):
            faults = [Fault("body.scheme", "the city has no such scheme")]
            raise Problem(422, UNKNOWN, faults=faults)
        use = Use(city, slug, name, wanted.scheme, wanted.coders, wanted.twice_percent)
        schemes.apply(connection, use)
        return _application(schemes.applied(connection, city, slug)[name])


@router.get(
    "/{city}/surveys/{slug}/questions/{name}/scheme",
    dependencies=guarded(CODERS),
    summary="The coding scheme of a question",
    description="Which scheme is applied to it, and how many coders each answer needs.",
    responses=problems(_404=NOT_APPLIED),
)
def application(city: City, slug: Slug, name: QuestionName, database: Database) -> Application:
    """What is applied."""
    with database.connect() as connection:
        return _application(the_scheme(connection, city, slug, name))


def the_question(connection: Connection, city: str, slug: str, name: str) -> Question:
    """A question of a survey, as its latest version that has it asks it. Raises Problem."""
    try:
        return merged(versions(connection, city, slug)).question(name)
    except SurveyUnknownError:
        raise Problem(404, SURVEY_UNKNOWN) from None
    except KeyError:
        raise Problem(404, QUESTION_UNKNOWN) from None


def the_scheme(connection: Connection, city: str, slug: str, name: str) -> Applied:
    """The scheme applied to a question. Raises Problem."""
    found = schemes.applied(connection, city, slug).get(name)
    if found is None:
        raise Problem(404, NOT_APPLIED)
    return found


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


def _application(applied: Applied) -> Application:
    use = applied.use
    return Application(
        use.survey, use.question, use.scheme, applied.scheme.version, use.coders, use.twice
    )


def _brief(published: PublishedScheme, uses: Sequence[Use]) -> SchemeBrief:
    found = published.scheme
    return SchemeBrief(
        slug=found.slug,
        version=found.version,
        title=dict(found.title),
        codes=len(found.codes),
        published_at=published.published_at,
        applied_to=[
            _application(Applied(use, [found])) for use in uses if use.scheme == found.slug
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
