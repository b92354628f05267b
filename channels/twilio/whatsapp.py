"""WhatsApp through Twilio: the webhook, account and errors of SMS; other addresses, and taps.

Source: Twilio's and Meta's pages on WhatsApp, read in November 2026.
"""

import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from channels.base import (
    Carries,
    ChannelConfig,
    Fault,
    Kind,
    Media,
    Parsed,
    Purpose,
    Received,
    SendError,
    Sending,
    Sent,
    TemplateState,
    WebRequest,
    WhenUnknown,
    clean,
)
from channels.client import Client
from channels.rendering import CARRIES, WHATSAPP_PLAIN
from channels.twilio.account import Account, answered_commands, string
from channels.twilio.console import console_settings, template_settings
from channels.twilio.contents import Content
from channels.twilio.drafts import Words, missing, stand_ins
from channels.twilio.templates import (
    ANY,
    APPROVED,
    LONGEST_BODY,
    Templates,
    degraded,
    filled,
    read_payload,
    read_templates,
)
from channels.twilio.webhook import (
    Form,
    is_report,
    messages,
    parse_message,
    parse_report,
    required,
)

PREFIX = "whatsapp:"
# A number, or an id of WhatsApp's own for people who hide theirs, as `US.1A2B3C`.
_ADDRESS = re.compile(r"whatsapp:(\+[1-9][0-9]{6,14}|[A-Za-z0-9][!-~]{0,199})")
_DIGITS = re.compile(r"[1-9][0-9]{6,14}")
_MARKED = re.compile(r"(?<!\w)([*_~])(?=\S)(?=[^\n]*\S\1(?!\w))")
_HAIR_SPACE = "\u200a"


class WhatsApp:
    """A WhatsApp sender. Its addresses are `whatsapp:` and an E.164 number, or an opaque id.

    Settings: those of `Account` (`sender` with or without `whatsapp:`), `answered_commands` and
    `read_templates`. Choices without a template are numbered text; without an approved one nothing
    goes after the window.
    """

    when_unknown: ClassVar[WhenUnknown] = WhenUnknown.RESEND  # `find` would have found it

    def __init__(self, config: ChannelConfig, http: Client) -> None:
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
        return parse_report(form) if is_report(form) else self._message(form)

    async def send(self, sending: Sending) -> Sent:
        """Within the window sends choices through a template that shows so many, else as numbered
        lines; after it sends the approved template of this purpose, and nothing else ever."""
        if sending.in_window:
            content = self._content(sending)
        elif (approved := self._approved(sending)) is not None:
            content = approved
        else:
            raise SendError(Fault(Kind.WINDOW, "no template"))
        return await self._account.create(_address(sending.urn), **content)

    async def find(self, sending: Sending, since: datetime) -> Sent | None:
        """Looks the text up in Twilio's list of messages to this address: both as it would go
        within the window and after it, which may have closed or opened meanwhile. Of a message
        made by a template the list is taken to show the filled body."""
        content = self._content(sending)
        bodies = [content.get("body") or json.loads(content["content_variables"])["1"]]
        if approved := self._approved(sending):
            template = await self._account.contents.body(approved["content_sid"])
            bodies += [filled(template, approved)] if template else []
        return await self._account.find(_address(sending.urn), bodies, since)

    async def fetch(self, media: Media, most: int) -> bytes:
        """See `base.Fetching`."""
        return await self._account.fetch(media, most)

    async def received_since(self, since: datetime) -> AsyncIterator[Received]:
        """See `base.Reconciling` and `history`."""
        async for form, came in self._account.received_since(since):
            for received in messages(self._message(form)):
                yield replace(received, sent_at=came)

    def opens(self, purpose: Purpose, language: str) -> bool:
        """See `base.Opening`: a template for it is set."""
        return self._templates.serves(purpose.value, language)

    async def setup(self, words: Mapping[str, Mapping[str, str]]) -> str:
        """What a person must type into Twilio's console, and which templates to make; nothing is
        registered."""
        templates = template_settings(self._templates, self._config.city)
        return "\n\n".join([console_settings(self._config, words), templates])

    async def make_templates(self, words: Words) -> Sequence[TemplateState]:
        """See `base.Templated`. All are made before any approval is asked for; one that is refused
        at once says so and holds nobody up."""
        listed = await self._account.contents.listed()
        named = {content.name: content for content in listed}
        sids = {purpose: dict(by) for purpose, by in self._templates.sids.items()}
        for lacking in missing(words, self._templates, self._config.responsible):
            name = lacking.draft.name
            if name not in named:
                named[name] = await self._account.contents.make(lacking.draft)
            sids.setdefault(lacking.purpose, {})[lacking.language] = named[name].sid
        for purpose, sid in tuple(stand_ins(words, Templates(sids))):
            sids[purpose][ANY] = sid
        known = {content.sid: content for content in (*listed, *named.values())}
        used = (sid for purpose in APPROVED for sid in sids.get(purpose, {}).values())
        for sid in dict.fromkeys(used):  # one may serve several languages
            if sid in known and known[sid].approval in ("", "unsubmitted"):
                known[sid] = await self._submitted(known[sid])
        return _states(sids, known)

    async def template_states(self) -> Sequence[TemplateState]:
        """See `base.Templated`."""
        listed = await self._account.contents.listed()
        return _states(self._templates.sids, {content.sid: content for content in listed})

    async def _submitted(self, content: Content) -> Content:
        try:
            return await self._account.contents.submit(content)
        except SendError as refused:
            if refused.fault.whole:
                raise
            return replace(content, reason=f"not taken for approval ({refused.fault.code})")

    def _message(self, form: Form) -> Parsed:
        sender = required(form, "From")
        urn = sender if _ADDRESS.fullmatch(sender) else None
        parsed = parse_message(form, urn, self._replies)
        return replace(parsed, events=tuple(_whole(m, form) for m in messages(parsed)))

    def _approved(self, sending: Sending) -> dict[str, str] | None:
        responsible = literal(" ".join(self._config.responsible.split()), LONGEST_BODY)
        return self._templates.approved(sending, responsible)

    def _content(self, sending: Sending) -> dict[str, str]:
        if sending.choices:
            body = literal(sending.text, LONGEST_BODY)
            content = self._templates.content(sending, body)
            if content is not None:
                return content
        text = degraded(sending.text, sending.choices)
        return {"body": literal(text, WHATSAPP_PLAIN.longest)}


