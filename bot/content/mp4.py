"""Recordings in MP4 (ISO 14496-12): the sound, and of all else only what is needed to play it.

Nothing is moved, since the file counts in offsets from its beginning: what is not listed here
becomes free space of the same length.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.content.refusal import ContentError

_INSIDE: Mapping[bytes, frozenset[bytes]] = MappingProxyType(
    {
        b"": frozenset({b"ftyp", b"moov", b"mdat"}),
        b"moov": frozenset({b"mvhd", b"trak"}),
        b"trak": frozenset({b"tkhd", b"edts", b"mdia"}),
        b"mdia": frozenset({b"mdhd", b"hdlr", b"minf"}),
        b"minf": frozenset({b"smhd", b"dinf", b"stbl"}),
        b"stbl": frozenset(
            {
                *(b"stsd", b"stts", b"stsc", b"stsz", b"stz2", b"stco", b"co64"),
                *(b"stss", b"sgpd", b"sbgp"),
            }
        ),
    }
)
"""Boxes that hold boxes, and which of these stay."""

_TIMED = frozenset({b"mvhd", b"tkhd", b"mdhd"})


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    start: int
    body: int
    end: int


def sound_only(content: bytes) -> bytes:
    """The recording without tags and times. Raises ContentError, also for a film."""
    clean = bytearray(content)
    seen = _strip(clean, b"", 0, len(clean))
    if not {b"moov", b"mdat", b"hdlr", b"stsd"} <= seen:
        raise ContentError("broken recording")
    return bytes(clean)


def _strip(clean: bytearray, outer: bytes, start: int, end: int) -> set[bytes]:
    """Strips the boxes in there; the kinds that stay."""
    seen = set()
    for box in _boxes(clean, start, end):
        if box.kind not in _INSIDE[outer]:
            clean[box.start + 4 : box.start + 8] = b"free"
            _blank(clean, box.body, box.end)
            continue
        seen.add(box.kind)
        if box.kind in _INSIDE:
            seen |= _strip(clean, box.kind, box.body, box.end)
        elif box.kind in _TIMED:
            # Made and changed when: 32 bits each, or 64 in version 1.
            wide = clean.startswith(b"\1", box.body)
            _blank(clean, box.body + 4, min(box.body + (20 if wide else 12), box.end))
        elif box.kind == b"hdlr":
            if clean[box.body + 8 : box.body + 12] != b"soun":
                raise ContentError("not only sound")
            _blank(clean, box.body + 24, box.end)
    return seen


def _boxes(clean: bytearray, start: int, end: int) -> Iterator[_Box]:
    while start < end:
        size, body = int.from_bytes(clean[start : start + 4]), start + 8
        if size == 1:
            size, body = int.from_bytes(clean[start + 8 : start + 16]), start + 16
        elif size == 0:
            size = end - start
        if size < body - start or start + size > end:
            raise ContentError("broken recording")
        yield _Box(bytes(clean[start + 4 : start + 8]), start, body, start + size)
        start += size


def _blank(clean: bytearray, start: int, end: int) -> None:
    clean[start:end] = bytes(max(end - start, 0))
