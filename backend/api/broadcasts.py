"""Broadcasts: foreseen, ordered, looked at, approved, paused, taken up again, cancelled."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Header, Path, Query, Request
from sqlalchemy import Connection, Engine

from backend import wiring
from backend.api.request import City, Database, Page, guarded, problems
from backend.auth import Key, Role, require
from backend.broadcasts import running
from backend.broadcasts.estimate import Preview
from backend.broadcasts.live import Brief, Live, brief, live
from backend.broadcasts.order import Order, OrderError
from backend.broadcasts.ordering import KeyReusedError, Ordered, foreseen, order_once, planned
from backend.broadcasts.reach import Channels
from backend.exports.audit import note_broadcast
from backend.problems import Problem
from backend.store import broadcasts, library
from backend.store.broadcasts import Broadcast

router = APIRouter(tags=["broadcasts"])
OFFICIALS = require(Role.ADMINISTRATOR, Role.OFFICIAL)

UNKNOWN = "There is no such broadcast"
REUSED = "This Idempotency-Key stands for another request"
FAULTS = "The broadcast has faults"
OWN = "Who approves a broadcast is not who ordered it"
NOT_NOW = "The broadcast is not in a state for that"
LARGEST_NUMBER = 2**31 - 1

Caller = Annotated[Key, Depends(OFFICIALS)]
Id = Annotated[
    str,
    Path(
        pattern=r"^([0-9a-f]{32}|[1-9][0-9]{0,8})$",
        description="Its `id`, or its number in the city.",
    ),
]


def the_channels(request: Request) -> Channels:
    """The installation's channels."""
    channels: Channels = request.app.state.installation.channels
    return channels


TheChannels = Annotated[Channels, Depends(the_channels)]


@router.post(
    "/{city}/broadcasts/preview",
    dependencies=guarded(OFFICIALS),
    summary="Foresee a broadcast",
    description=(
        "Whom it would reach, and why others not; what each gets first, on each channel and in each"
        " language, as it is rendered; segments and cost; when the last message goes out, by the"
        " channels' rates, the spread and the city's quiet hours. Nothing is kept or sent. People"
        " in the middle of another survey are recipients who wait."
    ),
    responses=problems(),
)
def preview(
    city: City, database: Database, channels: TheChannels, order: Annotated[Order, Body()]
) -> Preview:
    """What it would be."""
    with database.connect() as connection:
        try:
            one = planned(connection, city, order, wiring.now(), wiring.fresh_id())
        except OrderError as error:
            raise Problem(422, FAULTS, faults=error.faults) from None
        return foreseen(connection, city, one, channels)


@router.post(
    "/{city}/broadcasts",
    dependencies=guarded(OFFICIALS),
    status_code=201,
    summary="Order a broadcast",
    description=(
        "It starts at its time by itself; above the city's `approval_above` recipients a second"
        " person must approve it first. The same `Idempotency-Key` with the same body gets the same"
        " answer and orders nothing more; with another body it is refused."
    ),
    responses=problems(_422=f"{REUSED}; or: {FAULTS}: all of them, each with its place."),
)
def order(
    city: City,
    database: Database,
    channels: TheChannels,
    key: Caller,
    wanted: Annotated[Order, Body()],
    idempotency_key: Annotated[
        str,
        Header(
            min_length=1,
            max_length=255,
            description="Made by the caller, fresh for every broadcast: a UUID, say.",
        ),
    ],
) -> Ordered:
    """Orders it, once."""
    id_, seed, now = wiring.fresh_id(), wiring.fresh_id(), wiring.now()
    try:
        return order_once(
            database, city, wanted, idempotency_key, key.prefix, channels, id_, seed, now
        )
    except OrderError as error:
        raise Problem(422, FAULTS, faults=error.faults) from None
    except KeyReusedError:
        raise Problem(422, REUSED) from None


