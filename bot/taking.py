"""Takes in what a provider told, however it came: posted to us, or asked for."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from bot.reports import take_report
from bot.store import Inbound, Unit
from bot.turns import take_turn
from channels.base import Carries, Parsed, Received

log = structlog.get_logger(__name__)


def take(
    unit: Unit,
    city: str,
    channel: str,
    parsed: Parsed,
    turns: Sequence[str],
    at: datetime,
    carries: Carries,
    chance: Callable[[], float],
) -> None:
    """Stores and decides all of it inside the caller's write transaction; what was seen before is
    passed over, what cannot be read is kept, sealed. `turns` has a fresh random id for each event;
    `chance` in [0, 1) spreads what a report has tried again.
    """
    if parsed.poison is not None:
        digest = hashlib.sha256(parsed.poison).hexdigest()
        content = parsed.poison.decode("utf-8", "replace")
        log.warning("update_unreadable", city=city, channel=channel)
        unit.inbox.poison(city, channel, f"poison-{digest}", content, at)
    for event, turn in zip(parsed.events, turns, strict=True):
        if isinstance(event, Received):
            take_turn(unit, Inbound(city, channel, event, turn, at), carries)
        else:
            take_report(unit, city, channel, event, at, chance)


def key_of(parsed: Parsed) -> str:
    """By whom it is, for the writer's order."""
    first = parsed.events[0] if parsed.events else None
    return first.urn if isinstance(first, Received) else ""


def is_empty(parsed: Parsed) -> bool:
    """Whether there is nothing to take."""
    return not parsed.events and parsed.poison is None
