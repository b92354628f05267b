"""The one number that a reply gives, in digits or words, wherever in a sentence it stands.

Exactly one must remain: a second number, a range, a bound ("at least 3"), a clock time or an
ordinary word that only looks like a number make the reply doubtful, and it is asked back. So does
any word we do not know: a number beside it may count something else ("5 rooms", "2 much").
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType

from dialogue.answers.amounts import Amount, Scan, scan
from dialogue.answers.normalise import fold
from dialogue.answers.numerals import near
from dialogue.locale import Words

PHONE_DIGITS = 7
"""Digits in a row, not ending in zeros, that are more likely somebody's number than an amount."""

CURRENCIES = MappingProxyType({"ZA": "ZAR", "MX": "MXN"})
"""What a country pays in; in a country not listed any currency is taken to be its own."""

NEAR = 3
"""Words between an "and" and the number, at most, for the and to add something to it."""

_ASKING = frozenset("?¿@%+~<>^=&±≈≥≤")


@dataclass(frozen=True, slots=True)
class Number:
    """A number that was read. `unit` is a unit of time behind it ("month"), `units` are all that
    the reply names, `things` what is counted in it; `money` tells of a currency, `year` of four
    digits that may be a year."""

    value: int | float
    rule: str
    unit: str | None = None
    units: frozenset[str] = frozenset()
    things: frozenset[str] = frozenset()
    money: bool = False
    year: bool = False


def read_number(
    said: str, languages: Sequence[Words], country: str = "", asked: Set[str] = frozenset()
) -> Number | None:
    """The number that a reply gives, or None where there is none, several or a doubt.

    `languages`, at least one, are in order of preference; `country` tells decimal point from
    comma; `asked` are the folded words of the question, which a reply may repeat.
    """
    seen = scan(said, languages, country)
    if seen.signs & _ASKING or seen.broken:
        return None
    unknown = [word for word in seen.words if not _is_known(word, languages, asked)]
    zero = _none(seen, languages, asked)
    if zero is not None:
        return zero
    if _is_doubtful(seen, languages):
        return None
    if not seen.amounts:
        return _half(seen, languages, unknown) or _misspelt(seen, languages, unknown)
    amount = _only(seen.amounts)
    halves = {half for words in languages for half in words.numerals.half}
    if amount is None or unknown or not halves.isdisjoint(seen.words):
        return None
    if (_is_phone(amount) and not seen.money) or _is_foreign(seen, country):
        return None
    return replace(_number(amount.value, amount.rule, seen), year=_is_year(amount))


def read_share(
    said: str, languages: Sequence[Words], country: str = ""
) -> tuple[int | float, int | float] | None:
    """Points and the most there are: "4/5", "4 out of 5". None where the reply is no such thing."""
    seen = scan(said, languages, country)
    amounts = [amount for amount in seen.amounts if not amount.article]
    if len(amounts) != 2 or seen.broken or seen.signs & _ASKING:
        return None
    betweens = {"/", *(word for words in languages for word in words.numerals.out_of)}
    known = {word for words in languages for word in words.numerals.plain}
    first, rest = seen.shape.strip().split("#", 1)
    between, last = rest.split("#", 1)
    around = {*first.split(), *last.split()}
    if between.strip() not in betweens or not around <= known:
        return None
    return amounts[0].value, amounts[1].value


def without_about(said: str, languages: Sequence[Words]) -> str | None:
    """A reply without the word that makes its number a rough age ("about 40"); None where it has no
    such word."""
    text = f" {fold(f'x{said}x')[1:-1]} "  # signs at the ends stay: they tell something
    phrases = (phrase for words in languages for phrase in words.numerals.about)
    for phrase in sorted(phrases, key=len, reverse=True):
        before, found, behind = text.partition(phrase)
        if found:
            return f"{before} {behind}".strip()
    return None


def year_of_birth(said: str, languages: Sequence[Words], country: str = "") -> int | None:
    """The year in four digits, alone or told as one of birth; None where a reply gives none."""
    seen = scan(said, languages, country)
    if seen.broken or seen.signs & _ASKING or seen.money or len(seen.amounts) != 1:
        return None
    born = any(phrase in seen.plain for words in languages for phrase in words.numerals.born)
    known = all(_is_known(word, languages, frozenset()) for word in seen.words)
    return int(seen.amounts[0].value) if _is_year(seen.amounts[0]) and (born or known) else None


def is_bare(said: str, languages: Sequence[Words], country: str = "") -> bool:
    """Whether a reply is a number alone, or one with its unit or what stands before one ("12 years
    old", "I am 12")."""
    seen = scan(said, languages, country)
    units = {
        part
        for words in languages
        for key in ("units", "before_number")
        for unit in words.folded.get(key, ())
        for part in (*unit.split(), *words.numerals.unit_of)
    }
    return units.issuperset(seen.words)


