"""Counts of one survey, over the sessions of all its versions. The highest revision of an answer
counts; residents' own words are not read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from backend.store.tables import ANSWER, SESSION
from dialogue.outcomes import Value
from dialogue.survey import Status


@dataclass(frozen=True, slots=True)
class Count:
    """So many answers of a question with one outcome and value. Without a value, an answered one
    was given in the resident's own words."""

    outcome: str
    value: Value | None
    n: int


def by_status(connection: Connection, city: str, survey: str) -> dict[str, int]:
    """Sessions by status, every status there. Those ended by safeguarding count as stopped: no
    figure may show that somebody called for help."""
    rows = connection.execute(
        select(SESSION.c.status, func.count())
        .where(SESSION.c.city == city, SESSION.c.survey == survey)
        .group_by(SESSION.c.status)
    ).all()
    found = {str(Status(status)): n for status, n in rows}
    hidden = found.pop(Status.SAFEGUARDED, 0)
    counts = {str(s): found.get(s, 0) for s in Status if s is not Status.SAFEGUARDED}
    counts[Status.STOPPED] += hidden
    return counts


def by_answer(connection: Connection, city: str, survey: str) -> Mapping[str, Sequence[Count]]:
    """Counts of every question that was answered in any way."""
    later = ANSWER.alias()
    superseded = (
        select(later.c.id)
        .where(
            later.c.session == ANSWER.c.session,
            later.c.question == ANSWER.c.question,
            later.c.revision > ANSWER.c.revision,
        )
        .exists()
    )
    of_whom = (ANSWER.c.question, ANSWER.c.outcome, ANSWER.c.value)
    rows = connection.execute(
        select(*of_whom, func.count().label("n"))
        .join(SESSION, SESSION.c.id == ANSWER.c.session)
        .where(SESSION.c.city == city, SESSION.c.survey == survey, ~superseded)
        .group_by(*of_whom)
    )
    counts: dict[str, list[Count]] = {}
    for row in rows:
        counts.setdefault(row.question, []).append(Count(row.outcome, read_value(row.value), row.n))
    return counts


def read_value(text: str | None) -> Value | None:
    """An answer's value from its JSON."""
    found: str | int | float | list[str] | None = None if text is None else json.loads(text)
    return tuple(found) if isinstance(found, list) else found
