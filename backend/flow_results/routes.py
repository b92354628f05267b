"""The routes."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response, Security
from fastapi.security import APIKeyHeader
from sqlalchemy import Engine

from backend import wiring
from backend.api.request import Database, known_parameters
from backend.auth import Key, Role, require
from backend.exports.audit import note_flow_results
from backend.exports.flow_pages import Rows, page
from backend.flow_results.asked import Asked, has_version, links, wanted_of
from backend.flow_results.packages import UNKNOWN, Packages
from backend.json_api import MEDIA_TYPE, JsonApiResponse, JsonApiRoute, errors
from backend.privacy import KeyRing
from backend.settings import PUBLIC_URL
from backend.store import library
from backend.store.engine import one_moment

PACKAGES = "/flow-results/packages"
READERS = require(Role.COORDINATOR, Role.ADMINISTRATOR)
READ_ONLY = "Packages are read here only: surveys are asked and answered by message"

router = APIRouter(prefix=PACKAGES, tags=["flow results"], route_class=JsonApiRoute)


# --- who asks ----------------------------------------------------------------------------------
_TOKEN = APIKeyHeader(
    name="Authorization",
    scheme_name="token",
    auto_error=False,
    description="A key of one city, made with `imbizo key add`: `Authorization: Token imb_…`.",
)


def the_reader(request: Request, given: Annotated[str | None, Security(_TOKEN)]) -> Key:
    """The caller's key. The specification's text has `Token`, its later one `Bearer`: both open."""
    scheme, _, text = (given or "").partition(" ")
    known = scheme.lower() in ("token", "bearer")
    return READERS.admit(request, text.strip() if known else None, "Token")


Reader = Annotated[Key, Depends(the_reader)]
GUARDED = [Depends(the_reader), Depends(known_parameters)]


# --- routes ------------------------------------------------------------------------------------
DOCUMENT: dict[str, Any] = {
    "content": {MEDIA_TYPE: {"schema": {"type": "object"}}},
}


def _answers(**more: str) -> dict[int | str, dict[str, Any]]:
    texts = {
        "_200": "A document of JSON:API.",
        "_400": "A parameter has a fault.",
        "_401": "No key, or none that is good.",
        "_403": "The key's role may not read microdata.",
    } | more
    told: dict[int | str, dict[str, Any]] = {
        int(code[1:]): {"description": text, **DOCUMENT} for code, text in texts.items()
    }
    # Else FastAPI would name a 422 of its own form.
    return told | {"4XX": {"description": "A document of errors, as JSON:API has it.", **DOCUMENT}}


PackageId = Annotated[str, Path(max_length=64, description="A package's `id`.")]


@router.get(
    "",
    dependencies=GUARDED,
    response_class=JsonApiResponse,
    responses=_answers(),
    summary="Flow Results packages",
    description=(
        "Every survey of the key's city, as FLOIP Flow Results 1.1 lists packages. For coordinators"
        " and administrators; each access is noted in the audit log."
    ),
)
def listed(request: Request, database: Database, key: Reader) -> Response:
    """The list."""
    _note(database, key, "packages")
    with one_moment(database) as connection:
        found = _packages(request).of(connection, _keys(request), key)
    root = _root(request)
    short = ("title", "name", "created", "modified")
    data = [
        {
            "type": "packages",
            "id": one.id,
            "attributes": {name: one.descriptor[name] for name in short},
            "links": {"self": f"{root}/{one.id}"},
        }
        for one in found
    ]
    return JsonApiResponse({"links": {"self": root, "next": None, "previous": None}, "data": data})


@router.get(
    "/{id}",
    dependencies=GUARDED,
    response_class=JsonApiResponse,
    responses=_answers(_404=UNKNOWN),
    summary="The descriptor of a package",
    description=(
        "As the export `flow-results` has it, but that its one resource says where its rows are."
        " Another version of the survey is another package."
    ),
)
def package(request: Request, id: PackageId, database: Database, key: Reader) -> Response:
    """The descriptor."""
    with one_moment(database) as connection:
        found = _packages(request).find(connection, _keys(request), key, id)
    _note(database, key, f"{found.source.survey.slug} descriptor")
    here = f"{_root(request)}/{found.id}"
    responses = {"links": {"related": f"{here}/responses"}}
    data = {
        "type": "packages",
        "id": found.id,
        "attributes": _by_api(found.descriptor, f"{here}/responses"),
        "relationships": {"responses": responses},
    }
    return JsonApiResponse({"links": {"self": here}, "data": data})


def _by_api(described: dict[str, Any], url: str) -> dict[str, Any]:
    """The descriptor, whose resource is had here and in no file. The specification writes the
    resource's address with lines below, its examples and a client of theirs with dashes."""
    [resource] = described["resources"]
    kept = {name: value for name, value in resource.items() if name != "path"}
    where = {"api_data_url": url, "api-data-url": url, "access_method": "api"}
    return {**described, "resources": [kept | where]}


# --- rows --------------------------------------------------------------------------------------
@router.get(
    "/{id}/responses",
    dependencies=GUARDED,
    response_class=JsonApiResponse,
    responses=_answers(_404=UNKNOWN),
    summary="The rows of a package",
    description=(
        "One row an answer. Follow `data.relationships.links.next` to the end: each row comes once,"
        " whatever is answered meanwhile. A page may be shorter than asked for. Times are days, and"
        " filters compare with them as they are shown: for what is new, ask from two days before"
        " the last day you have, and let rows of the same `row_id` replace those you have."
    ),
)
def responses(
    request: Request,
    id: PackageId,
    database: Database,
    key: Reader,
    asked: Annotated[Asked, Depends()],
) -> Response:
    """A page of them. The look is noted before it is answered."""
    with one_moment(database) as connection:
        found = _packages(request).find(connection, _keys(request), key, id)
        wanted = wanted_of(found.source, asked)
        _note(database, key, f"{found.source.survey.slug} rows")
        rows = Rows([], None)
        if has_version(found, asked):
            rows = page(connection, found.source, wanted)
    here = f"{_root(request)}/{found.id}"
    here_links = links(f"{here}/responses", asked, wanted, rows)
    data = {
        "type": "responses",
        "id": found.id,
        "attributes": {"responses": rows.rows},
        "relationships": {"descriptor": {"links": {"self": here}}, "links": here_links},
    }
    return JsonApiResponse({"links": here_links, "data": data})


# --- what is not there -------------------------------------------------------------------------
@router.api_route(
    "", methods=["POST", "PUT", "PATCH", "DELETE"], include_in_schema=False, dependencies=[]
)
@router.api_route(
    "/{path:path}", methods=["POST", "PUT", "PATCH", "DELETE"], include_in_schema=False
)
def nothing_is_published_here() -> Response:
    """Publishing, which the specification has too, is not for a channel of residents' answers."""
    return errors(405, READ_ONLY, headers={"Allow": "GET"})


# --- what they share ---------------------------------------------------------------------------
def _keys(request: Request) -> KeyRing:
    keys: KeyRing = request.app.state.installation.keys
    return keys


def _packages(request: Request) -> Packages:
    packages: Packages = request.app.state.packages
    return packages


def _root(request: Request) -> str:
    """The address of the list: under the address the world sees, if one is set."""
    public: str = request.app.state.installation.settings.public_url
    base = str(request.base_url) if public == PUBLIC_URL else public
    return base.rstrip("/") + PACKAGES


def _note(database: Engine, key: Key, what: str) -> None:
    """In the audit log."""
    with library.writing(database) as connection:
        note_flow_results(connection, key.city, key.prefix, what, wiring.now())
