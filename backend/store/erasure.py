"""Erases a contact, as the rules in `backend.privacy` say."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Table,
    bindparam,
    delete,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql

from backend.models import metadata
from backend.privacy import ERASURE, WITHOUT_TRACE, Erasure
from backend.store.counting import MARK_REPEATED
from backend.store.inbox import is_waiting
from backend.store.media import discard_objects
from backend.store.spend import delete_outbound, deleting
from backend.store.tables import (
    ANSWER,
    BODY,
    CONSENT,
    CONTACT,
    COUNTER,
    DELIVERY_REPORT,
    LABEL,
    MEDIA,
    OPEN_WINDOW,
    OUTBOUND,
    RECEIVED,
    SESSION,
    URN,
    in_state,
    reports_of,
    to_day,
)
from backend.store.transaction import Transaction
from bot.store import DeliveryState, ReceiptStatus

_HASHES = select(URN.c.hash).where(URN.c.contact == bindparam("of"))
_ANSWERS = ANSWER.c.session.in_(select(SESSION.c.id).where(SESSION.c.contact == bindparam("of")))
_SENT_TO = or_(OUTBOUND.c.contact == bindparam("of"), OUTBOUND.c.hash.in_(_HASHES))
_WRITTEN_BY: dict[Table, ColumnElement[bool]] = {
    BODY: BODY.c.hash.in_(_HASHES),
    DELIVERY_REPORT: reports_of(_SENT_TO),
    OUTBOUND: _SENT_TO,
    LABEL: LABEL.c.answer.in_(select(ANSWER.c.id).where(_ANSWERS)),
    ANSWER: _ANSWERS,
    OPEN_WINDOW: OPEN_WINDOW.c.urn.in_(select(URN.c.id).where(URN.c.contact == bindparam("of"))),
    CONTACT: CONTACT.c.id == bindparam("of"),
}
"""Which rows are the contact's, where a column does not simply say so."""


_THEIR_PARTS = deleting(_SENT_TO)


def _statement(rule: Erasure) -> Executable:
    table = metadata.tables[rule.table]
    theirs = _WRITTEN_BY.get(table)
    if theirs is None:
        theirs = table.c.contact == bindparam("of")
    if table is OUTBOUND:
        return _THEIR_PARTS
    if rule.gone:
        return delete(table).where(theirs)
    values: dict[str, Any] = {column: null() for column in rule.blank}
    values |= {column: to_day(table.c[column]) for column in rule.to_day}
    return update(table).where(theirs).values(values)


_BEFORE = (
    # Nobody is left to take these turns for, and their bodies go.
    update(RECEIVED)
    .where(
        is_waiting(),
        RECEIVED.c.id.in_(select(BODY.c.received).where(BODY.c.hash.in_(_HASHES))),
    )
    .values(status=ReceiptStatus.TAKEN),
    # Of what is on its way too: it may have been sent before, under another id.
    delete(DELIVERY_REPORT).where(reports_of(_SENT_TO)),
    # What is on its way is nobody's any more, and goes once it is settled.
    update(OUTBOUND)
    .where(_SENT_TO, in_state(DeliveryState.CLAIMED))
    .values(contact=None, hash=None, sending=None, lane="", forget=True),
    discard_objects(MEDIA.c.contact == bindparam("of")),
    MARK_REPEATED,
)
_LEAVE_NOTHING = (
    delete(MEDIA).where(MEDIA.c.contact == bindparam("of")),
    delete(LABEL).where(_WRITTEN_BY[LABEL]),
    delete(ANSWER).where(_WRITTEN_BY[ANSWER]),
    delete(SESSION).where(SESSION.c.contact == bindparam("of")),
    delete(CONSENT).where(CONSENT.c.contact == bindparam("of")),
)
_ERASE = tuple(_statement(rule) for rule in ERASURE)
_COUNT = postgresql.insert(COUNTER).values(city=bindparam("city"), name=bindparam("name"), n=1)
_COUNT_UP = _COUNT.on_conflict_do_update(
    index_elements=["city", "name"], set_={"n": COUNTER.c.n + 1}
)


def forget(transaction: Transaction, city: str, contact: str, name: str) -> None:
    """Erases it and raises the counter of that name."""
    erase(transaction.connection, contact, without_trace=name in WITHOUT_TRACE)
    transaction.heard.pop(contact, None)
    count(transaction, city, name)


def erase(connection: Connection, contact: str, *, without_trace: bool = False) -> None:
    """Erases it. A part that is on its way may still be settled, by its token."""
    for statement in (*_BEFORE, *(_LEAVE_NOTHING if without_trace else ()), *_ERASE):
        if statement is _THEIR_PARTS:  # what they cost is kept
            delete_outbound(connection, statement, {"of": contact})
        else:
            connection.execute(statement, {"of": contact})


def count(transaction: Transaction, city: str, name: str) -> None:
    """Raises a counter by one."""
    transaction.connection.execute(_COUNT_UP, {"city": city, "name": name})
