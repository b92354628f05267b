"""Who is heard, and how far a city is from its targets."""

from typing import Annotated

from fastapi import APIRouter, Query

from backend import wiring
from backend.api.indicators import published
from backend.api.request import NAME, City, Database, guarded, problems
from backend.api.results import READERS
from backend.results.coverage import Coverage
from backend.results.coverage import coverage as covered

router = APIRouter(tags=["results"])


@router.get(
    "/{city}/coverage",
    dependencies=guarded(READERS),
    summary="Who is heard, and who is not",
    description=(
        "Respondents by area, sex, age, disability, channel and language as last made public: which"
        " groups are below the city's floor or, with a test, below their share of the population,"
        " and how far the city is from its targets. A withheld group is too few to say, never"
        " nought."
    ),
    responses=problems(),
)
def coverage(
    city: City,
    database: Database,
    survey: Annotated[str | None, Query(pattern=NAME, description="One survey's.")] = None,
) -> Coverage:
    """Groups and targets."""
    profile = published(database, city)
    with database.connect() as connection:
        return covered(connection, profile, wiring.now().date(), survey)
