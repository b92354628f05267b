"""Telegram through its Bot API.

Rule 1: the library `python-telegram-bot` is used in this package only, as client and parser.
Rule 2: `webhook`, `commands`, `media`, `buttons` and `errors` are pure.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from channels.base import (
    ChannelConfig,
    Fault,
    Kind,
    Media,
    Parsed,
    Polled,
    SendError,
    Sending,
    Sent,
    WebhookError,
    WebRequest,
    WhenUnknown,
)
from channels.client import Client
from channels.rendering import CARRIES
from channels.telegram.account import Account
from channels.telegram.buttons import keyboard
from channels.telegram.webhook import LEAVE, parse_update

__all__ = ["Telegram"]

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 (a header's name)
_URN = re.compile(r"telegram:([1-9][0-9]{0,15})")


class Telegram:
    """A bot. Its addresses are `telegram:` and the id of a private chat; groups are passed over.

    Settings: those of `Account`.
    """

    carries = CARRIES["telegram"]
    # Telegram cannot be asked what it took, and sending again costs nothing. A question that came
    # twice is a blemish, and either copy can be tapped; one that never came ends the conversation,
    # and it may be the helplines.
    when_unknown: ClassVar[WhenUnknown] = WhenUnknown.RESEND

    def __init__(self, config: ChannelConfig, http: Client) -> None:
        self._config = config
        self._account = Account(config, http)

    def missing(self) -> tuple[str, ...]:
        """See `Account.missing`."""
        return self._account.missing()

    def parse(self, request: WebRequest) -> Parsed:
        """One update. What cannot be read is poison, never an error: see `parse_update`."""
        if not self._account.believes(request.headers.get(SECRET_HEADER, "")):
            raise WebhookError(403, "not sent by Telegram")
        return parse_update(request.body)

    async def send(self, sending: Sending) -> Sent:
        """Sends the text as it is, without markup; choices are buttons under it."""
        address = _URN.fullmatch(sending.urn)
        if address is None:
            raise SendError(Fault(Kind.DEAD, "not a private chat"))
        buttons = keyboard(sending.choices, sending.question)
        return await self._account.send(int(address[1]), sending.text, buttons)

    async def find(self, sending: Sending, since: datetime) -> Sent | None:
        """None: Telegram has no way to ask for what a bot sent."""
        return None

    async def acknowledge(self, id_: str) -> None:
        """Ends the waiting sign on a tapped button, or leaves a group (`Parsed.acknowledge`). Never
        raises: after a few seconds Telegram no longer wants it, and nothing depends on it."""
        if id_.startswith(LEAVE):
            await self._account.leave(int(id_.removeprefix(LEAVE)))
        else:
            await self._account.acknowledge(id_)

    async def fetch(self, media: Media, most: int) -> bytes:
        """The content of a file; Telegram hands out 20 MB at most. Raises FetchError."""
        return await self._account.fetch(media.reference, most)

    def polls(self) -> bool:
        """Whether `polling` is set."""
        return self._account.polls

    async def poll(self, after: str) -> Polled:
        """Updates from the place on, which is the number of the next one. Raises SendError."""
        updates = await self._account.updates(int(after) if after else None)
        numbers = [n for n in map(_number, updates) if n is not None]
        if updates and not numbers:
            raise SendError(Fault(Kind.UNKNOWN, "updates without numbers", whole=True))
        parsed = tuple(parse_update(json.dumps(update).encode()) for update in updates)
        return Polled(parsed, str(max(numbers) + 1) if numbers else after)

    async def setup(self, words: Mapping[str, Mapping[str, str]]) -> str:
        """Registers the webhook (or deletes it, where we poll) and the menu of commands: the
        phrases whose names begin with `commands.MENU`, in each language."""
        return await self._account.setup(self._config.public_url, words)


def _number(update: object) -> int | None:
    number = update.get("update_id") if isinstance(update, dict) else None
    return number if type(number) is int else None
