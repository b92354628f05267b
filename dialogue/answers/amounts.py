"""A reply taken apart into amounts and the words around them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from dialogue.answers.digits import exactly, literal
from dialogue.answers.normalise import fold
from dialogue.answers.numerals import is_number_word, value
from dialogue.locale import Words

LONGEST_REPLY = 500
"""Characters of a reply that may be a number; a longer one is a story."""

_TOKEN = re.compile(
    r"(?P<digits>[0-9]{1,3}(?: [0-9]{3})+(?![0-9])(?:[.,][0-9]{1,2}(?![0-9]))?"
    r"|[0-9]+(?:[.,:][0-9]+)*)"
    r"|(?P<word>[^\W\d_]+(?:'[^\W\d_]+)*)"
    r"|(?P<sign>\S)"
)
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_ALIKE = str.maketrans("ol", "01")
_LOOKS_ALIKE = re.compile(r"(?=.*[0-9])[0-9ol]{2,4}")


@dataclass(frozen=True, slots=True)
class Amount:
    """One number in a reply, how it was found, and as it stood there."""

    value: int | float
    rule: str
    text: str = ""
    article: bool = False


@dataclass(slots=True)
class Scan:
    """What a reply consists of. `shape` is its words and signs with "#" for each amount but an
    article; `plain` its words alone, number words too; both with a space around every word.
    `broken` tells of something like a number that is none; `unit` is the one right behind one."""

    amounts: list[Amount] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    units: frozenset[str] = frozenset()
    unit: str | None = None
    things: frozenset[str] = frozenset()
    signs: frozenset[str] = frozenset()
    money: frozenset[str] = frozenset()
    broken: bool = False
    shape: str = " "
    plain: str = " "


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int


def scan(said: str, languages: Sequence[Words], country: str) -> Scan:
    """The amounts, words and signs of a reply, in their order. Linear in its length."""
    text = said.strip()
    if len(text) > LONGEST_REPLY:
        return Scan(broken=True)
    return _Scanner(_tokens(text), languages, country).run()


def _tokens(said: str) -> list[_Token]:
    """Folded, but with signs at the ends kept: a minus and a question mark tell something."""
    text = fold(f"x{said}x".translate(_DASHES))[1:-1]
    return [
        _Token(str(found.lastgroup), _unstretched(found[0]), found.start(), found.end())
        for found in _TOKEN.finditer(text)
    ]


def _unstretched(word: str) -> str:
    """A word without its letters drawn out: "fiiive" is "five"."""
    return word if word.isdigit() else _STRETCHED.sub(r"\1", word)


class _Scanner:
    """Walks through the tokens once."""

    def __init__(self, tokens: list[_Token], languages: Sequence[Words], country: str) -> None:
        self.tokens, self.languages, self.country = tokens, languages, country
        self.numerals = [words.numerals for words in languages]
        self.seen = Scan(signs=frozenset(t.text for t in tokens if t.kind == "sign"))
        self.at = 0

    def run(self) -> Scan:
        shape: list[str] = []
        while self.at < len(self.tokens):
            shape.append(self.step())
        seen = self.seen
        seen.shape = f" {' '.join(word for word in shape if word)} "
        seen.plain = f" {' '.join(t.text for t in self.tokens if t.kind == 'word')} "
        known = {word: unit for n in self.numerals for word, unit in n.unit_of.items()}
        seen.units = frozenset(known[word] for word in seen.words if word in known)
        seen.unit = next((known[w] for n, w in pairwise(shape) if n == "#" and w in known), None)
        things = {word: thing for n in self.numerals for word, thing in n.thing_of.items()}
        seen.things = frozenset(things[word] for word in seen.words if word in things)
        currencies = {word: code for n in self.numerals for word, code in n.currency_of.items()}
        named = {currencies[word] for word in seen.words if word in currencies}
        dollar = "MXN" if self.country == "MX" else "USD"
        signs = {"$": dollar, "€": "EUR", "£": "GBP"}
        seen.money = frozenset(named | {code for sign, code in signs.items() if sign in seen.signs})
        return seen

    def step(self) -> str:
        """Takes one token or a run of number words; gives back what stands for it in the shape."""
        token = self.tokens[self.at]
        if token.kind == "digits":
            return self.digits(token)
        if token.kind == "sign":
            self.at += 1
            return token.text if token.text in "/" else ""
        alike = self.alike(token)
        if alike is not None:
            return self.amount(alike)
        run, found = self.run_of_words()
        if run == 0:
            return self.word(token)
        self.at += run
        article = run == 1 and any(token.text in n.articles for n in self.numerals)
        if found is None:
            self.seen.broken = True
            return "#"
        mark = self.amount(Amount(found, "number words", token.text, article))
        return token.text if self.seen.amounts[-1].article else mark

    def word(self, token: _Token) -> str:
        """A word that is no number; a dozen is twelve."""
        self.at += 1
        times = self.times(token)
        if times is not None and any(token.text in n.alone for n in self.numerals):
            return self.amount(Amount(times, "number words", token.text))
        if any(token.text in n.half for n in self.numerals):
            return self.half_of() or self.unread(token)
        return self.unread(token)

    def half_of(self) -> str:
        """A half before "a dozen" or "a million", if that is what follows."""
        ahead = self.tokens[self.at : self.at + 2]
        skip = int(any(ahead[0].text in n.articles for n in self.numerals)) if ahead else 0
        times = self.times(ahead[skip]) if len(ahead) > skip else None
        if times is None:
            return ""
        self.at += skip + 1
        return self.amount(Amount(exactly(times / 2), "number words", "half"))

    def unread(self, token: _Token) -> str:
        self.seen.words.append(token.text)
        return token.text

    def digits(self, token: _Token) -> str:
        alike = self.alike(token)
        if alike is not None:
            return self.amount(alike)
        self.at += 1
        before, after = self.tokens[: self.at - 1][-1:], self.tokens[self.at : self.at + 1]
        found = literal(token.text, self.country)
        short_year = before and before[0].text == "'" and before[0].end == token.start
        if found is None or short_year or self.is_odd(token, before, after):
            self.seen.broken = True
            return "#"
        if before and before[0].text == "-" and self.is_minus(token):
            found = -found
        return self.amount(Amount(found, "digits", token.text))

    def alike(self, token: _Token) -> Amount | None:
        """Letters O and l among digits, as one token that is otherwise a number."""
        last = self.at
        while last + 1 < min(len(self.tokens), self.at + 5) and self.touches(last):
            last += 1
        text = "".join(t.text for t in self.tokens[self.at : last + 1])
        if last == self.at or not _LOOKS_ALIKE.fullmatch(text):
            return None
        self.at = last + 1
        return Amount(int(text.translate(_ALIKE)), "look-alike", text)

    def touches(self, at: int) -> bool:
        one, other = self.tokens[at], self.tokens[at + 1]
        return one.end == other.start and "sign" not in (one.kind, other.kind)

    def is_minus(self, token: _Token) -> bool:
        """Whether the dash before it is a sign: first of all, or apart from what stands before."""
        dash = self.at - 2
        if dash == 0:
            return True
        apart = self.tokens[dash - 1].end < self.tokens[dash].start
        return apart and self.tokens[dash].end == token.start

    def is_odd(self, token: _Token, before: list[_Token], after: list[_Token]) -> bool:
        """Whether letters touch the digits that are no unit, currency or prefix ("gr8", "3rd")."""
        for word in before:
            if word.kind == "word" and word.end == token.start and not self.may_touch(word.text):
                return True
        for word in after:
            if word.kind != "word" or word.start > token.end:
                continue
            scales = any(word.text in n.multiple_of for n in self.numerals)
            if not scales and word.text != "s" and not self.may_follow(word.text):
                return True
        return False

    def may_touch(self, word: str) -> bool:
        return any(
            word in n.prefixes or (word in n.plain and (len(word) > 1 or word in n.currency_of))
            for n in self.numerals
        )

    def may_follow(self, word: str) -> bool:
        return any(
            word in n.unit_of or word in n.thing_of or (word in n.plain and word not in n.suffixes)
            for n in self.numerals
        )

    def run_of_words(self) -> tuple[int, int | None]:
        """The longest run of number words of one language from here: tokens, and its number."""
        best: tuple[int, int | None] = (0, None)
        ordinary = self.numerals[0].not_numbers
        for place, numerals in enumerate(self.numerals):
            words: list[str] = []
            taken = length = 0
            for at in range(self.at, len(self.tokens)):
                token = self.tokens[at]
                if token.text == "-" and words:
                    continue
                if token.kind != "word" or (place and token.text in ordinary):
                    break
                number = is_number_word(token.text, numerals)
                if not number and (not words or token.text not in numerals.joining):
                    break
                words.append(token.text)
                if number:
                    taken, length = at + 1 - self.at, len(words)
            if taken > best[0]:
                best = taken, value(words[:length], numerals)
        return best

    def amount(self, found: Amount) -> str:
        """Takes the amount, with a dozen or a thousand behind it and a half after it."""
        number = found.value
        while self.at < len(self.tokens) and (times := self.times(self.tokens[self.at])):
            number = exactly(number * times)
            self.at += 1
        half = self.half()
        if half:
            number += 0.5
            self.at += half
        made = Amount(number, found.rule, found.text, found.article and number == 1)
        self.seen.amounts.append(made)
        return "#"

    def times(self, token: _Token) -> int | None:
        if token.kind != "word":
            return None
        known = (n.multiple_of for n in self.numerals if token.text in n.multiple_of)
        return next((multiple[token.text] for multiple in known), None)

    def half(self) -> int:
        """How many tokens "and a half" takes from here, if that is what follows."""
        for numerals in self.numerals:
            ahead = [t.text for t in self.tokens[self.at : self.at + 3]]
            joined = ahead[:1] and ahead[0] in numerals.joining
            if not joined:
                continue
            at = 2 if ahead[1:2] and ahead[1] in numerals.articles else 1
            if ahead[at : at + 1] and ahead[at] in numerals.half:
                return at + 1
        return 0
