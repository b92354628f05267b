"""Wake-ups: who went silent is set aside, and one contact's trouble is nobody else's."""

from datetime import timedelta
from itertools import count

from bot.store import ReceiptStatus
from bot.wakeups import AFTER_A_FAULT, wake_contacts
from channels.base import Status, StatusUpdate
from tests.bot.conftest import (
    ANNA,
    BEN,
    CORA,
    EAST,
    HOUR,
    KINDS,
    NOON,
    TO_THE_FIRST_QUESTION,
    WEST,
    Bot,
)
from tests.bot.posts import Post

MINUTE = timedelta(minutes=1)
IDS = count(1)


def wake(bot: Bot) -> int:
    """Ticks everybody whose time has come; how many there were."""
    with bot.store.write() as unit:
        return wake_contacts(unit, bot.now, lambda: f"w{next(IDS):031}", KINDS)


def statuses(bot: Bot) -> list[object]:
    return [status for (status,) in bot.rows("SELECT status FROM session ORDER BY city, id")]


async def send(bot: Bot) -> None:
    async with bot.dispatching(Post()) as dispatcher:
        await dispatcher.drain()


async def test_a_day_of_silence_after_sending_sets_the_survey_aside(bot: Bot) -> None:
    bot.say(ANNA, *TO_THE_FIRST_QUESTION)
    await send(bot)
    bot.now = NOON + 24 * HOUR - MINUTE
    assert wake(bot) == 0
    bot.now = NOON + 24 * HOUR
    assert wake(bot) == 1
    assert statuses(bot) == ["parked"]
    assert "queued" not in bot.states(), "nothing is said"


async def test_the_day_counts_from_delivery_where_that_is_known(bot: Bot) -> None:
    bot.say(ANNA, *TO_THE_FIRST_QUESTION)
    await send(bot)
    last = str(bot.one("SELECT provider_id FROM outbound ORDER BY id DESC LIMIT 1"))
    delivered = NOON + 10 * HOUR
    with bot.store.write() as unit:
        unit.outbox.report(EAST, "sms", StatusUpdate(last, Status.DELIVERED), delivered)
    bot.now = NOON + 24 * HOUR
    assert wake(bot) == 1
    assert statuses(bot) == ["active"]
    bot.now = delivered + 24 * HOUR - MINUTE
    assert wake(bot) == 0
    bot.now = delivered + 24 * HOUR
    assert wake(bot) == 1
    assert statuses(bot) == ["parked"]


async def test_nobody_is_set_aside_while_the_question_is_still_queued(bot: Bot) -> None:
    bot.say(ANNA, *TO_THE_FIRST_QUESTION)
    for day in (1, 2, 3):
        bot.now = NOON + day * 24 * HOUR
        assert wake(bot) == 1
        assert wake(bot) == 0
        assert statuses(bot) == ["active"]


async def test_a_survey_set_aside_is_let_go_after_a_fortnight(bot: Bot) -> None:
    bot.say(ANNA, *TO_THE_FIRST_QUESTION)
    await send(bot)
    for day in range(1, 16):
        bot.now = NOON + day * 24 * HOUR
        wake(bot)
    assert statuses(bot) == ["expired"]
    assert bot.one("SELECT wake_at FROM contact") is None


async def test_an_answer_before_the_day_is_over_puts_the_wake_up_off(bot: Bot) -> None:
    bot.say(ANNA, *TO_THE_FIRST_QUESTION)
    bot.now = NOON + 23 * HOUR
    bot.say(ANNA, "Safe")
    bot.now = NOON + 25 * HOUR
    assert wake(bot) == 0


# --- one fails, the others do not ----------------------------------------------------------------
async def all_silent_for_a_day(bot: Bot) -> None:
    for number, city in ((ANNA, EAST), (BEN, WEST), (CORA, EAST)):
        bot.say(number, *TO_THE_FIRST_QUESTION, city=city)
    await send(bot)
    bot.run("UPDATE outbound SET state = 'sent', settled_at = queued_at WHERE city = 'west'")
    bot.now = NOON + 24 * HOUR


async def test_a_city_that_fails_does_not_hold_up_the_others_and_is_tried_later(bot: Bot) -> None:
    await all_silent_for_a_day(bot)
    bot.broken.add(WEST)
    bot.run("UPDATE city SET revision = revision + 1")
    assert wake(bot) == 3
    assert statuses(bot) == ["parked", "parked", "active"]
    assert wake(bot) == 0, "not again at once"
    bot.broken.clear()
    bot.now += AFTER_A_FAULT
    assert wake(bot) == 1
    assert statuses(bot) == ["parked", "parked", "parked"]


async def test_a_contact_whose_channel_is_gone_does_not_hold_up_the_others(bot: Bot) -> None:
    await all_silent_for_a_day(bot)
    bot.run("UPDATE contact SET heard_channel = 'fax' WHERE city = 'west'")
    assert wake(bot) == 3
    assert statuses(bot)[:2] == ["parked", "parked"]
    assert wake(bot) == 0


async def test_a_contact_that_cannot_be_read_does_not_hold_up_the_others(bot: Bot) -> None:
    await all_silent_for_a_day(bot)
    bot.run("UPDATE contact SET conversation = '{\"gate\": \"odd\"}' WHERE city = 'west'")
    assert wake(bot) == 2
    assert statuses(bot) == ["parked", "parked", "active"]
    assert bot.one("SELECT count(*) FROM contact WHERE wake_at <= :now", now=bot.sql_now) == 0


async def test_a_waiting_text_whose_channel_is_gone_does_not_hold_up_the_others(bot: Bot) -> None:
    for number, city in ((BEN, WEST), (ANNA, EAST)):
        with bot.store.write() as unit:
            receipt = unit.inbox.receive(bot.inbound(number, "Hi", city))
            assert receipt is not None
            unit.inbox.mark(receipt, ReceiptStatus.WAITING)
    bot.run("UPDATE received SET channel = 'fax' WHERE city = 'west'")
    while bot.take_waiting():
        pass
    assert bot.rows("SELECT status FROM received ORDER BY id") == [("failed",), ("taken",)]


async def test_a_text_whose_channel_is_gone_does_not_hold_up_its_own_contact(bot: Bot) -> None:
    bot.say(ANNA, "Hi")
    with bot.store.write() as unit:
        receipt = unit.inbox.receive(bot.inbound(ANNA, "1"))
        assert receipt is not None
        unit.inbox.mark(receipt, ReceiptStatus.WAITING)
    bot.run("UPDATE received SET channel = 'fax' WHERE id = :id", id=receipt)
    assert bot.take(bot.inbound(ANNA, "1")).status is ReceiptStatus.WAITING
    while bot.take_waiting():
        pass
    assert bot.rows("SELECT status FROM received ORDER BY id") == [
        ("taken",),
        ("failed",),
        ("taken",),
    ]


async def test_a_waiting_text_that_cannot_be_read_does_not_hold_up_the_others(bot: Bot) -> None:
    for number in (BEN, ANNA):
        with bot.store.write() as unit:
            receipt = unit.inbox.receive(bot.inbound(number, "Hi"))
            assert receipt is not None
            unit.inbox.mark(receipt, ReceiptStatus.WAITING)
    bot.run("UPDATE body SET content = 'sealed under a key that is gone' WHERE received = 1")
    while bot.take_waiting():
        pass
    assert bot.rows("SELECT status FROM received ORDER BY id") == [("failed",), ("taken",)]
