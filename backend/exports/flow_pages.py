"""The rows of a Flow Results package, page by page (exchange formats facts, section 3.3).

Rows stand in the order of their sessions' ids, which are random and never change, and within one in
the survey's order. So a row keeps its place whatever is answered, changed or erased meanwhile, and
a page is found by its index however many rows come before it.

The specification's cursor is a row's id, so here the id of a response is not a hash of its session
but its session encrypted (AES-SIV, RFC 5297): the same each time, nothing to those without the key,
and we can turn it back.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from sqlalchemy import Connection, literal, select

from backend.exports.flow_results import answer_rows, row_id
from backend.exports.rows import responses_of
from backend.exports.source import Source
from backend.store.tables import ANSWER, SESSION

WINDOW = 500
"""Sessions whose ids are looked up at once."""

BATCH = 50
"""Sessions whose answers are."""

MOST_LOOKED_AT = 5_000
"""Sessions that a page looks at: few answers may fit its filters. It is then shorter than asked
for, and its link leads on. More than a window, since the cursor's own session is the first."""


@dataclass(frozen=True)
class PagedSource(Source):
    """A source whose response ids can be turned back. `sealing` is a key of 32 bytes."""

    sealing: bytes = b""

    @cached_property
    def _cipher(self) -> AESSIV:
        return AESSIV(self.sealing)

    def response_id(self, session: str) -> str:
        """The public id of a response."""
        closed = self._cipher.encrypt(session.encode(), None)
        return urlsafe_b64encode(closed).decode().rstrip("=")

    def session_of(self, response: str) -> str | None:
        """The session again; None if it is no id of ours."""
        try:
            closed = urlsafe_b64decode(response.encode("ascii") + b"==")
            return self._cipher.decrypt(closed, None).decode()
        except (InvalidTag, ValueError):
            return None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands: its session, and its question's number."""

    session: str
    question: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows: so many behind `after` or, with `before`, in front of it; of days from `since`
    to `until`, both included."""

    size: int
    after: Place | None = None
    before: Place | None = None
    since: date | None = None
    until: date | None = None

    @property
    def back(self) -> bool:
        """Whether it goes backwards."""
        return self.before is not None

    def has(self, day: date) -> bool:
        """Whether rows of the day are wanted."""
        early = self.since is not None and day < self.since
        return not early and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Rows:
    """A page's rows, in order, and the cursor with which it goes on in the same direction; None at
    the end."""

    rows: list[list[Any]]
    on: str | None


def place_of(source: PagedSource, cursor: str) -> Place | None:
    """The place of a row, by its id; None if it is no row's id in this package."""
    for number, question in enumerate(source.survey.questions):
        response = cursor.removesuffix(row_id("", question))
        session = source.session_of(response) if response != cursor else None
        if session is not None:
            return Place(session, number)
    return None


def page(connection: Connection, source: PagedSource, wanted: Wanted) -> Rows:
    """The rows of a page."""
    rows: list[list[Any]] = []
    looked_at, last, way = 0, "", _Way(connection, source, wanted)
    while True:
        window = way.window(last)
        if not window:
            return _whole(wanted, rows, None)
        fitting = [session for session, fits in window if fits]
        for start in range(0, len(fitting), BATCH):
            rows += way.rows(fitting[start : start + BATCH])
            if len(rows) > wanted.size:
                return _whole(wanted, rows[: wanted.size], rows[wanted.size - 1][1])
        looked_at, last = looked_at + len(window), window[-1][0]
        if looked_at >= MOST_LOOKED_AT:
            return _whole(wanted, rows, way.edge(last))


def _whole(wanted: Wanted, rows: list[list[Any]], on: str | None) -> Rows:
    return Rows(rows[::-1] if wanted.back else rows, on)


class _Way:
    """Through the sessions of a survey, in one direction."""

    def __init__(self, connection: Connection, source: PagedSource, wanted: Wanted) -> None:
        self._connection, self._source, self._wanted = connection, source, wanted
        self._start = wanted.before or wanted.after
        self._numbers = {q.name: n for n, q in enumerate(source.survey.questions)}

    def window(self, last: str) -> Sequence[tuple[str, bool]]:
        """The next sessions behind the last one seen, and whether they may have fitting answers.
        The first window has the session of the cursor too: it may have more rows."""
        id, source = SESSION.c.id, self._source
        of = [SESSION.c.city == source.profile.slug, SESSION.c.survey == source.survey.slug]
        if last:
            of.append(id < last if self._wanted.back else id > last)
        elif self._start is not None:
            session = self._start.session
            of.append(id <= session if self._wanted.back else id >= session)
        order = id.desc() if self._wanted.back else id
        found = self._connection.execute(
            select(id, self._fits().label("fits")).where(*of).order_by(order).limit(WINDOW)
        )
        return [(session, bool(fits)) for session, fits in found]

    def _fits(self) -> Any:
        """An answer may have been changed since the day, so this is only a first look."""
        since, until = self._wanted.since, self._wanted.until
        days = [] if since is None else [ANSWER.c.at >= _midnight(since)]
        days += [] if until is None else [ANSWER.c.at < _midnight(until + timedelta(days=1))]
        if not days:
            return literal(True)
        # No EXISTS: PostgreSQL would read all answers of these days, of all surveys, for one page.
        one = select(literal(1)).where(ANSWER.c.session == SESSION.c.id, *days).limit(1)
        return one.scalar_subquery().is_not(None)

    def rows(self, sessions: Sequence[str]) -> Iterator[list[Any]]:
        """Their rows, as far as they are wanted."""
        responses = responses_of(self._connection, self._source, sessions)
        for session, response in zip(sessions, responses, strict=True):
            rows = list(answer_rows(self._source, response))
            for row in reversed(rows) if self._wanted.back else rows:
                name = row[4]
                seen = self._is_seen(session, self._numbers[name])
                if not seen and self._wanted.has(response.answers[name].on):
                    yield row

    def _is_seen(self, session: str, number: int) -> bool:
        """Whether a row stands at the cursor or on its other side."""
        start = self._start
        if start is None or session != start.session:
            return False
        return number >= start.question if self._wanted.back else number <= start.question

    def edge(self, session: str) -> str:
        """The cursor behind all rows of a session (in this direction)."""
        question = self._source.survey.questions[0 if self._wanted.back else -1]
        return row_id(self._source.response_id(session), question)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
