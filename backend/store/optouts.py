"""Who must get nothing: the list by address, and the contacts it holds for."""

from datetime import datetime

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects import postgresql

from backend.store.spend import drop_forgotten
from backend.store.tables import (
    ADDRESS,
    CONTACT,
    LINK_CODE,
    OPT_OUT,
    OPT_OUT_ADDRESS,
    OUTBOUND,
    URN,
    unsent,
    wiped_if_forgotten,
)
from backend.store.transaction import Transaction
from bot.store import DeliveryState

_OF_CONTACT = URN.c.contact == bindparam("of_contact")
_ADDRESSES = select(URN.c.hash, URN.c.address).where(_OF_CONTACT)
_LIST = postgresql.insert(OPT_OUT).on_conflict_do_nothing(index_elements=["city", "hash"])
_MARK_OUT = (
    update(CONTACT)
    .where(CONTACT.c.id == bindparam("of_contact"))
    .values(opted_out=bindparam("out"))
)
_CANCEL = (
    update(OUTBOUND)
    .where(
        (OUTBOUND.c.contact == bindparam("of_contact"))
        | OUTBOUND.c.hash.in_(select(URN.c.hash).where(_OF_CONTACT)),
        unsent(),
        ~OUTBOUND.c.despite_opt_out,
    )
    .values(state=DeliveryState.CANCELLED, settled_at=bindparam("now"), **wiped_if_forgotten())
)
_NO_CODES = delete(LINK_CODE).where(LINK_CODE.c.contact == bindparam("of_contact"))
_UNLIST = delete(OPT_OUT).where(
    OPT_OUT.c.city == bindparam("in_city"),
    OPT_OUT.c.hash.in_(select(URN.c.hash).where(_OF_CONTACT)),
)


def opt_out(transaction: Transaction, city: str, contact: str, at: datetime) -> None:
    """Opts every address of the contact out and cancels what is queued to it."""
    connection, keys = transaction.connection, transaction.keys
    for hashed, sealed in connection.execute(_ADDRESSES, {"of_contact": contact}).all():
        opt_out_address(transaction, city, hashed, keys.unseal(sealed, ADDRESS), at)
    connection.execute(_MARK_OUT, {"of_contact": contact, "out": True})
    connection.execute(_CANCEL, {"of_contact": contact, "now": at})
    connection.execute(_NO_CODES, {"of_contact": contact})
    drop_forgotten(connection)


def opt_out_address(
    transaction: Transaction, city: str, hashed: str, urn: str, at: datetime
) -> None:
    """Puts one address on the list, whether or not it has a contact."""
    sealed = transaction.keys.seal(urn, OPT_OUT_ADDRESS)
    row = {"city": city, "hash": hashed, "address": sealed, "at": at}
    transaction.connection.execute(_LIST, row)


def opt_in(transaction: Transaction, city: str, contact: str) -> None:
    """Takes the contact's addresses off the list."""
    transaction.connection.execute(_UNLIST, {"in_city": city, "of_contact": contact})
    transaction.connection.execute(_MARK_OUT, {"of_contact": contact, "out": False})
