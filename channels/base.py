"""What every channel takes and gives, in no provider's words."""

import unicodedata
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, IntEnum, StrEnum
from typing import ClassVar, Literal, Protocol, runtime_checkable

from channels.client import Client
from dialogue.messages import Choice


# --- what comes in -----------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class WebRequest:
    """An HTTP request as plain data. `url` is the public one, which providers sign; header names
    are in lower case."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class WebAnswer:
    """The HTTP answer that the provider wants once everything is stored."""

    status: int
    body: str = ""
    media_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or recording that came with a message, still at the provider.

    `reference` is what its channel's `fetch` needs (an address or an id); `media_type` is what the
    provider says it is, which is not to be believed.
    """

    reference: str
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """One message from a resident.

    `urn` is where to answer; `aliases` are addresses that the provider asserts, in this same
    signed event, to be the same person. `command` is set when the provider itself read the message
    as STOP, START or HELP; `answered` holds the commands in this message that the provider answers
    itself on this sender, so that we stay silent there. `language` is the code that the channel
    gives for the resident, a hint only. `in_reply_to` is the provider's id of an
    older message that this one quotes. `edited`: the resident changed a message sent before.
    `sent_at` is the provider's time of a message fetched afterwards, None of one that comes now.
    """

    provider_id: str
    urn: str
    text: str = ""
    aliases: tuple[str, ...] = ()
    choice: str | None = None
    question: str | None = None
    location: tuple[float, float] | None = None
    media: tuple[Media, ...] = ()
    command: str | None = None
    answered: frozenset[str] = frozenset()
    language: str | None = None
    in_reply_to: str | None = None
    edited: bool = False
    sent_at: datetime | None = None


LONGEST_TEXT = 4000
"""Characters taken of one message; providers send at most 1600 to 4096."""


def clean(text: str) -> str:
    """A resident's text as every channel hands it on: without control characters other than line
    feed and tab, at most LONGEST_TEXT characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    seen = (c for c in lines if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(seen)[:LONGEST_TEXT]


class Status(IntEnum):
    """Delivery statuses by rank: a report may raise a delivery, never lower it."""

    QUEUED = 1
    SENDING = 2
    SENT = 3
    UNDELIVERED = 4
    DELIVERED = 5
    READ = 6


@dataclass(frozen=True, slots=True)
class StatusUpdate:
    """A delivery report on one message of ours; `fault` says why it was not delivered."""

    provider_id: str
    status: Status
    fault: "Fault | None" = None


Event = Received | StatusUpdate


@dataclass(frozen=True, slots=True)
class Parsed:
    """A webhook read: its events in order, and the answer due once they are stored.

    `acknowledge` names what waits for a sign of ours, such as a tap: the channel's `acknowledge` is
    to be called once for each, after that. `poison` is the body, where it is the provider's and
    cannot be read: to be kept sealed.
    """

    events: tuple[Event, ...]
    answer: WebAnswer
    acknowledge: tuple[str, ...] = ()
    poison: bytes | None = None


class WebhookError(Exception):
    """A forged (403) or unreadable (400) webhook: nothing of it is stored or told."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


# --- what goes out -----------------------------------------------------------------------------
Fold = Literal["none", "typographic", "accents"]
"""What may be changed in a text so that it costs less: nothing; quotes, dashes and spaces; accents
too."""


@dataclass(frozen=True, slots=True)
class Carries:
    """What a kind of channel can carry.

    `buttons` is how many choices it shows as buttons (0: always numbered text); `longest` is in
    characters; `segments` says whether it bills by SMS segment. `window` is how long after a
    resident's last message free text may be sent to them (None: always). `fold` says what may be
    changed in a text so that it costs fewer segments.
    """

    buttons: int
    button_label: int
    longest: int
    segments: bool
    window: timedelta | None = None
    fold: Fold = "none"


@dataclass(frozen=True, slots=True)
class Part:
    """One rendered part of a message. `segments` is what it is billed as (1 where not by segment).
    `choices` are shown as buttons; numbered choices are in the text already."""

    text: str
    choices: tuple[Choice, ...]
    question: str | None
    segments: int


class Purpose(StrEnum):
    """Why a message is sent, for channels that want to know before they carry it."""

    REPLY = "reply"
    REMINDER = "reminder"
    INVITATION = "invitation"


@dataclass(frozen=True, slots=True)
class Sending:
    """One part on its way to one address. `language` is the text's, where it is known: a hint for
    what a provider adds in words of its own. `in_window` is False where the channel's window
    (`Carries.window`) has closed for this address."""

    urn: str
    text: str
    choices: tuple[Choice, ...] = ()
    question: str | None = None
    language: str | None = None
    purpose: Purpose = Purpose.REPLY
    in_window: bool = True


@dataclass(frozen=True, slots=True)
class Sent:
    """The provider took it, under this id."""

    provider_id: str


