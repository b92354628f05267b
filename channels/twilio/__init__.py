"""SMS and WhatsApp through Twilio.

Rule 1: the library `twilio` is used in `account` and what it is made of (`transport`, `history`,
`contents`) only.
Rule 2: `webhook`, `templates`, `drafts` and `errors` are pure.
"""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from channels.base import (
    ChannelConfig,
    Fault,
    Kind,
    Media,
    Parsed,
    Received,
    SendError,
    Sending,
    Sent,
    WebRequest,
    WhenUnknown,
)
from channels.client import Client
from channels.rendering import CARRIES
from channels.twilio.account import Account, answered_commands
from channels.twilio.console import console_settings
from channels.twilio.errors import ERRORS
from channels.twilio.webhook import (
    Form,
    is_report,
    messages,
    parse_message,
    parse_report,
    required,
)
from channels.twilio.whatsapp import WhatsApp

__all__ = ["ERRORS", "Sms", "WhatsApp", "console_settings"]

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


class Sms:
    """An SMS sender. Its addresses are `tel:` and an E.164 number.

    Settings: those of `Account` and `answered_commands`.
    """

    when_unknown: ClassVar[WhenUnknown] = WhenUnknown.RESEND  # `find` would have found it

    def __init__(self, config: ChannelConfig, http: Client) -> None:
        self.carries = replace(CARRIES["sms"], fold=config.sms_fold)
        self._config = config
        self._account = Account(config, http)
        self._replies = answered_commands(config.settings)

    def missing(self) -> tuple[str, ...]:
        """See `Account.missing`."""
        return self._account.missing()

    def parse(self, request: WebRequest) -> Parsed:
        """An inbound message, or a delivery report. A message from a short code or a name, which
        nobody can answer, is taken and passed over."""
        form = self._account.believed(request)
        return parse_report(form) if is_report(form) else self._message(form)

    def _message(self, form: Form) -> Parsed:
        return parse_message(form, _urn(required(form, "From")), self._replies)

    async def send(self, sending: Sending) -> Sent:
        """Sends the text; choices are numbered lines in it."""
        return await self._account.create(_number(sending.urn), body=sending.text)

    async def find(self, sending: Sending, since: datetime) -> Sent | None:
        """Looks the text up in Twilio's list of messages to this number."""
        return await self._account.find(_number(sending.urn), (sending.text,), since)

    async def fetch(self, media: Media, most: int) -> bytes:
        """See `base.Fetching`."""
        return await self._account.fetch(media, most)

    async def received_since(self, since: datetime) -> AsyncIterator[Received]:
        """See `base.Reconciling` and `history`."""
        async for form, came in self._account.received_since(since):
            for received in messages(self._message(form)):
                yield replace(received, sent_at=came)

    async def setup(self, words: Mapping[str, Mapping[str, str]]) -> str:
        """What a person must type into Twilio's console; nothing is registered."""
        return console_settings(self._config, words)


def _urn(number: str) -> str | None:
    return f"tel:{number}" if _E164.fullmatch(number) else None


def _number(urn: str) -> str:
    """The number of a `tel:` URN; nothing else ever reaches the provider."""
    scheme, _, number = urn.partition(":")
    if scheme != "tel":
        raise SendError(Fault(Kind.DEAD, "not a phone number"))
    return number
