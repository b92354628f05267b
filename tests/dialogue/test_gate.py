"""Before any survey: notice, agreement, age."""

import pytest

from dialogue.desk import Helpline
from dialogue.effects import Agreement, Consent, DropText, Forget, Opened, Record
from dialogue.gate import PURPOSE
from dialogue.memory import Conversation, Gate
from tests.dialogue.samples import NOW, OTHER, PULSE, TODAY, Chat, desk

EMERGENCY = Helpline("emergency", "911")


def stranger(**of_the_city: object) -> Chat:
    return Chat(desk(PULSE, OTHER, **of_the_city), Conversation())


def at_age() -> Chat:
    return stranger().send("Hi").send("1")


# --- agreement -----------------------------------------------------------------------------------
def test_a_stranger_gets_the_notice_first_and_nothing_is_asked_before_agreement() -> None:
    chat = stranger().send("3")
    assert chat.text.startswith("Testville Council asks how safe people feel")
    assert "10111" in chat.text
    assert "isiZulu, Afrikaans: send the name." in chat.text
    assert chat.text.endswith("Do you agree?")
    assert chat.conversation.gate is Gate.CONSENT
    assert not any(isinstance(effect, Opened | Record) for effect in chat.all)


def test_a_city_of_one_language_offers_no_other() -> None:
    assert "reply with the name" not in stranger(languages=("en",)).send("Hi").text


@pytest.mark.parametrize(
    "text",
    [
        *("1", "yes", "I agree!", "Yes please", "ok", "Yebo", "1.", "Y E S", "yes i agree"),
        *(
            "k",
            "ok sure",
            "yes i want",
            "okay then",
            "go ahead",
            "Fine",
            "fine thanks",
            "qhubeka",
            "gaan voort",
        ),
        *("yes i agree im 34", "Yes I agree, I am 34 years old", "ok i'm 19"),
    ],
)
def test_agreement_is_kept_with_the_notice_as_it_was_shown(text: str) -> None:
    chat = stranger().send("Hi")
    shown = chat.text.split("\n")[0]
    chat.send(text, message_id="SM1", channel="sms")
    assert chat.effects[0] == Consent(PURPOSE, Agreement.GIVEN, shown, "en", "SM1", "sms")
    assert chat.said == ["age_question"]
    assert chat.conversation.agreed_on == TODAY


def test_agreement_by_a_tap_counts_and_a_tap_on_another_question_does_not() -> None:
    assert stranger().send("Hi").tap("1").said == ["age_question"]
    assert stranger().send("Hi").tap("1", "resume").said == ["not_understood"]


@pytest.mark.parametrize(
    "text",
    [
        "yes but not by SMS",
        *("yes but", "fine but not now", "I'm fine", "i am 34", "yes 34", "yes im 3"),
        *("yes but im 34", "not fine", "maybe im 34"),
        "yes if it is free",
        "maybe",
        "12",
        "yes no",
        "a",
        "yes?",
        "1?",
        "-1",
        "",
    ],
)
def test_a_condition_or_doubt_is_no_agreement(text: str) -> None:
    chat = stranger().send("Hi").send(text)
    assert chat.said == ["not_understood"]
    assert chat.text.endswith("Do you agree?")


@pytest.mark.parametrize(
    "text",
    [
        *("at 1", "on the 1st", "the 1st", "only 1", "is it 1", "option 1", "I think yes"),
        *("ok bye", "ok sorry", "yes right", "no its fine", "i dont disagree", "si quieres"),
        *("ja asb los my", "e mong", "si estoy", "a la 1"),
    ],
)
def test_agreement_is_never_guessed_from_a_place_or_from_words_beside_a_yes(text: str) -> None:
    for city in (stranger(), stranger(languages=("en", "es", "af", "st"))):
        chat = city.send("Hi").send(text)
        assert chat.conversation.gate is Gate.CONSENT, chat.said
        assert not any(isinstance(effect, Consent) for effect in chat.all)


@pytest.mark.parametrize("text", ["Hello yes thanks", "please yes", "yes thank you very much"])
def test_polite_words_around_a_yes_do_not_spoil_it(text: str) -> None:
    assert stranger().send("Hi").send(text).said == ["age_question"]


@pytest.mark.parametrize("text", ["2", "no", "No thanks.", "cha", "nee", "SKIP"])
def test_a_refusal_is_kept_and_ends_kindly(text: str) -> None:
    chat = stranger().send("Hi").send(text)
    assert isinstance(chat.effects[0], Consent)
    assert chat.effects[0].agreement is Agreement.REFUSED
    assert chat.said == ["declined"]
    assert chat.conversation.gate is Gate.NEW


def test_three_doubtful_replies_count_as_a_refusal() -> None:
    chat = stranger().send("Hi").send("hm").send("hm")
    assert chat.send("hm").said == ["declined"]


def test_a_keyword_instead_of_an_agreement_chooses_the_survey_and_shows_the_notice_again() -> None:
    chat = stranger().send("Hi").send("OTHER")
    assert chat.said[0] == "notice"
    assert chat.send("yes").send("30").said == ["seen"]


def test_who_came_by_a_keyword_and_then_chose_a_language_still_gets_that_survey() -> None:
    chat = stranger().send("OTHER").send("English")
    assert chat.said[:2] == ["language_set", "notice"]
    assert chat.send("1").send("30").said == ["seen"]


