"""Receipts for ever, bodies sealed and for a while."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import (
    ColumnElement,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql

from backend.privacy import RETENTION, SealBrokenError
from backend.store.prepared import Prepared
from backend.store.tables import BODY, CONTACT, CONTENT, RECEIVED, URN
from backend.store.transaction import Transaction
from bot.store import Inbound, ReceiptStatus, Retention
from channels.base import Received

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Content:
    """What a body holds, sealed: enough to take the turn later as it would have been taken."""

    turn: str
    received: Received


CONTENT_JSON = TypeAdapter(Content)


def is_waiting() -> ColumnElement[bool]:
    """Receipts left waiting, as their index holds them."""
    return literal_column("received.status = 'waiting'")


# PostgreSQL's INSERT: SQLite's compiler reads its ON CONFLICT too.
_RECEIVE = Prepared(
    postgresql.insert(RECEIVED)
    .values({name: bindparam(name) for name in ("city", "channel", "provider_id", "at", "status")})
    .on_conflict_do_nothing(index_elements=["city", "channel", "provider_id"])
    .returning(RECEIVED.c.id)
)
_KEEP_BODY = Prepared(insert(BODY).inline())
_MARK = update(RECEIVED).where(RECEIVED.c.id == bindparam("receipt")).values(status=bindparam("to"))
_FAILED = RECEIVED.alias("failed")
_FAILED_BODY = BODY.alias("failed_body")
_ITS_URN = URN.alias("its_urn")
_THEIRS = URN.alias("theirs")
_ITS = (_ITS_URN.c.city == _FAILED.c.city) & (_ITS_URN.c.hash == _FAILED_BODY.c.hash)
_ITS_CONTACTS_HASHES = (
    select(_THEIRS.c.hash)
    .select_from(_THEIRS.join(_ITS_URN, _ITS_URN.c.contact == _THEIRS.c.contact))
    .where(_ITS)
    .correlate(_FAILED, _FAILED_BODY)
)
_TAKEN_AFTER = exists().where(
    BODY.c.received > _FAILED.c.id,
    or_(BODY.c.hash == _FAILED_BODY.c.hash, BODY.c.hash.in_(_ITS_CONTACTS_HASHES)),
    RECEIVED.c.id == BODY.c.received,
    RECEIVED.c.status == ReceiptStatus.TAKEN,
)
# The safe word leaves no body, but we know when we last heard from them.
_HEARD_AFTER = exists().where(
    _ITS, CONTACT.c.id == _ITS_URN.c.contact, CONTACT.c.last_heard_at > _FAILED.c.at
)
_RECONSIDER = (
    update(RECEIVED)
    .where(
        RECEIVED.c.id.in_(
            select(_FAILED.c.id)
            .select_from(_FAILED.join(_FAILED_BODY, _FAILED_BODY.c.received == _FAILED.c.id))
            .where(
                literal_column("failed.status = 'failed'"),  # as the index says it
                _FAILED.c.at >= bindparam("since"),
                _FAILED_BODY.c.hash.is_not(None),  # no poison
                ~_TAKEN_AFTER,
                ~_HEARD_AFTER,
            )
        )
    )
    .values(status=ReceiptStatus.WAITING)
)
_DROP = delete(BODY).where(BODY.c.received == bindparam("receipt"))
_RETAIN = (
    update(BODY)
    .where(BODY.c.received == bindparam("receipt"))
    .values(retention=bindparam("class"), delete_after=bindparam("until"))
)
_OF_ONE_CITY = (URN.c.city == RECEIVED.c.city) & (URN.c.hash == BODY.c.hash)
_OLDEST = (
    select(func.min(RECEIVED.c.id))
    .select_from(RECEIVED.join(BODY).outerjoin(URN, _OF_ONE_CITY))
    .where(is_waiting())
    .group_by(func.coalesce(URN.c.contact, BODY.c.hash))
)
_WAITING = (
    select(RECEIVED.c.id, RECEIVED.c.city, RECEIVED.c.channel, RECEIVED.c.at, BODY.c.content)
    .select_from(RECEIVED.join(BODY))
    .where(is_waiting(), RECEIVED.c.id.in_(_OLDEST))
    .order_by(RECEIVED.c.id)
    .limit(bindparam("limit"))
    .with_for_update(of=RECEIVED, skip_locked=True)
)


class SqlInbox:
    """See `bot.store.Inbox`."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def receive(self, inbound: Inbound) -> int | None:
        """Stores receipt and sealed body as TAKEN; None if this provider id was seen before."""
        received = inbound.received
        receipt = self._receipt(inbound.city, inbound.channel, received.provider_id, inbound.at)
        if receipt is None:
            return None
        hashed = self._transaction.keys.index(inbound.city, received.urn)
        content = CONTENT_JSON.dump_json(Content(inbound.turn, received)).decode()
        self._keep(receipt, hashed, content, Retention.ORDINARY, inbound.at)
        self._transaction.receipts[inbound.turn] = receipt
        return receipt

    def poison(
        self, city: str, channel: str, provider_id: str, content: str, at: datetime
    ) -> int | None:
        """Stores an update that could not be read, as FAILED, sealed for a week."""
        receipt = self._receipt(city, channel, provider_id, at, ReceiptStatus.FAILED)
        if receipt is not None:
            self._keep(receipt, None, content, Retention.POISON, at)
        return receipt

    def mark(self, receipt: int, status: ReceiptStatus) -> None:
        """Says what became of it."""
        self._transaction.connection.execute(_MARK, {"receipt": receipt, "to": status})

    def retain(self, receipt: int, retention: Retention, at: datetime) -> None:
        """Keeps its body as long as that class is kept, from `at`."""
        until = at + timedelta(days=RETENTION[retention])
        row = {"receipt": receipt, "class": retention, "until": until}
        self._transaction.connection.execute(_RETAIN, row)

    def drop_body(self, receipt: int) -> None:
        """Deletes what was written, keeps that something came."""
        self._transaction.connection.execute(_DROP, {"receipt": receipt})

    def reconsider(self, since: datetime) -> int:
        """Makes FAILED receipts from `since` on WAITING again; how many there were. One after which
        the contact's talk went on stays FAILED: it would answer whatever is open now."""
        return self._transaction.connection.execute(_RECONSIDER, {"since": since}).rowcount

    def waiting(self, limit: int) -> Sequence[tuple[int, Inbound]]:
        """Receipts left WAITING, oldest first, locked; of each contact only the oldest. One whose
        body cannot be read becomes FAILED."""
        rows = self._transaction.connection.execute(_WAITING, {"limit": limit})
        found = []
        for receipt, city, channel, at, sealed in rows:
            try:
                content = CONTENT_JSON.validate_json(self._transaction.keys.unseal(sealed, CONTENT))
            except (SealBrokenError, ValidationError) as error:
                log.error("body_unreadable", city=city, receipt=receipt, error=type(error).__name__)
                self.mark(receipt, ReceiptStatus.FAILED)
                continue
            self._transaction.receipts[content.turn] = receipt
            found.append((receipt, Inbound(city, channel, content.received, content.turn, at)))
        return found

    def _receipt(
        self,
        city: str,
        channel: str,
        provider_id: str,
        at: datetime,
        status: ReceiptStatus = ReceiptStatus.TAKEN,
    ) -> int | None:
        row = {
            "city": city,
            "channel": channel,
            "provider_id": provider_id,
            "at": at,
            "status": status,
        }
        kept = _RECEIVE.first(self._transaction.connection, row)
        return None if kept is None else int(kept[0])

    def _keep(
        self, receipt: int, hashed: str | None, content: str, retention: Retention, at: datetime
    ) -> None:
        row = {
            "received": receipt,
            "hash": hashed,
            "content": self._transaction.keys.seal(content, CONTENT),
            "retention": retention,
            "delete_after": at + timedelta(days=RETENTION[retention]),
        }
        _KEEP_BODY.run(self._transaction.connection, row)
