"""Questions for a number: a count, an age, a point on a scale."""

import re
from dataclasses import dataclass
from typing import ClassVar

from dialogue.answers.choices import strip_padding
from dialogue.answers.normalise import fold, fold_word
from dialogue.answers.numbers import number
from dialogue.events import Reply
from dialogue.outcomes import Answered, NotUnderstood, Outcome, OutOfRange
from dialogue.questions.base import Question, Reading
from dialogue.questions.choice import Choosing

YOUNGEST = 5
"""Lowest age that is believed: a "1" or "2" meant the question before."""

_JOINED = re.compile(r"([0-9]{1,15})([^\W\d].*)")
_OUT_OF = re.compile(r"(-?[0-9]{1,3})\s*/\s*([0-9]{1,3})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Numeric(Question):
    """A number within `minimum` and `maximum`; whole unless `decimal`. Nothing is rounded."""

    decimal: bool = False

    kind: ClassVar[str] = "numeric"

    def interpret(self, reply: Reply, reading: Reading) -> Outcome:
        found = number(bare(reply.said, reading))
        if found is None or (isinstance(found, float) and not self.decimal):
            return NotUnderstood("reply_number")
        return self.bounded(found)

    def bounded(self, value: float) -> Outcome:
        """The number as an answer, or the limits it breaks."""
        low, high = self.bounds()
        if low <= value <= high:
            return Answered(value, "digits")
        return OutOfRange("out_of_range", (("low", plain(low)), ("high", plain(high))))

    def bounds(self) -> tuple[float, float]:
        """Least and greatest number allowed."""
        low = 0 if self.minimum is None else self.minimum
        return low, 999_999_999 if self.maximum is None else self.maximum


@dataclass(frozen=True, slots=True, kw_only=True)
class Age(Numeric):
    """An age in whole years. A four-digit year is asked back, never stored as an age."""

    kind: ClassVar[str] = "age"

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
        text = bare(reply.said, reading)
        out_of = _OUT_OF.fullmatch(text)
        found = number(text) if not out_of else int(out_of[1]) if int(out_of[2]) == high else None
        if not isinstance(found, int):
            return NotUnderstood("out_of_range", (("low", low), ("high", high)))
        if low <= found <= high:
            return Answered(found, "digits")
        return OutOfRange("out_of_range", (("low", low), ("high", high)))

    def role(self, name: str) -> str | None:
        """The special role of an option, if it has one (it is then no point of the scale)."""
        return next(o.role for o in self.options if o.name == name)

    def bounds(self) -> tuple[int, int]:
        """Both ends of the scale."""
        low = 1 if self.minimum is None else int(self.minimum)
        return low, 5 if self.maximum is None else int(self.maximum)


def bare(text: str, reading: Reading) -> str:
    """The folded text without polite words and units around it, in any language of the city
    ("34yrs" is 34). A minus sign stays."""
    languages = [locale.words.replies for locale in (reading.locale, *reading.others)]
    units = [fold_word(unit) for words in languages for unit in words.get("units", ())]
    keys = ("padding", "before_number")
    around = [word for words in languages for key in keys for word in words.get(key, ())]
    plain_text = strip_padding(fold(text), (*around, *units))
    joined = _JOINED.fullmatch(plain_text)
    if joined and joined[2] in units:
        plain_text = joined[1]
    return ("-" if text.strip().startswith("-") else "") + plain_text


def plain(value: float) -> int | float:
    """5.0 as 5, for printing."""
    return int(value) if value == int(value) else value
