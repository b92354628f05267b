"""Exports that the worker makes: asked for, looked after, fetched; all of it in the audit log."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import structlog
from fastapi import APIRouter, Body, Depends, Header, Path, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, Engine

from backend import wiring
from backend.api.answers import the_keys
from backend.api.exports import KINDS, MICRODATA
from backend.api.job_view import ExportJob, address, shown
from backend.api.media import LARGEST_ID, the_vault
from backend.api.request import City, Database, Page, Slug, guarded, problems
from backend.api.results import READERS
from backend.api.surveys import UNKNOWN
from backend.auth import Key, Role, refusal
from backend.exports import FORMATS, SHORTEST_KEY
from backend.exports.audit import note_job
from backend.privacy import KeyRing
from backend.problems import Problem
from backend.results.merging import SurveyUnknownError, versions
from backend.store import export_jobs, library
from backend.store.export_jobs import Job, JobStatus
from backend.store.tables import EXPORT_CONTENT, EXPORT_KEY
from backend.vault import SealingVault

log = structlog.get_logger(__name__)
router = APIRouter(tags=["exports"])

MOST_OPEN = 10
"""Exports that one key may wait for at a time."""

NO_JOB = "There is no such export"
NOT_DONE = "The export is not done yet: look at its status again in a moment"
FAILED = "The export has failed; its `problem` says why"
GONE = "The file is deleted a day after it was made: ask for the export again"
MANY = f"This key waits for {MOST_OPEN} exports already: wait for one, or call one off"
AWAY = "The store of files does not answer"

Caller = Annotated[Key, Depends(READERS)]
Id = Annotated[int, Path(ge=1, le=LARGEST_ID, description="Its `id`.")]


class Wanted(BaseModel):
    """What to make."""

    model_config = ConfigDict(extra="forbid", strict=True)

    format: str = Field(
        pattern=f"^({'|'.join(FORMATS)})$",
        description="The file's format.",
        json_schema_extra={"enum": list(FORMATS)},
        examples=["csv"],
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What was noted. `export_key` is the key for its ids, shown this once, if none was given."""

    id: int
    status: JobStatus
    export_key: str | None


@router.post(
    "/{city}/surveys/{slug}/exports",
    dependencies=guarded(READERS),
    status_code=202,
    summary="Ask for an export in the background",
    description=(
        "For surveys of any size: a worker makes the file, and `GET …/exports/{id}` says how far"
        " it is. Formats, roles and ids are those of `GET …/export`. If `Export-Key` is not given,"
        " a fresh one is in the answer, and nowhere later: the program drops it when the export"
        " ends. The file stays for a day. It is noted in the audit log."
    ),
    responses={
        202: {
            "headers": {
                "Location": {"description": "The export.", "schema": {"type": "string"}},
                "Export-Key": {"description": "A fresh key.", "schema": {"type": "string"}},
            }
        },
        **problems(_404=UNKNOWN, _429=MANY),
    },
)
def ask(
    city: City,
    slug: Slug,
    database: Database,
    key: Caller,
    keys: Annotated[KeyRing, Depends(the_keys)],
    wanted: Annotated[Wanted, Body()],
    response: Response,
    export_key: Annotated[
        str | None,
        Header(min_length=SHORTEST_KEY, max_length=256, description="The key for the ids."),
    ] = None,
) -> Asked:
    """Notes it for a worker."""
    microdata = FORMATS[wanted.format].microdata
    if microdata and key.role not in MICRODATA:
        raise refusal(key, MICRODATA)
    secret, now = export_key or wiring.fresh_secret(), wiring.now()
    sealed = keys.seal(secret, EXPORT_KEY)
    with library.writing(database) as connection:
        _known(connection, city, slug)
        if export_jobs.open_of(connection, city, key.prefix) >= MOST_OPEN:
            raise Problem(429, MANY)
        id = export_jobs.ask(connection, city, slug, wanted.format, key.prefix, sealed, now)
        note_job(connection, city, key.prefix, f"{wanted.format} asked", id, slug, now)
    response.headers["Location"] = address(city, slug, id)
    fresh = secret if microdata and export_key is None else None
    if fresh is not None:
        response.headers["Export-Key"] = fresh
    return Asked(id, JobStatus.WAITING, fresh)


@router.get(
    "/{city}/surveys/{slug}/exports",
    dependencies=guarded(READERS),
    summary="Exports in the background",
    description="Those this key asked for, the newest first; for administrators, everybody's.",
    responses=problems(_404=UNKNOWN),
)
def exports(
    city: City,
    slug: Slug,
    database: Database,
    key: Caller,
    limit: Annotated[int, Query(ge=1, le=200, description="Items on a page.")] = 50,
    after: Annotated[
        int | None, Query(ge=1, le=LARGEST_ID, description="`next` of the page before.")
    ] = None,
) -> Page[ExportJob]:
    """A page of the list."""
    with database.connect() as connection:
        _known(connection, city, slug)
        found = export_jobs.listed(connection, city, slug, _whose(key), after, limit + 1)
    here = [shown(city, job) for job in found[:limit]]
    return Page(here, str(here[-1].id) if len(found) > limit else None)


