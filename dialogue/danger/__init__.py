"""What people tell in danger, recognised by lists of words: `classify(text, lists)`; what they do
not know is looked at once more by learnt weights: `Weights.look(text)`.

Classes and their order: safeguarding D1, rule 2. The lists are data (`locales/*/danger.toml`), so
that people can review them; nothing in them is learnt.
"""

from collections.abc import Iterable

from dialogue.danger.lists import DangerList, Risk, Span
from dialogue.danger.tokens import tokens
from dialogue.danger.weights import Look, Weights

__all__ = ["DangerList", "Look", "Risk", "Weights", "classify"]


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
    ordinary: set[int] = set()
    for one in known:
        for risk, span in one.find(words, names):
            if risk is None:
                ordinary.update(range(*span))
            else:
                told.append((risk, span))
    stand = {risk for risk, span in told if ordinary.isdisjoint(range(*span))}
    return next((risk for risk in Risk if risk in stand), None)
