"""What follows a refusal: a decision is a value."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.store import Claimed, DeliveryState, Settlement, Undelivered
from channels.base import Fault, Kind

FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(minutes=15)
MOST_TRIES = 6
"""Attempts at a passing fault where the provider names no limit of its own."""

ASK_AFTER = timedelta(seconds=15)
"""Pause before a provider is asked for a message of unknown fate: its list lags a little."""

LOST_PAUSES = (ASK_AFTER, timedelta(minutes=5), timedelta(hours=1))
"""Pauses before a message that cannot be looked up is sent once more. Each attempt may be one
message too many, so there are few, and far enough apart to outlast an outage."""

PAUSE_FOR_OPERATOR = timedelta(minutes=5)
"""Pause after a fault of configuration: a person must mend it, the message waits meanwhile."""

MOST_THROTTLED = 2
"""Times that a message is sent again because a report says the carrier had too much of them."""

BREAK_AFTER = 5
"""Failures of the channel itself in a row after which it rests."""

FIRST_REST = timedelta(seconds=15)
LONGEST_REST = timedelta(minutes=5)

Chance = Callable[[], float]
"""Gives numbers in [0, 1)."""


def after(fault: Fault, claimed: Claimed, now: datetime, chance: Chance) -> Settlement:
    """What becomes of a part whose sending failed."""
    match fault.kind:
        case Kind.OPT_OUT | Kind.DEAD:
            return Settlement(DeliveryState.FAILED, fault=fault, learnt=fault.kind)
        case Kind.WINDOW if claimed.sending.in_window and claimed.attempt < MOST_TRIES:
            # The provider knows better: once more, as what may go when the window is closed.
            at = now + backoff(claimed.attempt, chance)
            return _again(DeliveryState.QUEUED, fault, claimed, at, learnt=Kind.WINDOW)
        case Kind.CONTENT | Kind.WINDOW | Kind.IGNORE:
            return Settlement(DeliveryState.FAILED, fault=fault)
        case Kind.CONFIG:
            pause = max(PAUSE_FOR_OPERATOR, fault.wait or PAUSE_FOR_OPERATOR)
            return _again(DeliveryState.QUEUED, fault, claimed, now + pause, counted=False)
        case Kind.UNKNOWN:
            if fault.tries is None:
                pause = max(ASK_AFTER, backoff(claimed.attempt, chance))
            elif claimed.attempt > fault.tries:
                return Settlement(DeliveryState.FAILED, fault=fault)
            else:
                pause = LOST_PAUSES[min(claimed.attempt, len(LOST_PAUSES)) - 1]
            return _again(DeliveryState.UNKNOWN, fault, claimed, now + pause)
        case Kind.THROTTLE:
            pause = fault.wait or backoff(claimed.attempt, chance)
            return _again(DeliveryState.QUEUED, fault, claimed, now + pause, counted=False)
        case Kind.RETRY if fault.whole:
            pause = fault.wait or backoff(max(claimed.failures, 1), chance)
            return _again(DeliveryState.QUEUED, fault, claimed, now + pause, counted=False)
        case Kind.RETRY:
            if claimed.attempt >= (MOST_TRIES if fault.tries is None else fault.tries + 1):
                return Settlement(DeliveryState.FAILED, fault=fault, learnt=fault.then)
            pause = max(fault.wait or timedelta(), backoff(claimed.attempt, chance))
            return _again(DeliveryState.QUEUED, fault, claimed, now + pause)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows a report of a part not delivered: when it goes out again, if it does, and what
    we know of its address now."""

    again_at: datetime | None = None
    learnt: Kind | None = None


def after_report(part: Undelivered, now: datetime, chance: Chance) -> Verdict:
    """Sends again what may still arrive and is still of use: nothing newer went to the contact, it
    has not expired by then, and the provider's rule allows one more try."""
    fault = part.fault
    match fault.kind:
        case Kind.OPT_OUT | Kind.DEAD:
            return Verdict(learnt=fault.kind)
        case Kind.WINDOW:
            return Verdict(_useful(part, now) if part.sends <= 1 else None, learnt=Kind.WINDOW)
        case Kind.RETRY:
            if part.sends > (1 if fault.tries is None else fault.tries):
                return Verdict(learnt=fault.then)
        case Kind.THROTTLE:
            if part.sends > MOST_THROTTLED:
                return Verdict()
        case _:
            return Verdict()
    pause = max(fault.wait or timedelta(), backoff(part.sends, chance))
    return Verdict(_useful(part, now + pause))


def rest(fault: Fault, failures: int, now: datetime, chance: Chance) -> datetime | None:
    """Until when a channel rests after that many failures of its own in a row; None: it does not.
    A provider that says how long is believed at once."""
    if fault.kind is Kind.THROTTLE:
        return now + (fault.wait or backoff(failures, chance))
    if failures < BREAK_AFTER:
        return None
    doubled: int = 2 ** min(failures - BREAK_AFTER, 10)
    return now + min(FIRST_REST * doubled, LONGEST_REST) * (0.75 + chance() / 4)


def backoff(attempt: int, chance: Chance) -> timedelta:
    """Twice as long after each attempt, capped, with jitter of a half: 2 s, 4 s … 15 min."""
    doubled: int = 2 ** min(attempt - 1, 20)
    pause = min(FIRST_PAUSE * doubled, LONGEST_PAUSE)
    return pause * (0.5 + chance() / 2)


def _useful(part: Undelivered, at: datetime) -> datetime | None:
    return at if part.newest and at < part.expires_at else None


def _again(
    state: DeliveryState,
    fault: Fault,
    claimed: Claimed,
    at: datetime,
    *,
    counted: bool = True,
    learnt: Kind | None = None,
) -> Settlement:
    """Another attempt, unless the message would be useless by then."""
    if at >= claimed.expires_at:
        return Settlement(DeliveryState.EXPIRED, fault=fault, learnt=learnt)
    return Settlement(state, fault=fault, retry_at=at, counted=counted, learnt=learnt)
