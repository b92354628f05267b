"""Delivery reports come in any order and more than once; a status only rises."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from bot.reports import take_report
from bot.store import Claimed
from channels.base import Fault, Kind, Status, StatusUpdate
from tests.backend.store.conftest import ANNA, NOON, World

SECOND = timedelta(seconds=1)


def report(world: World, provider_id: str, status: Status, fault: Fault | None = None) -> None:
    with world.store.write() as unit:
        update = StatusUpdate(provider_id, status, fault)
        take_report(unit, "east", "sms", update, NOON + SECOND, lambda: 0.5)


def sent(world: World) -> Claimed:
    world.say(world.come(), "x")
    [claimed] = world.claim()
    world.settle(claimed)
    return claimed


def test_a_report_only_raises(world: World) -> None:
    id_ = f"out{sent(world).id}"
    for status, rank in (
        (Status.SENDING, 3),
        (Status.UNDELIVERED, 4),
        (Status.DELIVERED, 5),
        (Status.UNDELIVERED, 5),
        (Status.READ, 6),
        (Status.DELIVERED, 6),
    ):
        fault = Fault(Kind.RETRY, "30008") if status is Status.UNDELIVERED else None
        report(world, id_, status, fault)
        report(world, id_, status, fault)
        assert world.one("SELECT status FROM outbound") == rank
    assert world.rows("SELECT fault_kind, state FROM outbound") == [(None, "sent")]
    assert world.one("SELECT delivered_at IS NOT NULL FROM outbound")
    kept = world.one("SELECT count(*) FROM delivery_report")
    assert kept == 3, "those of before it was to go out once more are gone"


def test_a_report_may_come_before_its_message_is_settled(world: World) -> None:
    known = world.come()
    world.say(known, "x")
    [claimed] = world.claim()
    report(world, "early", Status.UNDELIVERED, Fault(Kind.OPT_OUT, "21610"))
    report(world, "of somebody else", Status.READ)
    assert world.one("SELECT status FROM outbound") == 0
    world.settle(claimed, provider_id="early")
    assert world.rows("SELECT status, fault_code FROM outbound") == [(4, "21610")]
    [late] = world.late
    assert (late.id, late.urn, late.fault) == (claimed.id, ANNA, Fault(Kind.OPT_OUT, "21610", 1))


def test_a_report_and_its_message_settled_at_once_miss_nothing(world: World) -> None:
    for n in range(20):
        world.say(world.come(f"tel:+2760000{n:04}"), "x")
    claimed = world.claim()
    start = threading.Barrier(2)

    def reporting() -> None:
        for one in claimed:
            start.wait()
            report(world, f"out{one.id}", Status.DELIVERED)

    def settling() -> None:
        for one in claimed:
            start.wait()
            world.settle(one)

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(reporting), threads.submit(settling)]:
            done.result()
    assert world.rows("SELECT DISTINCT status FROM outbound") == [(5,)]


def test_faults_in_reports_teach_about_the_address(world: World) -> None:
    report(world, f"out{sent(world).id}", Status.UNDELIVERED, Fault(Kind.DEAD, "30006"))
    assert world.one("SELECT dead FROM urn") == "tel"
