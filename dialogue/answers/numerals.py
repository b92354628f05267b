"""Whole numbers, in digits or in the words of a language: "34", "thirty-four", "the third".

text2num combines the words of languages it knows, with our spelling of them; a small grammar does
so for the others, and for old forms that it refuses ("veinte y uno").
"""

import re
from collections.abc import Sequence

from text_to_num import text2num

from dialogue.answers.number_words import Numerals
from dialogue.locale import Words

MOST_DIGITS = 15
"""Longer strings of digits count nothing that a resident is asked for."""

LONGEST_WORD = 40
"""Letters of the longest number written as one word that is taken apart."""

SHORTEST_PART = 3
"""Letters of the shortest number within a joined word: "un" begins too many words."""

_TYPO = 4
_LONG_TYPO = 8
_MOST_WORDS = 20
_UNBOUND = 10**12
_PLACE = re.compile(r"([0-9]{1,4})\s?([^\W\d_]{1,3})")


def cardinal(text: str, languages: Sequence[Words]) -> int | None:
    """The whole number that the whole folded text is, in digits or in words of one of the
    `languages` (in order of preference); None where it is anything else."""
    if text.isascii() and text.isdigit():
        return int(text) if len(text) <= MOST_DIGITS else None
    words = text.replace("-", " ").split()
    for language in languages:
        found = value(words, language.numerals)
        if found is not None:
            return found
    return None


def ordinal(text: str, languages: Sequence[Words]) -> int | None:
    """The place in an order that the whole folded text is ("3rd", "third", "tercera")."""
    digits = _PLACE.fullmatch(text)
    words = text.replace("-", " ").split()
    for language in languages:
        numerals = language.numerals
        if digits and digits[2] in numerals.suffixes:
            return int(digits[1])
        place = numerals.ordinal_of.get(text)
        if place is not None:
            return place
        if len(words) > 1 and (last := numerals.ordinal_of.get(words[-1], 10)) < 10:
            tens = value(words[:-1], numerals)
            if tens and tens % 10 == 0:
                return tens + last
    return None


def value(words: Sequence[str], numerals: Numerals) -> int | None:
    """The number that folded words are together in one language, joined ones taken apart."""
    if len(words) > 1 and words[0] in numerals.articles:
        words = words[1:] if words[0] not in numerals.values else words
    if not 0 < len(words) <= _MOST_WORDS:
        return None
    parts: list[str] = []
    for word in words:
        pieces = [word] if _knows(numerals, word) else apart(word, numerals)
        if not pieces:
            return None
        parts += pieces
    if parts[0] in numerals.joining or parts[-1] in numerals.joining:
        return None
    if len(parts) > 1 and any(numerals.values.get(part) == 0 for part in parts):
        return None
    found = _by_library(parts, numerals) if numerals.library else None
    if found is not None:
        return found
    return _scale_first(parts, numerals) if numerals.scale_first else _scale_last(parts, numerals)


def is_number_word(word: str, numerals: Numerals) -> bool:
    """Whether one folded word is a number or a part of one."""
    return word in numerals.values or word in numerals.scale_of or bool(apart(word, numerals))


def apart(word: str, numerals: Numerals) -> list[str]:
    """The number words that a joined word consists of ("treintaycinco"); nothing if it does not.

    The fewest parts are taken; at least two of them are numbers.
    """
    if not 2 * SHORTEST_PART <= len(word) <= LONGEST_WORD:
        return []
    best: dict[int, list[str]] = {0: []}
    for end in range(1, len(word) + 1):
        ways = [
            [*before, word[start:end]]
            for start, before in best.items()
            if _is_part(word[start:end], numerals)
        ]
        if ways:
            best[end] = min(ways, key=len)
    parts = best.get(len(word), [])
    numbers = [part for part in parts if part not in numerals.joining]
    return parts if len(numbers) > 1 and value(parts, numerals) is not None else []


