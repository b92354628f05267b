"""Everything that can happen to a conversation, as data.

`id` is fresh for each turn and given from outside: a turn opens at most one session, which takes it
as its id.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from dialogue.terms import NO_TERMS, Terms


@dataclass(frozen=True, slots=True)
class Start:
    """A session begins (inside the engine: `advance` is told so by `converse`)."""


@dataclass(frozen=True, slots=True)
class Guess:
    """The language that a text seems to be in, and how sure that is (0 to 1)."""

    language: str
    probability: float


@dataclass(frozen=True, slots=True)
class Reply:
    """A resident wrote, tapped, or sent a place or media.

    `choice` is the number on a tapped button and `question` the tag that came with it. `command`
    and `answered` as in `channels.base.Received`: read, or already answered, by the provider.
    `message_id` is the provider's, for the consent ledger. `language` is the channel's hint,
    `guess` what the text itself sounds like (None where nobody looked). `edited`: it changes a
    message sent before. `late`: it was sent before something that was answered already, so the
    resident had not seen what is asked now.
    """

    id: str
    text: str = ""
    choice: str | None = None
    question: str | None = None
    location: tuple[float, float] | None = None
    media: int = 0
    command: str | None = None
    answered: frozenset[str] = frozenset()
    message_id: str = ""
    channel: str = ""
    language: str | None = None
    edited: bool = False
    late: bool = False
    guess: Guess | None = None

    @property
    def said(self) -> str:
        """What counts as the text: a tap is the number of its button (design §3.5)."""
        return self.choice if self.choice is not None else self.text


@dataclass(frozen=True, slots=True)
class Invite:
    """We open a survey with a contact who agreed to it earlier, always in a session of its own.
    `version` None is the current one. `unseen`: all that reaches the contact now is a text made
    before, which only asks for an answer: the first reply brings the question."""

    id: str
    survey: str
    version: int | None = None
    terms: Terms = NO_TERMS
    unseen: bool = False


@dataclass(frozen=True, slots=True)
class Remind:
    """We ask the open question of a session once more. Nothing happens where the session has ended
    or may not be asked (`inviting.obstacle` says why). `unseen` as in `Invite`."""

    id: str
    session: str
    unseen: bool = False


@dataclass(frozen=True, slots=True)
class Announce:
    """We say one text, by locale, outside any survey: an announcement, or the results of a poll.
    `attachment` names a picture that goes with it, for whoever carries the message."""

    id: str
    texts: Mapping[str, str]
    attachment: str | None = None


@dataclass(frozen=True, slots=True)
class Tick:
    """A wake-up came due. `heard_at` is when our last message was delivered or, where that is not
    known, sent; None while it still waits."""

    id: str
    heard_at: datetime | None


@dataclass(frozen=True, slots=True)
class Linked:
    """A code was looked up (`effects.Redeem`) for this reply. `found`: the conversation is now of
    both addresses."""

    reply: Reply
    found: bool


Event = Reply | Invite | Remind | Announce | Tick | Linked
