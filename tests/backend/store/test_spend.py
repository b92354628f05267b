"""What providers took is counted by day, once, whatever is deleted meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from time import sleep

import pytest

from backend.store import spend
from backend.store.spend import Spent
from channels.base import Fault, Kind, Status, StatusUpdate
from tests.backend.store.conftest import ANNA, BEN, NOON, World

TODAY = NOON.date()
DAY = timedelta(days=1)


def send(world: World, urn: str = ANNA, at: datetime = NOON, segments: int = 1) -> str:
    """A message goes out and is taken; the contact's id."""
    known = world.come(urn, at)
    world.say(known, "a", at=at, segments=segments)
    for claimed in world.claim(at):
        world.settle(claimed, at=at)
    return known.contact


def spent(world: World, since: date, now: datetime) -> list[Spent]:
    with world.store.read() as connection:
        return list(spend.spent(connection, since, now))


def close(world: World, now: datetime) -> int:
    with world.store.write() as unit:
        return spend.close_days(unit.transaction.connection, now)


def test_each_day_is_counted_live_and_once_it_is_closed(world: World) -> None:
    send(world, ANNA, NOON - DAY, segments=3)
    send(world, BEN, NOON, segments=2)
    both = [
        Spent("east", "sms", TODAY - DAY, 1, 3),
        Spent("east", "sms", TODAY, 1, 2),
    ]
    assert spent(world, TODAY - DAY, NOON) == both
    assert close(world, NOON) == 1
    assert close(world, NOON) == 0
    assert spent(world, TODAY - DAY, NOON) == both
    assert spent(world, TODAY, NOON) == both[1:]
    assert close(world, NOON + DAY) == 1
    assert spent(world, TODAY - DAY, NOON + DAY) == both
    with world.store.read() as connection:
        assert spend.totals(connection, NOON + DAY) == {("east", "sms"): (2, 5)}


def test_days_are_utc_s_to_the_last_moment(world: World) -> None:
    last = datetime(2026, 11, 23, 23, 59, 59, 999999, tzinfo=UTC)
    send(world, ANNA, last)
    send(world, BEN, last + timedelta(microseconds=1))
    assert close(world, NOON) == 1
    assert [(one.day.day, one.parts) for one in spent(world, last.date(), NOON)] == [
        (23, 1),
        (24, 1),
    ]


def test_nights_that_were_missed_are_made_up_for(world: World) -> None:
    for days in (5, 3, 1):
        send(world, ANNA, NOON - days * DAY)
    assert close(world, NOON) == 3
    assert len(spent(world, TODAY - 9 * DAY, NOON)) == 3


def test_what_was_sent_to_somebody_erased_was_still_paid_for(world: World) -> None:
    contact = send(world, ANNA, NOON - DAY, segments=3)
    close(world, NOON)
    again = send(world, BEN, NOON, segments=2)
    for one in (contact, again):
        assert world.store.erase_contact("east", one, NOON)
    assert world.one("SELECT count(*) FROM outbound") == 0
    assert spent(world, TODAY - DAY, NOON) == [
        Spent("east", "sms", TODAY - DAY, 1, 3),
        Spent("east", "sms", TODAY, 1, 2),
    ]
    close(world, NOON + DAY)
    assert len(spent(world, TODAY - DAY, NOON + DAY)) == 2


def test_a_message_forgotten_once_it_is_sent_is_paid_for_too(world: World) -> None:
    known = world.come()
    world.say(known, "Your data is deleted", segments=2, forget=True, contact=None)
    [claimed] = world.claim()
    world.settle(claimed)
    assert world.one("SELECT count(*) FROM outbound") == 0
    assert spent(world, TODAY, NOON) == [Spent("east", "sms", TODAY, 1, 2)]


# --- sent again ----------------------------------------------------------------------------------
LOST = StatusUpdate("out1", Status.UNDELIVERED, Fault(Kind.RETRY, "30003", 1))
LATE = NOON.replace(hour=23, minute=59)
NEXT = LATE + timedelta(hours=1)


