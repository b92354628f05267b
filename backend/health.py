"""For operators: alive, ready, and figures."""

import asyncio

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from backend import wiring
from backend.metrics import exposition

LATE_SECONDS = 300
"""A queue whose oldest due message waits longer than this is not in order."""

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
async def alive() -> JSONResponse:
    """This process answers."""
    return JSONResponse({"status": "alive"})


@router.get("/readyz")
async def ready(request: Request) -> JSONResponse:
    """Database and queue in order (200), or what is not (503)."""
    one: wiring.Installation = request.app.state.installation
    try:
        health = await asyncio.to_thread(one.store.outbox_health, wiring.now())
    except Exception as error:
        return JSONResponse({"status": "no database", "error": type(error).__name__}, 503)
    late = health.oldest_due_seconds > LATE_SECONDS
    body = {
        "status": "queue is late" if late else "ready",
        "queued": health.queued,
        "oldest_due_seconds": round(health.oldest_due_seconds),
        "waiting": health.waiting,
        "failed_receipts": health.failed_receipts,
    }
    return JSONResponse(body, 503 if late else 200)


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Prometheus text."""
    one: wiring.Installation = request.app.state.installation
    try:
        health = await asyncio.to_thread(one.store.outbox_health, wiring.now())
    except Exception:
        gauges = {"imbizo_database_up": ("Whether the database answers", 0.0)}
    else:
        gauges = {
            "imbizo_database_up": ("Whether the database answers", 1.0),
            "imbizo_outbox_queued": ("Message parts waiting to be sent", float(health.queued)),
            "imbizo_outbox_oldest_due_seconds": (
                "Age of the oldest part that is due", health.oldest_due_seconds,
            ),
            "imbizo_outbox_failed": ("Parts that failed in the last day", float(health.failed)),
            "imbizo_receipts_waiting": (
                "Received messages whose turn is still to be taken", float(health.waiting),
            ),
            "imbizo_receipts_failed": (
                "Received messages whose turn failed", float(health.failed_receipts),
            ),
            "imbizo_media_wanted": (
                "Pictures and recordings still to be fetched", float(health.media_wanted),
            ),
            "imbizo_media_refused": (
                "Pictures and recordings not taken, of the last 90 days",
                float(health.media_refused),
            ),
        }  # fmt: skip
    return Response(exposition(gauges), media_type="text/plain; version=0.0.4; charset=utf-8")
