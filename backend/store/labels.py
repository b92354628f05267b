"""Labels of answers in words: the coders' queue, labelling, and what came of it.

An answer in words is one that was answered in its last revision, in a session that is over and did
not end in danger. Its words are opened only here, for a coder.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, insert, select

from backend.catalogues import load_locales
from backend.privacy import KeyRing
from backend.store.readings import GOING_ON, LAST, opened
from backend.store.schemes import Applied
from backend.store.tables import ANSWER, LABEL, SESSION
from dialogue.labels import Label, Standing, View, coders_needed, could_see, standing
from dialogue.scheme import Suggestion, in_order, suggestions
from dialogue.survey import Status

BATCH = 200
"""Answers looked at at once."""


@dataclass(frozen=True, slots=True)
class DeskAnswer:
    """An answer in words as a coder sees it: `said` is None once the words are deleted. `labels`
    are None while this coder must not see those of others."""

    id: int
    version: int
    language: str
    answered_on: date
    said: str | None
    view: View
    needed: int
    suggested: Sequence[Suggestion]
    own: tuple[str, ...] | None
    labels: Sequence[Label] | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class ToLabel:
    """What labelling needs to know of an answer."""

    survey: str
    question: str
    has_words: bool


_IN_WORDS = (
    ANSWER.c.outcome == "answered",
    ANSWER.c.value.is_(None),
    LAST,
    ~GOING_ON,
    SESSION.c.status != Status.SAFEGUARDED,
)


def queue(
    connection: Connection,
    keys: KeyRing,
    applied: Applied,
    coder: str,
    view: View,
    after: int,
    limit: int,
) -> Sequence[DeskAnswer]:
    """Answers that a coder sees in this view, in the order they were settled: `limit` of those
    behind `after`."""
    seen = _seen(connection, applied, coder, view, after, ANSWER.c.raw)
    return [_answer(row, keys, applied, coder, stands) for row, stands in islice(seen, limit)]


def left(connection: Connection, applied: Applied, coder: str, view: View) -> int:
    """How many answers a coder sees in this view. The words are not read."""
    return sum(1 for _ in _seen(connection, applied, coder, view, 0))


def _seen(
    connection: Connection,
    applied: Applied,
    coder: str,
    view: View,
    after: int,
    *columns: ColumnElement[Any],
) -> Iterator[tuple[Any, Standing]]:
    """Those answers with these columns as well, and what their labels come to."""
    while True:
        rows = connection.execute(
            _answers(applied, *_likely(applied, coder, view), ANSWER.c.id > after)
            .add_columns(*columns)
            .limit(BATCH)
        ).all()
        there = labels_of(connection, applied, [row.id for row in rows])
        for row in rows:
            stands = _standing(applied, row.id, there.get(row.id, ()))
            if stands.view(coder) == view:
                yield row, stands
        if len(rows) < BATCH:
            return
        after = rows[-1].id


def find(connection: Connection, city: str, id_: int) -> ToLabel | None:
    """The answer, if it is one in words of the city's."""
    row = connection.execute(
        select(SESSION.c.survey, ANSWER.c.question, ANSWER.c.raw.is_not(None).label("has_words"))
        .select_from(ANSWER.join(SESSION))
        .where(SESSION.c.city == city, ANSWER.c.id == id_, *_IN_WORDS)
    ).first()
    return None if row is None else ToLabel(row.survey, row.question, bool(row.has_words))


def add(
    connection: Connection,
    applied: Applied,
    answer: int,
    coder: str,
    codes: Sequence[str],
    at: datetime,
    *,
    settles: bool = False,
) -> Standing:
    """Adds a labelling by the scheme's latest version (codes already checked); what the labels come
    to with it."""
    before = labels_of(connection, applied, [answer]).get(answer, ())
    row = {
        "city": applied.use.city,
        "survey": applied.use.survey,
        "answer": answer,
        "scheme": applied.use.scheme,
        "version": applied.scheme.version,
        "coder": coder,
        "codes": json.dumps(in_order(applied.scheme.codes, codes)),
        "settles": settles,
        "blind": not settles and _is_blind(applied, answer, before, coder),
        "at": at,
    }
    connection.execute(insert(LABEL).values(row))
    return stands(connection, applied, answer)


def _is_blind(applied: Applied, answer: int, before: Sequence[Label], coder: str) -> bool:
    """Whether the coder gives it without having been able to see what others had given: once one
    could, one stays so, also where the setting of how many coders are needed has changed."""
    own = [label for label in before if label.coder == coder and not label.settles]
    needed = coders_needed(answer, applied.use.coders, applied.use.twice)
    return all(label.blind for label in own) and not could_see(before, coder, needed)


def new_since(connection: Connection, city: str, survey: str, since: datetime | None) -> int:
    """How many answers of a survey were labelled since then. Only those labels are looked at."""
    wanted = [LABEL.c.city == city, LABEL.c.survey == survey]
    wanted += [] if since is None else [LABEL.c.at > since]
    counted = select(func.count(LABEL.c.answer.distinct())).where(*wanted)
    return int(connection.execute(counted).scalar_one())


def stands(connection: Connection, applied: Applied, answer: int) -> Standing:
    """What the labels of an answer come to."""
    labels = labels_of(connection, applied, [answer]).get(answer, ())
    return _standing(applied, answer, labels)


