"""Whether an option counts that is named within words that nobody knows."""

from collections.abc import Sequence

from dialogue.answers.found import AGAINST, SILENT
from dialogue.answers.lexicon import Lexicon
from dialogue.answers.marks import Mark

MOST_UNKNOWN = 5
"""Unknown words beside a label that still leave it the answer."""

SHORTEST_INSIDE = 4
"""Letters of the shortest label that counts inside a sentence."""


def stands_inside(row: Sequence[Mark], unknown: Sequence[Mark], known: Lexicon) -> bool:
    """Whether what is named counts within words that nobody knows: a label that is no short word,
    a yes or no only at the beginning, and no bare number."""
    if len(unknown) > MOST_UNKNOWN:
        return False
    said = [mark for mark in row if mark.kind not in SILENT]
    options = [mark for mark in said if mark.kind == "option"]
    if not options or any(_role(name, known) for mark in options for name in mark.names):
        return False
    if any(set(mark.names) & {"yes", "no"} for mark in options):
        return _leads(row, said[0], known)
    if _is_negatable(options[-1], known) or _is_compound(row, unknown):
        return False
    return any(len("".join(mark.words)) >= SHORTEST_INSIDE for mark in options)


def _leads(row: Sequence[Mark], first: Mark, known: Lexicon) -> bool:
    """Whether a yes or no opens the sentence and is one by itself: not "I do" with more behind it,
    and not the "no" of "no lights"."""
    if first.kind != "option" or known.option(first.words[:1]) is None:
        return False
    place = row.index(first) + 1
    after = row[place] if place < len(row) else first
    if after.before:
        return True
    if "yes" in first.names:
        return "only" not in {mark.kind for mark in row}
    return not _also_negates(first, known) and after.kind not in ("unknown", "to", "and", "units")


def _also_negates(mark: Mark, known: Lexicon) -> bool:
    """Whether the session's word for no is its word for not as well ("no me gusta")."""
    return " ".join(mark.words) in known.languages[0].words.replies.get("negators", ())


def is_by_the_way(row: Sequence[Mark]) -> bool:
    """Whether a label is a short word that people say to one another ("yes man", "hey man")."""
    short = all(len("".join(m.words)) < SHORTEST_INSIDE for m in row if m.kind == "option")
    named = any(m.kind == "option" and not {"yes", "no"} & set(m.names) for m in row)
    return short and named and any(m.kind in ("yes", "greeting", "noise") for m in row)


def _is_compound(row: Sequence[Mark], unknown: Sequence[Mark]) -> bool:
    """Whether one unknown word before the option is all there is beside it: it changes what the
    option's word means ("police woman", "backyard shack")."""
    place = next(n for n, mark in enumerate(row) if mark.kind == "option")
    before = row[place - 1] if place else row[place]
    return len(unknown) == 1 and row[0] is before in unknown and not row[place].before.strip("'\"")


def _role(name: str, known: Lexicon) -> str | None:
    return next(o.role for o in known.options if o.name == name)


def _is_negatable(mark: Mark, known: Lexicon) -> bool:
    """Whether it names the plain one of a scale that has its negation too ("safe" beside "unsafe"):
    with other words it is easily said in another sense ("safe to say …", "keep us safe")."""
    prefixes = known.listed("negative_prefixes_of_words")

    def negates(phrase: tuple[str, ...]) -> bool:
        against = [known.kind((w,)) in AGAINST for w in phrase]
        return (any(against) and not all(against)) or any(
            (word[len(prefix) :],) in known.phrases
            for word in phrase
            for prefix in prefixes
            if word.startswith(prefix)
        )

    return not negates(mark.words) and any(map(negates, known.phrases))
