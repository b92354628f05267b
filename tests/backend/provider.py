"""A provider's side on this machine: takes what we send, and signs what residents write."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import parse_qs

import httpx
from twilio.request_validator import RequestValidator

ACCOUNT = "AC" + "0" * 32
TOKEN = "synthetic-token"
SENDER = "+27600000000"
ROOT = "https://imbizo.example.org"

PROFILE = """
slug = "{slug}"
name = "Test City"
country = "ZA"
timezone = "Africa/Johannesburg"
languages = ["en", "es", "zu", "xh", "af", "st", "tn"]
safe_word = "LEMON"
surveys = ["safety-pulse", "city-safety"]
[responsible]
name = "Test Council"
[[helplines]]
kind = "emergency"
number = "10111"
[[channels]]
name = "sms"
kind = "sms"
sender = "{sender}"
account_sid = "$TWILIO_ACCOUNT_SID"
auth_token = ["$TWILIO_AUTH_TOKEN"]
api_base = "{sink}"
rate = 100000
{extra}
"""

AREAS = """{"type": "FeatureCollection", "features": [
 {"type": "Feature", "properties": {"code": "W01", "name": "Riverside"}, "geometry": null}]}"""


@dataclass(slots=True)
class Provider:
    """What arrived, in order: (to, body), of a template its first variable; and the whole forms."""

    url: str = ""
    sent: list[tuple[str, str]] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)
    lines: set[asyncio.StreamWriter] = field(default_factory=set)
    inbox: list[tuple[str, str, str]] = field(default_factory=list)

    async def reply_to(self, number: str, n: int) -> str:
        """The n-th message (from 1) to a number; waits for it."""
        async with asyncio.timeout(20), self.arrived:
            await self.arrived.wait_for(lambda: len(self.to(number)) >= n)
        return self.to(number)[n - 1]

    def to(self, number: str) -> list[str]:
        """Everything sent to a number, in order."""
        return [body for to, body in self.sent if to == number]

    def listing(self) -> bytes:
        """What residents wrote (number, text, id; the oldest first) as its list says it, the newest
        first."""
        messages = [
            {
                "sid": sid, "from": number, "to": SENDER, "body": text, "account_sid": ACCOUNT,
                "direction": "inbound", "status": "received", "num_media": "0",
                "date_sent": format_datetime(datetime.now(UTC)),
            }
            for number, text, sid in reversed(self.inbox)
        ]  # fmt: skip
        body = json.dumps({"messages": messages, "next_page_uri": None, "page_size": 1000})
        head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length:"
        return f"{head} {len(body)}\r\n\r\n{body}".encode()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers every message as taken."""
        self.lines.add(writer)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                if head.startswith(b"GET "):
                    writer.write(self.listing())
                    continue
                length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
                form = parse_qs(
                    (await reader.readexactly(int(length[1]) if length else 0)).decode()
                )
                fields = {name: values[0] for name, values in form.items()}
                async with self.arrived:
                    self.forms.append(fields)
                    self.sent.append((fields["To"], fields.get("Body") or _shown(fields)))
                    self.arrived.notify_all()
                body = f'{{"sid": "SM{len(self.sent):032d}", "status": "queued"}}'.encode()
                writer.write(
                    b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
                    b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
                )
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            self.lines.discard(writer)


def _shown(fields: Mapping[str, str]) -> str:
    variables: Mapping[str, str] = json.loads(fields["ContentVariables"])
    return variables["1"]


@asynccontextmanager
async def provider() -> AsyncIterator[Provider]:
    """A provider on a free port of this machine."""
    one = Provider()
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    one.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield one
        for line in tuple(one.lines):
            line.close()
        while one.lines:
            await asyncio.sleep(0.01)


def message(number: str, text: str, sid: str, city: str = "test-za", **more: str) -> httpx.Request:
    """A signed inbound message, as the provider posts it."""
    form = {
        "MessageSid": sid,
        "AccountSid": ACCOUNT,
        "From": number,
        "To": SENDER,
        "Body": text,
        "NumMedia": "0",
        "SmsStatus": "received",
        **more,
    }
    url = f"{ROOT}/webhooks/{city}/sms"
    signature = RequestValidator(TOKEN).compute_signature(url, form)
    return httpx.Request("POST", url, data=form, headers={"X-Twilio-Signature": signature})
