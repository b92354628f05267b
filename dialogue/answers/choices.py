"""A reply to a question with options, as the one option it names; or the few that it may mean.

Evidence, strongest first: the printed number; a label or synonym as the whole reply; a position; a
label as complete words inside the reply; near spelling. Whatever speaks against it (a negator, a
hedge, a second option, words that nobody knows) makes the reply doubtful: then the options are only
candidates, to be asked back. Source: answer interpretation §4.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from dialogue.answers.banding import banded, numeric_labels
from dialogue.answers.bands import bands
from dialogue.answers.found import NOTHING, Match, doubtful, same_code, sure
from dialogue.answers.guessing import cut_label, nearly
from dialogue.answers.lexicon import Labelled, Lexicon, lexicon
from dialogue.answers.marks import marks
from dialogue.answers.normalise import clean, fold, fold_word
from dialogue.answers.tokens import MOST, tokens
from dialogue.answers.weighing import weigh
from dialogue.locale import Locale

_NEGATIVE = re.compile(r"-\s*[0-9]")
_BOUND = re.compile(r"\s*(?:[<>~≈≤≥]|'[0-9]{2}\b)")
"""What makes a limit or a year of a number: "> 3", "'90"."""

_CODE = re.compile(r"[#(\[]?\s*([0-9]{1,6})\s*[.)\]:]*")


def match(text: str, options: Sequence[Labelled], languages: Sequence[Locale]) -> Match:
    """Reads one reply against options; `languages` in order of preference, the session's first."""
    code = _CODE.fullmatch(fold(text))
    seen = clean(text)
    if code and not (_NEGATIVE.match(seen) or _BOUND.match(seen)) and not numeric_labels(options):
        named = [o.name for o in options if same_code(o.code, code[1])]
        if is_doubtful(text):
            return doubtful(named[:1])
        return sure(named[:1], "code") if named else Match(number=code[1])
    said = tokens(fold(text))
    if not said.words or len(said.words) > MOST or _NEGATIVE.match(clean(text)):
        return NOTHING
    if _BOUND.match(clean(text)):
        return NOTHING
    known = lexicon(options, languages)
    whole = _whole(text, said.words, known)
    if is_doubtful(text):
        return doubtful(whole.names)
    if whole.names and not (whole.rule == "label" and said.words[0].isdigit()):
        return whole
    cut = cut_label(said.words, known, whole=not clean(text).endswith("..."))
    if cut:
        return sure(cut, "cut label")
    near = nearly(said.words, known)
    if near.names:
        return near
    row = marks(said, known)
    among = bands(known)
    if among:
        numeric = banded(row, known, among, plus="+" in fold(text))
        if numeric is not None:
            return numeric
    return whole if whole.names else weigh(row, known)


def is_doubtful(text: str) -> bool:
    """Whether it asks, rather than answers or beside it ("safe?", "safe? in this area"), or is a
    negative number."""
    seen = clean(text)
    return "?" in seen or "¿" in seen or _NEGATIVE.match(seen) is not None


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


def _whole(text: str, words: tuple[str, ...], known: Lexicon) -> Match:
    """A label or synonym that is the whole reply; of two that differ in accents the one written."""
    entry = known.option(words)
    if entry is None:
        return NOTHING
    names = entry.names
    if len(names) > 1:
        written = clean(text).casefold()
        exact = [o.name for o in known.options if written in _as_written(o)]
        names = tuple(exact) if len(exact) == 1 else names
    return Match(names, entry.rule, sure=len(names) == 1)


def _as_written(option: Labelled) -> tuple[str, ...]:
    synonyms = (word for words in option.synonyms.values() for word in words)
    return tuple(clean(w).casefold().rstrip("?") for w in (*option.label.values(), *synonyms))
