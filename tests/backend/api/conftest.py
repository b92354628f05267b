"""The staff API over a migrated database with two small cities in it."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Connection, Engine, insert

from backend import api, problems, wiring
from backend.auth import Role, make_key
from backend.channel_book import ChannelBook
from backend.privacy import KeyRing
from backend.settings import Settings
from backend.store import library, open_engine
from backend.store.tables import MEDIA, RECEIVED
from backend.vault import SealingVault
from bot.shelf import Stored
from bot.store import MediaState, ReceiptStatus
from channels import client as http_client
from tests.backend.exports.seed import AT, city, plant

HERE, THERE = "smalltown", "othertown"
NUMBERS = count()


@dataclass(slots=True)
class Installation:
    """What the routes need of one."""

    engine: Engine
    vault: SealingVault
    keys: KeyRing
    channels: ChannelBook
    api_keys: dict[tuple[str, Role], str] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)


PICTURE = b"\xff\xd8\xff synthetic"


def add_medium(connection: Connection, city: str, stored: Stored | None = None, **more: Any) -> int:
    """A picture that came: kept if it is stored; its id."""
    values = {"city": city, "channel": "phone", "at": AT}
    receipt = insert(RECEIVED).values(
        **values, provider_id=f"SM{next(NUMBERS)}", status=ReceiptStatus.TAKEN
    )
    received = connection.execute(receipt.returning(RECEIVED.c.id)).scalar_one()
    row = values | {"received": received, "number": 0, "due_at": AT, "delete_after": AT}
    row |= {"state": MediaState.WANTED, "attempts": 1, "media_type": "text/claimed"}
    if stored is not None:
        row |= {"state": MediaState.KEPT, "media_type": "image/jpeg", "size": len(PICTURE)}
        row |= {"content": stored.sealed, "key": stored.key}
    made = connection.execute(insert(MEDIA).values(row | more).returning(MEDIA.c.id))
    return int(made.scalar_one())


@pytest.fixture
def installed(database_url: str) -> Iterator[Installation]:
    """Two cities, and a key of every role in each."""
    keys = KeyRing(["o" * 40])
    vault = SealingVault(keys, None, str)
    engine = open_engine(database_url)
    channels = ChannelBook(Settings(), http_client.Client(), lambda: wiring.profiles(engine))
    one = Installation(engine, vault, keys, channels)
    numbers = count()
    for slug in (HERE, THERE):
        plant(one.engine, city(slug))
        with library.writing(one.engine) as connection:
            add_medium(connection, slug, vault.put(PICTURE, None))
            for role in Role:
                one.api_keys[slug, role] = make_key(
                    connection,
                    slug,
                    role,
                    "",
                    lambda: f"synthetic-secret-number-{next(numbers)}",
                    AT,
                )
    channels.refresh()
    yield one
    one.engine.dispose()


@pytest.fixture(scope="session")
def bare_app() -> FastAPI:
    """The routes and the problem documents, as `backend.app` puts them together. FastAPI works
    out what each route takes at the first request, which takes longer than most tests."""
    app = FastAPI()
    problems.install(app)
    app.include_router(api.router)
    return app


@pytest.fixture
def app(bare_app: FastAPI, installed: Installation) -> Iterator[FastAPI]:
    """The same application for every test, over an installation of the test's own."""
    bare_app.state.installation = installed
    yield bare_app
    del bare_app.state.installation


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
        yield Client(http, installed.api_keys)


def problem(answer: httpx.Response, status: int) -> dict[str, object]:
    """The problem document of an answer."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, object] = answer.json()
    assert body["status"] == status
    assert body["title"]
    return body
