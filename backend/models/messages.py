"""What came in and what goes out."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from backend.models.base import BigKey, Sealed, UTCDateTime, one_of
from bot.store import DeliveryState, MediaState, ReceiptStatus, Retention
from channels.base import Kind

PENDING = "state IN ('queued', 'unknown', 'claimed')"
"""Outbound rows that still have something to come; the indexes of the outbox hold only these."""

_FAILED = text("state = 'failed'")
_FORGET = text("forget")
_SENT = text("sent_at IS NOT NULL")
_READABLE = text("sending IS NOT NULL AND settled_at IS NOT NULL")


def _pending(name: str, *columns: str) -> Index:
    where = text(PENDING)
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


def _in_status(name: str, status: ReceiptStatus) -> Index:
    where = text(f"status = '{status.value}'")
    return Index(name, "id", sqlite_where=where, postgresql_where=where)


class Receipt(SQLModel, table=True):
    """That a message came, kept for ever, so that its provider id is never taken twice."""

    __tablename__ = "received"
    __table_args__ = (
        UniqueConstraint("city", "channel", "provider_id"),
        _in_status("ix_received_waiting", ReceiptStatus.WAITING),
        _in_status("ix_received_failed", ReceiptStatus.FAILED),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    city: str = Field(foreign_key="city.slug")
    channel: str
    provider_id: str
    at: datetime = Field(sa_type=UTCDateTime)
    status: ReceiptStatus = Field(sa_type=one_of(ReceiptStatus, "status"))


class Body(SQLModel, table=True):
    """What a received message said, sealed, for a while. `hash` is its address's, where it has one
    (a poison update has none)."""

    __tablename__ = "body"

    received: int = Field(primary_key=True, foreign_key="received.id", sa_type=BigKey)
    hash: str | None = Field(default=None, index=True)
    content: str = Field(sa_type=Sealed)
    retention: Retention = Field(sa_type=one_of(Retention, "retention"))
    delete_after: datetime = Field(sa_type=UTCDateTime, index=True)


class Outbound(SQLModel, table=True):
    """One part of a message on its way out.

    `lane` is the contact's id, or the address's hash where there is no contact: parts in one lane
    go out one after another. `due_at` is when it may be taken, and while it is claimed the end of
    the lease. `unknown_since` is when an attempt began that may have gone out. `status` is the rank
    of `channels.base.Status` that delivery reports raised it to. `sending` (address, text, choices)
    is None once wiped. `forget` has the row deleted once it is settled. `is_question` lets a newer
    question supersede it. `sends` is how often a provider took it (a report may ask for another
    attempt).
    """

    __tablename__ = "outbound"
    __table_args__ = (
        UniqueConstraint("turn", "part"),
        _pending("ix_outbound_next", "city", "channel", "priority", "id"),
        _pending("ix_outbound_due", "city", "channel", "due_at"),
        _pending("ix_outbound_lane", "lane"),
        Index("ix_outbound_provider_id", "provider_id"),
        Index(
            "ix_outbound_readable",
            "settled_at",
            sqlite_where=_READABLE,
            postgresql_where=_READABLE,
        ),
        Index("ix_outbound_forget", "id", sqlite_where=_FORGET, postgresql_where=_FORGET),
        Index("ix_outbound_failed", "settled_at", sqlite_where=_FAILED, postgresql_where=_FAILED),
        Index("ix_outbound_sent", "sent_at", sqlite_where=_SENT, postgresql_where=_SENT),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    turn: str
    part: int
    city: str = Field(foreign_key="city.slug")
    channel: str
    contact: str | None = Field(default=None, foreign_key="contact.id", index=True)
    hash: str | None = Field(default=None, index=True)
    lane: str
    sending: str | None = Field(default=None, sa_type=Sealed)
    segments: int
    priority: int = 0
    is_question: bool = False
    despite_opt_out: bool = False
    forget: bool = False
    state: DeliveryState = Field(sa_type=one_of(DeliveryState, "state"))
    status: int = 0
    due_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)
    attempts: int = 0
    sends: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    token: str | None = None
    claimed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    unknown_since: datetime | None = Field(default=None, sa_type=UTCDateTime)
    provider_id: str | None = None
    fault_kind: Kind | None = Field(default=None, sa_type=one_of(Kind, "fault_kind"))
    fault_code: str | None = None
    queued_at: datetime = Field(sa_type=UTCDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    delivered_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class DeliveryReport(SQLModel, table=True):
    """A status update, whether or not we know the message yet. A repeat is kept once."""

    __tablename__ = "delivery_report"
    __table_args__ = (UniqueConstraint("city", "channel", "provider_id", "status"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    city: str = Field(foreign_key="city.slug")
    channel: str
    provider_id: str
    status: int
    fault_kind: Kind | None = Field(default=None, sa_type=one_of(Kind, "fault_kind"))
    fault_code: str | None = None
    at: datetime = Field(sa_type=UTCDateTime)


class ChannelRate(SQLModel, table=True):
    """A channel that ever had something to send. `tat` is GCRA's theoretical arrival time: when the
    next segment would be due if all were sent evenly; `budget_tat` the same of the hourly reply
    budget. `failures` counts those in a row that were about the channel itself; `paused_until` is
    when it may be tried again, `pause_code` why it rests."""

    __tablename__ = "channel_rate"

    city: str = Field(primary_key=True, foreign_key="city.slug")
    channel: str = Field(primary_key=True)
    tat: datetime = Field(sa_type=UTCDateTime)
    budget_tat: datetime | None = Field(default=None, sa_type=UTCDateTime)
    failures: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    paused_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    pause_code: str | None = None


class ChannelWatch(SQLModel, table=True):
    """What came in by a channel, for alerts and reconciling. `place` is where polling goes on."""

    __tablename__ = "channel_watch"

    city: str = Field(primary_key=True, foreign_key="city.slug")
    channel: str = Field(primary_key=True)
    heard_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    refused: int = 0
    refused_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    reconciled_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    place: str = ""


class Spend(SQLModel, table=True):
    """What a channel sent on a day (UTC): parts and billed segments taken by the provider, of days
    that are over and of rows that are deleted (see `store.spend`). The price is the profile's."""

    __tablename__ = "spend"

    city: str = Field(primary_key=True, foreign_key="city.slug")
    channel: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    parts: int
    segments: int


