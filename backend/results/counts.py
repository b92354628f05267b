"""Counts of one survey, over all its versions. The highest revision of an answer counts; residents'
own words are not read.

Results count respondents: of a contact's sessions one counts, so that nobody passes the threshold
alone. It is one with an answer before one without, then a completed one, then the latest. Whose
contact was erased cannot be told from others: each of their sessions counts.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Select, Subquery, case, func, select

from backend.store.tables import ANSWER, SESSION
from dialogue.outcomes import REMARK, Value
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
    return _by_status(connection, _sessions(city, survey))


def respondents_by_status(connection: Connection, city: str, survey: str) -> dict[str, int]:
    """Respondents by the status of the session that counts, as `by_status`."""
    counting = _counting(city, survey)
    return _by_status(connection, select(counting.c.status).where(counting.c.place == 1))


def _by_status(connection: Connection, statuses: Select[tuple[str]]) -> dict[str, int]:
    of = statuses.subquery()
    rows = connection.execute(select(of.c.status, func.count()).group_by(of.c.status)).all()
    found = {str(Status(status)): n for status, n in rows}
    hidden = found.pop(Status.SAFEGUARDED, 0)
    counts = {str(s): found.get(s, 0) for s in Status if s is not Status.SAFEGUARDED}
    counts[Status.STOPPED] += hidden
    return counts


def _sessions(city: str, survey: str) -> Select[tuple[str]]:
    return select(SESSION.c.status).where(SESSION.c.city == city, SESSION.c.survey == survey)


def _counting(city: str, survey: str) -> Subquery:
    """A survey's sessions with their place among those of their contact; the first counts."""
    given = (ANSWER.c.session == SESSION.c.id, ANSWER.c.outcome != REMARK)
    answers = select(ANSWER.c.id).where(*given).exists()
    place = func.row_number().over(
        partition_by=(SESSION.c.contact, case((SESSION.c.contact.is_(None), SESSION.c.id))),
        order_by=(
            case((answers, 0), else_=1),
            case((SESSION.c.status == Status.COMPLETED, 0), else_=1),
            SESSION.c.started_at.desc(),
            SESSION.c.id.desc(),
        ),
    )
    return _sessions(city, survey).add_columns(SESSION.c.id, place.label("place")).subquery()


def by_answer(connection: Connection, city: str, survey: str) -> Mapping[str, Sequence[Count]]:
    """Counts of every question that was answered in any way, each respondent once."""
    counting = _counting(city, survey)
    later = ANSWER.alias()
    superseded = (
        select(later.c.id)
        .where(
            later.c.session == ANSWER.c.session,
            later.c.question == ANSWER.c.question,
            later.c.revision > ANSWER.c.revision,
            later.c.outcome != REMARK,
        )
        .exists()
    )
    of_whom = (ANSWER.c.question, ANSWER.c.outcome, ANSWER.c.value)
    rows = connection.execute(
        select(*of_whom, func.count().label("n"))
        .join(counting, counting.c.id == ANSWER.c.session)
        .where(counting.c.place == 1, ~superseded, ANSWER.c.outcome != REMARK)
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
