"""Made-up residents of a city, and when they write."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from backend.city_file import AreaEntry, CityProfile
from backend.demo_year.dice import Dice
from backend.demo_year.year import Year
from dialogue.survey import Survey

CHANNELS = {"sms": 0.6, "whatsapp": 0.3, "telegram": 0.1}
LANGUAGES: Mapping[str, Mapping[str, float]] = {
    "ZA": {"en": 0.32, "zu": 0.26, "xh": 0.17, "af": 0.11, "st": 0.08, "tn": 0.06},
    "MX": {"es": 0.97, "en": 0.03},
}
"""Shares of the languages in which residents write, by country; made up, as all here."""

FIRST_LANGUAGE = 0.6
"""The share of a city's first language where we have none by country."""

SEXES = {"female": 0.515, "male": 0.465, "another": 0.005, "not_said": 0.015}
TOO_YOUNG = 0.012
OLDEST = 84
FULL_ROUND = 0.72
"""How many begin with the city's first survey; the others with a later one's keyword."""

SECOND_VISIT = 0.5
"""How many of the patient half come back for a survey they have not answered."""


class Manner(StrEnum):
    """How somebody answers: with the number, with the words shown, or with their own."""

    NUMBERS = "numbers"
    WORDS = "words"
    OWN_WORDS = "own words"


MANNERS = {Manner.NUMBERS: 0.6, Manner.WORDS: 0.25, Manner.OWN_WORDS: 0.15}


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody writes by themselves: `keyword` of a survey, or "" for a greeting."""

    number: int
    begins: datetime
    keyword: str = ""


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody made up. `ease` is how much safer than others they feel by nature (a standard normal
    number), `patience` how long they bear questions (0 to 1)."""

    number: int
    area: AreaEntry
    sex: str
    age: int
    language: str
    channel: str
    manner: Manner
    ease: float
    patience: float
    visits: tuple[Visit, ...]

    @property
    def urn(self) -> str:
        """Their address: no visitor of the page to try can have one with a stroke in it."""
        return f"try:year/{self.number}"


def resident(
    profile: CityProfile, surveys: Sequence[Survey], year: Year, seed: int, number: int
) -> Resident:
    """The resident of that number; the city needs areas and surveys."""
    dice = Dice(seed, profile.slug, number)
    patience = dice.share()
    return Resident(
        number=number,
        area=profile.areas[dice.weighted(_populations(profile))],
        sex=dice.weighted(SEXES),
        age=_age(dice, profile.minimum_age),
        language=dice.weighted(_languages(profile)),
        channel=dice.weighted(_channels(profile)),
        manner=dice.weighted(MANNERS),
        ease=dice.normal(),
        patience=patience,
        visits=_visits(dice, surveys, year, patience),
    )


def _age(dice: Dice, minimum: int) -> int:
    """Mostly young, as those who text are."""
    if minimum > 12 and dice.happens(TOO_YOUNG):
        return int(dice.between(12, minimum))
    low = max(minimum, 16)
    return low + int((OLDEST - low) * dice.share() ** 1.6)


def _populations(profile: CityProfile) -> Mapping[int, float]:
    return {n: float(area.population or 1) for n, area in enumerate(profile.areas)}


def _languages(profile: CityProfile) -> Mapping[str, float]:
    known = LANGUAGES.get(profile.country, {})
    found = {code: known[code] for code in profile.languages if code in known}
    if found:
        return found
    first, *others = profile.languages
    rest = {code: (1 - FIRST_LANGUAGE) / len(others) for code in others}
    return {first: FIRST_LANGUAGE, **rest}


def _channels(profile: CityProfile) -> Mapping[str, float]:
    """By what a channel looks like."""
    likes = {c.name: str((c.model_extra or {}).get("like", "sms")) for c in profile.channels}
    return {name: CHANNELS.get(like, 0.1) for name, like in likes.items()}


def _visits(
    dice: Dice, surveys: Sequence[Survey], year: Year, patience: float
) -> tuple[Visit, ...]:
    words = [survey.keywords[0] if survey.keywords else "" for survey in surveys]
    first = 0 if dice.happens(FULL_ROUND) else int(dice.share() * len(surveys))
    greets = first == 0 and dice.happens(0.6)
    visits = [Visit(0, year.moment(dice), "" if greets else words[first])]
    if patience >= 0.5 and dice.happens(2 * SECOND_VISIT * patience):
        for n in (n for n in range(len(surveys)) if n != first and words[n]):
            day = visits[-1].begins.date() + timedelta(days=int(dice.between(27, 110)))
            begins = year.hour_of(day, dice)
            if begins < year.end:
                visits.append(Visit(len(visits), begins, words[n]))
    return tuple(visits)
