"""Replies to options whose labels are numbers: printed number, value and band are weighed."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from dialogue.answers.bands import Band, band_of, in_band, is_far
from dialogue.answers.found import DOUBTS, Match, doubtful, evidence, same_code, sure
from dialogue.answers.lexicon import Labelled, Lexicon
from dialogue.answers.marks import Mark
from dialogue.answers.tokens import word_tokens

ROUGHLY = 2
"""Years that an age told roughly may be off: it must lie in the same band all the same."""

ROUGHLY_FROM = 21
"""From here on an age may be told roughly ("about 40"): below, a year or two decide whether
somebody is old enough to be asked."""


def numeric_labels(options: Sequence[Labelled]) -> bool:
    """Whether several labels have a digit in them."""
    return sum(_has_digit(tuple(option.label.values())) for option in options) > 1


@lru_cache(maxsize=5000)
def _has_digit(labels: tuple[str, ...]) -> bool:
    return any(map(str.isdigit, "".join(labels)))


def banded(
    row: Sequence[Mark], known: Lexicon, among: Mapping[str, Band], *, plus: bool
) -> Match | None:
    """A number or range against labels that are numbers; None where the reply is neither.

    A printed number that could be a value as well is both, and asked back.
    """
    kinds = {mark.kind for mark in row}
    numeric = [mark for mark in row if mark.kind == "option" and mark.words[0].isdigit()]
    numbers = [mark for mark in row if mark.kind == "number"]
    worded = any(mark.kind == "option" and mark not in numeric for mark in row)
    if worded or (numeric and numbers):
        return None
    counted = any(_is_unit(mark, known) for mark in row)
    if kinds & DOUBTS == {"or"} and len(numbers) == 2:
        values = [n for mark in numbers for n in in_band((mark.number, mark.number), among)]
        codes = () if counted else evidence(row, known)
        return doubtful(tuple(dict.fromkeys((*values, *codes))))
    rough = _is_rough(row, known)
    if kinds & (DOUBTS - {"between"}) - ({"hedges"} if rough else set()):
        return None
    said = band_of(_numbers(row), plus=plus)
    if said is None or (rough and not ROUGHLY_FROM <= said[0] == said[1]):
        return None
    if rough:
        said = (said[0] - ROUGHLY, said[1] + ROUGHLY)
    names = in_band(said, among)
    if any(is_far(said, among[name]) for name in names):
        return doubtful(names)
    if any(mark.kind in ("unknown", "elsewhere") and not _is_unit(mark, known) for mark in row):
        return doubtful(names)
    if said[0] == said[1]:
        by_code = [o.name for o in known.options if same_code(o.code, str(said[0]))]
        led = by_code and any(mark.kind == "position" for mark in row)
        only = by_code if led else names if counted and names else (*by_code, *names)
        both = tuple(dict.fromkeys(only))
        if len(both) == 1:
            return sure(both, "band" if names else "code")
        return doubtful(both) if both else Match(number=str(said[0]))
    return sure(names, "band") if len(names) == 1 else doubtful(names)


def _is_rough(row: Sequence[Mark], known: Lexicon) -> bool:
    """Whether all that hedges the number is a word for "about"."""
    hedges = [f" {' '.join(mark.words)} " for mark in row if mark.kind == "hedges"]
    about = {phrase for locale in known.languages for phrase in locale.words.numerals.about}
    return bool(hedges) and about.issuperset(hedges)


def _is_unit(mark: Mark, known: Lexicon) -> bool:
    """Whether it names what is counted: "years", or a word of the labels ("rooms")."""
    if mark.kind == "units":
        return True
    labels = (
        word_tokens(o.label.get(lo.code, "")) for o in known.options for lo in known.languages
    )
    return mark.kind == "unknown" and any(mark.words[0] in label for label in labels)


def _numbers(row: Sequence[Mark]) -> list[Mark]:
    """The row with labels that are numbers taken apart again."""
    found: list[Mark] = []
    for mark in row:
        if mark.kind != "option":
            found.append(mark)
            continue
        for n, word in enumerate(mark.words):
            before = mark.before if n == 0 else "-"
            number = int(word[:6]) if word.isdigit() else 0
            found.append(
                Mark("number" if word.isdigit() else "units", (word,), before, number=number)
            )
    return found
