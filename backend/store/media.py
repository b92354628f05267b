"""Pictures and recordings on their way to us, kept, and gone again."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    Insert,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects import postgresql

from backend.privacy import MEDIA as MEDIA_CLASS
from backend.privacy import RETENTION, SealBrokenError
from backend.store.tables import DISCARDED_OBJECT, MEDIA, MEDIA_REFERENCE
from backend.store.transaction import Transaction
from bot.shelf import FETCH_LEASE, Stored, Wanted
from bot.store import Inbound, MediaState
from channels.base import Media

MOST_A_DAY = 30
"""Pictures and recordings of one contact taken within a day: more are no answer to anything."""

LONGEST_TYPE = 100

UNDER_WAY, ONCE_LOST = "under way", "under way, lost once"
"""What `fault` says from a claim to its settling. Who finds it there finds that nobody settled:
whoever had claimed it died, perhaps of it."""


def is_wanted() -> ColumnElement[bool]:
    """Rows still to be fetched, as their index holds them."""
    return literal_column("media.state = 'wanted'")


_TODAY = (
    select(func.count())
    .select_from(MEDIA)
    .where(MEDIA.c.contact == bindparam("of"), MEDIA.c.at > bindparam("since"))
)
_NOTE = insert(MEDIA).inline()
_DUE = (
    select(
        MEDIA.c.id, MEDIA.c.city, MEDIA.c.channel, MEDIA.c.reference, MEDIA.c.media_type,
        MEDIA.c.attempts, MEDIA.c.key, MEDIA.c.fault,
    )
    .where(is_wanted(), MEDIA.c.due_at <= bindparam("now"))
    .order_by(MEDIA.c.due_at)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)  # fmt: skip
_CLAIM = (
    update(MEDIA)
    .where(MEDIA.c.id == bindparam("row"))
    .values(
        attempts=MEDIA.c.attempts + 1,
        due_at=bindparam("lease_ends"),
        key=bindparam("reserved"),
        fault=bindparam("so_far"),
    )
)
_HELD = update(MEDIA).where(
    MEDIA.c.id == bindparam("row"), MEDIA.c.attempts == bindparam("claim"), is_wanted()
)
_KEEP = _HELD.values(
    state=MediaState.KEPT,
    media_type=bindparam("kind"),
    size=bindparam("length"),
    content=bindparam("sealed"),
    key=bindparam("where"),
    reference=None,
    fault=None,
)
_REFUSE = _HELD.values(
    state=MediaState.REFUSED, reference=None, media_type=None, key=None, fault=bindparam("why")
)
_POSTPONE = _HELD.values(due_at=bindparam("until"), fault=bindparam("why"))

_INSERT = postgresql.insert(DISCARDED_OBJECT).values(
    key=bindparam("which"), due_at=bindparam("due")
)
_DISCARD = _INSERT.on_conflict_do_update(
    index_elements=["key"], set_={"due_at": _INSERT.excluded.due_at}
)
_DISCARDED = (
    select(DISCARDED_OBJECT.c.key)
    .where(DISCARDED_OBJECT.c.due_at <= bindparam("now"))
    .order_by(DISCARDED_OBJECT.c.due_at)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_LEASE = (
    update(DISCARDED_OBJECT)
    .where(DISCARDED_OBJECT.c.key == bindparam("which"))
    .values(due_at=bindparam("due"))
)
_GONE = delete(DISCARDED_OBJECT).where(DISCARDED_OBJECT.c.key == bindparam("which"))


class SqlMedia:
    """See `bot.shelf.MediaShelf`."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._connection = transaction.connection

    def note(
        self,
        inbound: Inbound,
        receipt: int,
        contact: str,
        session: str | None,
        question: str | None,
    ) -> None:
        """Notes every medium of a message as WANTED, up to MOST_A_DAY of the contact."""
        day = {"of": contact, "since": inbound.at - timedelta(days=1)}
        room = MOST_A_DAY - self._connection.execute(_TODAY, day).scalar_one()
        rows = [
            {
                "city": inbound.city,
                "channel": inbound.channel,
                "contact": contact,
                "received": receipt,
                "number": number,
                "session": session,
                "question": question,
                "reference": self._transaction.keys.seal(media.reference, MEDIA_REFERENCE),
                "state": MediaState.WANTED,
                "media_type": media.media_type[:LONGEST_TYPE],
                "attempts": 0,
                "at": inbound.at,
                "due_at": inbound.at,
                "delete_after": inbound.at + timedelta(days=RETENTION[MEDIA_CLASS]),
            }
            for number, media in list(enumerate(inbound.received.media))[: max(room, 0)]
            if media.reference  # else there is nothing to fetch (a sticker, say)
        ]
        if rows:
            self._connection.execute(_NOTE, rows)

    def due(
        self, now: datetime, limit: int, fresh_key: Callable[[], str | None]
    ) -> Sequence[Wanted]:
        """Claims WANTED ones that are due. Each attempt has a key of its own, so that a late one
        harms no later one; what an earlier one may have put away is discarded.

        One whose claim nobody settled is claimed alone, and is given up if nobody settles that
        either: what kills a process takes no others with it."""
        claimed: list[Wanted] = []
        ends = now + FETCH_LEASE
        for row in self._connection.execute(_DUE, {"now": now, "limit": limit}).all():
            lost = row.fault == UNDER_WAY
            if lost and claimed:
                break
            self._discard(row.key, ends)
            key = fresh_key()
            claim = {"row": row.id, "lease_ends": ends, "reserved": key}
            so_far = ONCE_LOST if lost else UNDER_WAY
            self._connection.execute(_CLAIM, claim | {"so_far": so_far})
            media = Media(self._reference(row.reference), row.media_type or "")
            wanted = Wanted(row.id, row.city, row.channel, media, row.attempts + 1, key)
            if not media.reference:
                self.refuse(wanted, "reference unreadable", now)
            elif row.fault == ONCE_LOST:
                self.refuse(wanted, "given up", now)
            else:
                claimed.append(wanted)
                if lost:
                    break
        return claimed

    def keep(
        self, wanted: Wanted, stored: Stored, media_type: str, size: int, now: datetime
    ) -> None:
        """Keeps what was fetched, if the claim still holds; else its object is discarded."""
        row = {
            **_claim(wanted),
            "kind": media_type,
            "length": size,
            "sealed": stored.sealed,
            "where": stored.key,
        }
        if not self._connection.execute(_KEEP, row).rowcount:
            self._discard(stored.key, now + FETCH_LEASE)

    def refuse(self, wanted: Wanted, fault: str, now: datetime) -> None:
        """Gives it up for good, if the claim still holds."""
        self._connection.execute(_REFUSE, {**_claim(wanted), "why": fault})
        self._discard(wanted.key, now + FETCH_LEASE)

    def postpone(self, wanted: Wanted, fault: str, until: datetime) -> None:
        """Leaves it for a later attempt, if the claim still holds."""
        self._connection.execute(_POSTPONE, {**_claim(wanted), "why": fault, "until": until})

    def discarded(self, now: datetime, limit: int) -> Sequence[str]:
        """Claims keys of objects to be deleted."""
        keys = self._connection.execute(_DISCARDED, {"now": now, "limit": limit}).scalars().all()
        if keys:
            ends = now + FETCH_LEASE
            self._connection.execute(_LEASE, [{"which": key, "due": ends} for key in keys])
        return keys

    def gone(self, keys: Sequence[str]) -> None:
        """These objects are deleted."""
        if keys:
            self._connection.execute(_GONE, [{"which": key} for key in keys])

    def _reference(self, sealed: str) -> str:
        try:
            return self._transaction.keys.unseal(sealed, MEDIA_REFERENCE)
        except SealBrokenError:
            return ""

    def _discard(self, key: str | None, due: datetime) -> None:
        if key is not None:
            self._connection.execute(_DISCARD, {"which": key, "due": due})


def _claim(wanted: Wanted) -> dict[str, object]:
    return {"row": wanted.id, "claim": wanted.attempt}


# --- rows that go, with objects that must follow them ------------------------------------------
def discard_objects(*which: ColumnElement[bool]) -> Insert:
    """Notes the objects of these rows for deletion: in the transaction that deletes the rows, and
    before them. A row's own `due_at` is when nobody is putting its object there any more."""
    objects = select(MEDIA.c.key, MEDIA.c.due_at).where(MEDIA.c.key.is_not(None), *which)
    return insert(DISCARDED_OBJECT).from_select(["key", "due_at"], objects)


_OLD = (
    select(MEDIA.c.id)
    .where(MEDIA.c.delete_after <= bindparam("now"))
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)


def purge(connection: Connection, now: datetime, limit: int) -> int:
    """Deletes rows whose day has come, and notes their objects; how many."""
    ids = connection.execute(_OLD, {"now": now, "limit": limit}).scalars().all()
    connection.execute(discard_objects(MEDIA.c.id.in_(ids)))
    connection.execute(delete(MEDIA).where(MEDIA.c.id.in_(ids)))
    return len(ids)