@router.get(
    "/{city}/surveys/{slug}/exports/{id}",
    dependencies=guarded(READERS),
    summary="How far an export is",
    description=(
        "`waiting`, `running`, `done`, `failed` or `expired`, with the responses written so far,"
        " written at most once a second. For the key that asked, and for administrators."
    ),
    responses=problems(_404=NO_JOB),
)
def export_job(city: City, slug: Slug, id: Id, database: Database, key: Caller) -> ExportJob:
    """One export."""
    with database.connect() as connection:
        return shown(city, _found(connection, city, slug, id, key))


@router.get(
    "/{city}/surveys/{slug}/exports/{id}/file",
    dependencies=guarded(READERS),
    response_class=StreamingResponse,
    summary="Fetch the file of an export",
    description=(
        "As often as needed within a day. For the key that asked, and for administrators; each time"
        " is noted in the audit log."
    ),
    responses={
        200: {"description": "The file.", "content": KINDS},
        **problems(_404=NO_JOB, _409=f"{NOT_DONE}; or: {FAILED}", _410=GONE, _503=AWAY),
    },
)
def export_file(
    city: City,
    slug: Slug,
    id: Id,
    database: Database,
    key: Caller,
    vault: Annotated[SealingVault, Depends(the_vault)],
) -> StreamingResponse:
    """The file, piece by piece; it is noted before the first byte leaves."""
    now = wiring.now()
    with database.connect() as connection:
        job = _found(connection, city, slug, id, key)
    if job.status in (JobStatus.WAITING, JobStatus.RUNNING, JobStatus.FAILED):
        raise Problem(409, FAILED if job.status is JobStatus.FAILED else NOT_DONE)
    if job.status is JobStatus.EXPIRED or job.expires_at is None or job.expires_at <= now:
        raise Problem(410, GONE)
    pieces = _pieces(database, vault, job)
    try:
        first = next(pieces, b"")
    except Exception as error:  # whatever the store's library raises, or a key that is not set
        log.error("export_not_opened", city=city, export=id, error=type(error).__name__)
        raise Problem(503, AWAY) from None
    with library.writing(database) as connection:
        note_job(connection, city, key.prefix, f"{job.format} fetched", id, slug, now)
    chosen = FORMATS[job.format]
    headers = {
        "Content-Disposition": f'attachment; filename="{slug}-{job.format}.{chosen.suffix}"',
        "Content-Length": str(job.size),
        "Cache-Control": "no-store",
    }
    return StreamingResponse(
        _with_first(first, pieces), headers=headers, media_type=chosen.media_type
    )


@router.delete(
    "/{city}/surveys/{slug}/exports/{id}",
    dependencies=guarded(READERS),
    status_code=204,
    summary="Call off or remove an export",
    description=(
        "One that is not done yet is called off; the file of one that is, is deleted. For the key"
        " that asked, and for administrators."
    ),
    responses=problems(_404=NO_JOB),
)
def remove(city: City, slug: Slug, id: Id, database: Database, key: Caller) -> Response:
    """Takes it away."""
    with library.writing(database) as connection:
        job = _found(connection, city, slug, id, key)
        export_jobs.remove(connection, id)
        note_job(connection, city, key.prefix, f"{job.format} removed", id, slug, wiring.now())
    return Response(status_code=204)


def _known(connection: Connection, city: str, slug: str) -> None:
    try:
        versions(connection, city, slug)
    except SurveyUnknownError:
        raise Problem(404, UNKNOWN) from None


def _whose(key: Key) -> str | None:
    """Whose exports a key may see; None stands for everybody's."""
    return None if key.role is Role.ADMINISTRATOR else key.prefix


def _found(connection: Connection, city: str, slug: str, id: int, key: Key) -> Job:
    job = export_jobs.find(connection, city, slug, id, _whose(key))
    if job is None:
        raise Problem(404, NO_JOB)
    return job


def _pieces(database: Engine, vault: SealingVault, job: Job) -> Iterator[bytes]:
    number = 0
    while True:
        with database.connect() as connection:
            stored = export_jobs.piece(connection, job.id, number)
        if stored is None:  # behind the last one; if not, the length that was said tells
            return
        yield vault.open(stored, EXPORT_CONTENT)
        number += 1


def _with_first(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
