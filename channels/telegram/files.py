"""Fetches a file that came with a message."""

from telegram import Bot, File
from telegram.error import BadRequest, TelegramError

from channels.base import FetchError, Kind
from channels.client import CLIENT_ERRORS, Client, Timeout, silence, what
from channels.telegram.errors import meaning

GONE = ("file is too big", "invalid file", "wrong file identifier", "wrong remote file")
"""Parts of Telegram's sentences, in lower case, for a file that will never come. It is too big over
20 MB, unless the Bot API server is self-hosted. Source: Bot API, `getFile`."""


async def download(bot: Bot, http: Client, seconds: float, reference: str, most: int) -> bytes:
    """The content of a file, read no further than `most` bytes.

    Telegram hands out an address by the file's id, good for an hour, with the token in it: it is
    asked for anew each time, and nothing raised here holds it. Raises FetchError.
    """
    if not reference:
        raise FetchError("nothing that could be fetched", final=True)
    file = await _file(bot, reference)
    if (file.file_size or 0) > most:
        raise FetchError("too large", final=True)
    # A self-hosted server in its local mode names a path on its own disk.
    if not (file.file_path or "").startswith(bot.base_file_url):
        raise FetchError("no address", final=False)
    try:
        return await _read(http, str(file.file_path), silence(seconds), most)
    except CLIENT_ERRORS as error:
        raise FetchError(what(error), final=False) from None


async def _file(bot: Bot, reference: str) -> File:
    """What Telegram knows of a file, and where it is for now."""
    try:
        return await bot.get_file(reference)
    except BadRequest as error:
        said = error.message.lower()
        final = any(sentence in said for sentence in GONE)
        raise FetchError("refused", final=final) from None
    except TelegramError as error:
        fault = meaning(error)
        raise FetchError(fault.code, final=fault.kind is Kind.DEAD) from None
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise FetchError(type(error).__name__, final=False) from None


async def _read(http: Client, url: str, timeout: Timeout, most: int) -> bytes:
    content = bytearray()
    async with http.stream(url, timeout=timeout) as answer:
        if answer.status != 200:
            raise FetchError(str(answer.status), final=False)
        if answer.headers.get("content-encoding", "identity") != "identity":
            raise FetchError("compressed", final=False)
        async for piece in answer.content.iter_any():
            content += piece
            if len(content) > most:
                raise FetchError("too large", final=True)
    return bytes(content)
