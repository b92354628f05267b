"""Options whose labels are numbers: bands of age, counts of rooms; and replies in any notation."""

from collections.abc import Mapping, Sequence

from dialogue.answers.lexicon import Labelled, Lexicon
from dialogue.answers.marks import Mark, marks
from dialogue.answers.normalise import fold
from dialogue.answers.tokens import tokens

Band = tuple[int, int]

AGES = 10
"""An open band up to this or more is of ages or the like …"""

YOUNGEST = 5
"""… where a "2" means the printed number, not the value."""

FAR = 10
"""What a number may be beyond twice the beginning of an endless band."""

ENDLESS = 10**9
"""Stands for no upper end."""

_DASHES = frozenset("-–—‐‑‒−")


def bands(lexicon: Lexicon) -> Mapping[str, Band]:
    """The bands of the options by name; none where fewer than two labels are numbers."""
    found: dict[str, Band] = {}
    for option in lexicon.options:
        band = _of_option(option, lexicon)
        if band is not None:
            found[option.name] = band
    return found if len(found) > 1 else {}


def _of_option(option: Labelled, lexicon: Lexicon) -> Band | None:
    for locale in lexicon.languages:
        label = fold(option.label.get(locale.code, ""))
        if any(c.isdigit() for c in label):
            plain = Lexicon((), lexicon.languages, {}, {}, ())
            band = band_of(marks(tokens(label), plain), plus="+" in label)
            return (YOUNGEST, band[1]) if band and band[0] == 0 and band[1] >= AGES else band
    return None


def band_of(said: Sequence[Mark], *, plus: bool) -> Band | None:
    """The one band or number that these marks speak of, if it is one; `plus`: a "+" is in it."""
    numbers = [mark for mark in said if mark.kind == "number"]
    kinds = [mark.kind for mark in said]
    if len(numbers) == 2:
        low, high = numbers[0].number, numbers[1].number
        return (low, high) if low <= high and _is_range(said, numbers[1]) else None
    if len(numbers) != 1:
        return None
    number, place = numbers[0].number, kinds.index("number")
    if plus or "or_more" in kinds[place:]:
        return number, ENDLESS
    if "or_less" in kinds[place:]:
        return 0, number
    if "over" in kinds[:place]:
        return number + 1, ENDLESS
    if "under" in kinds[:place]:
        return 0, max(number - 1, 0)
    return number, number


def _is_range(said: Sequence[Mark], second: Mark) -> bool:
    """Whether two numbers are the ends of one range: a dash, "to" or "between" joins them."""
    joining = {mark.kind for mark in said} & {"to", "between"}
    return bool(joining) or bool(_DASHES & set(second.before))


def in_band(band: Band, among: Mapping[str, Band]) -> tuple[str, ...]:
    """The options a band or number lies in: the equal one, else all that it touches."""
    low, high = band
    low = YOUNGEST if low == 0 and high >= AGES else low
    band = (low, high)
    equal = tuple(name for name, other in among.items() if other == band)
    return equal or tuple(name for name, (a, z) in among.items() if a <= high and low <= z)


def is_far(said: Band, band: Band) -> bool:
    """Whether a number lies so far within an endless band that it may be no such ("1990")."""
    return band[1] == ENDLESS and said[1] != ENDLESS and said[1] > 2 * band[0] + FAR
