"""The dispatcher over a real store: every refusal has its consequence, nothing goes out twice."""

import asyncio
from datetime import timedelta

import pytest

from bot.allowance import Limits
from bot.retry import ASK_AFTER, MOST_TRIES, PAUSE_FOR_OPERATOR
from channels.base import Fault, Kind
from tests.bot.conftest import ANNA, BEN, CORA, EAST, HOUR, NOON, Bot
from tests.bot.posts import LOST, Blind, Post

SECOND = timedelta(seconds=1)
LEASE = timedelta(seconds=60)


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


async def test_each_contact_gets_its_parts_in_order(bot: Bot) -> None:
    post = Post()
    for number in (ANNA, BEN):
        bot.queue(number, *(f"{number} {n}" for n in range(4)))
    bot.queue(ANNA, f"{ANNA} 4")
    await drain(bot, post)
    for number, most in ((ANNA, 5), (BEN, 4)):
        mine = [text for text in post.texts if text.startswith(number)]
        assert mine == [f"{number} {n}" for n in range(most)]
    assert bot.states() == {"sent": 9}
    assert bot.one("SELECT count(*) FROM outbound WHERE provider_id IS NULL") == 0


async def test_a_passing_fault_is_tried_again_and_what_follows_waits_for_it(bot: Bot) -> None:
    post = Post([Fault(Kind.RETRY, "30017"), Fault(Kind.RETRY, "30017")])
    bot.queue(ANNA, "one", "two")
    await drain(bot, post)
    assert post.texts == []
    for _ in range(2):
        bot.now += MOST_TRIES * SECOND
        await drain(bot, post)
    assert post.texts == ["one", "two"]
    assert bot.states() == {"sent": 2}


async def test_a_fault_that_does_not_pass_ends_and_what_follows_goes_on(bot: Bot) -> None:
    post = Post([Fault(Kind.RETRY, "30017")] * MOST_TRIES)
    bot.queue(ANNA, "one", "two")
    for _ in range(MOST_TRIES):
        await drain(bot, post)
        bot.now += HOUR
    assert post.texts == ["two"]
    assert bot.states() == {"failed": 1, "sent": 1}


async def test_a_throttled_message_waits_as_long_as_the_provider_says(bot: Bot) -> None:
    post = Post([Fault(Kind.THROTTLE, "30001", wait=timedelta(minutes=5))])
    bot.queue(ANNA, "one")
    await drain(bot, post)
    bot.now = NOON + timedelta(minutes=5) - SECOND
    await drain(bot, post)
    assert post.texts == []
    bot.now = NOON + timedelta(minutes=5)
    await drain(bot, post)
    assert post.texts == ["one"]


async def test_a_fault_of_configuration_keeps_the_message_until_it_is_mended(bot: Bot) -> None:
    post = Post([Fault(Kind.CONFIG, "20003")] * 10)
    bot.queue(ANNA, "one")
    for _ in range(10):
        await drain(bot, post)
        assert bot.states() == {"queued": 1}
        bot.now += PAUSE_FOR_OPERATOR
    await drain(bot, post)
    assert post.texts == ["one"]


async def test_a_channel_that_is_off_keeps_its_messages(bot: Bot) -> None:
    post = Post(off=("auth_token",))
    bot.queue(ANNA, "one")
    await drain(bot, post)
    assert bot.states() == {"queued": 1}
    post.off = ()
    bot.now += PAUSE_FOR_OPERATOR
    await drain(bot, post)
    assert post.texts == ["one"]


async def test_a_channel_that_nobody_knows_keeps_its_messages(bot: Bot) -> None:
    bot.queue(ANNA, "one")
    bot.run("UPDATE outbound SET channel = 'fax'")
    bot.run("UPDATE channel_rate SET channel = 'fax'")
    post = Post()
    await drain(bot, post)
    assert bot.states() == {"queued": 1}
    assert post.texts == []


async def test_a_refusal_for_an_opt_out_opts_the_contact_out(bot: Bot) -> None:
    post = Post([Fault(Kind.OPT_OUT, "21610")])
    bot.queue(ANNA, "one")
    bot.queue(ANNA, "two", "three")
    bot.queue(BEN, "for Ben")
    await drain(bot, post)
    assert post.texts == ["for Ben"]
    assert bot.states() == {"failed": 1, "cancelled": 2, "sent": 1}
    assert bot.known(ANNA).conversation.opted_out
    assert not bot.known(BEN).conversation.opted_out


async def test_a_dead_address_gets_nothing_more_until_somebody_writes_from_it(bot: Bot) -> None:
    post = Post([Fault(Kind.DEAD, "21614")])
    bot.queue(ANNA, "one", "two")
    await drain(bot, post)
    assert post.texts == []
    assert bot.states() == {"failed": 1, "cancelled": 1}
    bot.say(ANNA, "I am here")
    await drain(bot, post)
    assert len(post.texts) == 1


@pytest.mark.parametrize("kind", [Kind.CONTENT, Kind.IGNORE])
async def test_a_message_that_is_refused_for_itself_fails_alone(bot: Bot, kind: Kind) -> None:
    post = Post([Fault(kind, "1")])
    bot.queue(ANNA, "one", "two")
    await drain(bot, post)
    assert post.texts == ["two"]
    assert bot.states() == {"failed": 1, "sent": 1}


# --- of unknown fate -----------------------------------------------------------------------------
async def test_what_may_have_gone_is_looked_up_and_not_sent_twice(bot: Bot) -> None:
    post = Post([LOST])
    bot.queue(ANNA, "one", "two")
    await drain(bot, post)
    assert (post.texts, bot.states()) == (["one"], {"unknown": 1, "queued": 1})
    bot.now += ASK_AFTER
    await drain(bot, post)
    assert post.looked_up == [("one", NOON)]
    assert post.texts == ["one", "two"]
    assert bot.states() == {"sent": 2}
    assert bot.one("SELECT count(*) FROM outbound WHERE provider_id = 'out 0'") == 1