def near(word: str, languages: Sequence[Words]) -> frozenset[int]:
    """The numbers whose words a misspelt folded word is nearest to.

    One slip counts, two in words of eight letters and more; the first letter must be right, and
    short words must not have another letter in the place of one ("fine" is not "five").
    """
    if not _TYPO <= len(word) <= LONGEST_WORD:
        return frozenset()
    most = 2 if len(word) >= _LONG_TYPO else 1
    found: dict[int, set[int]] = {}
    for numerals in (language.numerals for language in languages):
        for known, number in numerals.values.items():
            if known[0] == word[0] and abs(len(known) - len(word)) <= most and len(known) >= _TYPO:
                slips = _slips(word, known)
                if slips == 1 and len(known) == len(word) == _TYPO and not _swapped(word, known):
                    continue
                found.setdefault(slips, set()).add(number)
    least = min(found, default=most + 1)
    return frozenset(found[least]) if least <= most else frozenset()


def _knows(numerals: Numerals, word: str) -> bool:
    return word in numerals.values or word in numerals.scale_of or word in numerals.joining


def _is_part(part: str, numerals: Numerals) -> bool:
    if part in numerals.joining:
        return True
    return len(part) >= SHORTEST_PART and (part in numerals.values or part in numerals.scale_of)


def _by_library(parts: Sequence[str], numerals: Numerals) -> int | None:
    """text2num, given each word in its usual spelling."""
    usual, and_ = numerals.usual, numerals.joiners[0]
    numbers = (numerals.values.get(part, numerals.scale_of.get(part)) for part in parts)
    words = [and_ if number is None else usual[number] for number in numbers]
    try:
        return int(text2num(" ".join(words), numerals.library))
    except ValueError:
        return None


def _scale_first(parts: Sequence[str], numerals: Numerals) -> int | None:
    """Tens, hundreds and thousands each before their number, the greatest first; a single ten or
    hundred is a word of its own. "amashumi amabili nanye": tens, two, and one."""
    words = [part for part in parts if part not in numerals.joining]
    total, room, at = 0, _UNBOUND, 0
    while at < len(words):
        word = words[at]
        part = numerals.values.get(word, 0)
        if word in numerals.scale_of:
            at += 1
            times = numerals.values.get(words[at], 0) if at < len(words) else 0
            if not 2 <= times <= 99:
                return None
            part = numerals.scale_of[word] * times
        if part >= room:
            return None
        total += part
        room = _last_place(part)
        at += 1
    return total


def _scale_last(parts: Sequence[str], numerals: Numerals) -> int | None:
    """Hundreds and thousands each behind their number. Units stand behind the tens or, with a
    joiner, before them ("vyf en twintig")."""
    total, current, least_scale, joined = 0, 0, _UNBOUND, False
    for part in parts:
        if part in numerals.joining:
            joined = True
            continue
        scale = numerals.scale_of.get(part)
        number = numerals.values.get(part, 0)
        if scale == 100 and current < 100:
            current = max(current, 1) * 100
        elif scale is not None and scale != 100 and scale < least_scale:
            total, current, least_scale = total + max(current, 1) * scale, 0, scale
        elif scale is None and _fits(current % 100, number, numerals.units_first, joined):
            current += number
        else:
            return None
        joined = False
    return total + current


def _fits(below_hundred: int, number: int, units_first: bool, joined: bool) -> bool:
    """Whether a number may follow what stands below the hundred so far."""
    if below_hundred == 0:
        return True
    if units_first:
        return joined and below_hundred < 10 and number in range(20, 100, 10)
    tens = below_hundred % 10 == 0 and (below_hundred > 10 or joined)
    return tens and 0 < number < 10


def _last_place(number: int) -> int:
    """1 for 21, 10 for 20, 100 for 300: what comes behind must be less."""
    place = 1
    while number and number % (place * 10) == 0:
        place *= 10
    return place


def _slips(one: str, other: str) -> int:
    """Letters added, left out, replaced or swapped with their neighbour between two words."""
    before: list[int] = []
    above = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            least = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                least = min(least, before[j - 2] + 1)
            row.append(least)
        before, above = above, row
    return above[-1]


def _swapped(one: str, other: str) -> bool:
    return sorted(one) == sorted(other)
