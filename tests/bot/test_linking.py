"""One person, two addresses, by a code: answers stay together, nobody else gets in."""

from datetime import timedelta

import pytest

from bot.store import Inbound
from channels.base import Received
from tests.bot.conftest import ANNA, BEN, EAST, Bot

TELEGRAM = "telegram:7000001"


def on_app(bot: Bot, said: str, urn: str = TELEGRAM, **more: object) -> str:
    """The same city's other channel; what was answered."""
    n = next(bot.numbers)
    received = Received(f"U{n}", urn, said, **more)  # type: ignore[arg-type]  # names and types are the test's
    taken = bot.take(Inbound(EAST, "sms", received, f"{n:032x}", bot.now))
    return "\n".join(part.text for part in taken.parts)


def code(bot: Bot, number: str = ANNA) -> str:
    said = bot.say(number, "LINK")
    return next(word for word in said.split("LINK ")[1].split(" there")[:1]).strip()


def contacts(bot: Bot) -> int:
    return int(str(bot.one("SELECT count(*) FROM contact")))


def test_a_survey_goes_on_at_another_address_with_the_same_codes(bot: Bot) -> None:
    bot.say(ANNA, "Hi", "1", "34", "2")
    asked = bot.say(ANNA, "?")
    said = on_app(bot, f"link {code(bot)}")
    assert said.startswith("Linked")
    assert asked.splitlines()[-1] in said
    for answer in ("3", "no lights", "Hillcrest", "1"):
        on_app(bot, answer)
    assert bot.rows("SELECT status, channel FROM session") == [("completed", "sms")]
    assert contacts(bot) == 1
    assert bot.one("SELECT count(DISTINCT contact) FROM urn") == 1
    assert bot.rows(
        "SELECT question, value FROM answer"
        " WHERE question LIKE 'safe%' AND outcome = 'answered' ORDER BY id"
    ) == [
        ("safe_day", '"safe"'),
        ("safe_dark", '"unsafe"'),
    ]


def test_a_code_counts_once_and_for_some_minutes(bot: Bot) -> None:
    bot.say(ANNA, "Hi", "1", "34")
    first = code(bot)
    second = code(bot)
    assert "not right" in on_app(bot, f"LINK {first}")
    bot.now += timedelta(minutes=16)
    assert "not right" in on_app(bot, f"LINK {second}")
    assert "Linked" in on_app(bot, f"LINK {code(bot)}")
    assert contacts(bot) == 1
    assert bot.one("SELECT count(*) FROM link_code") == 0


def test_ones_own_code_joins_nobody(bot: Bot) -> None:
    bot.say(ANNA, "Hi", "1", "34")
    assert "not right" in bot.say(ANNA, f"LINK {code(bot)}")


def test_another_citys_code_is_wrong(bot: Bot) -> None:
    bot.say(ANNA, "Hi", "1", "34")
    made = code(bot)
    assert "not right" in bot.say(BEN, f"LINK {made}", city="west")


def test_two_who_talked_both_keep_their_answers(bot: Bot) -> None:
    bot.say(ANNA, "Hi", "1", "34", "2")
    for said in ("Hi", "1", "40", "1"):
        on_app(bot, said)
    on_app(bot, f"LINK {code(bot)}")
    assert contacts(bot) == 1
    assert bot.one("SELECT count(*) FROM answer WHERE question = 'safe_day'") == 2
    assert bot.one("SELECT count(DISTINCT contact) FROM session") == 1


def test_stop_covers_both(bot: Bot) -> None:
    bot.say(ANNA, "Hi", "1", "34")
    on_app(bot, f"LINK {code(bot)}")
    on_app(bot, "STOP")
    assert bot.known(ANNA).conversation.opted_out
    assert bot.one("SELECT count(*) FROM opt_out") == 2


def test_erasing_takes_an_unused_code_along(bot: Bot) -> None:
    bot.say(ANNA, "Hi", "1", "34")
    code(bot)
    bot.say(ANNA, "DELETE ME", "1")
    assert bot.one("SELECT count(*) FROM link_code") == 0


@pytest.mark.parametrize("quoted", ["safe_day", "safe_dark"])
def test_a_reply_to_an_older_question_is_asked_again(bot: Bot, quoted: str) -> None:
    bot.say(ANNA, "Hi", "1", "34", "2")
    ids = dict.fromkeys(("safe_day", "safe_dark"), "")
    for n, (id_,) in enumerate(bot.rows("SELECT id FROM outbound ORDER BY id")):
        bot.run("UPDATE outbound SET provider_id = :p WHERE id = :id", p=f"P{n}", id=id_)
        ids |= {name: f"P{n}" for name in ids if n == {"safe_day": 2, "safe_dark": 3}[name]}
    said = on_app(bot, "1", urn=f"tel:{ANNA}", in_reply_to=ids[quoted])
    stale = quoted == "safe_day"
    assert ("closed" in said) == stale
    assert bot.one("SELECT count(*) FROM answer WHERE question = 'safe_dark'") == int(not stale)
