"""Ways through surveys, and their answers."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from backend.store.prepared import Prepared
from backend.store.tables import ANSWER, RAW, SESSION
from backend.store.transaction import Transaction
from dialogue.effects import Record
from dialogue.survey import Session, Status

_OPEN = Prepared(insert(SESSION).inline())
_MOVE = Prepared(
    update(SESSION)
    .where(SESSION.c.id == bindparam("session"))
    .values(status=bindparam("to"), finished_at=bindparam("finished"))
)
_RECORD = Prepared(insert(ANSWER).inline())


class SqlSessions:
    """See `bot.store.Sessions`."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def open(self, city: str, contact: str, session: Session, locale: str, channel: str) -> None:
        """Keeps a new session."""
        row = {
            "id": session.id,
            "city": city,
            "contact": contact,
            "survey": session.survey,
            "version": session.version,
            "status": session.status,
            "locale": locale,
            "channel": channel,
            "started_at": session.started_at,
            "finished_at": None,
        }
        _OPEN.run(self._transaction.connection, row)

    def move(self, session: Session, at: datetime) -> None:
        """Keeps its status (and, when final, the time)."""
        final = session.status not in (Status.ACTIVE, Status.PARKED)
        row = {"session": session.id, "to": session.status, "finished": at if final else None}
        _MOVE.run(self._transaction.connection, row)

    def record(self, records: Sequence[Record], at: datetime) -> None:
        """Keeps answers; a second one of the same session, question and revision is refused with
        sqlalchemy.exc.IntegrityError. What came `afterwards` is numbered behind all that there
        is."""
        rows = [self._row(self._numbered(record), at) for record in records]
        if rows:
            _RECORD.run_all(self._transaction.connection, rows)

    def _numbered(self, record: Record) -> Record:
        if not record.afterwards:
            return record
        mine = (ANSWER.c.session == record.session, ANSWER.c.question == record.question)
        latest = select(func.coalesce(func.max(ANSWER.c.revision), 0)).where(*mine)
        found = self._transaction.connection.execute(latest).scalar_one()
        return replace(record, revision=found + 1)

    def _row(self, record: Record, at: datetime) -> dict[str, Any]:
        raw = record.raw
        return {
            "session": record.session,
            "question": record.question,
            "revision": record.revision,
            "outcome": record.outcome,
            "value": None if record.value is None else json.dumps(record.value, ensure_ascii=False),
            "rule": record.rule,
            "words": record.words or None,
            "coder": None,
            "raw": None if raw is None else self._transaction.keys.seal(raw, RAW),
            "at": at,
        }
