"""A city's surveys: the list, one of them, and a new version."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from backend import wiring
from backend.api.request import City, Database, Page, Paged, Slug, guarded, problems
from backend.api.upload import LARGEST, Upload, refused
from backend.auth import Role, require
from backend.catalogues import load_locales
from backend.problems import Problem
from backend.results.tables import labels
from backend.store import library
from backend.store.library import Published
from backend.survey_source import SurveyError, checked_source, clashes
from dialogue.faults import Fault
from dialogue.questions import Question
from dialogue.survey import Survey

router = APIRouter(tags=["surveys"])
READERS = require(Role.ADMINISTRATOR, Role.OFFICIAL, Role.COORDINATOR, Role.VIEWER)
AUTHORS = require(Role.ADMINISTRATOR, Role.COORDINATOR)
UNKNOWN = "There is no such survey"
TRIES = 5
"""Times to publish, each with the next number, while others publish the same survey."""


@dataclass(frozen=True, slots=True)
class SurveyBrief:
    """A survey in its latest version. `languages` are those in which every text is there; a
    `retired` one is offered no more."""

    slug: str
    version: int
    kind: str
    title: dict[str, str]
    languages: list[str]
    keywords: list[str]
    questions: int
    published_at: datetime
    retired: bool


@dataclass(frozen=True, slots=True)
class OptionDetail:
    """An option: answers are keyed by its name, exports write its code."""

    code: str
    name: str
    label: dict[str, str]
    role: str | None


@dataclass(frozen=True, slots=True)
class QuestionDetail:
    """A question as it is asked."""

    name: str
    type: str
    text: dict[str, str]
    options: list[OptionDetail]
    only_if: str | None
    required: bool
    sensitive: bool
    indicator: str | None


@dataclass(frozen=True, slots=True)
class SurveyDetail:
    """One version of a survey, with its file as it was loaded."""

    slug: str
    version: int
    versions: list[int]
    kind: str
    title: dict[str, str]
    languages: list[str]
    keywords: list[str]
    published_at: datetime
    retired: bool
    questions: list[QuestionDetail]
    source: str


@dataclass(frozen=True, slots=True)
class SurveyVersion:
    """What became of an upload."""

    slug: str
    version: int


@router.get(
    "/{city}/surveys",
    dependencies=guarded(READERS),
    summary="The surveys of a city",
    description="Each in its latest version, in the order of their slugs.",
    responses=problems(),
)
def surveys(city: City, paging: Paged, database: Database) -> Page[SurveyBrief]:
    """Every survey, latest version."""
    with database.connect() as connection:
        latest = _latest(library.surveys(connection, city))
    briefs = sorted(map(_brief, latest), key=lambda brief: brief.slug)
    return paging.page(briefs, lambda brief: brief.slug)


@router.get(
    "/{city}/surveys/{slug}",
    dependencies=guarded(READERS),
    summary="One survey",
    description="Its questions as they are asked, and its file. The latest version, or `version`.",
    responses=problems(_404=UNKNOWN),
)
def survey(
    city: City,
    slug: Slug,
    database: Database,
    version: Annotated[int | None, Query(ge=1, description="A published version.")] = None,
) -> SurveyDetail:
    """A version of a survey."""
    with database.connect() as connection:
        found = [p for p in library.surveys(connection, city) if p.survey.slug == slug]
    wanted = [p for p in found if version in (None, p.survey.version)]
    if not wanted:
        raise Problem(404, UNKNOWN)
    return _detail(wanted[-1], [p.survey.version for p in found])


@router.post(
    "/{city}/surveys",
    dependencies=guarded(AUTHORS),
    status_code=201,
    summary="Publish a survey",
    description=(
        "Takes a survey file (TOML, see the guide for coordinators) as the body or as a file of a"
        f" form, of at most {LARGEST:,} bytes. It is checked as a whole, together with the city's"
        " other surveys, and every fault is told at once. Without faults it is published as the"
        " next version of its slug; the text of the latest version makes no new one (200)."
    ),
    responses={
        200: {"description": "The same text is published already.", "model": SurveyVersion},
        **problems(
            _409="Others are publishing this survey.",
            _413="The file is too large.",
            _415="The file is no TOML.",
        ),
    },
    openapi_extra=Upload.BODY,
)
def publish(
    city: City, text: Annotated[str, Depends(Upload())], database: Database, response: Response
) -> SurveyVersion:
    """Checks and publishes."""
    survey = _checked(text)
    for _ in range(TRIES):
        with suppress(IntegrityError):  # somebody published at the same moment
            version, fresh = _publish(database, city, survey, text)
            response.status_code = 201 if fresh else 200
            return SurveyVersion(survey.slug, version)
    raise Problem(409, "Others are publishing this survey", "Please try again.")


def _publish(database: Engine, city: str, survey: Survey, text: str) -> tuple[int, bool]:
    """The number of the version, and whether it is new."""
    with library.writing(database) as connection:
        there = library.surveys(connection, city)
        faults = clashes(connection, city, survey)
        if faults:
            raise refused(faults)
        version = library.publish(connection, city, text, wiring.now())
    fresh = (survey.slug, version) not in {(p.survey.slug, p.survey.version) for p in there}
    return version, fresh


def _checked(text: str) -> Survey:
    """The survey, free of faults by itself."""
    try:
        return checked_source(text, load_locales())
    except SurveyError as error:
        raise refused(error.faults) from None
    except (ValueError, OverflowError, RecursionError):  # numbers and nesting beyond all measure
        raise refused([Fault("file", "cannot be read")]) from None


def _latest(published: Sequence[Published]) -> Sequence[Published]:
    """The latest version of each survey."""
    return list({p.survey.slug: p for p in published}.values())


def _brief(published: Published) -> SurveyBrief:
    survey = published.survey
    return SurveyBrief(
        slug=survey.slug,
        version=survey.version,
        kind=survey.kind.value,
        title=dict(survey.title),
        languages=list(survey.locales),
        keywords=list(survey.keywords),
        questions=sum(question.asks for question in survey.questions),
        published_at=published.published_at,
        retired=published.retired,
    )


def _detail(published: Published, versions: list[int]) -> SurveyDetail:
    survey = published.survey
    return SurveyDetail(
        slug=survey.slug,
        version=survey.version,
        versions=versions,
        kind=survey.kind.value,
        title=dict(survey.title),
        languages=list(survey.locales),
        keywords=list(survey.keywords),
        published_at=published.published_at,
        retired=published.retired,
        questions=[_question(question) for question in survey.questions],
        source=published.source,
    )


def _question(question: Question) -> QuestionDetail:
    return QuestionDetail(
        name=question.name,
        type=question.kind,
        text=dict(question.text),
        options=[
            OptionDetail(o.code, o.name, labels(question, o), o.role) for o in question.options
        ],
        only_if=question.only_if.source if question.only_if else None,
        required=question.required,
        sensitive=question.sensitive,
        indicator=question.indicator,
    )
