"""Makes a city's desk from what the database holds."""

from collections.abc import Iterable

from sqlalchemy import Connection

from backend.catalogues import danger_weights, load_locales
from backend.city_file import CityProfile
from backend.privacy import MEDIA, RETENTION, TEXT_DAYS
from backend.store.library import Published, load_profile, surveys
from dialogue.desk import Desk
from dialogue.survey import Survey


def build_desk(connection: Connection, city: str) -> Desk:
    """The desk as of now. Raises CityUnknownError."""
    return desk_of(load_profile(connection, city), surveys(connection, city))


def desk_of(profile: CityProfile, published: Iterable[Published]) -> Desk:
    """A desk from a profile and the versions of its surveys, oldest first."""
    latest: dict[str, Survey] = {}
    pinned: dict[tuple[str, int], Survey] = {}
    for one in published:
        pinned[one.survey.slug, one.survey.version] = one.survey
        latest.pop(one.survey.slug, None)
        if not one.retired:
            latest[one.survey.slug] = one.survey
    order = [slug for slug in profile.surveys if slug in latest]
    order += [slug for slug in latest if slug not in order]
    return Desk(
        city=profile.city(TEXT_DAYS, RETENTION[MEDIA]),
        locales=load_locales(),
        surveys=tuple(latest[slug] for slug in order),
        areas=profile.places(),
        pinned=pinned,
        weights=danger_weights(),
    )
