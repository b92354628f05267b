"""Answers and errors in the form of JSON:API 1.0 (https://jsonapi.org/format/1.0/)."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from backend.problems import Problem, of_database

MEDIA_TYPE = "application/vnd.api+json"
FAULTY = "The request has faults"


class JsonApiResponse(JSONResponse):
    """A document; nobody on the way may keep it."""

    media_type = MEDIA_TYPE

    def __init__(
        self, content: Any, status_code: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(content, status_code, {"Cache-Control": "no-store", **(headers or {})})


class JsonApiRoute(APIRoute):
    """A route whose errors are JSON:API's `errors`, and not problem documents."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """As FastAPI's; what the caller can mend is told in the form of JSON:API."""
        answer = super().get_route_handler()

        async def answer_or_errors(request: Request) -> Response:
            try:
                return await answer(request)
            except Problem as error:
                return _of_problem(error)
            except HTTPException as error:
                return errors(error.status_code, str(error.detail), headers=error.headers)
            except RequestValidationError as error:
                places = [(str(one["loc"][-1]), str(one["msg"])) for one in error.errors()]
                return errors(400, FAULTY, places=places)
            except SQLAlchemyError as error:
                return _of_problem(of_database(error))

        return answer_or_errors


def _of_problem(problem: Problem) -> Response:
    places = [(fault.where.removeprefix("query."), fault.what) for fault in problem.faults]
    # JSON:API asks for 400 where a query parameter is at fault.
    status = 400 if problem.status == 422 else problem.status
    return errors(status, problem.title, problem.detail, places)


def errors(
    status: int,
    title: str,
    detail: str = "",
    places: list[tuple[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A document of errors: one for each parameter at fault, with what is wrong with it, else one
    alone. Nothing in it may repeat a value that the caller sent."""
    about = {"status": str(status), "title": title}
    found: list[dict[str, Any]] = [
        about | {"detail": what, "source": {"parameter": where}} for where, what in places or ()
    ]
    alone = about | ({"detail": detail} if detail else {})
    return JsonApiResponse({"errors": found or [alone]}, status, headers)
