"""What all question types share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from dialogue.answers.choices import strip_padding
from dialogue.answers.found import SILENT
from dialogue.answers.gazetteer import Gazetteer
from dialogue.answers.lexicon import lexicon
from dialogue.answers.marks import Mark, marks
from dialogue.answers.normalise import clean, fold
from dialogue.answers.remarks import NOISE, remark
from dialogue.answers.tokens import MOST, tokens
from dialogue.conditions import Condition
from dialogue.events import Reply
from dialogue.locale import Locale
from dialogue.messages import Choice
from dialogue.outcomes import DontKnow, Empty, NotUnderstood, Outcome, Refused, Remark, Skipped

LONGEST_SPECIAL = 120
"""Characters of the longest reply that may be a don't know or a refusal as a whole."""


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose. Answers keep `name`; exports and the printed number are `code`; labels
    never key anything. A synonym that two options share, written "M?" in both, is asked back.
    `role` links it to a special outcome: dont_know, refused, none or other."""

    code: str
    name: str
    label: Mapping[str, str]
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    role: str | None = None


NOWHERE = Gazetteer()
"""No areas at all."""
_AGAINST = {"yes": "no", "no": "yes"}
"""What a word of two other languages must not mean in one of them, to count in the other."""


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
        if taken or not any(other.words.says(key, text) for other in self.others):
            return False
        against = _AGAINST.get(key, "")
        return not any(other.words.says(against, text) for other in self.others)

    @property
    def languages(self) -> tuple[Locale, ...]:
        """The session's language, then the others."""
        return (self.locale, *self.others)


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
        outcome = self.special(reply, reading) or self.interpret(reply, reading)
        if isinstance(outcome, NotUnderstood):
            return self.beside(reply, reading) or outcome
        return outcome

    def blank(self, reply: Reply) -> Outcome:
        """A reply without words; a question mark alone asks, other punctuation says nothing."""
        if "?" in clean(reply.said):
            return Remark("question")
        return Empty(media=reply.media > 0)

    def special(self, reply: Reply, reading: Reading) -> Outcome | None:
        """Don't know, refusal and passing on as whole replies, polite words around them or not;
        unless the author's own options say the same words."""
        for text in dict.fromkeys((fold(reply.said), polite(reply.said, reading))):
            if reading.says("dont_know", text):
                return self.by_role("dont_know") or DontKnow()
            if reading.says("refused", text):
                return self.by_role("refused") or Refused()
        kinds = {mark.kind for mark in marks_in(reply.said, reading)} - NOISE
        if kinds in ({"dont_know"}, {"refused"}):  # "idk lol"
            kind = kinds.pop()
            return self.by_role(kind) or (DontKnow() if kind == "dont_know" else Refused())
        return Skipped() if reading.says("skip", fold(reply.said)) else None

    def beside(self, reply: Reply, reading: Reading) -> Outcome | None:
        """A remark, where a reply that is no answer is one."""
        return remark_in(reply, reading)

    def by_role(self, role: str) -> Outcome | None:
        """The author's own option for a special outcome, if there is one."""
        return None

    def interpret(self, reply: Reply, reading: Reading) -> Outcome:
        """The reading proper, for a reply that has something in it. A type that takes no answer
        understands none."""
        return NotUnderstood()

    def confirmed(self, reply: Reply, reading: Reading) -> Outcome | None:
        """What a yes or a no means, where one candidate was asked back; None for other replies."""
        return None

    def narrowed(self, candidates: tuple[str, ...]) -> "Question":
        """The same question offering only the numbers in `candidates` (asking back)."""
        return self

    def meant(
        self, candidates: tuple[str, ...], locale: Locale, gazetteer: Gazetteer
    ) -> tuple[Choice, ...]:
        """The choices offered when asking back for `candidates`."""
        return tuple(choice for choice in self.choices(locale) if choice.number in candidates)


def remark_in(reply: Reply, reading: Reading) -> Remark | None:
    """The remark that a reply is, read without any question."""
    if reply.choice is not None or len(tokens(fold(reply.said)).words) > MOST:
        return None
    kind = remark(clean(reply.said), marks_in(reply.said, reading))
    return Remark(kind) if kind else None


def marks_in(text: str, reading: Reading) -> tuple[Mark, ...]:
    """The marks of a text, read without any question; its first words where it is long."""
    return marks(tokens(fold(text)), lexicon((), reading.languages))


def plainly_asks(reply: Reply, reading: Reading) -> bool:
    """Whether a question to us ends in its mark or is made of known question words: "where the
    taxis stop" tells something."""
    row = marks_in(reply.said, reading)
    plain = [mark.kind for mark in row if mark.kind not in SILENT]
    known = set(plain) == {"question"} or plain[:2] == ["question", "question"]
    return known or clean(reply.said).endswith("?")


def polite(text: str, reading: Reading) -> str:
    """The folded text without polite words around it, in any language of the city."""
    said = fold(text)
    if len(said) > LONGEST_SPECIAL:
        return said
    keys = ("padding", "filler")
    around = [w for lo in reading.languages for k in keys for w in lo.words.replies.get(k, ())]
    return strip_padding(said, around)