def labels_of(
    connection: Connection, applied: Applied, answers: Iterable[int]
) -> dict[int, list[Label]]:
    """All labellings of these answers by the scheme, oldest first."""
    mine = select(*_LABEL).where(
        LABEL.c.answer.in_(list(answers)), LABEL.c.scheme == applied.use.scheme
    )
    return _by_answer(connection.execute(mine.order_by(LABEL.c.id)))


def standings(
    connection: Connection, applied: Applied, *where: ColumnElement[bool]
) -> Iterator[tuple[Any, Standing]]:
    """Every answer in words to the question (`id`, `session`, `has_words`) of which `where` (on
    sessions and answers) holds, and what its labels come to. The words are not read."""
    rows = connection.execute(_answers(applied, *where)).all()
    labelled = select(*_LABEL).select_from(LABEL.join(ANSWER).join(SESSION)).where(
        *in_words(applied), *where, LABEL.c.scheme == applied.use.scheme
    )  # fmt: skip
    there = _by_answer(connection.execute(labelled.order_by(LABEL.c.id)))
    for row in rows:
        yield row, _standing(applied, row.id, there.get(row.id, ()))


_LABEL = tuple(
    LABEL.c[name]
    for name in ("answer", "id", "coder", "version", "codes", "settles", "at", "blind")
)


def _by_answer(rows: Iterable[Any]) -> dict[int, list[Label]]:
    found: dict[int, list[Label]] = {}
    for answer, id_, coder, version, codes, settles, at, blind in rows:
        label = Label(id_, coder, version, tuple(json.loads(codes)), settles, at, blind)
        found.setdefault(answer, []).append(label)
    return found


def in_words(applied: Applied) -> Sequence[ColumnElement[bool]]:
    """What holds of answers in words to the question, and of their sessions."""
    use = applied.use
    return (
        SESSION.c.city == use.city,
        SESSION.c.survey == use.survey,
        ANSWER.c.question == use.question,
        *_IN_WORDS,
    )


_HAS_WORDS = ANSWER.c.raw.is_not(None).label("has_words")


def _answers(applied: Applied, *where: ColumnElement[bool]) -> Select[Any]:
    columns = (ANSWER.c.id, ANSWER.c.session, ANSWER.c.at, SESSION.c.version, SESSION.c.locale)
    return (
        select(*columns, _HAS_WORDS)
        .select_from(ANSWER.join(SESSION))
        .where(*in_words(applied), *where)
        .order_by(ANSWER.c.id)
    )


def _likely(applied: Applied, coder: str, view: View) -> Sequence[ColumnElement[bool]]:
    """What the database can tell of a view, so that few answers are looked at in vain. Nobody can
    label what is deleted, and how many coders a single answer needs is not for it to tell."""
    theirs = (LABEL.c.answer == ANSWER.c.id, LABEL.c.scheme == applied.use.scheme)
    settled = select(LABEL.c.id).where(*theirs, LABEL.c.settles).exists()
    current = select(LABEL.c.id).where(*theirs, *_CURRENT)
    own = current.where(LABEL.c.coder == coder).exists()
    codes = select(func.min(LABEL.c.codes)).where(*theirs, *_CURRENT)
    others = select(func.max(LABEL.c.codes)).where(*theirs, *_CURRENT)
    most = max(applied.use.coders, 2 if applied.use.twice else 1)
    given = select(func.count()).select_from(LABEL).where(*theirs, *_CURRENT).scalar_subquery()
    match view:
        case "open":
            return (ANSWER.c.raw.is_not(None), ~settled, ~own, given < most)
        case "waiting":
            return (~settled, own, given < most)
        case "coded":
            return (~settled, current.exists())
        case "disputed":
            return (~settled, codes.scalar_subquery() < others.scalar_subquery())
        case "settled":
            return (settled,)


_AFTER = LABEL.alias("after")
_CURRENT = (
    ~LABEL.c.settles,
    LABEL.c.codes != json.dumps([]),
    ~select(_AFTER.c.id)
    .where(
        _AFTER.c.answer == LABEL.c.answer,
        _AFTER.c.scheme == LABEL.c.scheme,
        _AFTER.c.coder == LABEL.c.coder,
        ~_AFTER.c.settles,
        _AFTER.c.id > LABEL.c.id,
    )
    .exists(),
)
"""Labels that count of their coders."""


def _standing(applied: Applied, answer: int, labels: Sequence[Label]) -> Standing:
    return standing(labels, coders_needed(answer, applied.use.coders, applied.use.twice))


def _answer(row: Any, keys: KeyRing, applied: Applied, coder: str, stands: Standing) -> DeskAnswer:
    said = opened(row.raw, keys) if row.raw else None
    own = stands.by_coder.get(coder)
    return DeskAnswer(
        id=row.id,
        version=row.version,
        language=row.locale,
        answered_on=row.at.date(),
        said=said,
        view=stands.view(coder),
        needed=coders_needed(row.id, applied.use.coders, applied.use.twice),
        suggested=_suggested(applied, said or "", row.locale),
        own=own.codes if own else None,
        labels=None if stands.hidden_from(coder) else list(stands.by_coder.values()),
        standing=stands,
    )


def _suggested(applied: Applied, said: str, language: str) -> Sequence[Suggestion]:
    locale = load_locales().get(language)
    endings = locale.words.replies.get("endings", ()) if locale else ()
    return suggestions(applied.scheme.codes, said, language, endings)
