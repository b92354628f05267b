"""Replies to options: printed code, label, synonym, each as the whole reply.

The deeper reading of sentences (negation, typos, hedges) is `questions.choice`'s next step and goes
here; until then a text that is not plainly one option is asked back, never guessed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Protocol

from dialogue.answers.normalise import clean, fold, fold_word


class Labelled(Protocol):
    """An option, as far as matching sees it."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def label(self) -> Mapping[str, str]: ...
    @property
    def synonyms(self) -> Mapping[str, tuple[str, ...]]: ...


Found = tuple[tuple[str, ...], str]
"""Option names that the text may mean, and the rule that found them."""

_NOTHING: Found = ((), "")
_NEGATIVE = re.compile(r"-\s*[0-9]")
_NUMBERED = re.compile(r"([0-9]{1,6})\s*[.):\-]*\s+(\S.*)")
_HASH = re.compile(r"[#(\[]?\s*([0-9]{1,6})\s*[.)\]:]*")


def match(
    text: str, options: Sequence[Labelled], locales: Sequence[str], padding: Iterable[str]
) -> Found:
    """Reads one folded or raw reply against options; `locales` in order of preference.

    More than one name in the result means that the reply is ambiguous.
    """
    if is_doubtful(text):
        return _NOTHING
    bare = strip_padding(fold(text), padding)
    if not bare:
        return _NOTHING
    number = _HASH.fullmatch(bare)
    if number:
        return _named([o for o in options if _same_code(o.code, number[1])], "code")
    words = _by_words(bare, options, locales)
    return words if words[0] else _number_and_words(bare, options, locales)


def is_doubtful(text: str) -> bool:
    """Whether it asks rather than answers ("safe?"), or is a negative number."""
    seen = clean(text)
    return seen.endswith(("?", "¿")) or _NEGATIVE.match(seen) is not None


def strip_padding(text: str, padding: Iterable[str]) -> str:
    """The folded text without polite words around it; never less than one word."""
    around = _around(tuple(padding))
    while True:
        for words in around:
            shorter = text.removeprefix(words + " ").removesuffix(" " + words).strip(" .,;:!")
            if shorter and shorter != text:
                text = shorter
                break
        else:
            return text


@lru_cache(maxsize=1000)
def _around(padding: tuple[str, ...]) -> tuple[str, ...]:
    """Polite words, the longest first."""
    return tuple(sorted({fold_word(p) for p in padding} - {""}, key=len, reverse=True))


def _by_words(text: str, options: Sequence[Labelled], locales: Sequence[str]) -> Found:
    """Labels before synonyms, the session's language before the others."""
    for locale in locales:
        labels = [o for o in options if fold_word(o.label.get(locale, "")) == text]
        if labels:
            return _named(labels, "label")
        synonyms = [o for o in options if text in map(fold_word, o.synonyms.get(locale, ()))]
        if synonyms:
            return _named(synonyms, "synonym")
    return _NOTHING


def _number_and_words(text: str, options: Sequence[Labelled], locales: Sequence[str]) -> Found:
    """ "3 often" counts if option 3 is "often"; two that disagree are both candidates."""
    both = _NUMBERED.fullmatch(text)
    if not both:
        return _NOTHING
    by_code = [o for o in options if _same_code(o.code, both[1])]
    names, _ = _by_words(both[2], options, locales)
    if not by_code or not names:
        return _NOTHING
    if by_code[0].name in names:
        return _named(by_code[:1], "code and label")
    return (by_code[0].name, *names), "code against label"


def _same_code(code: str, digits: str) -> bool:
    return code == digits or (code.isdigit() and code.lstrip("0") == digits.lstrip("0") != "")


def _named(options: Iterable[Labelled], rule: str) -> Found:
    names = tuple(o.name for o in options)
    return (names, rule) if names else _NOTHING
