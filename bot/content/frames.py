"""Recordings that are a row of frames: MP3 and AMR.

Only whole frames are kept, from the first up to whatever is none: tags stand before and behind.
"""

from collections.abc import Callable

from bot.content.refusal import ContentError

_FEWEST = 2
"""Frames in a row that make it likely that they are some."""

# --- MP3 (ISO 11172-3, 13818-3): layer III in its three versions -------------------------------
_KILOBITS_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KILOBITS_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_HERTZ = (44_100, 48_000, 32_000)
_SLOWER = {3: 1, 2: 2, 0: 4}
"""What an MPEG version (as the frame's bits say it) divides the rates by."""


def mp3(content: bytes) -> bytes:
    """The frames without ID3, APE and other tags. Raises ContentError."""
    return _row(content, _behind_id3(content), _mp3_length)


def _behind_id3(content: bytes) -> int:
    start = 0
    while content.startswith(b"ID3", start) and len(content) >= start + 10:
        size = 0
        for byte in content[start + 6 : start + 10]:
            size = size << 7 | byte & 0x7F
        start += 10 + size + (10 if content[start + 5] & 0x10 else 0)
    return len(content) - len(content[start:].lstrip(b"\0"))


def _mp3_length(content: bytes, at: int) -> int:
    """Bytes of the frame there; 0 if there is none."""
    head = content[at : at + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return 0
    version, rate, pitch = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version not in _SLOWER or rate in (0, 15) or pitch == 3:
        return 0
    kilobits = (_KILOBITS_1 if version == 3 else _KILOBITS_2)[rate]
    hertz = _HERTZ[pitch] // _SLOWER[version]
    return (144 if version == 3 else 72) * kilobits * 1000 // hertz + (head[2] >> 1 & 1)


# --- AMR (RFC 4867): the frame's first byte names its length -----------------------------------
_NARROW = (13, 14, 16, 18, 20, 21, 27, 32, 6, 0, 0, 0, 0, 0, 0, 1)
_WIDE = (18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 0, 0, 0, 0, 1, 1)


def amr(content: bytes) -> bytes:
    """The file up to the last whole frame. Raises ContentError."""
    return b"#!AMR\n" + _row(content, 6, lambda c, at: _amr_length(c, at, _NARROW))


def amr_wb(content: bytes) -> bytes:
    """The same, of its wide-band kind."""
    return b"#!AMR-WB\n" + _row(content, 9, lambda c, at: _amr_length(c, at, _WIDE))


def _amr_length(content: bytes, at: int, lengths: tuple[int, ...]) -> int:
    first = content[at] if at < len(content) else 0x80
    return 0 if first & 0x83 else lengths[first >> 3 & 15]


def _row(content: bytes, start: int, length: Callable[[bytes, int], int]) -> bytes:
    """The frames from `start` on."""
    at, n = start, 0
    while (size := length(content, at)) and at + size <= len(content):
        at, n = at + size, n + 1
    if n < _FEWEST:
        raise ContentError("broken recording")
    return content[start:at]