async def test_what_was_not_found_is_sent(bot: Bot) -> None:
    post = Post([LOST], arrives=False)
    bot.queue(ANNA, "one")
    await drain(bot, post)
    bot.now += ASK_AFTER
    await drain(bot, post)
    assert [text for text, _ in post.looked_up] == ["one"]
    assert post.texts == ["one"]


async def test_what_was_not_found_is_left_where_the_channel_says_so(bot: Bot) -> None:
    post = Blind([LOST])
    bot.queue(ANNA, "one", "two")
    await drain(bot, post)
    bot.now += ASK_AFTER
    await drain(bot, post)
    assert post.texts == ["one", "two"]
    assert bot.states() == {"failed": 1, "sent": 1}


@pytest.mark.parametrize("kind", [Kind.RETRY, Kind.THROTTLE, Kind.CONFIG, Kind.CONTENT])
async def test_while_the_provider_cannot_be_asked_nothing_is_sent_again(
    bot: Bot, kind: Kind
) -> None:
    post = Post([LOST], find_fault=Fault(kind, "503"))
    bot.queue(ANNA, "one")
    await drain(bot, post)
    bot.now += ASK_AFTER
    await drain(bot, post)
    assert bot.states() == {"unknown": 1}
    post.find_fault = None
    bot.now += HOUR
    await drain(bot, post)
    assert post.texts == ["one"]
    assert bot.states() == {"sent": 1}


async def test_a_bug_in_a_channel_leaves_its_message_unknown_and_the_others_go(bot: Bot) -> None:
    post = Post([ZeroDivisionError(f"about {ANNA}")])
    bot.queue(ANNA, "one")
    bot.queue(BEN, "for Ben")
    await drain(bot, post)
    assert post.texts == ["for Ben"]
    assert bot.states() == {"unknown": 1, "sent": 1}
    assert bot.rows("SELECT fault_code FROM outbound WHERE state = 'unknown'") == [
        ("ZeroDivisionError",)
    ]
    bot.now += ASK_AFTER
    await drain(bot, post)
    assert post.texts == ["for Ben", "one"]


@pytest.mark.parametrize("arrived", [True, False])
async def test_what_a_dead_worker_had_in_hand_is_looked_up(bot: Bot, arrived: bool) -> None:
    bot.queue(ANNA, "one")
    with bot.store.write() as unit:
        [claimed] = unit.outbox.claim(bot.now, "dead", 10)
    post = Post()
    if arrived:
        await post.send(claimed.sending)
    bot.now = NOON + LEASE - SECOND
    await drain(bot, post)
    assert post.looked_up == [], "the lease still runs"
    bot.now = NOON + LEASE
    await drain(bot, post)
    assert post.looked_up == [("one", NOON)]
    assert post.texts == ["one"]
    assert bot.states() == {"sent": 1}


async def test_an_expired_message_is_not_sent(bot: Bot) -> None:
    bot.queue(ANNA, "late", expires_at=NOON + HOUR)
    bot.queue(ANNA, "in time", expires_at=NOON + 3 * HOUR)
    bot.now = NOON + HOUR
    post = Post()
    await drain(bot, post)
    assert (post.texts, bot.states()) == ([], {"expired": 1, "queued": 1})
    await drain(bot, post)
    assert post.texts == ["in time"]


async def test_a_message_that_would_be_too_late_when_tried_again_expires(bot: Bot) -> None:
    bot.queue(ANNA, "one", expires_at=NOON + HOUR)
    await drain(bot, Post([Fault(Kind.THROTTLE, "63018", wait=2 * HOUR)]))
    assert bot.states() == {"expired": 1}


async def test_nothing_is_claimed_while_the_rate_is_used_up(bot: Bot) -> None:
    bot.limits[EAST, "sms"] = Limits(rate=1.0)
    for number in (ANNA, BEN, CORA):
        bot.queue(number, number)
    post = Post()
    await drain(bot, post)
    assert len(post.texts) == 1
    assert bot.states() == {"sent": 1, "queued": 2}
    bot.now += SECOND / 2
    await drain(bot, post)
    assert len(post.texts) == 1
    for _ in range(2):
        bot.now += SECOND
        await drain(bot, post)
    assert sorted(post.texts) == [ANNA, BEN, CORA]


async def test_a_provider_that_takes_too_long_leaves_its_message_unknown(bot: Bot) -> None:
    post = Post(shut=asyncio.Event())
    bot.queue(ANNA, "one")
    async with bot.dispatching(post, most_seconds=0.05) as dispatcher:
        await dispatcher.drain()
    assert bot.rows("SELECT state, fault_kind, fault_code FROM outbound") == [
        ("unknown", "unknown", "too slow")
    ]
    post.shut = None
    bot.now += ASK_AFTER
    await drain(bot, post)
    assert post.texts == ["one"], "it was found"


async def test_a_part_still_under_way_is_not_started_again(bot: Bot) -> None:
    shut = asyncio.Event()
    post = Post(shut=shut)
    bot.queue(ANNA, "one")
    async with bot.dispatching(post) as dispatcher:
        draining = asyncio.create_task(dispatcher.drain())
        await post.under_way.wait()
        bot.now += 2 * LEASE
        again = asyncio.create_task(dispatcher.drain())
        while bot.one("SELECT attempts FROM outbound") != 2:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        shut.set()
        await asyncio.gather(draining, again)
        assert post.texts == ["one"]
        bot.now += 2 * LEASE
        await dispatcher.drain()
    assert post.texts == ["one"], "it was looked up"
    assert bot.states() == {"sent": 1}
