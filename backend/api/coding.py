"""The coding desk: answers in words, and what coders gave to them. Every look and every label is in
the audit log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, Engine

from backend import wiring
from backend.api.answers import the_keys
from backend.api.applying import CODERS, NOT_APPLIED, QuestionName, the_question, the_scheme
from backend.api.media import LARGEST_ID
from backend.api.request import City, Database, Page, Slug, guarded, problems
from backend.auth import Key
from backend.exports.audit import note_history, note_reading
from backend.labelling import (
    NO_WORDS,
    UNKNOWN,
    WAITS,
    AnswerUnknownError,
    CodesFaultyError,
    LabelError,
    give,
    labelled_by,
)
from backend.privacy import KeyRing
from backend.problems import Problem
from backend.store import labels, library, readings
from backend.store.readings import AnswerRead
from dialogue.faults import Fault
from dialogue.labels import Label, Standing

router = APIRouter(tags=["coding"])
Keys = Annotated[KeyRing, Depends(the_keys)]
Coder = Annotated[Key, Depends(CODERS)]
AnswerId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="Its `id` in the queue.")]
Shown = Literal["open", "waiting", "coded", "disputed", "settled", "remark", "not_coded"]
UNREAD = ("remark", "not_coded")
"""What is listed without a scheme."""


@dataclass(frozen=True, slots=True)
class Suggested:
    """A code that may fit: one of its match values was found in the words, or one that is
    `inflected`, with another ending ("lamps" for "lamp"). No label."""

    code: str
    because: str
    inflected: bool


@dataclass(frozen=True, slots=True)
class LabelShown:
    """What a coder gave. Without codes it takes back; one that `settles` decides for all."""

    coder: str
    codes: list[str]
    version: int
    settles: bool
    given_at: datetime


@dataclass(frozen=True, slots=True)
class CodingItem:
    """An answer at the coding desk. `said` is null once the words are deleted. `own` are your
    codes; `labels` are what counts of every coder, and null until you have labelled it, so that you
    code it blind; `codes` are what counts of the answer, null while that is open, disputed or not
    for you to see."""

    id: int
    outcome: str
    state: str
    version: int
    language: str
    answered_on: date
    said: str | None
    suggested: list[Suggested]
    coders_needed: int | None
    own: list[str] | None
    labels: list[LabelShown] | None
    codes: list[str] | None
    settled_by: str | None
    settler_coded: bool | None


class Labelling(BaseModel):
    """Codes of an answer by their names, one or several; none take back what you gave."""

    model_config = ConfigDict(extra="forbid", strict=True)

    codes: list[str] = Field(max_length=200, examples=[["lighting", "gangs"]])


@dataclass(frozen=True, slots=True)
class Labelled:
    """Where the answer stands now; `codes` as in the queue."""

    id: int
    state: str
    codes: list[str] | None


@router.get(
    "/{city}/surveys/{slug}/questions/{name}/coding",
    dependencies=guarded(CODERS),
    summary="Answers to be coded",
    description=(
        "Residents' words, with what the scheme's match values suggest; a suggestion is no label."
        " `state`: `open` waits for you, `waiting` for another coder, `coded` has the labels it"
        " needs and they agree, `disputed` has them and they do not, `settled` was decided by a"
        " person; `remark` lists what was said beside the question, and `not_coded` replies that"
        " nobody could read, of any question, with or without a scheme. What others gave is shown"
        " once you have labelled the answer yourself, or to settle it. Nothing here says who wrote"
        " it; every look is noted in the audit log."
    ),
    responses=problems(_404=f"There is no such survey or question; or: {NOT_APPLIED}"),
)
def coding_queue(
    city: City,
    slug: Slug,
    name: QuestionName,
    database: Database,
    keys: Keys,
    key: Coder,
    state: Annotated[Shown, Query(description="Answers that stand so.")] = "open",
    limit: Annotated[int, Query(ge=1, le=200, description="Items on a page.")] = 50,
    after: Annotated[int, Query(ge=0, le=LARGEST_ID, description="`next` of the page before.")] = 0,
) -> Page[CodingItem]:
    """A page of the queue. The look is noted before anything is read, in a short transaction of its
    own: nobody's turn waits for a long queue."""
    with database.connect() as connection:
        the_question(connection, city, slug, name)
        applied = None if state in UNREAD else the_scheme(connection, city, slug, name)
    with library.writing(database) as connection:
        note_reading(connection, city, key.prefix, slug, wiring.now())
    with database.connect() as connection:
        if applied is None or state == "remark" or state == "not_coded":
            read = readings.listed(connection, keys, city, slug, name, state, after, limit + 1)
            items = [_unread(one, state) for one in read]
        else:
            found = labels.queue(connection, keys, applied, key.prefix, state, after, limit + 1)
            items = [_item(one) for one in found]
    here = items[:limit]
    return Page(here, str(here[-1].id) if len(items) > limit else None)


