"""Where providers call: inbound messages and delivery reports of every channel.

200 is answered only after the commit; a database away is a 503, so that the provider tries again.
"""

import re

import structlog
from starlette.background import BackgroundTasks
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from backend import wiring
from backend.headers import SafeHeaders
from backend.metrics import RECEIVED, WEBHOOKS
from bot.store import Unit
from bot.taking import is_empty, key_of, take
from channels.base import Acknowledging, Carries, Parsed, Received, WebhookError, WebRequest

LARGEST_BODY = 65_536
"""Bytes of one webhook; a message with ten media addresses has about 5,000."""

FORGED = 403

_PATH = re.compile("/webhooks/(?P<city>[^/]+)/(?P<channel>[^/]+)(?:/status)?")
_STORED = WEBHOOKS.labels("stored")

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
    try:
        parsed = ours.parse(_plain(request, one.settings.public_url, body))
    except WebhookError as error:
        if error.status == FORGED:
            one.watch.refused((city, channel), wiring.now())
        return _counted(error.status, "refused")
    try:
        await _store(one, city, channel, parsed, ours.carries)
    except Exception as error:
        log.error("webhook_not_stored", city=city, channel=channel, error=type(error).__name__)
        return _counted(503, "not stored")
    _STORED.inc()
    heard = sum(isinstance(event, Received) for event in parsed.events)
    if heard:
        one.watch.heard((city, channel), wiring.now())
        RECEIVED.labels(city, channel).inc(heard)
    signs = None
    if parsed.acknowledge and isinstance(ours, Acknowledging):
        signs = BackgroundTasks()
        for id_ in parsed.acknowledge:
            signs.add_task(ours.acknowledge, id_)
    wanted = parsed.answer
    return Response(wanted.body, wanted.status, media_type=wanted.media_type, background=signs)


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


def _plain(request: Request, root: str, body: bytes) -> WebRequest:
    """The request as data. Of a header that comes twice the first counts."""
    query = request.scope["query_string"].decode("latin-1")
    url = f"{root}{request.scope['path']}{'?' if query else ''}{query}"
    told = reversed(request.scope["headers"])
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in told}
    return WebRequest(url, headers, body)


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


def meant(scope: Scope) -> Scope | None:
    """The scope with the path read, if it is a webhook's."""
    if scope["type"] != "http" or scope["method"] != "POST":
        return None
    found = _PATH.fullmatch(scope["path"])
    return {**scope, "path_params": found.groupdict()} if found else None


async def _answer(scope: Scope, receive_: Receive, send: Send) -> None:
    response = await receive(Request(scope, receive_))
    await response(scope, receive_, send)


answer = SafeHeaders(_answer)
"""Answers a webhook, in the scope that `meant` gives."""

# What is no POST is refused as at any page that is there.
ROUTES = tuple(
    Route(path, receive, methods=["POST"])
    for path in ("/webhooks/{city}/{channel}", "/webhooks/{city}/{channel}/status")
)
