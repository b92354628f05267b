"""Names of people in a text: they do not tell which language it is in."""

from collections.abc import Iterator, Sequence, Set

from dialogue.answers.normalise import clean, fold

SHORTEST = 3
"""Letters of the shortest word that a capital makes a name: not "I"."""

PARTICLES = frozenset({"van", "der", "den", "von", "du", "de", "del", "la", "los", "las", "y", "e"})
"""Small words within names of people."""

_SIGNS = ".,;:!?¡¿'\"()"


def without_names(text: str, names: Set[str], known: Set[str]) -> str:
    """The text without names of people: those listed in `names` (folded), and what goes on behind
    one, in capitals or small ("Johan van der Merwe"). Nothing is left of a text that is a name
    alone, each word with a capital. A word of `known`, which people send, is never a name."""
    words = clean(text).split()
    bare = [word.strip(_SIGNS) for word in words]
    small = [word.lower() for word in bare]
    if len(words) > 1 and _is_name_alone(bare) and known.isdisjoint(small):
        return ""
    return " ".join(words[place] for place in _others(bare, small, names, known))


def _others(
    bare: Sequence[str], small: Sequence[str], names: Set[str], known: Set[str]
) -> Iterator[int]:
    """The places of words that are no part of a name."""
    within = False
    for place, word in enumerate(small):
        listed = (word if word.isascii() else fold(word)) in names
        more = within and (word in PARTICLES or _has_capital(bare[place]))
        within = word not in known and (listed or more)
        if not within:
            yield place


def _is_name_alone(words: Sequence[str]) -> bool:
    rest = [word for word in words if word not in PARTICLES]
    return bool(rest) and all(map(_has_capital, rest))


def _has_capital(word: str) -> bool:
    """Whether its capital tells something: not where it has no small letter."""
    return len(word) >= SHORTEST and word[0].isupper() and any(map(str.islower, word))
