"""Where an export comes from, and the ids it shows in place of ours."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import Connection

from backend.city_file import CityProfile
from backend.results.merging import merged, versions
from backend.results.themes import themes_of, with_themes
from backend.store import schemes
from backend.store.schemes import Applied
from dialogue.survey import Survey


@dataclass(frozen=True)
class Source:
    """A city's survey in all its versions, oldest first, and the export's key. `coding` has the
    schemes applied, by question; `themes` the name of the question that holds the codes."""

    profile: CityProfile
    versions: Mapping[int, Survey]
    key: bytes = b""
    coding: Mapping[str, Applied] = field(default_factory=dict)
    themes: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def survey(self) -> Survey:
        """All versions as one: what columns and codes follow."""
        return merged(list(self.versions.values()))

    @cached_property
    def areas(self) -> Mapping[str, str]:
        """Names of the city's areas by code."""
        return {area.code: area.name for area in self.profile.areas}

    @cached_property
    def codes(self) -> Mapping[tuple[str, str], str]:
        """Codes by question and option name, one for all versions."""
        return {(q.name, o.name): o.code for q in self.survey.questions for o in q.options}

    @cached_property
    def dimensions(self) -> Mapping[tuple[str, str], str]:
        """Dimensions of human security by the question of themes and the code's name."""
        return {
            (self.themes[question], code.name): code.dimension
            for question, one in self.coding.items()
            for code in one.codes
            if code.dimension and question in self.themes
        }

    def pinned(self, version: int) -> Survey:
        """The version a response ran on."""
        return self.versions.get(version, self.survey)

    def response_id(self, session: str) -> str:
        """The public id of a response."""
        return self._id("response", session)

    def respondent_id(self, session: str, contact: str | None) -> str:
        """The public id of who answered. The two kinds of id never agree: that would show which
        contacts were erased."""
        return self._id("respondent", session if contact is None else contact)

    def _id(self, kind: str, inside: str) -> str:
        return hmac.digest(self.key, f"{kind}:{inside}".encode(), hashlib.sha256).hex()[:20]


def load(connection: Connection, profile: CityProfile, slug: str, key: str = "") -> Source:
    """The source of an export. Raises SurveyUnknownError."""
    surveys = versions(connection, profile.slug, slug)
    coding = schemes.applied(connection, profile.slug, slug)
    themes = themes_of(surveys, coding)
    pinned = {survey.version: with_themes(survey, themes) for survey in surveys}
    names = {question: of.name for question, of in themes.items()}
    return Source(profile, pinned, key.encode(), coding, names)
