"""A turn is kept whole or not at all; what goes wrong in one harms no other and is never lost."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from backend.store import SqlUnit
from backend.store.tables import CONTACT
from bot.store import ContactBusyError, Inbound, ReceiptStatus, Unit
from bot.turns import Taken, take_turn
from bot.writer import Writer
from tests.bot.conftest import (
    ANNA,
    BEN,
    CORA,
    EAST,
    SMS,
    TO_THE_FIRST_QUESTION,
    WEST,
    Bot,
    BrokenError,
)


def turn(inbound: Inbound) -> Callable[[Unit], Taken]:
    return lambda unit: take_turn(unit, inbound, SMS)


def grouped(bot: Bot, *inbounds: Inbound) -> list[Taken]:
    """All in one transaction, as when they come at once."""
    writer = Writer(bot.store)
    futures = [writer.submit(turn(inbound)) for inbound in inbounds]
    writer.start()
    writer.stop()
    return [future.result(0) for future in futures]


def reconsider(bot: Bot) -> int:
    with bot.store.write() as unit:
        return unit.inbox.reconsider(bot.now - timedelta(days=1))


# --- one turn, one transaction -------------------------------------------------------------------
def test_a_turn_keeps_receipt_body_conversation_session_answer_and_one_message(bot: Bot) -> None:
    bot.say(ANNA, *TO_THE_FIRST_QUESTION)
    before, talk = bot.counts(), bot.one("SELECT conversation FROM contact")
    taken = bot.take(bot.inbound(ANNA, "Safe"))
    assert taken.status is ReceiptStatus.TAKEN
    more = {name: n - before[name] for name, n in bot.counts().items() if n != before[name]}
    assert more == {"received": 1, "body": 1, "answer": 1, "outbound": len(taken.parts)}
    assert bot.one("SELECT conversation FROM contact") != talk
    assert bot.rows("SELECT question, value FROM answer ORDER BY id DESC LIMIT 1") == [
        ("safe_day", '"safe"')
    ]
    queued = bot.one("SELECT count(DISTINCT turn) FROM outbound")
    assert queued == len(TO_THE_FIRST_QUESTION) + 1


def test_what_is_not_committed_leaves_no_trace(bot: Bot) -> None:
    bot.say(ANNA, *TO_THE_FIRST_QUESTION)
    before = bot.everything()

    def work(unit: Unit) -> None:
        assert take_turn(unit, bot.inbound(ANNA, "Safe"), SMS).parts
        assert take_turn(unit, bot.inbound(BEN, "Hi"), SMS).parts
        raise BrokenError

    writer = Writer(bot.store)
    writer.start()
    assert isinstance(writer.submit(work).exception(10), BrokenError)
    writer.stop()
    assert bot.everything() == before


def test_a_repeat_is_said_to_be_one_and_changes_nothing(bot: Bot) -> None:
    inbound = bot.inbound(ANNA, "Hi")
    assert not bot.take(inbound).repeat
    before = bot.everything()
    assert bot.take(inbound) == Taken(repeat=True)
    assert bot.everything() == before


def test_a_repeat_within_one_group_is_one_turn(bot: Bot) -> None:
    inbound = bot.inbound(ANNA, "Hi")
    first, second = grouped(bot, inbound, inbound)
    assert (first.repeat, second.repeat) == (False, True)
    assert bot.counts()["received"] == 1


# --- a bug while deciding ------------------------------------------------------------------------
def test_a_bug_leaves_receipt_and_body_and_harms_nobody_else_in_the_group(bot: Bot) -> None:
    bot.broken.add(WEST)
    first, failed, last = grouped(
        bot,
        bot.inbound(ANNA, "Hi"),
        bot.inbound(BEN, "a west secret", WEST),
        bot.inbound(CORA, "Hi"),
    )
    assert failed == Taken(status=ReceiptStatus.FAILED)
    for taken in (first, last):
        assert taken.status is ReceiptStatus.TAKEN
        assert taken.parts
    assert bot.rows("SELECT city, status FROM received ORDER BY id") == [
        (EAST, "taken"),
        (WEST, "failed"),
        (EAST, "taken"),
    ]
    for table in ("contact", "urn", "outbound", "session", "consent"):
        assert bot.one(f"SELECT count(*) FROM {table} WHERE city = 'west'") == 0
    bodies = bot.rows("SELECT content FROM body JOIN received ON id = received WHERE city = 'west'")
    assert len(bodies) == 1
    assert "secret" not in str(bodies)


def test_a_bug_leaves_a_known_contact_as_it_was(bot: Bot) -> None:
    bot.say(ANNA, *TO_THE_FIRST_QUESTION)
    before = bot.everything()
    break_survey(bot, EAST)
    assert bot.take(bot.inbound(ANNA, "2")).status is ReceiptStatus.FAILED
    after = bot.everything()
    changed = {name for name, rows in after.items() if rows != before[name]}
    assert changed == {"received", "body", "city", "survey_version"}


def test_once_mended_the_worker_takes_the_turn_and_the_resident_gets_the_reply(bot: Bot) -> None:
    bot.broken.add(WEST)
    bot.take(bot.inbound(BEN, "Hi", WEST))
    assert bot.take_waiting() == 0
    bot.broken.clear()
    assert reconsider(bot) == 1
    assert bot.take_waiting() == 1
    assert bot.take_waiting() == 0
    assert bot.rows("SELECT status FROM received") == [("taken",)]
    assert bot.one("SELECT count(*) FROM outbound WHERE state = 'queued'") == 1
    assert "How old are you" in bot.say(BEN, "1", city=WEST)


def test_what_still_fails_is_left_failed_and_not_tried_again_and_again(bot: Bot) -> None:
    bot.broken.add(WEST)
    bot.take(bot.inbound(BEN, "Hi", WEST))
    assert reconsider(bot) == 1
    assert bot.take_waiting() == 1
    assert bot.take_waiting() == 0
    assert bot.rows("SELECT status FROM received") == [("failed",)]


def test_a_survey_version_that_cannot_be_read_fails_turns_until_it_is_gone(bot: Bot) -> None:
    break_survey(bot, WEST)
    assert bot.take(bot.inbound(BEN, "Hi", WEST)).status is ReceiptStatus.FAILED
    bot.say(ANNA, "Hi")
    bot.run("DELETE FROM survey_version WHERE slug = 'odd'")
    bot.run("UPDATE city SET revision = revision + 1 WHERE slug = 'west'")
    assert reconsider(bot) == 1
    assert bot.take_waiting() == 1
    assert bot.rows("SELECT city, status FROM received ORDER BY id") == [
        (WEST, "taken"),
        (EAST, "taken"),
    ]


def test_failed_turns_of_one_contact_are_taken_in_the_order_they_came(bot: Bot) -> None:
    bot.broken.add(WEST)
    for said in ("Hi", "1", "34", "Safe", "3"):
        bot.take(bot.inbound(BEN, said, WEST))
    bot.broken.clear()
    assert reconsider(bot) == 5
    assert [bot.take_waiting() for _ in range(6)] == [1, 1, 1, 1, 1, 0]
    assert answers(bot) == [("safe_day", '"safe"'), ("safe_dark", '"unsafe"')]


def test_what_cannot_be_read_as_a_message_is_not_taken_up_and_holds_up_nobody(bot: Bot) -> None:
    with bot.store.write() as unit:
        unit.inbox.poison(EAST, "sms", "odd", "{broken", bot.now)
    bot.broken.add(WEST)
    bot.take(bot.inbound(BEN, "Hi", WEST))
    bot.broken.clear()
    assert reconsider(bot) == 1
    assert bot.take_waiting() == 1
    assert bot.rows("SELECT status FROM received ORDER BY id") == [("failed",), ("taken",)]


# --- a busy contact ------------------------------------------------------------------------------
def test_a_text_behind_a_waiting_one_waits_too_and_all_are_taken_once_in_order(bot: Bot) -> None:
    bot.say(ANNA, "Hi")
    with bot.store.write() as unit:
        receipt = unit.inbox.receive(bot.inbound(ANNA, "1"))
        assert receipt is not None
        unit.inbox.mark(receipt, ReceiptStatus.WAITING)
    for said in ("34", "Safe"):
        assert bot.take(bot.inbound(ANNA, said)) == Taken(status=ReceiptStatus.WAITING)
    bot.say(BEN, "Hi")
    assert [bot.take_waiting() for _ in range(4)] == [1, 1, 1, 0]
    assert answers(bot) == [("safe_day", '"safe"')]
    assert set(bot.rows("SELECT status FROM received")) == {("taken",)}
    assert bot.say(ANNA, "2")


def test_a_locked_contact_leaves_its_text_waiting_and_one_worker_takes_it(
    postgres_bot: Bot,
) -> None:
    bot = postgres_bot
    bot.say(ANNA, "Hi")
    lock = select(CONTACT.c.id).with_for_update()
    with bot.store.engine.begin() as other:
        other.execute(lock).all()
        first, second = grouped(bot, bot.inbound(ANNA, "1"), bot.inbound(BEN, "Hi"))
        assert first == Taken(status=ReceiptStatus.WAITING)
        assert second.status is ReceiptStatus.TAKEN
        assert bot.take_waiting() == 0, "it is locked still"
    barrier = threading.Barrier(4)

    def work(_: int) -> int:
        barrier.wait()
        return bot.take_waiting()

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(work, range(4))) == 1
    assert set(bot.rows("SELECT status FROM received")) == {("taken",)}
    assert bot.one("SELECT count(*) FROM outbound") == 3


def answers(bot: Bot) -> list[tuple[object, ...]]:
    return bot.rows("SELECT question, value FROM answer ORDER BY id")


def break_survey(bot: Bot, city: str) -> None:
    """A version that this program cannot read (written by a newer one, say)."""
    bot.run(
        "INSERT INTO survey_version (city, slug, version, source, published_at, retired)"
        " VALUES (:city, 'odd', 1, 'slug = \"odd\"', :at, false)",
        city=city,
        at=bot.sql_now,
    )
    bot.run("UPDATE city SET revision = revision + 1 WHERE slug = :city", city=city)


# --- a lock that is not had ----------------------------------------------------------------------
def test_a_lock_anywhere_in_a_turn_makes_it_wait(postgres_bot: Bot) -> None:
    bot = postgres_bot
    bot.say(ANNA, *TO_THE_FIRST_QUESTION)
    with bot.store.engine.connect() as other, other.begin():
        other.execute(text("SELECT id FROM outbound FOR UPDATE"))
        assert bot.take(bot.inbound(ANNA, "STOP")).status is ReceiptStatus.WAITING
        assert bot.rows("SELECT count(*) FROM opt_out") == [(0,)]
    assert bot.take_waiting() == 1
    assert bot.rows("SELECT count(*) FROM opt_out") == [(1,)]


def test_a_deadlock_is_a_lock_not_had_and_leaves_the_transaction_usable(postgres_bot: Bot) -> None:
    def work(unit: Unit) -> None:
        assert isinstance(unit, SqlUnit)
        deadlock = text("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40P01'; END $$")
        with pytest.raises(ContactBusyError), unit.savepoint():
            unit.transaction.connection.execute(deadlock)
        unit.transaction.connection.execute(text("SELECT 1"))  # the transaction is still of use

    with postgres_bot.store.write() as unit:
        work(unit)
