"""Broadcasts: whom one goes to, and how far it is with each."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from backend.models.base import UTCDateTime, one_of
from backend.models.cities import Document
from bot.recipients import RecipientState


class BroadcastState(StrEnum):
    """How far a broadcast is. The last two are final."""

    AWAITING_APPROVAL = "awaiting_approval"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Broadcast(SQLModel, table=True):
    """One invitation or text to many. `number` is its readable name in the city. It holds either a
    survey in the version it was ordered with, or `texts` by locale.

    `audience` is the definition (`backend.broadcasts.audience`); `exclusions` counts those of it
    who were left out when it was expanded, by reason. `seed` draws the sample and shuffles options.
    `spread` and `reminders` are in seconds. `created_by` and `approved_by` are prefixes of API
    keys. `request` is the digest of what was asked under the idempotency key, `answer` what was
    answered to it. `estimate` is what the preview said. `paused_at` is there while it is paused.
    """

    __tablename__ = "broadcast"
    __table_args__ = (
        UniqueConstraint("city", "number"),
        UniqueConstraint("city", "idempotency_key", name="uq_broadcast_key"),
        Index("ix_broadcast_state", "state", "starts_at"),
    )

    id: str = Field(primary_key=True)
    city: str = Field(foreign_key="city.slug")
    number: int
    survey: str | None = None
    version: int | None = None
    texts: dict[str, str] | None = Field(default=None, sa_type=Document)
    audience: dict[str, Any] = Field(sa_type=Document)
    seed: str
    starts_at: datetime = Field(sa_type=UTCDateTime)
    closes_at: datetime = Field(sa_type=UTCDateTime)
    spread: int = 0
    reminders: list[int] = Field(default_factory=list, sa_type=Document)
    change: bool = True
    results: str = "hidden"
    shuffle: bool = False
    comment: bool = False
    repeat: dict[str, Any] | None = Field(default=None, sa_type=Document)
    series: str | None = None
    wave: int | None = None
    state: BroadcastState = Field(sa_type=one_of(BroadcastState, "broadcast_state"))
    created_by: str
    created_at: datetime = Field(sa_type=UTCDateTime)
    approved_by: str | None = None
    idempotency_key: str
    request: str
    answer: dict[str, Any] | None = Field(default=None, sa_type=Document)
    estimate: dict[str, Any] | None = Field(default=None, sa_type=Document)
    exclusions: dict[str, int] | None = Field(default=None, sa_type=Document)
    started_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    paused_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


_DUE = text("due_at IS NOT NULL")


class Recipient(SQLModel, table=True):
    """One contact of one broadcast. Its id is random and is that of the invitation's turn, of the
    session it opens and of what is sent, so that all of them join.

    Area, locale and channel are as of the expansion, and of the invitation once it is made. While
    it waits, `due_at` is when the invitation may go; then, when the next reminder is due; None if
    nothing more is to come. Once the contact is erased the row knows nobody.
    """

    __tablename__ = "recipient"
    __table_args__ = (
        UniqueConstraint("broadcast", "contact"),
        Index(
            "ix_recipient_due",
            "broadcast",
            "due_at",
            "id",
            sqlite_where=_DUE,
            postgresql_where=_DUE,
        ),
        Index("ix_recipient_contact", "contact"),
    )

    id: str = Field(primary_key=True)
    broadcast: str = Field(foreign_key="broadcast.id")
    contact: str | None = Field(default=None, foreign_key="contact.id")
    area: str | None = None
    locale: str | None = None
    channel: str | None = None
    state: RecipientState = Field(sa_type=one_of(RecipientState, "recipient_state"))
    reason: str | None = None
    due_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    invited_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    reminders: int = 0


class SavedAudience(SQLModel, table=True):
    """An audience kept under a name."""

    __tablename__ = "audience"

    city: str = Field(primary_key=True, foreign_key="city.slug")
    name: str = Field(primary_key=True)
    definition: dict[str, Any] = Field(sa_type=Document)
    saved_by: str
    saved_at: datetime = Field(sa_type=UTCDateTime)


class ContactGroup(SQLModel, table=True):
    """That a contact is in a named group of the city."""

    __tablename__ = "contact_group"

    city: str = Field(primary_key=True, foreign_key="city.slug")
    name: str = Field(primary_key=True)
    contact: str = Field(primary_key=True, foreign_key="contact.id", index=True)
