"""Text made comparable. For matching only: what a resident wrote is kept untouched."""

import re
import unicodedata

LONGEST = 4000
"""Characters read of one message; channels cut at the border, this is the second fence."""

_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "“": '"', "”": '"', "…": "..."})
_ENDS = " \t\r\n.,;:!?¡¿\"'()[]{}<>*_~#-–—/\\|"
_SPACE = re.compile(r"\s+")


def clean(text: str) -> str:
    """Compatibility form with digits of every script as ASCII, no marks that cannot be seen."""
    text = unicodedata.normalize("NFKC", text[:LONGEST]).translate(_QUOTES)
    seen = (
        _ascii_digit(c)
        for c in text
        if unicodedata.category(c) not in ("Cf", "Cc", "Mn", "Me") or c.isspace()
    )
    return _SPACE.sub(" ", "".join(seen)).strip()


def fold(text: str) -> str:
    """`clean` text without case, accents and punctuation at its ends: "¡Sí!" becomes "si"."""
    plain = unicodedata.normalize("NFKD", clean(text).casefold())
    return "".join(c for c in plain if not unicodedata.combining(c)).strip(_ENDS)


def _ascii_digit(char: str) -> str:
    if char.isascii():
        return char
    digit = unicodedata.digit(char, None)
    return char if digit is None else str(digit)
