"""Which of a contact's sessions of a survey counts in results, as results count respondents."""

from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, func, select, update

from backend.store.tables import ANSWER, SESSION
from dialogue.outcomes import REMARK
from dialogue.survey import Status


def place(*of: ColumnElement[Any]) -> ColumnElement[int]:
    """The place of a session among those that have the same of these; the first counts. It is one
    with an answer before one without, then a completed one, then the latest."""
    given = (ANSWER.c.session == SESSION.c.id, ANSWER.c.outcome != REMARK)
    answers = select(ANSWER.c.id).where(*given).exists()
    return func.row_number().over(
        partition_by=of,
        order_by=(
            case((answers, 0), else_=1),
            case((SESSION.c.status == Status.COMPLETED, 0), else_=1),
            SESSION.c.started_at.desc(),
            SESSION.c.id.desc(),
        ),
    )


_THEIRS = (
    select(SESSION.c.id, place(SESSION.c.survey).label("place"))
    .where(SESSION.c.contact == bindparam("of"))
    .subquery()
)

MARK_REPEATED = (
    update(SESSION)
    .where(SESSION.c.id.in_(select(_THEIRS.c.id).where(_THEIRS.c.place > 1)))
    .values(repeated=True)
)
"""Marks the sessions of a contact (`of`) in whose place another one counts: once the contact is
erased nothing else tells."""
