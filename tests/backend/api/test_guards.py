"""Who may do what: every route, every role."""

from collections.abc import Iterator

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from backend import api
from backend.auth import Guard, Role
from tests.backend.api.conftest import HERE, THERE, Client, problem

ADMINISTRATOR, OFFICIAL = Role.ADMINISTRATOR, Role.OFFICIAL
COORDINATOR, PARTNER, VIEWER = Role.COORDINATOR, Role.PARTNER, Role.VIEWER

QUESTION = "/{city}/surveys/{slug}/questions/{name}"
ALLOWED: dict[tuple[str, str], set[Role]] = {
    ("GET", "/cities"): set(Role),
    ("GET", "/{city}/surveys"): {ADMINISTRATOR, OFFICIAL, COORDINATOR, VIEWER},
    ("POST", "/{city}/surveys"): {ADMINISTRATOR, COORDINATOR},
    ("GET", "/{city}/surveys/{slug}"): {ADMINISTRATOR, OFFICIAL, COORDINATOR, VIEWER},
    ("GET", "/{city}/surveys/{slug}/results"): {ADMINISTRATOR, OFFICIAL, COORDINATOR, VIEWER},
    ("GET", "/{city}/surveys/{slug}/charts/{kind}"): {ADMINISTRATOR, OFFICIAL, COORDINATOR, VIEWER},
    ("GET", "/{city}/surveys/{slug}/export"): {ADMINISTRATOR, COORDINATOR},
    ("POST", "/{city}/surveys/{slug}/exports"): {ADMINISTRATOR, OFFICIAL, COORDINATOR, VIEWER},
    ("GET", "/{city}/surveys/{slug}/exports"): {ADMINISTRATOR, OFFICIAL, COORDINATOR, VIEWER},
    ("GET", "/{city}/surveys/{slug}/exports/{id}"): {ADMINISTRATOR, OFFICIAL, COORDINATOR, VIEWER},
    ("GET", "/{city}/surveys/{slug}/exports/{id}/file"): {
        *(ADMINISTRATOR, OFFICIAL, COORDINATOR, VIEWER)
    },
    ("DELETE", "/{city}/surveys/{slug}/exports/{id}"): {
        *(ADMINISTRATOR, OFFICIAL, COORDINATOR, VIEWER)
    },
    ("GET", "/{city}/surveys/{slug}/codebook"): {ADMINISTRATOR, OFFICIAL, COORDINATOR, VIEWER},
    ("GET", "/{city}/surveys/{slug}/methodology"): {ADMINISTRATOR, OFFICIAL, COORDINATOR, VIEWER},
    ("GET", "/{city}/media"): {ADMINISTRATOR, COORDINATOR},
    ("GET", "/{city}/media/{id}"): {ADMINISTRATOR, COORDINATOR},
    ("GET", "/{city}/surveys/{slug}/answers"): {ADMINISTRATOR, COORDINATOR},
    ("GET", "/{city}/indicators"): {ADMINISTRATOR, OFFICIAL, COORDINATOR, VIEWER},
    ("GET", "/{city}/indicators/{code}"): {ADMINISTRATOR, OFFICIAL, COORDINATOR, VIEWER},
    ("GET", "/{city}/coverage"): {ADMINISTRATOR, OFFICIAL, COORDINATOR, VIEWER},
    ("GET", "/{city}/risks"): {ADMINISTRATOR, OFFICIAL, COORDINATOR},
    ("POST", "/{city}/answers/{id}/coding"): {ADMINISTRATOR, COORDINATOR},
    ("GET", "/{city}/schemes"): {ADMINISTRATOR, COORDINATOR},
    ("POST", "/{city}/schemes"): {ADMINISTRATOR, COORDINATOR},
    ("GET", "/{city}/schemes/{slug}"): {ADMINISTRATOR, COORDINATOR},
    ("GET", f"{QUESTION}/scheme"): {ADMINISTRATOR, COORDINATOR},
    ("PUT", f"{QUESTION}/scheme"): {ADMINISTRATOR, COORDINATOR},
    ("GET", f"{QUESTION}/coding"): {ADMINISTRATOR, COORDINATOR},
    ("GET", f"{QUESTION}/agreement"): {ADMINISTRATOR, COORDINATOR},
    ("GET", "/{city}/answers/{id}/labels"): {ADMINISTRATOR, COORDINATOR},
    ("POST", "/{city}/answers/{id}/labels"): {ADMINISTRATOR, COORDINATOR},
    ("POST", "/{city}/answers/{id}/settlement"): {ADMINISTRATOR, COORDINATOR},
}
"""The contract's roles, once more."""

