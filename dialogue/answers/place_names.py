"""How names of places are compared: words, spelling, locatives, near misses."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from dialogue.answers.normalise import fold

_WORD = re.compile(r"[^\W_]+")
_SOFT_C = re.compile(r"c(?=[eiy])")
_HARD_C = re.compile(r"c(?!h)")
_BREATHED = re.compile(r"(?<=[bdgkrt])h")
_DOUBLED = re.compile(r"([a-z])\1+")
_VOWELS = re.compile(r"[aeiouh]+")

_HEADS = ("kwa", "ku", "e", "o")
_TAILS = (("weni", "o"), ("wini", "u"), ("eni", "a"), ("eni", "e"), ("ini", "i"))
SHORTEST_STEM = 5
"""Letters left when a locative is taken off a name ("eThembeni", "kwaNomvula")."""


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """The words around names of places, of all languages of a city (`[places]` in `words.toml`).

    `live_in` comes before a name, `articles` and `kinds` ("area", "colonia") may be left out of it,
    `parts` come with a number behind it ("section 4"), `numbered` is a kind that goes by number
    ("ward 12"), `doubt` says that what follows is only beside the place ("near"), unless a word of
    `inside` stands right before the name ("in"); `against` says anywhere that it is not where
    somebody lives ("not", "or", "I work"). `directions` make another place of a name, and so do
    `heads_behind` and `heads_before` of a street or a building called after it, on their side.
    `short` maps abbreviations to words, and numbers in words to digits.
    """

    live_in: tuple[tuple[str, ...], ...] = ()
    articles: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()
    numbered: frozenset[str] = frozenset()
    inside: frozenset[str] = frozenset()
    doubt: frozenset[str] = frozenset()
    against: frozenset[str] = frozenset()
    directions: frozenset[str] = frozenset()
    heads_behind: frozenset[str] = frozenset()
    heads_before: frozenset[str] = frozenset()
    short: Mapping[str, str] = field(default_factory=dict)


def place_words(lists: Sequence[Mapping[str, tuple[str, ...]]]) -> PlaceWords:
    """The lists of several languages as one. An entry of `short` is the abbreviation, then what it
    stands for ("sta santa"); `padding` is polite words, which count as `live_in`."""

    def all_of(*keys: str) -> Iterable[str]:
        return (phrase for words in lists for key in keys for phrase in words.get(key, ()))

    def single(key: str) -> frozenset[str]:
        return frozenset(word for phrase in all_of(key) for word in tokens(phrase))

    phrases = {tuple(tokens(phrase)) for phrase in all_of("live_in", "padding")} - {()}
    return PlaceWords(
        live_in=tuple(sorted(phrases, key=lambda p: (-len(p), p))),
        articles=single("articles"),
        kinds=single("kinds"),
        parts=single("parts"),
        numbered=single("numbered"),
        inside=single("inside"),
        doubt=single("doubt"),
        against=single("against"),
        directions=single("directions"),
        heads_behind=single("heads_behind"),
        heads_before=single("heads_before"),
        short=dict(fold(entry).split(" ", 1) for entry in all_of("short")),
    )


def tokens(text: str) -> list[str]:
    """Folded words; an apostrophe joins, all other punctuation parts."""
    return _WORD.findall(fold(text).replace("'", ""))


def sounds(key: str) -> tuple[str, ...]:
    """A joined name by its sound: kw and qu, c, k and s, single and double letters, th and t are
    the same. "ph" is an f in some languages and a p in others, so both come out."""
    key = key.replace("qu", "kw").replace("q", "k")
    key = _HARD_C.sub("k", _SOFT_C.sub("s", key))
    key = _BREATHED.sub("", key.replace("z", "s").replace("y", "i"))
    key = _DOUBLED.sub(r"\1", key)
    return (key.replace("ph", "p"), key.replace("ph", "f")) if "ph" in key else (key,)


def stems(key: str) -> list[str]:
    """A joined name without a Nguni locative, as many ways as there may be; never itself."""
    found = [key] + [key[len(h) :] for h in _HEADS if key.startswith(h)]
    for stem in tuple(found):
        found += [stem[: -len(tail)] + end for tail, end in _TAILS if stem.endswith(tail)]
    return [stem for stem in found if len(stem) >= SHORTEST_STEM and stem != key]


def marks(words: Iterable[str]) -> str:
    """Numbers and single letters of a name: they tell neighbours apart and are never misspelt."""
    return " ".join(word for word in words if len(word) == 1 or not word.isalpha())


def is_slip(one: str, other: str) -> bool:
    """Whether two spellings differ only in vowels, an h or the order of letters: so people mistype;
    a changed consonant may be another place."""
    return _VOWELS.sub("", one) == _VOWELS.sub("", other) or sorted(one) == sorted(other)


def bigrams(key: str) -> set[str]:
    """Pairs of neighbouring letters, its ends marked."""
    return {a + b for a, b in pairwise(f"^{key}$")}


def distance(one: str, other: str, most: int) -> int:
    """Letters to change, add, drop or swap with a neighbour; `most` + 1 if it is more than that."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before, row = [0] * (len(other) + 1), list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
