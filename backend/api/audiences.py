"""Saved audiences, and named groups of contacts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from backend import wiring
from backend.api.request import City, Database, guarded, problems
from backend.auth import Key, Role, require
from backend.broadcasts.audience import GROUP, Audience, audience_faults
from backend.broadcasts.shown import Count, shown
from backend.problems import Problem
from backend.store import audiences, library

router = APIRouter(tags=["broadcasts"])
OFFICIALS = require(Role.ADMINISTRATOR, Role.OFFICIAL)
KEEPERS = require(Role.ADMINISTRATOR, Role.COORDINATOR)
READERS = require(Role.ADMINISTRATOR, Role.OFFICIAL, Role.COORDINATOR)

UNKNOWN = "There is none of that name"
FAULTS = "The audience has faults"
MOST = 10_000
"""Contacts put into a group in one request."""

Name = Annotated[str, Path(pattern=GROUP, description="Small letters, digits and dashes.")]
ContactId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


@dataclass(frozen=True, slots=True)
class SavedAudience:
    """An audience kept under a name, which a broadcast may give as its `audience`."""

    name: str
    definition: Mapping[str, Any]
    saved_by: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """A named group; under the city's threshold its size is only said to be so."""

    name: str
    contacts: Count


class Members(BaseModel):
    """Contacts by their random ids."""

    model_config = ConfigDict(extra="forbid", strict=True)

    contacts: list[ContactId] = Field(max_length=MOST)


@dataclass(frozen=True, slots=True)
class Added:
    """What became of them: `unknown` are none of the city's contacts."""

    added: int
    unknown: Sequence[str]


@router.get(
    "/{city}/audiences",
    dependencies=guarded(OFFICIALS),
    summary="The saved audiences of a city",
    description="In the order of their names.",
    responses=problems(),
)
def saved(city: City, database: Database) -> list[SavedAudience]:
    """All of them."""
    with database.connect() as connection:
        found = audiences.saved(connection, city)
    return [
        SavedAudience(one.name, one.definition, one.saved_by, one.saved_at)
        for one in found.values()
    ]


@router.put(
    "/{city}/audiences/{name}",
    dependencies=guarded(OFFICIALS),
    status_code=204,
    summary="Save an audience",
    description="In the place of what had that name. Broadcasts ordered by it keep theirs.",
    responses=problems(),
)
def save(
    city: City,
    name: Name,
    database: Database,
    key: Annotated[Key, Depends(OFFICIALS)],
    audience: Annotated[Audience, Body()],
) -> Response:
    """Keeps it."""
    with library.writing(database) as connection:
        profile = library.load_profile(connection, city)
        latest = {p.survey.slug: p.survey for p in library.surveys(connection, city)}
        groups = audiences.groups(connection, city)
        faults = tuple(audience_faults(audience, profile, latest, groups))
        if faults:
            raise Problem(422, FAULTS, faults=faults)
        definition = audience.model_dump(mode="json", exclude_defaults=True)
        audiences.save(connection, city, name, definition, key.prefix, wiring.now())
    return Response(status_code=204)


@router.delete(
    "/{city}/audiences/{name}",
    dependencies=guarded(OFFICIALS),
    status_code=204,
    summary="Delete a saved audience",
    description="Broadcasts ordered by it keep theirs.",
    responses=problems(_404=UNKNOWN),
)
def drop(city: City, name: Name, database: Database) -> Response:
    """Deletes it."""
    with library.writing(database) as connection:
        if not audiences.drop(connection, city, name):
            raise Problem(404, UNKNOWN)
    return Response(status_code=204)


@router.get(
    "/{city}/groups",
    dependencies=guarded(READERS),
    summary="The named groups of a city",
    description="In the order of their names, with their sizes.",
    responses=problems(),
)
def groups(city: City, database: Database) -> list[Group]:
    """All of them."""
    with database.connect() as connection:
        threshold = library.load_profile(connection, city).threshold
        found = audiences.groups(connection, city)
    return [Group(name, shown(n, threshold)) for name, n in found.items()]


@router.post(
    "/{city}/groups/{name}/contacts",
    dependencies=guarded(KEEPERS),
    summary="Put contacts into a group",
    description=f"By their random ids, up to {MOST:,} at a time. Who is in it already stays.",
    responses=problems(),
)
def add(city: City, name: Name, database: Database, members: Annotated[Members, Body()]) -> Added:
    """Puts them in."""
    wanted = set(members.contacts)
    with library.writing(database) as connection:
        unknown = audiences.add_to_group(connection, city, name, wanted)
    return Added(len(wanted) - len(unknown), unknown)


@router.delete(
    "/{city}/groups/{name}",
    dependencies=guarded(KEEPERS),
    status_code=204,
    summary="Dissolve a group",
    description="The contacts stay.",
    responses=problems(_404=UNKNOWN),
)
def dissolve(city: City, name: Name, database: Database) -> Response:
    """Takes everybody out."""
    with library.writing(database) as connection:
        if not audiences.take_from_group(connection, city, name):
            raise Problem(404, UNKNOWN)
    return Response(status_code=204)
