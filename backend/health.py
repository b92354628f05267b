"""For operators: alive, ready, and figures."""

import asyncio

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from backend import wiring
from backend.demo_year.loading import Progress
from backend.figures import of_channels, of_outbox
from backend.looking import Looks
from backend.metrics import Figure, exposition

LATE_SECONDS = 300
"""A queue whose oldest due message waits longer than this is not in order."""

AT_ONCE_SECONDS = 1.0
"""Anybody may ask whether we are ready: the database is looked at once in so long."""

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
async def alive() -> JSONResponse:
    """This process answers."""
    return JSONResponse({"status": "alive"})


@router.get("/readyz")
async def ready(request: Request) -> JSONResponse:
    """Database and queue in order (200), or what is not (503). `wrong` says in words what an
    operator should look at; not all of that keeps this process from its work."""
    looks: Looks = request.app.state.looks
    one: wiring.Installation = request.app.state.installation
    try:
        found = await asyncio.to_thread(looks.recent, AT_ONCE_SECONDS)
    except Exception as error:
        return JSONResponse({"status": "no database", "error": type(error).__name__}, 503)
    outbox = found.outbox
    late = outbox.oldest_due_seconds > LATE_SECONDS
    body: dict[str, object] = {
        "status": "queue is late" if late else "ready",
        "queued": outbox.queued,
        "oldest_due_seconds": round(outbox.oldest_due_seconds),
        "waiting": outbox.waiting,
        "failed_receipts": outbox.failed_receipts,
        "replies_withheld": sum(outbox.withheld.values()),
        "stale_helplines": one.channels.stale_helplines(wiring.now().date()),
        "wrong": [str(condition) for condition in found.wrong],
    }
    year: Progress | None = request.app.state.demo_year
    if year is not None:
        body["demo_year"] = {"made": year.made, "planned": year.total}
    return JSONResponse(body, 503 if late else 200)


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Prometheus text."""
    looks: Looks = request.app.state.looks
    one: wiring.Installation = request.app.state.installation
    try:
        found = await asyncio.to_thread(looks.recent)
    except Exception:
        figures = [Figure("imbizo_database_up", "Whether the database answers", [((), 0.0)])]
    else:
        figures = [*of_outbox(found.outbox), *of_channels(found.standing, one.channels)]
    year: Progress | None = request.app.state.demo_year
    figures += year.figures() if year is not None else []
    return Response(exposition(figures), media_type="text/plain; version=0.0.4; charset=utf-8")
