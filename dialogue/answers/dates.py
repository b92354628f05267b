"""Dates as people write them: ISO, numbers in the country's order, a named month, today."""

import re
from datetime import date, timedelta

from dialogue.answers.normalise import fold_word
from dialogue.locale import Words

_ISO = re.compile(r"([0-9]{4})[-/. ]([0-9]{1,2})[-/. ]([0-9]{1,2})")
_NUMBERS = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4}|[0-9]{2})")
_NAMED = re.compile(r"([0-9]{1,2})\w{0,2} (?:de )?([^\W\d]+)\.?,? (?:de )?([0-9]{4})")
_MONTH_FIRST = frozenset({"US", "PH"})


def read_date(text: str, words: Words, country: str, today: date) -> date | None:
    """The day that the folded text is, or None: impossible and partial dates are not read.

    `country` decides the order of day and month; a two-digit year is at most ten years ahead.
    """
    if words.says("today", text):
        return today
    if words.says("yesterday", text):
        return today - timedelta(days=1)
    if iso := _ISO.fullmatch(text):
        return _day(int(iso[1]), int(iso[2]), int(iso[3]))
    if named := _NAMED.fullmatch(text):
        return _day(int(named[3]), _month(named[2], words), int(named[1]))
    if numbers := _NUMBERS.fullmatch(text):
        first, second = int(numbers[1]), int(numbers[2])
        day, month = (second, first) if country in _MONTH_FIRST else (first, second)
        return _day(_year(numbers[3], today), month, day)
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month(name: str, words: Words) -> int:
    """The month a name or its first three letters stand for; 0 where none or several do."""
    months = [fold_word(month) for month in words.replies.get("months", ())]
    found = [n for n, month in enumerate(months, 1) if month == name or month[:3] == name]
    return found[0] if len(found) == 1 else 0


def _year(digits: str, today: date) -> int:
    if len(digits) == 4:
        return int(digits)
    year = today.year // 100 * 100 + int(digits)
    return year if year <= today.year + 10 else year - 100
