"""Listed words that have one letter wrong, found by the half of them that is right: the work does
not grow with the number of words listed, only with the word."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Self

SHORTEST = 6
"""Letters from which on a word may have one of them wrong. It begins with the right one."""


@dataclass(frozen=True, slots=True)
class Misspelt:
    """The long words of a list by how long they are and by each of their halves."""

    by_half: Mapping[tuple[int, str], tuple[str, ...]]

    @classmethod
    def of(cls, words: Iterable[str]) -> Self:
        """Those of the words that are long enough."""
        found: dict[tuple[int, str], list[str]] = {}
        for word in words:
            if len(word) >= SHORTEST:
                for half in _halves(word, len(word)):
                    found.setdefault((len(word), half), []).append(word)
        return cls({key: tuple(several) for key, several in found.items()})

    def meant(self, word: str) -> Iterator[str]:
        """The listed words that this one may be meant for; one may come twice."""
        for length in range(max(SHORTEST, len(word) - 1), len(word) + 2):
            for half in _halves(word, length):
                for listed in self.by_half.get((length, half), ()):
                    if near(listed, word):
                        yield listed


def _halves(word: str, length: int) -> tuple[str, str]:
    """The letters before the middle of a listed word of that length, and those after it with the
    first. One letter wrong, missing or too many, or two swapped, spoils one of the two at most."""
    middle = length // 2
    return word[:middle], f"{word[:1]}*{word[middle + 1 - length :]}"


def near(listed: str, word: str) -> bool:
    """Whether one letter wrong, missing, too many or two swapped makes the words differ at most."""
    if listed == word:
        return True
    shorter, longer = sorted((listed, word), key=len)
    if len(longer) - len(shorter) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), None)
    if at is None:
        return True
    if len(shorter) < len(longer):
        return shorter[at:] == longer[at + 1 :]
    swapped = shorter[at : at + 2] == longer[at : at + 2][::-1]
    return shorter[at + 1 :] == longer[at + 1 :] or (
        swapped and shorter[at + 2 :] == longer[at + 2 :]
    )
