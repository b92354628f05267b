"""How answers were read, and coding them anew. Coordinators and administrators; audited."""

from typing import Annotated, Literal

from fastapi import APIRouter, Body, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from backend import wiring
from backend.api.media import LARGEST_ID
from backend.api.request import City, Database, DataPage, Slug, Synthetic, guarded, problems
from backend.auth import Key, Role, require
from backend.exports.audit import note_coding, note_reading
from backend.privacy import KeyRing
from backend.problems import Problem
from backend.results.merging import SurveyUnknownError, versions
from backend.store import library, readings
from backend.store.readings import AnswerRead, ToCode
from dialogue.coding import fault_of
from dialogue.faults import Fault
from dialogue.outcomes import Value

router = APIRouter(tags=["answers"])
CODERS = require(Role.COORDINATOR, Role.ADMINISTRATOR)
UNKNOWN = "There is no such answer"
OPEN = "The resident is still at this survey: code it when it has ended"
OLD = "The answer has been changed or coded since: look at its last revision"


def the_keys(request: Request) -> KeyRing:
    """What opens residents' words."""
    keys: KeyRing = request.app.state.installation.keys
    return keys


Outcome = Literal[
    "answered", "dont_know", "refused", "skipped", "not_coded", "not_applicable", "remark"
]


class Coding(BaseModel):
    """A coder's reading. `value` with `answered` only: an option's name, a list of them, a number,
    a date, or an area's code, as the question's type has it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    outcome: Literal["answered", "dont_know", "refused", "not_coded"] = "answered"
    value: str | int | float | list[str] | None = Field(default=None, examples=["very_unsafe"])


class Coded(BaseModel):
    """The new revision."""

    id: int
    revision_of: int


@router.get(
    "/{city}/surveys/{slug}/answers",
    dependencies=guarded(CODERS),
    summary="How answers were read",
    description=(
        "Every answer in its last revision: what it was read as, the rule that fired, the lists it"
        " was read with, and the resident's words where they were kept. `outcome=not_coded` lists"
        " what nobody could read, `outcome=remark` what was said beside the questions. Nothing here"
        " says who wrote it; every look is noted in the audit log."
    ),
    responses=problems(_404="There is no such survey"),
)
def answers(
    city: City,
    slug: Slug,
    database: Database,
    keys: Annotated[KeyRing, Depends(the_keys)],
    key: Annotated[Key, Depends(CODERS)],
    synthetic: Synthetic,
    question: Annotated[str | None, Query(max_length=64, description="A question's name.")] = None,
    outcome: Annotated[Outcome | None, Query(description="Of this outcome.")] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="Items on a page.")] = 50,
    after: Annotated[int, Query(ge=0, le=LARGEST_ID, description="`next` of the page before.")] = 0,
) -> DataPage[AnswerRead]:
    """A page of the list. The look is noted before anything is read, in a short transaction of its
    own."""
    with database.connect() as connection:
        _known(connection, city, slug)
    with library.writing(database) as connection:
        note_reading(connection, city, key.prefix, slug, wiring.now())
    with database.connect() as connection:
        found = readings.listed(connection, keys, city, slug, question, outcome, after, limit + 1)
    here = list(found[:limit])
    return DataPage(here, str(here[-1].id) if len(found) > limit else None, synthetic)


@router.post(
    "/{city}/answers/{id}/coding",
    dependencies=guarded(CODERS),
    status_code=201,
    summary="Read an answer anew",
    description=(
        "A person's reading in place of the program's. It becomes the answer's next revision, which"
        " counts; the earlier ones stay, with the resident's words and the rule that had read them."
    ),
    responses=problems(_404=UNKNOWN, _409=f"{OPEN}; or: {OLD}"),
)
def coding(
    city: City,
    id: Annotated[int, Path(ge=1, le=LARGEST_ID, description="Its `id` in the list.")],
    given: Annotated[Coding, Body()],
    database: Database,
    key: Annotated[Key, Depends(CODERS)],
) -> Coded:
    """Keeps the reading."""
    value = tuple(given.value) if isinstance(given.value, list) else given.value
    try:
        with library.writing(database) as connection:
            found = readings.find(connection, city, id)
            if found is None:
                raise Problem(404, UNKNOWN)
            if found.is_open or not found.last:
                raise Problem(409, OPEN if found.is_open else OLD)
            outcome = _outcome(connection, city, found, given.outcome, value)
            added = readings.code(connection, id, outcome, value, key.prefix, wiring.now())
            note_coding(connection, city, key.prefix, id, wiring.now())
    except IntegrityError:
        raise Problem(409, OLD) from None
    return Coded(id=added, revision_of=id)


def _known(connection: Connection, city: str, slug: str) -> None:
    try:
        versions(connection, city, slug)
    except SurveyUnknownError:
        raise Problem(404, "There is no such survey") from None


def _outcome(
    connection: Connection, city: str, found: ToCode, outcome: str, value: Value | None
) -> str:
    """The outcome to keep: an option may stand for "don't know" or a refusal itself."""
    if outcome != "answered":
        fault = None if value is None else "is only for an answer"
        option = None
    else:
        pinned = next(
            s for s in versions(connection, city, found.survey) if s.version == found.version
        )
        question = pinned.question(found.question)
        profile = library.load_profile(connection, city)
        areas = [area.code for area in profile.areas]
        fault = (
            "is missing" if value is None else fault_of(question, value, areas, profile.minimum_age)
        )
        option = next((o for o in question.options if value in (o.name, (o.name,))), None)
    if fault is not None:
        raise Problem(422, "The reading has a fault", faults=[Fault("body.value", fault)])
    return option.role if option and option.role in ("dont_know", "refused") else outcome
