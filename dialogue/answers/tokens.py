"""A folded text as its words, each digit group and each picture one of them."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from dialogue.answers.normalise import fold

MOST = 60
"""Words read of one reply to a question with options; a longer text is a story, not a choice."""

_TOKEN = re.compile(r"[^\W_]+(?:['@][^\W_]+)*@?|[^\w\s]")
_NUMBER_FIRST = re.compile(r"([0-9]{1,6})([^\W\d_]{3,})")
_WORD_FIRST = re.compile(r"([^\W\d_]{2,})([0-9]{1,6})")
_STRETCHED = re.compile(r"(.)\1{2,}")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words, and behind which positions punctuation stands (as the punctuation itself)."""

    words: tuple[str, ...]
    before: tuple[str, ...]


def tokens(folded: str) -> Tokens:
    """The words of a folded text, at most `MOST` and one more; linear in its length."""
    words: list[str] = []
    before: list[str] = []
    gap = ""
    for found in _TOKEN.finditer(folded):
        word = found[0]
        if _is_mark(word):
            gap += word
            continue
        for part in _split(word):
            words.append(part)
            before.append(gap)
            gap = ""
        if len(words) > MOST:
            break
    return Tokens(tuple(words), tuple(before))


@lru_cache(maxsize=20_000)
def word_tokens(phrase: str) -> tuple[str, ...]:
    """The words of a phrase of ours; never for what a resident wrote (see `fold_word`)."""
    return tokens(fold(phrase)).words


def squeezed(word: str) -> tuple[str, ...]:
    """What a stretched word may stand for: "yesss" is "yess" or "yes"; nothing for another."""
    if word.isdigit() or not _STRETCHED.search(word):
        return ()
    return _STRETCHED.sub(r"\1\1", word), _STRETCHED.sub(r"\1", word)


def _split(word: str) -> tuple[str, ...]:
    """ "3often" and "option3" are two words; "3rd" is one."""
    both = _NUMBER_FIRST.fullmatch(word) or _WORD_FIRST.fullmatch(word)
    return (both[1], both[2]) if both else (word,)


def _is_mark(word: str) -> bool:
    """Whether it is punctuation; a picture is a word."""
    return len(word) == 1 and not word.isalnum() and unicodedata.category(word) not in ("So", "Co")
