"""Exports that the worker makes, and their files until somebody has fetched them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from backend.models.base import BigKey, Sealed, UTCDateTime, one_of


class JobStatus(StrEnum):
    """How far an export is. An expired one was done; its file is gone."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"


class ExportJob(SQLModel, table=True):
    """One export that was asked for. `asked_by` is the prefix of an API key; `secret`, the key of
    its ids, is there until the job ends. `due_at` is when a worker may claim it (again), and
    `attempts` counts the claims: a later one voids an earlier one."""

    __tablename__ = "export_job"
    __table_args__ = (
        Index("ix_export_job_due", "status", "due_at"),
        Index("ix_export_job_survey", "city", "survey", "id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    city: str = Field(foreign_key="city.slug")
    survey: str
    format: str
    asked_by: str
    status: JobStatus = Field(sa_type=one_of(JobStatus, "status"))
    secret: str | None = Field(default=None, sa_type=Sealed)
    attempts: int = 0
    rows_done: int = 0
    rows_total: int | None = None
    size: int | None = Field(default=None, sa_type=BigKey)
    problem: str | None = None
    created_at: datetime = Field(sa_type=UTCDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    due_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class ExportPiece(SQLModel, table=True):
    """A piece of an export's file, sealed. With a `key` it lies in the object store, and `content`
    is what opens it; `due_at` is when nobody is putting it there any more."""

    __tablename__ = "export_piece"
    __table_args__ = (UniqueConstraint("job", "number"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    job: int = Field(foreign_key="export_job.id", sa_type=BigKey)
    number: int
    key: str | None = None
    content: str | None = Field(default=None, sa_type=Sealed)
    due_at: datetime = Field(sa_type=UTCDateTime)
