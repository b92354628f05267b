"""A provider that fails on order: a server of ours for what no other peer can be made to do."""

import asyncio
import json
import socket
import ssl
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qsl

RESET = "reset"
SILENCE = "silence"

PATIENT = 20.0
"""Seconds a channel under test waits: a busy machine is no fault of the provider."""

BRIEF = 1.0
"""Seconds where silence is what is tested."""


def patience(answer: object) -> float:
    """How long to wait for an answer that may never come."""
    return BRIEF if answer == SILENCE else PATIENT


@dataclass(frozen=True)
class Answer:
    """An HTTP answer; a body that is no text or bytes is written as JSON."""

    status: int
    body: object = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def raw(self) -> bytes:
        text = self.body if isinstance(self.body, str | bytes) else json.dumps(self.body)
        body = text if isinstance(text, bytes) else text.encode()
        lines = [f"HTTP/1.1 {self.status} Answer", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + body


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    headers: Mapping[str, str]
    form: Mapping[str, str]


class FaultServer:
    """Gives its `answers` in turn, the last one for ever, and keeps the `requests`."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.answers: list[Answer | str] = []
        self.requests: list[Request] = []
        self._closing = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", 0, ssl=self._tls)
        scheme = "https" if self._tls else "http"
        self.url = f"{scheme}://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        self._server.close()
        await self._server.wait_closed()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.requests.append(await _read(reader))
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            if answer == SILENCE:
                await self._closing.wait()
            elif isinstance(answer, Answer):
                writer.write(answer.raw())
                await writer.drain()
            else:
                _reset(writer)
        finally:
            writer.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Closes so that the other side is told the connection broke (RST), not that it ended."""
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    method, target, _ = head[0].split(" ")
    headers = {
        name.lower(): value
        for name, _, value in (line.partition(": ") for line in head[1:] if line)
    }
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(method, target, headers, dict(parse_qsl(body.decode())))
