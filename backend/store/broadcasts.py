"""Broadcasts as kept: ordered, approved, paused, taken up again, cancelled.

Every function runs inside the caller's write transaction. Whoever sends holds the broadcast's row
shared (`store.recipients`), whoever changes it waits for that: once a change has returned, nothing
is queued any more that it forbids.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)

from backend.broadcasts.order import Plan
from backend.models.base import UTCDateTime
from backend.models.broadcasts import BroadcastState
from backend.store.choosing import cohort_of
from backend.store.spend import drop_forgotten
from backend.store.tables import (
    BROADCAST,
    CITY,
    OUTBOUND,
    RECIPIENT,
    unsent,
    wiped_if_forgotten,
)
from bot.recipients import RecipientState
from bot.store import DeliveryState
from bot.turns import BULK

__all__ = ["BroadcastState"]

FINAL = (BroadcastState.CLOSED, BroadcastState.CANCELLED)
OPEN = (BroadcastState.RUNNING, BroadcastState.SCHEDULED)
ID_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A broadcast as it stands."""

    id: str
    city: str
    number: int
    survey: str | None
    version: int | None
    texts: Mapping[str, str] | None
    audience: Mapping[str, Any]
    seed: str
    starts_at: datetime
    closes_at: datetime
    spread: int
    reminders: Sequence[int]
    change: bool
    results: str
    shuffle: bool
    comment: bool
    repeat: Mapping[str, Any] | None
    series: str | None
    wave: int | None
    state: BroadcastState
    created_by: str
    created_at: datetime
    approved_by: str | None
    request: str
    answer: Mapping[str, Any] | None
    estimate: Mapping[str, Any] | None
    exclusions: Mapping[str, int] | None
    started_at: datetime | None
    paused_at: datetime | None
    finished_at: datetime | None


_SHOWN = [BROADCAST.c[name] for name in Broadcast.__slots__]


# --- ordering ------------------------------------------------------------------------------------
def find_request(connection: Connection, city: str, key: str) -> Broadcast | None:
    """The broadcast ordered under an idempotency key."""
    return _one(connection, BROADCAST.c.city == city, BROADCAST.c.idempotency_key == key)


def serialise(connection: Connection, city: str) -> None:
    """Until the transaction ends nobody else orders one in the city."""
    row = select(CITY.c.slug).where(CITY.c.slug == city)
    connection.execute(row.with_for_update(key_share=True))  # nobody's INSERT waits for that


def order(
    connection: Connection,
    city: str,
    plan: Plan,
    state: BroadcastState,
    who: str,
    id_: str,
    key: str,
    request: str,
    estimate: Mapping[str, Any],
    now: datetime,
) -> Broadcast:
    """Keeps a new one under the next number of the city (after `serialise`)."""
    repeat = plan.repeat
    values = {
        "id": id_,
        "city": city,
        "number": next_number(connection, city),
        "survey": plan.survey.slug if plan.survey else None,
        "version": plan.survey.version if plan.survey else None,
        "texts": dict(plan.texts) if plan.texts else None,
        "audience": plan.audience.model_dump(mode="json", exclude_defaults=True),
        "seed": plan.seed,
        "starts_at": plan.starts_at,
        "closes_at": plan.closes_at,
        "spread": int(plan.spread.total_seconds()),
        "reminders": [int(one.total_seconds()) for one in plan.reminders],
        "change": plan.change,
        "results": plan.results,
        "shuffle": plan.shuffle,
        "comment": plan.comment,
        "repeat": repeat.model_dump(mode="json", exclude_defaults=True) if repeat else None,
        "series": id_ if repeat else None,
        "wave": 0 if repeat else None,
        "state": state,
        "created_by": who,
        "created_at": now,
        "idempotency_key": key,
        "request": request,
        "estimate": dict(estimate),
    }
    connection.execute(insert(BROADCAST).values(values))
    made = _one(connection, BROADCAST.c.id == id_)
    if made is None:
        raise LookupError("what was just inserted is not there")
    return made


def next_number(connection: Connection, city: str) -> int:
    """The number of the next one in the city (after `serialise`)."""
    newest = select(func.coalesce(func.max(BROADCAST.c.number), 0)).where(BROADCAST.c.city == city)
    return int(connection.execute(newest).scalar_one()) + 1


