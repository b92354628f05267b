"""Pictures and recordings that came with a message: kept at Twilio, fetched here.

Rule 1: the account's password goes to the configured host of the API and to no other.
Rule 2: nothing but this account's own media is asked for, whatever an address says.

Source: Twilio's pages on media of messages, read in November 2026; a medium may be given by a
redirect to where it is stored.
"""

import asyncio
import re
from dataclasses import dataclass

import httpx

from channels.base import FetchError, Media
from channels.client import CLIENT_ERRORS, what

_MOST_REDIRECTS = 3
_MOST_SECONDS = 60
_GONE = (404, 410)


@dataclass(frozen=True, slots=True)
class MediaStore:
    """The media of one account: `base` is the API's address, `auth` goes nowhere else."""

    http: httpx.AsyncClient
    timeout: httpx.Timeout
    base: str
    also_known_as: str
    auth: tuple[str, str]

    async def fetch(self, media: Media, most: int) -> bytes:
        """The content, at most `most` bytes. Raises FetchError."""
        try:
            async with asyncio.timeout(_MOST_SECONDS):
                return await self._follow(self._address(media.reference), most)
        except (TimeoutError, *CLIENT_ERRORS) as error:
            raise FetchError(what(error), final=False) from None

    def _address(self, reference: str) -> httpx.URL:
        """Where the medium is, at the API's address as it is configured."""
        parts = r"/2010-04-01/Accounts/(\w+)/Messages/\w+/Media/\w+"
        for root in dict.fromkeys((self.base, self.also_known_as)):
            path = reference.removeprefix(root)
            found = re.fullmatch(parts, path, re.ASCII) if path != reference else None
            if found and found[1] == self.auth[0]:
                return httpx.URL(self.base + path)
        raise FetchError("not a medium of this account", final=True)

    async def _follow(self, address: httpx.URL, most: int) -> bytes:
        home = httpx.URL(self.base)
        for _ in range(_MOST_REDIRECTS + 1):
            if address.scheme not in ("https", home.scheme):
                raise FetchError("redirected to an open connection", final=False)
            ours = _origin(address) == _origin(home)
            async with self.http.stream(
                "GET",
                address,
                auth=self.auth if ours else None,
                headers={"Accept-Encoding": "identity"},
                timeout=self.timeout,
                follow_redirects=False,
            ) as answer:
                if answer.next_request is None:
                    return await _content(answer, most)
                address = answer.next_request.url
        raise FetchError("redirected too often", final=False)


def _origin(address: httpx.URL) -> tuple[str, str, int | None]:
    return address.scheme, address.host, address.port


async def _content(answer: httpx.Response, most: int) -> bytes:
    """Read raw, since a small compressed answer may be a large one."""
    status = answer.status_code
    if status != 200 or answer.headers.get("content-encoding", "identity") != "identity":
        raise FetchError(f"answered {status}", final=status in _GONE)
    content = bytearray()
    async for piece in answer.aiter_raw():
        content += piece
        if len(content) > most:
            raise FetchError("too large", final=True)
    return bytes(content)
