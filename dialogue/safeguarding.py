"""Danger first: looked at before anything but whole-message commands sees the text.

Now the city's safe word; the risk classes with their phrase lists per language join here.
"""

from dialogue.answers.normalise import fold, fold_word
from dialogue.desk import City


def is_safe_word(text: str, city: City) -> bool:
    """Whether the whole message is the city's safe word."""
    return bool(city.safe_word) and fold(text) == fold_word(city.safe_word)


def numbers(city: City) -> str:
    """Every helpline of the city as one short line, without a word on what each is for: the phone
    may be shared, and the reader may be watched."""
    return ", ".join(dict.fromkeys(helpline.number for helpline in city.helplines))
