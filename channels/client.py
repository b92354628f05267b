"""The one HTTP client of all channels: aiohttp, asked once for each request.

Rule 1: it follows no redirect and sends nothing twice, but for a GET whose connection broke.
Rule 2: an answer to `request` is read whole; what may be large goes through `stream`.
"""

import json as json_text
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Self
from urllib.parse import urlencode
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx
from yarl import URL

_MOST_CONNECTIONS = 100
_KEPT_SECONDS = 5.0
_CONNECT_SECONDS = 5.0
_FORM = "application/x-www-form-urlencoded"
_NEVER_CONNECTED = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
_NOT_AN_ADDRESS = (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError, UnicodeError)
_MOST_BYTES = 8 * 2**20
_TOTAL = 4

CLIENT_ERRORS = (aiohttp.ClientError, TimeoutError, UnicodeError)
"""All that the client raises while it is open."""

Timeout = aiohttp.ClientTimeout


def silence(seconds: float) -> Timeout:
    """So many seconds without a byte, or without a free connection; at most 5 to connect, and four
    times as many for everything: a byte now and then is no answer."""
    connect = min(seconds, _CONNECT_SECONDS)
    return Timeout(total=_TOTAL * seconds, connect=seconds, sock_connect=connect, sock_read=seconds)


_USUAL = silence(15)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said. Names of `headers` are found in any case."""

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)

    @property
    def is_success(self) -> bool:
        """Whether the status says that it was done."""
        return 200 <= self.status < 300

    def json_object(self) -> dict[str, Any]:
        """The JSON object in it; empty for anything else, as a proxy's HTML page."""
        try:
            read = json_text.loads(self.content)
        except (ValueError, RecursionError):
            return {}
        return read if isinstance(read, dict) else {}


class Client:
    """Connections to providers, kept for a few seconds. Needs a running loop from its first request
    on; whoever makes it closes it. `headers` go with every request."""

    def __init__(
        self, most: int = _MOST_CONNECTIONS, headers: Mapping[str, str] | None = None
    ) -> None:
        self._most = most
        self._headers = dict(headers or {})
        self._session: aiohttp.ClientSession | None = None
        self._closed = False
        self._proxy_of = cache(_proxy_of)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes every connection."""
        self._closed = True
        if self._session is not None:
            await self._session.close()

    async def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        form: Mapping[str, Any] | None = None,
        json: object = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: Timeout = _USUAL,
    ) -> Answer:
        """One request; a list in `params` or `form` gives its name several times. Raises
        CLIENT_ERRORS; RuntimeError once it is closed."""
        told, body = dict(headers or {}), None
        if form is not None:
            told["Content-Type"], body = _FORM, urlencode(form, doseq=True).encode()
        elif json is not None:
            told["Content-Type"], body = "application/json", json_text.dumps(json).encode()
        address = f"{url}?{urlencode(params, doseq=True)}" if params else url
        async with self._ask(method, address, told, auth, timeout, data=body) as answer:
            return Answer(answer.status, answer.headers, await _read(answer))

    @asynccontextmanager
    async def stream(
        self, url: str, *, auth: tuple[str, str] | None = None, timeout: Timeout = _USUAL
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """A GET whose answer is read as it comes (`content`), and never decompressed: a small
        compressed one may be large. Raises as `request`."""
        told = {"Accept-Encoding": "identity"}
        async with self._ask("GET", url, told, auth, timeout, auto_decompress=False) as answer:
            yield answer

    def _ask(
        self,
        method: str,
        url: str,
        headers: dict[str, str],
        auth: tuple[str, str] | None,
        timeout: Timeout,
        **more: Any,
    ) -> Any:
        if auth is not None:
            headers["Authorization"] = _basic(auth)
        address = _address(url)
        return self._open().request(
            method,
            address,
            headers=headers,
            timeout=timeout,
            allow_redirects=False,
            proxy=self._proxy_of(address.scheme, address.host or ""),
            **more,
        )

    def _open(self) -> aiohttp.ClientSession:
        if self._closed:
            raise RuntimeError("the client is closed")
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._most,
                    keepalive_timeout=_KEPT_SECONDS,
                    ssl=httpx.create_ssl_context(),  # certifi's list, or what SSL_CERT_FILE names
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers=self._headers,
            )
        return self._session


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    """The whole answer, unpacked; one that is far too large is none."""
    pieces = bytearray()
    async for piece in answer.content.iter_any():
        pieces += piece
        if len(pieces) > _MOST_BYTES:
            raise aiohttp.ClientPayloadError("too large")
    return bytes(pieces)


@cache
def _basic(auth: tuple[str, str]) -> str:
    return aiohttp.encode_basic_auth(*auth)


def _address(url: str) -> URL:
    try:
        return URL(url)
    except ValueError as error:
        raise aiohttp.InvalidURL("an address that cannot be") from error


def _proxy_of(scheme: str, host: str) -> str | None:
    """The proxy that the environment names for a host, as every program of the machine has it."""
    proxies = getproxies()
    proxy = proxies.get(scheme) or proxies.get("all")
    if not proxy or proxy_bypass(host):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def never_sent(error: Exception) -> bool:
    """Whether the request certainly did not reach the other side."""
    return isinstance(error, _NEVER_CONNECTED)


def is_misaddressed(error: Exception) -> bool:
    """Whether the address itself is at fault: it can never be asked."""
    return isinstance(error, _NOT_AN_ADDRESS)


def what(error: Exception) -> str:
    """The name of what went wrong; its text may hold the address."""
    return type(error).__name__
