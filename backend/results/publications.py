"""Publications as kept: what was made public of a survey, when, and what counts now."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, insert, select, update

from backend.results.frames import REACHED, FigureKey
from backend.store.tables import PUBLICATION, PUBLISHED_FIGURE, SESSION

REMEMBERED = 60
"""Publications of answers that a new one is compared with."""

_OF_ANSWERS = PUBLICATION.c.answers_at == PUBLICATION.c.at

_AT_ONCE = 500
"""Figures in one statement."""


@dataclass(frozen=True, slots=True)
class Publication:
    """The `number`-th of a survey. Answers are of `answers_at`, when so many respondents had given
    some: a publication that is later was of themes alone. Figures that could not be renewed with it
    are older."""

    number: int
    at: datetime
    responses: int
    answers_at: datetime

    @property
    def themes_only(self) -> bool:
        """Whether answers were not looked at."""
        return self.answers_at < self.at


@dataclass(frozen=True, slots=True)
class Released:
    """A figure as made public. `base` are those of its column who were asked, at that moment; None
    where that was not made public together with it."""

    n: int
    base: int | None
    publication: int
    at: datetime


def last(
    connection: Connection, city: str, survey: str, *, themes: bool = True
) -> Publication | None:
    """The latest publication of a survey; without `themes` the latest of answers."""
    every_one = _publications(city, survey)
    wanted = every_one if themes else every_one.where(_OF_ANSWERS)
    found = connection.execute(wanted.order_by(PUBLICATION.c.number.desc()).limit(1)).first()
    return Publication(*found) if found else None


def every(connection: Connection, city: str, survey: str) -> Sequence[Publication]:
    """All of a survey, oldest first."""
    rows = connection.execute(_publications(city, survey).order_by(PUBLICATION.c.number))
    return [Publication(*row) for row in rows]


def _publications(city: str, survey: str) -> Select[Any]:
    columns = [PUBLICATION.c[name] for name in Publication.__dataclass_fields__]
    return select(*columns).where(PUBLICATION.c.city == city, PUBLICATION.c.survey == survey)


def current(
    connection: Connection, city: str, survey: str, group_by: str | None = None
) -> dict[FigureKey, Released]:
    """The figures that count now: all, or those by one dimension ("" for everybody)."""
    mine = [*_of(city, survey), PUBLISHED_FIGURE.c.latest]
    if group_by is not None:
        mine.append(PUBLISHED_FIGURE.c.group_by == group_by)
    return dict(_read(connection, mine))


def past(
    connection: Connection, city: str, survey: str, remembered: int = REMEMBERED
) -> dict[FigureKey, dict[int, int]]:
    """What was made public with the latest so many publications of answers and since the first of
    them, by figure and number: a publication of themes pushes nothing out."""
    of_answers = _publications(city, survey).where(_OF_ANSWERS)
    oldest = connection.execute(
        of_answers.with_only_columns(PUBLICATION.c.number)
        .order_by(PUBLICATION.c.number.desc())
        .limit(remembered)
    ).scalars()
    since = min(oldest, default=0)
    mine = [*_of(city, survey), PUBLISHED_FIGURE.c.publication >= since]
    found: dict[FigureKey, dict[int, int]] = {}
    for key, released in _read(connection, mine):
        found.setdefault(key, {})[released.publication] = released.n
    return found


def history(
    connection: Connection,
    city: str,
    survey: str,
    question: str,
    *group_by: str,
    rows: Collection[str] | None = None,
) -> dict[FigureKey, list[Released]]:
    """All that was ever made public of a question by these dimensions (none: of everybody), oldest
    first; of all rows, or of some."""
    mine = [
        *_of(city, survey),
        PUBLISHED_FIGURE.c.question == question,
        PUBLISHED_FIGURE.c.group_by.in_(group_by or ("",)),
    ]
    if rows is not None:
        mine.append(PUBLISHED_FIGURE.c.row.in_(rows))
    found: dict[FigureKey, list[Released]] = {}
    for key, released in _read(connection, mine):
        found.setdefault(key, []).append(released)
    return found


def new_since(connection: Connection, city: str, survey: str, since: datetime | None) -> int:
    """Sessions that began or ended since then: at most twice as many as there are new respondents,
    counted without looking at the others."""
    counted = select(func.count()).where(SESSION.c.city == city, SESSION.c.survey == survey)
    if since is None:
        return int(connection.execute(counted).scalar_one())
    times = (SESSION.c.started_at, SESSION.c.finished_at)
    return sum(int(connection.execute(counted.where(at > since)).scalar_one()) for at in times)


def add(
    connection: Connection,
    city: str,
    survey: str,
    publication: Publication,
    figures: Mapping[FigureKey, int],
) -> None:
    """Keeps a publication and its figures. Raises IntegrityError where another came before."""
    of = {"city": city, "survey": survey}
    connection.execute(
        insert(PUBLICATION).values(
            **of,
            number=publication.number,
            at=publication.at,
            responses=publication.responses,
            answers_at=publication.answers_at,
        )
    )
    rows = [
        {
            **of,
            "publication": publication.number,
            "question": key.question,
            "row": key.row,
            "group_by": key.by,
            "group_name": key.group,
            "n": n,
            "base": figures.get(key._replace(row=REACHED)),
            "latest": True,
        }
        for key, n in figures.items()
    ]
    for start in range(0, len(rows), _AT_ONCE):
        batch = rows[start : start + _AT_ONCE]
        connection.execute(insert(PUBLISHED_FIGURE), batch)
    _supersede(connection, city, survey, publication.number)


def _supersede(connection: Connection, city: str, survey: str, number: int) -> None:
    newer = PUBLISHED_FIGURE.alias()
    same = (
        newer.c[name] == PUBLISHED_FIGURE.c[name]
        for name in ("city", "survey", "question", "row", "group_by", "group_name")
    )
    connection.execute(
        update(PUBLISHED_FIGURE)
        .where(
            *_of(city, survey),
            PUBLISHED_FIGURE.c.latest,
            PUBLISHED_FIGURE.c.publication < number,
            select(newer.c.id).where(*same, newer.c.publication == number).exists(),
        )
        .values(latest=False)
    )


def _of(city: str, survey: str) -> list[ColumnElement[bool]]:
    return [PUBLISHED_FIGURE.c.city == city, PUBLISHED_FIGURE.c.survey == survey]


def _read(
    connection: Connection, where: Sequence[ColumnElement[bool]]
) -> Iterator[tuple[FigureKey, Released]]:
    columns = [
        PUBLISHED_FIGURE.c[name]
        for name in ("question", "row", "group_by", "group_name", "n", "base", "publication")
    ]
    made = (
        (PUBLICATION.c.city == PUBLISHED_FIGURE.c.city)
        & (PUBLICATION.c.survey == PUBLISHED_FIGURE.c.survey)
        & (PUBLICATION.c.number == PUBLISHED_FIGURE.c.publication)
    )
    ordered = (
        select(*columns, PUBLICATION.c.at)
        .join(PUBLICATION, made)
        .where(*where)
        .order_by(PUBLISHED_FIGURE.c.publication, PUBLISHED_FIGURE.c.id)
    )
    for found in connection.execute(ordered):
        key = FigureKey(found.question, found.row, found.group_by, found.group_name)
        yield key, Released(found.n, found.base, found.publication, found.at)
