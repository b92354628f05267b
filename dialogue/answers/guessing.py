"""A reply that names no option outright: a slip of spelling, a label that was cut, a part of one, a
number that no option has."""

from collections.abc import Sequence

from dialogue.answers.found import (
    AGAINST,
    DOUBTS,
    NOTHING,
    SILENT,
    Match,
    doubtful,
    sure,
)
from dialogue.answers.lexicon import Lexicon
from dialogue.answers.marks import Mark
from dialogue.answers.near import is_plain_slip, nearest
from dialogue.answers.tokens import word_tokens

SHORTEST_CUT = 10
"""Letters from which on the beginning of a label stands for it (channels cut titles)."""

SHORTEST_PART = 3
"""Letters of the shortest part of a label that names it when asking back."""


def nearly(words: tuple[str, ...], known: Lexicon) -> Match:
    """The one label that the whole reply nearly is, sure where the slip is a plain one; not where a
    word that differs from it is one we know, for that is no slip ("not happy" is not "most happy").
    """
    prefixes = known.listed("negative_prefixes_of_words")
    alike = {
        phrase: names
        for phrase, names in known.respellable.items()
        if len(phrase) == len(words)
        and not any(w != p and known.knows(w) for w, p in zip(words, phrase, strict=True))
    }
    near = nearest(words, alike, prefixes)
    return _slip(words, near, known) if len(near) == 1 else NOTHING


def _slip(words: tuple[str, ...], near: tuple[str, ...], known: Lexicon) -> Match:
    """What near spelling comes to: sure where it is one label and a plain slip."""
    if len(near) == 1 and is_plain_slip(words, near[0], known.respellable):
        return sure(near, "near spelling")
    return doubtful(near)


def cut_label(words: tuple[str, ...], known: Lexicon, *, whole: bool) -> tuple[str, ...]:
    """The one option whose label begins with these words, if they are long enough and are plainly
    cut: within a word, or, where not `whole`, by an ellipsis."""
    said = " ".join(words)
    if len(said) < SHORTEST_CUT:
        return ()
    names = dict.fromkeys(
        name
        for phrase, entry in known.phrases.items()
        if (label := " ".join(phrase)).startswith(said)
        and label != said
        and not (whole and label[len(said)] == " ")
        for name in entry.names
    )
    return tuple(names) if len(names) == 1 else ()


def guess(row: Sequence[Mark], known: Lexicon) -> Match:
    """Where no option is named outright: the beginning or a part of a label, a slip of spelling, a
    number that no option has."""
    said = [mark for mark in row if mark.kind not in SILENT]
    if all(mark.kind in DOUBTS for mark in said):
        said = [mark for mark in row if mark.kind != "padding"] or list(row)
    words = tuple(
        w for mark in said for w in mark.words if len(said) > 1 or known.kind((w,)) != "padding"
    )
    numbers = [mark for mark in said if mark.kind in ("number", "ordinal")]
    if numbers:
        return Match(number=str(numbers[0].number)) if len(said) == 1 else NOTHING
    against = any(mark.kind in DOUBTS - {"prefixed"} for mark in said)
    bare = tuple(w for w in words if known.kind((w,)) not in (*DOUBTS, "padding"))
    partly = part_of(bare or words, known)
    if against:
        negated = any(mark.kind in ("negators", "weak_negators", "no") for mark in said)
        rest = [o.name for o in known.options if o.name not in partly and o.role is None]
        return doubtful(rest if partly and negated and bare else partly)
    if partly:
        return doubtful(partly)
    near = nearest(words, known.respellable, known.listed("negative_prefixes_of_words"))
    return _slip(words, near, known)


def part_of(words: tuple[str, ...], known: Lexicon) -> tuple[str, ...]:
    """The options whose label has these words in their order, but for those that negate them
    ("agree" where there are "strongly agree" and "do not agree")."""
    found: dict[str, None] = {}
    if len("".join(words)) < SHORTEST_PART:
        return ()
    for option in known.options:
        for locale in known.languages:
            before = _before(words, word_tokens(option.label.get(locale.code, "")))
            if before is not None and not any(known.kind((w,)) in AGAINST for w in before):
                found[option.name] = None
    return tuple(found)


def _before(words: Sequence[str], label: Sequence[str]) -> Sequence[str] | None:
    """The words of a label that stand before the last of `words`, if it has them in their order."""
    place = 0
    for word in words:
        if word not in label[place:]:
            return None
        place = label.index(word, place) + 1
    return [w for w in label[: place - 1] if w not in words]
