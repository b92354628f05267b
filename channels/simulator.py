"""The channel that carries nothing: the phone on the page `/try` and `imbizo chat`.

What a resident types there comes in by the page itself, so there is no webhook, and what we answer
is read from the database. Its addresses are `try:` URNs, never equal to a real one.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import ClassVar

from channels.base import (
    ChannelConfig,
    Parsed,
    Purpose,
    Sending,
    Sent,
    WebhookError,
    WebRequest,
    WhenUnknown,
)
from channels.client import Client
from channels.rendering import CARRIES, WHATSAPP_PLAIN


class Simulator:
    """A demo sender that looks `like` another kind (a setting: sms, whatsapp, telegram), with
    everything set up; `templates = false` shows WhatsApp as it is before its templates are made."""

    when_unknown: ClassVar[WhenUnknown] = WhenUnknown.RESEND

    def __init__(self, config: ChannelConfig, http: Client) -> None:
        self._like = config.settings.get("like", "sms")
        self._channel = f"{config.city}/{config.name}"
        self._number = count(1)
        self.carries = CARRIES.get(str(self._like), CARRIES["sms"])
        if self.carries.segments:
            self.carries = replace(self.carries, fold=config.sms_fold)
        if self._like == "whatsapp" and config.settings.get("templates") is False:
            self.carries = WHATSAPP_PLAIN

    def missing(self) -> tuple[str, ...]:
        """`like`, if it names no kind we know."""
        return () if self._like in CARRIES else ("like",)

    def parse(self, request: WebRequest) -> Parsed:
        """Refuses: nobody sends to a demo channel."""
        raise WebhookError(403, "a demo channel has no webhook")

    async def send(self, sending: Sending) -> Sent:
        """Takes everything; the same sendings in the same order get the same ids."""
        told = "\n".join((self._channel, str(next(self._number)), sending.urn, sending.text))
        return Sent("try-" + hashlib.sha256(told.encode()).hexdigest()[:32])

    async def find(self, sending: Sending, since: datetime) -> Sent | None:
        """None: nothing is kept here to be asked for."""
        return None

    def opens(self, purpose: Purpose, language: str) -> bool:
        """See `base.Opening`: with everything set up it can."""
        return self.carries != WHATSAPP_PLAIN

    async def setup(self, words: Mapping[str, Mapping[str, str]]) -> str:
        """Says that there is nothing to do."""
        return "Nothing to set up: talk to it at /try."
