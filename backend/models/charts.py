"""Pictures of what was made public, kept so that each is drawn once. No personal data."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from backend.models.base import BigKey, UTCDateTime, one_of


class ChartState(StrEnum):
    """How far a picture is."""

    WANTED = "wanted"
    READY = "ready"
    FAILED = "failed"


_WANTED = text("state = 'wanted'")


class Chart(SQLModel, table=True):
    """A picture somebody asked for, of the figures as of a publication (0: before the first).
    `digest` tells whether what it shows is still what would be drawn. Until it is drawn, `due_at`
    is when it may be tried (again); each try takes an attempt."""

    __tablename__ = "chart"
    __table_args__ = (
        UniqueConstraint(
            "city", "survey", "kind", "question", "group_by", "option", "language", "publication",
            name="uq_chart",
        ),
        Index("ix_chart_wanted", "due_at", sqlite_where=_WANTED, postgresql_where=_WANTED),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    city: str = Field(foreign_key="city.slug")
    survey: str
    kind: str
    question: str
    group_by: str = ""
    option: str = ""
    language: str
    publication: int
    state: ChartState = Field(sa_type=one_of(ChartState, "state"))
    attempts: int = 0
    due_at: datetime = Field(sa_type=UTCDateTime)
    asked_at: datetime = Field(sa_type=UTCDateTime)
    digest: str | None = None
    alternative: str | None = Field(default=None, sa_type=Text)
    svg: str | None = Field(default=None, sa_type=Text)
    png: bytes | None = Field(default=None, sa_type=LargeBinary)
