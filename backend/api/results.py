"""Published results of a survey."""

from fastapi import APIRouter

from backend.api.request import City, Database, Slug, guarded, problems
from backend.api.surveys import UNKNOWN
from backend.auth import Role, require
from backend.problems import Problem
from backend.results import SurveyResults, SurveyUnknownError
from backend.results import results as results_of
from backend.store import library

router = APIRouter(tags=["results"])
READERS = require(Role.OFFICIAL, Role.COORDINATOR, Role.ADMINISTRATOR, Role.VIEWER)


@router.get(
    "/{city}/surveys/{slug}/results",
    dependencies=guarded(READERS),
    summary="Results of a survey",
    description=(
        "Counts and percentages of every question, over all versions of the survey, each resident"
        " once. Counts below the city's threshold are withheld, and so are others from which they"
        " could be worked out; `base` says whom `n` and the percentages count; participation"
        " is live. The sentences in `statements` go with the figures wherever they are shown."
    ),
    responses=problems(_404=UNKNOWN),
)
def results(city: City, slug: Slug, database: Database) -> SurveyResults:
    """What residents said."""
    with database.connect() as connection:
        profile = library.load_profile(connection, city)
        try:
            return results_of(connection, profile, slug)
        except SurveyUnknownError:
            raise Problem(404, UNKNOWN) from None
