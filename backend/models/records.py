"""What the installation notes about itself. No personal data."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from backend.models.base import BigKey, UTCDateTime


class Counter(SQLModel, table=True):
    """A number that only goes up, such as the minors we turned away."""

    __tablename__ = "counter"

    city: str = Field(primary_key=True, foreign_key="city.slug")
    name: str = Field(primary_key=True)
    n: int = 0


class RiskCount(SQLModel, table=True):
    """How many messages of a month (UTC; `month` is its first day) told of a class of danger, by
    area where it was known ("" elsewhere). Neither texts nor contacts lead here."""

    __tablename__ = "risk_count"

    city: str = Field(primary_key=True, foreign_key="city.slug")
    month: date = Field(primary_key=True)
    area: str = Field(primary_key=True, default="")
    risk: str = Field(primary_key=True)
    n: int = 0


class ApiKey(SQLModel, table=True):
    """A key of the staff API: `prefix` finds it, `sha256` proves it; the key itself is not kept."""

    __tablename__ = "api_key"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    prefix: str = Field(unique=True)
    sha256: str
    role: str
    city: str = Field(foreign_key="city.slug")
    note: str = ""
    created_at: datetime = Field(sa_type=UTCDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class PurgeLog(SQLModel, table=True):
    """What the nightly purge deleted: so many of a class of `privacy.RETENTION`."""

    __tablename__ = "purge_log"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    what: str
    n: int
    at: datetime = Field(sa_type=UTCDateTime)


class Audit(SQLModel, table=True):
    """Who did what, when. `who` is a staff id or a key's prefix; nobody's address is here."""

    __tablename__ = "audit"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    city: str | None = Field(default=None, foreign_key="city.slug")
    who: str
    what: str
    at: datetime = Field(sa_type=UTCDateTime, index=True)


class Lease(SQLModel, table=True):
    """Work that one process at a time may do, and until when it is theirs."""

    __tablename__ = "lease"

    name: str = Field(primary_key=True)
    holder: str
    until: datetime = Field(sa_type=UTCDateTime)


class Alert(SQLModel, table=True):
    """Something an operator must know of: since when, and when they were last told. `city` and
    `channel` are "" where it is about all."""

    __tablename__ = "alert"

    what: str = Field(primary_key=True)
    city: str = Field(primary_key=True, default="")
    channel: str = Field(primary_key=True, default="")
    detail: str = ""
    since: datetime = Field(sa_type=UTCDateTime)
    told_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
