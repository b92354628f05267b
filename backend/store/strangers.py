"""A phone number that fell silent is somebody else's when it speaks again: numbers are recycled."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, update

from backend.store.spend import drop_forgotten
from backend.store.tables import (
    CONTACT,
    OUTBOUND,
    SESSION,
    URN,
    unsent,
    wiped_if_forgotten,
)
from backend.store.transaction import Transaction
from bot.store import DeliveryState
from dialogue.survey import Status

_MOVE = (
    update(URN)
    .where(URN.c.id == bindparam("urn"), URN.c.contact == bindparam("old"))
    .values(contact=bindparam("new"))
)
_CANCEL_ADDRESS = (
    update(OUTBOUND)
    .where(
        OUTBOUND.c.city == bindparam("in_city"), OUTBOUND.c.hash == bindparam("of_hash"), unsent()
    )
    .values(state=DeliveryState.CANCELLED, settled_at=bindparam("at"), **wiped_if_forgotten())
)
_UNREACHED = (
    update(CONTACT)
    .where(CONTACT.c.id == bindparam("old"), CONTACT.c.heard_urn == bindparam("urn"))
    .values(heard_urn=None, wake_at=None)
)
_LEAVE_OFF = (
    update(SESSION)
    .where(
        SESSION.c.contact == bindparam("old"),
        SESSION.c.status.in_([Status.ACTIVE, Status.PARKED]),
        ~exists().where(URN.c.contact == bindparam("old")),
    )
    .values(status=Status.EXPIRED, finished_at=bindparam("now"))
)


def take_over(transaction: Transaction, city: str, row: Any, contact: str, at: datetime) -> bool:
    """Gives an address (a row of `addresses`) to another contact: the old one keeps its answers,
    and gets nothing there any more. False if it was no longer the old one's."""
    change = {"urn": row.urn, "old": row.id, "new": contact, "now": at}
    if not transaction.connection.execute(_MOVE, change).rowcount:
        return False
    transaction.connection.execute(_UNREACHED, change)
    transaction.connection.execute(_LEAVE_OFF, change)
    cancel = {"in_city": city, "of_hash": row.hash, "at": at}
    transaction.connection.execute(_CANCEL_ADDRESS, cancel)
    drop_forgotten(transaction.connection)
    return True