def _is_doubtful(seen: Scan, languages: Sequence[Words]) -> bool:
    """Whether something beside a number makes it no plain answer. A word that is harmless in the
    session's language is so in all ("of" is "or" in Afrikaans)."""
    if " / # " in seen.shape or _is_share(seen, languages) or _is_joined(seen, languages):
        return True
    if any(_names_day(before, after, languages) for before, after in pairwise(seen.shape.split())):
        return True
    harmless = {"#"} | languages[0].numerals.plain | languages[0].polite
    for place, words in enumerate(languages):
        numerals = words.numerals
        met = [pattern for pattern in numerals.patterns if pattern in seen.shape]
        met += [pattern for pattern in numerals.spelt if pattern in seen.plain]
        if met and (place == 0 or any(not harmless.issuperset(p.split()) for p in met)):
            return True
        for word in seen.words:
            if word.endswith(numerals.endings) or word.startswith(numerals.beginnings):
                return True
            if word in numerals.ordinal_of and word not in harmless:
                return True
    return False


def _is_share(seen: Scan, languages: Sequence[Words]) -> bool:
    """Whether a slash stands behind the number, and not for "per" before a unit."""
    _, slash, rest = seen.shape.partition(" # / ")
    behind = rest.split()[:1]
    return bool(slash) and not any(
        w in words.numerals.unit_of for words in languages for w in behind
    )


def _is_joined(seen: Scan, languages: Sequence[Words]) -> bool:
    """Whether an "and" stands near the number: "3 children and my wife", "me and my 3 children"."""
    said = seen.shape.split()
    ands = {and_ for words in languages for and_ in words.numerals.ands}
    at = [place for place, word in enumerate(said) if word == "#"]
    return any(
        word in ands and abs(place - number) <= NEAR
        for place, word in enumerate(said)
        for number in at
    )


def _names_day(before: str, after: str, languages: Sequence[Words]) -> bool:
    """Whether a month's name touches the number."""
    name = after if before == "#" else before if after == "#" else ""
    return any(name in words.numerals.month_of for words in languages)


def _half(seen: Scan, languages: Sequence[Words], unknown: list[str]) -> Number | None:
    halves = {half for words in languages for half in words.numerals.half}
    found = len(unknown) == 1 and unknown[0] in halves
    return _number(0.5, "number words", seen) if found else None


def _none(seen: Scan, languages: Sequence[Words], asked: Set[str]) -> Number | None:
    """Zero, where a word for none is all that is said beside words that may stand around it."""
    if any(amount.rule != "number words" for amount in seen.amounts):
        return None
    for words in languages:
        for phrase in words.numerals.nones:
            if phrase not in seen.plain:
                continue
            rest = seen.plain.replace(phrase, " ", 1).split()
            if all(_is_known(word, languages, asked) for word in rest):
                return _number(0, "none", seen)
    return None


def _misspelt(seen: Scan, languages: Sequence[Words], unknown: list[str]) -> Number | None:
    if len(unknown) != 1 or unknown[0] in languages[0].numerals.not_numbers:
        return None
    numbers = near(unknown[0], languages)
    return _number(min(numbers), "near spelling", seen) if len(numbers) == 1 else None


def _number(value: float, rule: str, seen: Scan) -> Number:
    return Number(value, rule, seen.unit, seen.units, seen.things, bool(seen.money))


def _only(amounts: Sequence[Amount]) -> Amount | None:
    """The one amount; an article is none beside another, and "5 (five)" is one."""
    if len(amounts) > 1:
        amounts = [amount for amount in amounts if not amount.article]
    if len({amount.value for amount in amounts}) != 1:
        return None
    ways = [amount.rule for amount in amounts]
    return amounts[0] if len(set(ways)) == len(ways) else None


def _is_phone(amount: Amount) -> bool:
    if amount.rule != "digits":
        return False
    zero_first = amount.text.startswith("0") and len(amount.text) > 4
    long = amount.text.isdigit() and len(amount.text) >= PHONE_DIGITS
    return zero_first or (long and not amount.text.endswith("000"))


def _is_foreign(seen: Scan, country: str) -> bool:
    """Whether a currency beside the number is not that of the country."""
    own = CURRENCIES.get(country)
    return own is not None and bool(seen.money - {own})


def _is_year(amount: Amount) -> bool:
    return amount.rule == "digits" and len(amount.text) == 4 and 1900 <= amount.value < 2100


def _is_known(word: str, languages: Sequence[Words], asked: Set[str]) -> bool:
    return word in asked or any(
        word in words.polite
        or word in words.numerals.plain
        or word in words.numerals.unit_of
        or word in words.numerals.thing_of
        for words in languages
    )