class Kind(StrEnum):
    """What a provider's refusal means for us."""

    OPT_OUT = "opt_out"
    DEAD = "dead"
    CONTENT = "content"
    CONFIG = "config"
    THROTTLE = "throttle"
    WINDOW = "window"
    RETRY = "retry"
    UNKNOWN = "unknown"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a message was refused or lost.

    `code` is the provider's; `tries` caps further attempts where the provider's rule does
    (None: our usual limit); `wait` is the least pause before the next one; `then` is what the fault
    means once its tries are used up. `whole` says that it is about the channel and not about this
    message: nothing else would fare better now.
    """

    kind: Kind
    code: str = ""
    tries: int | None = None
    wait: timedelta | None = None
    then: "Kind | None" = None
    whole: bool = False


class SendError(Exception):
    """The message was refused, or its fate is unknown: `fault` says which."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"{fault.kind} {fault.code}".strip())
        self.fault = fault


class WhenUnknown(Enum):
    """What is right for a message that may or may not have gone and cannot be looked up."""

    RESEND = "resend"
    LEAVE = "leave"


# --- a configured channel ----------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class ChannelConfig:
    """One sender of one city, with its secrets already read from the environment.

    `settings` holds the keys of the profile's `[[channels]]` table that only the channel's own
    module understands; a secret that is missing there is "" (the channel is then off).
    `public_url` is the address of this channel's webhook as the world sees it; `responsible` is
    who asks, by name. `sms_fold` holds for a channel that bills by segment.
    """

    city: str
    name: str
    kind: str
    country: str
    public_url: str
    rate: float
    settings: Mapping[str, object] = field(default_factory=dict)
    responsible: str = ""
    sms_fold: Fold = "accents"


class Channel(Protocol):
    """One sender: reads what comes, sends what goes."""

    carries: Carries
    when_unknown: ClassVar[WhenUnknown]

    def missing(self) -> tuple[str, ...]:
        """Names of the settings without which this channel is off."""
        ...

    def parse(self, request: WebRequest) -> Parsed:
        """Checks the signature and reads the request. Raises WebhookError."""
        ...

    async def send(self, sending: Sending) -> Sent:
        """Hands one part to the provider. Raises SendError and nothing else."""
        ...

    async def find(self, sending: Sending, since: datetime) -> Sent | None:
        """Asks the provider whether it already took this part since then. Raises SendError;
        a channel that cannot ask answers None."""
        ...

    async def setup(self, words: Mapping[str, Mapping[str, str]]) -> str:
        """Registers with the provider what can be registered; the text tells a person what is left
        to do by hand. `words` are our texts for what the provider shows or answers itself, by
        language (the city's first one first) and by the name of the phrase."""
        ...


@runtime_checkable
class Acknowledging(Protocol):
    """A channel where something waits for a sign (`Parsed.acknowledge`)."""

    async def acknowledge(self, id_: str) -> None:
        """Gives the sign, after the commit. Never raises, is never tried again."""
        ...


class FetchError(Exception):
    """A medium could not be had: `final` says that asking again is of no use. No text of it holds
    an address."""

    def __init__(self, reason: str, *, final: bool) -> None:
        super().__init__(reason)
        self.final = final


@runtime_checkable
class Fetching(Protocol):
    """A channel whose media stay at the provider until they are fetched."""

    async def fetch(self, media: Media, most: int) -> bytes:
        """The content. Raises FetchError, also for one of more than `most` bytes, which is not read
        to its end."""
        ...


@runtime_checkable
class Polling(Protocol):
    """A channel that can be asked for what came, where the world cannot reach us."""

    def polls(self) -> bool:
        """Whether this one is set to be asked."""
        ...

    async def poll(self, after: str) -> "Polled":
        """Waits a while for what came after that place (""; or `Polled.place`). Raises
        SendError."""
        ...


@dataclass(frozen=True, slots=True)
class Polled:
    """What came, in order, and the place to go on from once all of it is stored."""

    parsed: tuple[Parsed, ...]
    place: str


@runtime_checkable
class Reconciling(Protocol):
    """A channel whose provider lists what was sent to us, whether or not we were there."""

    def received_since(self, since: datetime) -> AsyncIterator[Received]:
        """Messages that came since then, the oldest first. Raises SendError."""
        ...


@dataclass(frozen=True, slots=True)
class TemplateState:
    """One template at the provider. `approval` is "" where none is needed."""

    purpose: str
    language: str
    sid: str
    approval: str = ""
    reason: str = ""


@runtime_checkable
class Templated(Protocol):
    """A channel that shows choices, or writes first, only through templates made before."""

    async def make_templates(
        self, words: Mapping[str, Mapping[str, str]]
    ) -> Sequence[TemplateState]:
        """Makes those that are missing and asks for the approvals needed; all there are then.
        `words` are the texts by language (the city's first one first) and phrase name, with
        `{responsible}` where that name goes. Raises SendError."""
        ...

    async def template_states(self) -> Sequence[TemplateState]:
        """Those that the channel is set to use. Raises SendError."""
        ...


@runtime_checkable
class Opening(Protocol):
    """A channel with a window that can write first, or again once it has closed."""

    def opens(self, purpose: Purpose, language: str) -> bool:
        """Whether it has a text for that purpose that everybody with that language may be sent."""
        ...


class ChannelKind(Channel, Protocol):
    """A channel class, as listed in `channels.CHANNELS`."""

    def __init__(self, config: ChannelConfig, http: Client) -> None: ...
