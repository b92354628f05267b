"""WhatsApp through Twilio: the webhook, account and errors of SMS; other addresses, and taps.

Source: Twilio's and Meta's pages on WhatsApp, read in November 2026.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

import httpx

from channels.base import (
    Carries,
    ChannelConfig,
    Fault,
    Kind,
    Parsed,
    Received,
    SendError,
    Sending,
    Sent,
    WebRequest,
    WhenUnknown,
    clean,
)
from channels.rendering import CARRIES
from channels.twilio.account import Account, answered_commands, string
from channels.twilio.console import console_settings, template_settings
from channels.twilio.templates import (
    LONGEST_BODY,
    LONGEST_TITLE,
    Templates,
    degraded,
    read_payload,
    read_templates,
)
from channels.twilio.webhook import Form, is_report, parse_message, parse_report, required

PREFIX = "whatsapp:"
# A number, or an id of WhatsApp's own for people who hide theirs, as `US.1A2B3C`.
_ADDRESS = re.compile(r"whatsapp:(\+[1-9][0-9]{6,14}|[A-Za-z0-9][!-~]{0,199})")
_DIGITS = re.compile(r"[1-9][0-9]{6,14}")
_MARKED = re.compile(r"(?<!\w)([*_~])(?=\S)(?=[^\n]*\S\1(?!\w))")
_HAIR_SPACE = "\u200a"


class WhatsApp:
    """A WhatsApp sender. Its addresses are `whatsapp:` and an E.164 number, or an opaque id.

    Settings: those of `Account` (`sender` with or without `whatsapp:`), `answered_commands` and
    `read_templates`. Choices without a template are numbered text.
    """

    when_unknown: ClassVar[WhenUnknown] = WhenUnknown.RESEND  # `find` would have found it

    def __init__(self, config: ChannelConfig, http: httpx.AsyncClient) -> None:
        number = string(config.settings.get("sender")).removeprefix(PREFIX)
        sender = f"{PREFIX}{number}" if number else ""
        self._config = replace(config, settings={**config.settings, "sender": sender})
        self._account = Account(self._config, http)
        self._replies = answered_commands(config.settings)
        self._templates = read_templates(config.settings.get("templates"))
        self.carries = _carries(self._templates)

    def missing(self) -> tuple[str, ...]:
        """See `Account.missing`: without templates WhatsApp works too."""
        return self._account.missing()

    def parse(self, request: WebRequest) -> Parsed:
        """An inbound message or tap, or a delivery report. What is not from a WhatsApp address is
        taken and passed over."""
        form = self._account.believed(request)
        if is_report(form):
            return parse_report(form)
        sender = required(form, "From")
        urn = sender if _ADDRESS.fullmatch(sender) else None
        parsed = parse_message(form, urn, self._replies)
        messages = (event for event in parsed.events if isinstance(event, Received))
        return replace(parsed, events=tuple(_whole(message, form) for message in messages))

    async def send(self, sending: Sending) -> Sent:
        """Sends choices through a template that shows so many, else as numbered lines."""
        return await self._account.create(_address(sending.urn), **self._content(sending))

    async def find(self, sending: Sending, since: datetime) -> Sent | None:
        """Looks the text up in Twilio's list of messages to this address. Of a message made by a
        template the list is taken to show the filled body."""
        content = self._content(sending)
        body = content.get("body") or json.loads(content["content_variables"])["1"]
        return await self._account.find(_address(sending.urn), body, since)

    async def setup(self, words: Mapping[str, Mapping[str, str]]) -> str:
        """What a person must type into Twilio's console, and which templates to make there; nothing
        is registered."""
        told = [console_settings(self._config, words), template_settings(self._templates)]
        return "\n\n".join(told)

    def _content(self, sending: Sending) -> dict[str, str]:
        if sending.choices:
            body = literal(sending.text, LONGEST_BODY)
            content = self._templates.content(sending, body)
            if content is not None:
                return content
        text = degraded(sending.text, sending.choices)
        return {"body": literal(text, CARRIES["whatsapp"].longest)}


def literal(text: str, longest: int) -> str:
    """The text so that WhatsApp shows it as it is, or the text itself where that would be too long.

    There is no escape: a mark of bold, italic or struck text counts only where it touches the text,
    so a hair space keeps it off; back ticks become apostrophes. Of five or more white spaces in a
    row, for which WhatsApp refuses a variable (63013), four stay.
    """
    calm = re.sub(r"(\s{4})\s+", r"\1", text).replace("`", "'")
    kept = _MARKED.sub(rf"\1{_HAIR_SPACE}", calm)
    return kept if len(kept) <= longest else calm


def _carries(templates: Templates) -> Carries:
    plain, most = CARRIES["whatsapp"], templates.most()
    longest = LONGEST_BODY if most else plain.longest
    return replace(plain, buttons=most, button_label=LONGEST_TITLE, longest=longest)


# --- messages ------------------------------------------------------------------------------------
def _whole(message: Received, form: Form) -> Received:
    """The message with what WhatsApp tells beyond SMS: other addresses, and the choice tapped."""
    aliases = tuple(dict.fromkeys(a for a in _asserted(form) if a != message.urn))
    number, question = _tapped(form)
    text = message.text or clean(form.first("ButtonText") or form.first("ListTitle"))
    return replace(message, text=text, aliases=aliases, choice=number, question=question)


def _asserted(form: Form) -> Iterator[str]:
    """The other addresses Twilio gives of this sender: an opaque id, and the number behind one."""
    if _ADDRESS.fullmatch(form.first("ExternalUserId")):
        yield form.first("ExternalUserId")
    is_opaque = not form.first("From").startswith(f"{PREFIX}+")
    if is_opaque and _DIGITS.fullmatch(form.first("WaId")):
        yield f"{PREFIX}+{form.first('WaId')}"


def _tapped(form: Form) -> tuple[str | None, str | None]:
    """The number and question of a tap on a list or a button of ours; a tap on anything else is
    its text. `ListId` stands in no table of Twilio's, but is said to come."""
    for name in ("ListId", "ButtonPayload"):
        if read := read_payload(form.first(name)):
            return read
    return None, None


def _address(urn: str) -> str:
    """The address in a `whatsapp:` URN; nothing else ever reaches the provider."""
    if not _ADDRESS.fullmatch(urn):
        raise SendError(Fault(Kind.DEAD, "not a WhatsApp address"))
    return urn
