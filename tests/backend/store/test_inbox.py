"""Receipts for ever, bodies sealed and for a while."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from bot.store import ContactBusyError, ReceiptStatus, Retention
from tests.backend.store.conftest import ANNA, BEN, NOON, World


def test_a_repeat_is_refused_for_ever(world: World) -> None:
    inbound = world.message()
    with world.store.write() as unit:
        receipt = unit.inbox.receive(inbound)
    assert receipt is not None
    with world.store.write() as unit:
        assert unit.inbox.receive(inbound) is None
    world.store.purge(NOON + timedelta(days=400))
    with world.store.write() as unit:
        assert unit.inbox.receive(inbound) is None


def test_the_same_id_on_another_channel_or_city_is_another_message(world: World) -> None:
    for city, channel in (("east", "sms"), ("east", "telegram"), ("west", "sms")):
        message = world.message(provider_id="SM", city=city, channel=channel)
        with world.store.write() as unit:
            assert unit.inbox.receive(message) is not None


def test_ten_at_once_make_one_receipt(world: World) -> None:
    inbound = world.message()

    def receive(_: int) -> int | None:
        with world.store.write() as unit:
            return unit.inbox.receive(inbound)

    with ThreadPoolExecutor(10) as threads:
        receipts = list(threads.map(receive, range(10)))
    assert len([receipt for receipt in receipts if receipt is not None]) == 1
    assert world.one("SELECT count(*) FROM received") == 1


def test_what_was_written_is_kept_sealed(world: World) -> None:
    world.come(text="a secret")
    content = str(world.one("SELECT content FROM body"))
    assert "secret" not in content
    assert ANNA not in content


def test_a_body_can_be_dropped_and_kept_shorter(world: World) -> None:
    with world.store.write() as unit:
        dropped, kept = (unit.inbox.receive(world.message()) for _ in range(2))
        assert dropped is not None
        assert kept is not None
        unit.inbox.drop_body(dropped)
        unit.inbox.retain(kept, Retention.QUARANTINED, NOON)
    assert world.rows("SELECT received, retention FROM body") == [(kept, "quarantined")]
    assert world.one("SELECT count(*) FROM received") == 2


def test_a_poison_update_is_kept_for_a_week(world: World) -> None:
    with world.store.write() as unit:
        assert unit.inbox.poison("east", "telegram", "9", '{"odd": 1}', NOON) is not None
        assert unit.inbox.poison("east", "telegram", "9", '{"odd": 1}', NOON) is None
        assert unit.inbox.waiting(10) == []
    assert world.store.purge(NOON + timedelta(days=6))["poison"] == 0
    assert world.store.purge(NOON + timedelta(days=7))["poison"] == 1


def leave_waiting(world: World, *urns: str) -> list[int]:
    receipts = []
    for urn in urns:
        with world.store.write() as unit:
            receipt = unit.inbox.receive(world.message(urn, location=(1.5, 2.5)))
            assert receipt is not None
            unit.inbox.mark(receipt, ReceiptStatus.WAITING)
            receipts.append(receipt)
    return receipts


def test_waiting_gives_the_oldest_of_each_contact_as_it_came(world: World) -> None:
    first, second, other, later = leave_waiting(world, ANNA, ANNA, BEN, BEN)
    with world.store.write() as unit:
        waiting = unit.inbox.waiting(10)
    assert [receipt for receipt, _ in waiting] == [first, other]
    inbound = waiting[0][1]
    assert inbound.received.urn == ANNA
    assert inbound.received.location == (1.5, 2.5)
    assert inbound.turn == f"{1:032x}"
    with world.store.write() as unit:
        unit.inbox.mark(first, ReceiptStatus.TAKEN)
        unit.inbox.mark(other, ReceiptStatus.FAILED)
        assert [receipt for receipt, _ in unit.inbox.waiting(10)] == [second, later]


def test_two_addresses_of_one_contact_wait_in_one_line(world: World) -> None:
    world.come("telegram:7", aliases=(ANNA,), channel="telegram")
    first, _ = leave_waiting(world, ANNA, "telegram:7")
    with world.store.write() as unit:
        assert [receipt for receipt, _ in unit.inbox.waiting(10)] == [first]


def test_a_later_message_does_not_overtake_a_waiting_one(world: World) -> None:
    world.come(ANNA)
    (first,) = leave_waiting(world, ANNA)
    world.come(BEN)
    with world.store.write() as unit:
        later = world.message(ANNA)
        unit.inbox.receive(later)
        with unit.savepoint(), pytest.raises(ContactBusyError):
            unit.contacts.load(later)
        [(receipt, inbound)] = unit.inbox.waiting(10)
        assert receipt == first
        unit.contacts.load(inbound)
        unit.inbox.mark(first, ReceiptStatus.TAKEN)
        unit.contacts.load(later)


def fail(world: World, *urns: str, at: datetime = NOON) -> list[int]:
    receipts = []
    for urn in urns:
        with world.store.write() as unit:
            receipt = unit.inbox.receive(world.message(urn, at))
            assert receipt is not None
            unit.inbox.mark(receipt, ReceiptStatus.FAILED)
            receipts.append(receipt)
    return receipts


def reconsidered(world: World) -> list[object]:
    """Receipts that wait once the program is mended."""
    with world.store.write() as unit:
        unit.inbox.reconsider(NOON - timedelta(days=1))
    found = world.rows("SELECT id FROM received WHERE status = 'waiting' ORDER BY id")
    return [id_ for (id_,) in found]


def test_a_failed_turn_is_taken_up_again_only_if_the_talk_did_not_go_on(world: World) -> None:
    world.come(ANNA)
    world.come(BEN)
    fail(world, ANNA)
    world.come(ANNA)
    last, other, again = fail(world, ANNA, BEN, BEN)
    assert reconsidered(world) == [last, other, again]


def test_nor_if_it_went_on_at_another_address(world: World) -> None:
    world.come("telegram:7", aliases=(ANNA,), channel="telegram")
    fail(world, ANNA)
    world.come("telegram:7", channel="telegram")
    assert reconsidered(world) == []


def test_nor_if_what_came_after_left_no_body(world: World) -> None:
    world.come(ANNA)
    fail(world, ANNA)
    later = world.message(ANNA, NOON + timedelta(minutes=1))
    with world.store.write() as unit:
        receipt = unit.inbox.receive(later)
        assert receipt is not None
        unit.contacts.load(later)
        unit.inbox.drop_body(receipt)
    assert reconsidered(world) == []


def test_another_city_is_another_talk(world: World) -> None:
    receipts = fail(world, ANNA)
    world.come(ANNA, NOON + timedelta(minutes=1), city="west")
    assert reconsidered(world) == receipts
