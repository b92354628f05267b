"""What Telegram posts to us: read, without any I/O.

Source: Telegram's Bot API (`Update`), read in November 2026. Fields we do not know come without
notice and are passed over. Telegram delivers a chat in order and posts an update again until it is
answered 2xx, so one that we cannot read must not be refused: it would hold up the chat for a day.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from telegram import CallbackQuery, Chat, ChatMember, ChatMemberUpdated, Message, Update

from channels.base import Parsed, Received, WebAnswer, clean
from channels.telegram.buttons import read_data
from channels.telegram.commands import words_of
from channels.telegram.media import media_of

STORED = WebAnswer(200)
STOP = "STOP"

UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
"""What we ask Telegram for: all that is read here."""

LEAVE = "leave:"
"""Marks what is to be acknowledged as a chat that the bot was added to; all else are taps."""

_SUBTAG = re.compile(r"[a-z]{2,3}")
_E164 = re.compile(r"[1-9][0-9]{6,14}")


def parse_update(body: bytes) -> Parsed:
    """An update that Telegram sent. What cannot be read comes back whole as `poison`."""
    try:
        update = Update.de_json(json.loads(body), None)
        return Parsed(tuple(_received(update)), STORED, acknowledge=_waiting(update))
    except Exception:  # the library raises what it trips over, of any kind
        return Parsed((), STORED, poison=body)


def _received(update: Update) -> Iterator[Received]:
    """What a resident did, if this is about that at all: groups, channels and all else are not."""
    provider_id = str(_id(update.update_id))
    query, member = update.callback_query, update.my_chat_member
    message, edited = update.message, update.edited_message
    if query is not None and query.message is not None and _is_private(query.message.chat):
        yield from _tap(provider_id, query, query.message.chat)
    elif member is not None and _is_private(member.chat):
        yield from _blocked(provider_id, member)
    elif message is not None and _is_private(message.chat):
        yield from _said(provider_id, message)
    elif edited is not None and _is_private(edited.chat):
        yield from _corrected(provider_id, edited)


def _waiting(update: Update) -> tuple[str, ...]:
    """What waits for a sign of ours: a tap, whatever else it is, or a chat that is to be left."""
    if update.callback_query is not None:
        return (_tap_id(update.callback_query),)
    if update.my_chat_member is not None and _is_in_a_group(update.my_chat_member):
        return (f"{LEAVE}{_group_id(update.my_chat_member.chat.id)}",)
    return ()


# --- taps ----------------------------------------------------------------------------------------
def _tap_id(query: CallbackQuery) -> str:
    if not isinstance(query.id, str):
        raise TypeError("the id of a tap is no string")
    return query.id


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


# --- blocked, and groups -------------------------------------------------------------------------
def _blocked(provider_id: str, change: ChatMemberUpdated) -> Iterator[Received]:
    """Blocking the bot is a STOP that must not be answered. Unblocking is nothing yet: nobody is
    taken back in who has not asked for it, and Telegram then shows the resident the button that
    sends /start, which asks."""
    if change.new_chat_member.status == ChatMember.BANNED:
        yield Received(provider_id, _urn(change.chat), command=STOP, answered=frozenset({STOP}))


def _is_in_a_group(change: ChatMemberUpdated) -> bool:
    """Whether somebody put the bot where others read along: it answers there to nobody, and
    leaves."""
    inside = (ChatMember.MEMBER, ChatMember.ADMINISTRATOR, ChatMember.RESTRICTED)
    return not _is_private(change.chat) and change.new_chat_member.status in inside


# --- messages ------------------------------------------------------------------------------------
def _said(provider_id: str, message: Message) -> Iterator[Received]:
    text, command = words_of(message.text or message.caption or "")
    location, number = _location(message), _own_number(message)
    media = media_of(message) if number is None else ()
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
            in_reply_to=_quoted(message),
        )


def _corrected(provider_id: str, message: Message) -> Iterator[Received]:
    """The new text of a message sent before, and nothing but the text: what else is in it was told
    already, and may be as it was."""
    text, _ = words_of(message.text or message.caption or "")
    if text:
        language = _language(message.from_user)
        yield Received(
            provider_id,
            _urn(message.chat),
            text,
            language=language,
            in_reply_to=_quoted(message),
            edited=True,
        )


def _quoted(message: Message) -> str | None:
    """The id of the message that this one replies to, as `send` gave it."""
    quoted = message.reply_to_message
    return None if quoted is None else str(_id(quoted.message_id))


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


def _group_id(value: Any) -> int:
    """The id of a chat that is not private."""
    if type(value) is not int or not -(2**63) < value < 2**63:
        raise ValueError("not an id")
    return value


def _language(sender: Any) -> str | None:
    """The first part of an IETF tag: "pt-br" is "pt"."""
    tag = (getattr(sender, "language_code", None) or "").partition("-")[0].lower()
    return tag if _SUBTAG.fullmatch(tag) else None
