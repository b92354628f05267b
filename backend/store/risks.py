"""How often residents told of danger: counted without a word of it, shown late and never small.

Officials see months that are over, and no figure below the city's threshold (safeguarding D1 rule
7: a figure of today or a small one could point to who called for help). What is shown is rounded
down, so that figures by class minus figures by area are not those withheld.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.dialects import postgresql

from backend.store.tables import RISK_COUNT
from dialogue.danger import Risk

By = Literal["risk", "area"]

STEP = 5
"""Figures are shown rounded down to a multiple of it."""

# PostgreSQL's INSERT: SQLite's compiler reads its ON CONFLICT too.
_ADD = (
    postgresql.insert(RISK_COUNT)
    .values(
        city=bindparam("city"),
        month=bindparam("month"),
        area=bindparam("area"),
        risk=bindparam("risk"),
        n=1,
    )
    .on_conflict_do_update(
        index_elements=["city", "month", "area", "risk"], set_={"n": RISK_COUNT.c.n + 1}
    )
)


@dataclass(frozen=True, slots=True)
class RiskFigure:
    """One figure: `at_least` so many messages of a month, of a class or (of all classes) in an
    area."""

    month: date
    of: str
    at_least: int


def count(connection: Connection, city: str, risk: Risk, area: str, at: datetime) -> None:
    """Counts one."""
    row = {"city": city, "month": at.date().replace(day=1), "area": area, "risk": risk.value}
    connection.execute(_ADD, row)


def shown(
    connection: Connection, city: str, by: By, threshold: int, today: date
) -> Sequence[RiskFigure]:
    """What officials may see: months before this one, figures from the threshold on, oldest first.
    An area that was not known is in no figure by area."""
    of = RISK_COUNT.c[by]
    total = func.sum(RISK_COUNT.c.n)
    rows = connection.execute(
        select(RISK_COUNT.c.month, of, total)
        .where(RISK_COUNT.c.city == city, RISK_COUNT.c.month < today.replace(day=1), of != "")
        .group_by(RISK_COUNT.c.month, of)
        .having(total >= threshold)
        .order_by(RISK_COUNT.c.month, of)
    )
    return [RiskFigure(month, str(what), int(n) // STEP * STEP) for month, what, n in rows]