@router.post(
    "/{city}/answers/{id}/labels",
    dependencies=guarded(CODERS),
    status_code=201,
    summary="Label an answer",
    description=(
        "Gives an answer one or several codes, in your name. Give others to change your mind, or"
        " none to take back what you gave: every labelling is kept, and your latest counts. A"
        " special code stands alone."
    ),
    responses=problems(_404=UNKNOWN, _409=NO_WORDS),
)
def label(
    city: City, id: AnswerId, given: Annotated[Labelling, Body()], database: Database, key: Coder
) -> Labelled:
    """Keeps the label."""
    return _given(database, city, id, key, given.codes, settles=False)


@router.post(
    "/{city}/answers/{id}/settlement",
    dependencies=guarded(CODERS),
    status_code=201,
    summary="Settle what coders disagree on",
    description=(
        "Decides which codes count, in your name; you may be one of the coders, and the queue says"
        " so. It may be settled anew: the latest counts, and everything is kept."
    ),
    responses=problems(_404=UNKNOWN, _409=f"{WAITS}; or: {NO_WORDS}"),
)
def settle(
    city: City, id: AnswerId, given: Annotated[Labelling, Body()], database: Database, key: Coder
) -> Labelled:
    """Keeps the settlement."""
    return _given(database, city, id, key, given.codes, settles=True)


@router.get(
    "/{city}/answers/{id}/labels",
    dependencies=guarded(CODERS),
    summary="All labels of an answer",
    description=(
        "Every labelling by the scheme that is applied now, oldest first: your own, and those of"
        " others once you have labelled the answer, or it is disputed or settled. Every look is"
        " noted in the audit log."
    ),
    responses=problems(_404=UNKNOWN),
)
def history(city: City, id: AnswerId, database: Database, key: Coder) -> list[LabelShown]:
    """The labellings. The look is noted before anything is read."""
    with database.connect() as connection:
        try:
            _, applied = labelled_by(connection, city, id)
        except AnswerUnknownError as error:
            raise Problem(404, str(error)) from None
    with library.writing(database) as connection:
        note_history(connection, city, key.prefix, id, wiring.now())
    with database.connect() as connection:
        stands = labels.stands(connection, applied, id)
    blind = stands.hidden_from(key.prefix)
    return _labels([one for one in stands.labels if one.coder == key.prefix or not blind])


def _given(
    database: Engine, city: str, id_: int, key: Key, codes: Sequence[str], *, settles: bool
) -> Labelled:
    with library.writing(database) as connection:
        standing = _give(connection, city, id_, key.prefix, codes, settles=settles)
    hidden = standing.hidden_from(key.prefix)
    return Labelled(id_, standing.view(key.prefix), None if hidden else _list(standing.codes))


def _give(
    connection: Connection, city: str, id_: int, coder: str, codes: Sequence[str], *, settles: bool
) -> Standing:
    try:
        _, standing = give(connection, city, id_, coder, codes, wiring.now(), settles=settles)
    except AnswerUnknownError as error:
        raise Problem(404, str(error)) from None
    except CodesFaultyError as error:
        faults = [Fault("body.codes", str(error))]
        raise Problem(422, "The label has a fault", faults=faults) from None
    except LabelError as error:
        raise Problem(409, str(error)) from None
    return standing


def _item(one: labels.DeskAnswer) -> CodingItem:
    stands, visible = one.standing, one.labels is not None
    settler = stands.settlement.coder if stands.settlement else None
    return CodingItem(
        id=one.id,
        outcome="answered",
        state=one.view,
        version=one.version,
        language=one.language,
        answered_on=one.answered_on,
        said=one.said,
        suggested=[Suggested(hint.code, hint.because, hint.inflected) for hint in one.suggested],
        coders_needed=one.needed,
        own=_list(one.own),
        labels=None if one.labels is None else _labels(one.labels),
        codes=_list(stands.codes) if visible else None,
        settled_by=settler,
        settler_coded=None if settler is None else settler in stands.by_coder,
    )


def _unread(one: AnswerRead, state: str) -> CodingItem:
    return CodingItem(
        id=one.id,
        outcome=one.outcome,
        state=state,
        version=one.version,
        language=one.language,
        answered_on=one.answered_on,
        said=one.said,
        suggested=[],
        coders_needed=None,
        own=None,
        labels=None,
        codes=None,
        settled_by=None,
        settler_coded=None,
    )


def _labels(found: Sequence[Label]) -> list[LabelShown]:
    return [
        LabelShown(one.coder, list(one.codes), one.version, one.settles, one.at) for one in found
    ]


def _list(codes: Sequence[str] | None) -> list[str] | None:
    return None if codes is None else list(codes)
