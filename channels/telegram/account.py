"""A Telegram bot: whom we believe, how we send, what we register.

The client is `telegram.Bot`. Only what it sends through is ours: its own transport keeps a pool
of connections for each bot, bound to one event loop, that somebody would have to close.
"""

import contextlib
import hmac
import json
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from telegram import Bot, InlineKeyboardMarkup
from telegram.error import BadRequest, InvalidToken, TelegramError

from channels.base import ChannelConfig, Fault, Kind, SendError, Sent
from channels.client import Client, silence
from channels.telegram.commands import menu
from channels.telegram.errors import lost, meaning
from channels.telegram.files import download
from channels.telegram.transport import Transport
from channels.telegram.webhook import UPDATES

API = "https://api.telegram.org"

POLL_SECONDS = 25
"""How long Telegram holds a question for updates while there are none."""

_SECONDS = 20.0
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
# What the library raises over an answer it did not expect.
_MISREAD = (AttributeError, LookupError, TypeError, ValueError)
# It prints addresses with the token in them at DEBUG.
_TELLTALES = ("telegram",)


class Account:
    """Settings: `bot_token`; `webhook_secret`; `polling` (true: we ask for updates, and no webhook
    is needed); `api_base` (a self-hosted Bot API server); `timeout` in seconds of silence (20)."""

    def __init__(self, config: ChannelConfig, http: Client) -> None:
        for name in _TELLTALES:
            logging.getLogger(name).setLevel(logging.WARNING)
        settings = config.settings
        self.polls = settings.get("polling") is True
        self._http = http
        self._secret = _string(settings, "webhook_secret")
        self._token = _string(settings, "bot_token")
        self._seconds = _number(settings, "timeout") or _SECONDS
        self._transport = Transport(http, silence(self._seconds))
        root = (_string(settings, "api_base") or API).rstrip("/")
        self._bot = Bot(
            self._token or "-",  # none makes the library raise; nothing is sent with it
            base_url=f"{root}/bot",
            base_file_url=f"{root}/file/bot",
            request=self._transport,
            get_updates_request=self._transport,
        )

    def missing(self) -> tuple[str, ...]:
        """The settings without which nothing can be sent or believed."""
        wanted = {"bot_token": self._token}
        if not self.polls:
            wanted["webhook_secret"] = self._secret
        return tuple(name for name, value in wanted.items() if not value)

    def believes(self, secret: str) -> bool:
        """Whether a request with this secret is Telegram's; takes as long for every wrong one."""
        same = hmac.compare_digest(
            secret.encode(errors="replace"), self._secret.encode(errors="replace")
        )
        return same and bool(self._secret)

    async def send(self, chat: int, text: str, buttons: InlineKeyboardMarkup | None) -> Sent:
        """Hands a message to Telegram, once. Raises SendError."""
        self._require_token()
        with _named_faults():
            taken = await self._bot.send_message(chat, text, reply_markup=buttons)
            return Sent(str(int(taken.message_id)))

    async def acknowledge(self, id_: str) -> None:
        """Tells Telegram that a tap was taken. Whatever goes wrong is passed over."""
        with contextlib.suppress(Exception):
            self._require_token()
            await self._bot.answer_callback_query(id_)

    async def leave(self, chat: int) -> None:
        """Leaves a chat that is not private. Whatever goes wrong is passed over."""
        with contextlib.suppress(Exception):
            self._require_token()
            await self._bot.leave_chat(chat)

    async def updates(self, offset: int | None) -> Sequence[object]:
        """The updates from that number on, as Telegram tells them; waits for one for a while. What
        comes before the number is then forgotten there. Raises SendError.

        Not by the library's own method: one update that it cannot read would hide all others.
        """
        self._require_token()
        asked: dict[str, object] = {
            "timeout": POLL_SECONDS,
            "allowed_updates": json.dumps(UPDATES),
        }
        if offset is not None:
            asked["offset"] = offset
        url = f"{self._bot.base_url}/getUpdates?{urlencode(asked)}"
        with _named_faults():
            told: Any = await self._transport.post(url, read_timeout=POLL_SECONDS + self._seconds)
            return [*told]

    async def fetch(self, reference: str, most: int) -> bytes:
        """A file's content, of `most` bytes at most. Raises FetchError."""
        return await download(self._bot, self._http, self._seconds, reference, most)

    async def setup(self, url: str, words: Mapping[str, Mapping[str, str]]) -> str:
        """Registers webhook and menus, or that we ask ourselves; says in a sentence what it did, or
        what is in the way."""
        if self.missing():
            return f"Not set: {' and '.join(self.missing())}. A token comes from @BotFather."
        if not self.polls and not _SECRET.fullmatch(self._secret):
            return "webhook_secret must be 1 to 256 of the characters A-Z, a-z, 0-9, _ and -."
        try:
            return await self._register(url, words)
        except TelegramError as error:
            return _told(error)
        except _MISREAD as error:
            return f"What answered is no Bot API ({type(error).__name__}): check api_base."

    async def _register(self, url: str, words: Mapping[str, Mapping[str, str]]) -> str:
        bot = await self._bot.get_me()
        if self.polls:
            await self._bot.delete_webhook()
            way = f"@{bot.username} is asked by the worker (polling); its webhook is deleted."
        else:
            await self._bot.set_webhook(url, secret_token=self._secret, allowed_updates=UPDATES)
            way = f"@{bot.username} posts to {url}: {', '.join(UPDATES)}."
        return "\n".join(
            (
                way,
                f"Its menu of commands is set in {', '.join(await self._menus(words))}.",
                f"Residents begin at https://t.me/{bot.username}?start=KEYWORD",
            )
        )

    async def _menus(self, words: Mapping[str, Mapping[str, str]]) -> Sequence[str]:
        """Sets the menu of each language; the first one's is also for those who have none of these.
        Telegram picks by the language of the resident's app, and knows it by two letters only."""
        for first in list(words.values())[:1]:
            await self._bot.set_my_commands(menu(first))
        menus = {code: menu(phrases) for code, phrases in words.items() if len(code) == 2}
        for language, commands in menus.items():
            await self._bot.set_my_commands(commands, language_code=language)
        return tuple(menus)

    def _require_token(self) -> None:
        if not self._token:
            raise SendError(Fault(Kind.CONFIG, "no token", whole=True))


def _string(settings: Mapping[str, object], name: str) -> str:
    value = settings.get(name)
    return value if isinstance(value, str) else ""


def _number(settings: Mapping[str, object], name: str) -> float | None:
    value = settings.get(name)
    return float(value) if isinstance(value, int | float) else None


@contextmanager
def _named_faults() -> Iterator[None]:
    """Turns everything that can go wrong on the way into SendError, without the address in it."""
    try:
        yield
    except TelegramError as error:
        raise SendError(meaning(error)) from None
    except _MISREAD as error:
        raise SendError(lost(error)) from None


def _told(error: TelegramError) -> str:
    """One sentence for the person at the terminal."""
    if isinstance(error, BadRequest):
        return f"Telegram refused: {error.message}."
    if isinstance(error, InvalidToken):
        return "Telegram does not know this bot: copy bot_token anew from @BotFather."
    fault = meaning(error)
    if fault.kind is Kind.THROTTLE:
        return f"Telegram asks to wait {fault.wait or 'a little'}: try again then."
    return f"Telegram could not be asked ({fault.code}): check api_base, then try again."
