"""How many take part, live: each contact once, by the session that counts (`counts`).

Of a small survey it is counted whenever somebody looks. Counting a large one takes as long as there
are answers; the worker does it every half minute, when somebody came or went.
"""

import json
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, insert, select

from backend.results.counts import respondents_by_status
from backend.results.publications import new_since
from backend.store import library
from backend.store.tables import PARTICIPATION, PUBLICATION

LARGE = 2_000
"""From so many respondents a survey is large."""


def participation(connection: Connection, city: str, survey: str) -> dict[str, int]:
    """Respondents by status, every status there."""
    kept = _kept(connection, city, survey)
    return kept[0] if kept else respondents_by_status(connection, city, survey)


def is_large(connection: Connection, city: str, survey: str) -> bool:
    """Whether counting it would keep whoever looks waiting, as of its last publication."""
    found = select(PUBLICATION.c.id).where(
        PUBLICATION.c.city == city,
        PUBLICATION.c.survey == survey,
        PUBLICATION.c.responses >= LARGE,
    )
    return connection.execute(found.limit(1)).first() is not None


def keep(engine: Engine, city: str, survey: str, now: datetime) -> None:
    """Counts a large survey anew if anybody began or ended since it was last."""
    with engine.connect() as connection:
        if not is_large(connection, city, survey):
            return
        kept = _kept(connection, city, survey)
        if kept and not new_since(connection, city, survey, kept[1]):
            return
        found = respondents_by_status(connection, city, survey)
    mine = (PARTICIPATION.c.city == city, PARTICIPATION.c.survey == survey)
    with library.writing(engine) as connection:
        connection.execute(delete(PARTICIPATION).where(*mine))
        row = {"city": city, "survey": survey, "by_status": json.dumps(found), "at": now}
        connection.execute(insert(PARTICIPATION).values(row))


def _kept(connection: Connection, city: str, survey: str) -> tuple[dict[str, int], datetime] | None:
    row = connection.execute(
        select(PARTICIPATION.c.by_status, PARTICIPATION.c.at).where(
            PARTICIPATION.c.city == city, PARTICIPATION.c.survey == survey
        )
    ).first()
    return (json.loads(row.by_status), row.at) if row else None
