"""What follows a refusal, for each kind of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.retry import (
    ASK_AFTER,
    FIRST_PAUSE,
    LONGEST_PAUSE,
    MOST_TRIES,
    PAUSE_FOR_OPERATOR,
    after,
    backoff,
)
from bot.store import Claimed, DeliveryState, Settlement
from channels.base import Fault, Kind, Sending

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def claimed(attempt: int = 1, lives: timedelta = timedelta(hours=24)) -> Claimed:
    return Claimed(7, "token", "city", "sms", Sending("tel:+27", "Hi"), 1, attempt, NOW + lives)


def middle() -> float:
    return 0.5


def settled(fault: Fault, attempt: int = 1, chance: Callable[[], float] = middle) -> Settlement:
    return after(fault, claimed(attempt), NOW, chance)


def pause(settlement: Settlement) -> timedelta:
    assert settlement.retry_at is not None
    return settlement.retry_at - NOW


# --- no second try -------------------------------------------------------------------------------
def test_an_opt_out_is_learnt_and_final() -> None:
    fault = Fault(Kind.OPT_OUT, "21610")
    assert settled(fault) == Settlement(DeliveryState.FAILED, fault=fault, learnt=Kind.OPT_OUT)


def test_a_dead_address_is_learnt_and_final() -> None:
    fault = Fault(Kind.DEAD, "21211")
    assert settled(fault) == Settlement(DeliveryState.FAILED, fault=fault, learnt=Kind.DEAD)


@pytest.mark.parametrize("kind", [Kind.CONTENT, Kind.IGNORE])
def test_what_no_repetition_can_mend_is_final_and_teaches_nothing(kind: Kind) -> None:
    fault = Fault(kind)
    assert settled(fault) == Settlement(DeliveryState.FAILED, fault=fault)


# --- another try ---------------------------------------------------------------------------------
def test_a_fault_of_configuration_waits_for_a_person_however_often_it_was_tried() -> None:
    for attempt in (1, 100):
        settlement = settled(Fault(Kind.CONFIG), attempt)
        assert settlement.state is DeliveryState.QUEUED
        assert pause(settlement) == PAUSE_FOR_OPERATOR
    assert pause(settled(Fault(Kind.CONFIG, wait=60 * MINUTE))) == 60 * MINUTE
    assert pause(settled(Fault(Kind.CONFIG, wait=MINUTE))) == PAUSE_FOR_OPERATOR


def test_a_message_of_unknown_fate_stays_so_and_is_looked_up_not_at_once() -> None:
    first = settled(Fault(Kind.UNKNOWN))
    assert first.state is DeliveryState.UNKNOWN
    assert pause(first) == ASK_AFTER
    assert pause(settled(Fault(Kind.UNKNOWN), attempt=6)) == FIRST_PAUSE * 32 * 0.75


def test_a_message_of_unknown_fate_is_given_up_where_the_provider_names_a_limit() -> None:
    fault = Fault(Kind.UNKNOWN, tries=2)
    assert settled(fault, attempt=2).state is DeliveryState.UNKNOWN
    assert settled(fault, attempt=3) == Settlement(DeliveryState.FAILED, fault=fault)


def test_a_throttle_waits_as_the_provider_says_or_else_ever_longer_and_never_gives_up() -> None:
    assert pause(settled(Fault(Kind.THROTTLE, wait=timedelta(seconds=1)))) == timedelta(seconds=1)
    assert pause(settled(Fault(Kind.THROTTLE))) == FIRST_PAUSE * 0.75
    late = settled(Fault(Kind.THROTTLE), attempt=100)
    assert late.state is DeliveryState.QUEUED
    assert pause(late) == LONGEST_PAUSE * 0.75


def test_a_passing_fault_is_tried_six_times() -> None:
    fault = Fault(Kind.RETRY, "20500")
    assert settled(fault, MOST_TRIES - 1).state is DeliveryState.QUEUED
    assert settled(fault, MOST_TRIES) == Settlement(DeliveryState.FAILED, fault=fault)


@pytest.mark.parametrize("tries", [0, 1, 3])
def test_the_provider_may_set_another_limit_of_further_tries(tries: int) -> None:
    fault = Fault(Kind.RETRY, tries=tries)
    assert settled(fault, tries + 1).state is DeliveryState.FAILED
    if tries:
        assert settled(fault, tries).state is DeliveryState.QUEUED


def test_a_passing_fault_waits_at_least_as_long_as_the_provider_says() -> None:
    assert pause(settled(Fault(Kind.RETRY, wait=MINUTE))) == MINUTE
    assert pause(settled(Fault(Kind.RETRY, wait=timedelta(seconds=1)))) == FIRST_PAUSE * 0.75


@pytest.mark.parametrize("kind", [Kind.CONFIG, Kind.UNKNOWN, Kind.THROTTLE, Kind.RETRY])
def test_nothing_is_tried_again_once_it_would_be_useless(kind: Kind) -> None:
    fault = Fault(kind)
    expiring = claimed(lives=timedelta(seconds=1))
    assert after(fault, expiring, NOW, middle) == Settlement(DeliveryState.EXPIRED, fault=fault)
    just = claimed(lives=pause(settled(fault)))
    assert after(fault, just, NOW, middle).state is DeliveryState.EXPIRED


@settings(deadline=None)
@given(st.sampled_from(Kind), st.integers(1, 10**9), st.floats(0, 1, exclude_max=True))
def test_every_refusal_is_settled_and_a_next_try_lies_ahead_within_the_messages_life(
    kind: Kind, attempt: int, chance: float
) -> None:
    settlement = settled(Fault(kind), attempt, lambda: chance)
    if settlement.retry_at is None:
        assert settlement.state is DeliveryState.FAILED
    else:
        assert settlement.state in (DeliveryState.QUEUED, DeliveryState.UNKNOWN)
        assert NOW < settlement.retry_at < claimed().expires_at


# --- pauses --------------------------------------------------------------------------------------
def test_pauses_double_up_to_the_longest() -> None:
    full = [backoff(attempt, lambda: 1.0) for attempt in range(1, 12)]
    assert full[:4] == [FIRST_PAUSE * n for n in (1, 2, 4, 8)]
    assert full[-1] == LONGEST_PAUSE


@settings(deadline=None)
@given(st.integers(1, 10**9), st.floats(0, 1, exclude_max=True))
def test_chance_takes_away_half_of_a_pause_at_most(attempt: int, chance: float) -> None:
    whole = backoff(attempt, lambda: 1.0)
    assert whole / 2 <= backoff(attempt, lambda: chance) <= whole <= LONGEST_PAUSE
