"""What Twilio posts to us: read, without any I/O. Shared by SMS and WhatsApp.

Source: Twilio's pages on webhook requests, default opt-out words and status callbacks, read in
November 2026. Parameters we do not know come without notice and are passed over.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from urllib.parse import parse_qsl

from channels.base import (
    Event,
    Fault,
    Kind,
    Media,
    Parsed,
    Received,
    Status,
    StatusUpdate,
    WebAnswer,
    WebhookError,
    WebRequest,
    clean,
)
from channels.twilio.errors import meaning

EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response />'
STORED = WebAnswer(200, EMPTY_TWIML, "text/xml")
REPORT_STORED = WebAnswer(204)

STATUSES: Mapping[str, Status] = MappingProxyType(
    {
        "accepted": Status.QUEUED,
        "scheduled": Status.QUEUED,
        "queued": Status.QUEUED,
        "sending": Status.SENDING,
        "sent": Status.SENT,
        "partially_delivered": Status.SENT,
        "undelivered": Status.UNDELIVERED,
        "failed": Status.UNDELIVERED,
        "canceled": Status.UNDELIVERED,
        "delivered": Status.DELIVERED,
        "read": Status.READ,
    }
)

KEYWORDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "STOP": frozenset(
            {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}
        ),
        "START": frozenset({"START", "UNSTOP", "YES"}),
        "HELP": frozenset({"HELP", "INFO"}),
    }
)
"""The whole messages that Twilio acts on by default, by the command they mean."""

_MOST_FIELDS = 200
MOST_MEDIA = 10
"""Media of one message. Source: Twilio's limit of an MMS."""


class Form(dict[str, list[str]]):
    """Posted values by name, repeats kept."""

    def getall(self, name: str) -> list[str]:
        """All values of a name: how `RequestValidator` reads repeated ones."""
        return self[name]

    def first(self, name: str) -> str:
        """The first value of a name, "" without one."""
        return self.get(name, [""])[0]


def read_form(request: WebRequest) -> Form:
    """The posted form, blank values kept. Raises WebhookError 400 for anything else."""
    media_type = request.headers.get("content-type", "").partition(";")[0]
    if media_type.strip().lower() != "application/x-www-form-urlencoded":
        raise WebhookError(400, "not a form")
    body = request.body.decode("utf-8", "replace")
    try:
        pairs = parse_qsl(body, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise WebhookError(400, "too many fields") from None
    form = Form()
    for name, value in pairs:
        form.setdefault(name, []).append(value)
    return form


def required(form: Form, name: str) -> str:
    """A value that Twilio always gives. Raises WebhookError 400 without it."""
    value = form.first(name)
    if not value:
        raise WebhookError(400, f"{name} is missing")
    return value


# --- delivery reports ----------------------------------------------------------------------------
def is_report(form: Form) -> bool:
    """Whether this is a delivery report and no message: both come to the same channel."""
    inbound = {"receiving", "received"}
    words = {form.first("MessageStatus"), form.first("SmsStatus")}
    return "MessageStatus" in form and not inbound & words


def parse_report(form: Form) -> Parsed:
    """A delivery report; a status we do not know is taken and passed over."""
    provider_id = required(form, "MessageSid")
    word = form.first("MessageStatus")
    status = STATUSES.get(word)
    if status is None:
        return Parsed((), REPORT_STORED)
    fault = _reported(word, form.first("ErrorCode")) if status is Status.UNDELIVERED else None
    return Parsed((StatusUpdate(provider_id, status, fault),), REPORT_STORED)


def _reported(word: str, code: str) -> Fault:
    """Why it was not delivered; what cannot be told is tried once more."""
    if word == "canceled":
        return Fault(Kind.IGNORE, word)
    if not re.fullmatch("[0-9]{1,9}", code):
        return Fault(Kind.RETRY, tries=1)
    return meaning(int(code)) or Fault(Kind.RETRY, code, tries=1)


# --- messages ------------------------------------------------------------------------------------
def parse_message(form: Form, urn: str | None, replies: Collection[str]) -> Parsed:
    """A message from `urn` (None: a sender that cannot be answered, so there is nothing to tell).

    `replies` are the commands that Twilio answers itself on this sender.
    """
    provider_id = required(form, "MessageSid")
    command = form.first("OptOutType").upper()
    events: tuple[Event, ...] = ()
    if urn is not None:
        received = Received(
            provider_id,
            urn,
            text=clean(form.first("Body")),
            location=_location(form),
            media=_media(form),
            command=command if command in KEYWORDS else None,
            answered=_answered(form, command, replies),
            in_reply_to=form.first("OriginalRepliedMessageSid") or None,
        )
        events = (received,)
    return Parsed(events, STORED)


def messages(parsed: Parsed) -> Iterator[Received]:
    """The messages of a webhook read."""
    return (event for event in parsed.events if isinstance(event, Received))


def _answered(form: Form, command: str, replies: Collection[str]) -> frozenset[str]:
    """The commands in this message that Twilio has answered already."""
    word = form.first("Body").strip().upper()
    return frozenset(
        name
        for name, words in KEYWORDS.items()
        if name == command or (name in replies and word in words)
    )


def _media(form: Form) -> tuple[Media, ...]:
    count = form.first("NumMedia")
    numbers = range(min(int(count), MOST_MEDIA)) if re.fullmatch("[0-9]{1,3}", count) else ()
    return tuple(
        Media(form.first(f"MediaUrl{n}"), form.first(f"MediaContentType{n}")) for n in numbers
    )


def _location(form: Form) -> tuple[float, float] | None:
    """Latitude and longitude in degrees; None where they are not a place on Earth."""
    try:
        latitude, longitude = float(form.first("Latitude")), float(form.first("Longitude"))
    except ValueError:
        return None
    on_earth = -90 <= latitude <= 90 and -180 <= longitude <= 180  # false for not-a-number too
    return (latitude, longitude) if on_earth else None
