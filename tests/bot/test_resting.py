"""A channel that fails by itself rests, instead of failing its queue; budgets end loops."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from bot.allowance import REPLIES_AT_ONCE, REPLY_EVERY, Limits
from bot.reports import take_report
from bot.retry import BREAK_AFTER, LONGEST_REST
from bot.store import DeliveryState, Settlement, Unit
from bot.turns import WITHHELD
from channels.base import Fault, Kind, Status, StatusUpdate
from tests.bot.conftest import ANNA, BEN, CORA, EAST, HOUR, Bot
from tests.bot.posts import Post

AWAY = Fault(Kind.RETRY, "ConnectError", whole=True)
LOST_WHOLE = Fault(Kind.UNKNOWN, "503", whole=True)
MANY = [f"+2760000{n:04}" for n in range(100, 120)]


@pytest.fixture
def bot(bot: Bot) -> Bot:
    """Three residents who are known, with an empty outbox."""
    for number in (ANNA, BEN, CORA):
        bot.say(number, "Hi")
    bot.run("DELETE FROM outbound")
    return bot


async def drain(bot: Bot, post: Post) -> None:
    async with bot.dispatching(post) as dispatcher:
        await dispatcher.drain()


def channel(bot: Bot) -> tuple[object, ...]:
    [row] = bot.rows("SELECT failures, paused_until IS NULL, pause_code FROM channel_rate")
    return row


async def tried(bot: Bot, post: Post) -> int:
    """How many attempts one drain takes."""
    before = len(post.outcomes)
    await drain(bot, post)
    return before - len(post.outcomes)


# --- rest ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("fault", [AWAY, LOST_WHOLE])
async def test_an_hour_without_provider_loses_nothing_and_asks_seldom(
    bot: Bot, fault: Fault
) -> None:
    for number in MANY:
        bot.say(number, "Hi")
    bot.run("DELETE FROM outbound")
    for number in MANY:
        bot.queue(number, number)
    post = Post([fault] * 10_000, arrives=False, find_fault=fault)
    attempts, began = 0, bot.now
    while bot.now < began + HOUR:
        attempts += await tried(bot, post)
        bot.now += timedelta(seconds=10)
    post.outcomes, post.find_fault = [], None
    assert bot.rows("SELECT DISTINCT state FROM outbound WHERE state = 'failed'") == []
    assert 0 < attempts < BREAK_AFTER * len(MANY) + HOUR / LONGEST_REST * 4
    for _ in range(3):
        bot.now += LONGEST_REST * 4
        await drain(bot, post)
    assert bot.states() == {"sent": len(MANY)}
    assert len(post.texts) == len(MANY)
    assert channel(bot) == (0, True, None)


async def test_after_its_rest_one_part_goes_first(bot: Bot) -> None:
    for number in MANY:
        bot.say(number, "Hi")
    post = Post([AWAY] * 1000)
    for _ in range(BREAK_AFTER):  # what is on its way together fails together
        await drain(bot, post)
        bot.now += timedelta(minutes=1)
    assert channel(bot)[2] == "ConnectError"
    bot.now += HOUR / 2
    assert await tried(bot, post) == 1
    bot.now += HOUR / 2
    post.outcomes = []
    await drain(bot, post)
    assert bot.states() == {"sent": len(MANY)}


async def test_a_few_faults_of_a_channel_do_not_stop_it(bot: Bot) -> None:
    bot.queue(ANNA, "one")
    bot.queue(BEN, "two")
    post = Post([AWAY] * (BREAK_AFTER - 1))
    for _ in range(BREAK_AFTER):
        await drain(bot, post)
        bot.now += timedelta(minutes=1)
    assert sorted(post.texts) == ["one", "two"]
    assert channel(bot)[0] == 0


async def test_a_provider_that_says_wait_is_not_asked_meanwhile(bot: Bot) -> None:
    bot.queue(ANNA, "one")
    post = Post([Fault(Kind.THROTTLE, "429", wait=timedelta(minutes=7), whole=True)])
    await drain(bot, post)
    bot.queue(BEN, "two")
    bot.now += timedelta(minutes=6)
    await drain(bot, post)
    assert post.texts == []
    bot.now += timedelta(minutes=2)
    await drain(bot, post)
    await drain(bot, post)
    assert sorted(post.texts) == ["one", "two"]


async def test_attempts_that_were_about_the_channel_do_not_count(bot: Bot) -> None:
    bot.queue(ANNA, "one")
    post = Post([AWAY] * 3)
    for _ in range(4):
        await drain(bot, post)
        bot.now += HOUR / 4
    assert post.texts == ["one"]
    assert bot.one("SELECT attempts FROM outbound") == 1


# --- reports -------------------------------------------------------------------------------------
def report(bot: Bot, fault: Fault, n: int = 0) -> None:
    with bot.store.write() as unit:
        update = StatusUpdate(f"out {n}", Status.UNDELIVERED, fault)
        take_report(unit, EAST, "sms", update, bot.now, lambda: 0.5)


OFF = Fault(Kind.RETRY, "30003", tries=2, wait=12 * HOUR / 2, then=Kind.DEAD)


async def test_what_did_not_arrive_goes_out_again_and_holds_up_nothing(bot: Bot) -> None:
    bot.queue(ANNA, "one")
    post = Post()
    await drain(bot, post)
    report(bot, OFF)
    bot.queue(ANNA, "two")
    await drain(bot, post)
    assert post.texts == ["one", "two"]
    bot.now += 6 * HOUR
    await drain(bot, post)
    assert post.texts == ["one", "two", "one"]
    assert bot.one("SELECT sends FROM outbound ORDER BY id LIMIT 1") == 2


async def test_what_never_arrives_ends_and_its_address_is_known_to_be_dead(bot: Bot) -> None:
    bot.queue(ANNA, "one", expires_at=bot.now + 5 * 24 * HOUR)
    post = Post()
    for n in range(4):
        await drain(bot, post)
        report(bot, OFF, n=0)
        bot.now += 6 * HOUR + timedelta(minutes=n)
        bot.run("DELETE FROM delivery_report")
    assert post.texts == ["one"] * 3
    assert bot.one("SELECT dead FROM urn WHERE dead IS NOT NULL") == "tel"


async def test_what_arrives_after_all_does_not_go_again(bot: Bot) -> None:
    bot.queue(ANNA, "one")
    post = Post()
    await drain(bot, post)
    report(bot, OFF)
    assert bot.states() == {"queued": 1}
    with bot.store.write() as unit:
        update = StatusUpdate("out 0", Status.DELIVERED)
        take_report(unit, EAST, "sms", update, bot.now, lambda: 0.5)
    bot.now += 7 * HOUR
    await drain(bot, post)
    assert (post.texts, bot.states()) == (["one"], {"sent": 1})


async def test_a_newer_message_makes_a_failed_one_pointless(bot: Bot) -> None:
    bot.queue(ANNA, "one")
    bot.queue(ANNA, "two")
    post = Post()
    await drain(bot, post)
    report(bot, OFF)
    bot.now += 7 * HOUR
    await drain(bot, post)
    assert post.texts == ["one", "two"]


async def test_stop_cancels_what_was_to_go_again(bot: Bot) -> None:
    bot.queue(ANNA, "one")
    post = Post()
    await drain(bot, post)
    report(bot, OFF)
    bot.say(ANNA, "STOP")
    bot.now += 7 * HOUR
    await drain(bot, post)
    assert post.texts.count("one") == 1


async def test_a_carrier_that_blocks_twice_is_an_opt_out(bot: Bot) -> None:
    bot.queue(ANNA, "one")
    post = Post()
    blocked = Fault(Kind.RETRY, "30004", tries=1, wait=HOUR, then=Kind.OPT_OUT)
    for _ in range(2):
        await drain(bot, post)
        report(bot, blocked)
        bot.run("DELETE FROM delivery_report")
        assert len(post.texts) <= 2
        bot.now += 2 * HOUR
    assert bot.known(ANNA).conversation.opted_out


async def test_a_channel_that_fails_by_report_rests(bot: Bot) -> None:
    for number in MANY[:BREAK_AFTER]:
        bot.say(number, "Hi")
    post = Post()
    await drain(bot, post)
    for number in MANY[:BREAK_AFTER]:
        bot.queue(number, number)
    await drain(bot, post)
    for id_ in bot.rows("SELECT id FROM outbound"):
        bot.run("UPDATE outbound SET provider_id = :p WHERE id = :id", p=f"out {id_[0]}", id=id_[0])
        report(bot, Fault(Kind.CONFIG, "30034", whole=True), int(str(id_[0])))
    assert channel(bot)[2] == "30034"


# --- the window ----------------------------------------------------------------------------------
async def test_a_closed_window_is_learnt_and_tried_once_more(bot: Bot) -> None:
    bot.limits[EAST, "sms"] = Limits(window=24 * HOUR)
    with bot.store.write() as unit:
        unit.contacts.open_window(EAST, "sms", f"tel:{ANNA}", bot.now)
    bot.queue(ANNA, "one")
    post = Post([Fault(Kind.WINDOW, "63016"), Fault(Kind.WINDOW, "no template")])
    await drain(bot, post)
    assert bot.one("SELECT count(*) FROM open_window") == 0
    bot.now += timedelta(minutes=1)
    await drain(bot, post)
    assert [(s.text, s.in_window) for s in post.sendings] == [("one", True), ("one", False)]
    assert bot.states() == {"failed": 1}


async def test_the_window_is_a_day_from_the_last_message(bot: Bot) -> None:
    bot.limits[EAST, "sms"] = Limits(window=24 * HOUR)
    with bot.store.write() as unit:
        unit.contacts.open_window(EAST, "sms", f"tel:{ANNA}", bot.now)
    post = Post()
    for hours in (23, 24):
        bot.queue(ANNA, "x", at=bot.now + hours * HOUR, expires_at=bot.now + 48 * HOUR)
    for _ in range(2):
        bot.now += 23 * HOUR + timedelta(minutes=50)
        await drain(bot, post)
    assert [s.in_window for s in post.sendings] == [True, False]


async def test_outside_the_window_only_the_first_part_goes(bot: Bot) -> None:
    bot.limits[EAST, "sms"] = Limits(window=24 * HOUR)
    bot.queue(ANNA, "one", "two")
    bot.queue(BEN, "three")
    post = Post()
    await drain(bot, post)
    assert sorted(post.texts) == ["one", "three"]
    assert bot.states() == {"sent": 2, "cancelled": 1}


# --- budgets -------------------------------------------------------------------------------------
def test_a_talk_between_two_machines_ends_and_stop_is_still_answered(bot: Bot) -> None:
    answered = 0
    for _ in range(REPLIES_AT_ONCE * 2):
        bot.now += timedelta(seconds=1)
        answered += bool(bot.take(bot.inbound(BEN, "Thank you for your message")).parts)
    assert REPLIES_AT_ONCE <= answered < REPLIES_AT_ONCE * 1.2
    assert bot.one("SELECT n FROM counter WHERE name = :name", name=WITHHELD)
    assert bot.take(bot.inbound(BEN, "HELP")).parts
    assert bot.take(bot.inbound(BEN, "STOP")).parts
    bot.say(BEN, "START")
    bot.now += REPLIES_AT_ONCE * REPLY_EVERY
    assert bot.take(bot.inbound(BEN, "Hi")).parts


async def test_an_hours_budget_of_replies_makes_them_wait(bot: Bot) -> None:
    bot.limits[EAST, "sms"] = Limits(replies_an_hour=10.0)
    for number in MANY:
        bot.say(number, "Hi")
    bot.run("UPDATE outbound SET segments = 1")
    bot.queue(ANNA, "bulk goes on", priority=10)
    post = Post()
    await drain(bot, post)
    assert len(post.texts) == 11
    assert "bulk goes on" in post.texts
    with bot.store.write() as unit:
        due = unit.outbox.next_due(bot.now)
    assert due is not None
    assert due > bot.now + timedelta(seconds=1)
    bot.now += HOUR
    await drain(bot, post)
    assert len(post.texts) == 21


async def test_helplines_and_the_answer_to_stop_are_beyond_the_budget(bot: Bot) -> None:
    bot.limits[EAST, "sms"] = Limits(replies_an_hour=1.0)
    for number in MANY[:3]:
        bot.say(number, "Hi")
    bot.say(ANNA, "LEMON")
    post = Post()
    await drain(bot, post)
    assert len(post.texts) == 2
    assert any("10111" in text and "agree" not in text for text in post.texts)


# --- one channel beside another ------------------------------------------------------------------
@pytest.mark.parametrize("limits", [Limits(rate=1.0), Limits(replies_an_hour=1.0)])
def test_a_full_channel_holds_up_no_other(bot: Bot, limits: Limits) -> None:
    bot.limits[EAST, "sms"] = limits
    for number in (*MANY, *(f"+2760001{n:04}" for n in range(50))):
        bot.say(number, "Hi")
    for number in MANY[:10]:
        bot.say(number, "Hi", city="west")
    with bot.store.write() as unit:
        claimed = unit.outbox.claim(bot.now, "t", 50)
    assert sum(part.city == "west" for part in claimed) == 10


async def test_what_fails_together_is_one_failure(bot: Bot) -> None:
    for number in MANY:
        bot.say(number, "Hi")
    await drain(bot, Post([AWAY] * len(MANY)))
    assert channel(bot)[:2] == (1, True)


async def test_an_older_success_does_not_end_a_rest(bot: Bot) -> None:
    bot.queue(ANNA, "one")
    bot.queue(BEN, "two")
    bot.run("UPDATE channel_rate SET failures = 1")
    wait = Fault(Kind.THROTTLE, "429", wait=timedelta(minutes=10), whole=True)
    post = Post([wait])
    await drain(bot, post)
    assert len(post.texts) == 1
    assert channel(bot)[1:] == (False, "429")


async def test_a_carrier_with_too_much_of_them_is_not_asked_without_end(bot: Bot) -> None:
    bot.queue(ANNA, "one")
    post = Post()
    for _ in range(6):
        await drain(bot, post)
        report(bot, Fault(Kind.THROTTLE, "30022", wait=timedelta(minutes=10)))
        bot.run("DELETE FROM delivery_report")
        bot.now += timedelta(minutes=20)
    assert post.texts == ["one"] * 3


async def test_every_part_of_a_message_may_go_again(bot: Bot) -> None:
    bot.queue(ANNA, "one", "two")
    post = Post()
    await drain(bot, post)
    report(bot, OFF)
    bot.now += 7 * HOUR
    await drain(bot, post)
    assert post.texts == ["one", "two", "one"]


def test_a_reply_to_somebody_who_wrote_meanwhile_is_not_called_off(bot: Bot) -> None:
    bot.limits[EAST, "sms"] = Limits(window=24 * HOUR)
    bot.queue(ANNA, "a reminder")
    with bot.store.write() as unit:
        [claimed] = unit.outbox.claim(bot.now, "t", 5)
    bot.now += timedelta(seconds=2)
    bot.say(ANNA, "1")
    with bot.store.write() as unit:
        sent = Settlement(DeliveryState.SENT, provider_id="P")
        unit.outbox.settle(claimed, sent, bot.now)
        unit.outbox.cancel_behind(claimed.id, bot.now)
    assert bot.states() == {"sent": 1, "queued": 1}


async def test_a_moment_without_database_makes_no_second_message(bot: Bot) -> None:
    bot.queue(ANNA, "one")

    class Stumbling:
        """The store, whose first settling fails."""

        def __init__(self) -> None:
            self.writes = 0

        @contextmanager
        def write(self) -> Iterator[Unit]:
            self.writes += 1
            if self.writes == 2:
                raise OSError("away")
            with bot.store.write() as unit:
                yield unit

    post = Post()
    async with bot.dispatching(post, store=Stumbling()) as dispatcher:
        await dispatcher.drain()
    assert (post.texts, bot.states()) == (["one"], {"sent": 1})
