"""Telegram through its Bot API.

Rule 1: the library `python-telegram-bot` is used in this package only, as client and parser.
Rule 2: `webhook`, `buttons` and `errors` are pure.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

import httpx

from channels.base import (
    ChannelConfig,
    Fault,
    Kind,
    Parsed,
    SendError,
    Sending,
    Sent,
    WebhookError,
    WebRequest,
    WhenUnknown,
)
from channels.rendering import CARRIES
from channels.telegram.account import Account
from channels.telegram.buttons import keyboard
from channels.telegram.webhook import parse_update

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

    def __init__(self, config: ChannelConfig, http: httpx.AsyncClient) -> None:
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
        """Ends the waiting sign on a tapped button (`Parsed.acknowledge`). Never raises: after a
        few seconds Telegram no longer wants it, and nothing depends on it."""
        await self._account.acknowledge(id_)

    async def setup(self, replies: Mapping[str, str]) -> str:
        """Registers the webhook and the menu of commands. `replies` are of no use here: Telegram
        answers nothing itself."""
        return await self._account.setup(self._config.public_url)
