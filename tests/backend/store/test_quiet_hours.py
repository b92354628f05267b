"""In quiet hours only replies go out; what answers nobody waits, and none of it is lost."""

from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest

from backend.store.line import LONGEST_PART
from bot.allowance import Limits
from bot.store import DeliveryState
from channels.base import Fault, Kind
from tests.backend.broadcasts.towns import JOHANNESBURG
from tests.backend.store.conftest import ANNA, BEN, World

BULK = 10
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
MORNING = datetime(2026, 11, 28, 7, tzinfo=UTC)  # nine on a Saturday
CLOSING = datetime(2026, 11, 28, 11, tzinfo=UTC)
MONDAY = datetime(2026, 11, 30, 6, tzinfo=UTC)


@pytest.fixture
def quiet(world: World) -> World:
    """A world whose first channel keeps South Africa's hours."""
    world.limits["east", "sms"] = Limits(next_open=JOHANNESBURG.next_open)
    return world


def bulk(world: World, urn: str, at: datetime, text: str = "bulk") -> None:
    world.say(world.come(urn, at), text, at=at, priority=BULK, expires_at=at + 5 * DAY)


def next_due(world: World, at: datetime) -> datetime | None:
    with world.store.write() as unit:
        return unit.outbox.next_due(at)


def test_what_answers_nobody_waits_for_the_morning(quiet: World) -> None:
    night = MORNING - 3 * SECOND
    bulk(quiet, ANNA, night)
    assert quiet.texts(night) == []
    assert next_due(quiet, night) == MORNING
    assert quiet.texts(MORNING - SECOND) == []
    assert quiet.texts(MORNING) == ["bulk"]


def test_what_is_left_at_closing_goes_on_when_it_is_open_again(quiet: World) -> None:
    for n in range(5):
        bulk(quiet, f"tel:+2760000{n:04}", MORNING)
    assert len(quiet.texts(CLOSING - SECOND, limit=2)) == 2
    assert quiet.texts(CLOSING) == []
    assert next_due(quiet, CLOSING) == MONDAY
    assert quiet.texts(CLOSING + DAY) == []
    assert next_due(quiet, CLOSING + DAY) == MONDAY
    assert len(quiet.texts(MONDAY)) == 5


def test_replies_go_at_any_hour_and_overtake(quiet: World) -> None:
    sunday = CLOSING + DAY
    bulk(quiet, ANNA, sunday)
    bulk(quiet, BEN, sunday)
    quiet.say(quiet.come(ANNA, sunday), "reply", at=sunday)
    quiet.say(quiet.come(BEN, sunday), "you left", at=sunday, despite_opt_out=True)
    assert next_due(quiet, sunday) == sunday
    assert quiet.texts(sunday) == ["reply", "you left"]


def test_another_attempt_waits_too(quiet: World) -> None:
    bulk(quiet, ANNA, CLOSING - SECOND)
    [part] = quiet.claim(CLOSING - SECOND)
    again = CLOSING + 2 * SECOND
    quiet.settle(part, DeliveryState.QUEUED, retry_at=again, fault=Fault(Kind.RETRY, "500"))
    assert quiet.texts(again) == []
    assert next_due(quiet, again) == MONDAY
    [part] = quiet.claim(MONDAY)
    assert part.attempt == 2


def test_one_of_unknown_fate_is_looked_up_in_the_morning(quiet: World) -> None:
    bulk(quiet, ANNA, CLOSING - SECOND)
    quiet.claim(CLOSING - SECOND, token="of one that died")
    assert quiet.claim(CLOSING + DAY) == []
    [part] = quiet.claim(MONDAY)
    assert part.unknown_since == CLOSING - SECOND


def test_a_broadcast_that_waits_is_no_cause_for_alarm(quiet: World) -> None:
    bulk(quiet, ANNA, CLOSING)
    health = quiet.store.outbox_health(CLOSING + DAY)
    assert (health.queued, health.oldest_due_seconds) == (1, 0.0)


def test_another_city_s_hours_are_its_own(quiet: World) -> None:
    sunday = CLOSING + DAY
    bulk(quiet, ANNA, sunday)
    quiet.say(quiet.come(ANNA, sunday, city="west"), "west", at=sunday, city="west", priority=BULK)
    assert quiet.texts(sunday) == ["west"]


KINDS: dict[str, dict[str, Any]] = {
    "reply": {},
    "bulk": {"priority": BULK},
    "left": {"despite_opt_out": True},
}
SETS = [kinds for n in (1, 2, 3) for kinds in combinations(KINDS, n)]


@pytest.mark.parametrize("kinds", SETS)
@pytest.mark.parametrize("spent", [False, True])
def test_the_next_look_is_when_something_may_go(
    world: World, kinds: tuple[str, ...], spent: bool
) -> None:
    """Neither sooner, which would be a busy loop, nor later."""
    budget = 3600.0 if spent else None
    world.limits["east", "sms"] = Limits(replies_an_hour=budget, next_open=JOHANNESBURG.next_open)
    begin = MONDAY - 300 * SECOND
    if spent:
        long = 3600 + 40  # more than the hour's: the next one waits forty seconds and more
        world.say(world.come(BEN, begin), "long", at=begin, segments=long)
        [first] = world.claim(begin)
        world.settle(first)
    for n, kind in enumerate(kinds):
        known = world.come(f"tel:+2760000{n:04}", begin)
        # As long as a part can be: a shorter one is let wait for as much room.
        world.say(known, kind, at=begin, segments=LONGEST_PART, **KINDS[kind])
    due = next_due(world, begin)
    assert due is not None
    if due > begin:
        assert world.claim(due - SECOND) == []
    assert world.claim(due)
