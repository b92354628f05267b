"""A reply to a question for several options, or for their order.

Any part that cannot be read makes the whole reply doubtful: what was understood is said back.
Source: answer interpretation §5.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dialogue.answers.choices import is_doubtful
from dialogue.answers.found import SILENT, named_at, same_code
from dialogue.answers.lexicon import Labelled, Lexicon, lexicon
from dialogue.answers.marks import Mark, marks
from dialogue.answers.near import is_plain_slip, nearest
from dialogue.answers.normalise import fold
from dialogue.answers.tokens import MOST, tokens
from dialogue.locale import Locale

RANGE = frozenset("-–—")
"""Marks that between two numbers may mean all that lies between."""

POLITE = SILENT - {"and", "to"}
"""Marks that neither say nor part anything."""

_ORDERING = frozenset("=<")
"""Marks between numbers that say more than their order ("3<1<2")."""

_UNCLEAR = frozenset(
    {"weak_negators", "hedges", "or", "between", "neither", "dont_know", "refused", "question"}
    | {"unknown", "last", "ordinal", "because", "yes", "elsewhere", "prefixed"}
)


@dataclass(frozen=True, slots=True)
class Several:
    """The names of the options in the order given. It is an answer only where it is `sure`."""

    names: tuple[str, ...] = ()
    rule: str = ""
    sure: bool = False
    number: str | None = None


def several(
    text: str, options: Sequence[Labelled], languages: Sequence[Locale], *, ordered: bool
) -> Several:
    """Reads one reply; `languages` the session's first."""
    said = tokens(fold(text))
    if is_doubtful(text) or not said.words or len(said.words) > MOST:
        return Several()
    known = lexicon(options, languages)
    whole = known.option(said.words)
    if whole is not None and len(whole.names) == 1:
        return Several(whole.names, "list", sure=True)
    row = [part for mark in marks(said, known) for part in _apart(mark, known)]
    row, near, guessed = _respelt(row, known)
    chosen: list[str] = []
    unclear = guessed or any(mark.kind in _UNCLEAR for mark in row)
    unclear = unclear or _is_range(row, ordered=ordered)
    taking = False
    for place, mark in enumerate(row):
        if mark.kind in ("except", "negators", "no"):
            if mark.kind == "except" and not chosen and known.kind(mark.words[:1]) == "all":
                chosen = [o.name for o in options if o.role is None]
            plain = [o.name for o in options if o.name in chosen and o.role != "none"]
            unclear = (
                unclear
                or not plain
                or _is_bare_no(row, place)
                or not (taking or _takes(row, place))
            )
            taking = True
        elif mark.kind == "all":
            unclear = unclear or ordered
            chosen += [o.name for o in options if o.role is None]
        elif mark.kind == "none":
            chosen += [o.name for o in options if o.role == "none"] or [""]
        elif mark.kind in ("option", "number"):
            names = named_at(row, place, known)
            unclear = unclear or len(names) != 1 or _disagrees(row, place, known)
            unclear = unclear or _is_no_code(row, place, known)
            unclear = unclear or (not taking and any(m.kind == "all" for m in row[:place]))
            again = names[:1] == tuple(c for c in chosen if c in names[:1])
            unclear = unclear or (ordered and (again or bool(set(mark.before) & _ORDERING)))
            chosen = [n for n in chosen if n not in names] if taking else [*chosen, *names]
        elif mark.kind == "but":
            unclear = unclear or not _then_takes(row, place)
    unclear = unclear or "" in chosen
    names = tuple(name for name in dict.fromkeys(chosen) if name)
    bare = all(mark.kind in ("number", "and") for mark in row)
    rule = "list near spelling" if near else "codes" if bare else "list"
    lone = str(row[0].number) if len(row) == 1 and row[0].kind == "number" and not names else None
    return Several(names, rule, bool(names) and not unclear, lone)


