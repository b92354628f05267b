"""What all question types share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from dialogue.answers.gazetteer import Gazetteer
from dialogue.answers.normalise import fold
from dialogue.conditions import Condition
from dialogue.events import Reply
from dialogue.locale import Locale
from dialogue.messages import Choice
from dialogue.outcomes import DontKnow, Empty, NotUnderstood, Outcome, Refused


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose. Answers keep `name`; exports and the printed number are `code`; labels
    never key anything. `role` links it to a special outcome: dont_know, refused, none or other."""

    code: str
    name: str
    label: Mapping[str, str]
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    role: str | None = None


NOWHERE = Gazetteer()
"""No areas at all."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known while a reply is read: the session's language first, then the others. `within`
    are areas answered earlier in the session."""

    locale: Locale
    others: tuple[Locale, ...] = ()
    gazetteer: Gazetteer = NOWHERE
    country: str = ""
    today: date = date.min
    within: tuple[str, ...] = ()

    def says(self, key: str, text: str) -> bool:
        """Whether the folded text is a listed reply in the session's language, or in exactly that
        sense in another one while the session's language says nothing else with it."""
        if self.locale.words.says(key, text):
            return True
        taken = any(text in words for words in self.locale.words.folded.values())
        return not taken and any(other.words.says(key, text) for other in self.others)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. `text` by locale; `minimum` and `maximum` bound a number, an age or how many
    options may be chosen. `numbers_move`: a number offered when asking back is no option's code but
    a place in that one list. Subclasses read; this class meets what every type must meet."""

    name: str
    text: Mapping[str, str] = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    only_if: Condition | None = None
    required: bool = True
    indicator: str | None = None
    sensitive: bool = False
    minimum: float | None = None
    maximum: float | None = None

    kind: ClassVar[str]
    asks: ClassVar[bool] = True
    takes_place: ClassVar[bool] = False
    takes_media: ClassVar[bool] = False
    numbers_move: ClassVar[bool] = False

    def choices(self, locale: Locale) -> tuple[Choice, ...]:
        """What can be picked, numbered by code."""
        return tuple(Choice(option.code, option.label[locale.code]) for option in self.options)

    def hint(self) -> str | None:
        """The name of a phrase that tells how to reply, where the question needs one."""
        return None

    def read(self, reply: Reply, reading: Reading) -> Outcome:
        """What the reply means. Never raises; linear in the length of the text."""
        placed = self.takes_place and reply.location is not None
        pictured = self.takes_media and reply.media > 0
        if not (fold(reply.said) or placed or pictured):
            return self.blank(reply)
        return self.special(reply, reading) or self.interpret(reply, reading)

    def blank(self, reply: Reply) -> Outcome:
        """A reply without words; punctuation alone counts as such."""
        return Empty(media=reply.media > 0)

    def special(self, reply: Reply, reading: Reading) -> Outcome | None:
        """Don't know and refusal, unless the author's own options say the same words."""
        text = fold(reply.said)
        if reading.says("dont_know", text):
            return self.by_role("dont_know") or DontKnow()
        if reading.says("refused", text):
            return self.by_role("refused") or Refused()
        return None

    def by_role(self, role: str) -> Outcome | None:
        """The author's own option for a special outcome, if there is one."""
        return None

    def interpret(self, reply: Reply, reading: Reading) -> Outcome:
        """The reading proper, for a reply that has something in it. A type that takes no answer
        understands none."""
        return NotUnderstood()

    def narrowed(self, candidates: tuple[str, ...]) -> "Question":
        """The same question offering only the numbers in `candidates` (asking back)."""
        return self

    def meant(
        self, candidates: tuple[str, ...], locale: Locale, gazetteer: Gazetteer
    ) -> tuple[Choice, ...]:
        """The choices offered when asking back for `candidates`."""
        return tuple(choice for choice in self.choices(locale) if choice.number in candidates)
