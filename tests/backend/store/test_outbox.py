"""What is queued goes out in order, once, within the rate, and to nobody who left."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from backend.store.engine import for_writing
from bot.allowance import Limits
from bot.store import DeliveryState, Outbound, ReceiptStatus
from channels.base import Fault, Kind, Part, Status, StatusUpdate
from dialogue.messages import Choice
from tests.backend.store.conftest import ANNA, BEN, NOON, World, states

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def test_what_is_claimed_is_what_was_queued(world: World) -> None:
    known = world.come()
    part = Part("Hi", (Choice("1", "Yes"), Choice("2", "No")), "safe", 3)
    with world.store.write() as unit:
        unit.outbox.queue(
            Outbound("a" * 32, "east", "sms", known.contact, ANNA, (part,), NOON, NOON + DAY)
        )
    assert "Yes" not in repr(world.rows("SELECT * FROM outbound"))
    [claimed] = world.claim(token="t1")
    sending = claimed.sending
    assert (sending.urn, sending.text, sending.choices, sending.question) == (
        ANNA,
        "Hi",
        part.choices,
        "safe",
    )
    assert (claimed.token, claimed.city, claimed.channel) == ("t1", "east", "sms")
    assert (claimed.segments, claimed.attempt, claimed.unknown_since) == (3, 1, None)
    assert claimed.expires_at == NOON + DAY


def test_a_turn_is_queued_once(world: World) -> None:
    known = world.come()
    outbound = Outbound(
        "a" * 32, "east", "sms", known.contact, ANNA, (Part("Hi", (), None, 1),), NOON, NOON + DAY
    )
    with world.store.write() as unit:
        unit.outbox.queue(outbound)
        with pytest.raises(IntegrityError), unit.savepoint():
            unit.outbox.queue(outbound)


def test_parts_go_one_after_another(world: World) -> None:
    world.say(world.come(), "1", "2", "3")
    world.say(world.come(BEN), "other")
    [first, _] = world.claim()
    assert world.texts(NOON + SECOND) == []
    world.settle(first)
    [second] = world.claim()
    assert second.sending.text == "2"
    world.settle(second, DeliveryState.QUEUED, retry_at=NOON + 10 * SECOND)
    assert world.texts(NOON + 9 * SECOND) == []
    [second] = world.claim(NOON + 10 * SECOND)
    assert (second.sending.text, second.attempt) == ("2", 2)
    world.settle(second, DeliveryState.FAILED)
    assert world.texts(NOON + 10 * SECOND) == ["3"]


def test_replies_overtake_bulk_but_not_what_is_on_its_way(world: World) -> None:
    anna, ben = world.come(), world.come(BEN)
    world.say(anna, "bulk a", priority=5)
    world.say(ben, "bulk b", priority=5)
    world.say(anna, "reply a")
    [reply, bulk] = world.claim()
    assert (reply.sending.text, bulk.sending.text) == ("reply a", "bulk b")
    world.say(ben, "reply b")
    assert world.texts() == []
    world.settle(bulk)
    assert world.texts() == ["reply b"]


def test_a_put_off_bulk_message_does_not_hold_back_a_reply(world: World) -> None:
    known = world.come()
    world.say(known, "bulk", priority=5)
    [bulk] = world.claim()
    world.settle(bulk, DeliveryState.QUEUED, retry_at=NOON + DAY / 2)
    world.say(known, "reply")
    assert world.texts() == ["reply"]


def test_a_contact_gets_one_at_a_time_over_all_its_channels(world: World) -> None:
    known = world.come("telegram:7", aliases=(ANNA,), channel="telegram")
    world.say(known, "by telegram")
    world.say(known, "by sms", channel="sms", urn=ANNA)
    assert world.texts() == ["by telegram"]


def test_four_threads_never_claim_the_same(world: World) -> None:
    for n in range(60):
        world.say(world.come(f"tel:+2760000{n:04}"), "1", "2")
    start = threading.Barrier(4)

    def work(number: int) -> list[int]:
        start.wait()
        mine: list[int] = []
        for _ in range(200):
            claimed = world.claim(token=f"t{number}", limit=5)
            for one in claimed:
                world.settle(one)
            mine += [one.id for one in claimed]
            if not claimed and not world.one("SELECT count(*) FROM outbound WHERE state <> 'sent'"):
                break
        return mine

    with ThreadPoolExecutor(4) as threads:
        claimed = [id_ for mine in threads.map(work, range(4)) for id_ in mine]
    assert len(claimed) == len(set(claimed)) == 120


def test_the_rate_is_by_segment_and_shared(world: World) -> None:
    world.limits["east", "sms"] = Limits(rate=10.0)
    for n in range(20):
        world.say(world.come(f"tel:+2760000{n:04}"), "x", segments=2)
    world.say(world.come("telegram:7", channel="telegram"), "not held back")
    assert len(world.texts()) == 6  # a second's worth, and the other channel's
    assert world.texts() == []
    with world.store.write() as unit:
        due = unit.outbox.next_due(NOON)
    assert due is not None
    assert NOON < due <= NOON + SECOND
    sent = 0
    for tenth in range(1, 11):
        sent += len(world.texts(NOON + tenth * SECOND / 10))
    assert sent == 5


def test_a_long_message_passes_a_slow_channel(world: World) -> None:
    world.limits["east", "sms"] = Limits(rate=0.5)
    world.say(world.come(), "long", segments=4)
    world.say(world.come(BEN), "short")
    assert world.texts() == ["long"]
    assert world.texts(NOON + 7 * SECOND) == []
    with world.store.write() as unit:
        assert unit.outbox.next_due(NOON + SECOND) == NOON + 8 * SECOND
    assert world.texts(NOON + 8 * SECOND) == ["short"]


def test_an_expired_part_is_not_sent(world: World) -> None:
    world.say(world.come(), "late", "later", expires_at=NOON + SECOND)
    assert world.texts(NOON + SECOND) == []
    assert world.texts(NOON + SECOND) == []
    assert states(world) == {"expired": 2}


def test_next_due(world: World) -> None:
    def next_due() -> object:
        with world.store.write() as unit:
            return unit.outbox.next_due(NOON)

    assert next_due() is None
    known = world.come()
    world.say(known, "1", "2", at=NOON - SECOND)
    assert next_due() == NOON
    [claimed] = world.claim()
    assert next_due() == NOON + 60 * SECOND  # the second part waits for the first
    world.settle(claimed, DeliveryState.QUEUED, retry_at=NOON + 5 * SECOND)
    assert next_due() == NOON + 5 * SECOND


def test_a_lease_that_ran_out_comes_back_as_unknown(world: World) -> None:
    world.say(world.come(), "x")
    [first] = world.claim(token="old")
    assert world.claim(NOON + 59 * SECOND) == []
    [again] = world.claim(NOON + 60 * SECOND, token="new")
    assert (again.unknown_since, again.attempt) == (NOON, 2)
    world.settle(first)
    assert states(world) == {"claimed": 1}
    world.settle(again, DeliveryState.UNKNOWN, retry_at=NOON + 90 * SECOND)
    [third] = world.claim(NOON + 90 * SECOND, token="third")
    assert third.unknown_since == NOON
    world.settle(third, DeliveryState.QUEUED, retry_at=NOON + 91 * SECOND)
    [fourth] = world.claim(NOON + 91 * SECOND)
    assert fourth.unknown_since is None
    world.settle(fourth)
    world.settle(fourth, DeliveryState.FAILED)
    assert states(world) == {"sent": 1}


def test_stop_cancels_what_is_queued_and_what_is_queued_later(world: World) -> None:
    known = world.come()
    world.say(known, "before", "before too")
    world.say(known, "stopped", despite_opt_out=True)
    with world.store.write() as unit:
        unit.contacts.opt_out("east", known.contact, NOON)
    assert states(world) == {"cancelled": 2, "queued": 1}
    world.say(known, "after", at=NOON - SECOND)
    [claimed] = world.claim()
    assert claimed.sending.text == "stopped"
    world.settle(claimed)
    assert world.texts() == []
    assert states(world) == {"cancelled": 3, "sent": 1}


def test_an_opted_out_address_gets_nothing_without_a_contact_either(world: World) -> None:
    known = world.come()
    with world.store.write() as unit:
        unit.contacts.opt_out("east", known.contact, NOON)
    world.say(known, "imported", contact=None)
    assert world.texts() == []
    assert states(world) == {"cancelled": 1}


def test_a_new_question_supersedes_its_unsent_predecessor(world: World) -> None:
    known, ben = world.come(), world.come(BEN)
    world.say(known, "first question", question="q1")
    [sent] = world.claim()
    world.say(known, "second question", question="q2", supersedes=True)
    world.say(known, "not a question")
    world.say(ben, "another's", question="q2")
    world.say(known, "third question", question="q3", supersedes=True)
    assert states(world) == {"claimed": 1, "cancelled": 1, "queued": 3}
    world.settle(sent)
    assert world.texts() == ["not a question", "another's"]


@pytest.mark.parametrize("state", [DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.EXPIRED])
def test_a_forgotten_part_is_deleted_once_settled(world: World, state: DeliveryState) -> None:
    world.say(world.come(), "erased", forget=True, contact=None)
    [claimed] = world.claim()
    world.settle(claimed, DeliveryState.QUEUED, retry_at=NOON)
    assert world.one("SELECT sending IS NOT NULL FROM outbound")
    [claimed] = world.claim()
    world.settle(claimed, state)
    assert states(world) == {}


@pytest.mark.parametrize("state", [DeliveryState.SENT, DeliveryState.CANCELLED])
def test_reports_of_a_forgotten_part_go_with_it(world: World, state: DeliveryState) -> None:
    world.say(world.come(), "erased", forget=True, contact=None)
    [claimed] = world.claim()
    with world.store.write() as unit:
        update = StatusUpdate(f"out{claimed.id}", Status.DELIVERED)
        unit.outbox.report("east", "sms", update, NOON)
    world.settle(claimed, state, provider_id=f"out{claimed.id}")
    assert states(world) == {}
    left = world.one("SELECT count(*) FROM delivery_report")
    assert left == (0 if state is DeliveryState.SENT else 1), "nobody knows whose it is"


def test_a_forgotten_part_that_is_never_sent_is_deleted(world: World) -> None:
    known = world.come()
    world.say(known, "expires", forget=True, contact=None)
    world.say(world.come(BEN), "opted out", forget=True, contact=None)
    with world.store.write() as unit:
        unit.contacts.opt_out("east", world.store.find_contact("east", BEN) or "", NOON)
    assert states(world) == {"queued": 1}
    assert world.claim(NOON + 2 * DAY) == []
    assert states(world) == {}


@pytest.mark.parametrize("broken", ["'no key'", "other"])
def test_a_part_that_cannot_be_read_waits_alone(world: World, broken: str) -> None:
    anna, ben = world.come(), world.come(BEN)
    world.say(anna, "damaged", "next")
    world.say(ben, "whole")
    value = "'no key'" if broken != "other" else "(SELECT content FROM body LIMIT 1)"
    with for_writing(world.store.engine).begin() as connection:
        connection.execute(
            text(f"UPDATE outbound SET sending = {value} WHERE id = (SELECT min(id) FROM outbound)")
        )
    assert world.texts() == ["whole"]
    assert world.texts() == ["next"]
    assert world.rows("SELECT state, fault_code FROM outbound ORDER BY id LIMIT 1") == [
        ("queued", "sealed")
    ]
    assert world.texts(at=NOON + timedelta(days=2)) == []
    assert states(world) == {"expired": 3}


def test_a_dead_address_gets_nothing_until_it_writes(world: World) -> None:
    whatsapp = ANNA.replace("tel:", "whatsapp:")
    known = world.come(whatsapp, channel="whatsapp")
    world.say(known, "1")
    [claimed] = world.claim()
    world.settle(claimed, DeliveryState.FAILED, fault=Fault(Kind.DEAD, "63003"), learnt=Kind.DEAD)
    world.say(known, "2")
    assert world.texts() == []
    world.say(known, "by sms", urn=ANNA, channel="sms")
    [claimed] = world.claim()
    assert claimed.sending.text == "by sms"
    assert states(world) == {"failed": 1, "cancelled": 1, "claimed": 1}
    world.settle(claimed)
    world.say(world.come(whatsapp, channel="whatsapp"), "3")
    assert world.texts() == ["3"]


def test_an_opt_out_is_learnt_from_a_refusal(world: World) -> None:
    known = world.come("telegram:7", aliases=(ANNA,), channel="telegram")
    world.say(known, "1", urn=ANNA, channel="sms")
    [claimed] = world.claim()
    world.settle(
        claimed, DeliveryState.FAILED, fault=Fault(Kind.OPT_OUT, "21610"), learnt=Kind.OPT_OUT
    )
    assert world.come("telegram:7", channel="telegram").conversation.opted_out
    assert world.rows("SELECT fault_kind, fault_code FROM outbound") == [("opt_out", "21610")]


def test_health_tells_depth_age_and_failures(world: World) -> None:
    for n, kind in enumerate((Kind.CONTENT, Kind.CONTENT, Kind.DEAD)):
        world.say(world.come(f"tel:+2760000{n:04}"), "x")
        [claimed] = world.claim()
        world.settle(claimed, DeliveryState.FAILED, fault=Fault(kind, "1"))
    known = world.come()
    world.say(known, "1", "2", at=NOON - 30 * SECOND)
    health = world.store.outbox_health(NOON)
    assert (health.queued, health.oldest_due_seconds, health.failed) == (2, 30.0, 3)
    assert health.failed_by_kind == {"content": 2, "dead": 1}
    assert (health.waiting, health.failed_receipts) == (0, 0)
    with world.store.write() as unit:
        for status in (ReceiptStatus.WAITING, ReceiptStatus.FAILED, ReceiptStatus.FAILED):
            receipt = unit.inbox.receive(world.message())
            assert receipt is not None
            unit.inbox.mark(receipt, status)
    health = world.store.outbox_health(NOON)
    assert (health.waiting, health.failed_receipts) == (1, 2)
    later = world.store.outbox_health(NOON + 2 * DAY)
    assert later.failed == 0