def keep_answer(connection: Connection, id_: str, answer: Mapping[str, Any]) -> None:
    """What the order was answered with: the same request gets the same answer."""
    connection.execute(update(BROADCAST).where(BROADCAST.c.id == id_).values(answer=dict(answer)))


# --- looking -------------------------------------------------------------------------------------
def find(connection: Connection, city: str, name: str) -> Broadcast | None:
    """A broadcast of the city by its id or number."""
    by = BROADCAST.c.id == name if len(name) == ID_LENGTH else BROADCAST.c.number == int(name)
    return _one(connection, BROADCAST.c.city == city, by)


def listed(
    connection: Connection, city: str, before: int | None, limit: int
) -> Sequence[Broadcast]:
    """Those of a city, the newest first."""
    wanted = [BROADCAST.c.city == city]
    wanted += [BROADCAST.c.number < before] if before is not None else []
    some = select(*_SHOWN).where(*wanted).order_by(BROADCAST.c.number.desc()).limit(limit)
    return [_read(row) for row in connection.execute(some).mappings()]


def in_states(connection: Connection, states: Collection[BroadcastState]) -> Sequence[Broadcast]:
    """Those of all cities in such a state, in the order of their starts."""
    some = select(*_SHOWN).where(BROADCAST.c.state.in_(states)).order_by(BROADCAST.c.starts_at)
    return [_read(row) for row in connection.execute(some).mappings()]


def _one(connection: Connection, *which: ColumnElement[bool]) -> Broadcast | None:
    row = connection.execute(select(*_SHOWN).where(*which)).mappings().first()
    return None if row is None else _read(row)


def _read(row: Mapping[Any, Any]) -> Broadcast:
    return Broadcast(**row)


# --- changing ------------------------------------------------------------------------------------
def _move(
    connection: Connection,
    one: Broadcast,
    states: Collection[BroadcastState],
    **values: Any,
) -> bool:
    which = (BROADCAST.c.id == one.id, BROADCAST.c.state.in_(states))
    return connection.execute(update(BROADCAST).where(*which).values(values)).rowcount > 0


def is_any_due(connection: Connection, now: datetime) -> bool:
    """Whether there is one to start."""
    due = (BROADCAST.c.state == BroadcastState.SCHEDULED, BROADCAST.c.starts_at <= now)
    return connection.execute(select(BROADCAST.c.id).where(*due).limit(1)).first() is not None


def claim_start(connection: Connection, now: datetime) -> Broadcast | None:
    """The next one whose time has come, its row locked; whoever else looks passes it over."""
    due = (BROADCAST.c.state == BroadcastState.SCHEDULED, BROADCAST.c.starts_at <= now)
    next_ = select(*_SHOWN).where(*due).order_by(BROADCAST.c.starts_at, BROADCAST.c.id).limit(1)
    row = connection.execute(next_.with_for_update(skip_locked=True)).mappings().first()
    return None if row is None else _read(row)


def start(
    connection: Connection, one: Broadcast, exclusions: Mapping[str, int], now: datetime
) -> None:
    """It runs (after `claim_start`)."""
    running = {"state": BroadcastState.RUNNING, "started_at": now, "exclusions": dict(exclusions)}
    connection.execute(update(BROADCAST).where(BROADCAST.c.id == one.id).values(running))


def wait_for_approval(connection: Connection, one: Broadcast) -> None:
    """It has grown too large to start without a second person (after `claim_start`): what was
    expanded is undone."""
    connection.execute(delete(RECIPIENT).where(RECIPIENT.c.broadcast == one.id))
    waits = {"state": BroadcastState.AWAITING_APPROVAL}
    connection.execute(update(BROADCAST).where(BROADCAST.c.id == one.id).values(waits))


def waiting(connection: Connection, one: Broadcast) -> tuple[int, int]:
    """How many of its recipients wait for their invitation, and how many there are."""
    waits = func.sum(case((RECIPIENT.c.state == RecipientState.WAITING, 1), else_=0))
    counted = select(func.coalesce(waits, 0), func.count()).where(RECIPIENT.c.broadcast == one.id)
    here, all_ = connection.execute(counted).one()
    return int(here), int(all_)


