"""Where providers call: inbound messages and delivery reports of every channel.

200 is answered only after the commit; a database away is a 503, so that the provider tries again.
"""

import structlog
from starlette.background import BackgroundTasks
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backend import wiring
from backend.metrics import RECEIVED, WEBHOOKS
from bot.store import Unit
from bot.taking import is_empty, key_of, take
from channels.base import Acknowledging, Carries, Parsed, Received, WebhookError, WebRequest

LARGEST_BODY = 65_536
"""Bytes of one webhook; a message with ten media addresses has about 5,000."""

FORGED = 403

log = structlog.get_logger(__name__)


async def receive(request: Request) -> Response:
    """Checks, stores, decides, answers."""
    city, channel = request.path_params["city"], request.path_params["channel"]
    one: wiring.Installation = request.app.state.installation
    ours = one.channels.get((city, channel))
    if ours is None or one.channels.is_demo(city):
        return _counted(404, "unknown")
    if ours.missing():
        return _counted(503, "off")
    body = await read_body(request, LARGEST_BODY)
    if body is None:
        return _counted(413, "too large")
    url = one.settings.public_url + request.url.path
    url += f"?{request.url.query}" if request.url.query else ""
    try:
        parsed = ours.parse(WebRequest(url, dict(request.headers), body))
    except WebhookError as error:
        if error.status == FORGED:
            one.watch.refused((city, channel), wiring.now())
        return _counted(error.status, "refused")
    try:
        await _store(one, city, channel, parsed, ours.carries)
    except Exception as error:
        log.error("webhook_not_stored", city=city, channel=channel, error=type(error).__name__)
        return _counted(503, "not stored")
    WEBHOOKS.labels("stored").inc()
    heard = sum(isinstance(event, Received) for event in parsed.events)
    if heard:
        one.watch.heard((city, channel), wiring.now())
        RECEIVED.labels(city, channel).inc(heard)
    answer = parsed.answer
    signs = BackgroundTasks()
    if isinstance(ours, Acknowledging):
        for id_ in parsed.acknowledge:
            signs.add_task(ours.acknowledge, id_)
    return Response(answer.body, answer.status, media_type=answer.media_type, background=signs)


async def _store(
    one: wiring.Installation, city: str, channel: str, parsed: Parsed, carries: Carries
) -> None:
    """All events of one webhook in one transaction."""
    if is_empty(parsed):
        return
    at = wiring.now()
    turns = [wiring.fresh_id() for _ in parsed.events]

    def work(unit: Unit) -> None:
        take(unit, city, channel, parsed, turns, at, carries, wiring.SURROUNDINGS.chance)

    await one.writer.run(work, key_of(parsed))


async def read_body(request: Request, most: int) -> bytes | None:
    """The body, or None when it is larger than `most` bytes (it is then not read to its end)."""
    declared = request.headers.get("content-length", "0")
    if declared.isascii() and declared.isdigit() and len(declared) < 12 and int(declared) > most:
        return None
    parts, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            return None
        parts.append(chunk)
    return b"".join(parts)


def _counted(status: int, result: str) -> Response:
    WEBHOOKS.labels(result).inc()
    return Response(status_code=status)


# Plain routes: nothing here is declared, so reading declarations would only cost.
ROUTES = tuple(
    Route(path, receive, methods=["POST"])
    for path in ("/webhooks/{city}/{channel}", "/webhooks/{city}/{channel}/status")
)
