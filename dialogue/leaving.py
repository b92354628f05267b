"""Sentences that plainly ask to be left alone, and STOP mistyped.

A sentence must fit a pattern of `[opt_out]` in `locales/*/words.toml` from its first word to its
last ("stop sending me messages"); one that only has such words in it is none: "they must stop
robbing us" is an answer. Those of `idle` say neither whom it is about nor that somebody writes
("no more texts"): they may be answers, and count while nothing is asked.
"""

from collections.abc import Iterable, Set
from typing import Self

from dialogue.danger.lists import walk
from dialogue.danger.misspelt import near
from dialogue.danger.patterns import ANY, Pattern
from dialogue.danger.stems import Stems
from dialogue.danger.tokens import tokens
from dialogue.locale import Words

MOST_WORDS = 12
"""Words of the longest such sentence: who writes more tells something."""

SHORTEST_SWAPPED = 4
"""Letters of the shortest word of which two may be swapped."""

LONG = 9
"""Letters from which on a STOP word may have any one letter wrong: no other word is so near."""


class Leaving:
    """The sentences of several languages, made ready. Does not change."""

    def __init__(self, patterns: Iterable[Pattern], idle: Iterable[Pattern] = ()) -> None:
        self._plain = tuple(patterns)
        self._all = (*self._plain, *idle)
        steps = [step for pattern in self._all for step in pattern.steps]
        self._stems = Stems.of({atom for step in steps for atom in step.words | step.but})

    @classmethod
    def of(cls, languages: Iterable[Words]) -> Self:
        """The sentences that these languages list."""
        spoken = tuple(languages)
        plain = (pattern for words in spoken for pattern in words.opt_out)
        return cls(plain, (pattern for words in spoken for pattern in words.opt_out_idle))

    def is_asked(self, text: str, *, idle: bool = True) -> bool:
        """Whether the whole text, without polite words around it, is such a sentence; `idle`: while
        nothing is asked."""
        words = [token.word for token in tokens(text)]
        if not 0 < len(words) <= MOST_WORDS:
            return False
        patterns = self._all if idle else self._plain
        atoms = [frozenset({word, ANY, *self._stems.fitting(word)}) for word in words]
        return any(walk(one.steps, atoms, 0) == len(atoms) for one in patterns)


def is_slip(word: str, stops: Set[str]) -> bool:
    """Whether a folded word is one of the STOP words mistyped."""
    if len(word) < SHORTEST_SWAPPED or not word.isalpha():
        return False
    return any(
        _is_swapped(word, stop) or (len(stop) >= LONG and near(stop, word)) for stop in stops
    )


def _is_swapped(word: str, stop: str) -> bool:
    differ = [n for n, (a, b) in enumerate(zip(word, stop, strict=False)) if a != b]
    if len(word) != len(stop) or len(differ) != 2 or differ[1] - differ[0] != 1:
        return False
    at = differ[0]
    return word[at : at + 2] == stop[at : at + 2][::-1]
