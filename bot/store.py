"""What `bot` asks of a store: Protocols over plain data. `backend.store` implements them.

Every method runs inside the write transaction that `Store.write` opened, on one thread; leaving the
block commits, an exception rolls back. All times are aware UTC.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.recipients import Recipients
from bot.shelf import MediaShelf
from channels.base import Fault, Kind, Part, Purpose, Received, Sending, StatusUpdate
from dialogue.danger import Risk
from dialogue.desk import Desk
from dialogue.effects import Consent, Record
from dialogue.events import Guess
from dialogue.memory import Conversation
from dialogue.survey import Session


class ContactBusyError(Exception):
    """A lock was not had within two seconds, or given up for another's: take the turn later."""


class Retention(StrEnum):
    """How long the sealed body of a received message is kept."""

    ORDINARY = "ordinary"
    QUARANTINED = "quarantined"
    POISON = "poison"


class ReceiptStatus(StrEnum):
    """What became of a received message."""

    TAKEN = "taken"
    WAITING = "waiting"
    FAILED = "failed"


class MediaState(StrEnum):
    """How far a picture or recording is on its way to us. REFUSED: of a kind or size we do not
    take, or gone at the provider."""

    WANTED = "wanted"
    KEPT = "kept"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Inbound:
    """A received message in its city and channel. `turn` is a fresh random id for what follows."""

    city: str
    channel: str
    received: Received
    turn: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """A contact, loaded and locked. `conversation.opted_out` comes from the opt-out list, which
    outlives the contact. `urn` is the address last heard from; `reply_tat` is the reply budget's
    `bot.allowance` time. `heard_at` is when the contact was heard from before this message."""

    contact: str
    conversation: Conversation
    urn: str
    channel: str
    reply_tat: datetime | None = None
    heard_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outbound:
    """A rendered message to be queued: its parts go out in order.

    `despite_opt_out` marks the few answers allowed after STOP (its confirmation, HELP, the safe
    word). `forget` deletes it as soon as it is settled for good. `supersedes` cancels an unsent
    earlier question to the same contact. A lower `priority` goes first; replies are 0.
    """

    turn: str
    city: str
    channel: str
    contact: str | None
    urn: str
    parts: tuple[Part, ...]
    at: datetime
    expires_at: datetime
    language: str | None = None
    purpose: Purpose = Purpose.REPLY
    priority: int = 0
    despite_opt_out: bool = False
    forget: bool = False
    supersedes: bool = False


@dataclass(frozen=True, slots=True)
class Claimed:
    """One part, claimed for sending. `token` fences: settling with an old one changes nothing.
    `unknown_since` is set when an earlier attempt may have gone out. `failures` is how often in a
    row the channel itself had failed."""

    id: int
    token: str
    city: str
    channel: str
    sending: Sending
    segments: int
    attempt: int
    expires_at: datetime
    unknown_since: datetime | None = None
    failures: int = 0