SCHEMELESS = ("/schemes/{slug}", "/scheme", "/coding", "/agreement", "/labels")
"""Ends of what is not there, as no scheme is applied to anything here."""

CASES = [(*route, role) for route in ALLOWED for role in Role]


def routes(router: APIRouter) -> Iterator[APIRoute]:
    """Every route of a router, those of the routers it includes too."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield route
        else:
            yield from routes(getattr(route, "original_router"))  # noqa: B009 (FastAPI's own)


def calls(dependant: Dependant) -> Iterator[object]:
    yield dependant.call
    for inner in dependant.dependencies:
        yield from calls(inner)


def unguarded(router: APIRouter) -> list[str]:
    return [
        route.path
        for route in routes(router)
        if not any(isinstance(call, Guard) for call in calls(route.dependant))
    ]


def test_every_route_has_a_guard() -> None:
    assert unguarded(api.router) == []


def test_a_route_without_a_guard_is_found() -> None:
    outer, inner = APIRouter(prefix="/out"), APIRouter()
    inner.add_api_route("/open", lambda: None)
    outer.include_router(inner)
    assert len(unguarded(outer)) == 1


def test_every_route_is_in_the_table(app: FastAPI) -> None:
    found = {
        (method.upper(), path.removeprefix("/api/v1"))
        for path, methods in app.openapi()["paths"].items()
        for method in methods
    }
    walked = {
        (method, route.path) for route in routes(api.router) for method in route.methods or ()
    }
    assert found == ALLOWED.keys() == walked


def address(path: str, city: str = HERE) -> str:
    filled = path.replace("{city}", city).replace("{slug}", "street")
    filled = filled.replace("{id}", "1").replace("{name}", "why").replace("{code}", "sdg-16.1.4")
    filled = filled.replace("{kind}", "distribution")
    asked = {"/export": "?format=csv", "/charts/{kind}": "?question=safe"}
    return f"/api/v1{filled}" + next((q for end, q in asked.items() if path.endswith(end)), "")


async def ask(client: Client, method: str, path: str, role: Role, city: str = HERE) -> int:
    headers = client.bearer(role)
    return (await client.http.request(method, address(path, city), headers=headers)).status_code


@pytest.mark.parametrize(("method", "path", "role"), CASES)
async def test_a_role_may_do_what_the_table_says(
    client: Client, method: str, path: str, role: Role
) -> None:
    status = await ask(client, method, path, role)
    if role in ALLOWED[method, path]:
        there = 404 if path.endswith(SCHEMELESS) or "/exports/" in path else 200
        assert status in ((415, 422) if method in ("POST", "PUT") else (there,))
    else:
        assert status == 403


@pytest.mark.parametrize(("method", "path"), ALLOWED)
async def test_without_a_key_nothing_opens(client: Client, method: str, path: str) -> None:
    for header in ({}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer"}):
        answer = await client.http.request(method, address(path), headers=header)
        problem(answer, 401)
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(("method", "path"), [r for r in ALLOWED if "{city}" in r[1]])
async def test_another_city_is_refused_whether_or_not_it_exists(
    client: Client, method: str, path: str
) -> None:
    answers = [
        await client.http.request(
            method, address(path, city), headers=client.bearer(Role.ADMINISTRATOR)
        )
        for city in (THERE, "nowhere", "Not A Name")
    ]
    assert len({(a.status_code, a.content) for a in answers}) == 1
    problem(answers[0], 403)


@pytest.mark.parametrize(
    ("role", "path", "why"),
    [
        (Role.PARTNER, "/{city}/surveys", "the cases that were passed on"),
        (
            Role.PARTNER,
            "/{city}/surveys/{slug}/methodology",
            "administrator, official, coordinator",
        ),
        (Role.VIEWER, "/{city}/schemes", "key is viewer. Roles that may: administrator, coord"),
        (Role.OFFICIAL, "/{city}/surveys/{slug}/export", "key is official. Roles that may: admin"),
    ],
)
async def test_who_is_refused_is_told_why(client: Client, role: Role, path: str, why: str) -> None:
    answer = await client.http.get(address(path), headers=client.bearer(role))
    assert why in str(problem(answer, 403)["detail"])


async def test_a_key_is_asked_for_before_anything_is_said_of_the_request(client: Client) -> None:
    problem(await client.http.get("/api/v1/nowhere/surveys?limit=x&odd=1"), 401)
