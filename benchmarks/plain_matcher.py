"""What a flow bot's usual rules make of a reply, to compare with: numbers anywhere, words anywhere,
yes or no at the beginning, upper and lower case alike.

Our own words and code, as a careful author would set such rules up: an option's code before its
words, whole labels before single words, long labels first, and a single word only where it occurs
in one option alone. No padding, negation, typos, number words, several languages or special answers
beyond the options; the list of yes and no is the locale's.
"""

import re
from collections.abc import Sequence
from datetime import date

from dialogue.answers.places import Area
from dialogue.events import Reply
from dialogue.locale import Locale
from dialogue.outcomes import Answered, Empty, NotUnderstood, Outcome, OutOfRange
from dialogue.questions import Option, Question, Reading

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_WORD = re.compile(r"[\w']+")
_DAY_FIRST = re.compile(r"\b([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4}|[0-9]{2})\b")
_YEAR_FIRST = re.compile(r"\b([0-9]{4})[-/. ]([0-9]{1,2})[-/. ]([0-9]{1,2})\b")


def read(question: Question, reply: Reply, reading: Reading) -> Outcome:
    """What the rules record, or the question once more."""
    if question.kind == "photo":
        return Answered("sent", "media") if reply.media else NotUnderstood()
    text = reply.said.strip()
    if not text:
        return Empty()
    match question.kind:
        case "select_one":
            return _one(text, question.options, reading.locale)
        case "yes_no":
            return _yes_no(text, question.options, reading.locale)
        case "select_many" | "rank":
            return _many(text, question.options, reading.locale)
        case "numeric" | "age" | "scale":
            return _number(text, question)
        case "date":
            return _date(text)
        case "location":
            return _place(text, tuple(reading.gazetteer.areas.values()))
        case _:
            return Answered(text, "text", sealed=True)


def _one(text: str, options: Sequence[Option], locale: Locale) -> Outcome:
    for number in _NUMBER.findall(text):
        for option in options:
            if option.code == number:
                return Answered(option.name, "number anywhere")
    found = _labelled(text, options, locale) or _any_word(text, options, locale)
    return Answered(found.name, "words anywhere") if found else NotUnderstood()


def _labelled(text: str, options: Sequence[Option], locale: Locale) -> Option | None:
    """The option with the longest label or synonym among the words said."""
    said = _spaced(text)
    phrases = [(phrase, o) for o in options for phrase in _phrases(o, locale)]
    for phrase, option in sorted(phrases, key=lambda pair: len(pair[0]), reverse=True):
        if _spaced(phrase) in said:
            return option
    return None


def _any_word(text: str, options: Sequence[Option], locale: Locale) -> Option | None:
    """The first option with a word said that no other option has."""
    said = set(_words(text))
    for option in options:
        others = {w for o in options if o is not option for w in _words_of(o, locale)}
        if said & (_words_of(option, locale) - others):
            return option
    return None


def _yes_no(text: str, options: Sequence[Option], locale: Locale) -> Outcome:
    said = _spaced(text)
    for name in ("yes", "no"):
        for word in locale.words.replies.get(name, ()):
            if said.startswith(_spaced(word)):
                return Answered(name, "beginning")
    return _one(text, options, locale)


def _many(text: str, options: Sequence[Option], locale: Locale) -> Outcome:
    """Every option whose number or label is there, in the order said."""
    said = _spaced(text)
    at: dict[str, int] = {}
    for option in options:
        for phrase in (option.code, *_phrases(option, locale)):
            found = said.find(_spaced(phrase))
            if found >= 0:
                at[option.name] = min(found, at.get(option.name, found))
    names = tuple(sorted(at, key=at.__getitem__))
    return Answered(names, "words anywhere") if names else NotUnderstood()


def _number(text: str, question: Question) -> Outcome:
    found = _NUMBER.search(text.replace(",", ""))
    if not found:
        return NotUnderstood()
    value = float(found[0])
    low, high = (0.0, 120.0) if question.kind == "age" else (-1e9, 1e9)
    low = low if question.minimum is None else question.minimum
    high = high if question.maximum is None else question.maximum
    return Answered(value, "number anywhere") if low <= value <= high else OutOfRange("range")


def _date(text: str) -> Outcome:
    if found := _YEAR_FIRST.search(text):
        year, month, day = (int(part) for part in found.groups())
    elif found := _DAY_FIRST.search(text):
        day, month, year = (int(part) for part in found.groups())
        year += 2000 if year < 100 else 0
    else:
        return NotUnderstood()
    try:
        return Answered(date(year, month, day).isoformat(), "date anywhere")
    except ValueError:
        return NotUnderstood()


def _place(text: str, areas: Sequence[Area]) -> Outcome:
    """The first area whose name is among the words, as such bots look places up."""
    said = _spaced(text)
    for area in areas:
        if any(_spaced(name) in said for name in (area.name, *area.aliases)):
            return Answered(area.code, "name anywhere")
    return Answered(text, "text", sealed=True)


def _phrases(option: Option, locale: Locale) -> tuple[str, ...]:
    label = option.label.get(locale.code, "")
    return (*((label,) if label else ()), *option.synonyms.get(locale.code, ()))


def _words_of(option: Option, locale: Locale) -> set[str]:
    return {word for phrase in _phrases(option, locale) for word in _words(phrase)}


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _spaced(text: str) -> str:
    """The words with a space around each, so that only whole words are found."""
    return f" {' '.join(_words(text))} "