class DeliveryState(StrEnum):
    """Where an outbound part stands in the outbox (delivery reports then rank above `sent`)."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    UNKNOWN = "unknown"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of a claimed part. `retry_at` goes with QUEUED and UNKNOWN; `learnt` is what we
    know of the address now (opted out, dead, its window closed). An attempt that is not `counted`
    was about the channel."""

    state: DeliveryState
    provider_id: str | None = None
    fault: Fault | None = None
    retry_at: datetime | None = None
    learnt: Kind | None = None
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A part that the provider took and could not deliver. `sends` is how often it took it;
    `newest` says that nothing was queued for the contact since."""

    id: int
    city: str
    channel: str
    urn: str
    fault: Fault
    sends: int
    expires_at: datetime
    newest: bool


@dataclass(frozen=True, slots=True)
class Due:
    """A contact whose wake-up came due; `heard_at` as in `dialogue.events.Tick`."""

    city: str
    known: Known
    heard_at: datetime | None


class Inbox(Protocol):
    """Receipts for ever, bodies sealed and for a while."""

    def receive(self, inbound: Inbound) -> int | None:
        """Stores receipt and sealed body as TAKEN; None if this provider id was seen before."""
        ...

    def mark(self, receipt: int, status: ReceiptStatus) -> None:
        """Says what became of it."""
        ...

    def retain(self, receipt: int, retention: Retention, at: datetime) -> None:
        """Keeps its body as long as that class is kept, counted from `at`."""
        ...

    def poison(
        self, city: str, channel: str, provider_id: str, content: str, at: datetime
    ) -> int | None:
        """Stores an update that cannot be read, sealed, as FAILED; None if it was seen before."""
        ...

    def drop_body(self, receipt: int) -> None:
        """Deletes what was written, keeps that something came."""
        ...

    def reconsider(self, since: datetime) -> int:
        """Makes FAILED receipts from `since` on WAITING again, now that the program may be mended;
        how many there were. Those after which a later one of the contact was TAKEN stay FAILED, for
        a person."""
        ...

    def waiting(self, limit: int) -> Sequence[tuple[int, Inbound]]:
        """Receipts left WAITING, oldest first, locked; of each contact only the oldest."""
        ...


class Contacts(Protocol):
    """People, their addresses, their consent."""

    def load(self, inbound: Inbound) -> Known:
        """The contact of the address (or of an asserted alias), loaded and locked, made if new;
        notes the address as last heard from. A phone address silent for 90 days starts as a
        stranger. Raises ContactBusyError."""
        ...

    def save(self, contact: str, conversation: Conversation) -> None:
        """Keeps the conversation and projects its `wake_at`."""
        ...

    def lives_in(self, contact: str, area: str) -> None:
        """Keeps the area of residence that the contact told."""
        ...

    def consent(self, city: str, contact: str, consent: Consent, at: datetime) -> None:
        """Adds a line to the ledger."""
        ...

    def opt_out(self, city: str, contact: str, at: datetime) -> None:
        """Opts every address of the contact out and cancels what is queued to it."""
        ...

    def opt_in(self, city: str, contact: str) -> None:
        """Takes the contact's addresses off the list."""
        ...

    def replied(self, contact: str, tat: datetime) -> None:
        """Keeps how much of its reply budget a contact that was just heard from has used."""
        ...

    def open_window(self, city: str, channel: str, urn: str, at: datetime) -> None:
        """Notes that the address wrote on a channel that has a window."""
        ...

    def offer_link(self, city: str, contact: str, code: str, until: datetime) -> None:
        """Until then the code stands for the contact; an earlier one no longer does."""
        ...

    def link(self, city: str, known: Known, code: str, at: datetime) -> Known | None:
        """Makes the contact just heard from and the code's contact one, once; None where the code
        is unknown, too old or its own. Raises ContactBusyError."""
        ...

    def forget(self, city: str, contact: str, at: datetime, count: str) -> None:
        """Erases the contact as `backend.privacy` says and raises the counter `count`."""
        ...

    def due(self, now: datetime, limit: int, city: str | None = None) -> Sequence[Due]:
        """Contacts (of one city, if it is given) whose `wake_at` has come, locked."""
        ...


class Sessions(Protocol):
    """Ways through surveys, and their answers."""

    def open(self, city: str, contact: str, session: Session, locale: str, channel: str) -> None:
        """Keeps a new session."""
        ...

    def move(self, session: Session, at: datetime) -> None:
        """Keeps its status (and, when final, the time)."""
        ...

    def record(self, records: Sequence[Record], at: datetime) -> None:
        """Keeps answers; (session, question, revision) is unique, a repeat is refused. What came
        `afterwards` is numbered behind all that there is."""
        ...


