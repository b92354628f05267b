"""What Telegram posts to us: read, without any I/O.

Source: Telegram's Bot API (`Update`), read in November 2026. Fields we do not know come without
notice and are passed over. Telegram delivers a chat in order and posts an update again until it is
answered 2xx, so one that we cannot read must not be refused: it would hold up the chat for a day.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from telegram import CallbackQuery, Chat, ChatMemberUpdated, Message, Update

from channels.base import Media, Parsed, Received, WebAnswer, clean
from channels.telegram.buttons import read_data

STORED = WebAnswer(200)
STOP = "STOP"

COMMANDS = frozenset({"start", "stop", "help"})
"""Commands that mean the same in every language; the others are plain words after their slash."""

MEDIA = (
    "animation", "audio", "checklist", "contact", "dice", "document", "game", "live_photo",
    "paid_media", "photo", "poll", "rich_message", "sticker", "story", "video", "video_note",
    "voice",
)  # fmt: skip
"""Content that is no text and no place. A message has one of them at most; a service message (a
pinned one, say) has none and is passed over."""

_COMMAND = re.compile(r"/([a-z0-9_]{1,32})(?:@\w+)?(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)
_SUBTAG = re.compile(r"[a-z]{2,3}")
_E164 = re.compile(r"[1-9][0-9]{6,14}")


def parse_update(body: bytes) -> Parsed:
    """An update that Telegram sent. What cannot be read comes back whole as `poison`."""
    try:
        update = Update.de_json(json.loads(body), None)
        return Parsed(tuple(_received(update)), STORED, acknowledge=_tapped(update))
    except Exception:  # the library raises what it trips over, of any kind
        return Parsed((), STORED, poison=body)


def _received(update: Update) -> Iterator[Received]:
    """What a resident did, if this is about that at all: groups, edits and all else are not."""
    provider_id = str(_id(update.update_id))
    query, member, message = update.callback_query, update.my_chat_member, update.message
    if query is not None and query.message is not None and _is_private(query.message.chat):
        yield from _tap(provider_id, query, query.message.chat)
    elif member is not None and _is_private(member.chat):
        yield from _blocked(provider_id, member)
    elif message is not None and _is_private(message.chat):
        yield from _said(provider_id, message)


# --- taps ----------------------------------------------------------------------------------------
def _tapped(update: Update) -> tuple[str, ...]:
    """The tap that waits to be acknowledged, whatever else it is."""
    query = update.callback_query
    if query is None:
        return ()
    if not isinstance(query.id, str):
        raise TypeError("the id of a tap is no string")
    return (query.id,)


def _tap(provider_id: str, query: CallbackQuery, chat: Chat) -> Iterator[Received]:
    if query.data:
        number, question = read_data(clean(query.data))
        yield Received(
            provider_id,
            _urn(chat),
            choice=number,
            question=question,
            language=_language(query.from_user),
        )


# --- blocked -------------------------------------------------------------------------------------
def _blocked(provider_id: str, change: ChatMemberUpdated) -> Iterator[Received]:
    """Blocking the bot is a STOP that must not be answered. Unblocking is nothing yet: Telegram
    then shows the resident the button that sends /start."""
    if change.new_chat_member.status == change.new_chat_member.BANNED:
        yield Received(provider_id, _urn(change.chat), command=STOP, answered=frozenset({STOP}))


# --- messages ------------------------------------------------------------------------------------
def _said(provider_id: str, message: Message) -> Iterator[Received]:
    text, command = _text(message)
    location, number = _location(message), _own_number(message)
    has_media = number is None and any(_has(message, name) for name in MEDIA)
    media = (Media(""),) if has_media else ()
    if text or location or number or media:
        yield Received(
            provider_id,
            _urn(message.chat),
            text,
            aliases=(number,) if number else (),
            location=location,
            media=media,
            command=command,
            language=_language(message.from_user),
        )


def _text(message: Message) -> tuple[str, str | None]:
    """The text or caption, and the command in it. A command is read as words: "/my_data" is "my
    data". "/start PULSE", from a link with a keyword, is START with the text "PULSE": who left is
    back, and whoever is new or free begins with the survey of that keyword. "/start" alone keeps
    its word, since an empty text would be taken for a message without one."""
    said = clean(message.text or message.caption or "").strip()
    written = _COMMAND.fullmatch(said)
    if written is None:
        return said, None
    name, rest = written[1].lower(), written[2] or ""
    command = name.upper() if name in COMMANDS else None
    if name == "start" and rest:
        return rest, command
    return f"{name.replace('_', ' ')} {rest}".strip(), command


def _location(message: Message) -> tuple[float, float] | None:
    """Latitude and longitude in degrees; None where they are not a place on Earth."""
    place = message.location
    if place is None:
        return None
    latitude, longitude = float(place.latitude), float(place.longitude)
    on_earth = -90 <= latitude <= 90 and -180 <= longitude <= 180  # false for not-a-number too
    return (latitude, longitude) if on_earth else None


def _own_number(message: Message) -> str | None:
    """The sender's own number as a URN, if they shared it: Telegram gives a contact the id of the
    account that has this number, which nobody can forge."""
    contact, sender = message.contact, message.from_user
    if contact is None or sender is None or contact.user_id != sender.id:
        return None
    digits = re.sub(r"[^0-9]", "", contact.phone_number)
    return f"tel:+{digits}" if _E164.fullmatch(digits) else None


def _has(message: Message, name: str) -> bool:
    """Whether there is content of this kind, be it newer than the library."""
    return bool(getattr(message, name, None)) or name in message.api_kwargs


# --- values --------------------------------------------------------------------------------------
def _is_private(chat: Chat) -> bool:
    return chat.type == chat.PRIVATE


def _urn(chat: Chat) -> str:
    return f"telegram:{_id(chat.id)}"


def _id(value: Any) -> int:
    """An id as Telegram gives them: the library does not look."""
    if type(value) is not int or not 0 < value < 2**63:
        raise ValueError("not an id")
    return value


def _language(sender: Any) -> str | None:
    """The first part of an IETF tag: "pt-br" is "pt"."""
    tag = (getattr(sender, "language_code", None) or "").partition("-")[0].lower()
    return tag if _SUBTAG.fullmatch(tag) else None
