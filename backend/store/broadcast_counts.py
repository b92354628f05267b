"""What became of every recipient of a broadcast, counted where it is kept.

One query joins recipients with what was sent to them (under their ids), the sessions they opened
and their answers, at the time of asking: nothing is counted twice, and nothing can drift.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, func, literal, or_, select

from backend.models.base import UTCDateTime
from backend.store.broadcasts import Broadcast
from backend.store.tables import (
    ANSWER,
    CHANNEL_RATE,
    CONTACT,
    OUTBOUND,
    RECIPIENT,
    SESSION,
    pending,
)
from bot.recipients import RecipientState
from bot.store import DeliveryState
from channels.base import Status
from dialogue.survey import Status as SessionStatus

LATELY = timedelta(minutes=1)
"""Of what time the rate is told."""

GONE = "erased"


@dataclass(slots=True)
class Counts:
    """People. Each is in one of `waiting` (for their turn), `queued`, `sent`, `failed`, `expired`,
    `cancelled`, `skipped` and `erased` (invited, and forgotten since). `delivered` are of those
    sent, `read` of those delivered; `answered` gave an answer, `completed` all, `late` ones after
    closing; `opted_out` sent STOP since."""

    recipients: int = 0
    waiting: int = 0
    queued: int = 0
    sent: int = 0
    delivered: int = 0
    read: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    expired: int = 0
    cancelled: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    erased: int = 0
    answered: int = 0
    completed: int = 0
    late: int = 0
    opted_out: int = 0

    def add(self, row: Any) -> None:
        """Some people alike."""
        n = int(row.n)
        self.recipients += n
        self.answered += n if row.answered else 0
        self.completed += n if row.session == SessionStatus.COMPLETED else 0
        self.late += n if row.session == SessionStatus.LATE else 0
        self.opted_out += n if row.opted_out and row.state is RecipientState.INVITED else 0
        match row.state:
            case RecipientState.WAITING:
                self.waiting += n
            case RecipientState.SKIPPED:
                self.skipped[row.reason or "unknown"] += n
            case _:
                self._add_sent(row, n)

    def _add_sent(self, row: Any, n: int) -> None:
        undelivered = row.delivery == DeliveryState.SENT and row.rank == Status.UNDELIVERED
        if row.delivery == DeliveryState.FAILED or undelivered:
            self.failed[row.kind or "unknown"] += n
        elif row.delivery == DeliveryState.SENT:
            self.sent += n
            self.delivered += n if row.rank >= Status.DELIVERED else 0
            self.read += n if row.rank >= Status.READ else 0
        elif row.delivery == DeliveryState.EXPIRED:
            self.expired += n
        elif row.delivery == DeliveryState.CANCELLED:
            self.cancelled += n
        elif row.delivery is None:
            self.erased += n
        else:
            self.queued += n


@dataclass(frozen=True, slots=True)
class Failure:
    """Messages that failed alike."""

    channel: str
    kind: str
    code: str
    n: int


@dataclass(frozen=True, slots=True)
class Resting:
    """A channel that rests, because it failed by itself."""

    channel: str
    until: datetime
    code: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a broadcast stands. `segments` were taken by providers so far, reminders included, by
    channel; `left` are queued. `lately` messages went out in the last minute."""

    all_: Counts
    by_channel: Mapping[str, Counts]
    by_area: Mapping[str, Counts]
    failures: Sequence[Failure]
    segments: Mapping[str, int]
    left: Mapping[str, int]
    lately: int
    resting: Sequence[Resting]


def standing(connection: Connection, one: Broadcast, now: datetime) -> Standing:
    """How it stands now."""
    all_, channels, areas = Counts(), dict[str, Counts](), dict[str, Counts]()
    failures: Counter[tuple[str, str, str]] = Counter()
    for row in connection.execute(_people(one)):
        all_.add(row)
        channels.setdefault(row.channel or "", Counts()).add(row)
        areas.setdefault(row.area or "", Counts()).add(row)
        if row.kind and (row.delivery == DeliveryState.FAILED or row.rank == Status.UNDELIVERED):
            failures[row.channel or "", row.kind, row.code or ""] += int(row.n)
    taken, left = _segments(connection, one)
    return Standing(
        all_=all_,
        by_channel=channels,
        by_area=areas,
        failures=[Failure(*key, n) for key, n in failures.most_common()],
        segments=taken,
        left=left,
        lately=_lately(connection, one, now),
        resting=_resting(connection, one.city, now),
    )


