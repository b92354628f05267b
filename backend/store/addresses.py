"""From an address to its contact: found, made, merged, or begun anew.

Theory of operation. The contact's row is the lock of everything that is the contact's. It is taken
by the statement that finds it; PostgreSQL gives the row as it is once the lock is had, but other
tables as they were before the wait. Whatever else could have changed meanwhile (which contact an
address belongs to) is therefore changed only if it still is as seen; otherwise we look again.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, exists, insert, select, update
from sqlalchemy.dialects import postgresql

from backend.privacy import is_phone
from backend.store.inbox import is_waiting
from backend.store.merging import merge
from backend.store.optouts import opt_out
from backend.store.prepared import Prepared
from backend.store.strangers import take_over
from backend.store.tables import (
    ADDRESS,
    BODY,
    CITY,
    CONTACT,
    OPT_OUT,
    RECEIVED,
    URN,
)
from backend.store.transaction import Heard, Transaction
from bot.store import ContactBusyError, Inbound
from dialogue import memory
from dialogue.memory import Conversation

SILENCE = timedelta(days=90)
"""After this a phone number may be somebody else's."""

NOTED = timedelta(days=1)
"""How exact an address's `last_heard_at` is kept: most turns then change only the contact's row."""

LOOKS = 5
"""Times we look again when others change the same addresses at the same moment."""


@dataclass(frozen=True, slots=True)
class Found:
    """A contact, locked."""

    contact: str
    conversation: Conversation


_CONTACT_OF = CONTACT.c.id == URN.c.contact


_THEIRS = URN.alias("theirs")


def _looking_up(by: Any) -> Select[Any]:
    earlier = exists().where(
        is_waiting(),
        RECEIVED.c.id < bindparam("receipt"),
        BODY.c.received == RECEIVED.c.id,
        _THEIRS.c.contact == URN.c.contact,
        BODY.c.hash == _THEIRS.c.hash,
    )
    return (
        select(
            URN.c.id.label("urn"),
            URN.c.scheme,
            URN.c.hash,
            URN.c.last_heard_at,
            URN.c.dead,
            URN.c.channel,
            CONTACT.c.id,
            CONTACT.c.conversation,
            CONTACT.c.opted_out,
            CONTACT.c.created_at,
            CONTACT.c.reply_tat,
            CONTACT.c.last_heard_at.label("heard_at"),
            CITY.c.revision,
            earlier.label("behind"),
        )
        .select_from(
            URN.join(CONTACT, CONTACT.c.id == URN.c.contact).join(CITY, CITY.c.slug == URN.c.city)
        )
        .where(URN.c.city == bindparam("city"), by)
        .with_for_update(of=CONTACT)
    )


_FIND = Prepared(_looking_up(URN.c.hash == bindparam("hash")))
_FIND_ANY = _looking_up(URN.c.hash.in_(bindparam("hashes", expanding=True))).order_by(
    CONTACT.c.id, URN.c.id
)
_NOTE = (
    update(URN)
    .where(URN.c.id == bindparam("urn"))
    .values(
        scheme=bindparam("now_scheme"),
        address=bindparam("now_address"),
        last_heard_at=bindparam("at"),
        channel=bindparam("by"),
        dead=None,
    )
)
_MAKE = Prepared(insert(CONTACT).inline())
_ADD = Prepared(
    postgresql.insert(URN)
    .values(
        {
            name: bindparam(name)
            for name in (
                *("city", "scheme", "hash", "address", "contact", "last_heard_at", "channel"),
            )
        }
    )
    .on_conflict_do_nothing(index_elements=["city", "hash"])
    .returning(URN.c.id)
)
_REVISION = Prepared(select(CITY.c.revision).where(CITY.c.slug == bindparam("city")))
_LISTED = Prepared(
    select(OPT_OUT.c.hash).where(
        OPT_OUT.c.city == bindparam("city"), OPT_OUT.c.hash == bindparam("hash")
    )
)


class _ChangedError(Exception):
    """An address was taken by somebody else meanwhile."""


def find(transaction: Transaction, inbound: Inbound) -> Found:
    """The contact of an inbound message, locked. Raises ContactBusyError; LookupError where there
    is no such city."""
    search = _Search(transaction, inbound)
    for _ in range(LOOKS):
        with suppress(_ChangedError):
            return search.look()
    raise ContactBusyError


