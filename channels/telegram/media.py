"""Pictures, recordings and files in a message: what Telegram needs to hand them over."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from telegram import Message, PhotoSize, Sticker

from channels.base import Media


def media_of(message: Message) -> tuple[Media, ...]:
    """What came with a message besides text and place. A message has one of them at most; a service
    message (a pinned one, say) has none. The reference is Telegram's file id; content that is no
    file, such as dice, or that is newer than the library, has none."""
    for name, read in _FILES.items():
        if content := getattr(message, name, None):
            return (read(content),)
    return (Media(""),) if any(_has(message, name) for name in _OTHERS) else ()


def _largest(sizes: tuple[PhotoSize, ...]) -> Media:
    """Of a photo Telegram keeps several sizes, all JPEG."""
    return _media(max(sizes, key=lambda size: size.width * size.height).file_id, "image/jpeg")


def _sticker(sticker: Sticker) -> Media:
    if sticker.is_animated:
        return _media(sticker.file_id, "application/x-tgsticker")
    return _media(sticker.file_id, "video/webm" if sticker.is_video else "image/webp")


def _of(usual: str) -> Callable[[Any], Media]:
    """Reads a file of the type that its sender says, else of the usual one."""

    def read(file: Any) -> Media:
        said = getattr(file, "mime_type", None)
        return _media(file.file_id, said if isinstance(said, str) and said else usual)

    return read


def _media(file_id: Any, media_type: str) -> Media:
    """Raises TypeError for an id that is none: the library does not look."""
    if not isinstance(file_id, str):
        raise TypeError("the id of a file is no string")
    return Media(file_id, media_type)


_FILES: Mapping[str, Callable[[Any], Media]] = MappingProxyType(
    {
        "photo": _largest,
        "voice": _of("audio/ogg"),
        "audio": _of("audio/mpeg"),
        "video": _of("video/mp4"),
        "video_note": _of("video/mp4"),
        "animation": _of("video/mp4"),  # before `document`, under which it comes too
        "document": _of(""),
        "sticker": _sticker,
    }
)
_OTHERS = (
    "checklist", "contact", "dice", "game", "live_photo", "paid_media", "poll", "rich_message",
    "story", *_FILES,
)  # fmt: skip


def _has(message: Message, name: str) -> bool:
    """Whether there is content of this kind, be it newer than the library."""
    return bool(getattr(message, name, None)) or name in message.api_kwargs