def _people(one: Broadcast) -> Any:
    answered = exists().where(ANSWER.c.session == SESSION.c.id, ANSWER.c.outcome != "remark")
    columns = [
        RECIPIENT.c.state,
        RECIPIENT.c.reason,
        RECIPIENT.c.channel,
        RECIPIENT.c.area,
        OUTBOUND.c.state.label("delivery"),
        OUTBOUND.c.status.label("rank"),
        OUTBOUND.c.fault_kind.label("kind"),
        OUTBOUND.c.fault_code.label("code"),
        SESSION.c.status.label("session"),
        answered.label("answered"),
        func.coalesce(CONTACT.c.opted_out, literal(False)).label("opted_out"),
    ]
    source = (
        RECIPIENT.outerjoin(OUTBOUND, and_(OUTBOUND.c.turn == RECIPIENT.c.id, OUTBOUND.c.part == 0))
        .outerjoin(SESSION, SESSION.c.id == RECIPIENT.c.id)
        .outerjoin(CONTACT, CONTACT.c.id == RECIPIENT.c.contact)
    )
    each = select(*columns).select_from(source).where(RECIPIENT.c.broadcast == one.id)
    people = each.subquery("people")
    return select(*people.c, func.count().label("n")).group_by(*people.c)


def _sent_of(one: Broadcast) -> Any:
    """Parts of the broadcast: invitations under the recipient's id, reminders with a number."""
    turns: list[ColumnElement[Any]] = [RECIPIENT.c.id]
    turns += [RECIPIENT.c.id + f".{n}" for n in range(1, len(one.reminders) + 1)]
    return RECIPIENT.join(OUTBOUND, or_(*(OUTBOUND.c.turn == turn for turn in turns)))


def _segments(
    connection: Connection, one: Broadcast
) -> tuple[Mapping[str, int], Mapping[str, int]]:
    waits = pending().label("waits")
    counted = (
        select(OUTBOUND.c.channel, waits, func.sum(OUTBOUND.c.segments).label("segments"))
        .select_from(_sent_of(one))
        .where(
            RECIPIENT.c.broadcast == one.id,
            or_(OUTBOUND.c.sent_at.is_not(None), pending()),
        )
        .group_by(OUTBOUND.c.channel, waits)
    )
    taken: dict[str, int] = {}
    left: dict[str, int] = {}
    for row in connection.execute(counted):
        (left if row.waits else taken)[row.channel] = int(row.segments)
    return taken, left


def _lately(connection: Connection, one: Broadcast, now: datetime) -> int:
    since = literal(now - LATELY, UTCDateTime())
    theirs = exists().where(
        RECIPIENT.c.id == func.substr(OUTBOUND.c.turn, 1, 32), RECIPIENT.c.broadcast == one.id
    )
    counted = select(func.count()).where(
        OUTBOUND.c.city == one.city,
        OUTBOUND.c.sent_at.is_not(None),
        OUTBOUND.c.sent_at > since,
        OUTBOUND.c.priority > 0,
        theirs,
    )
    return int(connection.execute(counted).scalar_one())


def _resting(connection: Connection, city: str, now: datetime) -> Sequence[Resting]:
    rests = select(
        CHANNEL_RATE.c.channel, CHANNEL_RATE.c.paused_until, CHANNEL_RATE.c.pause_code
    ).where(CHANNEL_RATE.c.city == city, CHANNEL_RATE.c.paused_until > literal(now, UTCDateTime()))
    return [
        Resting(channel, until, code or "") for channel, until, code in connection.execute(rests)
    ]
