"""A city as it was loaded: its profile, areas and surveys. The database is the truth afterwards."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from backend.models.base import BigKey, UTCDateTime

Document = JSON().with_variant(JSONB(), "postgresql")


class City(SQLModel, table=True):
    """A city. `revision` goes up with every change of profile, areas or surveys: whoever keeps a
    desk in memory compares it."""

    __tablename__ = "city"

    slug: str = Field(primary_key=True)
    profile: dict[str, Any] = Field(sa_type=Document)
    revision: int = 1
    demo: bool = False


class Area(SQLModel, table=True):
    """A ward, colonia or neighbourhood. `geometry` is GeoJSON's (multi)polygon, or none."""

    __tablename__ = "area"
    __table_args__ = (UniqueConstraint("city", "code"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    city: str = Field(foreign_key="city.slug")
    code: str
    name: str
    parent: str | None = None
    aliases: list[str] = Field(default_factory=list, sa_type=Document)
    population: int | None = None
    informal: bool = False
    geometry: dict[str, Any] | None = Field(default=None, sa_type=Document)


class SurveyVersion(SQLModel, table=True):
    """One published version of a survey: its source as loaded (TOML). Never changed, as sessions
    are pinned to it; `retired` ones are offered no more."""

    __tablename__ = "survey_version"
    __table_args__ = (UniqueConstraint("city", "slug", "version"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    city: str = Field(foreign_key="city.slug")
    slug: str
    version: int
    source: str
    published_at: datetime = Field(sa_type=UTCDateTime)
    retired: bool = False
