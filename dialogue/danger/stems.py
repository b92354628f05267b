"""Parts of words, found by looking up the parts that a word has: the work does not grow with the
number of parts listed, only with the word."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Stems:
    """The listed parts as written, `stem*`, `*stem` and `*stem*`, and how long they are."""

    listed: frozenset[str]
    begin: tuple[int, ...]
    end: tuple[int, ...]
    within: tuple[int, ...]

    @classmethod
    def of(cls, atoms: Iterable[str]) -> Self:
        """Those of the atoms that are parts of words."""
        stems = [atom for atom in atoms if "*" in atom]
        within = [one for one in stems if one.startswith("*") and one.endswith("*")]
        return cls(
            listed=frozenset(stems),
            begin=_lengths(one for one in stems if not one.startswith("*")),
            end=_lengths(one for one in stems if not one.endswith("*")),
            within=_lengths(within),
        )

    def fitting(self, word: str) -> Iterator[str]:
        """The listed parts that the word has, as written. Linear in its length."""
        for stem in self._parts(word):
            if stem in self.listed:
                yield stem

    def _parts(self, word: str) -> Iterator[str]:
        for length in self.begin:
            yield f"{word[:length]}*"
        for length in self.end:
            yield f"*{word[-length:]}"
        for length in self.within:
            for at in range(len(word) - length + 1):
                yield f"*{word[at : at + length]}*"


def _lengths(stems: Iterable[str]) -> tuple[int, ...]:
    return tuple(sorted({len(one.strip("*")) for one in stems}))
