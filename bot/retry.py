"""What follows a refusal: a decision is a value."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.store import Claimed, DeliveryState, Settlement
from channels.base import Fault, Kind

FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(minutes=15)
MOST_TRIES = 6
"""Attempts at a passing fault where the provider names no limit of its own."""

ASK_AFTER = timedelta(seconds=15)
"""Pause before a provider is asked for a message of unknown fate: its list lags a little."""

PAUSE_FOR_OPERATOR = timedelta(minutes=5)
"""Pause after a fault of configuration: a person must mend it, the message waits meanwhile."""


def after(fault: Fault, claimed: Claimed, now: datetime, chance: Callable[[], float]) -> Settlement:
    """What becomes of a part whose sending failed. `chance` gives numbers in [0, 1)."""
    match fault.kind:
        case Kind.OPT_OUT:
            return Settlement(DeliveryState.FAILED, fault=fault, opt_out=True)
        case Kind.DEAD:
            return Settlement(DeliveryState.FAILED, fault=fault, dead=True)
        case Kind.CONTENT | Kind.WINDOW | Kind.IGNORE:
            return Settlement(DeliveryState.FAILED, fault=fault)
        case Kind.CONFIG:
            pause = max(PAUSE_FOR_OPERATOR, fault.wait or PAUSE_FOR_OPERATOR)
            return _again(DeliveryState.QUEUED, fault, claimed, now + pause)
        case Kind.UNKNOWN:
            if fault.tries is not None and claimed.attempt > fault.tries:
                return Settlement(DeliveryState.FAILED, fault=fault)
            pause = max(ASK_AFTER, backoff(claimed.attempt, chance))
            return _again(DeliveryState.UNKNOWN, fault, claimed, now + pause)
        case Kind.THROTTLE:
            pause = fault.wait or backoff(claimed.attempt, chance)
            return _again(DeliveryState.QUEUED, fault, claimed, now + pause)
        case Kind.RETRY:
            if claimed.attempt >= (MOST_TRIES if fault.tries is None else fault.tries + 1):
                return Settlement(DeliveryState.FAILED, fault=fault)
            pause = max(fault.wait or timedelta(), backoff(claimed.attempt, chance))
            return _again(DeliveryState.QUEUED, fault, claimed, now + pause)


def backoff(attempt: int, chance: Callable[[], float]) -> timedelta:
    """Twice as long after each attempt, capped, with jitter of a half: 2 s, 4 s … 15 min."""
    doubled: int = 2 ** min(attempt - 1, 20)
    pause = min(FIRST_PAUSE * doubled, LONGEST_PAUSE)
    return pause * (0.5 + chance() / 2)


def _again(state: DeliveryState, fault: Fault, claimed: Claimed, at: datetime) -> Settlement:
    """Another attempt, unless the message would be useless by then."""
    if at >= claimed.expires_at:
        return Settlement(DeliveryState.EXPIRED, fault=fault)
    return Settlement(state, fault=fault, retry_at=at)
