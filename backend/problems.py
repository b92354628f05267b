"""Errors of the staff API as problem documents (RFC 9457), made in one place."""

from collections.abc import Mapping, Sequence

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DataError, SQLAlchemyError
from starlette.exceptions import HTTPException

from dialogue.faults import Fault

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """Something the caller can mend. `faults` lists what is wrong, and where, all at once."""

    def __init__(
        self, status: int, title: str, detail: str = "", faults: Sequence[Fault] = ()
    ) -> None:
        super().__init__(title)
        self.status, self.title, self.detail, self.faults = status, title, detail, tuple(faults)


def answer(
    status: int,
    title: str,
    detail: str = "",
    faults: Sequence[Fault] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """The problem document. Nothing in it may repeat what the caller sent."""
    body: dict[str, object] = {"type": "about:blank", "title": title, "status": status}
    if detail:
        body["detail"] = detail
    if faults:
        body["errors"] = [{"where": fault.where, "what": fault.what} for fault in faults]
    return JSONResponse(body, status, headers, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Makes every error of the application a problem document."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(SQLAlchemyError, _database)


async def _problem(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)  # noqa: S101 (registered for it)
    return answer(error.status, error.title, error.detail, error.faults)


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 (registered for it)
    return answer(error.status_code, str(error.detail), headers=error.headers)


async def _database(request: Request, error: Exception) -> JSONResponse:
    problem = of_database(error)
    return answer(problem.status, problem.title, problem.detail)


def of_database(error: Exception) -> Problem:
    """What a fault of the database is to the caller."""
    if isinstance(error, DataError):  # a null character in a text, say
        return Problem(422, "The request has faults", "It holds a value that no database can hold.")
    log.error("database_fault", error=type(error).__name__)
    return Problem(503, "The database does not answer", "Try again in a moment.")


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 (registered for it)
    faults = [Fault(".".join(map(str, e["loc"])), str(e["msg"])) for e in error.errors()]
    return answer(422, "The request has faults", faults=faults)
