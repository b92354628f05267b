"""Pictures and recordings that came with a message: kept at Twilio, fetched here.

Rule 1: the account's password goes to the configured host of the API and to no other.
Rule 2: nothing but this account's own media is asked for, whatever an address says.

Source: Twilio's pages on media of messages, read in November 2026; a medium may be given by a
redirect to where it is stored.
"""

import asyncio
import re
from dataclasses import dataclass

import aiohttp
from yarl import URL

from channels.base import FetchError, Media
from channels.client import CLIENT_ERRORS, Client, Timeout, what

_MOST_REDIRECTS = 3
_MOST_SECONDS = 60
_GONE = (404, 410)
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class MediaStore:
    """The media of one account: `base` is the API's address, `auth` goes nowhere else."""

    http: Client
    timeout: Timeout
    base: str
    also_known_as: str
    auth: tuple[str, str]

    async def fetch(self, media: Media, most: int) -> bytes:
        """The content, at most `most` bytes. Raises FetchError."""
        try:
            async with asyncio.timeout(_MOST_SECONDS):
                return await self._follow(self._address(media.reference), most)
        except (TimeoutError, ValueError, *CLIENT_ERRORS) as error:
            raise FetchError(what(error), final=False) from None

    def _address(self, reference: str) -> URL:
        """Where the medium is, at the API's address as it is configured."""
        parts = r"/2010-04-01/Accounts/(\w+)/Messages/\w+/Media/\w+"
        for root in dict.fromkeys((self.base, self.also_known_as)):
            path = reference.removeprefix(root)
            found = re.fullmatch(parts, path, re.ASCII) if path != reference else None
            if found and found[1] == self.auth[0]:
                return URL(self.base + path)
        raise FetchError("not a medium of this account", final=True)

    async def _follow(self, address: URL, most: int) -> bytes:
        home = URL(self.base)
        for _ in range(_MOST_REDIRECTS + 1):
            if address.scheme not in ("https", home.scheme):
                raise FetchError("redirected to an open connection", final=False)
            auth = self.auth if address.origin() == home.origin() else None
            async with self.http.stream(str(address), auth=auth, timeout=self.timeout) as answer:
                location = answer.headers.get("Location")
                if answer.status not in _REDIRECTS or location is None:
                    return await _content(answer, most)
                address = address.join(URL(location))
        raise FetchError("redirected too often", final=False)


async def _content(answer: aiohttp.ClientResponse, most: int) -> bytes:
    status = answer.status
    if status != 200 or answer.headers.get("content-encoding", "identity") != "identity":
        raise FetchError(f"answered {status}", final=status in _GONE)
    content = bytearray()
    async for piece in answer.content.iter_any():
        content += piece
        if len(content) > most:
            raise FetchError("too large", final=True)
    return bytes(content)
