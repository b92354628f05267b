"""A city's surveys as packages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from backend.auth import Key
from backend.exports.flow_pages import PagedSource
from backend.exports.flow_results import descriptor
from backend.exports.source import load
from backend.privacy import KeyRing
from backend.problems import Problem
from backend.store import library

UNKNOWN = "There is no such package"
MOST_KEPT = 64
"""Of callers whose packages are in memory at once."""

NEWER = "A survey that was published anew is a new package with a new id: list the packages again"


@dataclass(frozen=True, slots=True)
class Package:
    """A survey, with its descriptor."""

    source: PagedSource
    descriptor: dict[str, Any]

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.descriptor["id"])

    @property
    def modified(self) -> datetime:
        """The one version it has: another schema is another package."""
        return datetime.fromisoformat(self.descriptor["modified"])


class Packages:
    """Every city's packages, made anew when something of the city changes: that costs more than a
    page. Threads may share it."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, bytes], tuple[int, Sequence[Package]]] = {}

    def of(self, connection: Connection, keys: KeyRing, key: Key) -> Sequence[Package]:
        """Every survey of the key's city. Ids in them are made with keys derived from the last
        secret key of the installation and the public part of the caller's: one caller has the same
        ones each time, and two callers cannot join what they have."""
        ids, sealing = (
            keys.derive_lasting(f"flow results {what} {key.prefix}") for what in ("ids", "rows")
        )
        revision = library.revision(connection, key.city)
        kept = self._kept.get((key.city, ids))
        if kept is None or kept[0] != revision:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            kept = (revision, _made(connection, key.city, ids, sealing))
            self._kept[key.city, ids] = kept
        return kept[1]

    def find(self, connection: Connection, keys: KeyRing, key: Key, id: str) -> Package:
        """The package of that id. Raises Problem."""
        found = next((p for p in self.of(connection, keys, key) if p.id == id.lower()), None)
        if found is None:
            raise Problem(404, UNKNOWN, NEWER)
        return found


def _made(connection: Connection, city: str, ids: bytes, sealing: bytes) -> Sequence[Package]:
    profile = library.load_profile(connection, city)
    published = library.surveys(connection, city)
    found = []
    for slug in sorted({one.survey.slug for one in published}):
        own = [one for one in published if one.survey.slug == slug]
        of = load(connection, profile, slug)
        source = PagedSource(profile, of.versions, ids, of.coding, of.themes, sealing)
        found.append(Package(source, descriptor(source, max(o.published_at for o in own))))
    return found
