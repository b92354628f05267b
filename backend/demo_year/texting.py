"""How made-up residents put what they think: numbers, words, their own words, with slips."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from backend.demo_year.dice import Dice
from backend.demo_year.opinions import Mood
from backend.demo_year.people import Manner, Resident
from channels.base import Part
from dialogue.answers.normalise import fold
from dialogue.desk import Desk
from dialogue.locale import Locale
from dialogue.questions import Option, Question

TAPS = 0.85
"""How many use a button where there is one."""

SLIPS = 0.12
"""How many words are misspelt by those who write words."""

SHARES_PLACE = 0.12
LONG_ENOUGH = 5
"""Letters of a word that can be misspelt and still be read."""

THEMES = {"lighting": 0.34, "police": 0.15, "theft": 0.18, "emptiness": 0.2, "other": 0.13}
WITH_LIGHTS = {**THEMES, "lighting": 0.05}
GREETINGS = {
    "en": ("Hi", "Hello", "Good evening, I want to take part"),
    "es": ("Hola", "Buenas tardes", "Hola, quiero participar"),
    "af": ("Hallo", "Goeie naand", "Goeie more, ek wil deelneem"),
    "zu": ("Sawubona", "Sanibonani", "Sawubona, ngicela ukuphendula imibuzo"),
    "xh": ("Molo", "Molweni", "Molweni, ndicela ukuphendula imibuzo"),
    "st": ("Dumela", "Dumelang", "Dumelang, ke kopa ho araba dipotso"),
    "tn": ("Dumela", "Dumelang", "Dumelang, ke kopa go araba dipotso tsa lona"),
}
ODD = ("ok", "?", "what", "hmm", "later", "😀", "...")
"""What is no answer."""


@dataclass(frozen=True, slots=True)
class Text:
    """What is sent: words, a tap on a choice of a question, or a place."""

    text: str = ""
    choice: str | None = None
    question: str | None = None
    location: tuple[float, float] | None = None


@cache
def sentences() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """The bank of open answers by language and theme."""
    path = Path(__file__).with_name("sentences.toml")
    found: dict[str, Mapping[str, Sequence[str]]] = tomllib.loads(path.read_text(encoding="utf-8"))
    return {language: themes for language, themes in found.items() if isinstance(themes, dict)}


def greeting(resident: Resident, dice: Dice) -> str:
    """A first text."""
    return dice.among(GREETINGS.get(resident.language, GREETINGS["en"]))


def age(resident: Resident, dice: Dice) -> str:
    """Their age in years."""
    return dice.weighted(
        {str(resident.age): 0.88, f"{resident.age}.": 0.06, f" {resident.age} ": 0.06}
    )


def reason(mood: Mood, language: str, dice: Dice) -> str:
    """Why they feel unsafe; in English where nothing is written in their language."""
    bank = sentences()
    theme = dice.weighted(WITH_LIGHTS if mood.lit else THEMES)
    said = dice.among(bank.get(language, bank["en"])[theme])
    return slip(said, dice) if dice.happens(SLIPS) else said


def option(
    chosen: Option, part: Part, resident: Resident, locale: Locale, dice: Dice, *, plainly: bool
) -> Text:
    """An option, the way they do it; `plainly` after they were not understood."""
    if part.choices and (plainly or dice.happens(TAPS)):
        return Text(choice=chosen.code, question=part.question)
    if plainly or resident.manner is Manner.NUMBERS:
        return Text(dice.weighted({chosen.code: 0.93, f"{chosen.code}.": 0.07}))
    words = chosen.label[locale.code]
    own = [w for w in chosen.synonyms.get(locale.code, ()) if not w.endswith("?")]
    if resident.manner is Manner.OWN_WORDS and own:
        words = dice.among(own)
    words = words.lower() if dice.happens(0.5) else words
    return Text(slip(words, dice) if dice.happens(SLIPS) else words)


def area(resident: Resident, part: Part, dice: Dice, *, plainly: bool) -> Text:
    """Where they live: the offered choice if it is among them, a shared place, or a name."""
    beside = number_beside(part, resident.area.name)
    if beside is not None:
        return Text(choice=beside, question=part.question) if part.choices else Text(beside)
    if plainly:
        return Text(resident.area.name)
    middle = _middle(resident.area.geometry)
    if middle is not None and resident.channel != "sms" and dice.happens(SHARES_PLACE):
        return Text(location=middle)
    names = (resident.area.name, resident.area.name, *resident.area.aliases)
    said = dice.among(names)
    said = said.lower() if dice.happens(0.4) else said
    return Text(slip(said, dice) if dice.happens(SLIPS) else said)


def anything(question: Question, part: Part, locale: Locale, dice: Dice) -> Text:
    """An answer to a question that no opinion is known of."""
    choices = question.choices(locale)
    if choices:
        number = dice.among(choices).number
        return Text(choice=number, question=part.question) if part.choices else Text(number)
    low = int(question.minimum or 0)
    return Text(str(low + int(dice.share() * (int(question.maximum or low + 9) - low + 1))))


def skip(locale: Locale) -> Text:
    """The word that passes on a question."""
    return Text(locale.words.commands["skip"][0])


def own_language(resident: Resident, desk: Desk) -> Text:
    """The name of their language, as the notice says."""
    return Text(desk.locales[resident.language].words.name)


def number_beside(part: Part, label: str) -> str | None:
    """The number of the choice with that label: a button's, or the one printed beside it."""
    wanted = fold(label)
    for choice in part.choices:
        if fold(choice.label) == wanted:
            return choice.number
    for line in part.text.splitlines():
        found = re.fullmatch(r"(\d+) (.+)", line)
        if found and fold(found[2]) == wanted:
            return found[1]
    return None


def slip(text: str, dice: Dice) -> str:
    """One long word misspelt: a letter left out, twice, or two that changed places."""
    words = text.split(" ")
    long = [n for n, word in enumerate(words) if len(word) >= LONG_ENOUGH and word.isalpha()]
    if not long:
        return text
    at = dice.among(long)
    word = words[at]
    n = 1 + int(dice.share() * (len(word) - 2))
    words[at] = dice.among(
        (
            word[:n] + word[n + 1 :],
            word[:n] + word[n] + word[n:],
            word[:n] + word[n + 1] + word[n] + word[n + 2 :],
        )
    )
    return " ".join(words)


def _middle(geometry: Mapping[str, object] | None) -> tuple[float, float] | None:
    """The middle of a simple polygon's corners, as latitude and longitude."""
    if geometry is None or geometry.get("type") != "Polygon":
        return None
    rings = geometry["coordinates"]
    if not isinstance(rings, list | tuple) or not rings:
        return None
    corners = rings[0][:-1]
    longitude = sum(corner[0] for corner in corners) / len(corners)
    latitude = sum(corner[1] for corner in corners) / len(corners)
    return latitude, longitude
