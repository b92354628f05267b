"""Orders a broadcast: once under one idempotency key, whatever is sent twice."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Engine

from backend.broadcasts.audience import Audience
from backend.broadcasts.estimate import Preview, preview
from backend.broadcasts.order import Order, Plan, plan
from backend.broadcasts.reach import Channels
from backend.desks import build_desk
from backend.exports.audit import note_broadcast
from backend.store import audiences, broadcasts, library
from backend.store.broadcasts import Broadcast, BroadcastState
from dialogue.survey import Survey

_JSON = TypeAdapter(dict[str, Any])


class KeyReusedError(Exception):
    """The idempotency key stands for another request."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """What an order is answered with, the first time and every other."""

    id: str
    number: int
    state: str
    needs_approval: bool
    preview: dict[str, Any]


def planned(connection: Connection, city: str, order: Order, now: datetime, seed: str) -> Plan:
    """The whole plan of an order. Raises OrderError, CityUnknownError."""
    profile = library.load_profile(connection, city)
    latest: dict[str, Survey] = {}
    for one in library.surveys(connection, city):
        latest.pop(one.survey.slug, None)
        if not one.retired:
            latest[one.survey.slug] = one.survey
    saved = {
        name: Audience.model_validate(kept.definition)
        for name, kept in audiences.saved(connection, city).items()
    }
    groups = audiences.groups(connection, city)
    return plan(order, profile, latest, groups, saved, now, seed)


def foreseen(connection: Connection, city: str, one: Plan, channels: Channels) -> Preview:
    """The preview of a plan."""
    profile, desk = library.load_profile(connection, city), build_desk(connection, city)
    return preview(connection, desk, profile, one, channels)


def order_once(
    engine: Engine,
    city: str,
    order: Order,
    key: str,
    who: str,
    channels: Channels,
    id_: str,
    seed: str,
    now: datetime,
) -> Ordered:
    """Orders it, or gives the answer that the same request had. Raises OrderError, KeyReusedError,
    CityUnknownError."""
    request = digest(order)
    with engine.connect() as connection:
        repeated = broadcasts.find_request(connection, city, key)
        if repeated is not None:
            return _repeated(repeated, request)
        one = planned(connection, city, order, now, seed)
        estimate = foreseen(connection, city, one, channels)
    state = (
        BroadcastState.AWAITING_APPROVAL if estimate.needs_approval else BroadcastState.SCHEDULED
    )
    told: dict[str, Any] = _JSON.dump_python(asdict(estimate), mode="json")
    with library.writing(engine) as connection:
        broadcasts.serialise(connection, city)
        repeated = broadcasts.find_request(connection, city, key)
        if repeated is not None:
            return _repeated(repeated, request)
        made = broadcasts.order(connection, city, one, state, who, id_, key, request, told, now)
        ordered = Ordered(made.id, made.number, state.value, estimate.needs_approval, told)
        broadcasts.keep_answer(connection, made.id, asdict(ordered))
        note_broadcast(connection, city, who, "ordered", made.number, now)
    return ordered


def digest(order: Order) -> str:
    """What tells two requests apart."""
    document = order.model_dump(mode="json", exclude_defaults=True)
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def _repeated(one: Broadcast, request: str) -> Ordered:
    if one.request != request:
        raise KeyReusedError
    answer: Mapping[str, Any] = one.answer or {}
    return Ordered(**answer)
