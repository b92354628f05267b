"""What `bot` asks of whoever keeps pictures and recordings (see `bot.store` for the rest)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from channels.base import Media

if TYPE_CHECKING:
    from bot.store import Inbound

FETCH_LEASE = timedelta(minutes=5)
"""How long a claimed medium is left to whoever claimed it, and an object not deleted that somebody
may still be putting there: longer than fetching and putting can take."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A picture or recording claimed for fetching. `attempt` counts from 1 and fences: a later
    claim voids what an earlier one still does. `key` names the object it will be, where contents
    lie outside the database: reserved before anything is put there."""

    id: int
    city: str
    channel: str
    media: Media
    attempt: int
    key: str | None


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a content lies, sealed: `sealed` is it or, with a `key`, what opens the object."""

    sealed: str
    key: str | None = None


class Vault(Protocol):
    """Puts contents away, sealed, outside any transaction. Safe to share between threads; every
    call may take its time, and raises what went wrong."""

    def fresh_key(self) -> str | None:
        """A name that says nothing, for an object to come; None where the database holds all."""
        ...

    def put(self, content: bytes, key: str | None) -> Stored:
        """Seals it and puts it under the key, over what was there."""
        ...

    def delete(self, key: str) -> None:
        """Deletes an object; it need not be there."""
        ...


class MediaShelf(Protocol):
    """Pictures and recordings: wanted, then kept or refused, and deleted in time."""

    def note(
        self,
        inbound: "Inbound",
        receipt: int,
        contact: str,
        session: str | None,
        question: str | None,
    ) -> None:
        """Notes every medium of a message as WANTED, up to a contact's most in a day."""
        ...

    def due(
        self, now: datetime, limit: int, fresh_key: Callable[[], str | None]
    ) -> Sequence[Wanted]:
        """Claims WANTED ones that are due, for FETCH_LEASE; several workers get different ones. One
        that two claims left unsettled is given up."""
        ...

    def keep(
        self, wanted: Wanted, stored: Stored, media_type: str, size: int, now: datetime
    ) -> None:
        """Keeps what was fetched, if the claim still holds; else its object is discarded."""
        ...

    def refuse(self, wanted: Wanted, fault: str, now: datetime) -> None:
        """Gives it up for good, if the claim still holds."""
        ...

    def postpone(self, wanted: Wanted, fault: str, until: datetime) -> None:
        """Leaves it for a later attempt, if the claim still holds."""
        ...

    def discarded(self, now: datetime, limit: int) -> Sequence[str]:
        """Claims keys of objects to be deleted, for FETCH_LEASE."""
        ...

    def gone(self, keys: Sequence[str]) -> None:
        """These objects are deleted."""
        ...
