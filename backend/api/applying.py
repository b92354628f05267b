"""Which coding scheme is applied to an open question, and how many coders its answers need."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Body, Path
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from backend.api.request import NAME, City, Database, Slug, guarded, problems
from backend.api.surveys import UNKNOWN as SURVEY_UNKNOWN
from backend.auth import Role, require
from backend.problems import Problem
from backend.results.merging import SurveyUnknownError, merged, versions
from backend.store import library, schemes
from backend.store.schemes import Applied, Use
from dialogue.faults import Fault
from dialogue.questions import Question
from dialogue.questions.words import Open

router = APIRouter(tags=["coding"])
CODERS = require(Role.COORDINATOR, Role.ADMINISTRATOR)
UNKNOWN = "There is no such scheme"
QUESTION_UNKNOWN = "The survey has no such question"
NOT_APPLIED = "No scheme is applied to the question"

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
        return application_of(schemes.applied(connection, city, slug)[name])


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
        return application_of(the_scheme(connection, city, slug, name))


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


def application_of(applied: Applied) -> Application:
    """As it is shown."""
    use = applied.use
    return Application(
        use.survey, use.question, use.scheme, applied.scheme.version, use.coders, use.twice
    )
