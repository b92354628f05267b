"""Published results of a survey."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from backend import wiring
from backend.api.request import City, Database, Slug, guarded, problems
from backend.api.surveys import UNKNOWN
from backend.auth import Role, require
from backend.problems import Problem
from backend.results import SurveyUnknownError
from backend.results.browsing import Results, aware, browse
from backend.results.publishing import publish_if_small
from backend.store import library

router = APIRouter(tags=["results"])
READERS = require(Role.OFFICIAL, Role.COORDINATOR, Role.ADMINISTRATOR, Role.VIEWER)

By = Literal[
    "area", "sex", "age", "disability", "channel", "language", "settlement", "week", "month"
]


@router.get(
    "/{city}/surveys/{slug}/results",
    dependencies=guarded(READERS),
    summary="Results of a survey",
    description=(
        "Counts and percentages of every question, over all versions of the survey, each resident"
        " once, as last made public: counts below the city's threshold are withheld, and so are"
        " others from which they could be worked out. Tables are renewed after at least as many new"
        " responses; a count that could not be renewed with the others carries an earlier `as_of`."
        " Participation is live. `by` adds the same by group (an area whose name ends in + is"
        " together with the settlements in it), or by week or month in which answers were made"
        " public; `since` and `until` take what was made public between. The sentences in"
        " `statements` go with the figures wherever they are shown."
    ),
    responses=problems(_404=UNKNOWN),
)
def results(
    city: City,
    slug: Slug,
    database: Database,
    by: Annotated[By | None, Query(description="Groups to add.")] = None,
    since: Annotated[datetime | None, Query(description="ISO 8601; UTC without a zone.")] = None,
    until: Annotated[datetime | None, Query(description="ISO 8601; UTC without a zone.")] = None,
) -> Results:
    """What residents said."""
    if since and until and aware(since) >= aware(until):
        raise Problem(422, "Nothing lies between: `since` is not before `until`")
    try:
        with database.connect() as connection:
            profile = library.load_profile(connection, city)
        publish_if_small(database, profile, slug, wiring.now())
        with database.connect() as connection:
            return browse(connection, profile, slug, by, since, until)
    except SurveyUnknownError:
        raise Problem(404, UNKNOWN) from None
