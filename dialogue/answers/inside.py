"""What stands beside the one option named and leaves it open, though every word is known.

A word that is harmless beside one option is none beside another ("a man" but not "in a safe"), so
what may stand there depends on what was named: a number, a yes or a no, a form of address, the
plain one of a scale. Laughter is never harmless.
"""

from collections.abc import Sequence
from itertools import pairwise

from dialogue.answers.found import AGAINST
from dialogue.answers.lexicon import Lexicon
from dialogue.answers.marks import Mark

SHORTEST = 4
"""Letters of the shortest label that is no word which people say to one another."""

_BESIDE_YES = frozenset({"position", "greeting", "thanks", "yes", "very"})
_BESIDE_NO = _BESIDE_YES | {"no", "negators"}


def leaves_open(row: Sequence[Mark], named: str, known: Lexicon) -> bool:
    """Whether what stands beside the one option `named` makes it doubtful."""
    options = [mark for mark in row if mark.kind == "option"]
    if any(_listed(mark, "laughter", known) for mark in row):
        return True
    if not options:
        return not _is_plain_number(row, named, known)
    if named in ("yes", "no"):
        return not _is_plain_yes_or_no(row, named, known)
    if any(_listed(mark, "address", known) for mark in options):
        return not all(m in options or _tells_of_oneself(m, known) for m in row)
    return _is_by_the_way(row, options) or _has_another_sense(row, known)


def _listed(mark: Mark, key: str, known: Lexicon) -> bool:
    return " ".join(mark.words) in known.listed(key)


def _is_polite(mark: Mark, known: Lexicon) -> bool:
    """Whether it is one of the words that may stand around a number too. So is
    a "one" that counts nothing ("the third one")."""
    return mark.kind == "padding" and (mark.number == 1 or _listed(mark, "padding", known))


def _is_plain_number(row: Sequence[Mark], named: str, known: Lexicon) -> bool:
    """Whether a number or a place in the list has nothing beside it but polite words and what says
    that it is one: "option 3", "the third one", but not "at 3" or "me 2". The first and the second
    of a yes and a no are more likely days."""
    kinds = {mark.kind for mark in row}
    if named in ("yes", "no") and "ordinal" in kinds and "position" not in kinds:
        return False
    thanked = any(mark.kind == "thanks" for mark in row[:1])
    return not thanked and all(
        mark.kind in ("number", "ordinal", "last", "position", "thanks", "greeting", "and")
        or _is_polite(mark, known)
        for mark in row
    )


def _is_plain_yes_or_no(row: Sequence[Mark], named: str, known: Lexicon) -> bool:
    """Whether a yes or a no has only polite words beside it, and words that say the same. Its
    number may stand before it ("2 no"), but "no, 2" may be a count."""
    beside = _BESIDE_NO if named == "no" else _BESIDE_YES
    numbered = row[0].kind == "number" and row[0].words[0].isdigit()
    return all(
        mark.kind == "option"
        or (mark.kind in beside and not _listed(mark, "farewells", known))
        or (mark.kind == "number" and mark is row[0] and numbered)
        or _is_polite(mark, known)
        for mark in row
    )


def _tells_of_oneself(mark: Mark, known: Lexicon) -> bool:
    """Whether it belongs to "I am a …": only so is a form of address an answer ("thanks man")."""
    return mark.kind in ("position", "number", "very") or _listed(mark, "oneself", known)


def _is_by_the_way(row: Sequence[Mark], options: Sequence[Mark]) -> bool:
    """Whether a label is a short word that people say to one another ("hey guy")."""
    short = all(len("".join(mark.words)) < SHORTEST for mark in options)
    return short and any(mark.kind in ("yes", "greeting", "noise") for mark in row)


def _has_another_sense(row: Sequence[Mark], known: Lexicon) -> bool:
    """Whether the plain one of a scale that has its negation too ("safe" beside "unsafe") is said
    in another sense: "in a safe", "my safe", "safe, bye"."""
    if any(_listed(mark, "farewells", known) for mark in row):
        return True
    before = pairwise(row)
    return any(
        mark.kind == "option" and _listed(one, "determiners", known) and _is_negatable(mark, known)
        for one, mark in before
    )


def _is_negatable(mark: Mark, known: Lexicon) -> bool:
    """Whether another option is said with the negation of its words ("unsafe", "not safe")."""
    prefixes = known.listed("negative_prefixes_of_words")

    def negates(phrase: tuple[str, ...]) -> bool:
        bare = tuple(w for w in phrase if known.kind((w,)) not in AGAINST)
        if bare != phrase and set(bare) & set(mark.words):
            return True
        return any(w == p + said for w in phrase for p in prefixes for said in mark.words)

    others = (phrase for phrase, e in known.phrases.items() if not set(e.names) & set(mark.names))
    return any(map(negates, others))
