"""A second look at texts: how much they sound like texts of danger.

A linear score. The words of a text, and every two to four of its letters, each weigh something for
or against danger; the weights are learnt from the labelled texts (`benchmarks.danger_weights`) and
are data (`locales/danger_weights.txt`). It knows no class and is less sure than a list, so what
follows from it is gentler (`docs/decisions/0025-second-look.md`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import sqrt

from dialogue.danger.tokens import tokens

LEAST_WORDS = 2
"""Fewer tell nothing: "robbery" is an answer. Two are a sentence in some languages."""

FEW_WORDS = 3
"""Fewer tell too little for a doubt ("hello again")."""

SHORTEST, LONGEST = 2, 4
"""Letters looked at together."""


class Look(StrEnum):
    """What a score says of a text. UNSEEN: it has too few words for one."""

    UNSEEN = "unseen"
    ORDINARY = "ordinary"
    DOUBTFUL = "doubtful"
    DANGER = "danger"


HEEDED = frozenset({Look.DOUBTFUL, Look.DANGER})
"""Looks after which the numbers are said."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The learnt weights by feature, and from which score on a text is doubtful and danger.
    `begin` is the score of a text with no known feature; `texts` is the hash of the texts
    they were learnt from."""

    texts: str
    begin: int
    doubtful: int
    danger: int
    by_feature: Mapping[str, int]

    def look(self, text: str) -> Look:
        """What a text sounds like. Pure; linear in its length; raises nothing."""
        words = words_of(text)
        if len(words) < LEAST_WORDS:
            return Look.UNSEEN
        score = self.score(words)
        if score >= self.danger:
            return Look.DANGER
        if len(words) < FEW_WORDS:
            return Look.UNSEEN
        return Look.DOUBTFUL if score >= self.doubtful else Look.ORDINARY

    def score(self, words: Sequence[str]) -> float:
        """The sum of what its features weigh, over the root of how many there are: a long text says
        no more because it is long."""
        found = features(words)
        return self.begin + sum(self.by_feature.get(one, 0) for one in found) / sqrt(len(found))


def words_of(text: str) -> tuple[str, ...]:
    """The folded words of a text; one with a digit as "#"."""
    found = (token.word for token in tokens(text))
    return tuple("#" if any(c.isdecimal() for c in word) else word for word in found)


def features(words: Sequence[str]) -> frozenset[str]:
    """What is weighed of a text: "=word", "=two words", and letters with "_" between words."""
    letters = f"_{'_'.join(words)}_"
    return frozenset(
        [letters[at : at + n] for n in range(SHORTEST, LONGEST + 1) for at in _starts(letters, n)]
        + [f"={word}" for word in words]
        + [f"={one} {two}" for one, two in pairwise(words)]
    )


def _starts(letters: str, length: int) -> range:
    return range(len(letters) - length + 1)
