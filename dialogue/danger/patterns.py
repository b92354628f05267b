"""The small language in which `locales/*/danger.toml` lists what people write.

A pattern is words separated by spaces, read along the words of a text:

    beat|hits    either word          stem*  *stem*  *stem   the word begins, goes on, ends so
    @set         any of a named set   a?     it may be missing
    *ing|!giving any such word, but not this one (or, with !@set, none of these)
    _            any one word         ..3    up to three words between
    #            a word with a digit  NAME   what looks like somebody's name
    *+@me+@hit+* one word of parts: each of @me followed by each of @hit

A set is written in the same way, with the sets above it. Words are written folded: small letters,
no accents, no apostrophes. A long word also matches with one letter wrong, missing, too many or
swapped. The first step is a word.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dialogue.answers.normalise import fold

NAME = "NAME"
NUMBER = "#"
ANY = "_"
GAP = ".."
BUT = "!"
MOST_GAP = 6
"""Words a gap may span: with it the work a text takes is bounded."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a pattern: `words` are the alternatives, `but` what none of them may be; there
    are no words where it is a gap of up to `gap` words."""

    words: frozenset[str] = frozenset()
    but: frozenset[str] = frozenset()
    optional: bool = False
    gap: int = 0


@dataclass(frozen=True, slots=True)
class Pattern:
    """What is looked for, and as it was written."""

    steps: tuple[Step, ...]
    source: str


def parse(source: str, sets: Mapping[str, tuple[str, ...]]) -> Pattern:
    """The pattern that a line of a list writes. Raises ValueError saying what is wrong with it."""
    steps = tuple(_step(part, source, sets) for part in source.split())
    if not steps or not steps[0].words or steps[0].optional:
        raise ValueError(f"'{source}' does not begin with a word")
    return Pattern(steps, source)


def expand(sets: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """The words of every set. Raises ValueError for a set that is not above the one naming it."""
    known: dict[str, tuple[str, ...]] = {}
    for name, parts in sets.items():
        known[name] = tuple(word for part in parts for word in _words(part, name, known))
    return known


def _words(part: str, source: str, sets: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The alternatives that a part writes, its sets and joins written out."""
    words: list[str] = []
    for alternative in part.split("|"):
        joined = [""]
        for piece in alternative.split("+"):
            if piece.startswith("@") and piece[1:] not in sets:
                raise ValueError(f"'{source}': there is no set {piece}")
            ends = sets[piece[1:]] if piece.startswith("@") else (piece,)
            joined = [begin + end for begin in joined for end in ends]
        words += joined
    return words


def _step(part: str, source: str, sets: Mapping[str, tuple[str, ...]]) -> Step:
    if part.startswith(GAP):
        gap = part.removeprefix(GAP)
        if not gap.isdecimal() or not 0 < int(gap) <= MOST_GAP:
            raise ValueError(f"'{source}': a gap is ..1 to ..{MOST_GAP}")
        return Step(gap=int(gap))
    words: list[str] = []
    but: list[str] = []
    for alternative in part.removesuffix("?").split("|"):
        kept = but if alternative.startswith(BUT) else words
        kept += _words(alternative.removeprefix(BUT), source, sets)
    for word in words + but:
        if not _is_word(word):
            raise ValueError(f"'{source}': '{word}' is no folded word")
    return Step(frozenset(words), frozenset(but), optional=part.endswith("?"))


def _is_word(word: str) -> bool:
    if word in (NAME, NUMBER, ANY):
        return True
    bare = word.removeprefix("*").removesuffix("*")
    if bare.isascii():  # most, and there are tens of thousands: the same, sooner
        return bare.isalnum() and bare == bare.lower()
    return bare.isalnum() and bare == fold(bare)
