"""Danger first: looked at before anything but whole-message commands sees the text.

The city's safe word, and the classes of what people tell in danger. Sources: safeguarding D1 (UNICEF
Safer Chatbots; IASC on disclosure).
"""

from collections.abc import Iterable

from dialogue.answers.normalise import fold, fold_word
from dialogue.desk import City
from dialogue.safeguarding.lists import DangerList, Risk, Span
from dialogue.safeguarding.tokens import tokens

__all__ = ["DangerList", "Risk", "classify", "is_safe_word", "numbers"]


def is_safe_word(text: str, city: City) -> bool:
    """Whether the whole message is the city's safe word."""
    return bool(city.safe_word) and fold(text) == fold_word(city.safe_word)


def numbers(city: City) -> str:
    """Every helpline of the city as one short line, without a word on what each is for: the phone
    may be shared, and the reader may be watched."""
    return ", ".join(dict.fromkeys(helpline.number for helpline in city.helplines))


def classify(text: str, lists: Iterable[DangerList]) -> Risk | None:
    """What a text tells of, by the lists of all languages; None for an ordinary one. The most
    urgent counts. Pure, and linear in the length of the text."""
    known = tuple(lists)
    read = tokens(text)
    words = tuple(token.word for token in read)
    names = frozenset(
        token.word
        for token in read
        if any(token.word in one.names for one in known)
        or (token.capital and not any(token.word in one.not_names for one in known))
    )
    told: list[tuple[Risk, Span]] = []
    ordinary: list[Span] = []
    for one in known:
        for risk, span in one.find(words, names):
            if risk is None:
                ordinary.append(span)
            else:
                told.append((risk, span))
    stand = {risk for risk, span in told if not any(_overlap(span, one) for one in ordinary)}
    return next((risk for risk in Risk if risk in stand), None)


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]