def _apart(mark: Mark, known: Lexicon) -> Sequence[Mark]:
    """Glued single digits ("13") as so many numbers, where no option has the whole number."""
    digits = mark.words[0]
    if (
        mark.kind != "number"
        or not digits.isdigit()
        or any(same_code(o.code, digits) for o in known.options)
    ):
        return (mark,)
    codes = [o.code for o in known.options]
    readable = len(digits) > 1 and len(set(digits)) == len(digits) and set(digits) <= set(codes)
    if not readable or any(len(c) > 1 and c in digits for c in codes):
        return (mark,)
    first, rest = digits[0], digits[1:]
    return (
        Mark("number", (first,), mark.before, number=int(first)),
        *(Mark("number", (digit,), ",", number=int(digit)) for digit in rest),
    )


def _respelt(row: Sequence[Mark], known: Lexicon) -> tuple[list[Mark], bool, bool]:
    """The row with runs of unknown words read as the one label they nearly are; whether there are
    such, and whether one is more than a plain slip."""
    phrases = known.respellable
    prefixes = known.listed("negative_prefixes_of_words")
    found: list[Mark] = []
    near = guessed = False
    run: list[Mark] = []
    for mark in (*row, Mark("end", ())):
        if run and (mark.kind not in ("unknown", "prefixed") or mark.before.strip("'\"")):
            words = tuple(word for one in run for word in one.words)
            names = nearest(words, phrases, prefixes)
            near = near or len(names) == 1
            guessed = guessed or (len(names) == 1 and not is_plain_slip(words, names[0], phrases))
            option = Mark("option", words, run[0].before, names, "near spelling")
            found += [option] if len(names) == 1 else run
            run = []
        if mark.kind in ("unknown", "prefixed"):
            run.append(mark)
        elif mark.kind != "end":
            found.append(mark)
    return found, near, guessed


def _is_range(row: Sequence[Mark], *, ordered: bool) -> bool:
    """Whether a dash or a "to" between two numbers may mean a range: never with a third ("1-2-3"),
    and neighbours are the same either way."""
    numbers = [mark for mark in row if mark.kind == "number"]
    dashed = [n for n, mark in enumerate(numbers) if n and set(mark.before) & RANGE]
    if any(mark.kind == "to" for mark in row) and len(numbers) == 2:
        return True
    if ordered or not dashed or (len(dashed) > 1 and len(dashed) == len(numbers) - 1):
        return False
    return any(numbers[n].number - numbers[n - 1].number != 1 for n in dashed)


def _disagrees(row: Sequence[Mark], place: int, known: Lexicon) -> bool:
    """Whether a label stands directly behind another option's number, or a number behind another
    option's label with no more than polite words between ("robbery at 3")."""
    mark = row[place]
    if mark.kind == "option":
        if not place or mark.before.strip(" .):-") or row[place - 1].kind != "number":
            return False
        return not set(named_at(row, place - 1, known)) & set(mark.names)
    before = next((n for n in range(place - 1, -1, -1) if row[n].kind not in POLITE), None)
    if before is None or row[before].kind != "option":
        return False
    apart = any(one.before.strip("'\"= ") for one in row[before + 1 : place + 1])
    return not apart and not set(row[before].names) & set(named_at(row, place, known))


def _is_no_code(row: Sequence[Mark], place: int, known: Lexicon) -> bool:
    """Whether a number stands behind a word that makes a time or a count of it ("by 5")."""
    before = " ".join(row[place - 1].words) if place and row[place].kind == "number" else ""
    harmless = (*known.listed("padding"), *known.listed("position"))
    return before in known.listed("determiners") and before not in harmless


def _is_bare_no(row: Sequence[Mark], place: int) -> bool:
    """Whether a lone "no" stands there without a "but": in isiZulu and isiXhosa it means "and"."""
    after_but = place > 0 and row[place - 1].kind == "but"
    return row[place].kind == "no" and len(row[place].words) == 1 and not after_but


def _takes(row: Sequence[Mark], place: int) -> bool:
    """Whether an option follows that is taken away, and not only punctuation ("robbery not")."""
    after = next((m for m in row[place + 1 :] if m.kind not in POLITE), None)
    return after is not None and after.kind in ("option", "number") and not after.before.strip("'")


def _then_takes(row: Sequence[Mark], place: int) -> bool:
    """Whether a "but" goes on with what is taken away ("but not …"), after polite words maybe."""
    after = next((m for m in row[place + 1 :] if m.kind not in SILENT), None)
    return after is not None and after.kind in ("negators", "no", "except", "none")
