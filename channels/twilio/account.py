"""A Twilio account with one sender: whom we believe, and how we send. Shared by SMS and WhatsApp.

The client is Twilio's own. Only what it sends through is ours: its asynchronous transport (9.13)
ignores its timeout, and with retries posts a message again after any 5xx.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from twilio.base.exceptions import TwilioException
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from channels.base import ChannelConfig, Fault, Kind, SendError, Sent, WebhookError, WebRequest
from channels.twilio.errors import json_object, refusal
from channels.twilio.webhook import Form, read_form

API = "https://api.twilio.com"
_SECONDS = 20.0
_LOOKED_AT = 100
_CLOCKS_DIFFER = timedelta(minutes=1)
# What Twilio's client raises over an answer it did not expect.
_MISREAD = (AttributeError, LookupError, TypeError, ValueError)
# At INFO these print addresses with phone numbers in them.
_TELLTALES = ("httpcore", "httpx", "twilio.async_http_client", "twilio.http_client")


def strings(setting: object) -> tuple[str, ...]:
    """The non-empty strings of a setting that may be one string, a list of them or absent."""
    listed = setting if isinstance(setting, list | tuple) else (setting,)
    return tuple(item for item in listed if isinstance(item, str) and item)


def string(setting: object) -> str:
    """A setting that is one string, "" where it is absent."""
    return next(iter(strings(setting)), "")


def answered_commands(settings: Mapping[str, object]) -> frozenset[str]:
    """The setting `replies_by_provider`: the commands (STOP, START, HELP) that Twilio answers
    itself on this sender."""
    return frozenset(map(str.upper, strings(settings.get("replies_by_provider"))))


class Account:
    """Settings: `account_sid`; `auth_token` (the first sends, all are believed); `sender` (with
    the kind's prefix, if it has one) or `messaging_service`, which goes first; `api_base`;
    `timeout` in seconds of silence (20)."""

    def __init__(self, config: ChannelConfig, http: httpx.AsyncClient) -> None:
        for name in _TELLTALES:
            logging.getLogger(name).setLevel(logging.WARNING)
        settings = config.settings
        self._sid = string(settings.get("account_sid"))
        self._tokens = strings(settings.get("auth_token"))
        self._validators = tuple(map(RequestValidator, self._tokens))
        self._sender = string(settings.get("sender"))
        self._service = string(settings.get("messaging_service"))
        self._callback = f"{config.public_url}/status"
        self._client = Client(
            self._sid,
            string(settings.get("auth_token")),
            http_client=Transport(http, _timeout(settings)),
            environment={"TWILIO_EDGE": ""},  # an empty one would mean os.environ
        )
        self._client.api.base_url = string(settings.get("api_base")) or API

    def missing(self) -> tuple[str, ...]:
        """The settings without which nothing can be sent or believed."""
        wanted = {
            "account_sid": self._sid,
            "auth_token": self._tokens,
            "sender or messaging_service": self._sender or self._service,
        }
        return tuple(name for name, value in wanted.items() if not value)

    def believed(self, request: WebRequest) -> Form:
        """The form of a request that Twilio signed for this account. Raises WebhookError: 403 for
        a forged one, 400 for one that is no form."""
        form = read_form(request)
        signature = request.headers.get("x-twilio-signature", "")
        if not any(_signed(v, request.url, form, signature) for v in self._validators):
            raise WebhookError(403, "not signed by Twilio")
        if not self._sid or form.first("AccountSid") != self._sid:
            raise WebhookError(403, "of another account")
        return form

    async def create(self, to: str, **content: str) -> Sent:
        """Hands a message to Twilio, once. Raises SendError."""
        origin = (
            {"messaging_service_sid": self._service} if self._service else {"from_": self._sender}
        )
        with _named_faults():
            taken = await self._client.messages.create_async(
                to=to, status_callback=self._callback, **origin, **content
            )
        return _sent(taken)

    async def find(self, to: str, body: str, since: datetime) -> Sent | None:
        """The message with this text that Twilio took for `to` since then. Raises SendError.

        Asked for twice, since it is not documented whether a message that waits in Twilio's queue,
        and so has no date of sending, is found by that date.
        """
        midnight = since.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        windows: tuple[dict[str, datetime], ...] = ({"date_sent_after": midnight}, {})
        for window in windows:
            with _named_faults():
                found = await self._client.messages.list_async(to=to, limit=_LOOKED_AT, **window)
            for message in found:
                if self._is_ours(message) and _is_same(message, body, since):
                    return _sent(message)
        return None

    def _is_ours(self, message: Any) -> bool:
        """Whether this sender sent it: several channels may share an account."""
        if self._service:
            return bool(message.messaging_service_sid == self._service)
        return bool(message.from_ == self._sender)


class Transport:
    """What Twilio's client sends through: the one httpx client of all channels, with a timeout,
    without redirects or retries. Raises SendError for every answer that is not a JSON object of a
    success, since Twilio's own exceptions lose `Retry-After`."""

    is_async = True

    def __init__(self, http: httpx.AsyncClient, timeout: httpx.Timeout) -> None:
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
            data=None if is_json else data,
            json=data if is_json else None,
            headers=headers,
            auth=auth,
            timeout=self._timeout,
            follow_redirects=False,
        )
        if not answer.is_success or not json_object(answer):
            raise SendError(refusal(answer))
        return Response(answer.status_code, answer.text, answer.headers)


def _timeout(settings: Mapping[str, object]) -> httpx.Timeout:
    seconds = settings.get("timeout")
    silence = float(seconds) if isinstance(seconds, int | float) else _SECONDS
    return httpx.Timeout(silence, connect=min(silence, 5.0))


def _signed(validator: RequestValidator, url: str, form: Form, signature: str) -> bool:
    try:
        return bool(validator.validate(url, form, signature))
    except ValueError:  # an address with a port or a character that cannot be
        return False


@contextmanager
def _named_faults() -> Iterator[None]:
    """Turns everything that can go wrong on the way into SendError, without the address in it."""
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise SendError(Fault(Kind.RETRY, type(error).__name__)) from None
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise SendError(Fault(Kind.CONFIG, type(error).__name__)) from None
    except (httpx.HTTPError, TwilioException, *_MISREAD) as error:
        raise SendError(Fault(Kind.UNKNOWN, type(error).__name__)) from None


def _sent(message: Any) -> Sent:
    if not isinstance(message.sid, str):
        raise SendError(Fault(Kind.UNKNOWN, "no sid"))
    return Sent(message.sid)


def _is_same(message: Any, body: str, since: datetime) -> bool:
    """Whether this record is of that text and time, and did not fail at once."""
    late_enough = (
        message.date_created is None
        or message.date_created >= since.astimezone(UTC) - _CLOCKS_DIFFER
    )
    return message.body == body and late_enough and message.status not in ("failed", "canceled")
