"""Pictures and recordings as staff see them: a list without any resident in it, and one content."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from backend.store.tables import MEDIA, SESSION
from bot.shelf import Stored
from bot.store import MediaState


@dataclass(frozen=True, slots=True)
class Medium:
    """One of them. `survey`, `version` and `question` say what it answers, if it does; type and
    size are known once it is kept; `fault` says why it was refused, or is not here yet."""

    id: int
    survey: str | None
    version: int | None
    question: str | None
    channel: str
    received_on: date
    state: MediaState
    media_type: str | None
    size: int | None
    fault: str | None


def listed(
    connection: Connection,
    city: str,
    survey: str | None,
    question: str | None,
    after: int,
    limit: int,
) -> Sequence[Medium]:
    """A city's, in the order they came: `limit` of those behind `after`."""
    wanted = [MEDIA.c.city == city, MEDIA.c.id > after]
    if survey is not None:
        wanted.append(SESSION.c.survey == survey)
    if question is not None:
        wanted.append(MEDIA.c.question == question)
    rows = connection.execute(
        select(
            MEDIA.c.id, SESSION.c.survey, SESSION.c.version, MEDIA.c.question, MEDIA.c.channel,
            MEDIA.c.at, MEDIA.c.state, MEDIA.c.media_type, MEDIA.c.size, MEDIA.c.fault,
        ).select_from(MEDIA.outerjoin(SESSION)).where(*wanted).order_by(MEDIA.c.id).limit(limit)
    )  # fmt: skip
    return [
        Medium(
            id=row.id,
            survey=row.survey,
            version=row.version,
            question=row.question,
            channel=row.channel,
            received_on=row.at.date(),
            state=row.state,
            # Before it is kept this is what the provider says, which is not to be believed.
            media_type=row.media_type if row.state is MediaState.KEPT else None,
            size=row.size,
            fault=row.fault,
        )
        for row in rows
    ]


def find_content(connection: Connection, city: str, id_: int) -> tuple[str, Stored] | None:
    """Type and place of a kept one; None if it is another city's, or not here."""
    row = connection.execute(
        select(MEDIA.c.media_type, MEDIA.c.content, MEDIA.c.key).where(
            MEDIA.c.city == city, MEDIA.c.id == id_, MEDIA.c.state == MediaState.KEPT
        )
    ).first()
    return None if row is None else (row.media_type, Stored(row.content, row.key))
