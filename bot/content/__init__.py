"""What is kept of a picture or recording: the thing itself and nothing else.

Its kind is told by its content; what a sender or provider says counts for nothing. A picture is
drawn anew from its pixels; of a recording the sound is kept and everything else blanked. What is
not, from its beginning on, what it should be is refused.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bot.content.frames import amr, amr_wb, mp3
from bot.content.mp4 import sound_only
from bot.content.ogg import untagged
from bot.content.pictures import redrawn
from bot.content.refusal import ContentError

LARGEST_PICTURE = 10_000_000
LARGEST_RECORDING = 5_000_000

_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"RIFF")
_RECORDINGS: tuple[tuple[int, bytes, str, Callable[[bytes], bytes]], ...] = (
    (0, b"OggS", "audio/ogg", untagged),
    (4, b"ftyp", "audio/mp4", sound_only),
    (0, b"#!AMR\n", "audio/amr", amr),
    (0, b"#!AMR-WB\n", "audio/amr-wb", amr_wb),
    (0, b"ID3", "audio/mpeg", mp3),
    (0, b"\xff", "audio/mpeg", mp3),
)


@dataclass(frozen=True, slots=True)
class Clean:
    """A picture (always a JPEG) or recording, free of what the device or sender added."""

    media_type: str
    content: bytes


def cleaned(content: bytes) -> Clean:
    """What may be kept of it. Raises ContentError: of another kind, too large, or broken."""
    if content.startswith(_PICTURES):
        _check(content, LARGEST_PICTURE)
        return Clean("image/jpeg", redrawn(content))
    for offset, begin, media_type, clean in _RECORDINGS:
        if content.startswith(begin, offset):
            _check(content, LARGEST_RECORDING)
            return Clean(media_type, clean(content))
    raise ContentError("another kind")


def _check(content: bytes, most: int) -> None:
    if len(content) > most:
        raise ContentError("too large")


__all__ = ["LARGEST_PICTURE", "LARGEST_RECORDING", "Clean", "ContentError", "cleaned"]
