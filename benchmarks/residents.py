"""Simulated residents and the provider they text through: signed webhooks out, replies in.

One process plays both. Each resident sends the next text of the script when the reply to the last
one has arrived at the sink (closed loop), or at fixed times (open loop).
"""

import asyncio
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle
from urllib.parse import unquote_plus, urlencode

from twilio.request_validator import RequestValidator

ACCOUNT = "AC" + "0" * 32
TOKEN = "benchmark-token"
SENDER = "+27600000000"
SCRIPT = ("Hi", "1", "34", "2", "3", "no lights", "Riverside Park", "1")
"""A whole safety-pulse: notice, agreement, age, the questions (age is not asked twice)."""

_TO = re.compile(rb"(?:^|&)To=([^&]*)")
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


@dataclass(slots=True)
class Figures:
    """What was measured: seconds from sending to reply, and how long the whole run took."""

    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def at(self, share: float) -> float:
        """A percentile of latency in milliseconds."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(int(len(ordered) * share), len(ordered) - 1)]

    @property
    def rate(self) -> float:
        """Turns a second: message in, reply at the sink."""
        return len(self.latencies) / self.seconds


class City:
    """Residents and sink. Webhooks go to the `ports` in turn, signed for the public `url`."""

    def __init__(self, ports: Sequence[int], url: str) -> None:
        self.ports, self._url = ports, url
        self._port = cycle(ports)
        self._sign = RequestValidator(TOKEN).compute_signature
        self._replied: dict[str, asyncio.Future[float]] = {}
        self._sent = 0
        self.figures = Figures()

    def take_figures(self, seconds: float) -> Figures:
        """What was measured so far, in that time; measuring begins anew."""
        figures, self.figures = self.figures, Figures()
        figures.seconds = seconds
        return figures

    async def sink(self) -> asyncio.Server:
        """Starts the provider's side on a free port of this machine."""
        return await asyncio.start_server(self._serve, "127.0.0.1", 0)

    def requests(self, resident: str, script: Sequence[str]) -> list[bytes]:
        """Signed requests of one resident, made before the clock runs."""
        return [self._request(resident, n, text) for n, text in enumerate(script)]

    async def closed_loop(self, scripts: Sequence[tuple[str, list[bytes]]]) -> Figures:
        """All residents at once, each waiting for its replies; one connection each."""
        begun = time.perf_counter()
        await asyncio.gather(*(self.converse(who, texts) for who, texts in scripts))
        self.figures.seconds = time.perf_counter() - begun
        return self.figures

    async def open_loop(self, scripts: Sequence[tuple[str, list[bytes]]], rate: float) -> Figures:
        """Residents begin at a steady pace, so that texts come at about `rate` a second."""
        begun = time.perf_counter()
        waiting = []
        for n, (who, texts) in enumerate(scripts):
            start = begun + n * len(texts) / rate
            waiting.append(asyncio.create_task(self._later(start, who, texts)))
        await asyncio.gather(*waiting)
        self.figures.seconds = time.perf_counter() - begun
        return self.figures

    async def _later(self, start: float, who: str, texts: list[bytes]) -> None:
        await asyncio.sleep(max(0.0, start - time.perf_counter()))
        await self.converse(who, texts)

    async def converse(self, who: str, texts: list[bytes]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", next(self._port))
        for text in texts:
            reply: asyncio.Future[float] = asyncio.get_running_loop().create_future()
            self._replied[who] = reply
            sent = time.perf_counter()
            writer.write(text)
            head = await reader.readuntil(b"\r\n\r\n")
            length = _LENGTH.search(head)
            await reader.readexactly(int(length[1]) if length else 0)
            if b" 200 " not in head[:16]:
                raise RuntimeError(head[:200].decode("latin1"))
            self.figures.latencies.append(await asyncio.wait_for(reply, 60) - sent)
        writer.close()

    def _request(self, who: str, n: int, text: str) -> bytes:
        form = {
            "MessageSid": f"SM{who[1:]:0>26}{n:06d}",
            "AccountSid": ACCOUNT,
            "From": who,
            "To": SENDER,
            "Body": text,
            "NumMedia": "0",
            "NumSegments": "1",
            "SmsStatus": "received",
            "ApiVersion": "2010-04-01",
            "FromCountry": "ZA",
            "ToCountry": "ZA",
            **dict.fromkeys(("FromCity", "FromState", "FromZip", "ToCity", "ToState", "ToZip"), ""),
        }
        body = urlencode(form).encode()
        head = (
            "POST /webhooks/bench/sms HTTP/1.1\r\nHost: bench\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"X-Twilio-Signature: {self._sign(self._url, form)}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = _LENGTH.search(head)
                body = await reader.readexactly(int(length[1]) if length else 0)
                now = time.perf_counter()
                to = _TO.search(body)
                self._sent += 1
                answer = b'{"sid":"SM%032d","status":"queued"}' % self._sent
                writer.write(
                    b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
                    b"Content-Length: %d\r\n\r\n%s" % (len(answer), answer)
                )
                reply = self._replied.get(unquote_plus(to[1].decode()) if to else "")
                if reply is not None and not reply.done():
                    reply.set_result(now)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the other side went, or the run is over
        finally:
            writer.close()
