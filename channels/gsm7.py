"""The alphabet of SMS: what a text costs in it, and how a text is brought into it."""

import unicodedata
from collections.abc import Sequence
from typing import Literal

from channels.base import Fold

# GSM 03.38; a character of the second table costs two septets.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")
_GSM7 = _BASIC | _EXTENSION


def encoding(text: str) -> Literal["GSM-7", "UCS-2"]:
    """How a phone network writes the text: one character outside GSM-7 makes all of it UCS-2."""
    return "GSM-7" if _GSM7.issuperset(text) else "UCS-2"


# --- segments ------------------------------------------------------------------------------------
def segments(text: str) -> int:
    """How many SMS segments the text is billed as (at least 1).

    GSM-7: 160 septets, or 153 in each of several; UCS-2: 70 UTF-16 units, or 67. A character of two
    septets or two units is never split. Oracle: Twilio's `sms-segments-calculator`, which differs
    only in keeping emoji of several code points whole.
    """
    if encoding(text) == "GSM-7":
        if _EXTENSION.isdisjoint(text):
            return _count_even(len(text), 160, 153)
        return _count([2 if character in _EXTENSION else 1 for character in text], 160, 153)
    if max(text) <= "\uffff":
        return _count_even(len(text), 70, 67)
    return _count([2 if character > "\uffff" else 1 for character in text], 70, 67)


def _count_even(length: int, alone: int, each: int) -> int:
    """Of characters that cost one unit each."""
    return 1 if length <= alone else -(-length // each)


def _count(costs: list[int], alone: int, each: int) -> int:
    if sum(costs) <= alone:
        return 1
    count, room = 1, each
    for cost in costs:
        if cost > room:
            count, room = count + 1, each
        room -= cost
    return count


# --- folding -------------------------------------------------------------------------------------
_TYPOGRAPHIC = {
    **dict.fromkeys(map(ord, "‘’‚‛ʹʻʼʽˈ′‵`´"), "'"),
    **dict.fromkeys(map(ord, "“”„‟″«»"), '"'),
    **dict.fromkeys(map(ord, "‐‑‒–—―−•"), "-"),
    **dict.fromkeys(map(ord, "\t\u00a0\u1680\u202f\u205f\u3000"), " "),
    **dict.fromkeys(range(0x2000, 0x200B), " "),
    # Marks that nobody sees: soft hyphen, zero width, direction.
    **dict.fromkeys((0xAD, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF), ""),
    **dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), ""),
    ord("…"): "...",
    ord("ŉ"): "'n",
}
_LETTERS = {"œ": "oe", "Œ": "OE", "º": "o", "ª": "a"}
"""Letters that have no accent to lose."""


def fold(texts: Sequence[str], how: Fold) -> tuple[str, ...]:
    """The texts of one message in letters of GSM-7, with as little change as makes them so: first
    quotes, dashes and spaces, then (`accents`) the accents that GSM-7 lacks; é, ñ, ü, à, ¿ stay.
    Texts that nothing makes so (another script, an emoji) are as they were: they cost the same.

    Source of the order: measured on sentences of 19 languages, Spanish 2.6 segments to 1.4,
    Afrikaans 2.1 to 1.3.
    """
    if how == "none" or _all_gsm7(texts):
        return tuple(texts)
    plain = tuple(unicodedata.normalize("NFC", text).translate(_TYPOGRAPHIC) for text in texts)
    if how == "accents" and not _all_gsm7(plain):
        plain = tuple("".join(map(_bare, text)) for text in plain)
    return plain if _all_gsm7(plain) else tuple(texts)


def _all_gsm7(texts: Sequence[str]) -> bool:
    return all(map(_GSM7.issuperset, texts))


def _bare(character: str) -> str:
    """A character without the accents that GSM-7 lacks."""
    if character in _GSM7:
        return character
    if character in _LETTERS:
        return _LETTERS[character]
    parts = unicodedata.normalize("NFD", character)
    return "".join(part for part in parts if not unicodedata.combining(part))
