"""The one HTTP client of all channels.

Under httpx lies aiohttp: a send then takes a third of the time (docs/decisions/0008). Its adapter
calls a connection that broke in the middle a `ConnectTimeout`, so what certainly was not sent is
told by aiohttp's own exception.
"""

import aiohttp
import httpx
from httpx_aiohttp import HttpxAiohttpClient

TIMEOUT = httpx.Timeout(15, connect=5)

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_NEVER_CONNECTED = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


CLIENT_ERRORS = (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError)
"""All that the client raises: the adapter lets some of aiohttp's own through."""


def open_client() -> httpx.AsyncClient:
    """A client; whoever makes it closes it. Needs a running loop."""
    return HttpxAiohttpClient(timeout=TIMEOUT, follow_redirects=False)


def never_sent(error: Exception) -> bool:
    """Whether the request certainly did not reach the other side."""
    cause = error if isinstance(error, aiohttp.ClientError) else error.__cause__
    if isinstance(cause, aiohttp.ClientError):
        return isinstance(cause, _NEVER_CONNECTED)
    return isinstance(error, _NEVER_SENT)


def what(error: Exception) -> str:
    """The name that says most of what went wrong."""
    cause = error.__cause__
    return type(cause if isinstance(cause, aiohttp.ClientError) else error).__name__
