"""From a signed webhook with a picture to a sealed row, a coded export and a file for staff."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from backend import wiring
from backend.app import create_app
from backend.auth import Role, make_key
from backend.channel_book import configured
from backend.city_file import read_city
from backend.demo import load_city
from backend.exports import export
from backend.store import library, open_engine
from bot.media import Fetcher
from channels.base import FetchError, Media
from channels.client import Client
from channels.twilio import Sms
from tests.backend.conftest import NOW, Town, settings_for, write_city
from tests.backend.provider import ROOT, provider
from tests.bot.test_content import opened, picture, whereabouts
from tests.bot.test_media import SURVEY

NUMBER = "+27600009001"
CITY = "test-za"


class FetchingSms(Sms):
    """A channel that fetches from any address, as those of providers do from theirs."""

    async def fetch(self, media: Media, most: int) -> bytes:
        async with httpx.AsyncClient() as http:
            answer = await http.get(media.reference)
        if answer.status_code != 200:
            raise FetchError(f"HTTP {answer.status_code}", final=answer.status_code == 404)
        return answer.content


@asynccontextmanager
async def shop(content: bytes) -> AsyncIterator[str]:
    """The provider's server of pictures: everything below /kept/ is this one."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        found = head.startswith(b"GET /kept/")
        status, body = (b"200 OK", content) if found else (b"404 Not Found", b"")
        writer.write(
            b"HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
            % (status, len(body), body)
        )
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@asynccontextmanager
async def running(database_url: str, folder: Path, with_worker: bool) -> AsyncIterator[Town]:
    settings = settings_for(database_url)
    async with provider() as there:
        engine = open_engine(database_url)
        load_city(engine, read_city(write_city(folder / "cities", there.url)), NOW)
        with library.writing(engine) as connection:
            library.publish(connection, CITY, SURVEY, NOW)
        engine.dispose()
        app = create_app(settings, with_worker=with_worker)
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url=ROOT) as http,
        ):
            yield Town(app, http, there, settings)


@pytest.fixture
async def town(database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    """The web side only: each test fetches when it wants to."""
    async with running(database_url, tmp_path, False) as town:
        yield town


def one(town: Town) -> wiring.Installation:
    found: wiring.Installation = town.app.state.installation
    return found


async def asked(town: Town) -> None:
    """A resident who is asked for a picture."""
    for n, said in enumerate(("LIGHT", "1", "34")):
        assert (await town.text(NUMBER, said, f"SMa{n}")).status_code == 200


async def send(town: Town, address: str, sid: str = "SMb") -> None:
    media = {"NumMedia": "1", "MediaUrl0": address, "MediaContentType0": "image/png"}
    assert (await town.text(NUMBER, "", sid, **media)).status_code == 200


async def fetch(town: Town) -> int:
    """What a worker does."""
    installed = one(town)
    with installed.engine.connect() as connection:
        profile = library.load_profile(connection, CITY)
    config = configured(installed.settings, profile, profile.channels[0])
    async with Client() as http:
        channels = {(CITY, "sms"): FetchingSms(config, http)}
        around = wiring.SURROUNDINGS
        return await Fetcher(installed.writer, channels, installed.vault, around).fetch_due()


def rows(town: Town, statement: str) -> list[tuple[object, ...]]:
    with one(town).engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


async def test_a_picture_goes_all_the_way_and_away_again(town: Town) -> None:
    await asked(town)
    taken = picture("JPEG", exif=whereabouts())
    async with shop(taken) as server:
        await send(town, f"{server}/kept/ME1")
        await send(town, f"{server}/kept/ME1")
        assert await fetch(town) == 1, "a repeat is no second picture"
    [(state, media_type, reference, sealed)] = rows(
        town, "SELECT state, media_type, reference, content FROM media"
    )
    assert (state, media_type, reference) == ("kept", "image/jpeg", None)
    assert "JFIF" not in str(sealed)

    with library.writing(one(town).engine) as connection:
        key = make_key(connection, CITY, Role.COORDINATOR, "", wiring.fresh_secret, NOW)
    bearer = {"Authorization": f"Bearer {key}"}
    [listed] = (await town.http.get(f"/api/v1/{CITY}/media?survey=light", headers=bearer)).json()[
        "items"
    ]
    assert (listed["question"], listed["state"]) == ("lamp", "kept")
    seen = await town.http.get(f"/api/v1/{CITY}/media/{listed['id']}", headers=bearer)
    assert seen.headers["content-disposition"].startswith("attachment")
    assert dict(opened(seen.content).getexif()) == {}
    assert b"SECRET" not in seen.content

    for n, said in enumerate(("DELETE ME", "1")):
        await town.text(NUMBER, said, f"SMc{n}")
    assert rows(town, "SELECT count(*) FROM media") == [(0,)]
    gone = await town.http.get(f"/api/v1/{CITY}/media/{listed['id']}", headers=bearer)
    assert gone.status_code == 404


@pytest.mark.parametrize(("form", "column"), [("csv", "lamp"), ("long", "value")])
async def test_an_export_says_that_there_was_a_picture_and_no_more(
    town: Town, form: str, column: str
) -> None:
    await asked(town)
    async with shop(picture("JPEG")) as server:
        await send(town, f"{server}/kept/ME1")
        await fetch(town)
    with one(town).engine.connect() as connection:
        profile = library.load_profile(connection, CITY)
    out = io.BytesIO()
    export(one(town).engine, profile, "light", form, "synthetic export key", out)
    [row] = csv.DictReader(io.StringIO(out.getvalue().decode()))
    assert row[column] == "sent"
    [(sealed,)] = rows(town, "SELECT content FROM media")
    assert str(sealed).encode() not in out.getvalue()


async def test_a_picture_that_is_gone_is_refused_in_silence(town: Town) -> None:
    await asked(town)
    async with shop(b"") as server:
        await send(town, f"{server}/gone/ME1")
        assert await fetch(town) == 1
    assert rows(town, "SELECT state, fault FROM media") == [("refused", "HTTP 404")]
    assert rows(town, "SELECT count(*) FROM outbound") == [(4,)]


async def test_nothing_of_a_stranger_is_asked_for(town: Town) -> None:
    async with shop(picture("JPEG")) as server:
        await send(town, f"{server}/kept/ME1")
        assert await fetch(town) == 0
    assert rows(town, "SELECT count(*) FROM media") == [(0,)]


async def test_a_worker_looks_for_what_is_wanted(database_url: str, tmp_path: Path) -> None:
    async with running(database_url, tmp_path, True) as town:
        await asked(town)
        await send(town, "http://127.0.0.1:9/nobody")
        async with asyncio.timeout(20):
            while rows(town, "SELECT count(*) FROM media WHERE attempts > 0") == [(0,)]:
                await asyncio.sleep(0.1)
