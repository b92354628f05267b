"""The least that a durable webhook with a reply can do, on the same stack and either database."""

import asyncio
import queue
import sqlite3
import sys
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl

import psycopg
import uvicorn
from fastapi import FastAPI, Request, Response
from twilio.request_validator import RequestValidator

from benchmarks.residents import ACCOUNT, SENDER, TOKEN
from channels.client import Answer, Client

Row = tuple[str, bytes]
Insert = Callable[[Sequence[Row]], None]
Job = tuple[Row, "asyncio.Future[None]", asyncio.AbstractEventLoop]


def on_sqlite(path: str) -> Insert:
    """Inserts a group durably, in one commit."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE IF NOT EXISTS received (sid TEXT PRIMARY KEY, body BLOB)")

    def insert(rows: Sequence[Row]) -> None:
        database.execute("BEGIN IMMEDIATE")
        database.executemany("INSERT OR IGNORE INTO received VALUES (?, ?)", rows)
        database.execute("COMMIT")

    return insert


def on_postgresql(url: str) -> Insert:
    """Inserts a group durably, in one commit."""
    database = psycopg.connect(url)
    database.execute("CREATE TABLE IF NOT EXISTS floor (sid TEXT PRIMARY KEY, body BYTEA)")
    database.commit()

    def insert(rows: Sequence[Row]) -> None:
        with database.cursor() as cursor:
            cursor.executemany("INSERT INTO floor VALUES (%s, %s) ON CONFLICT DO NOTHING", rows)
        database.commit()

    return insert


def write(url: str, jobs: "queue.SimpleQueue[Job]") -> None:
    """Inserts what waits, one commit a group, for ever."""
    path = url.removeprefix("sqlite:///")
    insert = on_sqlite(path) if path != url else on_postgresql(url)
    while True:
        group = [jobs.get()]
        while len(group) < 64 and not jobs.empty():
            group.append(jobs.get())
        insert([row for row, _, _ in group])
        for _, done, loop in group:
            loop.call_soon_threadsafe(done.set_result, None)


def create(database: str, url: str, sink: str) -> FastAPI:
    """The floor's application."""
    validator = RequestValidator(TOKEN)
    jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
    sends: set[asyncio.Task[Answer]] = set()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        threading.Thread(target=write, args=(database, jobs), daemon=True).start()
        async with Client() as app.state.http:
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
        jobs.put(((form["MessageSid"], body), done, loop))
        await done
        send = asyncio.create_task(
            request.app.state.http.request(
                "POST",
                f"{sink}/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
                form={"To": form["From"], "From": SENDER, "Body": "Thank you"},
                auth=(ACCOUNT, TOKEN),
            )
        )
        sends.add(send)
        send.add_done_callback(sends.discard)
        return Response("<Response/>", media_type="text/xml")

    return app


if __name__ == "__main__":
    database_url, port, public, sink_url = sys.argv[1:]
    uvicorn.run(
        create(database_url, public, sink_url),
        port=int(port),
        log_level="warning",
        access_log=False,
    )
