"""Recipients of broadcasts that run, taken a few at a time."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog
from pydantic import ValidationError
from sqlalchemy import Integer, bindparam, func, select, update

from backend.models.broadcasts import BroadcastState
from backend.privacy import SealBrokenError
from backend.store.prepared import Prepared
from backend.store.tables import (
    ADDRESS,
    BROADCAST,
    CONTACT,
    OPEN_WINDOW,
    OUTBOUND,
    RECIPIENT,
    URN,
    pending,
)
from backend.store.transaction import Transaction
from bot.recipients import Address, Candidate, Reason, RecipientState
from bot.store import Known
from dialogue import memory

log = structlog.get_logger(__name__)

_QUEUED = (
    select(OUTBOUND.c.segments)
    .where(
        OUTBOUND.c.city == bindparam("of_city"),
        OUTBOUND.c.channel == bindparam("of_channel"),
        OUTBOUND.c.priority > 0,
        pending(),
    )
    .limit(bindparam("most", type_=Integer()))
    .subquery("queued")
)
_BACKLOG = select(func.coalesce(func.sum(_QUEUED.c.segments), 0))
# Held until we have committed: who pauses or cancels it waits for that.
_RUNS = (
    select(BROADCAST.c.id)
    .where(BROADCAST.c.id == bindparam("of"), BROADCAST.c.state == BroadcastState.RUNNING)
    .with_for_update(read=True)
)
_DUE = (
    select(
        RECIPIENT.c.id.label("recipient"),
        RECIPIENT.c.invited_at,
        RECIPIENT.c.reminders,
        CONTACT.c.id,
        CONTACT.c.conversation,
        CONTACT.c.opted_out,
        CONTACT.c.heard_urn,
        CONTACT.c.heard_channel,
        CONTACT.c.age,
        CONTACT.c.invited_at.label("asked_at"),
    )
    .select_from(RECIPIENT.join(CONTACT, CONTACT.c.id == RECIPIENT.c.contact))
    .where(
        RECIPIENT.c.broadcast == bindparam("of"),
        RECIPIENT.c.state == bindparam("in_state"),
        RECIPIENT.c.channel.in_(bindparam("channels", expanding=True)),
        RECIPIENT.c.due_at <= bindparam("now", type_=RECIPIENT.c.due_at.type),
    )
    .order_by(RECIPIENT.c.due_at, RECIPIENT.c.id)
    .limit(bindparam("most", type_=Integer()))
    .with_for_update(of=(RECIPIENT, CONTACT), skip_locked=True)
)
_ADDRESSES = (
    select(
        URN.c.id, URN.c.contact, URN.c.address, URN.c.scheme, URN.c.dead, URN.c.channel,
        OPEN_WINDOW.c.heard_at,
    )
    .select_from(
        URN.outerjoin(
            OPEN_WINDOW,
            (OPEN_WINDOW.c.urn == URN.c.id) & (OPEN_WINDOW.c.channel == URN.c.channel),
        )
    )
    .where(URN.c.contact.in_(bindparam("contacts", expanding=True)))
    .order_by(URN.c.id)
)  # fmt: skip
_ONE = update(RECIPIENT).where(RECIPIENT.c.id == bindparam("row"))
_INVITED = Prepared(
    _ONE.values(
        state=RecipientState.INVITED, reason=None, channel=bindparam("by"),
        locale=bindparam("spoken"), invited_at=bindparam("at"), due_at=bindparam("next_due"),
    )
)  # fmt: skip
_ASKED = Prepared(
    update(CONTACT)
    .where(CONTACT.c.id == bindparam("of_contact"))
    .values(invited_at=bindparam("at"))
)
_REMINDED = Prepared(_ONE.values(reminders=RECIPIENT.c.reminders + 1, due_at=bindparam("next_due")))
_PUT_OFF = Prepared(_ONE.values(reason=bindparam("why"), due_at=bindparam("next_due")))
_SKIP = Prepared(_ONE.values(state=RecipientState.SKIPPED, reason=bindparam("why"), due_at=None))


class SqlRecipients:
    """See `bot.recipients.Recipients`."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def backlog(self, city: str, channel: str, most: int) -> int:
        """Segments of broadcasts that wait in the channel's queue."""
        where = {"of_city": city, "of_channel": channel, "most": most}
        return int(self._transaction.connection.execute(_BACKLOG, where).scalar_one())

    def due(
        self,
        broadcast: str,
        state: RecipientState,
        channels: Collection[str],
        now: datetime,
        limit: int,
    ) -> Sequence[Candidate]:
        """Recipients whose time has come, locked; none where the broadcast does not run."""
        connection = self._transaction.connection
        if connection.execute(_RUNS, {"of": broadcast}).first() is None:
            return ()
        where = {"of": broadcast, "in_state": state, "channels": sorted(channels), "now": now}
        rows = connection.execute(_DUE, where | {"most": limit}).all()
        addresses = self._addresses([row.id for row in rows])
        found = []
        for row in rows:
            try:
                found.append(self._candidate(row, addresses.get(row.id, ())))
            except (SealBrokenError, ValidationError) as error:
                log.error("recipient_unreadable", error=type(error).__name__)
                failed = {"row": row.recipient, "why": Reason.FAILED.value}
                _SKIP.run(connection, failed)
        return found

    def invited(
        self, candidate: Candidate, channel: str, locale: str, at: datetime, due_at: datetime | None
    ) -> None:
        """The invitation is queued."""
        connection = self._transaction.connection
        row = {"row": candidate.id, "by": channel, "spoken": locale, "at": at, "next_due": due_at}
        _INVITED.run(connection, row)
        _ASKED.run(connection, {"of_contact": candidate.known.contact, "at": at})

    def reminded(self, candidate: Candidate, due_at: datetime | None) -> None:
        """A reminder was queued."""
        row = {"row": candidate.id, "next_due": due_at}
        _REMINDED.run(self._transaction.connection, row)

    def put_off(self, candidate: Candidate, due_at: datetime | None, reason: Reason | None) -> None:
        """Not now."""
        why = reason.value if reason else None
        row = {"row": candidate.id, "next_due": due_at, "why": why}
        _PUT_OFF.run(self._transaction.connection, row)

    def skip(self, candidate: Candidate, reason: Reason) -> None:
        """No invitation, ever."""
        _SKIP.run(self._transaction.connection, {"row": candidate.id, "why": reason.value})

    def _addresses(self, contacts: Sequence[str]) -> Mapping[str, Sequence[Any]]:
        found: dict[str, list[Any]] = defaultdict(list)
        if contacts:
            rows = self._transaction.connection.execute(_ADDRESSES, {"contacts": contacts})
            for row in rows.all():
                found[row.contact].append(row)
        return found

    def _candidate(self, row: Any, urns: Sequence[Any]) -> Candidate:
        living = [urn for urn in urns if urn.dead != urn.scheme]
        living.sort(key=lambda urn: urn.id != row.heard_urn)
        addresses = [
            Address(
                self._transaction.keys.unseal(urn.address, ADDRESS),
                urn.channel,
                urn.heard_at,
            )
            for urn in living
            if urn.channel is not None
        ]
        conversation = replace(memory.load(row.conversation), opted_out=row.opted_out)
        urn = addresses[0].urn if addresses else ""
        known = Known(row.id, conversation, urn, row.heard_channel)
        return Candidate(
            row.recipient, known, addresses, row.age, row.asked_at, row.invited_at, row.reminders
        )