class Outbox(Protocol):
    """What is to be sent, in the same transaction as what it answers."""

    def queue(self, outbound: Outbound) -> None:
        """Queues every part; (turn, part) is unique."""
        ...

    def claim(self, now: datetime, token: str, limit: int) -> Sequence[Claimed]:
        """Claims due parts for 60 s: by priority, oldest first per contact, one in flight per
        contact, within each channel's rate by segment and its hourly budget of replies, opt-outs
        and expired ones sorted out; a channel at rest is passed over. Parts whose lease ran out
        come back as UNKNOWN first."""
        ...

    def settle(self, claimed: Claimed, settlement: Settlement, now: datetime) -> Undelivered | None:
        """Keeps what became of it, if the token still holds. A report may have overtaken us: what
        it says was not delivered."""
        ...

    def settle_at_once(self, turn: str, at: datetime) -> None:
        """Settles what a turn has just queued as sent at that time: for channels that carry
        nothing, where the time is a past one."""
        ...

    def report(
        self, city: str, channel: str, update: StatusUpdate, at: datetime
    ) -> Undelivered | None:
        """Keeps a delivery report: it only raises the status; unknown ids wait for their message.
        What was not delivered, the first time that is said."""
        ...

    def lane_waits(self, part: int) -> bool:
        """Whether something waits behind that part, for the same contact."""
        ...

    def cancel_behind(self, part: int, at: datetime) -> None:
        """Cancels what waited behind a part that was sent, when it was claimed: for the same
        address and channel."""
        ...

    def question_of(self, city: str, channel: str, provider_id: str) -> str | None:
        """The tag of the question that a sent part asked; None if it asked none or is gone."""
        ...

    def send_again(self, part: int, due_at: datetime) -> None:
        """Queues a part that was not delivered once more; it holds up nothing queued since."""
        ...

    def learn(self, city: str, channel: str, urn: str, kind: Kind, at: datetime) -> None:
        """What a provider says of an address: OPT_OUT (its contact did, everywhere), DEAD (nobody
        is there), WINDOW (free text may not be sent any more). Other kinds teach nothing."""
        ...

    def channel_failed(self, city: str, channel: str, known: int | None) -> int | None:
        """Counts a failure of the channel itself; how many there were in a row. None, and nothing
        counted, if more than the `known` ones were counted since: what was on its way together
        fails together, and is one failure."""
        ...

    def channel_works(self, city: str, channel: str, known: int) -> None:
        """The provider took something: no failures, no rest, unless it failed since."""
        ...

    def is_taken(self, city: str, channel: str, provider_id: str) -> bool:
        """Whether a provider's id is another part's already."""
        ...

    def rest(self, city: str, channel: str, until: datetime, code: str) -> None:
        """Nothing of the channel is claimed until then; then one part first, to see."""
        ...

    def next_due(self, now: datetime) -> datetime | None:
        """When the outbox next has something to do; None if it is empty."""
        ...


class Places(Protocol):
    """How far channels that are asked have been asked."""

    def find(self, city: str, channel: str) -> str:
        """The place kept last (`channels.base.Polled.place`); "" for none."""
        ...

    def keep(self, city: str, channel: str, place: str) -> None:
        """Goes on from there."""
        ...


class Guesser(Protocol):
    """See `bot.language.LanguageGuesser`."""

    def guess(
        self,
        text: str,
        languages: Sequence[str],
        spoken: str | None = None,
        hint: str | None = None,
    ) -> Guess | None:
        """The language of a text, in a city that speaks these."""
        ...


class Unit(Protocol):
    """One open write transaction. Without a `guesser` no text tells its language."""

    guesser: Guesser | None
    inbox: Inbox
    contacts: Contacts
    sessions: Sessions
    outbox: Outbox
    places: Places
    media: MediaShelf
    recipients: Recipients

    def savepoint(self) -> AbstractContextManager[None]:
        """What fails inside is undone alone; the exception goes on. A lock that is not had inside
        is a ContactBusyError."""
        ...

    def desk(self, city: str) -> Desk:
        """The city's desk as of this transaction (kept between turns until something changes)."""
        ...

    def lease(self, name: str, holder: str, now: datetime, until: datetime) -> bool:
        """Takes (or prolongs) work that one process at a time may do; False while it is another's.
        With `until` not after `now` it is given back."""
        ...

    def count(self, city: str, name: str) -> None:
        """Raises a counter of the city."""
        ...

    def count_risk(self, city: str, risk: Risk, area: str, at: datetime) -> None:
        """Counts that somebody told of it, in that month and area ("" for unknown)."""
        ...

    def tell(self, topic: str) -> None:
        """Wakes whoever waits for `topic`, in any process, once this transaction commits."""
        ...


class Store(Protocol):
    """Opens transactions."""

    def write(self) -> AbstractContextManager[Unit]:
        """A write transaction: the block's end commits, an exception rolls back."""
        ...


Work = Callable[[Unit], object]
"""Something to be done inside a write transaction."""
