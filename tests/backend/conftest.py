"""A whole installation, on either database, with a provider beside it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from backend.app import create_app
from backend.city_file import read_city
from backend.demo import load_city
from backend.settings import Settings
from backend.store import open_engine
from tests.backend.provider import (
    ACCOUNT,
    AREAS,
    PROFILE,
    ROOT,
    SENDER,
    TOKEN,
    Provider,
    message,
    provider,
)

KEYS = ("synthetic key for tests, long enough", "older synthetic key, also long enough")
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


@dataclass(slots=True)
class Town:
    """A running installation with the city `test-za`."""

    app: FastAPI
    http: httpx.AsyncClient
    provider: Provider
    settings: Settings

    async def text(self, number: str, text: str, sid: str, **more: str) -> httpx.Response:
        """A resident texts; what the webhook answered."""
        return await self.http.send(message(number, text, sid, **more))


def settings_for(database_url: str) -> Settings:
    """Settings of a test's installation."""
    secrets = {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN}
    return Settings(database_url, KEYS, ROOT, None, secrets)


def write_city(folder: Path, sink: str, slug: str = "test-za", extra: str = "") -> Path:
    """A city's folder."""
    (folder / slug).mkdir(parents=True)
    text = PROFILE.format(slug=slug, sender=SENDER, sink=sink, extra=extra)
    (folder / slug / "city.toml").write_text(text)
    (folder / slug / "areas.geojson").write_text(AREAS)
    return folder / slug


@pytest.fixture
async def town(database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    """Web and worker in one process, talking with a provider on this machine."""
    settings = settings_for(database_url)
    async with provider() as there:
        engine = open_engine(database_url)
        load_city(engine, read_city(write_city(tmp_path / "cities", there.url)), NOW)
        engine.dispose()
        app = create_app(settings, with_worker=True)
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url=ROOT) as http,
        ):
            yield Town(app, http, there, settings)
