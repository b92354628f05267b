"""A reply as a row of marks: options, numbers, negators, polite words … and what nobody knows."""

from dataclasses import dataclass, replace
from itertools import pairwise

from dialogue.answers.lexicon import LONGEST_PHRASE, Lexicon
from dialogue.answers.numerals import cardinal, ordinal
from dialogue.answers.tokens import Tokens, squeezed

LONGEST_NUMBER = 3
"""Words of the longest number looked for inside a reply."""

MIN_PREFIXED = 3
"""Letters that a word has at least behind a prefix that negates it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Some words of a reply. `kind` is option, number, ordinal, unknown, prefixed (unknown, but
    it begins like a negated word) or one of `locale.MARK_KEYS`; `before` is the punctuation that
    stands before it."""

    kind: str
    words: tuple[str, ...]
    before: str = ""
    names: tuple[str, ...] = ()
    rule: str = ""
    number: int = 0


def marks(said: Tokens, lexicon: Lexicon) -> tuple[Mark, ...]:
    """The marks of a reply, the longest phrase at each place; an option before a word of a list.

    Looks at no more than `LONGEST_PHRASE` phrases at each word.
    """
    words = _unstretched(said.words, lexicon)
    prefixes = lexicon.listed("negative_prefixes")
    found: list[Mark] = []
    place = 0
    while place < len(words):
        mark = _at(words, place, said.before[place], lexicon)
        if mark.kind == "unknown" and _is_negated(words[place], prefixes):
            mark = Mark("prefixed", mark.words, mark.before)
        found.append(mark)
        place += len(mark.words)
    return _numbered(found)


def _at(words: tuple[str, ...], place: int, before: str, lexicon: Lexicon) -> Mark:
    if words[place].isdigit():
        for length in range(min(LONGEST_OPTION, len(words) - place), 1, -1):
            entry = lexicon.option(words[place : place + length])
            if entry is not None:
                phrase = words[place : place + length]
                return Mark("option", phrase, before, entry.names, entry.rule)
        alone = words[place : place + 1]
        if len(words[place]) > LONGEST_DIGITS:
            return Mark("unknown", alone, before)
        return Mark("number", alone, before, number=int(words[place]))
    for length in range(min(LONGEST_PHRASE, len(words) - place), 0, -1):
        phrase = words[place : place + length]
        entry = lexicon.option(phrase)
        if entry is not None:
            return Mark("option", phrase, before, entry.names, entry.rule)
        kind = lexicon.kind(phrase)
        if kind == "dont_know" and _weakens(phrase, lexicon):
            continue
        if kind is not None and not (kind not in FIRST and _hides(words, place, length, lexicon)):
            return Mark(kind, phrase, before)
    return _number(words, place, before, lexicon) or Mark(
        "unknown", words[place : place + 1], before
    )


def _hides(words: tuple[str, ...], place: int, length: int, lexicon: Lexicon) -> bool:
    """Whether a phrase of a list ends within an option of two words or more, which then counts
    ("it is not" within "it is not safe", where "not safe" is an option's)."""
    for start in range(place + 1, place + length):
        for end in range(place + length + 1, min(start + LONGEST_OPTION, len(words)) + 1):
            if lexicon.option(words[start:end]) is not None:
                return True
    return False


def _weakens(phrase: tuple[str, ...], lexicon: Lexicon) -> bool:
    """Whether a don't know is also a weak negator with an option ("no muy seguro" where "seguro"
    means safe, not sure)."""
    for start in range(1, len(phrase)):
        entry = lexicon.option(phrase[start:])
        weak = lexicon.kind(phrase[:start]) == "weak_negators"
        if weak and entry is not None and not {"yes", "no"} & set(entry.names):
            return True
    return False


FIRST = frozenset({"dont_know", "refused", "neither", "weak_negators"})
"""Lists whose phrases hold even where an option begins within them ("no estoy segura")."""

LONGEST_OPTION = 4
"""Words of the longest option looked for behind such a phrase."""

LONGEST_DIGITS = 6
"""Digits of the longest number that a code can be."""


def _number(words: tuple[str, ...], place: int, before: str, lexicon: Lexicon) -> Mark | None:
    for length in range(min(LONGEST_NUMBER, len(words) - place), 0, -1):
        phrase = words[place : place + length]
        text = " ".join(phrase)
        number = ordinal(text, lexicon.words)
        if number is not None:
            return Mark("ordinal", phrase, before, number=number)
        number = cardinal(text, lexicon.words)
        if number is not None:
            return Mark("number", phrase, before, number=number)
    return None


def _unstretched(words: tuple[str, ...], lexicon: Lexicon) -> tuple[str, ...]:
    """Stretched words ("yesss") as the word they stand for, where we know it."""
    return tuple(
        word
        if lexicon.knows(word)
        else next((form for form in squeezed(word) if lexicon.knows(form)), word)
        for word in words
    )


def _is_negated(word: str, prefixes: tuple[str, ...]) -> bool:
    """Whether a word that we do not know begins like a negated one ("angizizwa")."""
    return any(word.startswith(p) and len(word) >= len(p) + MIN_PREFIXED for p in prefixes)


def _numbered(found: list[Mark]) -> tuple[Mark, ...]:
    """ "no. 3" and "no 3" are a position, but "no, 3" or "no 3 is" may be a no. A "one" behind an
    ordinal ("the third one") or an option is no number."""
    for n, (mark, then) in enumerate(pairwise(found)):
        digits = then.kind == "number" and then.words[0].isdigit()
        abbreviated = then.before.startswith(".") or (len(found) == 2 and not then.before)
        if digits and mark.words == ("no",) and mark.kind != "option" and abbreviated:
            found[n] = Mark("position", mark.words, mark.before)
        spelt_one = then.kind == "number" and then.number == 1 and not digits
        counts_none = mark.kind in ("ordinal", "option", "last") and not {"yes", "no"} & {
            *mark.names
        }
        if spelt_one and counts_none:
            found[n + 1] = replace(then, kind="padding")
    return tuple(found)
