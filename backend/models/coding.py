"""Coding of answers in words: schemes, the questions they are applied to, what coders gave."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, false
from sqlmodel import Field, SQLModel

from backend.models.base import BigKey, UTCDateTime


class SchemeVersion(SQLModel, table=True):
    """One published version of a scheme: its source as put in (TOML). Never changed, as labels name
    the version they were given by."""

    __tablename__ = "scheme_version"
    __table_args__ = (UniqueConstraint("city", "slug", "version"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    city: str = Field(foreign_key="city.slug")
    slug: str
    version: int
    source: str
    published_at: datetime = Field(sa_type=UTCDateTime)


class SchemeUse(SQLModel, table=True):
    """A scheme applied to an open question of a survey. Each answer needs labels of so many
    `coders`; at least two for `twice` percent of them."""

    __tablename__ = "scheme_use"

    city: str = Field(primary_key=True, foreign_key="city.slug")
    survey: str = Field(primary_key=True)
    question: str = Field(primary_key=True)
    scheme: str
    coders: int = 1
    twice: int = 0


class Label(SQLModel, table=True):
    """One labelling of an answer by a coder (a key's prefix), or one that `settles` what coders
    disagree on. `codes` is JSON text, a list of names; an empty one takes back. `survey` is the
    answer's; `blind` where the coder could not have seen what others had given. Rows are only ever
    added: the latest of a coder counts. Nothing here is a resident's."""

    __tablename__ = "label"
    __table_args__ = (Index("ix_label_lately", "city", "survey", "at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    city: str = Field(foreign_key="city.slug")
    survey: str
    answer: int = Field(foreign_key="answer.id", index=True, sa_type=BigKey)
    scheme: str
    version: int
    coder: str
    codes: str
    settles: bool = False
    blind: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    at: datetime = Field(sa_type=UTCDateTime)
