"""What a row of marks comes to for one option: what names one, and what speaks against it."""

from collections.abc import Sequence
from dataclasses import replace

from dialogue.answers.found import (
    AGAINST,
    DOUBTS,
    MOST_CANDIDATES,
    SILENT,
    Match,
    doubtful,
    evidence,
    named_at,
    sure,
)
from dialogue.answers.guessing import guess
from dialogue.answers.inside import leaves_open
from dialogue.answers.lexicon import Lexicon
from dialogue.answers.marks import Mark
from dialogue.answers.negation import contraries, opposite


def weigh(row: Sequence[Mark], known: Lexicon) -> Match:
    """What a row of marks comes to for one option."""
    row = _last_alone(_without_reason(row, known))
    named = evidence(row, known)
    unknown = [
        mark
        for place, mark in enumerate(row)
        if mark.kind in ("unknown", "elsewhere", "question")
        or (mark.kind in ("number", "ordinal") and not named_at(row, place, known))
        or (mark.kind == "before_number" and not _is_before_number(row, place))
        or (mark.kind == "because" and place == 0)
    ]
    kinds = {mark.kind for mark in row}
    if not named:
        return guess(row, known)
    if len(named) > 1:
        return doubtful(() if "neither" in kinds else named)
    doubts = kinds & DOUBTS
    if "option" not in kinds:
        doubts |= kinds & LIMITS
    if not _asks(row):
        doubts = doubts - {"question"}
    if "elsewhere" in kinds and named[0] not in ("yes", "no"):
        doubts = doubts | {"elsewhere"}
    if doubts:
        return _against(row, named[0], known, doubts, unknown)
    graded = _graded(row, named[0], known)
    if graded:
        return doubtful(graded)
    if unknown or leaves_open(row, named[0], known):
        return doubtful(named)
    return sure(named, _rule(row))


LIMITS = frozenset({"over", "under", "or_more", "or_less", "yes"})
"""What makes another thing of a number alone than an option's ("more than 2", "4 sure")."""


def _is_before_number(row: Sequence[Mark], place: int) -> bool:
    """Whether a number follows what may stand before one ("I am", "tengo")."""
    return any(mark.kind in ("number", "ordinal") for mark in row[place + 1 : place + 3])


def _asks(row: Sequence[Mark]) -> bool:
    """Whether a question word comes first, but for polite words."""
    return next((m.kind for m in row if m.kind not in SILENT), "") == "question"


def _last_alone(row: Sequence[Mark]) -> Sequence[Mark]:
    """The row with a "last" that stands beside more than polite words as a word like any other
    ("last year")."""
    if all(mark.kind in SILENT or mark.kind == "last" for mark in row):
        return row
    return [replace(m, kind="unknown") if m.kind == "last" else m for m in row]


def _without_reason(row: Sequence[Mark], known: Lexicon) -> Sequence[Mark]:
    """The row up to a "because", where something stands before it."""
    for place, mark in enumerate(row):
        if mark.kind == "because" and evidence(row[:place], known):
            return row[:place]
    return row


def _against(
    row: Sequence[Mark], name: str, known: Lexicon, doubts: set[str], unknown: Sequence[Mark]
) -> Match:
    """One option with something that speaks against it."""
    if not unknown and _is_plain_no(row, name) and not leaves_open(row, name, known):
        return sure((name,), "polite")
    if "weak_negators" in doubts and name not in ("yes", "no"):
        return _weakened(row, name, known)
    if "but" in doubts or not doubts & {"negators", "no", "neither", "none", "prefixed"}:
        return doubtful((name,))
    said_no = row[0].kind == "no" and len(row[0].words) == 1 and len(row) > 1
    if said_no and sum(mark.kind in DOUBTS for mark in row) == 1 and row[1].before.strip("'\""):
        return doubtful((name,))  # "no, …" may be said to anything
    other = opposite(name, known)
    negators = [mark for mark in row if mark.kind in ("negators", "no")]
    straight = doubts <= {"negators", "no"} and not unknown and not _is_apart(row)
    beside = [mark for mark in row if mark not in negators]
    straight = straight and len(negators) <= 2 and not leaves_open(beside, name, known)
    if other is not None and straight:
        return sure((other,), "opposite")
    negated = (name, *_sisters(row, name, known))
    rest = tuple(o.name for o in known.options if o.name not in negated and o.role is None)
    return doubtful((name, *rest)[:MOST_CANDIDATES] if said_no else rest)


def _weakened(row: Sequence[Mark], name: str, known: Lexicon) -> Match:
    """An option of which the reply says little ("hardly safe"): itself or its contraries, or, where
    no label is one, any but those that say more of it. Never the one alone."""
    more = _sisters(row, name, known)
    rest = tuple(o.name for o in known.options if o.name not in more and o.role is None)
    against = contraries(name, known)
    return doubtful((name, *against) if against else rest)


def _is_plain_no(row: Sequence[Mark], name: str) -> bool:
    """Whether a no comes first and everything else only adds to it ("no, I have not")."""
    said = [mark for mark in row if mark.kind not in SILENT]
    only = {mark.kind for mark in said[1:]} <= {"negators", "no", "option"}
    return name == "no" and said[0].kind == "option" and only


def _is_apart(row: Sequence[Mark]) -> bool:
    """Whether punctuation stands between the marks, which may end what a negator reaches."""
    return any(mark.before.strip("'\"") for mark in row[1:])


def _graded(row: Sequence[Mark], name: str, known: Lexicon) -> tuple[str, ...]:
    """The option and its stronger sisters, where the reply itself strengthens ("really safe")."""
    named = [mark for mark in row if name in mark.names and mark.kind == "option"]
    strengthened = any(mark.kind == "very" for mark in row) and named
    if not strengthened or any(known.kind((w,)) == "very" for mark in named for w in mark.words):
        return ()
    sisters = _sisters(row, name, known) or _strong(name, known)
    graded = sum(option.role is None for option in known.options) > 2
    return (name, *sisters) if sisters or graded else ()


def _sisters(row: Sequence[Mark], name: str, known: Lexicon) -> tuple[str, ...]:
    """The other options whose label has all the words said for this one and more."""
    said = {word for mark in row if name in mark.names for word in mark.words}
    stem = known.stem
    said = {stem(word) for word in said}
    more = (
        entry.names
        for phrase, entry in known.phrases.items()
        if said < set(map(stem, phrase)) and not any(known.kind((w,)) in AGAINST for w in phrase)
    )
    return tuple(dict.fromkeys(n for names in more for n in names if said and n != name))


def _strong(name: str, known: Lexicon) -> tuple[str, ...]:
    """The other options that are said with a "very"."""
    strong = (
        entry.names
        for phrase, entry in known.phrases.items()
        if len(phrase) > 1 and any(known.kind((word,)) == "very" for word in phrase)
    )
    return tuple(dict.fromkeys(n for names in strong for n in names if n != name))


def _rule(row: Sequence[Mark]) -> str:
    kinds = {mark.kind for mark in row}
    if "option" in kinds:
        rules = {mark.rule for mark in row if mark.kind == "option"}
        if kinds & {"number", "ordinal"}:
            return "code and label"
        return "inflection" if "inflection" in rules else "polite"
    return "position"
