"""An export that the worker makes, as the API shows it."""

from dataclasses import dataclass
from datetime import datetime

from backend.store.export_jobs import Job, JobStatus


@dataclass(frozen=True, slots=True)
class ExportJob:
    """An export. `rows_total` are the survey's responses, once they are counted; `bytes` is the
    file's size once it is `done`; `problem` says why it `failed`; `asked_by` is the first part of
    the key that asked. `file` is where the file is, until `expires_at`."""

    id: int
    survey: str
    format: str
    status: JobStatus
    rows_done: int
    rows_total: int | None
    percent: int | None
    bytes: int | None
    problem: str | None
    asked_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    expires_at: datetime | None
    file: str | None


def address(city: str, slug: str, id: int) -> str:
    """Where an export is."""
    return f"/api/v1/{city}/surveys/{slug}/exports/{id}"


def shown(city: str, job: Job) -> ExportJob:
    """An export as the API shows it."""
    done = job.status in (JobStatus.DONE, JobStatus.EXPIRED)
    return ExportJob(
        id=job.id,
        survey=job.survey,
        format=job.format,
        status=job.status,
        rows_done=job.rows_done,
        rows_total=job.rows_total,
        percent=100 if done else _percent(job),
        bytes=job.size,
        problem=job.problem,
        asked_by=job.asked_by,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        expires_at=job.expires_at,
        file=f"{address(city, job.survey, job.id)}/file" if job.status is JobStatus.DONE else None,
    )


def _percent(job: Job) -> int | None:
    """Whole percents of the rows; a file that is not done yet is never at 100."""
    return min(100 * job.rows_done // job.rows_total, 99) if job.rows_total else None
