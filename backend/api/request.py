"""What every route of the staff API shares: paths, paging, strictness about parameters."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Path, Query, Request
from fastapi.dependencies.models import Dependant
from sqlalchemy import Engine

from backend.auth import Guard
from backend.problems import MEDIA_TYPE, Problem
from backend.store import library
from dialogue.faults import Fault

T = TypeVar("T")

NAME = r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$"
City = Annotated[str, Path(pattern=NAME, description="The city's slug.", examples=["demo-za"])]
Slug = Annotated[
    str, Path(pattern=NAME, description="The survey's slug.", examples=["safety-pulse"])
]

LONGEST_NAME = 60
"""Characters of an unknown parameter's name that are told back."""


# --- what a route needs ------------------------------------------------------------------------
def the_engine(request: Request) -> Engine:
    """The installation's database."""
    engine: Engine = request.app.state.installation.engine
    return engine


Database = Annotated[Engine, Depends(the_engine)]


def is_synthetic(database: Database, city: City) -> bool:
    """Whether the city is a demo, whose residents are made up."""
    with database.connect() as connection:
        return city in library.demo_slugs(connection)


Synthetic = Annotated[bool, Depends(is_synthetic)]


def guarded(guard: Guard) -> list[Any]:
    """The dependencies of every route: first who asks, then what they ask."""
    return [Depends(guard), Depends(known_parameters)]


def known_parameters(request: Request) -> None:
    """Refuses query parameters that the route does not have: a misspelt one would silently give
    other figures than those asked for."""
    known = set(_names(request.scope["route"].dependant))
    unknown = [name for name in dict.fromkeys(request.query_params) if name not in known]
    if unknown:
        faults = [Fault(f"query.{name[:LONGEST_NAME]}", "is not known here") for name in unknown]
        raise Problem(422, "The request has parameters that are not known", faults=faults)


def _names(dependant: Dependant) -> Iterator[str]:
    for parameter in dependant.query_params:
        yield parameter.alias
    for inner in dependant.dependencies:
        yield from _names(inner)


# --- paging ------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items, and what to give as `after` for those that follow; null at the end."""

    items: list[T]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class DataPage(Page[T]):
    """The same of what residents sent: `synthetic` where they are made up, in a demo city."""

    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class Paging:
    """Which items are wanted."""

    limit: Annotated[int, Query(ge=1, le=200, description="Items on a page.")] = 50
    after: Annotated[str | None, Query(pattern=NAME, description="`next` of the page before.")] = (
        None
    )

    def page(self, items: Sequence[T], name: Callable[[T], str]) -> Page[T]:
        """The page wanted, of items in the order of their names."""
        rest = [item for item in items if self.after is None or name(item) > self.after]
        here = rest[: self.limit]
        return Page(here, name(here[-1]) if len(rest) > len(here) else None)


Paged = Annotated[Paging, Depends()]


# --- problems, as the documentation shows them --------------------------------------------------
def problems(**statuses: str) -> dict[int | str, dict[str, Any]]:
    """The problem documents a route may answer with; every route may with 401, 403 and 422."""
    usual = {
        "_401": "No key, or none that is good.",
        "_403": "The key is of another city, or its role may not do this.",
        "_422": "The request has faults: all of them, each with its place.",
    }
    return {
        int(status.removeprefix("_")): {
            "description": text,
            "content": {MEDIA_TYPE: {"schema": PROBLEM, "example": _example(status, text)}},
        }
        for status, text in (usual | statuses).items()
    }


PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "description": "A problem document (RFC 9457).",
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["where", "what"],
                "properties": {"where": {"type": "string"}, "what": {"type": "string"}},
            },
        },
    },
}


def _example(status: str, text: str) -> dict[str, Any]:
    number = int(status.removeprefix("_"))
    example: dict[str, Any] = {"type": "about:blank", "title": text, "status": number}
    if number == 422:
        example["errors"] = [{"where": "query.limit", "what": "Input should be less than 201"}]
    return example
