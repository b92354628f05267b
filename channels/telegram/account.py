"""A Telegram bot: whom we believe, how we send, what we register.

The client is `telegram.Bot`. Only what it sends through is ours: its own transport keeps a pool
of connections for each bot, bound to one event loop, that somebody would have to close.
"""

import contextlib
import hmac
import json
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx
from telegram import Bot, InlineKeyboardMarkup
from telegram.error import BadRequest, InvalidToken, TelegramError
from telegram.request import BaseRequest, RequestData

from channels.base import ChannelConfig, Fault, Kind, SendError, Sent
from channels.telegram.commands import DEFAULT, MENUS
from channels.telegram.errors import Refused, lost, meaning, refusal

API = "https://api.telegram.org"
UPDATES = ("message", "callback_query", "my_chat_member")
"""What we ask Telegram to post: all that `webhook` reads."""

_SECONDS = 20.0
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
# What the library raises over an answer it did not expect.
_MISREAD = (AttributeError, LookupError, TypeError, ValueError)
# These print addresses with the token in them: the first two at INFO, all at DEBUG.
_TELLTALES = ("httpx", "httpcore", "telegram")


class Account:
    """Settings: `bot_token`; `webhook_secret`; `api_base` (a self-hosted Bot API server);
    `timeout` in seconds of silence (20)."""

    def __init__(self, config: ChannelConfig, http: httpx.AsyncClient) -> None:
        for name in _TELLTALES:
            logging.getLogger(name).setLevel(logging.WARNING)
        settings = config.settings
        self._secret = _string(settings, "webhook_secret")
        self._token = _string(settings, "bot_token")
        transport = Transport(http, _timeout(settings))
        self._bot = Bot(
            self._token or "-",  # none makes the library raise; nothing is sent with it
            base_url=f"{(_string(settings, 'api_base') or API).rstrip('/')}/bot",
            request=transport,
            get_updates_request=transport,
        )

    def missing(self) -> tuple[str, ...]:
        """The settings without which nothing can be sent or believed."""
        wanted = {"bot_token": self._token, "webhook_secret": self._secret}
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

    async def setup(self, url: str) -> str:
        """Registers webhook and menus; says in a sentence what it did, or what is in the way."""
        if self.missing():
            return f"Not set: {' and '.join(self.missing())}. A token comes from @BotFather."
        if not _SECRET.fullmatch(self._secret):
            return "webhook_secret must be 1 to 256 of the characters A-Z, a-z, 0-9, _ and -."
        try:
            return await self._register(url)
        except TelegramError as error:
            return _told(error)
        except _MISREAD as error:
            return f"What answered is no Bot API ({type(error).__name__}): check api_base."

    async def _register(self, url: str) -> str:
        bot = await self._bot.get_me()
        await self._bot.set_webhook(url, secret_token=self._secret, allowed_updates=UPDATES)
        await self._bot.set_my_commands([*MENUS[DEFAULT].items()])
        for language, menu in MENUS.items():
            await self._bot.set_my_commands([*menu.items()], language_code=language)
        return "\n".join(
            (
                f"@{bot.username} posts to {url}: {', '.join(UPDATES)}.",
                f"Its menu of commands is set in {', '.join(MENUS)}.",
                f"Residents begin at https://t.me/{bot.username}?start=KEYWORD",
            )
        )

    def _require_token(self) -> None:
        if not self._token:
            raise SendError(Fault(Kind.CONFIG, "no token"))


class Transport(BaseRequest):
    """What the library sends through: the one httpx client of all channels, which whoever made it
    closes, with a timeout, without redirects or retries."""

    def __init__(self, http: httpx.AsyncClient, timeout: httpx.Timeout) -> None:
        self._http = http
        self._timeout = timeout

    @property
    def read_timeout(self) -> float | None:
        """Seconds of silence."""
        return self._timeout.read

    async def initialize(self) -> None:
        """Nothing: the client is open."""

    async def shutdown(self) -> None:
        """Nothing: the client is not ours to close."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        *_: object,
        **__: object,
    ) -> tuple[int, bytes]:
        """One HTTP request, in the form in which the library asks for it. Raises TelegramError."""
        try:
            answer = await self._http.request(
                method,
                url,
                data=request_data.json_parameters if request_data else None,
                headers={"User-Agent": self.USER_AGENT},
                timeout=self._timeout,
                follow_redirects=False,
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise Refused(Fault(Kind.RETRY, type(error).__name__)) from None
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise Refused(Fault(Kind.CONFIG, type(error).__name__)) from None
        except httpx.HTTPError as error:
            raise Refused(lost(error)) from None
        refused = refusal(answer)
        if refused is not None:
            raise Refused(refused)
        return answer.status_code, answer.content

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, object]:
        """As the library's own, which would log an answer that is no JSON, and with it the text."""
        try:
            read: dict[str, object] = json.loads(payload)
        except ValueError as error:
            raise Refused(lost(error)) from None
        return read


def _string(settings: Mapping[str, object], name: str) -> str:
    value = settings.get(name)
    return value if isinstance(value, str) else ""


def _timeout(settings: Mapping[str, object]) -> httpx.Timeout:
    seconds = settings.get("timeout")
    silence = float(seconds) if isinstance(seconds, int | float) else _SECONDS
    return httpx.Timeout(silence, connect=min(silence, 5.0))


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
