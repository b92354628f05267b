"""Dates as people write them: ISO, numbers in the country's order, a named month, "3 days ago".

Only a whole, possible and certain day is read; a month alone, or a weekday that may be one of two,
is told apart from text that is no date, so that the question back can say what lacks.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta
from enum import StrEnum

from dialogue.answers.normalise import fold
from dialogue.answers.numerals import cardinal, ordinal
from dialogue.locale import Words

MONTH_FIRST = frozenset({"US", "PH"})
"""Countries that write 11/24/2026; the others write 24/11/2026."""

YEARS_AHEAD = 10
"""A two-digit year is at most so many years ahead, else of the century before."""

LONGEST_REPLY = 200
_ISO = re.compile(r"([0-9]{4})[-/. ]([0-9]{1,2})[-/. ]([0-9]{1,2})")
_NUMBERS = re.compile(r"([0-9]{1,2})\s?[-/. ]\s?([0-9]{1,2})(?:\s?[-/. ]\s?([0-9]{4}|[0-9]{2}))?")
_CLOCK = re.compile(
    r"[ ,]+(?:at |a las |om |around |about )?[0-9]{1,2}(?:[:h][0-9]{2})? ?(?:[ap]m|hrs)?"
)
_TIMED = re.compile(r"[:h]|[ap]m|hrs| at | a las | om ")
_PIECE = re.compile(r"[0-9]+|[^\W\d_]+(?:'[^\W\d_]+)*")
_ALLOWED = re.compile(r"[\w\s.,/'-]*")


class Lack(StrEnum):
    """Why a text that is about a day is not one: parts are missing, or it may be several days."""

    PARTIAL = "partial"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Day:
    """A day that was read, and the rule."""

    date: date
    rule: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """What a day depends on: the languages in order of preference, the country's order of day and
    month, the resident's date, and whether the day asked for has passed."""

    languages: Sequence[Words]
    country: str
    today: date
    past: bool = False


def read_date(said: str, calendar: Calendar) -> Day | Lack | None:
    """The day that a reply is; what it lacks; or None where it is no date."""
    text = fold(said)
    if len(text) > LONGEST_REPLY or "?" in said or not _ALLOWED.fullmatch(_untimed(text)):
        return None
    text = _bare(_untimed(text), calendar.languages)
    return (
        _by_numbers(text, calendar)
        or _relative(text, calendar)
        or _weekday(text, calendar)
        or _named(text, calendar)
    )


def _untimed(text: str) -> str:
    """The text without a time of day behind the date."""
    for found in _CLOCK.finditer(text):
        if found.end() == len(text) and _TIMED.search(f"{found[0]} "):
            return text[: found.start()]
    return text


def _bare(text: str, languages: Sequence[Words]) -> str:
    """Without polite and linking words in front ("it was on the") and polite ones behind."""
    words = text.split(" ")
    skipped = {word for language in languages for word in _around(language)}
    polite = {word for language in languages for word in language.polite}
    known = {phrase for language in languages for phrase in _phrases(language)}
    at = 0
    while at < len(words) - 1 and " ".join(words[at:]) not in known and words[at] in skipped:
        at += 1
    words = words[at:]
    while len(words) > 1 and words[-1].strip(".,") in polite and " ".join(words) not in known:
        words.pop()
    return " ".join(words).strip(" ,.")


def _around(language: Words) -> Iterable[str]:
    listed = language.numerals.days.get("around", ())
    yield from (word for phrase in listed for word in fold(phrase).split())
    yield from language.polite


def _phrases(language: Words) -> Iterable[str]:
    for key in ("today", "yesterday", "day_before", "tomorrow"):
        yield from _said(language, key)


def _said(language: Words, key: str) -> frozenset[str]:
    days = language.numerals.days.get(key, ())
    return frozenset(map(fold, days)) | language.folded.get(key, frozenset())


# --- in digits only ------------------------------------------------------------------------------
def _by_numbers(text: str, calendar: Calendar) -> Day | Lack | None:
    if iso := _ISO.fullmatch(text):
        return _whole(int(iso[1]), int(iso[2]), int(iso[3]), "iso")
    found = _NUMBERS.fullmatch(text)
    if found is None:
        return Lack.PARTIAL if text.isdigit() and len(text) in (1, 2, 4) else None
    first, second = int(found[1]), int(found[2])
    month_first = calendar.country in MONTH_FIRST
    if first > 12 or second > 12:
        month_first = second > 12
    elif not calendar.country and first != second:
        return Lack.UNCLEAR
    day, month = (second, first) if month_first else (first, second)
    if found[3] is None:
        return _without_year(month, day, calendar, "date")
    return _whole(_year(found[3], calendar.today), month, day, "date")


def _year(digits: str, today: date) -> int:
    if len(digits) == 4:
        return int(digits)
    year = today.year // 100 * 100 + int(digits)
    return year if year <= today.year + YEARS_AHEAD else year - 100


def _whole(year: int, month: int, day: int, rule: str) -> Day | None:
    try:
        return Day(date(year, month, day), rule)
    except ValueError:
        return None


def _without_year(month: int, day: int, calendar: Calendar, rule: str) -> Day | Lack | None:
    """For a day that has passed, the last of that name; else it may be this year or the next."""
    if _whole(2000, month, day, rule) is None:
        return None
    if not calendar.past:
        return Lack.PARTIAL
    year = calendar.today.year
    this_year = _whole(year, month, day, rule)
    if this_year is not None and this_year.date <= calendar.today:
        return this_year
    return _whole(year - 1, month, day, rule)


