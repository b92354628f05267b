"""How Twilio's own client reaches Twilio, and what can go wrong on the way.

Only this is ours: the client's asynchronous transport (9.13) ignores its timeout, with retries
posts a message again after any 5xx, and writes JSON as a form.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from twilio.base.exceptions import TwilioException
from twilio.http.response import Response

from channels.base import Fault, Kind, SendError
from channels.client import CLIENT_ERRORS, Client, Timeout, is_misaddressed, never_sent, what
from channels.twilio.errors import refusal

# What Twilio's client raises over an answer it did not expect.
_MISREAD = (AttributeError, LookupError, TypeError, ValueError)


class Transport:
    """What Twilio's client sends through: the one client of all channels, with a timeout,
    without redirects or retries. Raises SendError for every answer that is not a JSON object of a
    success, since Twilio's own exceptions lose `Retry-After`."""

    is_async = True

    def __init__(self, http: Client, timeout: Timeout) -> None:
        self._http = http
        self._timeout = timeout

    async def request(
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        **_: object,
    ) -> Response:
        """One HTTP request, in the form in which `twilio.rest.Client` asks for it."""
        is_json = (headers or {}).get("Content-Type") == "application/json"
        answer = await self._http.request(
            method,
            url,
            params=params,
            form=None if is_json else data,
            json=_given(data) if is_json else None,
            headers=headers,
            auth=auth,
            timeout=self._timeout,
        )
        if not answer.is_success or not answer.json_object():
            raise SendError(refusal(answer))
        return Response(answer.status, answer.content.decode(), answer.headers)


@contextmanager
def named_faults() -> Iterator[None]:
    """Turns everything that can go wrong on the way into SendError, without the address in it."""
    try:
        yield
    except CLIENT_ERRORS as error:
        kind = Kind.RETRY if never_sent(error) else Kind.UNKNOWN
        kind = Kind.CONFIG if is_misaddressed(error) else kind
        raise SendError(Fault(kind, what(error), whole=True)) from None
    except (TwilioException, *_MISREAD) as error:
        raise SendError(Fault(Kind.UNKNOWN, type(error).__name__)) from None


def _given(data: object) -> object:
    """JSON without its nulls: the client writes one for all that was not given, and the
    specification allows few."""
    if isinstance(data, Mapping):
        return {name: _given(value) for name, value in data.items() if value is not None}
    return [_given(value) for value in data] if isinstance(data, list) else data
