"""The cities, surveys and languages that ship, as the tests of the core use them."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from backend.catalogues import danger_weights, load_locales
from backend.city_file import CityProfile, read_city
from dialogue.desk import Desk
from dialogue.faults import Fault
from dialogue.survey import Survey
from dialogue.survey_file import read_survey
from tests.conftest import ROOT

INSTRUMENTS = sorted((ROOT / "dialogue" / "instruments").glob("*.toml"))
CITIES = sorted(path.parent for path in (ROOT / "backend" / "cities").glob("*/city.toml"))


@cache
def survey_files() -> Mapping[str, tuple[Survey | None, tuple[Fault, ...]]]:
    """Every survey that ships, by the name of its file, with the faults of its form."""
    return {
        path.stem: read_survey(tomllib.loads(path.read_text(encoding="utf-8")))
        for path in INSTRUMENTS
    }


def surveys(profile: CityProfile) -> tuple[Survey, ...]:
    """The first versions of a city's surveys, in its order."""
    read = [survey_files()[slug][0] for slug in profile.surveys]
    return tuple(replace(survey, version=1) for survey in read if survey is not None)


@cache
def shipped_desk(slug: str) -> Desk:
    """A city that ships, as on its first day."""
    profile = read_city(ROOT / "backend" / "cities" / slug)
    return Desk(
        profile.city(),
        load_locales(),
        surveys(profile),
        profile.places(),
        weights=danger_weights(),
    )