class Media(SQLModel, table=True):
    """A picture or recording that came with a message. `reference` is what fetches it from the
    provider; once fetched, `content` holds it sealed; or `key` names it in the object store, and
    `content` holds, sealed, what opens it there. While WANTED, `attempts` fences and `due_at` is
    the lease."""

    __tablename__ = "media"
    __table_args__ = (
        UniqueConstraint("received", "number"),
        Index(
            "ix_media_due",
            "due_at",
            sqlite_where=text("state = 'wanted'"),
            postgresql_where=text("state = 'wanted'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    city: str = Field(foreign_key="city.slug")
    channel: str
    contact: str | None = Field(default=None, foreign_key="contact.id", index=True)
    received: int = Field(foreign_key="received.id", sa_type=BigKey)
    number: int
    session: str | None = Field(default=None, foreign_key="session.id", index=True)
    question: str | None = None
    reference: str | None = Field(default=None, sa_type=Sealed)
    state: MediaState = Field(sa_type=one_of(MediaState, "media_state"))
    media_type: str | None = None
    size: int | None = None
    content: str | None = Field(default=None, sa_type=Sealed)
    key: str | None = None
    attempts: int = 0
    fault: str | None = None
    at: datetime = Field(sa_type=UTCDateTime)
    due_at: datetime = Field(sa_type=UTCDateTime)
    delete_after: datetime = Field(sa_type=UTCDateTime, index=True)


class DiscardedObject(SQLModel, table=True):
    """An object outside the database that belongs to nobody any more, to be deleted from `due_at`
    on. Its key says nothing."""

    __tablename__ = "discarded_object"

    key: str = Field(primary_key=True)
    due_at: datetime = Field(sa_type=UTCDateTime, index=True)
