"""A whole installation with a Telegram channel, at a Bot API server on this machine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx

from backend.app import create_app
from backend.city_file import read_city
from backend.demo import load_city
from backend.store import open_engine
from tests.backend.conftest import NOW, Town, settings_for, write_city
from tests.backend.provider import ROOT, Provider
from tests.channels.telegram_samples import BOT_TOKEN, SECRET

PATH = "/webhooks/test-za/telegram"


@asynccontextmanager
async def telegram_town(
    database_url: str, folder: Path, api_base: str, **settings: str
) -> AsyncIterator[Town]:
    """Web and worker with a Telegram channel at that server."""
    table = {"name": "telegram", "kind": "telegram", "bot_token": "$BOT", "api_base": api_base}
    lines = [f'{key} = "{value}"' for key, value in table.items()]
    lines += [f"{key} = {value}" for key, value in settings.items()]
    extra = "\n".join(["[[channels]]", *lines])
    engine = open_engine(database_url)
    load_city(engine, read_city(write_city(folder, "http://127.0.0.1:9", extra=extra)), NOW)
    engine.dispose()
    own = settings_for(database_url)
    own = replace(own, environment={**own.environment, "BOT": BOT_TOKEN, "SECRET": SECRET})
    app = create_app(own, with_worker=True)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ROOT) as http,
    ):
        yield Town(app, http, Provider(), own)
