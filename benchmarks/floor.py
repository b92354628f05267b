"""The least that a durable webhook with a reply can do, on the same stack."""

import asyncio
import queue
import sqlite3
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl

import httpx
import uvicorn
from fastapi import FastAPI, Request, Response
from httpx_aiohttp import HttpxAiohttpClient
from twilio.request_validator import RequestValidator

from benchmarks.residents import ACCOUNT, SENDER, TOKEN

Job = tuple[str, bytes, "asyncio.Future[None]", asyncio.AbstractEventLoop]


def write(path: str, jobs: "queue.SimpleQueue[Job]") -> None:
    """Inserts what waits, durably, one commit a group."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE IF NOT EXISTS received (sid TEXT PRIMARY KEY, body BLOB)")
    while True:
        group = [jobs.get()]
        while len(group) < 64 and not jobs.empty():
            group.append(jobs.get())
        database.execute("BEGIN IMMEDIATE")
        database.executemany(
            "INSERT OR IGNORE INTO received VALUES (?, ?)",
            [(sid, body) for sid, body, _, _ in group],
        )
        database.execute("COMMIT")
        for _, _, done, loop in group:
            loop.call_soon_threadsafe(done.set_result, None)


def create(path: str, url: str, sink: str) -> FastAPI:
    """The floor's application."""
    validator = RequestValidator(TOKEN)
    jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
    sends: set[asyncio.Task[httpx.Response]] = set()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        threading.Thread(target=write, args=(path, jobs), daemon=True).start()
        async with HttpxAiohttpClient() as app.state.http:
            yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/webhooks/bench/sms")
    async def receive(request: Request) -> Response:
        body = await request.body()
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        if not validator.validate(url, form, request.headers.get("x-twilio-signature", "")):
            return Response(status_code=403)
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        jobs.put((form["MessageSid"], body, done, loop))
        await done
        send = asyncio.create_task(
            request.app.state.http.post(
                f"{sink}/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
                data={"To": form["From"], "From": SENDER, "Body": "Thank you"},
                auth=(ACCOUNT, TOKEN),
            )
        )
        sends.add(send)
        send.add_done_callback(sends.discard)
        return Response("<Response/>", media_type="text/xml")

    return app


if __name__ == "__main__":
    database, port, public, sink_url = sys.argv[1:]
    uvicorn.run(
        create(database, public, sink_url), port=int(port), log_level="warning", access_log=False
    )
