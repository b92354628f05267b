"""Where an export comes from, and the ids it shows in place of ours."""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Connection, Engine

from backend.city_file import CityProfile
from backend.results.merging import merged
from backend.results.report import versions
from dialogue.survey import Survey


@dataclass(frozen=True)
class Source:
    """A city's survey in all its versions, oldest first, and the export's key."""

    profile: CityProfile
    versions: Mapping[int, Survey]
    key: bytes = b""

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
    return Source(profile, {survey.version: survey for survey in surveys}, key.encode())


@contextmanager
def one_moment(engine: Engine) -> Iterator[Connection]:
    """A connection on which everything is read as of one moment, however long it takes."""
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with engine.begin() as connection:
        yield connection
