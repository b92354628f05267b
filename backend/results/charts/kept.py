"""Pictures as kept: asked for, claimed by one worker at a time, ready, and gone again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, Connection, Engine, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql

from backend.models import ChartState
from backend.results.charts.making import Wish
from backend.results.charts.picture import Kind
from backend.store import library
from backend.store.tables import CHART

LEASE = timedelta(minutes=3)
"""How long a claim holds: longer than a drawing may take (`rendering.MOST_SECONDS`)."""

AGAIN = timedelta(seconds=30)
MOST_ATTEMPTS = 3
REST = timedelta(days=1)
"""One that failed is tried anew when it is asked for a day later: the fault may be mended."""

KEPT_DAYS = timedelta(days=30)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture somebody asked for, as far as it is. A picture is there only if READY."""

    state: ChartState
    due_at: datetime
    digest: str | None
    alternative: str | None
    svg: str | None
    png: bytes | None

    def shows(self, digest: str) -> bool:
        """Whether it is ready, and of what would be drawn now."""
        return self.state is ChartState.READY and self.digest == digest


@dataclass(frozen=True, slots=True)
class Claimed:
    """One to be drawn; `attempt` is the claim's own."""

    id: int
    city: str
    publication: int
    wish: Wish
    attempt: int


_KEY = ("city", "survey", "kind", "question", "group_by", "option", "language")


def find(connection: Connection, city: str, wish: Wish, publication: int) -> Kept | None:
    """What is kept of a wish."""
    columns = [CHART.c[name] for name in Kept.__dataclass_fields__]
    mine = [*_of(city, wish), CHART.c.publication == publication]
    row = connection.execute(select(*columns).where(*mine)).first()
    return None if row is None else Kept(*row)


def want(
    connection: Connection, city: str, wish: Wish, publication: int, digest: str, now: datetime
) -> None:
    """Asks for a picture that is not there, shows something else, or failed a day ago."""
    key = _values(city, wish) | {"publication": publication}
    fresh = {"state": ChartState.WANTED, "attempts": 0, "due_at": now, "asked_at": now}
    connection.execute(postgresql.insert(CHART).values(key | fresh).on_conflict_do_nothing())
    gone_by = CHART.c.digest.is_distinct_from(digest) & (CHART.c.state == ChartState.READY)
    failed = (CHART.c.state == ChartState.FAILED) & (CHART.c.due_at <= now)
    connection.execute(
        update(CHART)
        .where(*_of(city, wish), CHART.c.publication == publication, gone_by | failed)
        .values(fresh | {"svg": None, "png": None})
    )


_DUE = (
    select(CHART)
    .where(CHART.c.state == ChartState.WANTED, CHART.c.due_at <= bindparam("now"))
    .order_by(CHART.c.due_at, CHART.c.id)
    .limit(1)
)


def anything_due(connection: Connection, now: datetime) -> bool:
    """Whether there is one to draw."""
    return connection.execute(_DUE, {"now": now}).first() is not None


def claim(engine: Engine, now: datetime) -> Claimed | None:
    """Claims the one that waits longest. One that nobody settled three times is given up: it may
    be what ends whoever draws it."""
    with library.writing(engine) as connection:
        due = _DUE.with_for_update(skip_locked=True)
        while (row := connection.execute(due, {"now": now}).first()) is not None:
            wish = Wish(
                row.survey, Kind(row.kind), row.question, row.group_by, row.option, row.language
            )
            claimed = Claimed(row.id, row.city, row.publication, wish, row.attempts + 1)
            if row.attempts >= MOST_ATTEMPTS:
                _give_up(connection, claimed, "unsettled", now)
                continue
            taken = {"attempts": row.attempts + 1, "due_at": now + LEASE}
            connection.execute(update(CHART).where(CHART.c.id == row.id).values(taken))
            return claimed
    return None


def keep(
    engine: Engine, claimed: Claimed, digest: str, alternative: str, svg: str, png: bytes
) -> None:
    """Keeps what was drawn, if the claim still holds; the same of earlier publications goes."""
    values = {"state": ChartState.READY, "digest": digest, "alternative": alternative}
    drawn = update(CHART).where(*_held(claimed)).values(values | {"svg": svg, "png": png})
    with library.writing(engine) as connection:
        if connection.execute(drawn).rowcount:
            mine = _of(claimed.city, claimed.wish)
            connection.execute(
                delete(CHART).where(*mine, CHART.c.publication < claimed.publication)
            )


def postpone(engine: Engine, claimed: Claimed, fault: str, now: datetime) -> None:
    """Leaves it for a later attempt; after the last it has failed, and a line says so."""
    with library.writing(engine) as connection:
        if claimed.attempt >= MOST_ATTEMPTS:
            _give_up(connection, claimed, fault, now)
        else:
            later = update(CHART).where(*_held(claimed)).values(due_at=now + AGAIN)
            connection.execute(later)


def drop(engine: Engine, claimed: Claimed) -> None:
    """Takes away one that can no more be drawn as it was asked for: there are newer figures, or
    the survey is another. Whoever asks again asks for that."""
    with library.writing(engine) as connection:
        connection.execute(delete(CHART).where(*_held(claimed)))


def forget_old(engine: Engine, now: datetime) -> int:
    """Deletes what was asked for too long ago; how many."""
    with library.writing(engine) as connection:
        old = delete(CHART).where(CHART.c.asked_at <= now - KEPT_DAYS)
        return connection.execute(old).rowcount


def _give_up(connection: Connection, claimed: Claimed, fault: str, now: datetime) -> None:
    values = {"state": ChartState.FAILED, "due_at": now + REST}
    connection.execute(update(CHART).where(CHART.c.id == claimed.id).values(values))
    log.error(
        "chart_failed",
        city=claimed.city,
        survey=claimed.wish.survey,
        kind=claimed.wish.kind.value,
        error=fault,
    )


def _held(claimed: Claimed) -> list[ColumnElement[bool]]:
    return [
        CHART.c.id == claimed.id,
        CHART.c.attempts == claimed.attempt,
        CHART.c.state == ChartState.WANTED,
    ]


def _values(city: str, wish: Wish) -> dict[str, str]:
    values = (city, wish.survey, wish.kind.value, wish.question, wish.by, wish.option)
    return dict(zip(_KEY, (*values, wish.language), strict=True))


def _of(city: str, wish: Wish) -> list[ColumnElement[bool]]:
    return [CHART.c[name] == value for name, value in _values(city, wish).items()]
