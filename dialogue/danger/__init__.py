"""What people tell in danger: `signs(text, lists, weights)`. Lists of words recognise it
(`classify`), and learnt weights look at a text once more (`Weights.look`).

Classes and their order: safeguarding D1, rule 2. The lists are data (`locales/*/danger.toml`), so
that people can review them; nothing in them is learnt. Why two:
`docs/decisions/0025-second-look.md`.
"""

from collections.abc import Iterable

from dialogue.danger.lists import DangerList, Risk, Span
from dialogue.danger.tokens import tokens
from dialogue.danger.weights import HEEDED, Look, Weights

__all__ = [
    "HEEDED",
    "DangerList",
    "Look",
    "Risk",
    "Weights",
    "classify",
    "is_ordinary_answer",
    "signs",
]

SURE = frozenset({Risk.ACCUSATION})
"""Where a list is enough: a name is left out whatever else is said. Of the other classes people
also write in general ("robbers hide in the dark"): an answer that the second look finds ordinary
stays one."""


def signs(
    text: str, lists: Iterable[DangerList], weights: Weights | None
) -> tuple[Risk | None, Look]:
    """What a text tells of by the lists, and what the second look makes of it."""
    return classify(text, lists), weights.look(text) if weights else Look.UNSEEN


def is_ordinary_answer(risk: Risk | None, look: Look) -> bool:
    """Whether a text that the open question takes stays an answer to it, whatever a list says."""
    if risk is None:
        return look is not Look.DANGER
    return look is Look.ORDINARY and risk not in SURE


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
