"""The demo cities, and a real one beside them, in a running application."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
from fastapi import FastAPI

from backend.app import create_app
from backend.city_file import ChannelEntry, read_city
from backend.demo import CITIES, load_city, load_demo
from backend.settings import Settings
from backend.store import open_engine

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
REAL = "real-city"


def make_cities(template: Path, folder: Path) -> None:
    """A database with the cities, from a migrated one."""
    shutil.copy(template, folder / "imbizo.db")
    engine = open_engine(settings_in(folder).database_url)
    load_demo(engine, AT)
    sms = ChannelEntry(name="sms", kind="sms")
    real = read_city(CITIES / "demo-za")
    load_city(engine, real.model_copy(update={"slug": REAL, "demo": False, "channels": (sms,)}), AT)
    engine.dispose()


def settings_in(folder: Path) -> Settings:
    """The settings of an installation whose database lies in a folder."""
    return Settings(database_url=f"sqlite:///{folder / 'imbizo.db'}")


@asynccontextmanager
async def running(
    settings: Settings, *, with_worker: bool = True
) -> AsyncIterator[tuple[FastAPI, httpx.AsyncClient]]:
    """The whole application within the block, and a client of it."""
    app = create_app(settings, with_worker=with_worker)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://try") as client,
    ):
        yield app, client
