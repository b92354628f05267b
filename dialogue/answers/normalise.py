"""Text made comparable. For matching only: what a resident wrote is kept untouched."""

import re
import unicodedata
from functools import lru_cache

LONGEST = 4000
"""Characters read of one message; channels cut at the border, this is the second fence."""

_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "“": '"', "”": '"', "…": "..."})
_ENDS = " \t\r\n.,;:!?¡¿\"'()[]{}<>*_~#-–—/\\|"
_SPACE = re.compile(r"\s+")


def clean(text: str) -> str:
    """Compatibility form with digits of every script as ASCII, no marks that cannot be seen."""
    text = text[:LONGEST]
    if text.isascii() and text.isprintable():  # most texts: the same, sooner
        return _SPACE.sub(" ", text.replace("`", "'")).strip()
    text = unicodedata.normalize("NFKC", text).translate(_QUOTES)
    seen = (
        _ascii_digit(c)
        for c in text
        if unicodedata.category(c) not in ("Cf", "Cc", "Mn", "Me") or c.isspace()
    )
    return _SPACE.sub(" ", "".join(seen)).strip()


def fold(text: str) -> str:
    """`clean` text without case, accents and punctuation at its ends: "¡Sí!" becomes "si"."""
    seen = clean(text).casefold()
    if seen.isascii():
        return seen.strip(_ENDS)
    plain = unicodedata.normalize("NFKD", seen)
    return "".join(c for c in plain if not unicodedata.combining(c)).strip(_ENDS)


@lru_cache(maxsize=20_000)
def fold_word(word: str) -> str:
    """`fold` for the words of surveys, cities and locales, which come again with every reply. Never
    for what a resident wrote: it would stay in memory."""
    return fold(word)


def _ascii_digit(char: str) -> str:
    if char.isascii():
        return char
    digit = unicodedata.digit(char, None)
    return char if digit is None else str(digit)
