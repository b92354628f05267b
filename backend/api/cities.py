"""The cities a key opens: its own."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends

from backend.api.request import Database, Page, Paged, guarded, problems
from backend.auth import Key, Role, require
from backend.city_file import CityProfile
from backend.store import library

router = APIRouter(tags=["cities"])
ANYBODY = require(*Role)


@dataclass(frozen=True, slots=True)
class CityBrief:
    """A city. `demo` ones hold synthetic data only; no published cell is below `threshold`."""

    slug: str
    name: str
    country: str
    timezone: str
    languages: list[str]
    demo: bool
    threshold: int
    areas: int


@router.get(
    "/cities",
    dependencies=guarded(ANYBODY),
    summary="The cities of this key",
    description="A key belongs to one city; it is the only one listed.",
    responses=problems(),
)
def cities(
    paging: Paged, database: Database, key: Annotated[Key, Depends(ANYBODY)]
) -> Page[CityBrief]:
    """The key's city."""
    with database.connect() as connection:
        profile = library.load_profile(connection, key.city)
    return paging.page([_brief(profile)], lambda city: city.slug)


def _brief(profile: CityProfile) -> CityBrief:
    return CityBrief(
        slug=profile.slug,
        name=profile.name,
        country=profile.country,
        timezone=profile.timezone,
        languages=list(profile.languages),
        demo=profile.demo,
        threshold=profile.threshold,
        areas=len(profile.areas),
    )
