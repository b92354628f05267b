"""Questions for a number: a count, an age, a point on a scale."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import ClassVar

from dialogue.answers.banding import ROUGHLY_FROM
from dialogue.answers.normalise import fold, fold_word
from dialogue.answers.numbers import (
    Number,
    read_number,
    read_share,
    without_about,
    year_of_birth,
)
from dialogue.answers.tokens import tokens
from dialogue.answers.units import convert
from dialogue.events import Reply
from dialogue.locale import Words
from dialogue.outcomes import Answered, NotUnderstood, Outcome, OutOfRange
from dialogue.questions.base import Question, Reading
from dialogue.questions.choice import Choosing

YOUNGEST = 5
"""Lowest age that is believed: a "1" or "2" meant the question before."""

UNDER = re.compile(r"[uU] ?-? ?[0-9]{1,3}|[0-9]{1,3} ?-")
"""Younger than so much ("u18", "16-"): no age, and no age to begin with."""

FIRST_YEAR = 1000
"""A question whose least number is this or more asks for a year, so a year may be its answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numeric(Question):
    """A number within `minimum` and `maximum`; whole unless `decimal`. Nothing is rounded.

    A unit of time beside it must be the one that the question names, or becomes it where that is
    exact: a "year" is 12 where months are asked.
    """

    decimal: bool = False

    kind: ClassVar[str] = "numeric"

    def interpret(self, reply: Reply, reading: Reading) -> Outcome:
        found = self.find(reply.said, reading)
        if found is None or (found.year and not self.may_be_year(found)):
            return NotUnderstood("reply_number")
        return self.bounded(found)

    def may_be_year(self, found: Number) -> bool:
        """Whether four digits that look like a year may be an answer."""
        return self.decimal or found.money or self.bounds()[0] >= FIRST_YEAR

    def find(self, said: str, reading: Reading) -> Number | None:
        """The number in the question's unit; whole where the question asks for that."""
        languages = spoken(reading)
        asked = self.words()
        found = read_number(said, languages, reading.country, asked)
        if found is not None:
            found = self.in_unit(found, languages)
        whole = found is not None and isinstance(found.value, int)
        return found if whole or self.decimal else None

    def words(self) -> frozenset[str]:
        """The words of the question in all its languages: a reply may repeat them."""
        return frozenset(word for text in self.text.values() for word in _words_of(text))

    def in_unit(self, found: Number, languages: Sequence[Words]) -> Number | None:
        """The number if what it counts does not contradict the question, in its unit of time."""
        counted = self.counts(languages)
        if counted and (found.money or (found.things and not counted & found.things)):
            return None
        return convert(found, self.units(languages))

    def counts(self, languages: Sequence[Words]) -> frozenset[str]:
        """What the question asks to count, as far as its words tell."""
        kinds = {w: thing for words in languages for w, thing in words.numerals.thing_of.items()}
        return frozenset(kinds[word] for word in self.words() if word in kinds)

    def units(self, languages: Sequence[Words]) -> frozenset[str]:
        """The units of time that the question asks for: not those of a period ("12 months")."""
        known = {w: unit for words in languages for w, unit in words.numerals.unit_of.items()}
        texts = (_words_of(text) for text in self.text.values())
        pairs = (pair for words in texts for pair in pairwise(["", *words]))
        return frozenset(known[w] for before, w in pairs if w in known and not before.isdigit())

    def bounded(self, found: Number) -> Outcome:
        """The number as an answer, or the limits it breaks."""
        low, high = self.bounds()
        if low <= found.value <= high:
            return Answered(found.value, found.rule)
        if found.rule == "look-alike":
            return NotUnderstood("reply_number")
        return OutOfRange("out_of_range", (("low", plain(low)), ("high", plain(high))))

    def bounds(self) -> tuple[float, float]:
        """Least and greatest number allowed."""
        low = 0 if self.minimum is None else self.minimum
        return low, 999_999_999 if self.maximum is None else self.maximum


