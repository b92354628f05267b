"""A survey's TOML text to a survey, with all faults at once."""

import tomllib
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from backend.catalogues import load_locales
from backend.store import library
from dialogue.checks import city_faults
from dialogue.checks import faults as content_faults
from dialogue.faults import Fault
from dialogue.locale import Locale
from dialogue.survey import Survey
from dialogue.survey_file import read_survey


class SurveyError(Exception):
    """A survey that cannot be taken; `faults` says all that is wrong, and where."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = faults


def read_source(text: str) -> Survey:
    """The survey a TOML text describes, as far as its form goes. Raises SurveyError."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SurveyError((Fault("file", f"is no TOML: {error}"),)) from error
    survey, faults = read_survey(data)
    if survey is None:
        raise SurveyError(faults)
    return survey


def checked_source(text: str, locales: Mapping[str, Locale]) -> Survey:
    """The survey, also free of faults of content. Raises SurveyError."""
    survey = read_source(text)
    faults = content_faults(survey, locales)
    if faults:
        raise SurveyError(faults)
    return survey


def clashes(connection: Connection, city: str, survey: Survey) -> Sequence[Fault]:
    """What this survey would add to the faults of the city's surveys together (a keyword taken, the
    safe word used …). Raises CityUnknownError."""
    profile, locales = library.load_profile(connection, city).city(), load_locales()
    latest = {p.survey.slug: p for p in library.surveys(connection, city)}
    offered = [p.survey for p in latest.values() if not p.retired]
    others = [other for other in offered if other.slug != survey.slug]
    before = city_faults(profile, others, locales)
    return [f for f in city_faults(profile, [*others, survey], locales) if f not in before]
