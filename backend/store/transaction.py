"""What the parts of a unit share while its transaction is open."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg.errors import DeadlockDetected, LockNotAvailable
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from backend.privacy import KeyRing
from bot.allowance import Limits
from bot.store import ContactBusyError


@dataclass(frozen=True, slots=True)
class Heard:
    """That a contact was just heard from, at which address and channel; how much of its reply
    budget is used; when it was heard from `before`."""

    urn: int
    channel: str
    at: datetime
    reply_tat: datetime | None = None
    before: datetime | None = None


@dataclass(slots=True)
class Transaction:
    """An open transaction. `heard` waits to be written with the contact's next save, or at the end;
    `revisions` are of cities seen by the way; `receipts` are by turn. `lost` is why it must not
    commit: the database itself failed in it, which is nobody's bug and may be over soon."""

    connection: Connection
    keys: KeyRing
    limits: Mapping[tuple[str, str], Limits]
    seen_channels: frozenset[tuple[str, str]]
    postgres: bool
    depth: int = 0
    heard: dict[str, Heard] = field(default_factory=dict)
    revisions: dict[str, int] = field(default_factory=dict)
    receipts: dict[str, int] = field(default_factory=dict)
    topics: list[str] = field(default_factory=list)
    lost: BaseException | None = None

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What fails inside is undone alone, what it noted here included. A lock that is not had
        inside, whichever it is, raises ContactBusyError."""
        heard, topics, seen = dict(self.heard), len(self.topics), self.seen_channels
        self.depth += 1
        name = f"turn_{self.depth}"
        self._run(f"SAVEPOINT {name}")
        try:
            yield
        except BaseException as error:
            self.heard, self.seen_channels = heard, seen
            del self.topics[topics:]
            if _is_of_the_database(error):
                self.lost = error
            self._run(f"ROLLBACK TO {name}")
            if is_lock(error):
                raise ContactBusyError from None
            raise
        finally:
            self._run(f"RELEASE {name}")
            self.depth -= 1

    @contextmanager
    def locking(self) -> Iterator[None]:
        """Around a statement that waits for a contact's lock. Raises ContactBusyError, and leaves
        the transaction usable: PostgreSQL needs a savepoint for that."""
        guard = self.savepoint() if self.postgres and not self.depth else nullcontext()
        try:
            with guard:
                yield
        except DBAPIError as error:
            if is_lock(error):
                raise ContactBusyError from None
            raise

    def _run(self, statement: str) -> None:
        # Straight to the driver: two in each turn, and SQLAlchemy's own cost a tenth of it.
        driver: Any = self.connection.connection.driver_connection
        driver.execute(statement)


# Primary result codes: out of memory, read-only, I/O error, damaged, full, cannot open.
_SQLITE = frozenset({7, 8, 10, 11, 13, 14})
# Classes of SQLSTATE: connection, resources (a full disk), operator's intervention, system.
_POSTGRESQL = ("08", "53", "57P", "58")


def _is_of_the_database(error: BaseException) -> bool:
    """Whether the database itself failed, and not what it was asked."""
    if not isinstance(error, DBAPIError):
        return False
    code = getattr(error.orig, "sqlite_errorcode", 0)
    state = getattr(error.orig, "sqlstate", None) or ""
    return error.connection_invalidated or code % 256 in _SQLITE or state.startswith(_POSTGRESQL)


def is_lock(error: BaseException) -> bool:
    """Whether a lock was not had, or given up for another's."""
    return isinstance(error, DBAPIError) and isinstance(
        error.orig, LockNotAvailable | DeadlockDetected
    )