@router.get(
    "/{city}/broadcasts",
    dependencies=guarded(OFFICIALS),
    summary="The broadcasts of a city",
    description="The newest first, without their counts.",
    responses=problems(),
)
def listed(
    city: City,
    database: Database,
    limit: Annotated[int, Query(ge=1, le=200, description="Items on a page.")] = 50,
    after: Annotated[
        int | None, Query(ge=1, le=LARGEST_NUMBER, description="`next` of the page before.")
    ] = None,
) -> Page[Brief]:
    """A page of the list."""
    with database.connect() as connection:
        found = broadcasts.listed(connection, city, after, limit + 1)
    here = [brief(one) for one in found[:limit]]
    return Page(here, str(here[-1].number) if len(found) > limit else None)


@router.get(
    "/{city}/broadcasts/{id}",
    dependencies=guarded(OFFICIALS),
    summary="How a broadcast stands",
    description=(
        "Counted at the time of asking. Totals are exact; by area a count under the city's"
        " threshold is only said to be so. Each kind of failure comes with what to do; a channel"
        " that rests because it failed by itself says until when."
    ),
    responses=problems(_404=UNKNOWN),
)
def standing(city: City, id: Id, database: Database) -> Live:
    """Its live counts."""
    with database.connect() as connection:
        one = _found(connection, city, id)
        profile = library.load_profile(connection, city)
        return live(connection, one, profile, wiring.now())


@router.post(
    "/{city}/broadcasts/{id}/approve",
    dependencies=guarded(OFFICIALS),
    summary="Approve a broadcast",
    description="By another key than ordered it. It then starts at its time, or at once.",
    responses=problems(_403=OWN, _404=UNKNOWN, _409=NOT_NOW),
)
def approve(city: City, id: Id, database: Database, key: Caller) -> Brief:
    """A second person's yes."""

    def change(connection: Connection, one: Broadcast) -> bool:
        if one.created_by == key.prefix:
            raise Problem(403, OWN)
        return broadcasts.approve(connection, one, key.prefix)

    return _change(database, city, id, key, "approved", change)


@router.post(
    "/{city}/broadcasts/{id}/pause",
    dependencies=guarded(OFFICIALS),
    summary="Pause a broadcast",
    description="At once: what is queued of it is held. What a provider has taken has gone.",
    responses=problems(_404=UNKNOWN, _409=NOT_NOW),
)
def pause(city: City, id: Id, database: Database, key: Caller) -> Brief:
    """Holds it."""
    now = wiring.now()
    return _change(database, city, id, key, "paused", lambda c, one: broadcasts.pause(c, one, now))


@router.post(
    "/{city}/broadcasts/{id}/resume",
    dependencies=guarded(OFFICIALS),
    summary="Go on with a broadcast",
    description="Who still waits is spread over what is left of its span.",
    responses=problems(_404=UNKNOWN, _409=NOT_NOW),
)
def resume(city: City, id: Id, database: Database, key: Caller) -> Brief:
    """Goes on."""
    now = wiring.now()
    return _change(database, city, id, key, "resumed", lambda c, one: running.resume(c, one, now))


@router.post(
    "/{city}/broadcasts/{id}/cancel",
    dependencies=guarded(OFFICIALS),
    summary="Cancel a broadcast",
    description="At once and for good: what is queued of it is called back too.",
    responses=problems(_404=UNKNOWN, _409=NOT_NOW),
)
def cancel(city: City, id: Id, database: Database, key: Caller) -> Brief:
    """Ends it."""
    now = wiring.now()
    return _change(
        database, city, id, key, "cancelled", lambda c, one: broadcasts.cancel(c, one, now)
    )


def _change(
    database: Engine,
    city: str,
    id: str,
    key: Key,
    what: str,
    change: Callable[[Connection, Broadcast], bool],
) -> Brief:
    with library.writing(database) as connection:
        one = _found(connection, city, id)
        if not change(connection, one):
            raise Problem(409, NOT_NOW, f"It is {one.state.value.replace('_', ' ')}.")
        note_broadcast(connection, city, key.prefix, what, one.number, wiring.now())
        return brief(_found(connection, city, id))


def _found(connection: Connection, city: str, id: str) -> Broadcast:
    one = broadcasts.find(connection, city, id)
    if one is None:
        raise Problem(404, UNKNOWN)
    return one
