"""Opens write transactions, and keeps in memory what only changes with a city's revision."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection, Engine, Text, bindparam, func, select
from sqlalchemy.exc import DBAPIError

from backend.privacy import KeyRing
from backend.store import erasure, health, leases, purging, risks
from backend.store.contacts import SqlContacts
from backend.store.engine import for_writing
from backend.store.health import OutboxHealth
from backend.store.inbox import SqlInbox
from backend.store.media import SqlMedia
from backend.store.outbox import SqlOutbox
from backend.store.places import SqlPlaces
from backend.store.prepared import Prepared
from backend.store.recipients import SqlRecipients
from backend.store.sessions import SqlSessions
from backend.store.tables import CITY, CONTACT, URN
from backend.store.transaction import Transaction, is_lock
from bot.allowance import Limits
from bot.recipients import Recipients
from bot.shelf import MediaShelf
from bot.store import ContactBusyError, Contacts, Guesser, Inbox, Outbox, Places, Sessions
from dialogue.danger import Risk
from dialogue.desk import Desk

TELL = "imbizo"
"""The PostgreSQL channel on which topics are told."""

_REVISION = select(CITY.c.revision).where(CITY.c.slug == bindparam("city"))
_CONTACT_OF = select(URN.c.contact).where(
    URN.c.city == bindparam("city"), URN.c.hash == bindparam("hash")
)
_LOCK_CONTACT = (
    select(CONTACT.c.id)
    .where(CONTACT.c.city == bindparam("city"), CONTACT.c.id == bindparam("contact"))
    .with_for_update()
)
_NOTIFY = Prepared(select(func.pg_notify(TELL, bindparam("topic", type_=Text()))))


class BuildDesk(Protocol):
    """Makes a city's desk from the database, as of a connection's transaction."""

    def __call__(self, connection: Connection, city: str) -> Desk: ...


class SqlUnit:
    """One open write transaction (see `bot.store.Unit`)."""

    def __init__(
        self, transaction: Transaction, desks: "_Desks", guesser: Guesser | None = None
    ) -> None:
        self.inbox: Inbox = SqlInbox(transaction)
        self.contacts: Contacts = SqlContacts(transaction)
        self.sessions: Sessions = SqlSessions(transaction)
        self.outbox: Outbox = SqlOutbox(transaction)
        self.places: Places = SqlPlaces(transaction)
        self.media: MediaShelf = SqlMedia(transaction)
        self.recipients: Recipients = SqlRecipients(transaction)
        self.transaction = transaction
        self.guesser = guesser
        self._desks = desks

    def savepoint(self) -> AbstractContextManager[None]:
        """What fails inside is undone alone; the exception goes on."""
        return self.transaction.savepoint()

    def desk(self, city: str) -> Desk:
        """The city's desk as of this transaction. Raises LookupError for no such city."""
        revision = self.transaction.revisions.get(city)
        if revision is None:
            revision = self.transaction.connection.execute(_REVISION, {"city": city}).scalar()
            if revision is None:
                raise LookupError("no such city")
            self.transaction.revisions[city] = revision
        return self._desks.get(self.transaction.connection, city, revision)

    def lease(self, name: str, holder: str, now: datetime, until: datetime) -> bool:
        """Takes, prolongs or (with `until` not after `now`) gives back a lease."""
        connection = self.transaction.connection
        if until <= now:
            leases.release(connection, name, holder)
            return False
        return leases.take(connection, name, holder, now, until)

    def count(self, city: str, name: str) -> None:
        """Raises a counter of the city."""
        erasure.count(self.transaction, city, name)

    def count_risk(self, city: str, risk: Risk, area: str, at: datetime) -> None:
        """Counts that somebody told of it."""
        risks.count(self.transaction.connection, city, risk, area, at)

    def tell(self, topic: str) -> None:
        """Wakes whoever waits for the topic, once this transaction commits."""
        if topic not in self.transaction.topics:
            self.transaction.topics.append(topic)


