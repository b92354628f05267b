"""What a reply comes to among options, and the kinds of words that count for or against."""

from collections.abc import Sequence
from dataclasses import dataclass

from dialogue.answers.lexicon import Lexicon
from dialogue.answers.marks import Mark

MOST_CANDIDATES = 4
"""More options than that are no help when asking back: the whole question is."""

DOUBTS = frozenset(
    {"negators", "weak_negators", "hedges", "but", "or", "between", "neither", "except"}
    | {"dont_know", "refused", "question", "all", "none", "no", "prefixed"}
)
"""Marks that leave what stands beside them open."""

AGAINST = frozenset({"negators", "no", "none"})
"""Words that turn a label into something else."""

SILENT = frozenset(
    {"padding", "position", "greeting", "thanks", "yes", "units", "to", "and", "only", "over"}
    | {"before_number", "under", "or_more", "or_less", "noise"}
)
"""Marks that say nothing about which option is meant."""


@dataclass(frozen=True, slots=True)
class Match:
    """Names of the options a reply may mean. It is an answer only where it is `sure`, which is of
    one name alone. `number`: it is plainly a number, but no option has it."""

    names: tuple[str, ...] = ()
    rule: str = ""
    sure: bool = False
    number: str | None = None


NOTHING = Match()


def sure(names: Sequence[str], rule: str) -> Match:
    return Match(tuple(names), rule, sure=True)


def doubtful(names: Sequence[str]) -> Match:
    return Match(tuple(names)) if len(names) <= MOST_CANDIDATES else NOTHING


def same_code(code: str, digits: str) -> bool:
    """Whether digits are an option's printed number, leading zeros or not."""
    return code == digits or (code.isdigit() and code.lstrip("0") == digits.lstrip("0") != "")


def evidence(row: Sequence[Mark], known: Lexicon) -> tuple[str, ...]:
    """The options named in a row, each once, in its order."""
    names = [n for place in range(len(row)) for n in named_at(row, place, known)]
    return tuple(dict.fromkeys(names))


def named_at(row: Sequence[Mark], place: int, known: Lexicon) -> tuple[str, ...]:
    """The options that one mark names: by words, printed number or place in the list."""
    mark = row[place]
    options = known.options
    if mark.kind == "option":
        return mark.names
    if mark.kind == "last":
        last = options[-1:] if options[-1].role is None else options[-2:]
        return tuple(o.name for o in last)
    if mark.kind not in ("number", "ordinal"):
        return ()
    by_code = [o.name for o in options if same_code(o.code, str(mark.number))]
    by_place = options[mark.number - 1 : mark.number] if mark.kind == "ordinal" else ()
    return tuple(dict.fromkeys((*by_code, *(o.name for o in by_place))))
