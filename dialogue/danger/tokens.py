"""A text as the words that the lists are compared with."""

import re
from dataclasses import dataclass

from dialogue.answers.normalise import clean, fold

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_DRAWN_OUT = re.compile(r"(.)\1{2,}")
_ENDS_SENTENCE = frozenset(".!?:\n")
_PREFIX = 4
"""Letters that a language may put before a name: uSipho, nguPeter."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word, folded; `capital` where its letters say that it names somebody or something."""

    word: str
    capital: bool = False


def tokens(text: str) -> tuple[Token, ...]:
    """The words of a text, "heeelp" as "help", "I'm" as "im". Linear in its length."""
    seen = clean(text)
    telling = not seen.isupper()  # in a text all of capitals they say nothing
    found: list[Token] = []
    first = True
    for match in _WORD.finditer(seen):
        written = match[0].replace("'", "")
        capital = telling and _capital(written, first=first)
        found.append(Token(_DRAWN_OUT.sub(r"\1", fold(written)), capital))
        after = seen[match.end() : match.end() + 1]
        first = after in _ENDS_SENTENCE and bool(after)
    return tuple(found)


def _capital(word: str, *, first: bool) -> bool:
    """Every sentence begins with a capital, so there it tells nothing."""
    if len(word) < 3 or not any(c.islower() for c in word):
        return False
    if word[0].isupper():
        return not first
    return any(c.isupper() for c in word[1 : _PREFIX + 1])
