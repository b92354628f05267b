"""What made-up residents think: which option of a question is theirs.

Levels (instruments facts A6, A7): in South Africa about 40 % feel safe after dark and 81 to 85 % by
day; in Mexico 58.6 % call their city unsafe, 64.0 % of women and 52.2 % of men. The differences
between places follow ENSU's order roughly. All else is made up.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from backend.city_file import CityProfile
from backend.demo_year.dice import Dice
from backend.demo_year.people import Resident

LIGHTS_FROM = 0.5
"""The part of the year after which the street lights shine: its seventh month."""

LIGHTS = 1.5
WORSE = -1.8
INFORMAL = -0.8
AREAS_DIFFER = 0.35
PEOPLE_DIFFER = 0.75
TREND = 0.3
BY_SEX = {"female": -0.27, "male": 0.27}
OLD = 60
BY_AGE = -0.15

DARK = (2.0, 0.3, -1.6)
DAY = (0.5, -2.2, -3.7)
"""Where very safe, safe and unsafe end, on the scale of a leaning plus logistic chance."""

SCALE = ("very_safe", "safe", "unsafe", "very_unsafe")
CITY_UNSAFE = 0.42
"""Where safe ends for the city as a whole."""

PLACES = {
    "place_home": (-1.4, 0.01), "place_work": (-0.8, 0.2), "place_streets": (0.75, 0.02),
    "place_school": (-0.7, 0.5), "place_market": (0.4, 0.06), "place_mall": (-0.5, 0.08),
    "place_bank": (0.45, 0.12), "place_atm": (1.6, 0.1), "place_transport": (1.1, 0.06),
    "place_car": (0.0, 0.45), "place_road": (0.35, 0.08), "place_park": (0.3, 0.05),
}  # fmt: skip
"""Where safe ends, and for how many the place does not apply."""


@dataclass(frozen=True, slots=True)
class Story:
    """What happens in the year: one area gets `lights`, in one it gets `worse` (codes). `areas` is
    how much safer than the city's average one feels in each."""

    lights: str
    worse: str
    areas: Mapping[str, float]

    @classmethod
    def of(cls, profile: CityProfile) -> "Story":
        """The largest area gets lights. It gets worse in the third largest: the second may be
        called much like the first, so that replies would be taken for one another."""
        order = sorted(profile.areas, key=lambda a: (-(a.population or 0), a.code))
        lights, worse = order[0].code, order[min(2, len(order) - 1)].code
        felt = {
            area.code: AREAS_DIFFER * Dice("area", area.code, area.name).normal()
            + (INFORMAL if area.informal else 0.0)
            for area in order
        }
        people = {area.code: area.population or 1 for area in order}
        average = sum(felt[code] * n for code, n in people.items()) / sum(people.values())
        return cls(lights, worse, {code: one - average for code, one in felt.items()})


@dataclass(frozen=True, slots=True)
class Mood:
    """A resident at a time: how much of the year is over."""

    resident: Resident
    story: Story
    share: float

    @property
    def leaning(self) -> float:
        """How safe they feel by day, the city's average being about 0."""
        one = self.resident
        lean = PEOPLE_DIFFER * one.ease + self.story.areas[one.area.code]
        lean += BY_SEX.get(one.sex, 0.0) + (BY_AGE if one.age >= OLD else 0.0)
        lean += TREND * (self.share - 0.5)
        return lean + (WORSE * self.share / 2 if self.worsens else 0.0)

    @property
    def after_dark(self) -> float:
        """The same after dark."""
        lean = self.leaning + (LIGHTS if self.lit else 0.0)
        lean += (WORSE * self.share / 2) if self.worsens else 0.0
        return lean - (0.15 if self.resident.area.informal else 0.0)

    @property
    def lit(self) -> bool:
        """Whether the new street lights shine where they live."""
        return self.resident.area.code == self.story.lights and self.share >= LIGHTS_FROM

    @property
    def worsens(self) -> bool:
        """Whether they live where it gets worse."""
        return self.resident.area.code == self.story.worse


def opinion(name: str, mood: Mood, dice: Dice) -> str | None:
    """The name of the option that is theirs; None for a question that nothing is known of."""
    match name:
        case "safe_day":
            return _how_safe(mood.leaning, DAY, 0.03, dice)
        case "safe_dark":
            stays_in = 0.06 + (0.06 if mood.resident.sex == "female" else 0.0)
            stays_in += 0.06 if mood.resident.age >= OLD else 0.0
            return _how_safe(mood.after_dark, DARK, stays_in, dice)
        case "if_went_out":
            return _how_safe(mood.after_dark - 0.8, DARK, 0.0, dice)
        case "city_safe":
            return _is_safe(mood.leaning, CITY_UNSAFE, 0.0, dice)
        case "sex":
            return mood.resident.sex
        case _ if name in PLACES:
            return _is_safe(mood.leaning, *PLACES[name], dice)
        case _:
            return None


def _how_safe(lean: float, ends: tuple[float, ...], stays_in: float, dice: Dice) -> str:
    if dice.happens(stays_in):
        return "never_out"
    if dice.happens(0.02):
        return "dont_know"
    felt = lean + dice.logistic()
    return next((name for name, end in zip(SCALE, ends, strict=False) if felt > end), SCALE[-1])


def _is_safe(lean: float, end: float, elsewhere: float, dice: Dice) -> str:
    if dice.happens(elsewhere):
        return "not_applicable"
    if dice.happens(0.015):
        return "dont_know"
    return "safe" if lean + dice.logistic() > end else "unsafe"