# --- beside today --------------------------------------------------------------------------------
def _relative(text: str, calendar: Calendar) -> Day | Lack | None:
    for key, days in (("today", 0), ("yesterday", 1), ("day_before", 2), ("tomorrow", -1)):
        if any(text in _said(language, key) for language in calendar.languages):
            return _before(calendar.today, days)
    for language in calendar.languages:
        counted = _ago(text, language, calendar)
        if counted is not None:
            return counted
    return None


def _ago(text: str, language: Words, calendar: Calendar) -> Day | Lack | None:
    """ "3 days ago" is a day; "2 weeks ago" is about one."""
    words = text.split()
    numerals = language.numerals
    rest = _cut(words, numerals.days.get("ago", ()), numerals.days.get("ago_before", ()))
    if rest is None:
        return None
    units = [word for word in rest if word in numerals.unit_of]
    counted = [word for word in rest if word not in numerals.unit_of]
    if len(units) != 1:
        return None
    number = cardinal(" ".join(counted), calendar.languages) if counted else None
    if numerals.unit_of[units[0]] != "day" or number is None:
        return Lack.UNCLEAR
    return _before(calendar.today, number)


def _cut(words: list[str], behind: Iterable[str], before: Iterable[str]) -> list[str] | None:
    """The words without "ago" behind or before them; None where there is none."""
    for phrase in map(str.split, map(fold, behind)):
        if len(words) > len(phrase) and words[-len(phrase) :] == phrase:
            return words[: -len(phrase)]
    for phrase in map(str.split, map(fold, before)):
        if words[: len(phrase)] == phrase:
            return words[len(phrase) :]
    return None


def _before(today: date, days: int) -> Day | None:
    number = today.toordinal() - days
    if not date(MINYEAR, 1, 1).toordinal() <= number <= date(MAXYEAR, 12, 31).toordinal():
        return None
    return Day(today - timedelta(days=days), "relative day")


def _weekday(text: str, calendar: Calendar) -> Day | Lack | None:
    """A weekday alone is the last one, if the day has passed; "last Friday" only where Friday was
    in the week before, else it may be either of two."""
    words = text.split()
    for numerals in (language.numerals for language in calendar.languages):
        last = _cut(words, numerals.days.get("last", ()), numerals.days.get("last", ()))
        name = " ".join(words if last is None else last)
        if name not in numerals.weekday_of:
            continue
        back = (calendar.today.isoweekday() - numerals.weekday_of[name]) % 7
        this_week = 0 < back < calendar.today.isoweekday()
        certain = back > 0 and (calendar.past if last is None else not this_week)
        return Day(calendar.today - timedelta(days=back), "weekday") if certain else Lack.UNCLEAR
    return None


# --- with a named month --------------------------------------------------------------------------
def _named(text: str, calendar: Calendar) -> Day | Lack | None:
    numbers: list[str] = []
    months: list[int] = []
    month_at = 0
    weekdays: list[int] = []
    pieces = _PIECE.findall(text)
    for at, piece in enumerate(pieces):
        month = 0 if piece.isdigit() else _month(piece, calendar.languages)
        number = _number(piece, calendar.languages)
        if month:
            months.append(month)
            month_at = len(numbers)
        elif number is not None:
            numbers.append(number)
        elif not _is_linking(piece, pieces[at - 1] if at else "", calendar.languages):
            weekday = _named_weekday(piece, calendar.languages)
            if not weekday:
                return None
            weekdays.append(weekday)
    if len(months) != 1 or len(numbers) > 2 or len(weekdays) > 1:
        return Lack.UNCLEAR if len(set(months)) > 1 else None
    found = _with_month(numbers, months[0], month_at, calendar)
    if isinstance(found, Day) and weekdays and found.date.isoweekday() != weekdays[0]:
        return Lack.UNCLEAR
    return found


def _with_month(
    numbers: list[str], month: int, month_at: int, calendar: Calendar
) -> Day | Lack | None:
    if len(numbers) < 1 or (len(numbers) == 1 and len(numbers[0]) > 2):
        return Lack.PARTIAL
    if len(numbers) == 1:
        could_be_year = month_at == 0 and int(numbers[0]) > 12
        if could_be_year and int(numbers[0]) <= calendar.today.year % 100:
            return Lack.UNCLEAR
        return _without_year(month, int(numbers[0]), calendar, "named month")
    year, day = (numbers[1], numbers[0]) if len(numbers[0]) <= 2 else (numbers[0], numbers[1])
    if len(year) not in (2, 4) or len(day) > 2:
        return None
    return _whole(_year(year, calendar.today), month, int(day), "named month")


def _number(piece: str, languages: Sequence[Words]) -> str | None:
    """A day or year in digits; a day in words, as digits."""
    if piece.isdigit():
        return piece
    number = ordinal(piece, languages) or cardinal(piece, languages)
    return str(number) if number and number <= 31 else None


def _month(name: str, languages: Sequence[Words]) -> int:
    """The month a name, its first three letters or more, or a name with one slip stands for; 0
    where none or several do."""
    for numerals in (language.numerals for language in languages):
        if name in numerals.month_of:
            return numerals.month_of[name]
    for numerals in (language.numerals for language in languages):
        begun = {
            n for word, n in numerals.month_of.items() if len(name) > 2 and word.startswith(name)
        }
        if len(begun) == 1:
            return begun.pop()
    return 0


def _named_weekday(name: str, languages: Sequence[Words]) -> int:
    found = (language.numerals.weekday_of.get(name) for language in languages)
    return next((day for day in found if day), 0)


def _is_linking(piece: str, before: str, languages: Sequence[Words]) -> bool:
    """A word between the parts of a date, or what makes a day of digits an ordinal ("24th")."""
    if before.isdigit() and any(piece in language.numerals.suffixes for language in languages):
        return True
    return any(piece in set(_around(language)) for language in languages)
