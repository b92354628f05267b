"""People, their addresses, their consent."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from pydantic import ValidationError
from sqlalchemy import bindparam, case, func, insert, select, update
from sqlalchemy.dialects import postgresql

from backend.privacy import SealBrokenError
from backend.store import erasure, links, optouts, projection, windows
from backend.store.addresses import find
from backend.store.prepared import Prepared
from backend.store.tables import ADDRESS, CONSENT, CONSENT_WORDING, CONTACT, OUTBOUND, URN, pending
from backend.store.transaction import Heard, Transaction
from bot.store import Due, Inbound, Known
from dialogue import memory
from dialogue.effects import Consent
from dialogue.memory import Conversation

log = structlog.get_logger(__name__)

_SAVE = update(CONTACT).where(CONTACT.c.id == bindparam("contact"))
_TALK = {"conversation": bindparam("talk"), "wake_at": bindparam("wake"), **projection.COLUMNS}
_SAVE_TALK = Prepared(_SAVE.values(_TALK))
_HEARD: dict[str, Any] = {
    "heard_urn": bindparam("urn"),
    "heard_channel": bindparam("channel"),
    "last_heard_at": bindparam("at"),
    "reply_tat": bindparam("budget"),
}
_SAVE_HEARD = Prepared(_SAVE.values(_HEARD))
_SAVE_BOTH = Prepared(_SAVE.values(_TALK | _HEARD))
_WORDING = Prepared(
    postgresql.insert(CONSENT_WORDING)
    .values({name: bindparam(name) for name in ("digest", "locale", "text")})
    .on_conflict_do_nothing(index_elements=["digest"])
)
_CONSENT = Prepared(insert(CONSENT).inline())

# When our last message was heard: delivered or sent; None while it waits.
_HEARD_AT = (
    select(
        case(
            (
                ~pending(),
                func.coalesce(OUTBOUND.c.delivered_at, OUTBOUND.c.sent_at, OUTBOUND.c.settled_at),
            )
        )
    )
    .where(OUTBOUND.c.contact == CONTACT.c.id)
    .order_by(OUTBOUND.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_DUE = (
    select(
        CONTACT.c.id,
        CONTACT.c.city,
        CONTACT.c.conversation,
        CONTACT.c.opted_out,
        CONTACT.c.heard_channel,
        URN.c.address,
        _HEARD_AT.label("heard_at"),
    )
    .select_from(CONTACT.join(URN, URN.c.id == CONTACT.c.heard_urn))
    .where(CONTACT.c.wake_at <= bindparam("now"))
    .order_by(CONTACT.c.wake_at)
    .limit(bindparam("limit"))
    .with_for_update(of=CONTACT, skip_locked=True)
)
_DUE_IN = _DUE.where(CONTACT.c.city == bindparam("city"))
_PUT_OFF = _SAVE.values(wake_at=bindparam("wake"))
_LIVES_IN = _SAVE.values(area=bindparam("told"))
UNREADABLE = timedelta(hours=1)
"""How long a contact whose row cannot be read is left alone, so that it holds up nobody else."""


class SqlContacts:
    """See `bot.store.Contacts`."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def load(self, inbound: Inbound) -> Known:
        """The contact of the address (or of an asserted alias), loaded and locked, made if new;
        notes the address as last heard from. Raises ContactBusyError, also while an earlier message
        of the address waits for its turn. Best called within a savepoint."""
        found = find(self._transaction, inbound)
        heard = self._transaction.heard[found.contact]
        return Known(
            found.contact,
            found.conversation,
            inbound.received.urn,
            inbound.channel,
            heard.reply_tat,
            heard.before,
        )

    def save(self, contact: str, conversation: Conversation) -> None:
        """Keeps the conversation and projects its `wake_at`."""
        row: dict[str, Any] = {
            "contact": contact,
            "talk": memory.dump(conversation),
            "wake": conversation.wake_at,
            **projection.of(conversation),
        }
        heard = self._transaction.heard.pop(contact, None)
        if heard is None:
            _SAVE_TALK.run(self._transaction.connection, row)
        else:
            _SAVE_BOTH.run(self._transaction.connection, row | _as_row(heard))

    def lives_in(self, contact: str, area: str) -> None:
        """Keeps the area of residence that the contact told."""
        row = {"contact": contact, "told": area}
        self._transaction.connection.execute(_LIVES_IN, row)

    def note_heard(self) -> None:
        """Writes what no `save` took along, at the end of the transaction."""
        rows = [
            {"contact": contact, **_as_row(heard)}
            for contact, heard in self._transaction.heard.items()
        ]
        if rows:
            _SAVE_HEARD.run_all(self._transaction.connection, rows)

    def replied(self, contact: str, tat: datetime) -> None:
        """Keeps how much of its reply budget a contact that was just heard from has used."""
        heard = self._transaction.heard.get(contact)
        if heard is not None:
            self._transaction.heard[contact] = replace(heard, reply_tat=tat)

    def open_window(self, city: str, channel: str, urn: str, at: datetime) -> None:
        """Notes that the address wrote on a channel that has a window."""
        windows.open_(self._transaction, city, channel, urn, at)

    def offer_link(self, city: str, contact: str, code: str, until: datetime) -> None:
        """Until then the code stands for the contact; an earlier one no longer does."""
        links.offer(self._transaction, city, contact, code, until)

    def link(self, city: str, known: Known, code: str, at: datetime) -> Known | None:
        """Makes the contact just heard from and the code's contact one. Raises
        ContactBusyError."""
        return links.redeem(self._transaction, city, known, code, at)

    def consent(self, city: str, contact: str, consent: Consent, at: datetime) -> None:
        """Adds a line to the ledger."""
        said = f"{consent.locale}\0{consent.wording}".encode()
        digest = hashlib.sha256(said).hexdigest()
        wording = {"digest": digest, "locale": consent.locale, "text": consent.wording}
        _WORDING.run(self._transaction.connection, wording)
        line = {
            "city": city,
            "contact": contact,
            "purpose": consent.purpose,
            "agreement": consent.agreement,
            "wording": digest,
            "locale": consent.locale,
            "message_id": consent.message_id or None,
            "channel": consent.channel,
            "at": at,
        }
        _CONSENT.run(self._transaction.connection, line)

    def opt_out(self, city: str, contact: str, at: datetime) -> None:
        """Opts every address of the contact out and cancels what is queued to it."""
        optouts.opt_out(self._transaction, city, contact, at)

    def opt_in(self, city: str, contact: str) -> None:
        """Takes the contact's addresses off the list."""
        optouts.opt_in(self._transaction, city, contact)

    def forget(self, city: str, contact: str, at: datetime, count: str) -> None:
        """Erases the contact as `backend.privacy` says and raises the counter `count`."""
        erasure.forget(self._transaction, city, contact, count)

    def due(self, now: datetime, limit: int, city: str | None = None) -> Sequence[Due]:
        """Contacts (of one city, if it is given) whose `wake_at` has come, locked; one that cannot
        be read is put off."""
        found = []
        statement = _DUE if city is None else _DUE_IN
        where = {"now": now, "limit": limit} | ({} if city is None else {"city": city})
        for row in self._transaction.connection.execute(statement, where).all():
            try:
                found.append(self._due(row))
            except (SealBrokenError, ValidationError) as error:
                log.error("contact_unreadable", city=row.city, error=type(error).__name__)
                put_off = {"contact": row.id, "wake": now + UNREADABLE}
                self._transaction.connection.execute(_PUT_OFF, put_off)
        return found

    def _due(self, row: Any) -> Due:
        conversation = replace(memory.load(row.conversation), opted_out=row.opted_out)
        urn = self._transaction.keys.unseal(row.address, ADDRESS)
        return Due(row.city, Known(row.id, conversation, urn, row.heard_channel), row.heard_at)


def _as_row(heard: Heard) -> dict[str, Any]:
    return {
        "urn": heard.urn,
        "channel": heard.channel,
        "at": heard.at,
        "budget": heard.reply_tat,
    }
