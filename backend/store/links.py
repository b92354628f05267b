"""Codes by which a contact lets another address join it."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select

from backend.store.merging import merge
from backend.store.tables import CONTACT, LINK_CODE
from backend.store.transaction import Transaction
from bot.store import Known

_FORGET = delete(LINK_CODE).where(
    (LINK_CODE.c.contact == bindparam("of")) | (LINK_CODE.c.hash == bindparam("of_hash"))
)
_KEEP = insert(LINK_CODE).inline()
_FIND = select(LINK_CODE.c.contact).where(
    LINK_CODE.c.city == bindparam("of_city"),
    LINK_CODE.c.hash == bindparam("of_hash"),
    LINK_CODE.c.expires_at > bindparam("now", type_=LINK_CODE.c.expires_at.type),
)
_LOCK = (
    select(CONTACT)
    .where(CONTACT.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(CONTACT.c.id)
    .with_for_update()
)


def offer(transaction: Transaction, city: str, contact: str, code: str, until: datetime) -> None:
    """Until then the code stands for the contact; an earlier one no longer does."""
    hashed = _hash(transaction, city, code)
    transaction.connection.execute(_FORGET, {"of": contact, "of_hash": hashed})
    row = {"city": city, "hash": hashed, "contact": contact, "expires_at": until}
    transaction.connection.execute(_KEEP, row)


def redeem(
    transaction: Transaction, city: str, known: Known, code: str, at: datetime
) -> Known | None:
    """Makes the two contacts one, the older of them; the code is then used up. None where the code
    is unknown, too old or the contact's own. Raises ContactBusyError."""
    hashed = _hash(transaction, city, code)
    where = {"of_city": city, "of_hash": hashed, "now": at}
    other = transaction.connection.execute(_FIND, where).scalar()
    if other is None or other == known.contact:
        return None
    with transaction.locking():
        ids = {"ids": [known.contact, other]}
        rows = transaction.connection.execute(_LOCK, ids).all()
    if len(rows) != 2 or any(row.opted_out for row in rows):  # erased, merged or gone meanwhile
        return None
    transaction.connection.execute(_FORGET, {"of": other, "of_hash": hashed})
    merged = merge(transaction.connection, rows, at)
    _move_heard(transaction, known.contact, merged.contact, rows)
    return Known(merged.contact, merged.conversation, known.urn, known.channel, known.reply_tat)


def _move_heard(transaction: Transaction, old: str, kept: str, rows: Any) -> None:
    """The one that remains was heard from where the other just was."""
    heard = transaction.heard.pop(old, None)
    for row in rows:
        transaction.heard.pop(row.id, None)
    if heard is not None:
        transaction.heard[kept] = heard


def _hash(transaction: Transaction, city: str, code: str) -> str:
    return transaction.keys.index(city, f"link:{code}")
