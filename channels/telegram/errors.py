"""What Telegram's refusals mean for us. Telegram has no error codes: its sentences are the codes.

Sources: the Bot API's page on making requests; the sentences in the source of its server
(tdlib/telegram-bot-api), read in November 2026.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    TelegramError,
)

from channels.base import Fault, Kind
from channels.client import Answer, is_misaddressed, never_sent, what

SENTENCES: Mapping[str, Kind] = MappingProxyType(
    {
        # 403
        "bot was blocked by the user": Kind.OPT_OUT,
        "user is deactivated": Kind.DEAD,
        "bot can't initiate conversation with a user": Kind.DEAD,  # until they write
        "bot can't send messages to bots": Kind.DEAD,
        "bot was kicked from": Kind.DEAD,
        "bot is not a member of": Kind.DEAD,
        "the group chat was deleted": Kind.DEAD,
        # 400
        "chat not found": Kind.DEAD,
        "peer_id_invalid": Kind.DEAD,
        "input_user_deactivated": Kind.DEAD,
        "user_is_blocked": Kind.OPT_OUT,
        "logged out": Kind.CONFIG,
        "message is not modified": Kind.IGNORE,
        "query is too old": Kind.IGNORE,
        "can't parse entities": Kind.CONTENT,
        "message is too long": Kind.CONTENT,
        "message text is empty": Kind.CONTENT,
        "button_data_invalid": Kind.CONTENT,
        "reply markup is too long": Kind.CONTENT,
    }
)
"""Parts of Telegram's sentences, in lower case, and what they mean. A sentence that is not here
fails its message and nothing else, and is not told on: it may quote the text."""

CONFLICTS = ("webhook is active", "terminated by other getupdates request")
"""What a 409 says of two ways, or two programs, that ask for the same bot's updates."""

LOST_TRIES = 3
"""Further attempts at a message that may have arrived: it cannot be looked up."""

_READ_BY_LIBRARY = frozenset({400, 401, 403, 404, 409})
_DAY = timedelta(days=1)


class Refused(TelegramError):
    """What is read before the library sees it. The library would make of 429 an error that warns
    of its next version, forget the status of most others, and log the whole answer."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"{fault.kind} {fault.code}")
        self.fault = fault


def meaning(error: TelegramError) -> Fault:
    """The fault of anything the library raises."""
    match error:
        case Refused():
            return error.fault
        case Forbidden():
            return _by_sentence(error, "403")
        case ChatMigrated():  # only groups do
            return Fault(Kind.DEAD, "chat migrated")
        case InvalidToken():
            return Fault(Kind.CONFIG, "invalid token", whole=True)
        case Conflict():
            said = error.message.lower()
            conflict = next((sentence for sentence in CONFLICTS if sentence in said), "409")
            return Fault(Kind.CONFIG, conflict, whole=True)
        case BadRequest():  # which is a NetworkError too
            return _by_sentence(error, "400")
        case _:
            return lost(error)


def lost(error: Exception) -> Fault:
    """The fault of an answer that did not come, or cannot be read: the message may have arrived."""
    return Fault(Kind.UNKNOWN, what(error), tries=LOST_TRIES, whole=True)


def unreached(error: Exception) -> Fault:
    """The fault of a request that ended without an answer (`CLIENT_ERRORS`)."""
    if is_misaddressed(error):
        return Fault(Kind.CONFIG, what(error), whole=True)
    if never_sent(error):
        return Fault(Kind.RETRY, what(error), whole=True)
    return lost(error)


def refusal(answer: Answer) -> Fault | None:
    """The fault of an HTTP answer by its status; None where the library reads it better. A 5xx says
    that the message was not taken, so it is tried on; a proxy's 403 is not Telegram's. All but a
    message that is too large (413) is about the bot or the way to it."""
    status = answer.status
    if 200 <= status < 300 or (status in _READ_BY_LIBRARY and answer.json_object()):
        return None
    if status == 429:
        return Fault(Kind.THROTTLE, "429", wait=_wait(answer), whole=True)
    if status == 413:
        return Fault(Kind.CONTENT, "413")
    kind = Kind.UNKNOWN if status == 408 or status >= 500 else Kind.CONFIG
    return Fault(kind, str(status), whole=True)


def _by_sentence(error: TelegramError, status: str) -> Fault:
    said = error.message.lower()
    for sentence, kind in SENTENCES.items():
        if sentence in said:
            return Fault(kind, sentence, whole=kind is Kind.CONFIG)
    return Fault(Kind.CONTENT, status)


def _wait(answer: Answer) -> timedelta | None:
    """What `retry_after` in the answer, else its header, asks for in seconds; at most a day."""
    parameters = answer.json_object().get("parameters")
    asked = parameters.get("retry_after") if isinstance(parameters, dict) else None
    seconds = str(answer.headers.get("retry-after", "") if asked is None else asked)
    if not re.fullmatch("[0-9]{1,9}", seconds):
        return None
    return min(timedelta(seconds=int(seconds)), _DAY)
