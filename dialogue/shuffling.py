"""Options in an order drawn by a seed, against the advantage of what stands first.

The printed numbers stay in their places and the options move: "1" is whatever is shown first. So a
session keeps the order that it was shown, and answers are read by it. Options with a role (don't
know, none …), yes and no, and scales are not moved.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import sha256

from dialogue.questions import Option, Question
from dialogue.questions.choice import SelectMany, SelectOne
from dialogue.survey import Session, Survey

Order = tuple[str, ...]
"""Names of the options that move, as they are shown."""


def orders(survey: Survey, seed: str, id_: str) -> Mapping[str, Order]:
    """The order of each question's options for the session of this id, the same whenever asked."""
    return {
        question.name: tuple(sorted(names, key=lambda name: _draw(seed, id_, question.name, name)))
        for question in survey.questions
        if len(names := _moving(question)) > 1
    }


def _draw(*words: str) -> bytes:
    return sha256("\n".join(words).encode()).digest()


def _moving(question: Question) -> Order:
    if not isinstance(question, SelectOne | SelectMany):
        return ()
    return tuple(option.name for option in question.options if option.role is None)


def as_shown(survey: Survey, session: Session) -> Survey:
    """The survey with its options in the order and under the numbers that the session was shown."""
    order = session.order
    if not order:
        return survey
    shown = (_in_order(q, order[q.name]) if q.name in order else q for q in survey.questions)
    return replace(survey, questions=tuple(shown))


@dataclass(frozen=True, slots=True)
class _Moved:
    """A question in an order; told apart as an object, since what is kept for it keeps it too."""

    key: tuple[int, Order]
    question: Question = field(compare=False)


def _in_order(question: Question, order: Order) -> Question:
    return _moved(_Moved((id(question), order), question))


@lru_cache(maxsize=1000)
def _moved(of: _Moved) -> Question:
    """Kept, since what its words mean is kept by its options as objects."""
    options, order = of.question.options, of.key[1]
    named = {option.name: option for option in options}
    shown: list[Option] = []
    coming = iter(order)
    for option in options:
        moved = named[next(coming)] if option.name in order else option
        shown.append(replace(moved, code=option.code))
    return replace(of.question, options=tuple(shown))
