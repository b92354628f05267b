"""Counts of one survey, over all its versions. The highest revision of an answer counts; residents'
own words are not read.

Results count respondents: of a contact's sessions one counts (`backend.store.counting`), so that
nobody passes the threshold alone. Once the contact is erased, that one still does.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Subquery,
    and_,
    case,
    func,
    null,
    or_,
    select,
    union,
)

from backend.store.counting import place
from backend.store.tables import ANSWER, SESSION
from dialogue.outcomes import UNCOUNTED, Value
from dialogue.survey import Status


@dataclass(frozen=True, slots=True)
class Count:
    """So many answers of a question with one outcome and value. Without a value, an answered one
    was given in the resident's own words."""

    outcome: str
    value: Value | None
    n: int


Column = Literal["channel", "locale"]
"""What is known of a session without asking."""


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


def _counting(city: str, survey: str, until: datetime | None = None) -> Subquery:
    """A survey's sessions (that began until then) with their place among those of their contact;
    the first counts."""
    one = place(SESSION.c.contact, case((SESSION.c.contact.is_(None), SESSION.c.id)))
    more = (SESSION.c.id, SESSION.c.locale, SESSION.c.channel, one.label("place"))
    there = _sessions(city, survey).where(~SESSION.c.repeated).add_columns(*more)
    return (there if until is None else there.where(SESSION.c.started_at <= until)).subquery()


def counting_sessions(city: str, survey: str, until: datetime | None = None) -> Select[tuple[str]]:
    """The ids of the sessions that count, one a respondent: of all, or of those that began until
    then."""
    counting = _counting(city, survey, until)
    return select(counting.c.id).where(counting.c.place == 1)


def by_answer(connection: Connection, city: str, survey: str) -> Mapping[str, Sequence[Count]]:
    """Counts of every question that was answered in any way, each respondent once."""
    counts: dict[str, list[Count]] = {}
    for _, question, count in _answers(connection, _counting(city, survey), null()):
        counts.setdefault(question, []).append(count)
    return counts


def by_column(
    connection: Connection, city: str, survey: str, column: Column
) -> Iterator[tuple[str, str, Count]]:
    """Group, question and count as in `by_answer`: the group is the channel or locale of the
    session that counts."""
    counting = _counting(city, survey)
    return _answers(connection, counting, counting.c[column])


def by_question(
    connection: Connection, city: str, survey: str, question: str
) -> Iterator[tuple[Value | None, str, Count]]:
    """The same by the respondent's answer to a question; None without one, or in words."""
    counting = _counting(city, survey)
    of = ANSWER.alias()
    given = select(of.c.value).where(
        of.c.session == counting.c.id,
        of.c.question == question,
        of.c.outcome == "answered",
        ~_superseded(of),
    )
    for value, name, count in _answers(connection, counting, given.scalar_subquery()):
        yield read_value(value), name, count


def sizes(connection: Connection, city: str, survey: str, column: Column) -> dict[str, int]:
    """Respondents by the channel or locale of the session that counts; only those who answered."""
    counting = _counting(city, survey)
    return _sizes(connection, counting, counting.c[column])


def responses(connection: Connection, city: str, survey: str) -> int:
    """Respondents who answered something."""
    return sum(sizes(connection, city, survey, "channel").values())


def responses_since(connection: Connection, city: str, survey: str, since: datetime) -> int:
    """Respondents who have answered something in a session that began or ended since then, or that
    still goes on and was answered in since then."""
    mine = select(SESSION.c.id, SESSION.c.contact).where(
        SESSION.c.city == city, SESSION.c.survey == survey, ~SESSION.c.repeated
    )
    given = ANSWER.c.session == SESSION.c.id, ANSWER.c.outcome.not_in(UNCOUNTED)
    any_time = select(ANSWER.c.id).where(*given).exists()
    lately = select(ANSWER.c.id).where(*given, ANSWER.c.at > since).exists()
    new = union(
        mine.where(SESSION.c.started_at > since, any_time),
        mine.where(SESSION.c.finished_at > since, any_time),
        mine.where(SESSION.c.finished_at.is_(None), lately),
    ).subquery()
    people = func.count(func.coalesce(new.c.contact, new.c.id).distinct())
    return int(connection.execute(select(people)).scalar_one())


def by_difficulty(
    connection: Connection, city: str, survey: str, great: Mapping[str, Sequence[str]]
) -> tuple[dict[str, int], Iterator[tuple[str, str, Count]]]:
    """Sizes and counts by disability: `with` where one of the questions was answered with an
    option that means a `great` difficulty there, `without` where all were answered with less, else
    `unknown`.

    Source: Washington Group Short Set, cut-off of a lot of difficulty in one domain (instruments
    facts, A11).
    """
    counting = _counting(city, survey)
    of = ANSWER.alias()
    mine = (
        of.c.session == counting.c.id,
        of.c.question.in_(great),
        of.c.outcome == "answered",
        ~_superseded(of),
    )
    any_great = or_(
        *(
            and_(of.c.question == name, of.c.value.in_([json.dumps(v) for v in options]))
            for name, options in great.items()
        )
    )
    one = select(of.c.id).where(*mine, any_great).exists()
    given = select(func.count()).select_from(of).where(*mine).scalar_subquery()
    group = case((one, "with"), (given == len(great), "without"), else_="unknown")
    return _sizes(connection, counting, group), _answers(connection, counting, group)


def _sizes(connection: Connection, counting: Subquery, group: ColumnElement[Any]) -> dict[str, int]:
    given = select(ANSWER.c.id).where(
        ANSWER.c.session == counting.c.id, ANSWER.c.outcome.not_in(UNCOUNTED)
    )
    of = (
        select(group.label("group"))
        .select_from(counting)
        .where(counting.c.place == 1, given.exists())
        .subquery()
    )
    counted = select(of.c.group, func.count()).group_by(of.c.group)
    return {str(name): n for name, n in connection.execute(counted)}


def _answers(
    connection: Connection, counting: Subquery, group: ColumnElement[Any]
) -> Iterator[tuple[Any, str, Count]]:
    """Counts of answers in their last revision, by group."""
    given = (
        select(ANSWER.c.question, ANSWER.c.outcome, ANSWER.c.value, group.label("group"))
        .join(counting, counting.c.id == ANSWER.c.session)
        .where(counting.c.place == 1, ANSWER.c.outcome.not_in(UNCOUNTED), ~_superseded(ANSWER))
        .subquery()
    )
    keys = (given.c.group, given.c.question, given.c.outcome, given.c.value)
    for key, question, outcome, value, n in connection.execute(
        select(*keys, func.count()).group_by(*keys)
    ):
        yield key, question, Count(outcome, read_value(value), n)


def _superseded(answer: FromClause) -> ColumnElement[bool]:
    """Whether there is a later revision of an answer."""
    later = ANSWER.alias()
    return (
        select(later.c.id)
        .where(
            later.c.session == answer.c.session,
            later.c.question == answer.c.question,
            later.c.revision > answer.c.revision,
            later.c.outcome.not_in(UNCOUNTED),
        )
        .exists()
    )


def read_value(text: str | None) -> Value | None:
    """An answer's value from its JSON."""
    found: str | int | float | list[str] | None = None if text is None else json.loads(text)
    return tuple(found) if isinstance(found, list) else found
