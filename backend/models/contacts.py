"""Who we talk with, at which addresses, and what they agreed to."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from backend.models.base import BigKey, Sealed, UTCDateTime, one_of
from dialogue.effects import Agreement

_AWAITED = text("wake_at IS NOT NULL")


class Contact(SQLModel, table=True):
    """A person, under a random id. `conversation` is `dialogue.memory.dump`'s JSON.

    `heard_urn` is the address last heard from (a `urn.id`; no foreign key, since the two tables
    would need each other) and `heard_channel` the channel. `opted_out` repeats the opt-out list,
    because PostgreSQL reads a row afresh only if it had to wait for that row's lock. `reply_tat`
    is the reply budget's theoretical arrival time (see `store.budget`).

    What broadcasts choose people by is projected from the conversation whenever it is saved
    (`store.projection`): `locale`, `agreed` (the gate is passed), `busy` (a survey is open), `age`
    and `quiet_until`. `area` is the area of residence told last, `invited_at` when a broadcast last
    wrote.
    """

    __tablename__ = "contact"
    __table_args__ = (
        Index("ix_contact_wake_at", "wake_at", sqlite_where=_AWAITED, postgresql_where=_AWAITED),
        Index("ix_contact_city", "city"),
    )

    id: str = Field(primary_key=True)
    city: str = Field(foreign_key="city.slug")
    conversation: str
    opted_out: bool = False
    wake_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    created_at: datetime = Field(sa_type=UTCDateTime)
    last_heard_at: datetime = Field(sa_type=UTCDateTime)
    heard_urn: int | None = Field(default=None, sa_type=BigKey)
    heard_channel: str
    reply_tat: datetime | None = Field(default=None, sa_type=UTCDateTime)
    locale: str | None = None
    agreed: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    busy: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    age: int | None = None
    quiet_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    area: str | None = None
    invited_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Urn(SQLModel, table=True):
    """An address of a contact. `tel:` and `whatsapp:` of one number share a row; `scheme` and
    `address` are then of the one last heard from.

    `last_heard_at` is exact to a day (see `store.contacts`). `dead` names the scheme at which a
    provider said that nobody can be reached. `channel` is the one by which it last wrote.
    """

    __tablename__ = "urn"
    __table_args__ = (UniqueConstraint("city", "hash"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    city: str = Field(foreign_key="city.slug")
    scheme: str
    hash: str
    address: str = Field(sa_type=Sealed)
    contact: str = Field(foreign_key="contact.id", index=True)
    last_heard_at: datetime = Field(sa_type=UTCDateTime)
    dead: str | None = None
    channel: str | None = None


class OptOut(SQLModel, table=True):
    """An address that must get nothing from the city. It outlives the contact; the sealed address
    is only for hashing it anew under another key."""

    __tablename__ = "opt_out"
    __table_args__ = (UniqueConstraint("city", "hash"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    city: str = Field(foreign_key="city.slug")
    hash: str
    address: str = Field(sa_type=Sealed)
    at: datetime = Field(sa_type=UTCDateTime)


class ConsentWording(SQLModel, table=True):
    """A notice as it was shown, once. `digest` is SHA-256 of locale and text."""

    __tablename__ = "consent_wording"

    digest: str = Field(primary_key=True)
    locale: str
    text: str


class Consent(SQLModel, table=True):
    """A line of the ledger; lines are added, never changed, except that erasure unlinks them."""

    __tablename__ = "consent"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    city: str = Field(foreign_key="city.slug")
    contact: str | None = Field(default=None, foreign_key="contact.id", index=True)
    purpose: str
    agreement: Agreement = Field(sa_type=one_of(Agreement, "agreement"))
    wording: str = Field(foreign_key="consent_wording.digest")
    locale: str
    message_id: str | None = None
    channel: str
    at: datetime = Field(sa_type=UTCDateTime)


class Window(SQLModel, table=True):
    """When an address was last heard from on a channel that has a window (`Carries.window`)."""

    __tablename__ = "open_window"

    urn: int = Field(primary_key=True, foreign_key="urn.id", sa_type=BigKey)
    channel: str = Field(primary_key=True)
    heard_at: datetime = Field(sa_type=UTCDateTime)


class LinkCode(SQLModel, table=True):
    """A code by which a contact lets another address join it, by keyed hash, for minutes."""

    __tablename__ = "link_code"

    city: str = Field(primary_key=True, foreign_key="city.slug")
    hash: str = Field(primary_key=True)
    contact: str = Field(foreign_key="contact.id", index=True)
    expires_at: datetime = Field(sa_type=UTCDateTime)