class SqlStore:
    """Opens transactions (see `bot.store.Store`). Threads may share it.

    `limits` are by city and channel; a channel not in it is not held back.
    """

    def __init__(
        self,
        engine: Engine,
        keys: KeyRing,
        build_desk: BuildDesk,
        limits: Mapping[tuple[str, str], Limits],
        guesser: Guesser | None = None,
    ) -> None:
        self.engine = engine
        self.keys = keys
        self._writing = for_writing(engine)
        self._limits = limits
        self._guesser = guesser
        self._desks = _Desks(build_desk)
        self._listeners: list[Callable[[str], None]] = []
        self._seen_channels: frozenset[tuple[str, str]] = frozenset()

    @contextmanager
    def write(self) -> Iterator[SqlUnit]:
        """A write transaction: the block's end commits, an exception rolls back, and so does a
        database that failed in it (a full disk), though the block took that for a bug."""
        with _locks_named(), self._writing.begin() as connection:
            transaction = Transaction(
                connection,
                self.keys,
                self._limits,
                self._seen_channels,
                connection.dialect.name == "postgresql",
            )
            unit = SqlUnit(transaction, self._desks, self._guesser)
            yield unit
            if transaction.lost is not None:
                raise transaction.lost
            SqlContacts(transaction).note_heard()
            if transaction.postgres:
                for topic in transaction.topics:
                    _NOTIFY.run(connection, {"topic": topic})
        self._seen_channels |= transaction.seen_channels
        for topic in transaction.topics:
            for listener in tuple(self._listeners):
                listener(topic)

    def read(self) -> AbstractContextManager[Connection]:
        """A connection for reading."""
        return self.engine.connect()

    def purge(self, now: datetime) -> Mapping[str, int]:
        """The nightly purge (see `purging`): how many of each class went."""
        return purging.purge(self._writing, now)

    def outbox_health(self, now: datetime) -> OutboxHealth:
        """How the outbox stands."""
        with self.read() as connection:
            return health.outbox_health(connection, now)

    def find_contact(self, city: str, urn: str) -> str | None:
        """The contact of an address, by id."""
        with self.read() as connection:
            row = {"city": city, "hash": self.keys.index(city, urn)}
            found: str | None = connection.execute(_CONTACT_OF, row).scalar()
            return found

    def erase(self, city: str, urn: str, at: datetime, count: str = "erased") -> bool:
        """Erases whoever has the address; False if nobody does."""
        with self.write() as unit:
            row = {"city": city, "hash": self.keys.index(city, urn)}
            contact = unit.transaction.connection.execute(_CONTACT_OF, row).scalar()
            return contact is not None and self._erase(unit, city, contact, at, count)

    def erase_contact(self, city: str, contact: str, at: datetime, count: str = "erased") -> bool:
        """Erases a contact of the city by id; False if there is none."""
        with self.write() as unit:
            return self._erase(unit, city, contact, at, count)

    def _erase(self, unit: SqlUnit, city: str, contact: str, at: datetime, count: str) -> bool:
        row = {"city": city, "contact": contact}
        if unit.transaction.connection.execute(_LOCK_CONTACT, row).first() is None:
            return False
        unit.contacts.forget(city, contact, at, count)
        return True

    def listen(self, listener: Callable[[str], None]) -> None:
        """Calls it with every topic told in this process, after the commit, on the writer's
        thread."""
        self._listeners.append(listener)


@contextmanager
def _locks_named() -> Iterator[None]:
    """A lock that was not had is a ContactBusyError, whatever waited for it."""
    try:
        yield
    except DBAPIError as error:
        if is_lock(error):
            raise ContactBusyError from None
        raise


class _Desks:
    """Desks by city, each as of a revision."""

    def __init__(self, build: BuildDesk) -> None:
        self._build = build
        self._kept: dict[str, tuple[int, Desk]] = {}
        self._lock = threading.Lock()

    def get(self, connection: Connection, city: str, revision: int) -> Desk:
        """The desk of that revision, made anew if another one is kept."""
        kept = self._kept.get(city)
        if kept is None or kept[0] != revision:
            with self._lock:
                kept = self._kept.get(city)
                if kept is None or kept[0] != revision:
                    kept = self._kept[city] = (revision, self._build(connection, city))
        return kept[1]
