"""Series of broadcasts as kept: each wave is a broadcast of its own."""

from datetime import datetime

from sqlalchemy import Connection, insert

from backend.broadcasts.series import Wave
from backend.models.broadcasts import BroadcastState
from backend.store.broadcasts import Broadcast, find_request, next_number, serialise
from backend.store.tables import BROADCAST

_SAME_IN_ALL_WAVES = (
    *("city", "survey", "version", "texts", "audience", "seed", "spread", "reminders", "change"),
    *("results", "shuffle", "comment", "repeat", "series", "created_by", "approved_by", "request"),
)


def follow(connection: Connection, one: Broadcast, wave: Wave, id_: str, now: datetime) -> bool:
    """Schedules another wave of its series on the same terms, once: who is approved for one is
    approved for all. False if that was done before."""
    serialise(connection, one.city)
    key = f"{one.series}:{wave.number}"
    if find_request(connection, one.city, key) is not None:
        return False
    values = {name: getattr(one, name) for name in _SAME_IN_ALL_WAVES} | {
        "id": id_,
        "number": next_number(connection, one.city),
        "wave": wave.number,
        "starts_at": wave.starts_at,
        "closes_at": wave.closes_at,
        "state": BroadcastState.SCHEDULED,
        "created_at": now,
        "idempotency_key": key,
    }
    connection.execute(insert(BROADCAST).values(values))
    return True
