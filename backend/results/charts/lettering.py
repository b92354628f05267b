"""How wide words are, and where lines break. Widths are those of Liberation Sans (as Arial), a
little rounded up: vl-convert brings that font, so that a PNG has words on every machine."""

from collections.abc import Sequence

FONTS = "Liberation Sans, Arial, Helvetica, sans-serif"
TITLE, BODY, SMALL = 16, 13, 12
"""Sizes in pixels at 360 wide, the narrowest telephone."""

_NARROW = frozenset("ijlI.,:;'|!()[]/ftr-\N{NO-BREAK SPACE} ")
_WIDE = frozenset("mwMW%@…—")


def width(text: str, size: float, *, bold: bool = False) -> float:
    """About how many pixels a text takes."""
    ems = sum(_ems(letter) for letter in text)
    return ems * size * (1.07 if bold else 1.0)


def _ems(letter: str) -> float:
    if letter in _NARROW:
        return 0.34
    if letter in _WIDE:
        return 0.9
    return 0.7 if letter.isupper() else 0.57


def wrapped(text: str, room: float, size: float, *, bold: bool = False, most: int = 4) -> list[str]:
    """A text in lines of that many pixels; what does not fit into `most` is cut."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size, bold=bold) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1]} …"]
    return [clipped(line, room, size, bold=bold) for line in lines]


def clipped(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """A text cut to that many pixels; the table has it whole."""
    if width(text, size, bold=bold) <= room:
        return text
    while text and width(f"{text}…", size, bold=bold) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def flowing(widths: Sequence[float], room: float, gap: float) -> list[tuple[float, int]]:
    """Where things of these widths come to stand, one after the other: x and line."""
    places, x, line = [], 0.0, 0
    for wide in widths:
        if x and x + wide > room:
            x, line = 0.0, line + 1
        places.append((x, line))
        x += wide + gap
    return places
