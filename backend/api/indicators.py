"""Indicators, as last made public: the list, and one by group and period."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from sqlalchemy import Engine

from backend import wiring
from backend.api.request import City, Database, guarded, problems
from backend.api.results import READERS
from backend.city_file import CityProfile
from backend.problems import Problem
from backend.results.indicators.browsing import IndicatorUnknownError, browse, listed
from backend.results.indicators.shown import IndicatorList, IndicatorResult
from backend.results.periods import Length
from backend.results.publishing import publish_small
from backend.store import library

router = APIRouter(tags=["results"])
UNKNOWN = "There is no indicator of that code; the list has those that the city asks."

Code = Annotated[
    str,
    Path(pattern=r"^[a-z0-9][a-z0-9.-]{0,63}$", description="Its code.", examples=["sdg-16.1.4"]),
]
Period = Annotated[Length, Query(description="Calendar periods, in the city's time zone.")]
By = Literal["area", "sex", "age", "disability", "channel", "language", "settlement"]


@router.get(
    "/{city}/indicators",
    dependencies=guarded(READERS),
    summary="Indicators",
    description=(
        "Every indicator that the city's surveys ask the questions of, with its source, rule and"
        " dimension of human security: the value of all who ever answered, and that of the latest"
        " period with its change since the period before and a test. All is computed from figures"
        " made public on one day; where one of them is withheld, the value is too."
    ),
    responses=problems(),
)
def indicators(city: City, database: Database, period: Period = "month") -> IndicatorList:
    """The list."""
    profile = published(database, city)
    with database.connect() as connection:
        return listed(connection, profile, period)


@router.get(
    "/{city}/indicators/{code}",
    dependencies=guarded(READERS),
    summary="One indicator over time",
    description=(
        "A series by period, of everybody or, with `by`, of each group (an area whose name ends in"
        " + is together with the settlements in it). A change is called one only where a test says"
        " so, corrected for the groups looked at together. The sentences in `statements` go with"
        " the figures wherever they are shown."
    ),
    responses=problems(_404=UNKNOWN),
)
def indicator(
    city: City,
    code: Code,
    database: Database,
    by: Annotated[By | None, Query(description="Groups, instead of everybody.")] = None,
    period: Period = "month",
) -> IndicatorResult:
    """Its series."""
    profile = published(database, city)
    try:
        with database.connect() as connection:
            return browse(connection, profile, code, by, period)
    except IndicatorUnknownError:
        raise Problem(404, UNKNOWN) from None


def published(database: Engine, city: str) -> CityProfile:
    """The city, with what is due of it made public."""
    with database.connect() as connection:
        profile = library.load_profile(connection, city)
    publish_small(database, profile, wiring.now())
    return profile
