"""How often residents told of danger: figures for officials, never a text."""

from typing import Annotated

from fastapi import APIRouter, Query

from backend import wiring
from backend.api.request import City, Database, guarded, problems
from backend.auth import Role, require
from backend.store import library, risks
from backend.store.risks import By, RiskFigure

router = APIRouter(tags=["results"])
# Neither partners (they may be the police) nor viewers.
READERS = require(Role.OFFICIAL, Role.COORDINATOR, Role.ADMINISTRATOR)


@router.get(
    "/{city}/risks",
    dependencies=guarded(READERS),
    summary="How often residents told of danger",
    description=(
        "Messages that told of danger, violence or crime, by class or by area: of months that are"
        " over, none below the city's threshold, rounded down to a multiple of five. What they said"
        " is kept nowhere that this could lead to."
    ),
    responses=problems(),
)
def risk_figures(
    city: City,
    database: Database,
    by: Annotated[By, Query(description="Classes, or areas of all classes together.")] = "risk",
) -> list[RiskFigure]:
    """The figures, oldest first."""
    with database.connect() as connection:
        profile = library.load_profile(connection, city)
        return list(risks.shown(connection, city, by, profile.threshold, wiring.now().date()))
