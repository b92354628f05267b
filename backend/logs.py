"""Structured logs: one JSON object a line, and only of fields that can hold no personal data."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

FIELDS = frozenset(
    {
        *("event", "level", "logger", "timestamp"),
        *("city", "channel", "receipt", "part", "kind", "code", "error", "status", "count", "job"),
        *("media", "survey", "version", "port", "seconds", "until", "export"),
    }
)
"""What may be logged. A field not listed is left out: an address or a text cannot slip in."""


def configure() -> None:
    """Sends our logs and those of libraries to standard error, as JSON."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        _only_known_fields,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[_library_line, *shared],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    # These print addresses, tokens and numbers at INFO.
    for name in ("httpx", "httpcore", "twilio", "telegram", "apscheduler", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _only_known_fields(
    _: Any, __: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    return {k: v for k, v in event.items() if k in FIELDS or k.startswith("_")}


def _library_line(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A library's line: an exception keeps its kind only, since its text may quote a value. Some
    (uvicorn, at start) write a whole traceback as their message."""
    info = event.pop("exc_info", None)
    if isinstance(info, tuple) and info[0] is not None:
        event["error"] = info[0].__name__
    text = str(event.get("event", ""))
    if text.startswith("Traceback"):
        last = next(line for line in reversed(text.splitlines()) if line[:1] not in ("", " ", "("))
        event.update({"event": "failed", "error": last.partition(":")[0]})
    return event
