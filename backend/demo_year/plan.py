"""Which year a city has: begun before, or to be begun; and what of it is still to be made."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Engine

from backend.city_file import CityError, CityProfile
from backend.demo_year.opinions import Story
from backend.demo_year.people import Resident, Visit, resident
from backend.demo_year.visits import Stage
from backend.demo_year.year import Year
from backend.desks import build_desk
from backend.store import library
from backend.store.simulated import received_ids
from channels.base import Carries
from dialogue.faults import Fault
from dialogue.survey import Survey

RESIDENTS = 2500
SEED = 1
MOST_RESIDENTS = 100_000
ANY = "year:%"
_NAME = re.compile(r"year:(\d{4}-\d\d-\d\d):(\d{1,6}):(\d{1,18}):")


@dataclass(frozen=True, slots=True)
class Name:
    """A year's name: its last day, how many residents, the seed. All its ids begin with it."""

    last: date
    residents: int
    seed: int

    @property
    def prefix(self) -> str:
        """What the ids of its messages begin with."""
        return f"year:{self.last}:{self.residents}:{self.seed}:"

    @classmethod
    def of(cls, id_: str) -> "Name | None":
        """The year that an id belongs to."""
        found = _NAME.match(id_)
        return cls(date.fromisoformat(found[1]), int(found[2]), int(found[3])) if found else None


@dataclass(frozen=True, slots=True)
class ToPlay:
    """A visit that is to be made."""

    stage: Stage
    resident: Resident
    visit: Visit


@dataclass(frozen=True, slots=True)
class Plan:
    """What is left of a year, in the order of time; `total` counts what was made too."""

    left: Sequence[ToPlay]
    total: int


def plan(
    engine: Engine,
    city: str,
    kinds: Mapping[tuple[str, str], Carries],
    now: datetime,
    residents: int | None = None,
    seed: int | None = None,
) -> Plan:
    """The plan of a city's year. A year begun before is gone on with; without one it ends
    yesterday. Raises CityError where the city is no demo, lacks areas or surveys, or has a year of
    another number or seed; CityUnknownError."""
    with engine.connect() as connection:
        profile = library.load_profile(connection, city)
        surveys = build_desk(connection, city).surveys
        _check(profile, surveys)
        begun = received_ids(connection, city, ANY, 1)
        year = Year(now.astimezone(profile.zone()).date() - timedelta(days=1), profile.zone())
        fresh = Name(year.last, residents or RESIDENTS, SEED if seed is None else seed)
        name = (Name.of(begun[0]) if begun else None) or fresh
        if residents not in (None, name.residents) or seed not in (None, name.seed):
            raise CityError((Fault(city, f"has a year of {name.residents} residents with seed"
                f" {name.seed}: leave --residents and --seed out to go on with it"),))  # fmt: skip
        made = set(received_ids(connection, city, f"{name.prefix}%:0", MOST_RESIDENTS * 4))
    year = Year(name.last, profile.zone())
    stage = Stage(profile, kinds, year, Story.of(profile), name.seed, name.prefix)
    people = (resident(profile, surveys, year, name.seed, n) for n in range(name.residents))
    every = [ToPlay(stage, one, visit) for one in people for visit in one.visits]
    left = [v for v in every if stage.first_id(v.resident.number, v.visit.number) not in made]
    left.sort(key=lambda v: (v.visit.begins, v.resident.number))
    return Plan(left, len(every))


def demo_cities(engine: Engine) -> Sequence[str]:
    """The demo cities that are loaded."""
    with engine.connect() as connection:
        return library.demo_slugs(connection)


def _check(profile: CityProfile, surveys: Sequence[Survey]) -> None:
    if not profile.demo:
        raise CityError((Fault(profile.slug, "is no demo city: residents are made up only where"
            " the profile says demo = true"),))  # fmt: skip
    if not profile.areas or not surveys:
        raise CityError((Fault(profile.slug, "needs areas and a survey before it has a year"),))
