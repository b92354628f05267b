"""Channels written by hand, whose provider does as a test tells it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from channels.base import (
    Carries,
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

LOST = Fault(Kind.UNKNOWN, "timeout")


@dataclass
class Post:
    """A channel that hands everything over at once, unless `outcomes` say otherwise: each is what
    becomes of the next sending. A lost one `arrives` nonetheless, or not. While `shut` nothing
    comes back from the provider."""

    outcomes: list[Fault | Exception | None] = field(default_factory=list)
    arrives: bool = True
    off: tuple[str, ...] = ()
    find_fault: Fault | None = None
    sent: list[tuple[str, str]] = field(default_factory=list)
    sendings: list[Sending] = field(default_factory=list)
    looked_up: list[tuple[str, datetime]] = field(default_factory=list)
    under_way: asyncio.Event = field(default_factory=asyncio.Event)
    shut: asyncio.Event | None = None

    carries: Carries = CARRIES["sms"]
    when_unknown: ClassVar[WhenUnknown] = WhenUnknown.RESEND

    @property
    def texts(self) -> list[str]:
        """What arrived, in order."""
        return [text for _, text in self.sent]

    def missing(self) -> tuple[str, ...]:
        """Settings that are missing, where the test took some away."""
        return self.off

    def parse(self, request: WebRequest) -> Parsed:
        """Nothing comes in here."""
        raise WebhookError(403, "no webhook")

    async def send(self, sending: Sending) -> Sent:
        """The next outcome."""
        self.under_way.set()
        self.sendings.append(sending)
        outcome = self.outcomes.pop(0) if self.outcomes else None
        if outcome is None or (outcome == LOST and self.arrives):
            self.sent.append((sending.urn, sending.text))
        if self.shut is not None:
            await self.shut.wait()
        if isinstance(outcome, Fault):
            raise SendError(outcome)
        if outcome is not None:
            raise outcome
        return self._sent(sending)

    async def find(self, sending: Sending, since: datetime) -> Sent | None:
        """What arrived is found."""
        self.looked_up.append((sending.text, since))
        if self.find_fault is not None:
            raise SendError(self.find_fault)
        return self._sent(sending) if sending.text in self.texts else None

    async def setup(self, words: Mapping[str, Mapping[str, str]]) -> str:
        """Nothing to set up."""
        return ""

    def _sent(self, sending: Sending) -> Sent:
        return Sent(f"out {self.texts.index(sending.text)}")


@dataclass
class Blind(Post):
    """A channel that cannot be asked what it took, and would rather not send twice."""

    when_unknown: ClassVar[WhenUnknown] = WhenUnknown.LEAVE

    async def find(self, sending: Sending, since: datetime) -> Sent | None:
        """Nobody knows."""
        self.looked_up.append((sending.text, since))
        return None
