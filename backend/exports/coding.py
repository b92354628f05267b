"""What an export shows of an answer: the option's code and stable name, a number, a day, an area;
of the resident's own words and pictures only that there are some."""

from dataclasses import dataclass

from backend.exports.rows import Given
from backend.exports.source import Source
from dialogue.outcomes import Value
from dialogue.questions import Question
from dialogue.questions.choice import Choosing
from dialogue.questions.date import Date
from dialogue.questions.number import Numeric, Scale
from dialogue.questions.place import Location
from dialogue.questions.words import Photo

SEALED = "sealed"
"""In place of the resident's own words."""


@dataclass(frozen=True, slots=True)
class Coded:
    """An answer as shown. Several options stand side by side, with spaces between."""

    code: str = ""
    name: str = ""
    value: int | float | str | None = None

    @property
    def short(self) -> int | float | str | None:
        """The answer in one cell."""
        return self.code if self.value is None else self.value


def coded(source: Source, version: int, given: Given) -> Coded:
    """An answer as shown, read by the version of the survey it was given to."""
    question = asked(source, version, given.question)
    shown = None if given.value is None else _shown(source, question, given.value)
    if shown is not None:
        return shown
    return Coded(value=SEALED if given.outcome == "answered" else None)


def asked(source: Source, version: int, name: str) -> Question | None:
    """The question as it was in that version."""
    return next((q for q in source.pinned(version).questions if q.name == name), None)


def chosen(value: Value | None) -> tuple[str, ...]:
    """Names of the options in an answer's value."""
    if isinstance(value, tuple):
        return value
    return (value,) if isinstance(value, str) else ()


def _shown(source: Source, question: Question | None, value: Value) -> Coded | None:
    """None where the value is not one that this type of question codes."""
    match question:
        case Scale() if isinstance(value, int):
            return Coded(str(value), _point(question, value), value)
        case Choosing():
            names = list(chosen(value))
            codes = [source.codes.get((question.name, name), name) for name in names]
            return Coded(" ".join(codes), " ".join(names))
        case Numeric() if isinstance(value, int | float):
            return Coded(value=value)
        case Date() | Photo() if isinstance(value, str):
            return Coded(value=value)
        case Location() if value in source.areas:
            return Coded(str(value), source.areas[str(value)])
        case _:
            return None


def _point(question: Scale, value: int) -> str:
    """The stable name of a labelled point."""
    named = (o.name for o in question.options if o.code == str(value) and o.role is None)
    return next(named, "")