def lose(world: World, at: datetime, provider_id: str = "out1") -> None:
    """A report says that it did not arrive; it is queued once more."""
    with world.store.write() as unit:
        lost = unit.outbox.report("east", "sms", replace(LOST, provider_id=provider_id), at)
        assert lost is not None
        unit.outbox.send_again(lost.id, at)


def ever(world: World, now: datetime) -> tuple[int, int]:
    with world.store.read() as connection:
        return spend.totals(connection, now).get(("east", "sms"), (0, 0))


@pytest.mark.parametrize("closed_first", [True, False])
def test_a_message_that_is_sent_again_is_paid_for_on_both_days(
    world: World, closed_first: bool
) -> None:
    send(world, ANNA, LATE, segments=3)
    if closed_first:
        assert close(world, NEXT) == 1
    assert ever(world, NEXT) == (1, 3)
    lose(world, NEXT)
    assert ever(world, NEXT) == (1, 3)
    [again] = world.claim(NEXT)
    world.settle(again, at=NEXT, provider_id="again")
    both = [Spent("east", "sms", TODAY, 1, 3), Spent("east", "sms", TODAY + DAY, 1, 3)]
    for days in range(3):
        assert spent(world, TODAY, NEXT + days * DAY) == both
        assert ever(world, NEXT + days * DAY) == (2, 6)
        close(world, NEXT + days * DAY)


def test_every_sending_of_one_day_is_counted(world: World) -> None:
    send(world, segments=2)
    for provider_id in ("out1", "second"):
        lose(world, NOON, provider_id)
        [again] = world.claim()
        world.settle(again, provider_id="second" if provider_id == "out1" else "third")
    assert spent(world, TODAY, NOON) == [Spent("east", "sms", TODAY, 3, 6)]
    world.store.erase_contact("east", str(world.one("SELECT id FROM contact")), NOON)
    assert spent(world, TODAY, NOON) == [Spent("east", "sms", TODAY, 3, 6)]
    close(world, NOON + DAY)
    assert ever(world, NOON + DAY) == (3, 6)


@pytest.mark.parametrize("end", ["stopped", "expired", "erased", "arrived", "asked twice"])
def test_a_sending_is_paid_for_whatever_becomes_of_the_next(world: World, end: str) -> None:
    contact = send(world, segments=2)
    lose(world, NOON)
    match end:
        case "stopped":
            with world.store.write() as unit:
                unit.contacts.opt_out("east", contact, NOON)
        case "expired":
            assert world.claim(NOON + 2 * DAY) == []
        case "erased":
            world.store.erase_contact("east", contact, NOON)
        case "arrived":
            with world.store.write() as unit:
                unit.outbox.report("east", "sms", StatusUpdate("out1", Status.DELIVERED), NOON)
        case _:
            with world.store.write() as unit:
                [(part,)] = world.rows("SELECT id FROM outbound")
                unit.outbox.send_again(int(str(part)), NOON)
    assert spent(world, TODAY, NOON) == [Spent("east", "sms", TODAY, 1, 2)]
    close(world, NOON + 3 * DAY)
    assert ever(world, NOON + 3 * DAY) == (1, 2)


def test_sendings_kept_while_a_day_is_closed_are_counted_once(postgres_world: World) -> None:
    world = postgres_world
    send(world, ANNA, LATE)
    with ThreadPoolExecutor(1) as other:
        with world.store.write() as closing:
            assert spend.close_days(closing.transaction.connection, NEXT) == 1
            waits = other.submit(lose, world, NEXT)
            sleep(0.3)
            assert not waits.done()
        waits.result()
    assert ever(world, NEXT) == (1, 1)


def test_what_was_never_taken_costs_nothing(world: World) -> None:
    world.say(world.come(), "a")
    assert spent(world, TODAY, NOON) == []
    assert close(world, NOON + DAY) == 0


def test_the_nightly_purge_closes_days(world: World) -> None:
    send(world, ANNA, NOON - DAY)
    world.store.purge(NOON)
    assert world.rows("SELECT parts, segments FROM spend") == [(1, 1)]
