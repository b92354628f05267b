"""Which command a whole message is, in the words and the spelling that people use for it."""

import re
from collections.abc import Mapping, Sequence

from dialogue.answers.normalise import fold

LONGEST = 40
"""Characters of the longest message that can be a command."""

SHORTEST_STRETCHED = 4
"""Letters from which on "stopp" is "stop"."""

_RUN = re.compile(r"(.)\1+")
_POINTS = re.compile(r"[.,;:!\s]+")


def find(text: str, words: Mapping[str, str], polite: Sequence[str]) -> str | None:
    """The value in `words` (folded) of a whole message: as it is, with polite words around it, said
    several times ("STOP STOP"), or stretched ("helpp")."""
    said = fold(text)
    if said in words or len(said) > LONGEST:
        return words.get(said)
    bare = without_polite(said, polite)
    tokens = bare.split()
    once = tokens[0] if tokens and len(set(tokens)) == 1 else bare
    for form in (bare, once):
        if form in words:
            return words[form]
    if once.isalpha() and len(once) >= SHORTEST_STRETCHED:
        return words.get(_RUN.sub(r"\1", once))
    return None


def without_polite(said: str, polite: Sequence[str]) -> str:
    """A folded text without points, and polite words before and behind; never less than one
    word."""
    said = _POINTS.sub(" ", said).strip()
    while True:
        for word in polite:
            shorter = said.removeprefix(word + " ").removesuffix(" " + word)
            if shorter and shorter != said:
                said = shorter
                break
        else:
            return said