def test_the_notice_is_shown_in_the_language_of_the_channels_hint_if_the_city_speaks_it() -> None:
    assert stranger().send("Hi", language="zu").conversation.locale == "zu"
    assert stranger().send("Hi", language="es").conversation.locale is None
    chosen = stranger().send("English").send("Hi", language="zu")
    assert chosen.conversation.locale == "en"


# --- age -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", ["16", "34", "34!", "I think 34"])
def test_an_age_opens_the_survey(text: str) -> None:
    chat = at_age().send(text)
    assert chat.said == ["safe"]
    assert chat.conversation.gate is Gate.OPEN
    assert chat.conversation.age_on == TODAY


def test_who_is_too_young_leaves_nothing_but_a_count_and_gets_the_childrens_line() -> None:
    chat = at_age().send("15")
    assert chat.effects[-1] == Forget("under_age")
    assert chat.said == ["too_young_talk"]
    assert "116" in chat.text
    assert chat.conversation == Conversation()


def test_a_minor_gets_no_number_twice() -> None:
    crisis = Helpline("crisis", "800 911 2000")
    for lines in ((EMERGENCY,), (EMERGENCY, crisis)):
        text = stranger(helplines=lines).send("Hi").send("1").send("13").text
        assert text.count("In danger call 911") == text.replace("800 911", "").count("911") == 1
        assert ("To talk to someone call 800 911 2000." in text) is (crisis in lines)


@pytest.mark.parametrize("text", ["BACK", "31", "sorry, 31"])
def test_who_mistyped_an_age_under_the_minimum_begins_again_with_the_notice(text: str) -> None:
    chat = at_age().send("13")
    assert "Mistyped? Write again." in chat.text
    chat.send(text)
    assert "notice" in chat.said
    assert chat.send("1").send("31").said == ["safe"]


@pytest.mark.parametrize("text", ["15 years old", "fifteen", "15 yrs", "15"])
def test_a_bare_age_under_the_minimum_is_believed_at_once(text: str) -> None:
    assert at_age().send(text).effects[-1] == Forget("under_age")


def test_an_age_under_the_minimum_within_words_is_asked_for_again_before_all_is_forgotten() -> None:
    chat = at_age().send("there is 12")
    assert chat.said == ["not_understood", "age_question"]
    assert chat.send("34").said == ["safe"]
    chat = at_age().send("there is 12").send("12")
    assert chat.effects[-1] == Forget("under_age")
    chat = at_age().send("there is 12").send("there is 12").send("there is 12")
    assert chat.effects[-1] == Forget("under_age")


@pytest.mark.parametrize("text", ["been here 12 years", "10 years living here", "number 8"])
def test_years_of_something_else_are_no_age_and_nothing_is_forgotten(text: str) -> None:
    chat = at_age().send(text)
    assert chat.said == ["not_understood", "age_question"]
    assert not any(isinstance(effect, Forget) for effect in chat.all)


@pytest.mark.parametrize("text", ["prefer not to say", "I don't know", "SKIP"])
def test_without_an_age_nothing_is_kept(text: str) -> None:
    chat = at_age().send(text)
    assert chat.effects[-1] == Forget("without_age")
    assert chat.said == ["age_needed"]


def test_three_replies_without_an_age_end_without_one() -> None:
    chat = at_age().send("old")
    assert chat.said == ["not_understood", "age_question"]
    assert chat.send("1990").said == ["age_of_year"]
    assert chat.send("2.5").effects[-1] == Forget("without_age")


def test_a_year_of_birth_is_asked_back_with_both_ages_that_it_can_mean() -> None:
    chat = at_age().send("I was born in 1990")
    assert chat.text == "Are you 35 or 36 years old? Please reply with your age."
    assert chat.send("36").said == ["safe"]
    assert chat.conversation.age == 36


def test_a_rough_age_opens_the_survey_unless_it_may_be_under_the_minimum() -> None:
    assert at_age().send("abt 40").conversation.age == 40
    chat = at_age().send("about 16")
    assert chat.said == ["not_understood", "age_question"]


def test_a_city_without_surveys_thanks_and_asks_nothing() -> None:
    chat = Chat(desk(), Conversation()).send("Hi").send("1").send("30")
    assert chat.said == ["already_done"]


def test_what_is_asked_at_the_gate_is_asked_again_after_a_command() -> None:
    chat = at_age().send("BACK")
    assert chat.said == ["back_none", "age_question"]
    assert stranger().send("Hi").send("START").said == ["notice", "notice_languages"]


# --- after STOP ----------------------------------------------------------------------------------
def test_who_returns_agrees_anew_but_is_not_asked_the_age_again_within_a_year() -> None:
    chat = at_age().send("30").send("STOP").send("START")
    assert chat.said[:2] == ["welcome_back", "notice"]
    assert chat.send("1").said == ["safe"]


def test_an_age_told_more_than_a_year_ago_is_asked_again() -> None:
    chat = at_age().send("30").send("STOP")
    chat.now = NOW.replace(year=NOW.year + 1, month=12)
    assert chat.send("START").send("1").said == ["age_question"]


def test_the_safe_word_is_answered_at_the_gate_too() -> None:
    chat = stranger().send("lemon")
    assert chat.effects[0] == DropText()
    assert chat.text == "You can call: 10111, 0800 428 428, 116."
