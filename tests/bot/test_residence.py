"""What broadcasts choose people by is kept beside the conversation, turn by turn."""

from datetime import timedelta

from tests.bot.conftest import ANNA, EAST, TO_THE_FIRST_QUESTION, Bot

COLUMNS = "locale, agreed, busy, age, area"


def test_the_columns_follow_the_conversation(bot: Bot) -> None:
    bot.say(ANNA, "Hi")
    assert bot.rows(f"SELECT {COLUMNS} FROM contact") == [(None, False, False, None, None)]
    bot.say(ANNA, *TO_THE_FIRST_QUESTION[1:], "isiZulu")
    assert bot.rows(f"SELECT {COLUMNS} FROM contact") == [("zu", True, True, 34, None)]
    bot.say(ANNA, "STOP")
    assert bot.rows("SELECT agreed, busy FROM contact") == [(False, False)]


def test_the_first_place_a_survey_asks_for_is_where_they_live(bot: Bot) -> None:
    bot.say(ANNA, *TO_THE_FIRST_QUESTION)
    for _ in range(12):
        session = bot.known(ANNA).conversation.session
        if session is None or session.question == "area":
            break
        bot.say(ANNA, "1")
    bot.say(ANNA, "Riverside")
    assert bot.one("SELECT area FROM contact") == "W01"


def test_days_to_be_left_alone_are_kept_too(bot: Bot) -> None:
    bot.say(ANNA, *TO_THE_FIRST_QUESTION)
    bot.say(ANNA, "LEMON")
    until = bot.known(ANNA).conversation.quiet_until
    assert until is not None
    kept = str(bot.one("SELECT quiet_until FROM contact"))[:16]
    assert kept == str(until)[:16]
    assert until > bot.now + timedelta(days=29)
    assert bot.known(ANNA, EAST).conversation.session is None


def test_an_address_knows_its_channel(bot: Bot) -> None:
    bot.say(ANNA, "Hi")
    assert bot.one("SELECT channel FROM urn") == "sms"
