"""How answers were read: listed for a coder, and coded anew. Both readings are kept."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, ScalarSelect, func, insert, select

from backend.privacy import KeyRing, SealBrokenError
from backend.store.tables import ANSWER, RAW, SESSION
from dialogue.coding import CODED
from dialogue.outcomes import UNCOUNTED, Value
from dialogue.survey import Status

_OPEN = (Status.ACTIVE, Status.PARKED)
GOING_ON = SESSION.c.status.in_(_OPEN)


@dataclass(frozen=True, slots=True)
class AnswerRead:
    """A settled question, in its last revision. `words` says with which lists and rules the text
    was read, `coder` is the key's prefix of whoever read it instead. `said` is what the resident
    wrote, where it is kept: a tap or a bare number is not; nor is it shown where the survey ended
    in danger."""

    id: int
    survey: str
    version: int
    question: str
    revision: int
    language: str
    answered_on: date
    outcome: str
    value: str | int | float | list[str] | None
    rule: str
    words: str | None
    coder: str | None
    said: str | None


@dataclass(frozen=True, slots=True)
class ToCode:
    """What coding needs to know of an answer."""

    session: str
    survey: str
    version: int
    question: str
    last: bool
    is_open: bool


_LATER = ANSWER.alias("later")
_FIRST = ANSWER.alias("first")
LAST = ~(
    select(_LATER.c.id)
    .where(
        _LATER.c.session == ANSWER.c.session,
        _LATER.c.question == ANSWER.c.question,
        _LATER.c.revision > ANSWER.c.revision,
        _LATER.c.outcome.not_in(UNCOUNTED),
    )
    .exists()
)


_IS_ANSWER = (ANSWER.c.outcome.not_in(UNCOUNTED),)


def listed(
    connection: Connection,
    keys: KeyRing,
    city: str,
    survey: str,
    question: str | None,
    outcome: str | None,
    after: int,
    limit: int,
) -> Sequence[AnswerRead]:
    """A survey's answers in their last revision, in the order they were settled: `limit` of those
    behind `after`; remarks and late answers only where their `outcome` is asked for, and then all.
    A coder's revision has no words of its own, so those of the one before are shown."""
    wanted = [SESSION.c.city == city, SESSION.c.survey == survey, ANSWER.c.id > after, ~GOING_ON]
    wanted += [] if outcome in UNCOUNTED else [*_IS_ANSWER, LAST]
    if question is not None:
        wanted.append(ANSWER.c.question == question)
    if outcome is not None:
        wanted.append(ANSWER.c.outcome == outcome)
    found = connection.execute(
        select(
            *(ANSWER.c[name] for name in _SHOWN), SESSION.c.survey, SESSION.c.version,
            SESSION.c.locale, SESSION.c.status, _said().label("said"),
        ).select_from(ANSWER.join(SESSION)).where(*wanted).order_by(ANSWER.c.id).limit(limit)
    )  # fmt: skip
    return [_read(row, keys) for row in found.all()]


_SHOWN = ("id", "question", "revision", "at", "outcome", "value", "rule", "words", "coder")


def _said() -> ScalarSelect[str | None]:
    return (
        select(_FIRST.c.raw)
        .where(
            _FIRST.c.session == ANSWER.c.session,
            _FIRST.c.question == ANSWER.c.question,
            _FIRST.c.revision <= ANSWER.c.revision,
            (_FIRST.c.id == ANSWER.c.id) | (_FIRST.c.outcome.not_in(UNCOUNTED)),
            (_FIRST.c.id == ANSWER.c.id) | ANSWER.c.coder.is_not(None),
            _FIRST.c.coder.is_(None),
        )
        .order_by(_FIRST.c.revision.desc())
        .limit(1)
        .scalar_subquery()
    )


def _read(row: Any, keys: KeyRing) -> AnswerRead:
    return AnswerRead(
        id=row.id,
        survey=row.survey,
        version=row.version,
        question=row.question,
        revision=row.revision,
        language=row.locale,
        answered_on=row.at.date(),
        outcome=row.outcome,
        value=None if row.value is None else json.loads(row.value),
        rule=row.rule,
        words=row.words,
        coder=row.coder,
        said=opened(row.said, keys) if row.said and row.status is not Status.SAFEGUARDED else None,
    )


def opened(sealed: str, keys: KeyRing) -> str | None:
    """The words, unless they do not open any more."""
    try:
        return keys.unseal(sealed, RAW)
    except SealBrokenError:
        return None


def find(connection: Connection, city: str, id_: int) -> ToCode | None:
    """The answer, if it is the city's."""
    row = connection.execute(
        select(
            ANSWER.c.session, SESSION.c.survey, SESSION.c.version, ANSWER.c.question,
            LAST.label("last"), SESSION.c.status,
        )
        .select_from(ANSWER.join(SESSION))
        .where(SESSION.c.city == city, ANSWER.c.id == id_, *_IS_ANSWER)
    ).first()  # fmt: skip
    if row is None:
        return None
    is_open = row.status in _OPEN
    return ToCode(row.session, row.survey, row.version, row.question, row.last, is_open)


def code(
    connection: Connection, id_: int, outcome: str, value: Value | None, coder: str, at: datetime
) -> int:
    """Adds the coder's reading as the next revision; its id. Raises sqlalchemy.exc.IntegrityError
    where another was added meanwhile."""
    before = connection.execute(select(ANSWER).where(ANSWER.c.id == id_)).one()
    question = (ANSWER.c.session == before.session, ANSWER.c.question == before.question)
    latest = connection.execute(select(func.max(ANSWER.c.revision)).where(*question)).scalar_one()
    row = {
        "session": before.session,
        "question": before.question,
        "revision": latest + 1,
        "outcome": outcome,
        "value": None if value is None else json.dumps(value, ensure_ascii=False),
        "rule": CODED,
        "coder": coder,
        "at": at,
    }
    return int(connection.execute(insert(ANSWER).values(row).returning(ANSWER.c.id)).scalar_one())
