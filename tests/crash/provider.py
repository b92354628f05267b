"""A provider that never forgets: posts what residents text until it is taken, takes what we send,
and lists it when asked.

It repeats a webhook after a failed connection, a timeout or a 5xx, under the same id, and at
random after a 200 too. It takes a message before it answers, as the real one does.
"""

import asyncio
import json
import random
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.backend.provider import ACCOUNT, SENDER, message

PATIENCE = 15
"""Seconds after which a webhook is given up and repeated."""

SLOWEST = 0.03
"""Seconds it takes to answer a message that it took, at most."""


@dataclass(frozen=True)
class Text:
    """One message of a resident."""

    number: str
    said: str
    sid: str


@dataclass(frozen=True)
class Taken:
    """One message of ours that the provider took."""

    number: str
    body: str
    sid: str
    at: datetime


@dataclass
class Provider:
    """`lists` is whether it shows what it took; `inbound` is where it posts to."""

    lists: bool
    chance: random.Random
    url: str = ""
    inbound: str = ""
    taken: list[Taken] = field(default_factory=list)
    posts: int = 0
    looked_up: int = 0
    accepted: set[str] = field(default_factory=set)
    _bodies: dict[str, list[str]] = field(default_factory=dict)
    _arrived: dict[str, asyncio.Event] = field(default_factory=dict)
    _lines: set[asyncio.StreamWriter] = field(default_factory=set)

    def bodies(self, number: str) -> list[str]:
        """Everything sent to a number, in order."""
        return self._bodies.get(number, [])

    async def replies(self, number: str, count: int) -> None:
        """Waits until so many different messages have come to the number."""
        arrived = self._arrived.setdefault(number, asyncio.Event())
        while len(set(self.bodies(number))) < count:
            arrived.clear()
            await arrived.wait()

    # --- webhooks --------------------------------------------------------------------------------
    async def deliver(self, text: Text, http: httpx.AsyncClient) -> None:
        """Posts a text until it is answered with 200; now and then once more, at once or later."""
        while not await self._post(text, http):
            await asyncio.sleep(self.chance.uniform(0.1, 0.6))
        self.accepted.add(text.sid)
        if self.chance.random() < 0.2:
            await asyncio.sleep(self.chance.choice((0.0, 0.01, 0.5, 3.0)))
            while not await self._post(text, http):
                await asyncio.sleep(0.5)

    async def _post(self, text: Text, http: httpx.AsyncClient) -> bool:
        signed = message(text.number, text.said, text.sid)
        names = ("X-Twilio-Signature", "Content-Type")
        self.posts += 1
        try:
            answer = await http.post(
                self.inbound + signed.url.path,
                content=signed.read(),
                headers={name: signed.headers[name] for name in names},
                timeout=PATIENCE,
            )
        except httpx.TransportError:
            return False
        assert answer.status_code == 200 or answer.status_code >= 500, answer.status_code
        return answer.status_code == 200

    # --- the Messages API ------------------------------------------------------------------------
    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers one connection."""
        self._lines.add(writer)
        try:
            while True:
                method, target, body = await _read(reader)
                status, answer = await self._answer(method, target, body)
                content = json.dumps(answer).encode()
                writer.write(
                    b"HTTP/1.1 %d Answer\r\nContent-Type: application/json\r\n"
                    b"Content-Length: %d\r\n\r\n%s" % (status, len(content), content)
                )
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # whoever asked was killed
        finally:
            writer.close()
            self._lines.discard(writer)

    async def _answer(self, method: str, target: str, body: str) -> tuple[int, object]:
        if method == "GET":
            self.looked_up += 1
            query = parse_qs(urlsplit(target).query)
            return 200, {"messages": self._listed(query["To"][0]), "next_page_uri": None}
        form = parse_qs(body)
        one = Taken(form["To"][0], form["Body"][0], f"SM{len(self.taken):032x}", datetime.now(UTC))
        self.taken.append(one)
        self._bodies.setdefault(one.number, []).append(one.body)
        if one.number in self._arrived:
            self._arrived[one.number].set()
        await asyncio.sleep(self.chance.uniform(0, SLOWEST))
        return 201, _record(one)

    def _listed(self, number: str) -> Sequence[object]:
        return [_record(one) for one in self.taken if self.lists and one.number == number]

    async def close(self) -> None:
        """Hangs up."""
        for line in tuple(self._lines):
            line.close()
        while self._lines:
            await asyncio.sleep(0.01)


@asynccontextmanager
async def serving(lists: bool, seed: int) -> AsyncIterator[Provider]:
    """A provider on a free port of this machine."""
    one = Provider(lists, random.Random(seed))
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    one.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield one
        await one.close()


def _record(one: Taken) -> object:
    return {
        "sid": one.sid,
        "account_sid": ACCOUNT,
        "to": one.number,
        "from": SENDER,
        "messaging_service_sid": None,
        "body": one.body,
        "status": "delivered",
        "date_created": format_datetime(one.at),
    }


async def _read(reader: asyncio.StreamReader) -> tuple[str, str, str]:
    head = await reader.readuntil(b"\r\n\r\n")
    method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
    length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
    body = await reader.readexactly(int(length[1]) if length else 0)
    return method, target, body.decode()