class _Search:
    """One message's way to its contact."""

    def __init__(self, transaction: Transaction, inbound: Inbound) -> None:
        self._transaction = transaction
        self._connection = transaction.connection
        self._inbound = inbound
        self._own = transaction.keys.index(inbound.city, inbound.received.urn)
        self._urns = {
            transaction.keys.index(inbound.city, alias): alias for alias in inbound.received.aliases
        }
        self._urns[self._own] = inbound.received.urn

    def look(self) -> Found:
        """One attempt. Raises _ChangedError."""
        rows = self._lock()
        if any(row.behind for row in rows):
            raise ContactBusyError
        for row in rows:
            self._transaction.revisions[self._inbound.city] = row.revision
        current = [row for row in rows if not self._silent(row)]
        if len(current) == len(self._urns) and len({row.id for row in rows}) == 1:
            return self._known(rows)
        with self._transaction.savepoint():
            return self._settle(rows, current)

    def _lock(self) -> Sequence[Any]:
        receipt = self._transaction.receipts.get(self._inbound.turn, 0)
        row: dict[str, Any] = {"city": self._inbound.city, "receipt": receipt}
        with self._transaction.locking():
            if len(self._urns) == 1:
                return _FIND.all(self._connection, row | {"hash": self._own})
            return self._connection.execute(_FIND_ANY, row | {"hashes": [*self._urns]}).all()

    def _silent(self, row: Any) -> bool:
        """Whether the number may be somebody else's by now."""
        since = self._inbound.at - row.last_heard_at
        return is_phone(self._urns[row.hash]) and since >= SILENCE

    def _known(self, rows: Sequence[Any]) -> Found:
        """The common case: one contact, and all addresses are its own already."""
        for row in rows:
            if (
                row.dead
                or row.scheme != _scheme(self._urns[row.hash])
                or row.channel != self._inbound.channel
                or self._inbound.at - row.last_heard_at >= NOTED
            ):
                self._note(row.urn, row.hash)
            if row.hash == self._own:
                self._hear(row.id, row.urn, row.reply_tat, row.heard_at)
        contact = rows[0]
        conversation = memory.load(contact.conversation)
        return Found(contact.id, replace(conversation, opted_out=contact.opted_out))

    def _settle(self, rows: Sequence[Any], current: Sequence[Any]) -> Found:
        """Everything else: new, silent for long, or several addresses."""
        if current:
            merged = merge(self._connection, current, self._inbound.at)
            contact, conversation, out = merged.contact, merged.conversation, merged.opted_out
        else:
            contact, conversation, out = self._make(), Conversation(), False
        self._attach(rows, current, contact)
        if out or any(map(self._is_listed, self._urns)):
            out = True
            opt_out(self._transaction, self._inbound.city, contact, self._inbound.at)
        return Found(contact, replace(conversation, opted_out=out))

    def _is_listed(self, hashed: str) -> bool:
        row = {"city": self._inbound.city, "hash": hashed}
        return _LISTED.first(self._connection, row) is not None

    def _make(self) -> str:
        """A new contact."""
        city = self._inbound.city
        found = _REVISION.first(self._connection, {"city": city})
        if found is None:
            raise LookupError("no such city")
        self._transaction.revisions[city] = found.revision
        contact = self._transaction.keys.pseudonym(f"contact\0{self._inbound.turn}")
        row = {
            "id": contact,
            "city": city,
            "conversation": memory.dump(Conversation()),
            "opted_out": False,
            "created_at": self._inbound.at,
            "last_heard_at": self._inbound.at,
            "heard_channel": self._inbound.channel,
            "agreed": False,
            "busy": False,
        }
        _MAKE.run(self._connection, row)
        return contact

    def _attach(self, rows: Sequence[Any], current: Sequence[Any], contact: str) -> None:
        """Gives the contact all addresses of the message."""
        urns = {row.hash: row.urn for row in rows}
        for row in rows:
            if row not in current and not take_over(
                self._transaction, self._inbound.city, row, contact, self._inbound.at
            ):
                raise _ChangedError
            self._note(row.urn, row.hash)
        for hashed in self._urns.keys() - urns.keys():
            urns[hashed] = self._add(hashed, contact)
        used = (row.reply_tat for row in current if row.reply_tat is not None)
        heard = max((row.heard_at for row in current), default=None)
        self._hear(contact, urns[self._own], max(used, default=None), heard)

    def _add(self, hashed: str, contact: str) -> int:
        urn = self._urns[hashed]
        row = {
            "city": self._inbound.city,
            "scheme": _scheme(urn),
            "hash": hashed,
            "address": self._transaction.keys.seal(urn, ADDRESS),
            "contact": contact,
            "last_heard_at": self._inbound.at,
            "channel": self._inbound.channel,
        }
        added = _ADD.first(self._connection, row)
        if added is None:
            raise _ChangedError
        return int(added.id)

    def _note(self, urn: int, hashed: str) -> None:
        address = self._urns[hashed]
        row = {
            "urn": urn,
            "now_scheme": _scheme(address),
            "now_address": self._transaction.keys.seal(address, ADDRESS),
            "at": self._inbound.at,
            "by": self._inbound.channel,
        }
        self._connection.execute(_NOTE, row)

    def _hear(
        self, contact: str, urn: int, reply_tat: datetime | None, heard_at: datetime | None
    ) -> None:
        before = self._transaction.heard.get(contact)
        if before is not None:  # by an earlier turn of this transaction, not written yet
            reply_tat, heard_at = before.reply_tat, before.at
        heard = Heard(urn, self._inbound.channel, self._inbound.at, reply_tat, heard_at)
        self._transaction.heard[contact] = heard


def _scheme(urn: str) -> str:
    return urn.partition(":")[0]
