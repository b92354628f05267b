"""The tables as SQLAlchemy Core sees them, and expressions that more than one part needs."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    literal,
    literal_column,
    null,
    select,
    tuple_,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from backend.models import metadata
from backend.models.base import UTCDateTime
from bot.store import DeliveryState

ANSWER = metadata.tables["answer"]
AUDIENCE = metadata.tables["audience"]
BODY = metadata.tables["body"]
BROADCAST = metadata.tables["broadcast"]
CHANNEL_RATE = metadata.tables["channel_rate"]
CHART = metadata.tables["chart"]
CITY = metadata.tables["city"]
AREA = metadata.tables["area"]
SURVEY_VERSION = metadata.tables["survey_version"]
CONSENT = metadata.tables["consent"]
CONSENT_WORDING = metadata.tables["consent_wording"]
CONTACT = metadata.tables["contact"]
CONTACT_GROUP = metadata.tables["contact_group"]
COUNTER = metadata.tables["counter"]
CHANNEL_WATCH = metadata.tables["channel_watch"]
ALERT = metadata.tables["alert"]
LABEL = metadata.tables["label"]
LEASE = metadata.tables["lease"]
LINK_CODE = metadata.tables["link_code"]
MOVEMENT = metadata.tables["movement"]
MEDIA = metadata.tables["media"]
OPEN_WINDOW = metadata.tables["open_window"]
SPEND = metadata.tables["spend"]
EXPORT_JOB = metadata.tables["export_job"]
EXPORT_PIECE = metadata.tables["export_piece"]
DISCARDED_OBJECT = metadata.tables["discarded_object"]
DELIVERY_REPORT = metadata.tables["delivery_report"]
OPT_OUT = metadata.tables["opt_out"]
OUTBOUND = metadata.tables["outbound"]
PARTICIPATION = metadata.tables["participation"]
PUBLICATION = metadata.tables["publication"]
PUBLISHED_FIGURE = metadata.tables["published_figure"]
PURGE_LOG = metadata.tables["purge_log"]
RISK_COUNT = metadata.tables["risk_count"]
SCHEME_USE = metadata.tables["scheme_use"]
SCHEME_VERSION = metadata.tables["scheme_version"]
RECEIVED = metadata.tables["received"]
RECIPIENT = metadata.tables["recipient"]
SESSION = metadata.tables["session"]
URN = metadata.tables["urn"]

# Parameters of an UPDATE are never named as one of its table's columns: SQLAlchemy would take any
# that is passed, needed or not, for a new value of that column.

# Under these names values are sealed: a column's own.
ADDRESS = "urn.address"
CONTENT = "body.content"
OPT_OUT_ADDRESS = "opt_out.address"
RAW = "answer.raw"
SENDING = "outbound.sending"
MEDIA_REFERENCE = "media.reference"
MEDIA_CONTENT = "media.content"
EXPORT_KEY = "export_job.secret"
EXPORT_CONTENT = "export_piece.content"


PENDING = (DeliveryState.QUEUED, DeliveryState.UNKNOWN, DeliveryState.CLAIMED)


def in_state(*states: DeliveryState, of: str = "outbound") -> ColumnElement[bool]:
    """Outbound rows in one of the states. These are literals, and all of them pending is said
    apart: a planner takes a partial index only if it sees the index's own condition."""
    listed = ", ".join(f"'{state.value}'" for state in states)
    # Without a type: as a boolean SQLite would compare it with 1, and no index would fit.
    found: ColumnElement[bool] = literal_column(f"{of}.state IN ({listed})")
    return and_(pending(of), found) if set(states) < set(PENDING) else found


def pending(of: str = "outbound") -> ColumnElement[bool]:
    """Outbound rows that still have something to come, as the outbox's indexes hold them."""
    return in_state(*PENDING, of=of)


SECOND_LANE = "again:"
"""Before the lane of a part that nothing waits for."""


def second_lane() -> ColumnElement[str]:
    """The lane of a part that holds up nothing of its contact any more."""
    is_there = OUTBOUND.c.lane.startswith(SECOND_LANE)
    return case((is_there, OUTBOUND.c.lane), else_=literal(SECOND_LANE) + OUTBOUND.c.lane)


def unsent() -> ColumnElement[bool]:
    """Outbound rows that nobody is sending now."""
    return in_state(DeliveryState.QUEUED, DeliveryState.UNKNOWN)


def wiped_if_forgotten() -> dict[str, Any]:
    """What settling a part for good empties, if it asked to be forgotten."""
    columns = (OUTBOUND.c.sending, OUTBOUND.c.hash, OUTBOUND.c.contact)
    wiped: dict[str, Any] = {c.name: case((OUTBOUND.c.forget, null()), else_=c) for c in columns}
    # The lane of a part without a contact is its address's hash.
    return wiped | {"lane": case((OUTBOUND.c.forget, ""), else_=OUTBOUND.c.lane)}


def reports_of(*parts: ColumnElement[bool]) -> ColumnElement[bool]:
    """Delivery reports of outbound rows."""
    report = tuple_(
        DELIVERY_REPORT.c.city, DELIVERY_REPORT.c.channel, DELIVERY_REPORT.c.provider_id
    )
    message = select(OUTBOUND.c.city, OUTBOUND.c.channel, OUTBOUND.c.provider_id)
    return report.in_(message.where(OUTBOUND.c.provider_id.is_not(None), *parts))


class to_day(GenericFunction[Any]):  # noqa: N801 (reads as a function, like SQLAlchemy's own)
    """A time without its hours, in UTC."""

    type = UTCDateTime()
    inherit_cache = True


@compiles(to_day, "postgresql")
def _to_day_postgresql(element: to_day, compiler: SQLCompiler, **options: Any) -> str:
    return f"date_trunc('day', {compiler.process(element.clauses, **options)}, 'UTC')"


@compiles(to_day, "sqlite")
def _to_day_sqlite(element: to_day, compiler: SQLCompiler, **options: Any) -> str:
    # The form in which SQLAlchemy keeps a time there: the first ten characters are the date.
    return f"(substr({compiler.process(element.clauses, **options)}, 1, 10) || ' 00:00:00.000000')"
