"""What has been made public of the answers. No personal data: figures that may be seen."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from backend.models.base import BigKey, UTCDateTime

_LATEST = text("latest")


class Publication(SQLModel, table=True):
    """A survey's tables made public at a moment. Its answers are of `answers_at`, when so many
    respondents had answered; where that is earlier only themes were made public."""

    __tablename__ = "publication"
    __table_args__ = (UniqueConstraint("city", "survey", "number"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    city: str = Field(foreign_key="city.slug")
    survey: str
    number: int
    responses: int
    answers_at: datetime = Field(sa_type=UTCDateTime)
    at: datetime = Field(sa_type=UTCDateTime)


class Participation(SQLModel, table=True):
    """How many respondents of a survey there were by status, as counted last: of a large survey,
    whose sessions are not counted whenever somebody looks."""

    __tablename__ = "participation"

    city: str = Field(primary_key=True, foreign_key="city.slug")
    survey: str = Field(primary_key=True)
    by_status: str
    at: datetime = Field(sa_type=UTCDateTime)


class PublishedFigure(SQLModel, table=True):
    """A figure made public with a publication: respondents of a question in a row, in all
    (`group_by` and `group_name` are "") or in a group. `base` are those of the same column who were
    asked, where that was made public together with it. `latest` marks the one that counts now."""

    __tablename__ = "published_figure"
    __table_args__ = (
        UniqueConstraint(
            "city", "survey", "question", "group_by", "group_name", "row", "publication",
            name="uq_published_figure",
        ),
        Index(
            "ix_published_figure_latest",
            "city", "survey", "group_by",
            sqlite_where=_LATEST, postgresql_where=_LATEST,
        ),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    city: str = Field(foreign_key="city.slug")
    survey: str
    publication: int
    question: str
    row: str
    group_by: str = ""
    group_name: str = ""
    n: int
    base: int | None = None
    latest: bool = True


class Movement(SQLModel, table=True):
    """An area whose indicator moved in a period that began on `first`; when the city's alert
    addresses were told."""

    __tablename__ = "movement"

    city: str = Field(primary_key=True, foreign_key="city.slug")
    survey: str = Field(primary_key=True)
    indicator: str = Field(primary_key=True)
    area: str = Field(primary_key=True)
    period: str = Field(primary_key=True)
    first: date = Field(primary_key=True)
    detail: str
    at: datetime = Field(sa_type=UTCDateTime)
    told_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
