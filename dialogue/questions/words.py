"""Questions answered by a date, in words or by a picture; and the note, which asks nothing."""

from dataclasses import dataclass
from typing import ClassVar

from dialogue.answers.normalise import fold
from dialogue.answers.tokens import tokens
from dialogue.events import Reply
from dialogue.outcomes import Answered, NotUnderstood, Outcome, Remark
from dialogue.questions.base import Question, Reading, plainly_asks, remark_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Open(Question):
    """Free text, kept sealed until a person has coded it."""

    kind: ClassVar[str] = "open"

    def interpret(self, reply: Reply, reading: Reading) -> Outcome:
        return _aside(reply, reading) or Answered(reply.said.strip(), "text", sealed=True)


LONGEST_ASIDE = 5
"""Words of the longest question to us that a reply in free words may be instead of an answer."""


def _aside(reply: Reply, reading: Reading) -> Remark | None:
    """A short question, thanks or a picture alone: said to us, and no answer. Without a question
    mark it must be a known question, for "where I live" and "por que roban" tell something."""
    said = remark_in(reply, reading)
    text = fold(reply.said)
    words = tokens(text)
    if said is None or said.kind == "greeting" or len(words.words) > LONGEST_ASIDE:
        return None
    if said.kind == "question":
        return said if plainly_asks(reply, reading) else None
    if said.kind == "noise" and any(word.isalnum() for word in words.words):
        return None
    return said


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Question):
    """A sentence of the author's; the next question follows in the same message."""

    kind: ClassVar[str] = "note"
    asks: ClassVar[bool] = False


SENT = "sent"
"""The value of an answered photo question: the pictures themselves lie apart, sealed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo(Question):
    """A picture. Words beside it are a caption; words alone are no answer."""

    kind: ClassVar[str] = "photo"
    takes_media: ClassVar[bool] = True

    def hint(self) -> str | None:
        return "photo_hint"

    def blank(self, reply: Reply) -> Outcome:
        return NotUnderstood("no_photo")

    def special(self, reply: Reply, reading: Reading) -> Outcome | None:
        return None if reply.media else Question.special(self, reply, reading)

    def interpret(self, reply: Reply, reading: Reading) -> Outcome:
        return Answered(SENT, "picture") if reply.media else NotUnderstood("no_photo")
