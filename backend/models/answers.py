"""Ways through surveys, and what was answered."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from backend.models.base import BigKey, Sealed, UTCDateTime, one_of
from dialogue.survey import Status

_RAW = text("raw IS NOT NULL")


class Session(SQLModel, table=True):
    """One contact's way through one version of a survey. Once the contact is erased, `contact` is
    None, the times are days, and `repeated` says that another of that contact's sessions of the
    survey counts in its place, not which."""

    __tablename__ = "session"
    __table_args__ = (
        Index("ix_session_survey", "city", "survey", "version"),
        Index("ix_session_started", "city", "survey", "started_at"),
        Index("ix_session_finished", "city", "survey", "finished_at"),
        Index("ix_session_survey_id", "city", "survey", "id"),
    )

    id: str = Field(primary_key=True)
    city: str = Field(foreign_key="city.slug")
    contact: str | None = Field(default=None, foreign_key="contact.id", index=True)
    survey: str
    version: int
    status: Status = Field(sa_type=one_of(Status, "status"))
    locale: str
    channel: str
    started_at: datetime = Field(sa_type=UTCDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    repeated: bool = Field(sa_column_kwargs={"server_default": false()})


class Answer(SQLModel, table=True):
    """One settled question; of several revisions the highest counts. `value` is JSON text. `raw` is
    the resident's own words where they must be kept. `words` says with which lists and rules it was
    read; `coder` is the key's prefix where a person read it (an earlier revision keeps the words).
    """

    __tablename__ = "answer"
    __table_args__ = (
        UniqueConstraint("session", "question", "revision"),
        Index("ix_answer_raw", "at", sqlite_where=_RAW, postgresql_where=_RAW),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    session: str = Field(foreign_key="session.id")
    question: str
    revision: int
    outcome: str
    value: str | None = None
    rule: str
    words: str | None = None
    coder: str | None = None
    raw: str | None = Field(default=None, sa_type=Sealed)
    at: datetime = Field(sa_type=UTCDateTime)
