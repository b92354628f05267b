"""An installation with a channel of ours in the place of a real one: one whose provider lists what
was sent to it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from backend import wiring
from backend.channel_book import Address, ChannelBook
from backend.city_file import read_city
from backend.demo import load_city
from backend.store import open_engine
from channels.base import (
    Channel,
    Fault,
    Kind,
    Parsed,
    Received,
    SendError,
    Sending,
    Sent,
    WebAnswer,
    WebRequest,
    WhenUnknown,
)
from channels.client import Client
from channels.rendering import CARRIES
from tests.backend.conftest import NOW, settings_for, write_city

SMS = ("test-za", "sms")


@dataclass
class Listed:
    """`inbox` is what its provider lists; with `breaks_after` the list ends in a failure there.
    `asked` is since when it was asked, each time."""

    when_unknown: ClassVar[WhenUnknown] = WhenUnknown.RESEND

    inbox: list[Received] = field(default_factory=list)
    breaks_after: int | None = None
    off: bool = False
    asked: list[datetime] = field(default_factory=list)
    sent: list[Sending] = field(default_factory=list)
    carries = CARRIES["sms"]

    def came(self, number: str, text: str) -> Received:
        """A resident wrote while nobody listened."""
        one = Received(f"SM{len(self.inbox):032d}", f"tel:{number}", text)
        self.inbox.append(one)
        return one

    def missing(self) -> tuple[str, ...]:
        return ("token",) if self.off else ()

    def parse(self, request: WebRequest) -> Parsed:
        return Parsed((self.inbox[int(request.body)],), WebAnswer(200))

    async def send(self, sending: Sending) -> Sent:
        self.sent.append(sending)
        return Sent(f"out{len(self.sent)}")

    async def find(self, sending: Sending, since: datetime) -> Sent | None:
        for n, one in enumerate(self.sent, 1):
            if (one.urn, one.text) == (sending.urn, sending.text):
                return Sent(f"out{n}")
        return None

    async def setup(self, words: Mapping[str, Mapping[str, str]]) -> str:
        return ""

    async def received_since(self, since: datetime) -> AsyncIterator[Received]:
        self.asked.append(since)
        for n, one in enumerate(self.inbox):
            if n == self.breaks_after:
                raise SendError(Fault(Kind.RETRY, "20500"))
            yield one


class _Book(ChannelBook):
    """A book with other channels in the places of some."""

    instead: Mapping[Address, Channel]

    def __getitem__(self, address: Address) -> Channel:
        return self.instead.get(address) or super().__getitem__(address)


@asynccontextmanager
async def installed(
    url: str, folder: Path, channel: Channel, extra: str = ""
) -> AsyncIterator[wiring.Installation]:
    """An installation with the city `test-za` whose channel is this one; nothing runs but its
    writer."""
    engine = open_engine(url)
    load_city(
        engine, read_city(write_city(folder / "cities", "http://127.0.0.1:9", extra=extra)), NOW
    )
    engine.dispose()
    settings = settings_for(url)
    async with Client() as http:
        one = wiring.assemble(settings, http)
        book = _Book(settings, http, lambda: wiring.profiles(one.engine))
        book.instead = {SMS: channel}
        book.refresh()
        one = replace(one, channels=book)
        one.writer.start()
        try:
            yield one
        finally:
            one.writer.stop()
            one.engine.dispose()
