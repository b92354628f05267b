"""Voice notes: Opus in Ogg (RFC 3533, RFC 7845), without their tags."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.content.refusal import ContentError

_HEADER = 27
_CHECKSUM = slice(22, 26)
_BEGINS = 2
_NO_TAGS = b"OpusTags" + bytes(8)
"""A maker's name of no letters, and no tags; what follows up to the packet's end is padding."""


@dataclass(frozen=True, slots=True)
class _Page:
    """Where a page lies; `body` is behind its header and lacing."""

    start: int
    body: int
    end: int
    begins: bool
    stream: bytes
    lacing: bytes


def untagged(content: bytes) -> bytes:
    """The same sound with the tags blanked in place. Only one stream is taken, and nothing behind
    its last whole page. Raises ContentError."""
    pages = list(_pages(content))
    if len(pages) < 3 or not content.startswith(b"OpusHead", pages[0].body):
        raise ContentError("no voice note")
    first, *others = pages
    if any(page.begins or page.stream != first.stream for page in others):
        raise ContentError("several streams")
    tagged = others[: next((n for n, page in enumerate(others, 1) if _ends(page)), 0)]
    if not content.startswith(b"OpusTags", others[0].body) or len(tagged) in (0, len(others)):
        raise ContentError("broken recording")
    clean = bytearray(content[: pages[-1].end])
    left = _NO_TAGS
    for page in tagged:
        room = page.end - page.body
        clean[page.body : page.end] = left[:room].ljust(room, b"\0")
        left = left[room:]
        clean[page.start : page.end] = _summed(clean[page.start : page.end])
    if left:
        raise ContentError("broken recording")
    return bytes(clean)


def _pages(content: bytes) -> Iterator[_Page]:
    """The whole pages from the beginning on."""
    start = 0
    while content.startswith(b"OggS\0", start) and start + _HEADER <= len(content):
        body = start + _HEADER + content[start + 26]
        lacing = content[start + _HEADER : body]
        end = body + sum(lacing)
        if end > len(content):
            return
        begins = bool(content[start + 5] & _BEGINS)
        yield _Page(start, body, end, begins, content[start + 14 : start + 18], lacing)
        start = end


def _ends(page: _Page) -> bool:
    """Whether the packet that the page began or went on with ends with it, as a packet of tags
    must."""
    return bool(page.lacing) and page.lacing[-1] < 255 and all(n == 255 for n in page.lacing[:-1])


# --- a page's checksum -----------------------------------------------------------------------
def _row(n: int) -> int:
    value = n << 24
    for _ in range(8):
        value = (value << 1) ^ (0x04C11DB7 if value & 0x80000000 else 0)
    return value & 0xFFFFFFFF


_TABLE = tuple(map(_row, range(256)))


def _summed(page: bytearray) -> bytearray:
    """The page with its checksum made anew."""
    page[_CHECKSUM] = bytes(4)
    value = 0
    for byte in page:
        value = ((value << 8) & 0xFFFFFFFF) ^ _TABLE[(value >> 24) ^ byte]
    page[_CHECKSUM] = value.to_bytes(4, "little")
    return page