@dataclass(frozen=True, slots=True, kw_only=True)
class Age(Numeric):
    """An age in whole years. A year of birth is never stored as an age: it is one of two, and both
    are named when asking back. How long somebody has lived or worked somewhere is none either."""

    kind: ClassVar[str] = "age"

    def interpret(self, reply: Reply, reading: Reading) -> Outcome:
        if _tells_how_long(reply.said, spoken(reading)) or UNDER.fullmatch(reply.said.strip()):
            return NotUnderstood("reply_age")
        found = self.find(reply.said, reading) or self.roughly(reply.said, reading)
        if found is None or found.year:
            return self.born(reply.said, reading)
        return self.bounded(found)

    def roughly(self, said: str, reading: Reading) -> Number | None:
        """About so old, where that leaves no doubt that it is old enough."""
        text = without_about(said, spoken(reading))
        found = self.find(text, reading) if text else None
        sure = found is not None and not found.year and found.value >= ROUGHLY_FROM
        return replace(found, rule="about") if found is not None and sure else None

    def born(self, said: str, reading: Reading) -> Outcome:
        """The two ages that who was born in a year may have; without one, what is asked for."""
        year = year_of_birth(said, spoken(reading), reading.country)
        high = reading.today.year - year if year is not None else 0
        low, highest = self.bounds()
        if not low < high <= highest:
            return NotUnderstood("reply_age")
        return NotUnderstood("age_of_year", (("low", high - 1), ("high", high)))

    def counts(self, languages: Sequence[Words]) -> frozenset[str]:
        return frozenset({"person"})

    def units(self, languages: Sequence[Words]) -> frozenset[str]:
        return frozenset({"year"})

    def bounds(self) -> tuple[float, float]:
        low = YOUNGEST if self.minimum is None else self.minimum
        return low, 120 if self.maximum is None else self.maximum


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale(Choosing):
    """A point from `minimum` to `maximum` (1 to 5 where the author says nothing), as a whole
    number; options may label points by their code. "4/5" is 4 where the scale ends at 5."""

    kind: ClassVar[str] = "scale"

    def interpret(self, reply: Reply, reading: Reading) -> Outcome:
        names, rule = self.find(reply.said, reading)
        codes = self.codes(names)
        if len(codes) == 1:
            return Answered(names[0] if self.role(names[0]) else int(codes[0]), rule)
        low, high = self.bounds()
        limits = (("low", low), ("high", high))
        found = self.point(reply.said, reading)
        if found is None or not isinstance(found.value, int) or _is_no_point(found):
            return NotUnderstood("out_of_range", limits)
        if low <= found.value <= high:
            return Answered(found.value, found.rule)
        return OutOfRange("out_of_range", limits)

    def point(self, said: str, reading: Reading) -> Number | None:
        """The number given, alone or out of as many as there are points."""
        share = read_share(said, spoken(reading), reading.country)
        if share is not None:
            return Number(share[0], "out of") if share[1] == self.bounds()[1] else None
        return read_number(said, spoken(reading), reading.country)

    def role(self, name: str) -> str | None:
        """The special role of an option, if it has one (it is then no point of the scale)."""
        return next(o.role for o in self.options if o.name == name)

    def bounds(self) -> tuple[int, int]:
        """Both ends of the scale."""
        low = 1 if self.minimum is None else int(self.minimum)
        return low, 5 if self.maximum is None else int(self.maximum)


def spoken(reading: Reading) -> tuple[Words, ...]:
    """The words of the session's language, then of the others."""
    return (reading.locale.words, *(other.words for other in reading.others))


def _tells_how_long(said: str, languages: Sequence[Words]) -> bool:
    """Whether a word is in it that goes with years of another kind ("12 years here")."""
    words = frozenset(tokens(fold(said)).words)
    return any(not words.isdisjoint(one.folded.get("not_an_age", ())) for one in languages)


def _is_no_point(found: Number) -> bool:
    """Whether the number counts something ("4 months", "R4", "4 people")."""
    return bool(found.units or found.money or found.things - {"point"})


def _words_of(text: str) -> list[str]:
    return [word.strip(".,;:?¿!¡()") for word in fold_word(text).split()]


def plain(value: float) -> int | float:
    """5.0 as 5, for printing."""
    return int(value) if value == int(value) else value