def approve(connection: Connection, one: Broadcast, who: str) -> bool:
    """It may start; False if it does not wait for that."""
    waits = [BroadcastState.AWAITING_APPROVAL]
    return _move(connection, one, waits, state=BroadcastState.SCHEDULED, approved_by=who)


def pause(connection: Connection, one: Broadcast, now: datetime) -> bool:
    """Nothing of it is sent from now on: what is queued is held. False if it is not under way."""
    if not _move(connection, one, OPEN, state=BroadcastState.PAUSED, paused_at=now):
        return False
    _hold(connection, one, one.closes_at)
    return True


def resume(connection: Connection, one: Broadcast, now: datetime) -> bool:
    """It goes on. False if it is not paused."""
    state = BroadcastState.RUNNING if one.started_at else BroadcastState.SCHEDULED
    if not _move(connection, one, [BroadcastState.PAUSED], state=state, paused_at=None):
        return False
    connection.execute(
        update(OUTBOUND)
        .where(*_of(one), unsent(), OUTBOUND.c.due_at >= one.closes_at)
        .values(due_at=now)
    )
    return True


def cancel(connection: Connection, one: Broadcast, now: datetime) -> bool:
    """It ends, with all that is queued of it. False if it has ended already."""
    states = [state for state in BroadcastState if state not in FINAL]
    if not _move(connection, one, states, state=BroadcastState.CANCELLED, finished_at=now):
        return False
    _call_back(connection, one, now)
    return True


def close(connection: Connection, one: Broadcast, now: datetime) -> bool:
    """Its time is over: who still waits is skipped, nobody is reminded."""
    going = [state for state in BroadcastState if state not in FINAL]
    if not _move(connection, one, going, state=BroadcastState.CLOSED, finished_at=now):
        return False
    _call_back(connection, one, now)
    waiting = (RECIPIENT.c.broadcast == one.id, RECIPIENT.c.state == RecipientState.WAITING)
    reason = func.coalesce(RECIPIENT.c.reason, "closed")
    connection.execute(
        update(RECIPIENT)
        .where(*waiting)
        .values(state=RecipientState.SKIPPED, reason=reason, due_at=None)
    )
    connection.execute(
        update(RECIPIENT)
        .where(RECIPIENT.c.broadcast == one.id, RECIPIENT.c.due_at.is_not(None))
        .values(due_at=None)
    )
    return True


def spread_anew(connection: Connection, one: Broadcast, cohorts: Sequence[datetime]) -> None:
    """Gives those who still wait new times, in the order they had."""
    waiting = (RECIPIENT.c.broadcast == one.id, RECIPIENT.c.state == RecipientState.WAITING)
    cohort = cohort_of(len(cohorts), RECIPIENT.c.due_at, RECIPIENT.c.id)
    placed = select(RECIPIENT.c.id, cohort.label("cohort")).where(*waiting).subquery("placed")
    times = {n: bindparam(None, at, UTCDateTime()) for n, at in enumerate(cohorts)}
    connection.execute(
        update(RECIPIENT)
        .where(RECIPIENT.c.id == placed.c.id)
        .values(due_at=case(times, value=placed.c.cohort))
    )


def _hold(connection: Connection, one: Broadcast, until: datetime) -> None:
    connection.execute(update(OUTBOUND).where(*_of(one), unsent()).values(due_at=until))


def _call_back(connection: Connection, one: Broadcast, now: datetime) -> None:
    connection.execute(
        update(OUTBOUND)
        .where(*_of(one), unsent())
        .values(state=DeliveryState.CANCELLED, settled_at=now, **wiped_if_forgotten())
    )
    drop_forgotten(connection)


def _of(one: Broadcast) -> Sequence[ColumnElement[bool]]:
    """What is queued of a broadcast. Reminders are sent under the recipient's id and a number."""
    theirs = exists().where(
        RECIPIENT.c.id == func.substr(OUTBOUND.c.turn, 1, ID_LENGTH),
        RECIPIENT.c.broadcast == one.id,
    )
    return OUTBOUND.c.city == one.city, OUTBOUND.c.priority == BULK, theirs
