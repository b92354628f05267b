"""The demo cities and surveys that ship: synthetic, never near a provider."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from backend.areas import area_faults
from backend.catalogues import load_locales
from backend.city_file import CityError, CityProfile, read_city
from backend.store import library
from channels import CHANNELS
from dialogue.checks import city_faults, command_words
from dialogue.checks import faults as survey_faults
from dialogue.faults import Fault
from dialogue.survey import Survey

HERE = Path(__file__).resolve().parent
CITIES = HERE / "cities"
INSTRUMENTS = HERE.parent / "dialogue" / "instruments"


def load_demo(engine: Engine, at: datetime) -> Sequence[str]:
    """Loads the demo cities that are not there yet; which ones they were."""
    return load_folder(engine, CITIES, at)


def load_folder(engine: Engine, folder: Path, at: datetime) -> Sequence[str]:
    """Loads every profile of a folder whose city is not in the database yet, with the surveys it
    names. Raises CityError, and then loads nothing."""
    profiles = [read_city(path.parent) for path in sorted(folder.glob("*/city.toml"))]
    with engine.connect() as connection:
        there = set(library.city_slugs(connection))
    fresh = [profile for profile in profiles if profile.slug not in there]
    for profile in fresh:
        load_city(engine, profile, at)
    return [profile.slug for profile in fresh]


def load_city(engine: Engine, profile: CityProfile, at: datetime) -> None:
    """Keeps a city and publishes those of its surveys that ship with us and that it has not yet:
    once loaded, the database's are the ones that count. Raises CityError."""
    sources = [(INSTRUMENTS / f"{slug}.toml") for slug in profile.surveys]
    texts = [path.read_text(encoding="utf-8") for path in sources if path.exists()]
    faults = profile_faults(profile, texts)
    if faults:
        raise CityError(faults)
    with library.writing(engine) as connection:
        library.save_city(connection, profile)
        there = {published.survey.slug for published in library.surveys(connection, profile.slug)}
        for text in texts:
            if library.slug_of(text) not in there:
                library.publish(connection, profile.slug, text, at)


def profile_faults(profile: CityProfile, texts: Sequence[str]) -> tuple[Fault, ...]:
    """What is wrong with a city and its surveys together."""
    found: list[Fault] = []
    surveys: list[Survey] = []
    for text in texts:
        survey, faults = library.read(text)
        found += faults
        if survey is not None:
            surveys.append(survey)
            found += survey_faults(survey, load_locales())
    kinds = [(n, e.kind) for n, e in enumerate(profile.channels) if e.kind not in CHANNELS]
    found += [
        Fault(f"channels[{n}].kind", f"'{k}' is none of {', '.join(CHANNELS)}") for n, k in kinds
    ]
    found += area_faults(profile.areas, command_words(load_locales()))
    return (*found, *city_faults(profile.city(), surveys, load_locales()))