def literal(text: str, longest: int) -> str:
    """The text so that WhatsApp shows it as it is, or the text itself where that would be too long.

    There is no escape: a mark of bold, italic or struck text counts only where it touches the text,
    so a hair space keeps it off; back ticks become apostrophes. Of five or more white spaces in a
    row, for which WhatsApp refuses a variable (63013), four stay.
    """
    calm = re.sub(r"(\s{4})\s+", r"\1", text).replace("`", "'")
    kept = _MARKED.sub(rf"\1{_HAIR_SPACE}", calm)
    return kept if len(kept) <= longest else calm


def _states(
    sids: Mapping[str, Mapping[str, str]], known: Mapping[str, Content]
) -> Sequence[TemplateState]:
    """Each SID as Twilio knows it, which may be not at all."""
    states = []
    for purpose, by_language in sids.items():
        for language, sid in by_language.items():
            content = known.get(sid)
            approval = content.approval if content and purpose in APPROVED else ""
            reason = content.reason if content else ""
            told = approval if content else "not found"
            states.append(TemplateState(purpose, language, sid, told, reason))
    return states


def _carries(templates: Templates) -> Carries:
    most = templates.most()
    return replace(CARRIES["whatsapp"], buttons=most) if most else WHATSAPP_PLAIN


# --- messages ------------------------------------------------------------------------------------
def _whole(message: Received, form: Form) -> Received:
    """The message with what WhatsApp tells beyond SMS: other addresses, and the choice tapped."""
    aliases = tuple(dict.fromkeys(a for a in _asserted(form) if a != message.urn))
    number, question = _tapped(form)
    text = message.text or clean(form.first("ButtonText") or form.first("ListTitle"))
    return replace(message, text=text, aliases=aliases, choice=number, question=question)


def _asserted(form: Form) -> Iterator[str]:
    """The other addresses Twilio gives of this sender: opaque ids, and the number behind one."""
    for name in ("ExternalUserId", "ParentExternalUserId"):
        if _ADDRESS.fullmatch(form.first(name)):
            yield form.first(name)
    is_opaque = not form.first("From").startswith(f"{PREFIX}+")
    if is_opaque and _DIGITS.fullmatch(form.first("WaId")):
        yield f"{PREFIX}+{form.first('WaId')}"


def _tapped(form: Form) -> tuple[str | None, str | None]:
    """The number and question of a tap on a list or a button of ours; a tap on anything else is
    its text. `ListId` stands in no table of Twilio's, but is said to come. A button that acts (it
    opens a page or calls) is none of ours."""
    if form.first("ButtonType").upper() == "ACTION":
        return None, None
    for name in ("ListId", "ButtonPayload"):
        if read := read_payload(form.first(name)):
            return read
    return None, None


def _address(urn: str) -> str:
    """The address in a `whatsapp:` URN; nothing else ever reaches the provider."""
    if not _ADDRESS.fullmatch(urn):
        raise SendError(Fault(Kind.DEAD, "not a WhatsApp address"))
    return urn
