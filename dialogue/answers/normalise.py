"""Text made comparable. For matching only: what a resident wrote is kept untouched."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

LONGEST = 4000
"""Characters read of one message; channels cut at the border, this is the second fence."""

_QUOTES = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "´": "'", "`": "'", "“": '"', "”": '"', "…": "..."}
)
_ENDS = " \t\r\n.,;:!?¡¿\"'()[]{}<>*_~#-–—/\\|"
_MARKED = str.maketrans({"*": None, "~": None, "_": " "})
"""What a phone's markdown puts around words."""
_SPACE = re.compile(r"\s+")
_SQUARED_FROM = (0x1F150, 0x1F170)
"""Where the white-on-black circled and squared A stand, which the compatibility form leaves."""
_SKIN = range(0x1F3FB, 0x1F400)
_OTHER_LETTERS = str.maketrans(
    {"ی": "ي", "ى": "ي", "ک": "ك", "ـ": None, "ٱ": "ا", "ı": "i", "ø": "o", "ł": "l", "🆗": "ok"}
    | {"🔟": "10"}
)
LEAST_APART = 3
"""Single letters that are a word set apart, where there is nothing else."""

_WHOLE_UP_TO = 20
"""Circled numbers go so far."""


def clean(text: str) -> str:
    """Compatibility form with digits of every script as ASCII, no marks that cannot be seen."""
    text = text[:LONGEST]
    if text.isascii() and text.isprintable():  # most texts: the same, sooner
        return _SPACE.sub(" ", text.replace("`", "'")).strip()
    # Before the compatibility form, which makes a space and an accent of a lone accent.
    text = unicodedata.normalize("NFKC", text.translate(_QUOTES)).translate(_QUOTES)
    text = text[:LONGEST].translate(_OTHER_LETTERS)  # one sign may have become eighteen
    seen = (
        _plain(c)
        for c in text
        if c.isspace()
        or not (unicodedata.category(c) in ("Cf", "Cc", "Mn", "Me") or ord(c) in _SKIN)
    )
    return _SPACE.sub(" ", "".join(seen)).strip()


def fold(text: str) -> str:
    """`clean` text without case, accents, markdown and punctuation at its ends: "¡Sí!" becomes
    "si"."""
    seen = clean(text).casefold().translate(_MARKED)
    if not seen.isascii():
        plain = unicodedata.normalize("NFKD", seen)
        seen = "".join(c for c in plain if not unicodedata.combining(c))
    return _unspaced(_SPACE.sub(" ", seen).strip(_ENDS))


def _unspaced(text: str) -> str:
    """A word whose letters were all set apart ("y e s") as the word."""
    letters = text.split(" ")
    apart = len(letters) >= LEAST_APART and all(len(c) == 1 and c.isalpha() for c in letters)
    return "".join(letters) if apart else text


SHORTEST_STEM = 3
"""Letters that stay before an ending."""


def without_ending(word: str, endings: Sequence[str]) -> str:
    """The word without the longest of these endings, if enough of it stays."""
    fitting = [e for e in endings if word.endswith(e) and len(word) - len(e) >= SHORTEST_STEM]
    return word[: len(word) - max(map(len, fitting))] if fitting else word


@lru_cache(maxsize=20_000)
def fold_word(word: str) -> str:
    """`fold` for the words of surveys, cities and locales, which come again with every reply. Never
    for what a resident wrote: it would stay in memory."""
    return fold(word)


def _plain(char: str) -> str:
    """A digit of any script or in a circle as ASCII, a squared letter as the letter."""
    if char.isascii():
        return char
    number = unicodedata.numeric(char, -1)
    if number == int(number) and 0 <= number <= _WHOLE_UP_TO and not char.isalpha():
        return str(int(number))
    code = ord(char)
    for first in _SQUARED_FROM:
        if first <= code < first + 26:
            return chr(ord("A") + code - first)
    return char
