"""Counts of one survey, over the sessions of all its versions. The highest revision of an answer
counts; residents' own words are not read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from backend.models import Answer, Session
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
        select(Session.status, func.count())
        .where(col(Session.city) == city, col(Session.survey) == survey)
        .group_by(col(Session.status))
    ).all()
    found = {str(Status(status)): n for status, n in rows}
    hidden = found.pop(Status.SAFEGUARDED, 0)
    counts = {str(s): found.get(s, 0) for s in Status if s is not Status.SAFEGUARDED}
    counts[Status.STOPPED] += hidden
    return counts


def by_answer(connection: Connection, city: str, survey: str) -> Mapping[str, Sequence[Count]]:
    """Counts of every question that was answered in any way."""
    later = aliased(Answer)
    superseded = (
        select(later.id)
        .where(
            col(later.session) == Answer.session,
            col(later.question) == Answer.question,
            col(later.revision) > Answer.revision,
        )
        .exists()
    )
    rows = connection.execute(
        select(Answer.question, Answer.outcome, Answer.value, func.count().label("n"))
        .join(Session, col(Session.id) == Answer.session)
        .where(col(Session.city) == city, col(Session.survey) == survey, ~superseded)
        .group_by(col(Answer.question), col(Answer.outcome), col(Answer.value))
    )
    counts: dict[str, list[Count]] = {}
    for row in rows:
        counts.setdefault(row.question, []).append(Count(row.outcome, read_value(row.value), row.n))
    return counts


def read_value(text: str | None) -> Value | None:
    """An answer's value from its JSON."""
    found: str | int | float | list[str] | None = None if text is None else json.loads(text)
    return tuple(found) if isinstance(found, list) else found
