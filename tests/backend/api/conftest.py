"""The staff API over a migrated database with two small cities in it."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from itertools import count

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from backend import api, problems
from backend.auth import Role, make_key
from backend.store import library, open_engine
from tests.backend.exports.seed import AT, city, plant

HERE, THERE = "smalltown", "othertown"


@dataclass(slots=True)
class Installation:
    """What the routes need of one."""

    engine: Engine
    keys: dict[tuple[str, Role], str] = field(default_factory=dict)


@pytest.fixture
def installed(database_url: str) -> Iterator[Installation]:
    """Two cities, and a key of every role in each."""
    one = Installation(open_engine(database_url))
    numbers = count()
    for slug in (HERE, THERE):
        plant(one.engine, city(slug))
        with library.writing(one.engine) as connection:
            for role in Role:
                one.keys[slug, role] = make_key(
                    connection,
                    slug,
                    role,
                    "",
                    lambda: f"synthetic-secret-number-{next(numbers)}",
                    AT,
                )
    yield one
    one.engine.dispose()


@pytest.fixture
def app(installed: Installation) -> FastAPI:
    """The routes and the problem documents, as `backend.app` puts them together."""
    app = FastAPI()
    problems.install(app)
    app.include_router(api.router)
    app.state.installation = installed
    return app


@dataclass(slots=True)
class Client:
    """Asks with a key."""

    http: httpx.AsyncClient
    keys: dict[tuple[str, Role], str]

    async def get(
        self, path: str, role: Role = Role.ADMINISTRATOR, export_key: str | None = None
    ) -> httpx.Response:
        more = {} if export_key is None else {"Export-Key": export_key}
        return await self.http.get(path, headers={**self.bearer(role), **more})

    async def post(
        self, path: str, role: Role = Role.COORDINATOR, *, content: bytes | str, kind: str
    ) -> httpx.Response:
        headers = {**self.bearer(role), "Content-Type": kind}
        return await self.http.post(path, content=content, headers=headers)

    def bearer(self, role: Role, city: str = HERE) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.keys[city, role]}"}


@pytest.fixture
async def client(app: FastAPI, installed: Installation) -> AsyncIterator[Client]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        yield Client(http, installed.keys)


def problem(answer: httpx.Response, status: int) -> dict[str, object]:
    """The problem document of an answer."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, object] = answer.json()
    assert body["status"] == status
    assert body["title"]
    return body
