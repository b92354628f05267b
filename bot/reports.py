"""Delivery reports, and what follows from one that says a part did not arrive."""

from datetime import datetime

import structlog

from bot import retry
from bot.store import Undelivered, Unit
from channels.base import Fault, StatusUpdate

log = structlog.get_logger(__name__)


def take_report(
    unit: Unit, city: str, channel: str, update: StatusUpdate, at: datetime, chance: retry.Chance
) -> None:
    """Keeps a report inside the caller's write transaction, and acts on it."""
    part = unit.outbox.report(city, channel, update, at)
    if part is not None:
        follow_up(unit, part, at, chance)


def follow_up(unit: Unit, part: Undelivered, at: datetime, chance: retry.Chance) -> None:
    """Sends again or learns, as `retry.after_report` decides."""
    log.warning(
        "not_delivered", city=part.city, channel=part.channel, part=part.id,
        kind=str(part.fault.kind), code=part.fault.code,
    )  # fmt: skip
    verdict = retry.after_report(part, at, chance)
    if verdict.learnt is not None:
        unit.outbox.learn(part.city, part.channel, part.urn, verdict.learnt, at)
    if verdict.again_at is not None:
        unit.outbox.send_again(part.id, verdict.again_at)
    if part.fault.whole:
        troubled(unit, part.city, part.channel, part.fault, at, chance, None)


def troubled(
    unit: Unit,
    city: str,
    channel: str,
    fault: Fault,
    at: datetime,
    chance: retry.Chance,
    known: int | None,
) -> None:
    """Counts a fault of the channel itself, and lets the channel rest when it is time to. `known`
    is how many there had been when the part went out."""
    failures = unit.outbox.channel_failed(city, channel, known)
    until = retry.rest(fault, failures, at, chance) if failures is not None else None
    if until is not None:
        log.error(
            "channel_rests", city=city, channel=channel, code=fault.code, until=until.isoformat()
        )
        unit.outbox.rest(city, channel, until, fault.code)
