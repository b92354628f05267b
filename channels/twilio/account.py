"""A Twilio account with one sender: whom we believe, how we send, what came. Shared by SMS and
WhatsApp.
"""

import hmac
import logging
from collections.abc import AsyncIterator, Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from twilio.request_validator import RequestValidator
from twilio.rest import Client

from channels.base import (
    ChannelConfig,
    Fault,
    Kind,
    Media,
    SendError,
    Sent,
    WebhookError,
    WebRequest,
)
from channels.client import Client as Http
from channels.client import silence
from channels.twilio.contents import Contents
from channels.twilio.history import CLOCKS_DIFFER, History
from channels.twilio.media import MediaStore
from channels.twilio.transport import Transport, named_faults
from channels.twilio.webhook import Form, read_form

API = "https://api.twilio.com"
CONTENT_API = "https://content.twilio.com"
_SECONDS = 20.0
_LOOKED_AT = 100
# At INFO these print addresses with phone numbers in them.
_TELLTALES = ("twilio.async_http_client", "twilio.http_client")


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
    the kind's prefix, if it has one) or `messaging_service`, which goes first; `api_base` and
    `content_base`; `timeout` in seconds of silence (20)."""

    def __init__(self, config: ChannelConfig, http: Http) -> None:
        for name in _TELLTALES:
            logging.getLogger(name).setLevel(logging.WARNING)
        settings = config.settings
        self._sid = string(settings.get("account_sid"))
        self._tokens = strings(settings.get("auth_token"))
        self._validators = tuple(map(RequestValidator, self._tokens))
        self._sender = string(settings.get("sender"))
        self._service = string(settings.get("messaging_service"))
        self._callback = f"{config.public_url}/status"
        root, token = string(settings.get("api_base")) or API, string(settings.get("auth_token"))
        seconds = settings.get("timeout")
        timeout = silence(float(seconds) if isinstance(seconds, int | float) else _SECONDS)
        self._client = Client(
            self._sid,
            token,
            http_client=Transport(http, timeout),
            environment={"TWILIO_EDGE": ""},  # an empty one would mean os.environ
        )
        self._client.api.base_url = root
        self._client.content.base_url = string(settings.get("content_base")) or CONTENT_API
        self._media = MediaStore(http, timeout, root, API, (self._sid, token))
        self._history = History(self._client, root, self._sender, self._service)
        self.contents = Contents(self._client)

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
        with named_faults():
            taken = await self._client.messages.create_async(
                to=to, status_callback=self._callback, **origin, **content
            )
        return _sent(taken)

    async def find(self, to: str, bodies: Collection[str], since: datetime) -> Sent | None:
        """The message with one of these texts that Twilio took for `to` since then. Raises
        SendError.

        Asked for twice, since it is not documented whether a message that waits in Twilio's queue,
        and so has no date of sending, is found by that date.
        """
        midnight = since.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        windows: tuple[dict[str, datetime], ...] = ({"date_sent_after": midnight}, {})
        for window in windows:
            with named_faults():
                found = await self._client.messages.list_async(to=to, limit=_LOOKED_AT, **window)
            for message in found:
                if self._is_ours(message) and _is_same(message, bodies, since):
                    return _sent(message)
        return None

    async def fetch(self, media: Media, most: int) -> bytes:
        """See `base.Fetching`."""
        return await self._media.fetch(media, most)

    def received_since(self, since: datetime) -> AsyncIterator[tuple[Form, datetime | None]]:
        """See `History`."""
        return self._history.received_since(since)

    def _is_ours(self, message: Any) -> bool:
        """Whether this sender sent it: several channels may share an account."""
        if self._service:
            return bool(message.messaging_service_sid == self._service)
        return bool(message.from_ == self._sender)


def _signed(validator: RequestValidator, url: str, form: Form, signature: str) -> bool:
    """Whether it is signed for this address as it is, else with or without its port."""
    try:
        ours = validator.compute_signature(url, form)
        if hmac.compare_digest(ours.encode(), signature.encode(errors="replace")):
            return True
        return bool(validator.validate(url, form, signature))
    except ValueError:  # an address with a port or a character that cannot be
        return False


def _sent(message: Any) -> Sent:
    if not isinstance(message.sid, str):
        raise SendError(Fault(Kind.UNKNOWN, "no sid"))
    return Sent(message.sid)


def _is_same(message: Any, bodies: Collection[str], since: datetime) -> bool:
    """Whether this record is of such a text and time, and did not fail at once."""
    late_enough = (
        message.date_created is None
        or message.date_created >= since.astimezone(UTC) - CLOCKS_DIFFER
    )
    return message.body in bodies and late_enough and message.status not in ("failed", "canceled")
