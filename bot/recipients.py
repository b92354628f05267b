"""What `bot` asks of a store about recipients of broadcasts (see `bot.store`)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bot.store import Known


class RecipientState(StrEnum):
    """What became of a recipient. A skipped one carries the reason."""

    WAITING = "waiting"
    INVITED = "invited"
    SKIPPED = "skipped"


class Reason(StrEnum):
    """Why somebody of an audience gets no message. Days of being left alone after the safe word are
    ASKED_RECENTLY: nobody may see that there was a reason of that kind."""

    OPTED_OUT = "opted_out"
    NOT_AGREED = "not_agreed"
    UNDER_AGE = "under_age"
    ASKED_RECENTLY = "asked_recently"
    IN_ANOTHER_SURVEY = "in_another_survey"
    NO_CHANNEL = "no_channel"
    NO_WINDOW = "no_window"
    CLOSED = "closed"
    ERASED = "erased"
    SAME_PERSON = "same_person"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Running:
    """A broadcast that runs: what its messages are made of. It opens `survey` in `version`, or says
    `texts` (by locale). Only `channels` carry it, where there are any. Who was invited after
    `rested_since` is left alone."""

    id: str
    city: str
    survey: str | None
    version: int | None
    texts: Mapping[str, str]
    closes_at: datetime
    may_change: bool
    shuffle: str | None
    comment: bool
    channels: frozenset[str]
    rested_since: datetime


@dataclass(frozen=True, slots=True)
class Address:
    """Where a contact can be reached, by which channel; when it was last heard from there, if that
    channel has a window."""

    urn: str
    channel: str
    heard_at: datetime | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A recipient whose time has come, its contact locked. `addresses` are those not known to be
    dead, the one last heard from first. `asked_at` is when any broadcast last wrote to the contact,
    `invited_at` when this one did; `reminders` is how many it was given."""

    id: str
    known: "Known"
    addresses: Sequence[Address]
    age: int | None
    asked_at: datetime | None
    invited_at: datetime | None
    reminders: int


class Recipients(Protocol):
    """Recipients of broadcasts that run. Every method runs inside a write transaction."""

    def backlog(self, city: str, channel: str, most: int) -> int:
        """Segments of broadcasts that wait in the channel's queue, counted up to about `most`."""
        ...

    def due(
        self,
        broadcast: str,
        state: RecipientState,
        channels: Collection[str],
        now: datetime,
        limit: int,
    ) -> Sequence[Candidate]:
        """Recipients in that state and on these channels whose time has come, the earliest first,
        locked. None if the broadcast does not run (any more); those whose contact somebody else
        holds are passed over."""
        ...

    def invited(
        self, candidate: Candidate, channel: str, locale: str, at: datetime, due_at: datetime | None
    ) -> None:
        """The invitation is queued; when the first reminder is due."""
        ...

    def reminded(self, candidate: Candidate, due_at: datetime | None) -> None:
        """A reminder was queued; when the next one is due."""
        ...

    def put_off(self, candidate: Candidate, due_at: datetime | None, reason: Reason | None) -> None:
        """Not now: when to look again (None: never), and why."""
        ...

    def skip(self, candidate: Candidate, reason: Reason) -> None:
        """No invitation, ever."""
        ...
