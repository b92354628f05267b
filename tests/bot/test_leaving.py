"""What is left of those who leave: by the safe word, as a minor, by DELETE ME, by STOP."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.store import ReceiptStatus
from tests.bot.conftest import ANNA, BEN, EAST, TO_THE_FIRST_QUESTION, Bot
from tests.bot.posts import Post

SAID = "they drink at the spaza shop"


def traces(bot: Bot, *words: str) -> list[tuple[str, str]]:
    """Where in tables or, on SQLite, in the file and its journal any of the words still stands."""
    found = [
        (table, word)
        for table, rows in bot.everything().items()
        for word in words
        if word in str(rows)
    ]
    file = bot.store.engine.url.database if bot.store.engine.name == "sqlite" else None
    for path in (file, f"{file}-wal") if file else ():
        with open(path, "rb") as opened:  # noqa: PTH123 (a name, as SQLAlchemy has it)
            raw = opened.read()
        found += [(path, word) for word in words if word.encode() in raw]
    return found


def about(bot: Bot, number: str) -> Sequence[str]:
    """The words by which somebody could be found: number, URN and the keyed hash of it."""
    return (number, number.lstrip("+"), bot.store.keys.index(EAST, f"tel:{number}"))


async def test_the_safe_word_keeps_no_body_and_says_nothing_of_itself(bot: Bot) -> None:
    bot.say(ANNA, *TO_THE_FIRST_QUESTION, "Safe")
    bodies = bot.counts()["body"]
    assert "10111" in bot.say(ANNA, "lemon!")
    assert bot.counts()["body"] == bodies
    assert bot.counts()["received"] == bodies + 1
    assert bot.rows("SELECT status FROM session") == [("safeguarded",)]
    assert traces(bot, "lemon", "LEMON!") == []


async def test_the_safe_word_is_answered_after_stop(bot: Bot) -> None:
    bot.say(ANNA, "Hi", "STOP", "LEMON")
    post = Post()
    async with bot.dispatching(post) as dispatcher:
        await dispatcher.drain()
    assert len(post.texts) == 2
    assert "10111" in post.texts[-1]


async def test_what_is_told_of_violence_is_in_no_answer_and_soon_nowhere(bot: Bot) -> None:
    bot.say(ANNA, *TO_THE_FIRST_QUESTION, "Safe")
    answers = bot.counts()["answer"]
    assert "10111" in bot.say(ANNA, "my husband beats me")
    assert bot.counts()["answer"] == answers
    kept = bot.rows("SELECT retention FROM body ORDER BY received DESC LIMIT 1")
    assert kept == [("quarantined",)]
    assert bot.rows("SELECT status FROM session") == [("parked",)]
    assert bot.rows("SELECT area, risk, n FROM risk_count") == [("", "violence", 1)]
    assert traces(bot, "husband", "beats") == []
    bodies = bot.counts()["body"]
    bot.store.purge(bot.now + timedelta(hours=71))
    assert bot.counts()["body"] == bodies
    bot.store.purge(bot.now + timedelta(hours=72))
    assert bot.counts()["body"] == bodies - 1


async def test_of_danger_now_no_word_is_kept(bot: Bot) -> None:
    bot.say(ANNA, *TO_THE_FIRST_QUESTION)
    bodies = bot.counts()["body"]
    for text in ("he is outside my door with a knife", "I know who killed the shop owner"):
        bot.say(ANNA, text)
    assert bot.counts()["body"] == bodies
    assert bot.rows("SELECT risk, n FROM risk_count ORDER BY risk") == [
        ("danger", 1),
        ("intelligence", 1),
    ]


async def test_a_child_who_tells_of_abuse_leaves_nothing_but_counts(bot: Bot) -> None:
    said = bot.say(BEN, "I am 13 and my stepfather touches me")
    assert "10111" in said
    post = Post()
    async with bot.dispatching(post) as dispatcher:
        await dispatcher.drain()
    assert post.texts == [said]
    assert [hit for hit in traces(bot, *about(bot, BEN)) if "/" not in hit[0]] == []
    assert traces(bot, BEN, "stepfather") == []
    left = bot.counts()
    assert (left["contact"], left["urn"], left["body"]) == (0, 0, 0)
    assert bot.rows("SELECT risk, n FROM risk_count") == [("child", 1)]


@pytest.mark.parametrize("age", ["12", "I am 12"])
async def test_a_minor_leaves_nothing_but_the_counter_and_still_gets_the_answer(
    bot: Bot, age: str
) -> None:
    said = bot.say(BEN, SAID, "1", age)
    assert bot.one("SELECT count(*) FROM outbound WHERE state = 'queued'") == 1
    post = Post()
    async with bot.dispatching(post) as dispatcher:
        await dispatcher.drain()
    assert post.sent == [(f"tel:{BEN}", said)]
    tables = ("body", "contact", "urn", "session", "answer", "opt_out", "consent", "outbound")
    assert {table: bot.one(f"SELECT count(*) FROM {table}") for table in tables} == dict.fromkeys(
        tables, 0
    )
    assert bot.rows("SELECT city, name, n FROM counter") == [(EAST, "under_age", 1)]
    assert [hit for hit in traces(bot, *about(bot, BEN), SAID) if "/" not in hit[0]] == []
    assert traces(bot, BEN, SAID, said[:30]) == []


async def test_a_minor_who_writes_again_is_a_stranger(bot: Bot) -> None:
    first = bot.say(BEN, "Hi")
    bot.say(BEN, "1", "12")
    assert bot.say(BEN, "Hi") == first


async def test_delete_me_leaves_coded_answers_that_lead_to_nobody(bot: Bot) -> None:
    bot.say(ANNA, *TO_THE_FIRST_QUESTION, "Safe", "3", SAID)
    contact = str(bot.store.find_contact(EAST, f"tel:{ANNA}"))
    coded = "SELECT question, value, outcome FROM answer ORDER BY id"
    before = bot.rows(coded)
    assert ("safe_dark", '"unsafe"', "answered") in before
    gone = bot.say(ANNA, "DELETE ME", "1")
    post = Post()
    async with bot.dispatching(post) as dispatcher:
        await dispatcher.drain()
    assert post.texts == [gone], "what was queued before is not sent to somebody forgotten"
    assert bot.rows(coded) == before
    assert bot.rows("SELECT DISTINCT raw FROM answer") == [(None,)]
    assert bot.rows("SELECT DISTINCT contact FROM session") == [(None,)]
    assert bot.counts()["outbound"] == 0, "by its turn a session would lead to a provider's id"
    assert bot.rows("SELECT name, n FROM counter") == [("erased", 1)]
    words = (*about(bot, ANNA), contact, SAID)
    assert [hit for hit in traces(bot, *words) if "/" not in hit[0]] == []
    assert traces(bot, ANNA, SAID) == []


async def test_a_text_that_waits_while_its_writer_is_forgotten_is_never_taken(bot: Bot) -> None:
    bot.say(ANNA, *TO_THE_FIRST_QUESTION, "DELETE ME")
    with bot.store.write() as unit:
        receipt = unit.inbox.receive(bot.inbound(ANNA, "1"))
        assert receipt is not None
        unit.inbox.mark(receipt, ReceiptStatus.WAITING)
    assert bot.take(bot.inbound(ANNA, SAID)).status is ReceiptStatus.WAITING
    assert bot.take_waiting() == 1
    assert bot.take_waiting() == 0
    assert bot.counts()["contact"] == 0
    assert bot.counts()["body"] == 0


async def test_stop_takes_back_all_that_is_queued_and_is_confirmed_once(bot: Bot) -> None:
    bot.say(ANNA, *TO_THE_FIRST_QUESTION)
    bot.queue(ANNA, "come to our meeting", "on Monday", priority=5)
    stopped = bot.say(ANNA, "STOP")
    bot.queue(ANNA, "queued by somebody who had not heard", priority=5)
    bot.say(ANNA, "STOP")
    post = Post()
    async with bot.dispatching(post) as dispatcher:
        await dispatcher.drain()
    assert post.texts == [stopped]
    assert set(bot.states()) == {"cancelled", "sent"}
    assert bot.rows("SELECT status FROM session") == [("stopped",)]


async def test_an_opt_out_outlives_deletion(bot: Bot) -> None:
    bot.say(ANNA, *TO_THE_FIRST_QUESTION, "STOP", "DELETE ME", "1")
    bot.take(bot.inbound(ANNA, "Hi"))
    bot.queue(ANNA, "welcome", priority=5)
    post = Post()
    async with bot.dispatching(post) as dispatcher:
        await dispatcher.drain()
    assert "welcome" not in post.texts
