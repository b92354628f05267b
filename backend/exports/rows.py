"""The one row iterator: every response to a survey, in the order of its id, with nothing personal
in it. Formats only write it down.

Ids are HMACs under the export's key: exports under one key can be joined, those under two cannot.
Times are days. Residents' own words are never read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import Connection, RowMapping, select

from backend.exports.order import in_order
from backend.exports.source import Source
from backend.exports.themes import LABELLED, given_codes
from backend.results.counts import read_value
from backend.store.tables import ANSWER, SESSION
from dialogue.outcomes import UNCOUNTED, Value
from dialogue.questions.place import Location
from dialogue.survey import Status, Survey

BATCH = 500
"""Responses whose answers are fetched at once."""


class Disposition(StrEnum):
    """How a response ended."""

    COMPLETED = "completed"
    BREAKOFF = "breakoff"
    REFUSED = "refused"
    STARTED = "started"
    PARKED = "parked"


DISPOSITIONS: Mapping[Status, Disposition] = MappingProxyType(
    {
        Status.COMPLETED: Disposition.COMPLETED,  # AAPOR I
        Status.ACTIVE: Disposition.STARTED,  # not final
        Status.PARKED: Disposition.PARKED,  # not final
        Status.EXPIRED: Disposition.BREAKOFF,  # R (break-off): went silent
        Status.LATE: Disposition.BREAKOFF,  # R: no answer in time to what was open
        Status.SAFEGUARDED: Disposition.BREAKOFF,  # R: nothing may show that help was called for
        Status.STOPPED: Disposition.BREAKOFF,  # R, or `refused` as below
        Status.WITHDRAWN: Disposition.BREAKOFF,  # R, or `refused` as below
    }
)
"""Statistics facts, B4. There is no partial: every response that ends early is a break-off."""

BY_OWN_WORD = (Status.STOPPED, Status.WITHDRAWN)
"""Ended by the resident's own word: before any answer, that is a refusal."""

KNOWN = "known"
"""The rule of an answer taken over from the contact: nobody gave it in this response."""


@dataclass(frozen=True, slots=True)
class Given:
    """The highest revision of an answer. `value` is None for non-response and for the resident's
    own words."""

    question: str
    revision: int
    outcome: str
    value: Value | None
    rule: str
    on: date


@dataclass(frozen=True, slots=True)
class Response:
    """One way through the survey. `respondent` is the same in all responses of one contact; after
    erasure each of them has its own. `area` is a code of the city's, or ""."""

    id: str
    respondent: str
    version: int
    channel: str
    language: str
    area: str
    started_on: date
    completed_on: date | None
    disposition: Disposition
    answers: Mapping[str, Given]


def responses(connection: Connection, source: Source) -> Iterator[Response]:
    """Every response in the order of its id."""
    with closing(in_order(_ids(connection, source), BATCH)) as batches:
        for batch in batches:
            yield from responses_of(connection, source, [session for _, session in batch])


def responses_of(
    connection: Connection, source: Source, sessions: Sequence[str]
) -> Iterator[Response]:
    """The responses of these sessions, in this order."""
    rows = _sessions(connection, sessions)
    answers = _with_themes(connection, source, _answers(connection, sessions))
    for session in sessions:
        yield _response(source, rows[session], answers.get(session, {}))


def disposition(status: Status, answers: Iterable[Given]) -> Disposition:
    """How a response with these answers ended."""
    if status in BY_OWN_WORD and all(given.rule == KNOWN for given in answers):
        return Disposition.REFUSED
    return DISPOSITIONS[status]


def _ids(connection: Connection, source: Source) -> Iterator[tuple[str, str]]:
    """Public and inner id of every response, never all at once in memory."""
    statement = select(SESSION.c.id).where(
        SESSION.c.city == source.profile.slug, SESSION.c.survey == source.survey.slug
    )
    with connection.execute(statement.execution_options(yield_per=BATCH)) as found:
        for session in found.scalars():
            yield source.response_id(session), session


def _sessions(connection: Connection, ids: Sequence[str]) -> Mapping[str, RowMapping]:
    rows = connection.execute(select(SESSION).where(SESSION.c.id.in_(ids))).mappings()
    return {row["id"]: row for row in rows}


_ANSWER_COLUMNS = (
    "session",
    "question",
    "revision",
    "outcome",
    "value",
    "rule",
    "at",
)  # never `raw`


def _answers(connection: Connection, ids: Sequence[str]) -> Mapping[str, Mapping[str, Given]]:
    """The answers of these sessions by question; of several revisions the last."""
    columns = [ANSWER.c[name] for name in _ANSWER_COLUMNS]
    rows = connection.execute(
        select(*columns)
        .where(ANSWER.c.session.in_(ids), ANSWER.c.outcome.not_in(UNCOUNTED))
        .order_by(ANSWER.c.revision)
    )
    found: dict[str, dict[str, Given]] = {}
    for session, question, revision, outcome, value, rule, at in rows:
        given = Given(question, revision, outcome, read_value(value), rule, at.date())
        found.setdefault(session, {})[question] = given
    return found


def _with_themes(
    connection: Connection, source: Source, answers: Mapping[str, Mapping[str, Given]]
) -> Mapping[str, Mapping[str, Given]]:
    """The answers with the themes of those in words; words without any are not coded, and whoever
    gave no answer gave no theme either."""
    if not source.themes:
        return answers
    codes = given_codes(connection, source.coding, list(answers))
    found: dict[str, dict[str, Given]] = {}
    for session, given in answers.items():
        found[session] = dict(given)
        for question, name in source.themes.items():
            if question in given and given[question].value is None:
                theme = _theme(given[question], name, codes.get((session, question)))
                found[session][name] = theme
    return found


def _theme(of: Given, name: str, codes: tuple[str, ...] | None) -> Given:
    if of.outcome != "answered":
        return replace(of, question=name)
    outcome = "not_coded" if codes is None else "answered"
    return replace(of, question=name, outcome=outcome, value=codes, rule=LABELLED)


def _response(source: Source, row: RowMapping, answers: Mapping[str, Given]) -> Response:
    status = Status(row["status"])
    finished = row["finished_at"] if status is Status.COMPLETED else None
    return Response(
        id=source.response_id(row["id"]),
        respondent=source.respondent_id(row["id"], row["contact"]),
        version=row["version"],
        channel=row["channel"],
        language=row["locale"],
        area=_area(source.pinned(row["version"]), answers, source.areas),
        started_on=row["started_at"].date(),
        completed_on=finished.date() if finished else None,
        disposition=disposition(status, answers.values()),
        answers=answers,
    )


def _area(survey: Survey, answers: Mapping[str, Given], areas: Mapping[str, str]) -> str:
    """The first place that is one of the city's areas."""
    for question in survey.questions:
        given = answers.get(question.name)
        if isinstance(question, Location) and given is not None and given.value in areas:
            return str(given.value)
    return ""
