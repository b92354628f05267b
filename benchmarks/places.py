"""`python -m benchmarks places`: how many misspelt names of areas are found, asked back, kept as
words, or taken for a wrong area; and how many names of other places are taken for an area.

All names are made up. The misspellings are drawn with a fixed seed: what people do on a phone (two
letters swapped, one lost, doubled or wrong, vowels changed, spaces lost, words by their sound).
"""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from backend.catalogues import load_locales
from backend.city_file import read_city
from dialogue.answers.gazetteer import Gazetteer
from dialogue.answers.normalise import fold
from dialogue.answers.place_names import tokens
from dialogue.answers.places import Area
from dialogue.events import Reply
from dialogue.outcomes import Ambiguous, Answered, NotUnderstood
from dialogue.questions import Reading
from dialogue.questions.place import Location

SEED = 20261128
CITIES = Path(__file__).parent.parent / "backend" / "cities"
_QUESTION = Location(name="area")
_VOWELS = "aeiou"
_SOUNDS = (
    ("ph", "f"), ("ph", "p"), ("th", "t"), ("kh", "k"), ("qu", "kw"), ("kw", "qu"), ("c", "k"),
    ("k", "c"), ("z", "s"), ("s", "z"), ("y", "i"), ("i", "y"), ("v", "b"), ("ll", "l"),
    ("ou", "o"), ("oo", "u"), ("ey", "y"), ("ck", "k"), ("h", ""),
)  # fmt: skip
_FIRST = (
    "Acacia", "Baobab", "Cedar", "Dune", "Eland", "Fern", "Grove", "Heron", "Impala", "Jacaranda",
    "Kopje", "Linden", "Marula", "Ndlovu", "Oribi", "Protea", "Quiver", "Reed", "Sable", "Tamboti",
    "Umdoni", "Vlei", "Willow", "Yellowwood", "Zebra",
)  # fmt: skip
_SECOND = (
    "Ridge", "Park", "Bridge", "Heights", "View", "Vale", "Valley", "Hill", "Hills", "Bay", "Glen",
    "Crest", "Fields", "Gardens", "Mount", "Rest", "Brook", "Side", "Wood", "Woods", "Point",
    "Meadow", "Meadows", "Haven",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Town:
    """A city's gazetteer and areas, and names of places that it does not have."""

    name: str
    gazetteer: Gazetteer
    areas: Sequence[Area]
    strangers: Sequence[str]


@dataclass(frozen=True, slots=True)
class Shares:
    """Percent of replies by what became of them; `examples` of the wrong ones."""

    replies: int
    found: float
    asked: float
    words: float
    wrong: float
    examples: tuple[str, ...]


def towns() -> Iterator[Town]:
    """The two demo cities, each a stranger to the other, and one of 500 areas with names alike,
    to which 100 more of the same making are strangers."""
    profiles = {slug: read_city(CITIES / slug) for slug in ("demo-za", "demo-mx")}
    locales = load_locales()
    for slug, profile in profiles.items():
        lists = [locales[code].words.places for code in profile.languages]
        others = [p for other, p in profiles.items() if other != slug]
        strangers = [name for p in others for area in p.places() for name in area.names]
        areas = profile.places()
        yield Town(slug, Gazetteer(areas, profile.name, lists), areas, strangers)
    yield alike(500, 100)


def alike(count: int, apart: int) -> Town:
    """A city of areas whose names share their words."""
    names = [f"{a} {b}" for a in _FIRST for b in _SECOND]
    names = Random(SEED).sample(names, count + apart)
    areas = [Area(f"A{n:03}", name) for n, name in enumerate(names[:count])]
    lists = [load_locales()["en"].words.places]
    return Town(f"{count} alike", Gazetteer(areas, "Big City", lists), areas, names[count:])


def misspellings(name: str, chance: Random) -> Iterator[tuple[str, str]]:
    """Kind and spelling: one slip each, then two at once."""
    kinds = (_swapped, _lost, _doubled, _vowel, _wrong, _by_sound, _joined)
    for kind in kinds:
        yield kind.__name__, kind(fold(name), chance)
    first, second = chance.sample(kinds, 2)
    yield "two", second(first(fold(name), chance), chance)


def measure(town: Town, seed: int = SEED) -> Shares:
    """Every name and alias, misspelt. One that is by chance the name of another area is left out:
    nobody could tell."""
    chance, reading = Random(seed), Reading(load_locales()["en"], gazetteer=town.gazetteer)
    names = {"".join(tokens(name)): a.code for a in town.areas for name in a.names}
    seen: Counter[str] = Counter()
    wrong: list[str] = []
    for area in town.areas:
        for name in area.names:
            for kind, spelt in misspellings(name, chance):
                if names.get("".join(tokens(spelt)), area.code) != area.code:
                    continue
                became = _became(spelt, area.code, reading)
                seen[became] += 1
                if became == "wrong":
                    wrong.append(f"{kind}: {spelt} ({name})")
    return _shares(seen, wrong)


def strangers(town: Town) -> Shares:
    """Names of places that are not in the city, written as they are: none may become an area."""
    reading = Reading(load_locales()["en"], gazetteer=town.gazetteer)
    seen: Counter[str] = Counter()
    wrong: list[str] = []
    for name in town.strangers:
        became = _became(name, "", reading)
        seen[became] += 1
        if became == "wrong":
            wrong.append(name)
    return _shares(seen, wrong)


def _became(text: str, code: str, reading: Reading) -> str:
    match _QUESTION.read(Reply("turn", text), reading):
        case Answered(value, sealed=False):
            return "found" if value == code else "wrong"
        case Ambiguous() | NotUnderstood():
            return "asked"
        case _:
            return "words"


def _shares(seen: Counter[str], wrong: Sequence[str]) -> Shares:
    replies = seen.total()
    part = {key: 100 * seen[key] / replies for key in ("found", "asked", "words", "wrong")}
    return Shares(replies, **part, examples=tuple(wrong[:8]))


# --- slips ---------------------------------------------------------------------------------------
def _swapped(name: str, chance: Random) -> str:
    at = chance.randrange(len(name) - 1)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def _lost(name: str, chance: Random) -> str:
    at = chance.randrange(len(name))
    return name[:at] + name[at + 1 :]


def _doubled(name: str, chance: Random) -> str:
    at = chance.randrange(len(name))
    return name[:at] + name[at] + name[at:]


def _vowel(name: str, chance: Random) -> str:
    places = [n for n, letter in enumerate(name) if letter in _VOWELS]
    at = chance.choice(places)
    return name[:at] + chance.choice(_VOWELS) + name[at + 1 :]


def _wrong(name: str, chance: Random) -> str:
    at = chance.randrange(len(name))
    return name[:at] + chance.choice("abcdefghijklmnopqrstuvwxyz") + name[at + 1 :]


def _by_sound(name: str, chance: Random) -> str:
    there = [(old, new) for old, new in _SOUNDS if old in name]
    old, new = chance.choice(there or [("", "")])
    return name.replace(old, new, 1)


def _joined(name: str, chance: Random) -> str:
    return name.replace(" ", "")


def places() -> None:
    """Prints a table and what a look-up costs."""
    print(f"{'':12}{'replies':>9}{'found':>8}{'asked':>8}{'words':>8}{'wrong':>8}")
    for town in towns():
        for label, shares in ((town.name, measure(town)), ("  strangers", strangers(town))):
            parts = (shares.found, shares.asked, shares.words, shares.wrong)
            print(f"{label:12}{shares.replies:9}" + "".join(f"{part:7.1f}%" for part in parts))
            for example in shares.examples:
                print(f"            wrong: {example}")
    many = [Area(f"A{n}", f"{a} {b} {n % 4}") for n, (a, b) in enumerate(_pairs(2000))]
    start = time.perf_counter()
    gazetteer = Gazetteer(many)
    print(f"2,000 areas indexed in {1000 * (time.perf_counter() - start):.0f} ms")
    for text in ("Acacia Ridge 2", "Acaica Rigde 2", "I live behind the shop in Acacia Ridge 2"):
        start = time.perf_counter()
        for _ in range(20):
            gazetteer.find(text)
        print(f"{50 * (time.perf_counter() - start):6.2f} ms  {text}")


def _pairs(count: int) -> Iterator[tuple[str, str]]:
    every = [(a, b) for a in _FIRST for b in _SECOND]
    return (every[n % len(every)] for n in range(count))
