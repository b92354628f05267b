"""The numbers of a language as data, from `locales/<code>/numbers.toml`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dialogue.answers.normalise import fold

Listed = Mapping[str, tuple[str, ...]]
"""Words under a number ("34") or a name ("month"), as the file lists them."""

_NOTHING: Listed = {}


@dataclass(frozen=True, slots=True)
class Numerals:
    """How a language writes numbers and days in words. Every list may hold misspellings.

    `cardinals` are words with a value of their own; `scales` take a number before them
    ("two hundred") or, where `scale_first`, behind them and then must have one ("amashumi
    amabili"). `library` names the language in which text2num knows the grammar. `doubts` are
    patterns, "#" standing for a number, that make it no plain answer ("more than #"); "*" at
    an end stands for the rest of a word. `multiples` take a number before them, in digits too; the
    first of each list is also one by itself ("a dozen"). `about_ages` say before an age that it is
    not known to the year, `born_in` that a year is that of somebody's birth.
    """

    library: str = ""
    scale_first: bool = False
    units_first: bool = False
    joiners: tuple[str, ...] = ()
    ands: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    ordinary: tuple[str, ...] = ()
    around: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    half: tuple[str, ...] = ()
    out_of: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    about_ages: tuple[str, ...] = ()
    born_in: tuple[str, ...] = ()
    cardinals: Listed = field(default_factory=dict)
    scales: Listed = field(default_factory=dict)
    multiples: Listed = field(default_factory=dict)
    ordinals: Listed = field(default_factory=dict)
    units: Listed = field(default_factory=dict)
    things: Listed = field(default_factory=dict)
    currencies: Listed = field(default_factory=dict)
    doubts: Listed = field(default_factory=dict)
    months: Listed = field(default_factory=dict)
    weekdays: Listed = field(default_factory=dict)
    days: Listed = field(default_factory=dict)
    values: Mapping[str, int] = field(init=False)
    scale_of: Mapping[str, int] = field(init=False)
    multiple_of: Mapping[str, int] = field(init=False)
    ordinal_of: Mapping[str, int] = field(init=False)
    unit_of: Mapping[str, str] = field(init=False)
    month_of: Mapping[str, int] = field(init=False)
    weekday_of: Mapping[str, int] = field(init=False)
    usual: Mapping[int, str] = field(init=False)
    joining: frozenset[str] = field(init=False)
    plain: frozenset[str] = field(init=False)
    not_numbers: frozenset[str] = field(init=False)
    patterns: tuple[str, ...] = field(init=False)
    spelt: tuple[str, ...] = field(init=False)
    endings: tuple[str, ...] = field(init=False)
    beginnings: tuple[str, ...] = field(init=False)
    thing_of: Mapping[str, str] = field(init=False)
    alone: frozenset[str] = field(init=False)
    nones: tuple[str, ...] = field(init=False)
    currency_of: Mapping[str, str] = field(init=False)
    about: tuple[str, ...] = field(init=False)
    born: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        listed = [pattern for patterns in self.doubts.values() for pattern in patterns]
        doubts = [pattern for pattern in listed if "*" not in pattern]
        numbers = set(_numbered(self.cardinals))
        money = (word for words in self.currencies.values() for word in words)
        made: dict[str, object] = {
            "values": _numbered(self.cardinals),
            "scale_of": _numbered(self.scales),
            "multiple_of": _numbered(self.multiples),
            "ordinal_of": _numbered(self.ordinals),
            "unit_of": _named(self.units),
            "month_of": _numbered(self.months),
            "weekday_of": _numbered(self.weekdays),
            "usual": {
                int(number): words[0]
                for listed in (self.scales, self.cardinals)
                for number, words in listed.items()
            },
            "joining": frozenset(map(fold, self.joiners)),
            "plain": _single_words((*self.around, *self.prefixes, *money)),
            "not_numbers": frozenset(map(fold, self.ordinary)),
            "patterns": tuple(_spaced(p) for p in doubts if not numbers & set(p.split())),
            "spelt": tuple(_spaced(p) for p in doubts if numbers & set(p.split())),
            "endings": tuple(p[1:] for p in listed if p.startswith("*")),
            "beginnings": tuple(p[:-1] for p in listed if p.endswith("*")),
            "thing_of": _named(self.things),
            "alone": frozenset(fold(words[0]) for words in self.multiples.values()),
            "nones": tuple(_spaced(phrase) for phrase in sorted(self.none, key=len, reverse=True)),
            "currency_of": _named(self.currencies),
            "about": tuple(_spaced(phrase) for phrase in self.about_ages),
            "born": tuple(_spaced(phrase) for phrase in self.born_in),
        }
        for name, value in made.items():
            object.__setattr__(self, name, value)


def _numbered(listed: Listed) -> dict[str, int]:
    return {fold(word): int(number) for number, words in listed.items() for word in words}


def _named(listed: Listed) -> dict[str, str]:
    return {fold(word): name for name, words in listed.items() for word in words}


def _single_words(phrases: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for phrase in phrases for word in fold(phrase).split())


def _spaced(pattern: str) -> str:
    """The pattern with "#" and signs as words of their own, a space around the whole."""
    words = " ".join(w if w == "#" or not fold(w) else fold(w) for w in pattern.split())
    return f" {words} "
